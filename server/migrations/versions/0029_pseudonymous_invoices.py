"""An erasure puts a pseudonym in the place of an invoice's customer; nothing else of it changes, still."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_FIXED = (
    "id, series, number, seller, year, serial, subject_id, corrects_id, currency, net_minor, tax_minor, gross_minor, "
    "language, lines, seller_details, period_start, period_end, payment_reference, issued_at"
)
_ERASES = "OLD.account_id NOT LIKE 'psn%' AND NEW.account_id LIKE 'psn%' AND NEW.customer IS NULL"
_ABORT = "BEGIN SELECT RAISE(ABORT, 'invoices are never changed'); END"
_CALL = "EXECUTE FUNCTION invoices_immutable()"


def upgrade() -> None:
    _drop("invoices_immutable")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER invoices_immutable BEFORE UPDATE OF {_FIXED} ON invoices FOR EACH STATEMENT {_CALL}"
        )
        op.execute(
            "CREATE TRIGGER invoices_keep_customer BEFORE UPDATE OF account_id, customer ON invoices "
            f"FOR EACH ROW WHEN (NOT ({_ERASES})) {_CALL}"
        )
    else:
        op.execute(f"CREATE TRIGGER invoices_immutable BEFORE UPDATE OF {_FIXED} ON invoices {_ABORT}")
        op.execute(
            "CREATE TRIGGER invoices_keep_customer BEFORE UPDATE OF account_id, customer ON invoices "
            f"WHEN NOT ({_ERASES}) {_ABORT}"
        )


def downgrade() -> None:
    _drop("invoices_keep_customer")
    _drop("invoices_immutable")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE TRIGGER invoices_immutable BEFORE UPDATE ON invoices FOR EACH STATEMENT {_CALL}")
    else:
        op.execute(f"CREATE TRIGGER invoices_immutable BEFORE UPDATE ON invoices {_ABORT}")


def _drop(name: str) -> None:
    on_table = " ON invoices" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"DROP TRIGGER {name}{on_table}")
