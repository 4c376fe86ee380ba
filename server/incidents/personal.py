"""What the slice holds of persons: which accounts an incident affected. The rest is the company's own register."""

from __future__ import annotations

from server.incidents.model import Incident, IncidentAccount, IncidentEntry
from server.kit.db import Base
from server.kit.personal import Held

_SEALED: tuple[tuple[type[Base], tuple[str, ...]], ...] = (
    (
        Incident,
        (
            "summary",
            "message_id",
            "consequences",
            "notify_reason",
            "message",
            "authority",
            "authority_reference",
            "delay_reason",
        ),
    ),
    (IncidentEntry, ("text",)),
)

HELD = (
    Held(
        model=IncidentAccount,
        columns=("account_id", "incident_id", "criterion", "status", "added_at", "told_at"),
        category="activity",
        purpose="security",
        legal_basis="legal_obligation",
        retention="incidents",
        erasure="keep_pseudonymous",
        source="use",
    ),
    *(
        Held(
            model=model,
            columns=columns,
            category="activity",
            purpose="security",
            legal_basis="legal_obligation",
            retention="incidents",
            erasure="shred",
            retention_class="content",
            exported=False,
            owner=None,
        )
        for model, columns in _SEALED
    ),
    *(
        Held(
            model=model,
            columns=tuple(column.name for column in model.__table__.columns if column.name not in sealed),
            category="activity",
            purpose="security",
            legal_basis="legal_obligation",
            retention="incidents",
            erasure="delete",
            exported=False,
            owner=None,
        )
        for model, sealed in _SEALED
    ),
)
