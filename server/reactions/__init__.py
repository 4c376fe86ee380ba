"""What later slices do, in the same transaction, when an earlier one records an event."""

from __future__ import annotations

from server.accounts import reads as account_reads
from server.accounts.actions.events import AccountReactivated, AccountReinstated
from server.accounts.actions.restricting import ProcessingReleased
from server.accounts.rules.lifecycle import AccountStatus
from server.kit.events import Reactions
from server.kit.work import Work
from server.orders.actions import auto_top_up_outcomes, pay_released_orders, pay_waiting_orders, receipts
from server.plans.actions import billing as plan_billing
from server.plans.actions import fixed_ips as fixed_ip_actions
from server.plans.actions import settlement as plan_settlement
from server.plans.actions.events import (
    FixedIpEnded,
    FixedIpLapsed,
    FixedIpNotPaid,
    PlanEnded,
    PlanLapsed,
    PlanRenewed,
)
from server.reactions import (
    account_life,
    auto_top_ups,
    campaigns,
    complaints,
    erasures,
    exports,
    fixed_ips,
    incidents,
    payments,
    people,
    plans,
    privacy_requests,
    queues,
    recipient_requests,
    senders,
    statistics,
    support,
)
from server.topups.actions.changes import (
    TopUpFailed,
    TopUpPartlyReversed,
    TopUpReinstated,
    TopUpReversed,
    TopUpSettled,
)
from server.topups.actions.method_changes import (
    PaymentMethodExpired,
    PaymentMethodRemoved,
    PaymentMethodSaved,
)


def reactions() -> Reactions:
    """All of them; app.py hands them to the units of work."""
    registered = Reactions()
    account_life.register(registered)
    erasures.register(registered)
    statistics.register(registered)
    _spend_what_came(registered)
    registered.on(TopUpFailed, plan_settlement.ask_again_later)
    registered.on(TopUpReversed, plan_settlement.take_back_cycle)
    registered.on(TopUpReversed, receipts.take_back_receipt)
    registered.on(TopUpPartlyReversed, receipts.take_back_receipt)
    registered.on(TopUpReinstated, receipts.confirm_again)
    registered.on(PaymentMethodRemoved, plan_settlement.stop_renewals)  # M040
    registered.on(PaymentMethodExpired, plan_settlement.stop_renewals)
    registered.on(PaymentMethodSaved, plan_settlement.resume_renewals)
    for woken in (AccountReinstated, AccountReactivated, ProcessingReleased):
        registered.on(woken, plan_billing.wake_held)
        registered.on(woken, auto_top_up_outcomes.wake_all)
    registered.on(ProcessingReleased, pay_released_orders)
    registered.on(PlanEnded, fixed_ip_actions.end_with_plan)  # M055
    registered.on(PlanLapsed, fixed_ip_actions.end_with_plan)
    registered.on(PlanRenewed, fixed_ip_actions.renew_with_plan)  # M059
    for told in (
        people,
        payments,
        auto_top_ups,
        plans,
        fixed_ips,
        senders,
        campaigns,
        complaints,
        support,
        privacy_requests,
        recipient_requests,
        exports,
        incidents,
    ):
        told.register(registered)
    for event in (FixedIpNotPaid, FixedIpEnded, FixedIpLapsed):
        registered.on(event, fixed_ip_actions.release)  # M056; last, for its address is told
    queues.register(registered)
    return registered


def _spend_what_came(registered: Reactions) -> None:
    """In this order: what a card was charged for is paid before anything else that waits for money (M030)."""
    registered.on(TopUpSettled, receipts.confirm_top_up)
    registered.on(TopUpSettled, plan_settlement.pay_cycle)
    for kind, reaction in auto_top_up_outcomes.REACTIONS:
        registered.on(kind, reaction)
    registered.on(TopUpSettled, _pay_waiting_orders)


def _pay_waiting_orders(work: Work, event: TopUpSettled) -> None:
    account = account_reads.account(work, event.account_id)
    if account is None or account.status != AccountStatus.CLOSED.value:
        pay_waiting_orders(work, event)
