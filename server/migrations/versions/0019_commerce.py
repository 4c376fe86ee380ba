"""What an owner's age was judged by, whether a contract permits resale, and parts of payments that went again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "age_judgements",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_age_judgements_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_age_judgements")),
    )
    op.create_table(
        "resale_permissions",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("permitted", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_resale_permissions_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_resale_permissions")),
    )
    with op.batch_alter_table("top_ups", schema=None) as batch_op:
        for column in ("reversed_minor", "gateway_refunded_minor"):
            batch_op.add_column(sa.Column(column, sa.BigInteger(), server_default="0", nullable=False))
    # What was taken back so far was always all that was left.
    op.execute(
        "UPDATE top_ups SET reversed_minor = received_minor - refunded_minor "
        "WHERE status = 'REVERSED' AND received_minor IS NOT NULL"
    )
    op.create_table(
        "open_usage",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("month", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=False),
        sa.Column("rate_basis_points", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("treatment", sa.String(length=20), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account_id",
            "month",
            "currency",
            "product",
            "rate_basis_points",
            "treatment",
            name=op.f("pk_open_usage"),
        ),
    )
    op.add_column("plan_subscriptions", sa.Column("held_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "top_up_reversals",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("top_up_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("dispute_id", sa.String(length=80), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_top_up_reversals_amount_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_top_up_reversals")),
        sa.UniqueConstraint("top_up_id", "dispute_id", name=op.f("uq_top_up_reversals_top_up_id_dispute_id")),
    )
    op.create_index(op.f("ix_top_up_reversals_account_id"), "top_up_reversals", ["account_id"])


def downgrade() -> None:
    op.drop_table("top_up_reversals")
    op.drop_table("open_usage")
    op.drop_column("plan_subscriptions", "held_at")
    with op.batch_alter_table("top_ups", schema=None) as batch_op:
        batch_op.drop_column("gateway_refunded_minor")
        batch_op.drop_column("reversed_minor")
    op.drop_table("resale_permissions")
    op.drop_table("age_judgements")
