"""The personal data of resellers and of the accounts that they manage."""

from __future__ import annotations

from server.accounts.model.resellers import Management, Reseller
from server.kit.personal import Held

HELD = (
    Held(
        Reseller,
        ("account_id", "since"),
        category="identification",
        source="form",
        purpose="identification",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
    Held(
        Reseller,
        ("policy_url",),
        category="identification",
        source="form",
        purpose="identification",
        legal_basis="contract",
        retention="account",
        erasure="shred",
        retention_class="identity",
    ),
    Held(
        Management,
        ("id", "reseller_id", "account_id", "powers", "offered_at", "accepted_at", "ended_at"),
        category="activity",
        source="form",
        purpose="identification",
        legal_basis="contract",
        retention="account",
        erasure="delete",
        owner=("account_id", "reseller_id"),  # it ends with either
    ),
)
