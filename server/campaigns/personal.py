"""What the slice holds of persons."""

from __future__ import annotations

from server.campaigns.model.connections import EventConnection, WebhookToken
from server.kit.personal import Held

CONNECTIONS_HELD = (
    Held(
        model=EventConnection,
        columns=("credential", "previous_credential"),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="account",
        erasure="shred",
        retention_class="content",
        exported=False,
    ),
    Held(
        model=EventConnection,
        columns=(
            "id",
            "account_id",
            "provider",
            "state",
            "previous_until",
            "events_known",
            "events_unknown",
            "last_event_at",
            "last_failure_at",
            "last_failure_code",
            "created_at",
            "rotated_at",
            "revoked_at",
        ),
        category="technical",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="account",
        erasure="delete",
    ),
    Held(
        model=WebhookToken,
        columns=("connection_id", "token_hash", "body_hash", "expires_at"),
        category="technical",
        purpose="security",
        legal_basis="contract",
        retention="account",
        erasure="delete",
        exported=False,
    ),
)
"""Connections over which providers report. Their secrets are no person's."""

HELD = CONNECTIONS_HELD
