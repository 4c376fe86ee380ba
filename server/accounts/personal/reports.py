"""The personal data of reports of a compromise."""

from __future__ import annotations

from server.accounts.model.reports import SecurityReport
from server.kit.personal import Held

HELD = (
    Held(
        SecurityReport,
        ("id", "account_id", "reported_by", "kind", "reported_at", "sessions_ended", "keys_ended"),
        category="activity",
        source="form",
        purpose="security",
        legal_basis="legal_obligation",
        retention="account",
        erasure="delete",
    ),
    Held(
        SecurityReport,
        ("note",),
        category="activity",
        source="form",
        purpose="security",
        legal_basis="legal_obligation",
        retention="account",
        erasure="shred",
        retention_class="identity",
    ),
)
