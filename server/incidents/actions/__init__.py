"""The verbs of incidents: opened, scoped, assessed, told of, moved on, and closed."""
