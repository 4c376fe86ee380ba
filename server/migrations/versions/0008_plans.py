"""Plan subscriptions, their charges, planned withdrawals of members, and how many members an account may have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "plans"
down_revision = ("invoices", "methods")
branch_labels = None
depends_on = None

_LIVE_PLAN = sa.text("product = 'PLAN' AND status IN ('PENDING_PAYMENT', 'ACTIVE', 'CANCELLING')")
_NOT_FAILED = sa.text("status <> 'FAILED'")
_RENEWAL = sa.text("status <> 'FAILED' AND reason = 'RENEWAL'")


def upgrade() -> None:
    op.create_table(
        "member_limits",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("people_max", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_member_limits_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_member_limits")),
    )
    op.create_table(
        "plan_subscriptions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("product", sa.String(length=8), nullable=False),
        sa.Column("plan", sa.String(length=20), nullable=False),
        sa.Column("cycle", sa.String(length=8), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("method_id", sa.String(length=40), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("anchor_at", sa.BigInteger(), nullable=True),
        sa.Column("anchor_number", sa.Integer(), nullable=False),
        sa.Column("term_set_at", sa.BigInteger(), nullable=True),
        sa.Column("period_start", sa.BigInteger(), nullable=True),
        sa.Column("period_end", sa.BigInteger(), nullable=True),
        sa.Column("next_plan", sa.String(length=20), nullable=True),
        sa.Column("next_cycle", sa.String(length=8), nullable=True),
        sa.Column("next_seats", sa.Integer(), nullable=True),
        sa.Column("stop_reason", sa.String(length=20), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_plan_subscriptions_seats_not_negative")),
        sa.CheckConstraint(
            "status <> 'CANCELLING' OR ends_at IS NOT NULL",
            name=op.f("ck_plan_subscriptions_cancelling_ends"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('ACTIVE', 'CANCELLING') OR period_end > period_start",
            name=op.f("ck_plan_subscriptions_running_has_period"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_subscriptions")),
    )
    with op.batch_alter_table("plan_subscriptions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_plan_subscriptions_live_plan",
            ["account_id"],
            unique=True,
            sqlite_where=_LIVE_PLAN,
            postgresql_where=_LIVE_PLAN,
        )
        batch_op.create_index(
            batch_op.f("ix_plan_subscriptions_account_id_product_id"),
            ["account_id", "product", "id"],
            unique=False,
        )

    op.create_table(
        "plan_charges",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subscription_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=20), nullable=False),
        sa.Column("cycle", sa.String(length=8), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("period_start", sa.BigInteger(), nullable=True),
        sa.Column("period_end", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("rate_basis_points", sa.Integer(), nullable=False),
        sa.Column("tax_treatment", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("failure", sa.String(length=24), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("top_up_id", sa.String(length=40), nullable=True),
        sa.Column("transfer_id", sa.String(length=40), nullable=True),
        sa.Column("invoice_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("net_minor > 0 AND tax_minor >= 0", name=op.f("ck_plan_charges_amounts")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["plan_subscriptions.id"], name=op.f("fk_plan_charges_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_charges")),
    )
    with op.batch_alter_table("plan_charges", schema=None) as batch_op:
        for name, column, which in (
            ("uq_plan_charges_cycle", "number", _NOT_FAILED),
            ("uq_plan_charges_renewal", "period_start", _RENEWAL),
        ):
            batch_op.create_index(
                name, ["subscription_id", column], unique=True, sqlite_where=which, postgresql_where=which
            )
        batch_op.create_index(batch_op.f("ix_plan_charges_account_id_id"), ["account_id", "id"], unique=False)

    op.create_table(
        "plan_withdrawals",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("withdraw_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_plan_withdrawals")),
    )
    with op.batch_alter_table("plan_withdrawals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_withdrawals_account_id"), ["account_id"], unique=False)


def downgrade() -> None:
    for table in ("plan_withdrawals", "plan_charges", "plan_subscriptions", "member_limits"):
        op.drop_table(table)
