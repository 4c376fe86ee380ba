"""Invoices, credit notes and payment receipts, which cannot be edited, and the counters of their numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "invoices"
down_revision = "tax"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invoice_series",
        sa.Column("seller", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=12), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_serial", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seller", "series", "year", name=op.f("pk_invoice_series")),
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("series", sa.String(length=12), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("seller", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("corrects_id", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("seller_details", sa.Text(), nullable=False),
        sa.Column("customer", sa.LargeBinary(), nullable=True),
        sa.Column("period_start", sa.BigInteger(), nullable=True),
        sa.Column("period_end", sa.BigInteger(), nullable=True),
        sa.Column("payment_reference", sa.String(length=64), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "net_minor >= 0 AND tax_minor >= 0", name=op.f("ck_invoices_amounts_not_negative")
        ),
        sa.CheckConstraint(
            "gross_minor = net_minor + tax_minor", name=op.f("ck_invoices_gross_is_net_and_tax")
        ),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoices.id"], name=op.f("fk_invoices_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("number", name=op.f("uq_invoices_number")),
        sa.UniqueConstraint(
            "seller", "series", "year", "serial", name=op.f("uq_invoices_seller_series_year_serial")
        ),
        sa.UniqueConstraint("series", "subject_id", name=op.f("uq_invoices_series_subject_id")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoices_corrects_id"), ["corrects_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_account_id_id"), ["account_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invoices_account_id_issued_at"), ["account_id", "issued_at"], unique=False
        )
    _make_immutable()


def downgrade() -> None:
    op.drop_table("invoices")
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP FUNCTION invoices_immutable()")
    op.drop_table("invoice_series")


def _make_immutable() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION invoices_immutable() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RAISE EXCEPTION 'invoices are never changed'; END $$"
        )
        op.execute(
            "CREATE TRIGGER invoices_immutable BEFORE UPDATE ON invoices "
            "FOR EACH STATEMENT EXECUTE FUNCTION invoices_immutable()"
        )
    else:
        op.execute(
            "CREATE TRIGGER invoices_immutable BEFORE UPDATE ON invoices "
            "BEGIN SELECT RAISE(ABORT, 'invoices are never changed'); END"
        )
