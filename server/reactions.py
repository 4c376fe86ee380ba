"""What later slices do, in the same transaction, when an earlier one records an event."""

from __future__ import annotations

from server.accounts import reads as account_reads
from server.accounts.actions.events import ApiKeyCreated, PasswordChanged
from server.kit.events import Reactions
from server.kit.money import Currency, Money
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.orders import actions as order_actions
from server.topups.actions.changes import TopUpChange, TopUpFailed, TopUpReversed, TopUpSettled


def reactions() -> Reactions:
    """All of them; app.py hands them to the units of work."""
    registered = Reactions()
    registered.on(PasswordChanged, _tell_of_password)
    registered.on(ApiKeyCreated, _tell_of_api_key)
    registered.on(TopUpSettled, order_actions.pay_waiting_orders)  # M030
    registered.on(TopUpFailed, _tell_of_failed_top_up)
    registered.on(TopUpReversed, _tell_of_reversed_top_up)
    return registered


def _tell_of_password(work: Work, event: PasswordChanged) -> None:
    data = {"at": work.now.isoformat()}
    notice_actions.notify(work, event.account_id, "password_changed", data, person_id=event.subject_id)


def _tell_of_api_key(work: Work, event: ApiKeyCreated) -> None:
    key = account_reads.api_keys_by_id(work, [event.subject_id])[event.subject_id]
    data = {"name": work.open("api_keys.name", key.name), "prefix": key.prefix}
    notice_actions.notify(work, event.account_id, "api_key_created", data)


def _tell_of_failed_top_up(work: Work, event: TopUpFailed) -> None:
    _tell_of_top_up(work, event, "topup_failed", event.amount_minor)


def _tell_of_reversed_top_up(work: Work, event: TopUpReversed) -> None:
    _tell_of_top_up(work, event, "topup_reversed", event.received_minor or event.amount_minor)


def _tell_of_top_up(work: Work, event: TopUpChange, template: str, amount_minor: int) -> None:
    data = {"amount": str(Money(amount_minor, Currency[event.currency]))}
    dedupe_key = f"{template}/{event.subject_id}"
    notice_actions.notify(work, event.account_id, template, data, dedupe_key=dedupe_key)
