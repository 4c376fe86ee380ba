"""Which law protects an account."""

from __future__ import annotations

from server.accounts.reads import account
from server.kit.work import Read
from server.privacy.rules.regimes import Regime, RegimeTerms, regime_of


def account_regime(read: Read, account_id: str) -> Regime:
    """The law of the account, by the country that it names (P040)."""
    found = account(read, account_id)
    return regime_of(None if found is None else found.country, read.terms(RegimeTerms))
