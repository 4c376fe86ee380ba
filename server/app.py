"""The composition root: settings in, Starlette application out. The only module that knows every slice."""

from __future__ import annotations

from server.accounts import rules as account_rules
from server.kit.registry import Registry
from server.orders import rules as order_rules
from server.topups import rules as topup_rules
from server.wallet import rules as wallet_rules


def default_terms() -> Registry:
    """Each slice's numbers, as profile `mailpro` sets them."""
    return Registry(account_rules.Terms(), wallet_rules.Terms(), topup_rules.Terms(), order_rules.Terms())
