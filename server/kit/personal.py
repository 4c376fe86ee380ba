"""What each slice declares of the data it holds: the source of exports, erasure, retention and the register.

Every column of every table is declared exactly once, in one of four categories (Q003). A column that nobody
declares stops the server from starting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import Column, ColumnElement, false, or_, select

from server.kit.allowances import RateBucket
from server.kit.audit import AuditEntry, AuditSeal
from server.kit.db import Base
from server.kit.due import DueWork, Pause
from server.kit.events import EventStream, StoredEvent
from server.kit.idempotency import StoredOutcome
from server.kit.retention import RetentionTally

Category = Literal["identification", "technical", "financial", "activity"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
Purpose = Literal["identification", "api_use", "balance_and_orders", "security"]
LegalBasis = Literal["contract", "legal_obligation", "legitimate_interest", "consent"]
RetentionClass = Literal["identity", "content", "billing"]
Source = Literal["form", "order", "upload", "contact", "mail", "device", "use"]
"""Where data is from. `form`: typed into a form of the service. `order`: given with an order or a payment, by customers
or by who carries the payment out. `upload`: brought in to be sent. `contact`: told to the staff. `mail`: by e-mail or
letter. `device`: what a browser or a program shows of itself. `use`: follows from how the service is used.
"""
Erasure = Literal["delete", "shred", "keep_pseudonymous"]


@dataclass(frozen=True, slots=True)
class Via:
    """A row belongs to whom the row of `model` belongs whose column `theirs` equals the column `ours` of this one."""

    ours: str
    model: type[Base]
    theirs: str


@dataclass(frozen=True, slots=True)
class Told:
    """Rows that are not all from one source: the column `column` of each says from which, in the words of its slice."""

    column: str
    sources: Mapping[str, Source]


Owner = tuple[str, ...] | Via | None


@dataclass(frozen=True, slots=True)
class Held:
    """Columns of one table that share one purpose and one fate.

    `retention` names the clause that says how long. `retention_class` is the data key that seals the columns, None
    where they are not sealed. `exported` says whether the person's copy contains them.

    `source` is where they are from. Only the company's own may leave it out: of everything else it is told, to whom it
    is about (P006). `special` is what article 9 of the GDPR protects most (H006).

    `erasure` is what becomes of them when their subject is erased. `delete`: the row goes. `shred`: the value goes,
    with its key. `keep_pseudonymous`: the row stays without the values. Of these, rows under the clause of billing
    stay only where billing is kept, and then all of them do. `owner` says whose a
    row is: any of these columns names the account, or a row of another table leads to it; None is the company's own,
    which no erasure touches. `own_verb`: the slice has a verb of its own that ends these rows.
    """

    model: type[Base]
    columns: tuple[str, ...]
    category: Category
    purpose: Purpose
    legal_basis: LegalBasis
    retention: str
    erasure: Erasure
    retention_class: RetentionClass | None = None
    exported: bool = True
    owner: Owner = ("account_id",)
    own_verb: bool = False
    source: Source | Told | None = None
    special: bool = False

    @property
    def sources(self) -> frozenset[Source]:
        """All sources that there are for these columns."""
        if isinstance(self.source, Told):
            return frozenset(self.source.sources.values())
        return frozenset() if self.source is None else frozenset({self.source})

    def names(self) -> Iterator[str]:
        return (f"{self.model.__tablename__}.{column}" for column in self.columns)


@dataclass(frozen=True, slots=True)
class Declared:
    """The declarations of all slices, for those who are driven by them."""

    held: tuple[Held, ...]


def faults(declared: Iterable[Held]) -> list[str]:
    """What is wrong with the declarations, as sentences; empty when every column is declared exactly once."""
    declared = list(declared)
    counted = Counter(name for held in declared for name in held.names())
    known = {
        f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns
    }
    return [
        *(f"{name} is declared in no personal.py" for name in sorted(known - counted.keys())),
        *(f"{name} is declared, but there is no such column" for name in sorted(counted.keys() - known)),
        *(f"{name} is declared {times} times" for name, times in sorted(counted.items()) if times > 1),
        *sorted({fault for held in declared for fault in (*_owner_faults(held), *_source_faults(held))}),
    ]


def holds(declared: Iterable[Held], categories: Collection[str], account: Column[str]) -> ColumnElement[bool]:
    """Whether a value of one of these categories is held of the account in that column, as the declarations say."""
    declared = list(declared)
    owners = {held.model: held.owner for held in declared}
    found = [
        select(1).where(_full(held), _belongs(held.model, owners, account)).correlate(account.table).exists()
        for held in declared
        if held.category in categories and held.owner is not None
    ]
    return or_(false(), *found)


def _full(held: Held) -> ColumnElement[bool]:
    columns = held.model.__table__.c
    return or_(*(columns[name].is_not(None) for name in held.columns))


def _belongs(
    model: type[Base], owners: Mapping[type[Base], Owner], account: Column[str]
) -> ColumnElement[bool]:
    """Whether a row of the table is the account's."""
    columns: Any = model.__table__.c
    owner = owners[model]
    if isinstance(owner, Via):
        parents = select(owner.model.__table__.c[owner.theirs])
        theirs = parents.where(_belongs(owner.model, owners, account)).correlate(account.table)
        return columns[owner.ours].in_(theirs)  # type: ignore[no-any-return]
    return or_(false(), *(columns[name] == account for name in owner or ()))


def _owner_faults(held: Held) -> Iterator[str]:
    """A row of which nobody can tell whose it is would outlive its subject."""
    table, owner = held.model.__table__, held.owner
    wanted = [(table, owner.ours), (owner.model.__table__, owner.theirs)] if isinstance(owner, Via) else []
    wanted += [(table, column) for column in owner] if isinstance(owner, tuple) else []
    for of, column in wanted:
        if column not in of.columns:
            yield f"{held.model.__tablename__} does not say whose a row is: there is no {of}.{column}"


def _source_faults(held: Held) -> Iterator[str]:
    """Nobody could tell whom it is about where the company has it from (P006)."""
    table = held.model.__tablename__
    if held.source is None and held.owner is not None:
        known = ", ".join(get_args(Source))
        yield f"{table} does not say where its data is from: give `source`, one of {known}"
    if isinstance(held.source, Told) and held.source.column not in held.model.__table__.columns:
        yield f"{table} does not say where a row is from: there is no {table}.{held.source.column}"


def _book_keeping(
    model: type[Base],
    purpose: Purpose,
    retention: str,
    category: Category = "technical",
    erasure: Erasure = "delete",
    owner: Owner = ("account_id",),
) -> Held:
    columns = tuple(column.name for column in model.__table__.columns)
    return Held(
        model,
        columns,
        category,
        purpose,
        "contract",
        retention,
        erasure,
        exported=False,
        owner=owner,
        source="use",
    )


HELD = (
    # A row that went with its subject would look as if somebody had hidden it (C22).
    _book_keeping(AuditEntry, "security", "audit", "activity", "keep_pseudonymous"),
    _book_keeping(AuditSeal, "security", "audit", "technical", "keep_pseudonymous", owner=None),
    _book_keeping(StoredOutcome, "api_use", "account"),
    _book_keeping(EventStream, "balance_and_orders", "account", "activity"),
    _book_keeping(StoredEvent, "balance_and_orders", "account", "activity"),
    # Its subject is any id: an erasure takes what is planned for the rows that it deletes.
    _book_keeping(DueWork, "balance_and_orders", "account", owner=None),
    _book_keeping(Pause, "balance_and_orders", "account", "activity", owner=None),
    _book_keeping(RetentionTally, "security", "registers", owner=None),
    # Keyed hashes that lead to nobody, until the bucket is full again.
    _book_keeping(RateBucket, "api_use", "until_settled", owner=None),
)
"""What kit itself keeps: opaque ids, numbers and instants, no personal value."""
