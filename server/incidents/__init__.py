"""Incidents: the register of breaches, from the first report to the last correction, and who is told of them."""
