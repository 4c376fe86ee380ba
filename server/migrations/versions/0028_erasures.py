"""Erasures of accounts, planned and certified."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.Column("scope", sa.String(length=24), nullable=False),
        sa.Column("clock", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("overdue_at", sa.BigInteger(), nullable=False),
        sa.Column("waits_until", sa.BigInteger(), nullable=True),
        sa.Column("pseudonym", sa.String(length=40), nullable=True),
        sa.Column("acknowledged", sa.Text(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.Column("live_erased_at", sa.BigInteger(), nullable=True),
        sa.Column("final_at", sa.BigInteger(), nullable=True),
        sa.Column("rewrapped_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status <> 'ERASED' OR account_id IS NULL", name=op.f("ck_erasures_erased_is_anonymous")
        ),
        sa.CheckConstraint(
            "status <> 'ERASED' OR certificate IS NOT NULL", name=op.f("ck_erasures_erased_is_certified")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("account_id", name=op.f("uq_erasures_account_id")),
    )
    op.create_index(op.f("ix_erasures_status_overdue_at"), "erasures", ["status", "overdue_at"])
    op.create_index(op.f("ix_erasures_live_erased_at"), "erasures", ["live_erased_at"])


def downgrade() -> None:
    op.drop_table("erasures")
