"""What a clock of rows is, and what holds it up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_

from server.kit.db import Base
from server.kit.registry import Registry
from server.kit.work import Read


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long: calendar months, and the time that a clock can measure."""

    months: int = 0
    time: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Clock:
    """Rows of one table that end a period after an instant of their own.

    `name` is a retention of personal.py. `began_by(instant)` says whose clock began at or before the instant. `period`
    is how long the rows are kept from then on, None where the clause `retain.<name>` says it. `account` is the column
    with the account whose cases may hold them. Rows with a `step`, a kind of due work of their own slice, are deleted
    by it; the others by the sweep. `freed` rows wait for others that refer to them, which may go in the same sweep.
    """

    name: str
    model: type[Base]
    began_by: Callable[[datetime], ColumnElement[bool]]
    period: Callable[[Registry], Kept] | None = None
    account: Any = None
    step: str | None = None
    freed: bool = False

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)


@dataclass(frozen=True, slots=True)
class Step:
    """A clock of accounts, or of other things that no single row stands for: it is seen by its due work."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of all slices."""

    rows: tuple[Clock, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Accounts with an open case: what these retentions (None: all) would delete of them stays until it is over."""

    accounts: Callable[[], Select[Any]]
    names: frozenset[str] | None = None

    def concerns(self, name: str) -> bool:
        return self.names is None or name in self.names


@dataclass(frozen=True, slots=True)
class Holds:
    """All of them; app.py knows who has cases."""

    sources: Sequence[Hold] = ()

    def held(self, name: str, account: Any) -> ColumnElement[bool]:
        """Whether rows of the account in that column, or of that id, are held against the retention's end."""
        if account is None:
            return false()
        mine = [account.in_(hold.accounts()) for hold in self.sources if hold.concerns(name)]
        return or_(false(), *mine)

    def holds(self, read: Read, name: str, account_id: str) -> bool:
        """The same of one account, for steps of slices' own."""
        return any(
            read.first(_of(hold.accounts(), account_id)) is not None
            for hold in self.sources
            if hold.concerns(name)
        )


def _of(accounts: Select[Any], account_id: str) -> Select[Any]:
    (column,) = accounts.selected_columns
    return accounts.where(column == account_id).limit(1)
