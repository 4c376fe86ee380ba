"""The pool of fixed IP addresses, and who had which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ip_addresses",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("subscription_id", sa.String(length=40), nullable=True),
        sa.Column("available_at", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "retired_at IS NULL OR subscription_id IS NULL", name=op.f("ck_ip_addresses_retired_is_free")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["plan_subscriptions.id"], name=op.f("fk_ip_addresses_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ip_addresses")),
        sa.UniqueConstraint("address", name=op.f("uq_ip_addresses_address")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_ip_addresses_subscription_id")),
    )
    op.create_index(op.f("ix_ip_addresses_available_at_id"), "ip_addresses", ["available_at", "id"])
    op.create_table(
        "ip_assignments",
        sa.Column("subscription_id", sa.String(length=40), nullable=False),
        sa.Column("ip_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("assigned_at", sa.BigInteger(), nullable=False),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("notice_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["ip_id"], ["ip_addresses.id"], name=op.f("fk_ip_assignments_ip_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["plan_subscriptions.id"], name=op.f("fk_ip_assignments_subscription_id")
        ),
        sa.PrimaryKeyConstraint("subscription_id", name=op.f("pk_ip_assignments")),
    )
    op.create_index(op.f("ix_ip_assignments_account_id"), "ip_assignments", ["account_id"])
    op.create_index(op.f("ix_ip_assignments_ip_id"), "ip_assignments", ["ip_id"])


def downgrade() -> None:
    op.drop_table("ip_assignments")
    op.drop_table("ip_addresses")
