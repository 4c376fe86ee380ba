"""Telling those who pay for a plan that its price will change (M033)."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.due import schedule
from server.kit.events import DomainEvent
from server.kit.work import Work
from server.orders.actions.prices import PriceAnnounced
from server.orders.reads.prices import price_change
from server.plans.reads.prices import concerned, priced

TELL_PRICE = "plans.tell_price"
_SUBSCRIPTIONS_A_STEP = 200


@dataclass(frozen=True, slots=True)
class RenewalPriceChanged(DomainEvent):
    """The subscription will renew at another price from `effective_at` (ISO 8601) on; net, in minor units.

    Told again after a crash between two steps; a notice is not. The subject is the subscription.
    """

    change_id: str
    product: str
    plan: str
    currency: str
    amount_minor: int
    effective_at: str


def plan_telling(work: Work, event: PriceAnnounced) -> None:
    """A price was announced: tell whom it concerns, not in the transaction of who set it."""
    if priced(work, event.product) is not None:
        schedule(work, TELL_PRICE, event.subject_id, work.now)


def tell_page(work: Work, change_id: str, after_id: str) -> str | None:
    """Tell the next of those whom a price concerns; the last one's id, None when nobody is left."""
    change = price_change(work, change_id)
    of = priced(work, change.product) if change is not None else None
    if change is None or of is None:
        return None
    page = concerned(work, change, after_id, _SUBSCRIPTIONS_A_STEP)
    for subscription_id, account_id in page:
        values = (change.id, of.product.value, of.plan, change.currency, change.amount_minor)
        at = change.effective_at.isoformat()
        work.record(RenewalPriceChanged(account_id, subscription_id, *values, at))
    return page[-1][0] if page else None
