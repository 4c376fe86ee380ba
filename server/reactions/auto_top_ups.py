"""What an account is told of its automatic top-ups."""

from __future__ import annotations

from server.kit.events import Reactions
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.orders.actions.auto_top_up_changes import (
    AutoTopUpChange,
    AutoTopUpFailed,
    AutoTopUpSucceeded,
    AutoTopUpSuspended,
)
from server.orders.reads.auto_top_up import runs
from server.orders.rules.auto_top_up import AutoTopUpState, RunStatus
from server.reactions.telling import tell_account


def register(registered: Reactions) -> None:
    registered.on(AutoTopUpSucceeded, _tell_of_automatic_top_up)
    registered.on(AutoTopUpFailed, _tell_of_failed_automatic_top_up)
    registered.on(AutoTopUpSuspended, _tell_of_suspended_automatic_top_up)


def _tell_of_automatic_top_up(work: Work, event: AutoTopUpSucceeded) -> None:
    run = runs(work, [event.run_id or ""]).get(event.run_id or "")
    if run is not None and run.status == RunStatus.SUCCEEDED.value:
        _tell_of_automatic(work, event, "auto_top_up_done", run.amount_minor)


def _tell_of_failed_automatic_top_up(work: Work, event: AutoTopUpFailed) -> None:
    if event.state != AutoTopUpState.SUSPENDED.value:  # that has a notice of its own
        run = runs(work, [event.run_id or ""]).get(event.run_id or "")
        amount_minor = event.rule["decided_amount_minor"] if run is None else run.amount_minor
        _tell_of_automatic(work, event, "auto_top_up_failed", amount_minor)


def _tell_of_automatic(work: Work, event: AutoTopUpChange, template: str, amount_minor: int) -> None:
    amount = str(Money(amount_minor, Currency[event.rule["currency"]]))
    data = {"unit": event.rule["unit"], "amount": amount}
    notice_actions.notify(work, event.account_id, template, data)


def _tell_of_suspended_automatic_top_up(work: Work, event: AutoTopUpSuspended) -> None:
    """By e-mail too: whoever relies on it has to do something (M053)."""
    tell_account(work, event.account_id, "auto_top_up_suspended", {"unit": event.rule["unit"]})
