"""The slice's decisions."""
