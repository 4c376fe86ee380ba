"""What an account is told of its plan and its extra seats."""

from __future__ import annotations

from collections.abc import Callable

from server.kit.events import Reactions
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.orders.actions.prices import PriceAnnounced
from server.plans import reads
from server.plans.actions.events import (
    MemberWithdrawalPlanned,
    PlanCancelled,
    PlanEnded,
    PlanLapsed,
    PlanRenewalFailed,
    PlanRenewalSoon,
    PlanRenewed,
    PlanStarted,
    PlanUpgraded,
    SeatsLapsed,
    SeatsRenewalFailed,
    SubscriptionEvent,
)
from server.plans.actions.price_changes import RenewalPriceChanged, plan_telling
from server.plans.rules.status import Product, StopReason
from server.reactions.telling import tell_account


def register(registered: Reactions) -> None:
    registered.on(PlanStarted, _tell_of_plan("plan_started", until=True))
    registered.on(PlanUpgraded, _tell_of_plan("plan_started", until=True))
    registered.on(PlanRenewed, _tell_of_plan("plan_renewed", until=True))
    registered.on(PlanRenewalSoon, _tell_of_renewal_soon)
    registered.on(PlanRenewalFailed, _tell_of_plan("plan_renewal_failed"))
    registered.on(PlanCancelled, _tell_of_cancelled_plan)
    registered.on(PlanEnded, _tell_of_plan("plan_ended"))
    registered.on(PlanLapsed, _tell_of_plan("plan_lapsed"))
    registered.on(SeatsRenewalFailed, _tell_of_seats("seats_renewal_failed"))
    registered.on(SeatsLapsed, _tell_of_seats("seats_lapsed"))
    registered.on(MemberWithdrawalPlanned, _tell_of_withdrawal)
    registered.on(PriceAnnounced, plan_telling)
    registered.on(RenewalPriceChanged, _tell_of_price)


def _tell_of_plan(template: str, *, until: bool = False) -> Callable[[Work, SubscriptionEvent], None]:
    """Tell of a plan; with `until`, the end of its present cycle too."""

    def tell(work: Work, event: SubscriptionEvent) -> None:
        data = {"plan": event.plan}
        if until and event.period_end is not None:
            data["until"] = event.period_end.isoformat()
        tell_account(work, event.account_id, template, data)

    return tell


def _tell_of_renewal_soon(work: Work, event: PlanRenewalSoon) -> None:
    row = reads.subscription(work, event.account_id, event.subject_id)
    assert row is not None, "it is about to be charged"
    assert event.period_end is not None, "it has begun"
    gross_minor = reads.next_price(work, row).gross_minor
    data = {
        "plan": event.next_plan or event.plan,
        "at": event.period_end.isoformat(),
        "amount": str(Money(gross_minor, Currency[row.currency])),
    }
    dedupe_key = f"plan_renewal_soon/{event.subject_id}/{event.number}"
    tell_account(work, event.account_id, "plan_renewal_soon", data, dedupe_key)


def _tell_of_cancelled_plan(work: Work, event: PlanCancelled) -> None:
    assert event.ends_at is not None, "a cancellation says when"
    template = "plan_cancelled" if event.stop_reason == StopReason.CUSTOMER.value else "plan_renewal_off"
    data = {"plan": event.plan, "until": event.ends_at.isoformat()}
    tell_account(work, event.account_id, template, data)


def _tell_of_seats(template: str) -> Callable[[Work, SubscriptionEvent], None]:
    def tell(work: Work, event: SubscriptionEvent) -> None:
        tell_account(work, event.account_id, template, {"seats": event.seats})

    return tell


def _tell_of_withdrawal(work: Work, event: MemberWithdrawalPlanned) -> None:
    data = {"at": event.withdraw_at.isoformat()}
    notice_actions.notify(work, event.account_id, "member_withdrawal_planned", data)


def _tell_of_price(work: Work, event: RenewalPriceChanged) -> None:
    data = {
        "amount": str(Money(event.amount_minor, Currency[event.currency])),
        "at": event.effective_at,
    }
    if event.plan:
        data["plan"] = event.plan
    template = _PRICE_TEMPLATES[Product(event.product)]
    tell_account(work, event.account_id, template, data, f"{template}/{event.change_id}")


_PRICE_TEMPLATES = {
    Product.PLAN: "plan_price_changed",
    Product.SEATS: "seats_price_changed",
    Product.FIXED_IP: "fixed_ip_price_changed",
}
