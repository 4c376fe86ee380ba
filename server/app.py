"""The composition root: settings in, Starlette application out. The only module that knows every slice."""

from __future__ import annotations

from server.accounts import rules as accounts
from server.kit.registry import Registry


def default_terms() -> Registry:
    """Each slice's numbers, as profile `mailpro` sets them."""
    return Registry(accounts.Terms())
