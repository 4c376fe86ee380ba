"""Checks of erasures: planned, in time, acknowledged, complete, and final."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import and_, exists, func, select

from server.accounts.model import CLOSED, Account
from server.checks.looking import WRONG_MAX, look
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, finding
from server.privacy.model import Erasure
from server.privacy.reads.declared import Declarations, Fate
from server.privacy.reads.erasures import is_genuine
from server.privacy.rules.erasures import ErasureClock, ErasureScope, ErasureStatus
from server.schema import HELD

_CERTIFICATES_LOOKED_AT = 1_000


def erasures_in_time(read: Read) -> Finding:
    """No erasure is overdue: not by a request's clock, a closure's, nor a minor's (M119, C2, P033)."""
    open_still = Erasure.status != ErasureStatus.ERASED.value
    return look(read, "erasures", Erasure, Erasure.id, and_(open_still, Erasure.overdue_at < read.now))


def closed_accounts_planned(read: Read) -> Finding:
    """Every closed account waits for its erasure (M091, H027, H028)."""
    planned = exists().where(Erasure.account_id == Account.id)
    return look(read, "accounts", Account, Account.id, and_(Account.status == CLOSED, ~planned))


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
        # What is kept for billing belongs to a pseudonym, which has no account either.
        left = select(func.count()).select_from(declared.table).where(~alive, column.not_like("psn%"))
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
    "erasures_acknowledged": erasures_acknowledged,
    "nothing_left": nothing_left,
    "copies_dead": copies_dead,
}
