"""SMS sender IDs: what a customer's messages show as their sender, once a person has reviewed it."""
