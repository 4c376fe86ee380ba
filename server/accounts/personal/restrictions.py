"""What the slice holds of what an account's owner lets be done."""

from __future__ import annotations

from server.accounts.model.restrictions import Restriction
from server.kit.personal import Held

HELD = (
    Held(
        model=Restriction,
        columns=tuple(column.name for column in Restriction.__table__.columns),
        category="activity",
        source="form",
        purpose="security",
        legal_basis="legal_obligation",
        retention="account",
        erasure="delete",
    ),
)
