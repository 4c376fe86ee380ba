"""What an account is told of its payments, payment methods and documents."""

from __future__ import annotations

from collections.abc import Callable

from server.kit.events import Reactions
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.orders.actions.events import CreditNoteIssued, InvoiceEvent, InvoiceIssued
from server.orders.actions.vat_numbers import VatNumberRefused
from server.reactions.telling import tell_account
from server.topups.actions.changes import (
    TopUpChange,
    TopUpFailed,
    TopUpPartlyReversed,
    TopUpRefunded,
    TopUpReinstated,
    TopUpReversed,
)
from server.topups.actions.method_changes import PaymentMethodExpired, PaymentMethodExpiring
from server.topups.reads import methods as method_reads
from server.topups.rules.outcomes import TopUpPurpose


def register(registered: Reactions) -> None:
    registered.on(TopUpFailed, _tell_of_failed_top_up)
    registered.on(TopUpReversed, _tell_of_part("topup_reversed"))
    registered.on(TopUpPartlyReversed, _tell_of_part("topup_reversed"))
    registered.on(TopUpReinstated, _tell_of_part("topup_reinstated"))
    registered.on(TopUpRefunded, _tell_of_refund)
    registered.on(InvoiceIssued, _tell_of_invoice("invoice_issued"))
    registered.on(CreditNoteIssued, _tell_of_invoice("credit_note_issued"))
    registered.on(VatNumberRefused, _tell_of_refused_vat_number)
    registered.on(PaymentMethodExpiring, _tell_of_expiring_card)
    registered.on(PaymentMethodExpired, _tell_of_expired_card)


def _tell_of_failed_top_up(work: Work, event: TopUpFailed) -> None:
    if event.purpose != TopUpPurpose.AUTO_TOP_UP.value:  # told as what it is
        _tell_of_top_up(work, event, "topup_failed", event.amount_minor)


def _tell_of_part(template: str) -> Callable[[Work, TopUpChange], None]:
    """Tell of what was taken or given back; of a payment that was taken back before it came, of all of it."""

    def tell(work: Work, event: TopUpChange) -> None:
        _tell_of_top_up(work, event, template, event.part_minor or event.amount_minor)

    return tell


def _tell_of_top_up(work: Work, event: TopUpChange, template: str, amount_minor: int) -> None:
    data = {"amount": str(Money(amount_minor, Currency[event.currency]))}
    dedupe_key = f"{template}/{event.part_id or event.subject_id}"
    notice_actions.notify(work, event.account_id, template, data, dedupe_key=dedupe_key)


def _tell_of_refund(work: Work, event: TopUpRefunded) -> None:
    currency = Currency[event.currency]
    data = {
        "paid": str(Money(event.received_minor or event.amount_minor, currency)),
        "refunded": str(Money(event.refunded_minor, currency)),
    }
    notice_actions.notify(work, event.account_id, "topup_refunded", data)


def _tell_of_expiring_card(work: Work, event: PaymentMethodExpiring) -> None:
    method = method_reads.methods(work, event.account_id, [event.subject_id])[event.subject_id]
    assert method.expires_at is not None, "an active method has an end"
    data = {"card": _card(work, method), "at": method.expires_at.isoformat()}
    notice_actions.notify(work, event.account_id, "payment_method_expiring", data)


def _tell_of_expired_card(work: Work, event: PaymentMethodExpired) -> None:
    method = method_reads.methods(work, event.account_id, [event.subject_id])[event.subject_id]
    notice_actions.notify(work, event.account_id, "payment_method_expired", {"card": _card(work, method)})


def _card(work: Work, method: method_reads.MethodRow) -> str:
    return f"{method.brand} •••• {method_reads.last4(work, method) or ''}".rstrip()


def _tell_of_refused_vat_number(work: Work, event: VatNumberRefused) -> None:
    data = {"at": work.now.isoformat()}
    notice_actions.notify(work, event.account_id, "vat_number_refused", data)


def _tell_of_invoice(template: str) -> Callable[[Work, InvoiceEvent], None]:
    def tell(work: Work, event: InvoiceEvent) -> None:
        data = {"number": event.number, "amount": str(Money(event.gross_minor, Currency[event.currency]))}
        tell_account(work, event.account_id, template, data, f"{template}/{event.subject_id}")

    return tell
