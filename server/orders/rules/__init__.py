"""What things cost, what may be ordered, and what a cancellation leaves to the customer."""

from server.orders.rules.terms import Terms

__all__ = ["Terms"]
