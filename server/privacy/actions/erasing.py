"""The steps of an erasure that are transactions. Each may be run again after a crash at any point.

Their order is fixed: tell the account, let its payments come to an end, write the journal, destroy the keys, and only
then delete the rows (C30, DESIGN §6). What lies between transactions is in adapters/erasing.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, true, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads as account_reads
from server.accounts.actions import close_preventively
from server.accounts.actions.authority import lock_authority
from server.accounts.reads.lifecycle import activity
from server.accounts.rules.lifecycle import AccountStatus, SuspensionReason
from server.kit.clock import from_micros, to_micros
from server.kit.crypto import Shredded
from server.kit.due import DueWork, schedule
from server.kit.events import DomainEvent
from server.kit.retention import Holds
from server.kit.work import Read, Work
from server.notices.reads import letters_waiting
from server.privacy.actions.erasures import ERASE, drop_planned
from server.privacy.actions.requests import begin_request, fulfil_request, hold_request
from server.privacy.model import Erasure
from server.privacy.reads.declared import Declarations, Declared, Fate, vacated
from server.privacy.reads.erasures import ERASED, ErasureRow, FlightSources, HoldSources, erasure, erasure_of
from server.privacy.reads.requests import any_request
from server.privacy.rules.erasures import (
    Counted,
    ErasureClock,
    ErasureScope,
    ErasureStatus,
    ErasureTerms,
    notice_wait,
)
from server.privacy.rules.requests import QUEUE, PrivacyRequestStatus
from server.wallet import actions as wallet_actions
from server.wallet.reads.erasure import is_closed, wallet_ids
from server.wallet.rules import CHAIN_KEY

_S = ErasureStatus
_RELATIONSHIP = "account"
"""Under which name what lasts as long as the relationship is held."""


@dataclass(frozen=True, slots=True)
class ErasureStarted(DomainEvent):
    """The account is erased from now on: its owners are told, as long as there is an address. Subject: the erasure."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the journal says of an erasure: enough to do it again on a database of before."""

    id: str
    account_id: str
    scope: ErasureScope
    clock: str
    at_micros: int
    wallet_ids: tuple[str, ...]
    pseudonym: str | None

    @classmethod
    def parse(cls, entry: Mapping[str, Any]) -> Order:
        return cls(
            entry["id"],
            entry["account_id"],
            ErasureScope(entry["scope"]),
            entry["clock"],
            entry["at"],
            tuple(entry["wallet_ids"]),
            entry["pseudonym"],
        )

    def entry(self) -> Mapping[str, Any]:
        return {
            "kind": ERASED,
            "id": self.id,
            "account_id": self.account_id,
            "scope": self.scope.value,
            "clock": self.clock,
            "at": self.at_micros,
            "wallet_ids": list(self.wallet_ids),
            "pseudonym": self.pseudonym,
        }


def advance(work: Work, erasure_id: str) -> Order | None:
    """Go on as far as an erasure can without the journal; None when it has to wait, or there is nothing to do."""
    row = _locked(work, erasure_id)
    if row is None or row.account_id is None:
        return None
    if row.clock == ErasureClock.LEGAL_PERIOD:
        return _order(work, erasure_id) if _is_over(work, row) else None
    if row.status == _S.PLANNED and not _begin(work, row):
        return None
    row = _locked(work, erasure_id)
    assert row is not None
    assert row.account_id is not None
    if row.status == _S.NOTIFYING and not _notified(work, row):
        return None
    if row.status in (_S.NOTIFYING, _S.SETTLING) and not _settled(work, row):
        return None
    return _order(work, erasure_id)


def take_up(work: Work, order: Order) -> None:
    """Let the database know an erasure of the journal that it does not: it came from a backup of before."""
    lock_authority(work, order.account_id)
    known = _locked(work, order.id)
    if known is not None and known.live_erased_at is not None:
        return
    planned = erasure_of(work, order.account_id)
    if planned is not None and planned.id != order.id:
        drop_planned(work, planned.id)
    at = from_micros(order.at_micros)
    begun = {
        "account_id": order.account_id,
        "scope": order.scope.value,
        "clock": order.clock,
        "status": _S.ERASING.value,
        "pseudonym": order.pseudonym,
        "due_at": at,
        "overdue_at": at + work.terms(ErasureTerms).work_within,
    }
    row = upsert(Erasure).values(id=order.id, planned_at=at, **begun)
    work.execute(row.on_conflict_do_update(index_elements=["id"], set_=begun))
    schedule(work, ERASE, order.id, work.now)


def end_wallets(work: Work, order: Order) -> None:
    """Erase the account's wallets, or keep them under the pseudonym; whatever is in them is forfeited."""
    if order.scope is ErasureScope.ALL_EXCEPT_BILLING:
        if not is_closed(work, order.account_id):
            wallet_actions.pseudonymise(work, order.account_id, order.pseudonym)
    elif _are_proved(work, order.account_id):
        wallet_actions.erase(work, order.account_id)
    else:
        wallet_actions.erase_unproved(work, order.account_id)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a transaction did: up to which table (by its number in the order), and how many rows; `done` if all."""

    table: int
    rows: int
    done: bool


def delete_some(work: Work, order: Order, declarations: Declarations, table: int) -> Batch:
    """Delete a batch of the account's rows, from that table on, and what was planned for them.

    What stays and names one of them lets go of it first.
    """
    tables = list(declarations.of_fate(order.scope, Fate.DELETED))
    return _batch(work, tables, table, partial(_delete, work, order, declarations))


def vacate_some(work: Work, order: Order, declarations: Declarations, table: int) -> Batch:
    """Take the sealed values out of a batch of rows that stay, and let the pseudonym take the account's place."""
    tables = list(declarations.of_fate(order.scope, Fate.RENAMED, Fate.KEPT))
    return _batch(work, tables, table, partial(_vacate, work, order, declarations))


def destroy_secret(work: Work, wallet_id: str) -> None:
    """Let nobody prove a wallet any more that is gone. Repeated, it does nothing."""
    work.keys.destroy(wallet_id, [CHAIN_KEY])


def count_retained(read: Read, order: Order, declarations: Declarations) -> list[tuple[str, int]]:
    """How many rows stay, by the clause that they are kept under."""
    found = []
    for declared in declarations.of_fate(order.scope, Fate.KEPT, Fate.RENAMED, Fate.OWN_VERB):
        renamed = declared.fate(order.scope) is not Fate.KEPT
        owner = order.pseudonym if renamed else order.account_id
        if owner is not None:
            query = select(func.count()).select_from(declared.table)
            rows = read.scalar(query.where(declarations.belongs(declared, owner)))
            found.append((f"retain.{declared.row.retention}", int(rows)))
    return found


def forget_planned(work: Work, order: Order) -> None:
    """Cancel what is planned for the account itself."""
    mine = DueWork.subject_id == order.account_id
    work.execute(delete(DueWork).where(mine, DueWork.kind != ERASE))


def _batch(
    work: Work, tables: Sequence[Declared], first: int, change: Callable[[Declared, int], int]
) -> Batch:
    """Change rows of the tables in order, until so many are changed that others may write, too."""
    rows, rows_max = 0, work.terms(ErasureTerms).rows_at_once_max
    for number in range(first, len(tables)):
        rows += change(tables[number], rows_max - rows)
        if rows >= rows_max:
            return Batch(number, rows, done=False)
    return Batch(len(tables), rows, done=True)


def _delete(work: Work, order: Order, declarations: Declarations, declared: Declared, limit: int) -> int:
    table = declared.table
    keys = _keys(work, declared, declarations.belongs(declared, order.account_id), limit)
    if not keys:
        return 0
    for column in declarations.pointing_at(declared, order.scope):
        work.execute(update(column.table).where(column.in_([key[0] for key in keys])).values({column: None}))
    if len(table.primary_key.columns) == 1:
        ids = [one for (one,) in keys if isinstance(one, str)]
        work.execute(delete(DueWork).where(DueWork.subject_id.in_(ids), DueWork.kind != ERASE))
    work.execute(delete(table).where(_among(table, keys)))
    _count(work, order.id, declared.row.category, len(keys))
    return len(keys)


def _vacate(work: Work, order: Order, declarations: Declarations, declared: Declared, limit: int) -> int:
    table, changes = declared.table, dict[str, Any](vacated(declared))
    full: list[ColumnElement[bool]] = [_is_full(table, name, empty) for name, empty in changes.items()]
    owner = declared.row.owner
    if declared.fate(order.scope) is Fate.RENAMED and isinstance(owner, tuple):
        changes |= dict.fromkeys(owner, order.pseudonym)
        full = []  # every row: it is no longer the account's afterwards
    if not changes:
        return 0
    theirs = and_(declarations.belongs(declared, order.account_id), or_(*full) if full else true())
    keys = _keys(work, declared, theirs, limit)
    if keys:
        work.execute(update(table).where(_among(table, keys)).values(changes))
    return len(keys)


def _keys(read: Read, declared: Declared, which: ColumnElement[bool], limit: int) -> list[tuple[Any, ...]]:
    """The primary keys of some of these rows, the newest first: a row may name an older one."""
    columns = list(declared.table.primary_key.columns)
    query = select(*columns).where(which).order_by(*(column.desc() for column in columns)).limit(limit)
    return [tuple(row) for row in read.rows(query)]


def _is_over(work: Work, row: ErasureRow) -> bool:
    """Whether the legal period is over of what was kept for billing. There is nobody to tell, and nothing in flight."""
    if work.now < row.due_at:
        schedule(work, ERASE, row.id, row.due_at)
        return False
    _set(work, row.id, status=_S.ERASING.value)
    return True


def _is_held(work: Work, row: ErasureRow) -> bool:
    """Whether an open case holds it, or, where nobody asked for it, what the account asks for of its data (C23)."""
    assert row.account_id is not None
    if row.clock == ErasureClock.MINOR:  # without a grace (P033)
        return False
    ground = work.terms(HoldSources).ground(work, row.account_id)
    if ground is not None:
        _of_request(work, row, lambda asked: hold_request(work, asked, ground))
        return True
    inactive = row.clock == ErasureClock.INACTIVITY
    return inactive and work.terms(Holds).holds(work, _RELATIONSHIP, row.account_id)


def _begin(work: Work, row: ErasureRow) -> bool:
    """Close the account if it is open, and tell its owners. False while it is not due, or an open case holds it."""
    assert row.account_id is not None
    if work.now < row.due_at:
        schedule(work, ERASE, row.id, row.due_at)
        return False
    if row.clock == ErasureClock.INACTIVITY and _is_used_again(work, row.account_id):
        drop_planned(work, row.id)
        return False
    if _is_held(work, row):
        schedule(work, ERASE, row.id, work.now + work.terms(ErasureTerms).held_look_every)
        return False
    account = account_reads.account(work, row.account_id)
    if account is not None and account.status != AccountStatus.CLOSED.value:
        close_preventively(work, row.account_id, SuspensionReason.LEGAL)
    _of_request(work, row, lambda asked: begin_request(work, asked))
    work.record(ErasureStarted(row.account_id, row.id))
    wait = notice_wait(row.clock, work.terms(ErasureTerms))
    _set(work, row.id, status=_S.NOTIFYING.value, waits_until=work.now + wait)
    return True


def _is_used_again(work: Work, account_id: str) -> bool:
    """Whether somebody came back to an open account meanwhile: the relationship goes on (M118)."""
    account, since = account_reads.account(work, account_id), activity(work, account_id)
    is_open = account is not None and account.status != AccountStatus.CLOSED.value
    return is_open and since is not None and since.lapsed_at is None


def _notified(work: Work, row: ErasureRow) -> bool:
    """Whether every letter has left, or its time is over."""
    assert row.account_id is not None
    assert row.waits_until is not None
    if work.now < row.waits_until and letters_waiting(work, row.account_id):
        _look_again(work, row)
        return False
    terms = work.terms(ErasureTerms)
    _set(work, row.id, status=_S.SETTLING.value, waits_until=work.now + terms.settle_wait)
    return True


def _settled(work: Work, row: ErasureRow) -> bool:
    """Whether nothing is in flight any more, or its time is over; then the erasure cannot be stopped."""
    current = _locked(work, row.id)
    assert current is not None
    assert current.account_id is not None
    assert current.waits_until is not None
    in_flight = work.terms(FlightSources).in_flight(work, current.account_id)
    if work.now < current.waits_until and in_flight:
        _look_again(work, row)
        return False
    wallet_actions.forfeit(work, current.account_id)  # while what reacts to it can still write of the account
    _of_request(work, current, lambda asked: fulfil_request(work, asked))
    kept = current.scope == ErasureScope.ALL_EXCEPT_BILLING
    pseudonym = work.ids.new("psn") if kept else None
    _set(work, row.id, status=_S.ERASING.value, waits_until=None, pseudonym=pseudonym)
    return True


def _of_request(work: Work, row: ErasureRow, move: Callable[[str], object]) -> None:
    """Tell the request that the erasure fulfils, unless it was ended otherwise."""
    asked = any_request(work, row.request_id or "")
    if asked is not None and PrivacyRequestStatus(asked.status) in QUEUE:
        move(asked.id)


def _order(work: Work, erasure_id: str) -> Order:
    row = erasure(work, erasure_id)
    assert row is not None
    assert row.account_id is not None
    wallets = tuple(wallet_ids(work, row.account_id))
    scope, at = ErasureScope(row.scope), to_micros(row.due_at)
    return Order(row.id, row.account_id, scope, row.clock, at, wallets, row.pseudonym)


def _are_proved(work: Work, account_id: str) -> bool:
    """Whether the secrets of the account's wallets are there: not after an old backup brought the wallets back."""
    try:
        for wallet_id in wallet_ids(work, account_id):
            work.keys.key(wallet_id, CHAIN_KEY)
    except Shredded:
        return False
    return True


def _among(table: Table, keys: list[tuple[Any, ...]]) -> ColumnElement[bool]:
    """Whether the row has one of these primary keys."""
    columns = list(table.primary_key.columns)
    return columns[0].in_([key[0] for key in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)


def _is_full(table: Table, name: str, empty: bytes | None) -> ColumnElement[bool]:
    column = table.c[name]
    return column.is_not(None) if empty is None else column != empty


def _count(work: Work, erasure_id: str, category: str, rows: int) -> None:
    mine = Erasure.id == erasure_id
    counted = Counted.parse(work.scalar(select(Erasure.counts).where(mine).with_for_update()))
    work.execute(update(Erasure).where(mine).values(counts=counted.with_erased(category, rows).text()))


def _look_again(work: Work, row: ErasureRow) -> None:
    schedule(work, ERASE, row.id, work.now + work.terms(ErasureTerms).look_every)


def _locked(work: Work, erasure_id: str) -> ErasureRow | None:
    work.rows(select(Erasure.id).where(Erasure.id == erasure_id).with_for_update())
    return erasure(work, erasure_id)


def _set(work: Work, erasure_id: str, **values: Any) -> None:
    work.execute(update(Erasure).where(Erasure.id == erasure_id).values(values))
