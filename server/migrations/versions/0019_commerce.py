"""What is known of an owner's age, and whether a contract permits resale."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0014"
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


def downgrade() -> None:
    op.drop_table("resale_permissions")
    op.drop_table("age_judgements")
