"""Notices, the outbox of e-mails, and the readers' languages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("in_app", sa.Boolean(), nullable=False),
        sa.Column("emailing", sa.String(length=12), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("account_id", "dedupe_key", name=op.f("uq_notices_account_id_dedupe_key")),
    )
    op.create_index(op.f("ix_notices_account_id_in_app_id"), "notices", ["account_id", "in_app", "id"])
    op.create_index(
        op.f("ix_notices_account_id_in_app_read_at_id"), "notices", ["account_id", "in_app", "read_at", "id"]
    )

    op.create_table(
        "outbox_messages",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.String(length=320), nullable=True),
        sa.Column("error", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('QUEUED', 'SENDING', 'DELIVERED', 'FAILED', 'DEAD')",
            name=op.f("ck_outbox_messages_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('DELIVERED', 'DEAD') OR (address IS NULL AND secrets IS NULL)",
            name=op.f("ck_outbox_messages_settled_is_bare"),
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_outbox_messages_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_outbox_messages_notice_id")),
    )
    op.create_index(
        op.f("ix_outbox_messages_account_id_created_at"), "outbox_messages", ["account_id", "created_at"]
    )
    op.create_index(op.f("ix_outbox_messages_state_id"), "outbox_messages", ["state", "id"])

    op.create_table(
        "notice_languages",
        sa.Column("reader_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("reader_id", name=op.f("pk_notice_languages")),
    )
    op.create_index(op.f("ix_notice_languages_account_id"), "notice_languages", ["account_id"])


def downgrade() -> None:
    op.drop_table("notice_languages")
    op.drop_table("outbox_messages")
    op.drop_table("notices")
