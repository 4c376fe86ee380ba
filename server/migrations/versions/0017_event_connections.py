"""Connections over which providers report what became of messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_connections",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=True),
        sa.Column("provider", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=True),
        sa.Column("previous_credential", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", sa.BigInteger(), nullable=True),
        sa.Column("events_known", sa.BigInteger(), nullable=False),
        sa.Column("events_unknown", sa.BigInteger(), nullable=False),
        sa.Column("last_event_at", sa.BigInteger(), nullable=True),
        sa.Column("last_failure_at", sa.BigInteger(), nullable=True),
        sa.Column("last_failure_code", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rotated_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'REVOKED') = (credential IS NULL)",
            name=op.f("ck_event_connections_revoked_without_credential"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_connections")),
    )
    op.create_index(op.f("ix_event_connections_account_id_id"), "event_connections", ["account_id", "id"])

    op.create_table(
        "webhook_tokens",
        sa.Column("connection_id", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["event_connections.id"], name=op.f("fk_webhook_tokens_connection_id")
        ),
        sa.PrimaryKeyConstraint("connection_id", "token_hash", name=op.f("pk_webhook_tokens")),
    )
    op.create_index(
        op.f("ix_webhook_tokens_connection_id_expires_at"), "webhook_tokens", ["connection_id", "expires_at"]
    )


def downgrade() -> None:
    op.drop_table("webhook_tokens")
    op.drop_table("event_connections")
