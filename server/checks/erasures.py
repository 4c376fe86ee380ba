"""Checks of erasures: planned, in time, acknowledged, complete, and final."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from server.accounts.model import CLOSED, Account, AccountClosure
from server.accounts.rules.lifecycle import add_months
from server.checks.billing import billing_pseudonymous
from server.checks.looking import WRONG_MAX, look
from server.kit.retention import Holds
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, combined, finding
from server.privacy.model import Erasure
from server.privacy.reads.declared import Declarations, Fate
from server.privacy.reads.erasures import is_genuine
from server.privacy.rules.erasures import ErasureClock, ErasureScope, ErasureStatus, ErasureTerms
from server.schema import HELD

_CERTIFICATES_LOOKED_AT = 1_000
_CLOSURES = (ErasureClock.CLOSURE.value, ErasureClock.PREVENTIVE_CLOSURE.value)
_DAY = timedelta(days=1)
"""How long the erasure of what was kept for billing may take."""


def erasures_in_time(read: Read) -> Finding:
    """No erasure is overdue: not by a request's clock, a closure's, nor a minor's (M119, C2, P033). One that nobody
    asked for waits as long as its account restricts the processing, or asks for a copy (article 18(1) GDPR).
    """
    open_still = Erasure.status != ErasureStatus.ERASED.value
    unasked = (Erasure.clock == ErasureClock.INACTIVITY.value) & (
        Erasure.status == ErasureStatus.PLANNED.value
    )
    held = unasked & read.terms(Holds).held("account", Erasure.account_id)
    return look(read, "erasures", Erasure, Erasure.id, and_(open_still, Erasure.overdue_at < read.now, ~held))


def closed_accounts_planned(read: Read) -> Finding:
    """Every closed account waits for its erasure (M091, H027, H028)."""
    planned = exists().where(Erasure.account_id == Account.id)
    return look(read, "accounts", Account, Account.id, and_(Account.status == CLOSED, ~planned))


def relationship_kept(read: Read) -> Finding:
    """No data goes by the clock of a closing but of an account that is closed, counted from then (B009, M118)."""
    closed_before = exists().where(
        AccountClosure.account_id == Erasure.account_id, AccountClosure.closed_at <= Erasure.planned_at
    )
    planned = (Erasure.status == ErasureStatus.PLANNED.value) & Erasure.clock.in_(_CLOSURES)
    return look(read, "erasures", Erasure, Erasure.id, planned & ~closed_before)


def billing_in_time(read: Read) -> Finding:
    """What was kept for billing says nothing of anybody, and is gone after the legal period; until then it is planned
    when (H029, M120)."""
    ends, kept = aliased(Erasure), Erasure.live_erased_at.is_not(None) & Erasure.pseudonym.is_not(None)
    ended_at = add_months(read.now - _DAY, -read.terms(ErasureTerms).billing_kept_months)
    planned = exists().where(ends.account_id == Erasure.pseudonym)
    overdue = kept & or_(Erasure.live_erased_at <= ended_at, ~planned)
    return combined(
        {
            "tables": billing_pseudonymous(read),
            "erasures": look(read, "erasures", Erasure, Erasure.id, overdue),
        }
    )


def erasures_acknowledged(read: Read) -> Finding:
    """Whoever asked for an erasure acknowledged that it cannot be undone (Q024)."""
    asked = Erasure.clock == ErasureClock.REQUEST.value
    return look(read, "erasures", Erasure, Erasure.id, and_(asked, Erasure.acknowledged.is_(None)))


def nothing_left(read: Read) -> Finding:
    """No row that goes with an account outlived it, and each erasure has a genuine certificate (Q022, H031)."""
    wrong, tables = [], 0
    for declared in Declarations(HELD).of_fate(ErasureScope.EVERYTHING, Fate.DELETED):
        owner = declared.row.owner
        if owner != ("account_id",):
            continue
        tables += 1
        column = declared.table.c.account_id
        alive = exists().where(Account.id == column)
        kept = exists().where(Erasure.pseudonym == column)  # for billing, under a pseudonym
        left = select(func.count()).select_from(declared.table).where(~alive, ~kept)
        if read.scalar(left):
            wrong.append(declared.table.name)
    return finding(tables, "tables", [*wrong, *_not_genuine(read)])


def copies_dead(read: Read) -> Finding:
    """The master key of the time of an erasure was destroyed before its certificate is final (Q023)."""
    too_late = and_(Erasure.final_at < read.now, Erasure.rewrapped_at.is_(None))
    return look(read, "erasures", Erasure, Erasure.id, too_late)


def _not_genuine(read: Read) -> list[str]:
    done = select(Erasure.id, Erasure.certificate, Erasure.signature).where(Erasure.certificate.is_not(None))
    rows = read.rows(done.order_by(Erasure.id.desc()).limit(_CERTIFICATES_LOOKED_AT))
    wrong = [row.id for row in rows if not is_genuine(read, row.certificate, row.signature or b"")]
    return wrong[:WRONG_MAX]


CHECKS: Mapping[str, Check] = {
    "erasures_in_time": erasures_in_time,
    "closed_accounts_planned": closed_accounts_planned,
    "relationship_kept": relationship_kept,
    "billing_in_time": billing_in_time,
    "erasures_acknowledged": erasures_acknowledged,
    "nothing_left": nothing_left,
    "copies_dead": copies_dead,
}
