"""Setting prices."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert

from server.accounts import reads as account_reads
from server.kit.events import DomainEvent
from server.kit.idempotency import Receipt
from server.kit.work import Work
from server.orders.model import PriceChange
from server.orders.reads.prices import price_at
from server.orders.rules import Terms
from server.orders.rules.price_changes import NewPrice, effective_at, new_price_minor


@dataclass(frozen=True, slots=True)
class PriceAnnounced(DomainEvent):
    """A price was set; it applies from `effective_at` (ISO 8601) on. The account is that of the staff."""

    product: str
    currency: str
    amount_minor: int
    reason: str
    effective_at: str


def set_price(work: Work, price: NewPrice) -> Receipt:
    """Announce a price; it applies from the first instant of the next month (M033); facts: `change_id`.

    What was announced earlier in the month for the same product and currency is replaced; orders keep the price at
    which they were placed. Raises ProductUnknown, NotSoldInCurrency, PriceOutOfRange.
    """
    account_id = work.actor.account_id
    person = account_reads.person_of_session(work, work.actor.credential_id or "")
    assert account_id is not None, "the field lets only staff through"
    assert person is not None, "staff act in sessions"
    current = price_at(work, price.product, price.currency, work.now)
    amount_minor = new_price_minor(price, current, work.terms(Terms))
    change_id, applies = work.ids.new("prc"), effective_at(work.now)
    work.execute(
        insert(PriceChange).values(
            id=change_id,
            product=price.product,
            currency=price.currency.code,
            amount_minor=amount_minor,
            reason=price.reason.value,
            announced_at=work.now,
            effective_at=applies,
            set_by=person.id,
        )
    )
    values = (price.product, price.currency.code, amount_minor, price.reason.value, applies.isoformat())
    work.record(PriceAnnounced(account_id, change_id, *values))
    return Receipt({"change_id": change_id})
