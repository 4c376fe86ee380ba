"""What one account may use of the API instead of what everybody may."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_limits",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("cost_max", sa.Integer(), nullable=False),
        sa.Column("restored_per_second", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_api_limits_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_api_limits")),
    )


def downgrade() -> None:
    op.drop_table("api_limits")
