"""Automatic top-ups, and the alarms of wallets that wake them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wallets", sa.Column("alarm_below", sa.BigInteger(), nullable=True))
    op.create_table(
        "auto_top_ups",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("below", sa.BigInteger(), nullable=False),
        sa.Column("add_quantity", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method_id", sa.String(length=40), nullable=True),
        sa.Column("cap_day_minor", sa.BigInteger(), nullable=True),
        sa.Column("cap_month_minor", sa.BigInteger(), nullable=True),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("suspension", sa.String(length=20), nullable=True),
        sa.Column("failure_code", sa.String(length=40), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_available", sa.BigInteger(), nullable=True),
        sa.Column("decided_below", sa.BigInteger(), nullable=True),
        sa.Column("decided_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("decided_next_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("below > 0", name=op.f("ck_auto_top_ups_below_positive")),
        sa.CheckConstraint("add_quantity >= below", name=op.f("ck_auto_top_ups_add_reaches_below")),
        sa.CheckConstraint("cap_day_minor > 0", name=op.f("ck_auto_top_ups_cap_day_positive")),
        sa.CheckConstraint("cap_month_minor > 0", name=op.f("ck_auto_top_ups_cap_month_positive")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_auto_top_ups_failures_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auto_top_ups")),
        sa.UniqueConstraint("account_id", "unit", name=op.f("uq_auto_top_ups_account_id_unit")),
    )
    op.create_table(
        "auto_top_up_runs",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("auto_top_up_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.Column("top_up_id", sa.String(length=40), nullable=True),
        sa.Column("failure_code", sa.String(length=40), nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_auto_top_up_runs_amount_positive")),
        sa.CheckConstraint(
            "(status = 'IN_FLIGHT') = (ended_at IS NULL)", name=op.f("ck_auto_top_up_runs_ended_when_landed")
        ),
        sa.ForeignKeyConstraint(
            ["auto_top_up_id"], ["auto_top_ups.id"], name=op.f("fk_auto_top_up_runs_auto_top_up_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auto_top_up_runs")),
    )
    op.create_index(op.f("ix_auto_top_up_runs_account_id"), "auto_top_up_runs", ["account_id"])
    op.create_index(
        op.f("ix_auto_top_up_runs_auto_top_up_id_started_at"),
        "auto_top_up_runs",
        ["auto_top_up_id", "started_at"],
    )
    op.create_index(
        "uq_auto_top_up_runs_in_flight",
        "auto_top_up_runs",
        ["auto_top_up_id"],
        unique=True,
        sqlite_where=sa.text("status = 'IN_FLIGHT'"),
        postgresql_where=sa.text("status = 'IN_FLIGHT'"),
    )
    op.create_table(
        "auto_top_up_switch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auto_top_up_switch")),
    )


def downgrade() -> None:
    for table in ("auto_top_up_switch", "auto_top_up_runs", "auto_top_ups"):
        op.drop_table(table)
    op.drop_column("wallets", "alarm_below")
