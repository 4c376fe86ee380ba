"""Who of the staff, and which reseller, read an account's data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "data_accesses",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reader", sa.String(length=8), nullable=False),
        sa.Column("handle", sa.String(length=16), nullable=True),
        sa.Column("roles", sa.String(length=80), nullable=False),
        sa.Column("reseller_id", sa.String(length=40), nullable=True),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("duty", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "(reader = 'STAFF') = (handle IS NOT NULL)", name=op.f("ck_data_accesses_staff_by_handle")
        ),
        sa.CheckConstraint(
            "(reader = 'RESELLER') = (reseller_id IS NOT NULL)",
            name=op.f("ck_data_accesses_resellers_by_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_accesses")),
    )
    op.create_index(op.f("ix_data_accesses_account_id_id"), "data_accesses", ["account_id", "id"])


def downgrade() -> None:
    op.drop_table("data_accesses")
