"""What customers ask about their own data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("purposes", sa.String(length=400), nullable=False),
        sa.Column("open_key", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("filed_by", sa.String(length=40), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("queue_rank", sa.SmallInteger(), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("verified_by", sa.String(length=40), nullable=True),
        sa.Column("proof", sa.String(length=20), nullable=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("extended_at", sa.BigInteger(), nullable=True),
        sa.Column("extension_reason", sa.String(length=20), nullable=True),
        sa.Column("hold_ground", sa.String(length=20), nullable=True),
        sa.Column("reminded_at", sa.BigInteger(), nullable=True),
        sa.Column("overdue_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.Column("ground", sa.String(length=24), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status NOT IN ('REFUSED', 'PARTLY_FULFILLED') OR ground IS NOT NULL",
            name=op.f("ck_privacy_requests_refused_on_a_ground"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('RECEIVED', 'IN_PROGRESS', 'HELD', 'FULFILLED', 'PARTLY_FULFILLED') "
            "OR verified_at IS NOT NULL",
            name=op.f("ck_privacy_requests_verified_before_done"),
        ),
        sa.CheckConstraint(
            "extended_at IS NULL OR extension_reason IS NOT NULL",
            name=op.f("ck_privacy_requests_extended_with_a_reason"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint("open_key", name=op.f("uq_privacy_requests_open_key")),
    )
    op.create_index(op.f("ix_privacy_requests_account_id_id"), "privacy_requests", ["account_id", "id"])
    op.create_index(
        op.f("ix_privacy_requests_queue_rank_due_at_id"), "privacy_requests", ["queue_rank", "due_at", "id"]
    )


def downgrade() -> None:
    op.drop_table("privacy_requests")
