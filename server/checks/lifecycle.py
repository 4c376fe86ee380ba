"""Checks of the life of accounts: standing still, losing credits by inactivity, suspension and closing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import ColumnElement, func, or_, select

from server.accounts.actions.lifecycle import INACTIVITY
from server.accounts.model import ACTIVE, CLOSED, CUSTOMER, Account, AccountActivity, AccountClosure, Session
from server.accounts.model.restrictions import Restriction
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import AccountStatus, Closing, InactivityReason, add_months
from server.checks.looking import GRACE, NEWEST_MAX, WRONG_MAX, look, micros, span
from server.checks.served import Served
from server.kit.audit import AuditEntry
from server.kit.due import DueWork, Pause
from server.kit.due.pauses import end_of_term
from server.kit.events import StoredEvent
from server.kit.work import Read
from server.orders.model import Order
from server.policy.rules.checking import Check, Finding, combined, finding
from server.topups.model import Refund
from server.wallet.model import Posting, Wallet
from server.wallet.rules import CREDIT_UNITS, PostingKind

_DAY = span(timedelta(days=1))
_CLOSING = ("CloseAccountInput", "RequestErasureInput")
_ENDING = ("closeAccount", "requestErasure", "objectToProcessing")
_GIVES_BACK = ("ORDER_CANCELLED", "USAGE_REFUNDED", "TAX_REFUNDED")
_among = Account.__table__.join(AccountActivity.__table__, AccountActivity.account_id == Account.id)


def standstill_in_time(read: Read, status: str) -> Finding:
    """Nobody stands still for want of sending before the time of the policy is over, and everybody's clock runs, so
    that nobody goes on after it (M087, M088)."""
    terms = read.terms(Terms)
    days = terms.disable_after_days if status == AccountStatus.DISABLED.value else terms.deactivate_after_days
    stopped = (Account.status == status) & (Account.status_reason == InactivityReason.NO_SENDING.value)
    early = micros(Account.status_since) < micros(AccountActivity.sending_since) + days * _DAY
    return combined(
        {
            "early": look(read, "accounts", Account, Account.id, stopped & early, _among),
            "late": look(read, "clocks", Account, Account.id, _clock_stands(read), _among),
        }
    )


def lapses_in_time(read: Read) -> Finding:
    """Credits are lost once an account was without activity for as long as the policy says, not before and not after
    (M036, M048, M089)."""
    months = read.terms(Terms).lapse_after_months
    activity = AccountActivity.__table__.c
    lapsed = select(*activity).where(activity.lapsed_at.is_not(None)).order_by(activity.lapsed_at.desc())
    early = [
        row.account_id
        for row in read.rows(lapsed.limit(NEWEST_MAX))
        if row.lapsed_at < add_months(row.active_since, months)
    ]
    over = activity.active_since <= add_months(read.now - GRACE, -months)
    open_ones = select(Account.id).where(Account.id == activity.account_id, Account.status != CLOSED)
    due = select(*activity).where(over, activity.lapsed_at.is_(None), open_ones.exists()).limit(NEWEST_MAX)
    late = [
        row.account_id
        for row in read.rows(due)
        if end_of_term(read, row.active_since, add_months(row.active_since, months)) <= read.now - GRACE
    ]
    inactive = look(
        read, "accounts", AccountActivity, activity.account_id, activity.account_id.in_([*early, *late])
    )
    return combined(
        {"lapses": inactive, "clocks": look(read, "clocks", Account, Account.id, _clock_stands(read), _among)}
    )


def lapses_warned(read: Read) -> Finding:
    """Nobody lost credits by inactivity who was not warned as long before as the policy says."""
    days = read.terms(Terms).lapse_warning_days
    too_late = micros(AccountActivity.warned_at) > micros(AccountActivity.lapsed_at) - days * _DAY + span(
        GRACE
    )
    unwarned = AccountActivity.lapsed_at.is_not(None) & or_(AccountActivity.warned_at.is_(None), too_late)
    return look(read, "accounts", AccountActivity, AccountActivity.account_id, unwarned)


def activity_counted(read: Read) -> Finding:
    """A sign-in, and a billing operation, begin the clock of activity anew (M090)."""
    signed_in = select(Session.id).where(
        Session.account_id == AccountActivity.account_id, Session.created_at > AccountActivity.active_since
    )
    ordered = select(Order.id).where(
        Order.account_id == AccountActivity.account_id, Order.placed_at > AccountActivity.active_since
    )
    uncounted = signed_in.exists() | ordered.exists()
    return look(read, "accounts", AccountActivity, AccountActivity.account_id, uncounted)


def credits_live(read: Read) -> Finding:
    """No credits are forfeited but at the instant at which an account lapses or is closed (M047)."""
    ended = select(StoredEvent.sequence).where(
        StoredEvent.account_id == Wallet.account_id,
        StoredEvent.kind.in_(("InactivityLapsed", "AccountClosed")),
        StoredEvent.at == Posting.at,
    )
    forfeited = (Posting.kind == PostingKind.FORFEITED.value) & Wallet.unit.in_(CREDIT_UNITS)
    among = Wallet.__table__.join(Posting.__table__, Posting.wallet_id == Wallet.id)
    goes_on = select(Account.id).where(Account.id == Wallet.account_id, Account.status != CLOSED)
    query = select(Wallet.id).select_from(among).where(forfeited, goes_on.exists(), ~ended.exists())
    total = int(read.scalar(select(func.count()).select_from(Wallet)) or 0)
    return finding(total, "wallets", sorted(read.execute(query.distinct().limit(WRONG_MAX)).scalars()))


def suspensions_recorded(read: Read) -> Finding:
    """Of every suspension it is recorded since when, and why where the policy wants a reason (M083)."""
    unsaid: ColumnElement[bool] = Account.status_since.is_(None)
    if read.terms(Terms).suspension_reason_required:
        unsaid |= Account.status_reason.is_(None)
    suspended = Account.status == AccountStatus.SUSPENDED.value
    return look(read, "accounts", Account, Account.id, suspended & unsaid)


def closings_at_once(read: Read) -> Finding:
    """Every closing took effect at the instant at which it was said (M081)."""
    as_said = select(Account.id).where(
        Account.id == AccountClosure.account_id,
        Account.status == CLOSED,
        Account.status_since == AccountClosure.closed_at,
    )
    return look(read, "closings", AccountClosure, AccountClosure.account_id, ~as_said.exists())


def closings_acknowledged(read: Read) -> Finding:
    """Nobody closes an account without acknowledging what is lost: the mutations ask for it, and each closing by an
    owner is one of them (M086)."""
    inputs = read.terms(Served).offer.inputs
    unasked = [name for name in _CLOSING if not inputs.get(name, {}).get("acknowledgedLosses")]
    said = select(AuditEntry.id).where(
        AuditEntry.account_id == AccountClosure.account_id,
        AuditEntry.at == AccountClosure.closed_at,
        AuditEntry.action.in_(_ENDING),
        AuditEntry.outcome == "OK",
    )
    voluntary = AccountClosure.closing == Closing.VOLUNTARY.value
    unsaid = voluntary & ~said.exists()
    return combined(
        {
            "asked": finding(len(_CLOSING), "inputs", unasked),
            "said": look(read, "closings", AccountClosure, AccountClosure.account_id, unsaid),
        }
    )


def closed_forfeit(read: Read) -> Finding:
    """An account that was closed to prevent harm kept no credits, and nothing was given back to it since (M026)."""
    mine = Wallet.account_id == AccountClosure.account_id
    kept = select(Wallet.id).where(
        mine, Wallet.unit.in_(CREDIT_UNITS), Wallet.posted > 0, Wallet.changed_at < AccountClosure.closed_at
    )
    given_back = (
        select(Posting.wallet_id)
        .join(Wallet.__table__, Wallet.id == Posting.wallet_id)
        .where(
            mine,
            Posting.kind.in_(_GIVES_BACK),
            Posting.posted_delta > 0,
            Posting.at >= AccountClosure.closed_at,
        )
    )
    refunded = select(Refund.id).where(
        Refund.account_id == AccountClosure.account_id, Refund.created_at >= AccountClosure.closed_at
    )
    preventive = AccountClosure.closing == Closing.PREVENTIVE.value
    wrong = preventive & (kept.exists() | given_back.exists() | refunded.exists())
    return look(read, "closings", AccountClosure, AccountClosure.account_id, wrong)


def _clock_stands(read: Read) -> ColumnElement[bool]:
    """Whether nothing is planned that would end an active account's time, or the plan is late. While contractual terms
    are paused, and of whom sending is restricted, nothing has to be."""
    planned = select(DueWork.id).where(DueWork.kind == INACTIVITY, DueWork.subject_id == Account.id)
    paused = read.scalar(select(Pause.id).where(Pause.ends_at.is_(None)).limit(1)) is not None
    in_time = planned if paused else planned.where(DueWork.due_at > read.now - GRACE)
    restricted = select(Restriction.id).where(
        Restriction.account_id == Account.id, Restriction.lifted_at.is_(None)
    )
    return (Account.kind == CUSTOMER) & (Account.status == ACTIVE) & ~in_time.exists() & ~restricted.exists()


CHECKS: Mapping[str, Check] = {
    "disabled_in_time": partial(standstill_in_time, status=AccountStatus.DISABLED.value),
    "deactivated_in_time": partial(standstill_in_time, status=AccountStatus.DEACTIVATED.value),
    "lapses_in_time": lapses_in_time,
    "lapses_warned": lapses_warned,
    "activity_counted": activity_counted,
    "credits_live": credits_live,
    "suspensions_recorded": suspensions_recorded,
    "closings_at_once": closings_at_once,
    "closings_acknowledged": closings_acknowledged,
    "closed_forfeit": closed_forfeit,
}
