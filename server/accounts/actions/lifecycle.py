"""Standing still and starting again: suspension by the company, what inactivity does (M083, M087 to M090), and a
preventive closing that is taken back.

Each account has one piece of due work, never later than the next instant at which inactivity changes something. Its
step decides anew from what is known then, so an activity needs no rescheduling: it only makes a step find nothing to
do.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from server.accounts import reads
from server.accounts.actions.authority import change_status, lock_authority
from server.accounts.actions.events import (
    AccountDeactivated,
    AccountDisabled,
    AccountReactivated,
    AccountReinstated,
    AccountReopened,
    AccountSuspended,
    InactivityLapsed,
    InactivityWarned,
    RelationshipLapsed,
)
from server.accounts.model import CLOSED, CUSTOMER, Account, AccountActivity, AccountClosure
from server.accounts.reads import lifecycle
from server.accounts.reads.restrictions import is_stopped
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import (
    AccountStatus,
    AccountStatusConflict,
    Closing,
    Deadlines,
    InactivityReason,
    SuspensionReason,
    check_reason,
    deadlines,
)
from server.accounts.rules.restricting import CAMPAIGNS
from server.kit.due import schedule
from server.kit.due.pauses import end_of_term
from server.kit.work import Work

INACTIVITY = "accounts.inactivity"
_STANDING_STILL = frozenset({AccountStatus.DISABLED, AccountStatus.DEACTIVATED})


def suspend_account(work: Work, account_id: str, reason: SuspensionReason | None = None) -> None:
    """Restrict the account, with or without cause (M083). Raises ReasonRequired, AccountNotFound,
    AccountStatusConflict.
    """
    check_reason(reason, work.terms(Terms))
    code = reason.value if reason is not None else None
    change_status(work, account_id, AccountStatus.SUSPENDED, code)
    work.record(AccountSuspended(account_id, account_id, code, work.actor.credential_id))


def reinstate_account(work: Work, account_id: str) -> None:
    """End a suspension; the credentials that were not revoked meanwhile are good again.

    The clock of sending starts anew: nothing could be sent. Raises AccountNotFound, AccountStatusConflict.
    """
    before = change_status(work, account_id, AccountStatus.ACTIVE)
    if before is not AccountStatus.SUSPENDED:
        raise AccountStatusConflict(before.value)
    _restart(work, account_id, sending_since=work.now)
    work.record(AccountReinstated(account_id, account_id, work.actor.credential_id))


def reactivate_account(work: Work) -> None:
    """End the standstill of the acting account; all clocks start anew (M088). Raises AccountStatusConflict."""
    account_id = work.actor.account_id
    assert account_id is not None
    before = change_status(work, account_id, AccountStatus.ACTIVE)
    if before not in _STANDING_STILL:
        raise AccountStatusConflict(before.value)
    _restart(work, account_id, sending_since=work.now, active_since=work.now, warned_at=None, lapsed_at=None)
    work.record(AccountReactivated(account_id, account_id))


def reopen_account(work: Work, account_id: str) -> None:
    """Take a preventive closing back: reactions return what it forfeited, and all clocks start anew.

    What the closing ended stays ended: plan, senders, cards, sessions and API keys. Raises AccountNotFound, or
    AccountStatusConflict when the account is not closed, or was closed by its owner.
    """
    before = change_status(work, account_id, AccountStatus.ACTIVE)
    closure = lifecycle.closure(work, account_id)
    if before is not AccountStatus.CLOSED or closure is None or closure.closing != Closing.PREVENTIVE.value:
        raise AccountStatusConflict(before.value)
    work.execute(delete(AccountClosure).where(AccountClosure.account_id == account_id))
    _restart(work, account_id, sending_since=work.now, active_since=work.now, warned_at=None, lapsed_at=None)
    closed_at, by = closure.closed_at.isoformat(), work.actor.credential_id
    work.record(AccountReopened(account_id, account_id, closed_at, by))


def start_clocks(work: Work, account_id: str) -> None:
    """Let the clocks of an account run from now on."""
    values = {"account_id": account_id, "sending_since": work.now, "active_since": work.now}
    work.execute(insert(AccountActivity).values(values))
    until = deadlines(work.now, work.now, work.terms(Terms))
    schedule(work, INACTIVITY, account_id, min(until.disable_at, until.deactivate_at, until.warn_at))


def restart_sending(work: Work, account_id: str) -> None:
    """Let the clock of sending start anew: until now nothing could be sent."""
    _restart(work, account_id, sending_since=work.now)


def start_missing_clocks(work: Work, limit: int) -> int:
    """Let the clocks of accounts run that were opened before there were any; returns of how many."""
    running = select(AccountActivity.account_id)
    query = select(Account.id).where(
        Account.kind == CUSTOMER, Account.status != CLOSED, Account.id.not_in(running)
    )
    ids = list(work.execute(query.order_by(Account.id).limit(limit)).scalars())
    for account_id in ids:
        start_clocks(work, account_id)
    return len(ids)


def note_activity(work: Work, account_id: str) -> None:
    """Somebody signed in or made a billing operation: the clock of activity starts anew (M090)."""
    before = lifecycle.activity(work, account_id)
    if before is None:  # the company's own people
        return
    _set(work, account_id, active_since=work.now, warned_at=None, lapsed_at=None)
    if before.lapsed_at is not None:
        _plan(work, account_id)


def apply_inactivity(work: Work, account_id: str) -> None:
    """Do what inactivity has brought about by now, and plan the next look. Repeated, it does nothing more."""
    lock_authority(work, account_id)
    found, activity = reads.account(work, account_id), lifecycle.activity(work, account_id)
    if found is None or activity is None or found.status == CLOSED:
        return
    until = _deadlines(work, account_id, activity)
    _warn(work, activity, until)
    _stand_still(work, found.status, account_id, until)
    _lapse(work, activity, until)
    if work.terms(Terms).erase_inactive and work.now >= until.erase_at:
        work.record(RelationshipLapsed(account_id, account_id))
    _plan(work, account_id)


def _warn(work: Work, activity: Row[Any], until: Deadlines) -> None:
    if activity.warned_at is not None or not until.warn_at <= work.now < until.lapse_at:
        return
    _set(work, activity.account_id, warned_at=work.now)
    work.record(InactivityWarned(activity.account_id, activity.account_id, until.lapse_at.isoformat()))


def _stand_still(work: Work, status: str, account_id: str, until: Deadlines) -> None:
    """Disable or deactivate for want of sending; a suspended account stays what it is, and so does one whose owner lets
    nothing be sent: nobody loses by a right.
    """
    if is_stopped(work, account_id, CAMPAIGNS):
        return
    if work.now >= until.deactivate_at and status in (
        AccountStatus.ACTIVE.value,
        AccountStatus.DISABLED.value,
    ):
        _deactivate(work, account_id, InactivityReason.NO_SENDING)
    elif work.now >= until.disable_at and status == AccountStatus.ACTIVE.value:
        change_status(work, account_id, AccountStatus.DISABLED, InactivityReason.NO_SENDING.value)
        work.record(AccountDisabled(account_id, account_id))


def _lapse(work: Work, activity: Row[Any], until: Deadlines) -> None:
    """A year without activity: reactions take the credits, and money stays (M048)."""
    if activity.lapsed_at is not None or work.now < until.lapse_at:
        return
    account_id = activity.account_id
    found = reads.account(work, account_id)
    if found is not None and found.status in (AccountStatus.ACTIVE.value, AccountStatus.DISABLED.value):
        _deactivate(work, account_id, InactivityReason.NO_ACTIVITY)
    _set(work, account_id, lapsed_at=work.now)
    work.record(InactivityLapsed(account_id, account_id, activity.active_since.isoformat()))


def _deactivate(work: Work, account_id: str, reason: InactivityReason) -> None:
    change_status(work, account_id, AccountStatus.DEACTIVATED, reason.value)
    work.record(AccountDeactivated(account_id, account_id, reason.value))


def _restart(work: Work, account_id: str, **since: datetime | None) -> None:
    _set(work, account_id, **since)
    _plan(work, account_id)


def _set(work: Work, account_id: str, **values: datetime | None) -> None:
    work.execute(update(AccountActivity).where(AccountActivity.account_id == account_id).values(values))


def _plan(work: Work, account_id: str) -> None:
    """Come back when something changes next; not at all when inactivity changes nothing more."""
    found, activity = reads.account(work, account_id), lifecycle.activity(work, account_id)
    if found is None or activity is None:
        return
    until = _deadlines(work, account_id, activity)
    ahead = [] if activity.lapsed_at is not None else [until.lapse_at]
    if activity.lapsed_at is None and activity.warned_at is None:
        ahead.append(until.warn_at)
    if work.terms(Terms).erase_inactive and work.now < until.erase_at:
        ahead.append(until.erase_at)
    sends = not is_stopped(work, account_id, CAMPAIGNS)
    if sends and found.status in (AccountStatus.ACTIVE.value, AccountStatus.DISABLED.value):
        ahead.append(until.deactivate_at)
    if sends and found.status == AccountStatus.ACTIVE.value:
        ahead.append(until.disable_at)
    if ahead:
        schedule(work, INACTIVITY, account_id, min(ahead))


def _deadlines(work: Work, account_id: str, activity: Row[Any]) -> Deadlines:
    """When what happens, with the last send and the pauses of contractual terms in it (M103)."""
    last_send = work.terms(lifecycle.SendSources).last_send(work, account_id)
    sending = max(activity.sending_since, last_send) if last_send is not None else activity.sending_since
    nominal = deadlines(sending, activity.active_since, work.terms(Terms))
    return replace(
        nominal,
        warn_at=end_of_term(work, activity.active_since, nominal.warn_at),
        disable_at=end_of_term(work, sending, nominal.disable_at),
        deactivate_at=end_of_term(work, sending, nominal.deactivate_at),
        lapse_at=end_of_term(work, activity.active_since, nominal.lapse_at),
        erase_at=end_of_term(work, activity.active_since, nominal.erase_at),
    )
