"""The states of an account, what may become of each, and when inactivity changes them."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from server.accounts.rules import (
    ACCOUNT_CLOSE,
    COMPLAINTS_ANSWER,
    PRIVACY_WRITE,
    REQUESTS_ANSWER,
    SELF_WRITE,
    Terms,
)
from server.kit.problems import Refusal


class AccountStatus(Enum):
    """How an account stands. In every state but ACTIVE and CLOSED it is restricted.

    DISABLED: nothing was sent for a while (M088). DEACTIVATED: nothing was sent for long (M087), or nobody signed in
    or paid for a year (M048). SUSPENDED: by the company (M083). CLOSED: by either side (M081, M026), for ever unless
    the company takes a preventive closing back.
    """

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"
    DEACTIVATED = "DEACTIVATED"
    SUSPENDED = "SUSPENDED"
    CLOSED = "CLOSED"


_A, _DIS, _DEA, _S, _C = AccountStatus
_TRANSITIONS: Mapping[AccountStatus, frozenset[AccountStatus]] = {
    _A: frozenset({_DIS, _DEA, _S, _C}),
    _DIS: frozenset({_A, _DEA, _S, _C}),
    _DEA: frozenset({_A, _S, _C}),
    _S: frozenset({_A, _C}),
    _C: frozenset({_A}),
}

RESTRICTED_SCOPES = frozenset(
    {
        "account:read",
        "account:write",
        "balance:read",
        "ledger:read",
        "topups:read",
        "topups:write",
        "orders:read",
        "campaigns:read",
        SELF_WRITE,
        COMPLAINTS_ANSWER,
        REQUESTS_ANSWER,
        PRIVACY_WRITE,
        ACCOUNT_CLOSE,
    }
)
"""What sessions of a restricted account may still do: read, pay what is owed, answer complaints and what
recipients ask, ask about their own data, reactivate, close. API keys nothing."""


class InactivityReason(Enum):
    """Which clock ran out."""

    NO_SENDING = "NO_SENDING"
    NO_ACTIVITY = "NO_ACTIVITY"


class SuspensionReason(Enum):
    """Why the company suspends or closes an account. Codes, because free text would name people."""

    COMPLAINT = "COMPLAINT"
    ABUSE = "ABUSE"
    PAYMENT = "PAYMENT"
    SECURITY = "SECURITY"
    LEGAL = "LEGAL"
    INDUSTRY = "INDUSTRY"
    OTHER = "OTHER"


class Closing(Enum):
    """Who closed an account: its owner, or the company to prevent harm (M026)."""

    VOLUNTARY = "VOLUNTARY"
    PREVENTIVE = "PREVENTIVE"


@dataclass(eq=False)
class AccountStatusConflict(Refusal):
    """An account in this state cannot become that."""

    code = "ACCOUNT_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class AccountNotFound(Refusal):
    """There is no such account."""

    code = "ACCOUNT_NOT_FOUND"
    blames = "accountId"


@dataclass(eq=False)
class ReasonRequired(Refusal):
    """The terms ask for a reason."""

    code = "REASON_REQUIRED"
    blames = "reason"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When inactivity has which effect, if nothing happens until then and no pause comes in between."""

    warn_at: datetime
    disable_at: datetime
    deactivate_at: datetime
    lapse_at: datetime
    erase_at: datetime


def check_transition(before: str, after: AccountStatus) -> None:
    """Raises AccountStatusConflict."""
    if after not in _TRANSITIONS[AccountStatus(before)]:
        raise AccountStatusConflict(before)


def check_reason(reason: SuspensionReason | None, terms: Terms) -> None:
    """Raises ReasonRequired where the terms ask for one (M083)."""
    if reason is None and terms.suspension_reason_required:
        raise ReasonRequired


def session_scopes(status: str, scopes: frozenset[str] | None) -> frozenset[str] | None:
    """What a session may do for an account in this state, of the scopes of its person's role (None: all)."""
    if status == AccountStatus.ACTIVE.value:
        return scopes
    return RESTRICTED_SCOPES if scopes is None else scopes & RESTRICTED_SCOPES


def deadlines(sending_since: datetime, active_since: datetime, terms: Terms) -> Deadlines:
    """When what happens without a send since the one instant, and without activity since the other.

    Sending is a clock of its own: a sign-in does not reset it, and a send does not reset the other (M090).
    """
    lapse_at = add_months(active_since, terms.lapse_after_months)
    return Deadlines(
        warn_at=lapse_at - timedelta(days=terms.lapse_warning_days),
        disable_at=sending_since + timedelta(days=terms.disable_after_days),
        deactivate_at=sending_since + timedelta(days=terms.deactivate_after_days),
        lapse_at=lapse_at,
        erase_at=add_months(active_since, terms.erase_after_months),
    )


def add_months(instant: datetime, months: int) -> datetime:
    """The same day and time of day so many calendar months later; the last day of a month that is too short."""
    index = instant.year * 12 + instant.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return instant.replace(year=year, month=month, day=min(instant.day, calendar.monthrange(year, month)[1]))
