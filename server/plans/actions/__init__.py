"""The verbs of plans and seats."""
