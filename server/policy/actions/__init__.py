"""Publishing versions, keeping the registers, and storing what checks find."""
