"""Saved payment methods, what a top-up is for, and refunds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "methods"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_methods",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("provider_reference", sa.LargeBinary(), nullable=True),
        sa.Column("payment_token", sa.LargeBinary(), nullable=True),
        sa.Column("step_up_code", sa.LargeBinary(), nullable=True),
        sa.Column("brand", sa.String(length=20), nullable=True),
        sa.Column("last4", sa.LargeBinary(), nullable=True),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("next_action", sa.String(length=20), nullable=True),
        sa.Column("failure_code", sa.String(length=24), nullable=True),
        sa.Column("saved_for", sa.String(length=12), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("wants_default", sa.Boolean(), nullable=False),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expiry_told_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "NOT is_default OR status = 'ACTIVE'", name=op.f("ck_payment_methods_default_active")
        ),
        sa.CheckConstraint(
            "status <> 'ACTIVE' OR (provider_reference IS NOT NULL AND expires_at IS NOT NULL)",
            name=op.f("ck_payment_methods_active_saved"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_methods")),
    )
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_methods_account_id_id"), ["account_id", "id"], unique=False
        )
        batch_op.create_index(
            "uq_payment_methods_default",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        )

    op.create_table(
        "sandbox_methods",
        sa.Column("method_id", sa.String(length=40), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=False),
        sa.Column("exp_year", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("method_id", name=op.f("pk_sandbox_methods")),
    )
    op.create_table(
        "sandbox_refunds",
        sa.Column("refund_id", sa.String(length=40), nullable=False),
        sa.Column("transaction_id", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("refund_id", name=op.f("pk_sandbox_refunds")),
    )
    op.create_table(
        "top_up_refunds",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("top_up_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("failure_code", sa.String(length=24), nullable=True),
        sa.Column("ordered_by", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_top_up_refunds_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_top_up_refunds")),
    )
    with op.batch_alter_table("top_up_refunds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_top_up_refunds_account_id_id"), ["account_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_top_up_refunds_top_up_id_id"), ["top_up_id", "id"], unique=False)

    with op.batch_alter_table("top_ups", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("purpose", sa.String(length=12), server_default="MANUAL", nullable=False)
        )
        batch_op.add_column(sa.Column("method_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("for_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("refunded_minor", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    for column in ("purpose", "method_id", "for_id", "refunded_minor"):
        op.drop_column("top_ups", column)
    for table in ("top_up_refunds", "sandbox_refunds", "sandbox_methods", "payment_methods"):
        op.drop_table(table)
