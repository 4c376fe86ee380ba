"""Decisions about plans: the catalog, cycles, states and refusals."""

from server.plans.rules.terms import Terms

__all__ = ["Terms"]
