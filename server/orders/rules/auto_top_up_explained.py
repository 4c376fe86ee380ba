"""Decisions about automatic top-ups in one sentence, for people; programs read the verdict and the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.orders.rules.auto_top_up import Suspension, Verdict


@dataclass(frozen=True, slots=True)
class Told:
    """A decision with its numbers, written with their units."""

    verdict: Verdict
    available: str
    below: str
    amount: str | None = None
    next_at: datetime | None = None
    suspension: Suspension | None = None


def explain(told: Told) -> str:
    """The decision and why, such as: The balance of 99 is below the limit of 100: 38.00 EUR are charged."""
    if told.verdict in (Verdict.SUSPEND, Verdict.SUSPENDED):
        return f"Suspended: {_SUSPENSIONS[told.suspension] if told.suspension else 'it has to be resumed.'}"
    if told.verdict is Verdict.OFF:
        return "Automatic top-up is switched off."
    if told.verdict is Verdict.ENOUGH:
        return f"The balance of {told.available} is not below the limit of {told.below}: nothing to do."
    next_at = told.next_at.strftime("%Y-%m-%d %H:%M:%S UTC") if told.next_at is not None else "later"
    what = _BELOW[told.verdict].format(amount=told.amount or "nothing", next_at=next_at)
    return f"The balance of {told.available} is below the limit of {told.below}: {what}"


_BELOW: Mapping[Verdict, str] = {
    Verdict.START: "{amount} are charged to the payment method.",
    Verdict.PAY_FROM_BALANCE: "{amount} are taken from the money balance, and nothing is charged.",
    Verdict.IN_FLIGHT: "an automatic top-up is on its way already.",
    Verdict.COOLING: "the last one failed; the next one is tried at {next_at}.",
    Verdict.DAY_CAP: "another {amount} would pass the limit of the day; the next one is possible at {next_at}.",
    Verdict.MONTH_CAP: "another {amount} would pass the limit of the month; the next one is possible at {next_at}.",
    Verdict.TOO_OFTEN: "it was topped up as often as is allowed in a day; the next one is possible at {next_at}.",
    Verdict.STOPPED: "automatic top-ups are held back by the service for the moment.",
    Verdict.ACCOUNT_RESTRICTED: "nothing is charged while the account is suspended or stands still.",
}
_SUSPENSIONS: Mapping[Suspension, str] = {
    Suspension.METHOD_GONE: "its payment method was removed. Save another one for automatic top-ups.",
    Suspension.METHOD_EXPIRED: "the card of its payment method has expired. Save another one for automatic top-ups.",
    Suspension.TOO_MANY_FAILURES: "it failed too often in a row. Look at the payment method, then resume it.",
    Suspension.CHARGED_BACK: "the bank took a payment back. Settle that, then resume it.",
    Suspension.CHANNEL_GONE: "the account has no API key any more. Make one, then resume it.",
    Suspension.NOT_SOLD: "what it adds is not sold any more. Set it to something else.",
}
