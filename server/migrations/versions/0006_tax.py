"""Tax on orders, VAT numbers of accounts, and changes of prices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "tax"
down_revision = "0005"
branch_labels = None
depends_on = None

_WITHIN_NET = "fee_minor + refund_minor <= net_minor"
_WITHIN_GROSS = "fee_minor + refund_minor <= net_minor + tax_minor"


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
    op.create_table(
        "price_changes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("product", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("announced_at", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=40), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_price_changes_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_changes")),
    )
    op.create_index(
        op.f("ix_price_changes_currency_product_effective_at"),
        "price_changes",
        ["currency", "product", "effective_at"],
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tax_rate_basis_points", sa.Integer(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("tax_minor", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("tax_treatment", sa.String(length=20), server_default="OUTSIDE_SCOPE", nullable=False)
        )
        batch_op.drop_constraint(batch_op.f("ck_orders_settlement_within_net"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_orders_settlement_within_gross"), _WITHIN_GROSS)
        batch_op.create_check_constraint(batch_op.f("ck_orders_tax_not_negative"), "tax_minor >= 0")


def downgrade() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_orders_tax_not_negative"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_orders_settlement_within_gross"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_orders_settlement_within_net"), _WITHIN_NET)
        for name in ("tax_treatment", "tax_minor", "tax_rate_basis_points"):
            batch_op.drop_column(name)
    op.drop_table("price_changes")
    op.drop_table("vat_numbers")
