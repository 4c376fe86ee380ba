"""What may not be done with an account's data, and reports that it is a minor's."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "restrictions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("by_right", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=60), nullable=False),
        sa.Column("request_id", sa.String(length=40), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_restrictions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restrictions")),
    )
    op.create_index(op.f("ix_restrictions_account_id_id"), "restrictions", ["account_id", "id"])
    live = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_restrictions_live",
        "restrictions",
        ["account_id", "by_right", "purpose"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )

    op.create_table(
        "minor_reports",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("named", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("reported_at", sa.BigInteger(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=True),
        sa.Column("judged_by", sa.String(length=40), nullable=True),
        sa.Column("request_id", sa.String(length=40), nullable=True),
        sa.CheckConstraint(
            "status = 'RECEIVED' OR (judged_at IS NOT NULL AND named IS NULL AND text IS NULL)",
            name=op.f("ck_minor_reports_judged_and_forgotten"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minor_reports")),
    )
    op.create_index(op.f("ix_minor_reports_account_id"), "minor_reports", ["account_id"])
    op.create_index(op.f("ix_minor_reports_status_id"), "minor_reports", ["status", "id"])


def downgrade() -> None:
    op.drop_table("minor_reports")
    op.drop_table("restrictions")
