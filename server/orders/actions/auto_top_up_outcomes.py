"""What automatic top-ups make of what happens elsewhere: payments that end, cards that come and go, balances that
fall. Each is a reaction in the transaction of the event, so no crash comes between."""

from __future__ import annotations

import dataclasses

from server.accounts.actions.events import AccountReactivated, AccountReinstated
from server.accounts.actions.restricting import ProcessingReleased
from server.kit.due import schedule
from server.kit.events import DomainEvent, Reaction
from server.kit.work import Work
from server.orders.actions import pay_order, withdraw_order
from server.orders.actions.auto_top_up import LOOK, fail, suspend
from server.orders.actions.auto_top_up_changes import (
    AutoTopUpResumed,
    AutoTopUpSucceeded,
    close_run,
    locked,
    locked_run,
    move,
)
from server.orders.reads.auto_top_up import AutoTopUpRow, RunRow, auto_top_up, auto_top_ups, method_of
from server.orders.rules.auto_top_up import OF_METHODS, RunStatus, Standing, Suspension, after_success
from server.topups.actions.changes import TopUpChange, TopUpFailed, TopUpReversed, TopUpSettled
from server.topups.actions.method_changes import (
    PaymentMethodChanged,
    PaymentMethodExpired,
    PaymentMethodRemoved,
    PaymentMethodSaved,
)
from server.topups.rules.methods import SavedFor
from server.topups.rules.outcomes import TopUpPurpose
from server.wallet.actions.events import BalanceFellBelow

RECEIVED_TOO_LITTLE = "RECEIVED_TOO_LITTLE"


def wake(work: Work, event: BalanceFellBelow) -> None:
    """A balance fell below a rule's limit: decide, but not in the transaction that spends."""
    rule = auto_top_up(work, event.account_id, event.unit)
    if rule is not None:
        schedule(work, LOOK, rule.id, work.now)


def wake_all(work: Work, event: AccountReinstated | AccountReactivated | ProcessingReleased) -> None:
    """The account may be charged again: decide about all of its rules."""
    for rule in auto_top_ups(work, event.account_id):
        schedule(work, LOOK, rule.id, work.now)


def take_payment(work: Work, event: TopUpSettled) -> None:
    """The money is in the wallet: it pays for what it was charged for, before any other order that waits.

    It may come after all when the top-up was thought to have failed; what was ordered is withdrawn then, and the
    next decision uses the money that is there.
    """
    found = _found(work, event)
    if found is None:
        return
    rule, run = found
    bought = run.order_id is None or pay_order(work, run.account_id, run.order_id)
    close_run(work, run, RunStatus.SUCCEEDED if bought else RunStatus.UNSPENT)
    if rule.run_id == run.id and not bought:
        assert run.order_id is not None, "a payment into a money wallet is all there is to it"
        withdraw_order(work, run.account_id, run.order_id)
        fail(work, rule, RECEIVED_TOO_LITTLE, run.id)
        return
    another = rule.run_id not in (None, run.id)
    standing = after_success(rule.standing, in_flight=another)
    move(work, rule, AutoTopUpSucceeded, standing, about=run.id, failure_code=None)
    schedule(work, LOOK, rule.id, work.now)


def take_failure(work: Work, event: TopUpFailed) -> None:
    """No money came."""
    found = _found(work, event)
    if found is None:
        return
    rule, run = found
    if rule.run_id == run.id:
        _withdraw(work, run)
        close_run(work, run, RunStatus.FAILED, event.failure_code)
        fail(work, rule, event.failure_code or "", run.id)


def take_reversal(work: Work, event: TopUpReversed) -> None:
    """The money went again: no further charge without the customer's word."""
    found = _found(work, event)
    if found is None:
        return
    rule, run = found
    _withdraw(work, run)
    close_run(work, run, RunStatus.REVERSED, event.failure_code)
    ended = {"run_id": None} if rule.run_id == run.id else {}
    if rule.enabled and rule.suspension is None:
        suspend(work, rule, Suspension.CHARGED_BACK, failure_code=event.failure_code, **ended)
        schedule(work, LOOK, rule.id, work.now)
    elif ended:
        fail(work, rule, event.failure_code or "", run.id)


def lose_method(work: Work, event: PaymentMethodExpired | PaymentMethodRemoved) -> None:
    """Without its card a rule is suspended at once, and not when it is needed (M053).

    A rule that names its card never falls back to another one: nobody agreed to that.
    """
    expired = isinstance(event, PaymentMethodExpired)
    for each in auto_top_ups(work, event.account_id):
        if method_of(work, event.account_id, each.setting) is None:
            rule = _locked(work, each)
            suspend(work, rule, Suspension.METHOD_EXPIRED if expired else Suspension.METHOD_GONE)
            schedule(work, LOOK, rule.id, work.now)


def regain_method(work: Work, event: PaymentMethodSaved | PaymentMethodChanged) -> None:
    """A method that was saved for automatic top-ups resumes those that were suspended for the want of one."""
    if event.saved_for != SavedFor.AUTO_TOP_UP.value:
        return
    for each in auto_top_ups(work, event.account_id):
        rule = _locked(work, each)
        if rule.enabled and rule.standing.suspension in OF_METHODS:
            has_own = method_of(work, event.account_id, rule.setting) is not None
            method_id = rule.method_id if has_own else event.subject_id
            if method_of(work, event.account_id, dataclasses.replace(rule.setting, method_id=method_id)):
                standing = Standing(in_flight=rule.run_id is not None)
                move(work, rule, AutoTopUpResumed, standing, method_id=method_id)
                schedule(work, LOOK, rule.id, work.now)


def _found(work: Work, event: TopUpChange) -> tuple[AutoTopUpRow, RunRow] | None:
    """The automatic top-up that a payment was for, if it was for one."""
    if event.purpose != TopUpPurpose.AUTO_TOP_UP.value or event.for_id is None:
        return None
    return locked_run(work, event.for_id)


def _withdraw(work: Work, run: RunRow) -> None:
    if run.order_id is not None:
        withdraw_order(work, run.account_id, run.order_id)


def _locked(work: Work, rule: AutoTopUpRow) -> AutoTopUpRow:
    found = locked(work, rule.id)
    assert found is not None, "rules stay"
    return found


REACTIONS: tuple[tuple[type[DomainEvent], Reaction], ...] = (
    (BalanceFellBelow, wake),
    (TopUpSettled, take_payment),
    (TopUpFailed, take_failure),
    (TopUpReversed, take_reversal),
    (PaymentMethodExpired, lose_method),
    (PaymentMethodRemoved, lose_method),
    (PaymentMethodSaved, regain_method),
    (PaymentMethodChanged, regain_method),
)
"""To be registered before what pays other orders: the money of an automatic top-up is for its own."""
