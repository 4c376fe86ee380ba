"""The slice's verbs."""
