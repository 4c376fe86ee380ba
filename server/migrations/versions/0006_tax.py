"""VAT numbers of accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "tax"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vat_numbers",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("validated_by", sa.String(length=12), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_vat_numbers")),
    )


def downgrade() -> None:
    op.drop_table("vat_numbers")
