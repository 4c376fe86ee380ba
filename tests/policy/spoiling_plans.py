"""Subscriptions, seats and fixed addresses that are not as the policy says, for the checks to find."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

from server.kit.due import DueWork, Pause
from server.notices.model import Notice, OutboxMessage
from server.orders.model import Invoice
from server.plans.model import IpAddress, IpAssignment, PlanCharge, PlanSubscription
from server.plans.rules.terms import Plan, PlanLimits, Terms
from tests.policy.rows import Sabotage, all_of, made, running_by
from tests.policy.spoiling_accounts import person_leaves

_NOW, _SECOND, _HOUR, _DAY = timedelta(0), timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def subscribed(**values: Any) -> Sabotage:
    """A subscription in its first month."""
    row: dict[str, Any] = {
        "id": "pls_1",
        "product": "PLAN",
        "plan": "STARTER",
        "cycle": "MONTHLY",
        "status": "ACTIVE",
    }
    period = {
        "period_start": _NOW,
        "period_end": 30 * _DAY,
        "number": 1,
        "currency": "USD",
        "term_set_at": _NOW,
    }
    return made(PlanSubscription, **(row | period | values))


def address(**values: Any) -> Sabotage:
    """A fixed address that is rented."""
    return subscribed(**({"id": "pls_2", "product": "FIXED_IP", "cycle": "YEARLY"} | values))


def cancelled(**values: Any) -> Sabotage:
    said = {"status": "CANCELLING", "stop_reason": "CUSTOMER", "cancelled_at": _NOW, "ends_at": 30 * _DAY}
    return subscribed(**(said | values))


def charged(**values: Any) -> Sabotage:
    row: dict[str, Any] = {
        "id": "plc_1",
        "subscription_id": "pls_1",
        "number": 2,
        "net_minor": 1_000,
        "status": "PENDING",
    }
    return made(PlanCharge, **({"reason": "RENEWAL", "plan": "STARTER", "cycle": "MONTHLY"} | row | values))


def credited() -> Sabotage:
    """A cycle that was paid, billed and credited."""
    billed = {"currency": "USD", "net_minor": 1_000, "gross_minor": 1_000}
    bill = made(Invoice, id="inv_1", number="1", serial=1, series="INVOICE", subject_id="plc_1", **billed)
    credit = made(
        Invoice,
        id="inv_2",
        number="2",
        serial=2,
        series="CREDIT_NOTE",
        subject_id="plc_1",
        corrects_id="inv_1",
        **billed,
    )
    return all_of(subscribed(), charged(status="PAID", invoice_id="inv_1"), bill, credit)


def assigned(**values: Any) -> Sabotage:
    return made(IpAssignment, **({"subscription_id": "pls_2", "ip_id": "ipa_1"} | values))


def reclaimed(settled_at: timedelta | None) -> Sabotage:
    """An address that was taken back, and the e-mail about it."""
    ended = address(status="ENDED", stop_reason="RECLAIMED", ended_at=_NOW)
    letter = made(
        OutboxMessage, id="out_1", notice_id="ntc_1", state="DELIVERED", address=None, settled_at=settled_at
    )
    told = all_of(made(Notice, id="ntc_1", kind="fixed_ip_misuse"), letter)
    return all_of(ended, pool, told, assigned(notice_id="ntc_1", released_at=_NOW))


def unlimited(terms: Terms) -> Terms:
    free: Plan = dataclasses.replace(terms.free, limits=PlanLimits(None, None))
    return dataclasses.replace(terms, free=free)


pool = made(IpAddress, id="ipa_1", address="192.0.2.7")
next_one = all_of(address(id="pls_3"), assigned(subscription_id="pls_3", assigned_at=29 * _DAY))
handed_on = all_of(
    pool, address(status="ENDED", ended_at=_NOW), assigned(assigned_at=-_DAY, released_at=_NOW)
)
stale = made(DueWork, id="due_1", kind="privacy.erase", subject_id="ers_1", due_at=-_HOUR, attempts=0)
paused = made(Pause, id="pau_1", starts_at=-_DAY, reason="Flood")
over = {"period_start": -30 * _DAY, "period_end": -_HOUR}

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("subscription.auto_renew", "pls_1", subscribed(**over)),
    (
        "subscription.cancel_before",
        "plc_1",
        all_of(cancelled(), charged(created_at=_SECOND, period_start=30 * _DAY)),
    ),
    ("subscription.cancel_effect", "pls_1", cancelled(ends_at=30 * _DAY - _SECOND)),
    ("subscription.cancel_effect", "pls_1", cancelled(status="ENDED", ended_at=29 * _DAY)),
    ("subscription.after_end", "pls_1", cancelled(ends_at=-_HOUR, **over)),
    ("subscription.term_set_on", "pls_1", subscribed(number=2, term_set_at=None)),
    ("pricing.currency_by_country", "pls_1", subscribed(currency="JPY")),
    ("plan.free.notice", "messages_a_day", running_by(Terms, unlimited)),
    ("refund.subscription", "plc_1", credited()),
    ("refund.subscription_active", "plc_1", credited()),
    ("fixed_ip.reclaim.refund", "plc_1", credited()),
    ("users.extra", "pls_1", subscribed(product="SEATS", seats=3)),
    ("users.delete_effect", "per_", person_leaves(-_HOUR)),
    ("fixed_ip.requires", "pls_2", all_of(subscribed(), address(cycle="MONTHLY"))),
    ("fixed_ip.renews_with", "pls_2", address()),
    (
        "fixed_ip.owner",
        "ipa_1",
        all_of(address(status="ENDED", ended_at=_NOW), made(IpAddress, id="ipa_1", subscription_id="pls_2")),
    ),
    ("fixed_ip.quarantine", "pls_3", all_of(handed_on, next_one)),
    (
        "fixed_ip.cancel_effect",
        "pls_2",
        address(status="CANCELLING", stop_reason="CUSTOMER", cancelled_at=_NOW, ends_at=364 * _DAY),
    ),
    ("fixed_ip.reclaim.notice", "pls_2", reclaimed(_SECOND)),
    ("force_majeure.pauses", "privacy.erase", all_of(paused, stale)),
    ("force_majeure.pauses", "pau_2", all_of(paused, made(Pause, id="pau_2", starts_at=_NOW))),
]
"""Each clause with what its check names, and what was done against it."""

KEPT: list[tuple[str, Sabotage]] = [
    ("subscription.auto_renew", subscribed(period_start=-_DAY, period_end=_SECOND - _HOUR)),
    ("subscription.auto_renew", all_of(subscribed(**over), charged())),
    ("subscription.auto_renew", subscribed(held_at=_NOW, **over)),
    ("subscription.cancel_effect", cancelled()),
    ("fixed_ip.renews_with", all_of(subscribed(), address())),
    (
        "fixed_ip.cancel_effect",
        address(status="CANCELLING", stop_reason="CUSTOMER", cancelled_at=_NOW, ends_at=365 * _DAY),
    ),
    ("fixed_ip.reclaim.notice", reclaimed(-_SECOND)),
    ("force_majeure.pauses", stale),
    ("users.delete_effect", person_leaves(_SECOND - _HOUR)),
]
"""What these checks leave alone."""
