"""Published versions, registers, and what the checks find."""
