"""Erased and pseudonymous wallets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("wallets", sa.Column("origin", sa.LargeBinary(), nullable=True))
    op.add_column("wallets", sa.Column("closure", sa.LargeBinary(), nullable=True))
    op.create_table(
        "wallet_tombstones",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("wallet_key", sa.LargeBinary(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_tombstones")),
        sa.UniqueConstraint("wallet_key", name=op.f("uq_wallet_tombstones_wallet_key")),
    )
    op.create_table(
        "erased_totals",
        sa.Column("counter", sa.String(length=24), nullable=False),
        sa.Column("unit", sa.String(length=8), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("counter", "unit", name=op.f("pk_erased_totals")),
    )
    op.create_table(
        "erased_seals",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wallets", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_seals")),
    )
    op.create_table(
        "wallet_closed_owners",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_wallet_closed_owners")),
    )


def downgrade() -> None:
    for table in ("wallet_closed_owners", "erased_seals", "erased_totals", "wallet_tombstones"):
        op.drop_table(table)
    op.drop_column("wallets", "closure")
    op.drop_column("wallets", "origin")
