"""Which law protects an account, and by when that law wants a request answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.accounts.reads import account
from server.accounts.rules.lifecycle import add_months
from server.kit.work import Read
from server.policy.rules.disclosing import EEA
from server.privacy.rules.regimes import Regime, RegimeTerms, limits, regime_of


def account_regime(read: Read, account_id: str) -> Regime:
    """The law of the account, by the country that it names (P040)."""
    found = account(read, account_id)
    return regime_of(None if found is None else found.country, EEA, read.terms(RegimeTerms))


def due_by_law(
    received_at: datetime, months: int, regime: Regime, terms: RegimeTerms, *, extended: bool = False
) -> datetime:
    """By when a request is answered: so many calendar months after its receipt, as the policy promises, or as the law
    of its account or of any account wants it, whichever comes first (C26, P040, P042).
    """
    lawful = [
        add_months(received_at, limit.months) + timedelta(days=limit.days)
        for limit in limits(regime, terms, extended=extended)
    ]
    return min([add_months(received_at, months), *lawful])
