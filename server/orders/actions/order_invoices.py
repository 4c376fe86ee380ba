"""The invoice of an order, issued with its payment (M030), and the credit note of its cancellation."""

from __future__ import annotations

from server.kit.money import Currency
from server.kit.work import Work
from server.orders.actions.invoicing import issue_credit_note, issue_invoice
from server.orders.reads import OrderRow, parameters_of
from server.orders.rules.invoices import Line
from server.orders.rules.tax import Taxed, TaxTreatment


def invoice_order(work: Work, paid: OrderRow) -> None:
    """Invoice an order with its payment."""
    parameters = parameters_of(work, [paid.id]).get(paid.id)
    issue_invoice(
        work,
        paid.account_id,
        Currency[paid.currency],
        [_line(paid)],
        subject_id=paid.id,
        payment_reference=paid.payment_transfer_id,
        reference=parameters.reference if parameters is not None else None,
    )


def credit_order(work: Work, cancelled: OrderRow, fee_minor: int, transfer_id: str | None) -> None:
    """Credit what went back for an order; the fee that was kept is a line of its own, without tax: it makes good a
    damage. An order that was never invoiced is not credited."""
    lines = [_line(cancelled)]
    if fee_minor:
        fee = Taxed(-fee_minor, 0, 0, TaxTreatment.OUTSIDE_SCOPE)
        lines.append(Line("CANCELLATION_FEE", {}, 1, -fee_minor, 1, fee))
    issue_credit_note(work, cancelled.id, lines, payment_reference=transfer_id)


def _line(row: OrderRow) -> Line:
    code, params = row.product, {}
    if row.credit_unit is not None:
        code, params = f"CREDIT_PACK_{row.credit_unit}", {"credits": str(row.credits // row.quantity)}
    return Line(code, params, row.quantity, row.unit_price_minor, row.priced_units, row.taxed)
