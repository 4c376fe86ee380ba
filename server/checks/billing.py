"""Checks of what erasures leave for billing, and that nothing erased comes back: no account, and no id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select

from server.accounts.model import Account
from server.checks.looking import look, since_in_force
from server.checks.served import Served
from server.kit.clock import from_micros
from server.kit.journal import JournalDamaged
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, combined, finding
from server.privacy.model import Erasure
from server.privacy.reads.declared import SHREDDED, Declarations, Fate
from server.privacy.reads.erasures import ERASED
from server.privacy.rules.erasures import ErasureScope, ErasureStatus
from server.schema import HELD

_PSEUDONYMS = "psn%"
_ID_LENGTH = len("acc_") + 26
_IDS_A_READ = 500


def billing_kept(read: Read) -> Finding:
    """Every erasure under this policy left what billing needs, under a pseudonym (M092)."""
    done = (Erasure.status == ErasureStatus.ERASED.value) & (Erasure.live_erased_at >= since_in_force(read))
    whole = Erasure.scope != ErasureScope.ALL_EXCEPT_BILLING.value
    return look(read, "erasures", Erasure, Erasure.id, done & or_(whole, Erasure.pseudonym.is_(None)))


def billing_pseudonymous(read: Read) -> Finding:
    """What is kept for billing says nothing of anybody any more (M120)."""
    wrong, tables = [], 0
    for declared in Declarations(HELD).of_fate(ErasureScope.ALL_EXCEPT_BILLING, Fate.RENAMED):
        if declared.row.owner != ("account_id",) or not declared.sealed:
            continue
        tables += 1
        said = or_(*(column.is_not(None) & (column != SHREDDED) for column in declared.sealed))
        pseudonymous = declared.table.c.account_id.like(_PSEUDONYMS)
        if read.scalar(select(func.count()).select_from(declared.table).where(pseudonymous, said)):
            wrong.append(declared.table.name)
    return finding(tables, "tables", wrong)


def erasures_replayed(read: Read) -> Finding:
    """Of every account that the journal says is erased nothing is alive, unless its erasure is just going on (C29)."""
    erased, wrong = _journal(read)
    for account in _alive(read, list(erased)):
        going_on = (Erasure.account_id == account.id) & (Erasure.status == ErasureStatus.ERASING.value)
        if read.scalar(select(Erasure.id).where(going_on)) is None:
            wrong.append(account.id)
    return finding(len(erased), "erased accounts", sorted(wrong))


def ids_not_reused(read: Read) -> Finding:
    """No account was opened under the id of one that was erased, and every id is one that this server made (Q005)."""
    erased, wrong = _journal(read)
    wrong += [row.id for row in _alive(read, list(erased)) if row.created_at >= from_micros(erased[row.id])]
    made = Account.id.like("acc\\_%", escape="\\") & (func.length(Account.id) == _ID_LENGTH)
    return combined(
        {
            "reused": finding(len(erased), "erased accounts", sorted(wrong)),
            "made": look(read, "accounts", Account, Account.id, ~made),
        }
    )


def _journal(read: Read) -> tuple[dict[str, int], list[str]]:
    """When the journal says that which account was erased, in microseconds; and what is wrong with the journal."""
    try:
        entries = [entry for entry in read.terms(Served).journal.entries() if entry["kind"] == ERASED]
    except JournalDamaged as damage:
        return {}, [str(damage).rpartition(": ")[2]]
    return {entry["account_id"]: entry["at"] for entry in entries}, []


def _alive(read: Read, ids: Sequence[str]) -> Collection[Row[Any]]:
    """Those of the accounts that are there."""
    found: list[Row[Any]] = []
    for start in range(0, len(ids), _IDS_A_READ):
        some = Account.id.in_(ids[start : start + _IDS_A_READ])
        found += read.rows(select(Account.id, Account.created_at).where(some))
    return found


CHECKS: Mapping[str, Check] = {
    "billing_kept": billing_kept,
    "erasures_replayed": erasures_replayed,
    "ids_not_reused": ids_not_reused,
}
