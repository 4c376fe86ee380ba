"""The personal data of the record of who read an account's data."""

from __future__ import annotations

from server.accounts.model.accesses import DataAccess
from server.kit.personal import Held

HELD = (
    Held(
        DataAccess,
        tuple(column.name for column in DataAccess.__table__.columns),
        category="activity",
        purpose="security",
        legal_basis="legitimate_interest",
        retention="account",
        erasure="delete",
        source="use",
    ),
)
