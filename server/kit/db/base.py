"""The database as the rest of the server sees it, and the column types that all tables share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import BigInteger, Connection, Dialect, LargeBinary, MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeDecorator

from server.kit.clock import from_micros, to_micros

T = TypeVar("T")
Convert = Callable[[Any], Any]

DATABASE_ERRORS = (DBAPIError, sqlite3.Error)
"""What a statement raises: SQLAlchemy's error, or on SQLite from a prepared statement the driver's own."""

STATEMENTS_COMPILED_MAX = 4_000
"""Kept ready. All slices together have more than SQLAlchemy's usual 500; to compile one takes longer than to run it."""


class Base(DeclarativeBase):
    """All tables of the main database. Names of constraints are fixed so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """An instant in UTC, stored as whole microseconds since 1970: exact, ordered and equal on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_micros(value)


class Sealed(TypeDecorator[bytes]):
    """Bytes made by `Work.seal`: marks the column as personal for the start-up check (Q003, Q017)."""

    impl = LargeBinary
    cache_ok = True


class Database(Protocol):
    """Runs synchronous functions over a connection, each in a transaction of its own."""

    dialect_name: str

    async def start(self) -> None:
        """Open the connections."""

    async def close(self) -> None:
        """Finish the writes that were accepted and close."""

    async def read(self, function: Callable[[Connection], T]) -> T:
        """Run on a reader connection, inside one snapshot that cannot write."""

    async def write(self, function: Callable[[Connection], T]) -> T:
        """Run in a transaction and commit. The function may run again when a shared commit fails.

        Raises what the function raises, with its changes undone; PublicError STORAGE_UNAVAILABLE when the
        database could not take it (then nothing was kept), OVERLOADED when too many writes wait.
        """

    @property
    def writes_waiting(self) -> int:
        """Writes of this process that wait for their turn, or for a connection."""

    @property
    def transactions_open(self) -> int:
        """Transactions of this process that have begun and not ended, reading ones included."""

    async def truncate_log(self) -> None:
        """Overwrite what the write-ahead log still says of deleted rows, where that is in our hands."""

    def watch_others(self, changed: Callable[[], None]) -> None:
        """Call `changed` on the event loop when another process has written, where the database tells."""


def open_database(url: str) -> Database:
    """The database behind `sqlite:///path` or `postgresql://…`."""
    if url.startswith("sqlite"):
        from server.kit.db.sqlite import SqliteDatabase

        return SqliteDatabase(url.partition(":///")[2])
    from server.kit.db.postgres import PostgresDatabase

    return PostgresDatabase(url)


@contextmanager
def savepoint(connection: Connection, name: str) -> Iterator[None]:
    """Undo what the block did when it raises, and only that."""
    _driver_execute(connection, f"SAVEPOINT {name}")
    try:
        yield
    except BaseException:
        if transaction_is_open(connection):
            _driver_execute(connection, f"ROLLBACK TO SAVEPOINT {name}")
            _driver_execute(connection, f"RELEASE SAVEPOINT {name}")
        raise
    _driver_execute(connection, f"RELEASE SAVEPOINT {name}")


def transaction_is_open(connection: Connection) -> bool:
    """Whether the transaction survived the last error: SQLite drops all of it when the disk is full, and with
    its connection PostgreSQL's is gone."""
    if connection.dialect.name != "sqlite":
        return not connection.invalidated
    return bool(_sqlite_driver(connection).in_transaction)


class Prepared:
    """A Core statement compiled once a dialect and run without SQLAlchemy's per-call work.

    For the hot paths only. Parameters are the database's own types: instants are microseconds, enums their names.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, Sequence[str], dict[str, Any], bool]] = {}
        self._converters: dict[str, Sequence[tuple[int, Convert]]] = {}

    def run(self, connection: Connection, **parameters: Any) -> Sequence[tuple[Any, ...]]:
        """Execute and return all rows, as plain tuples of the database's own types; none where none are returned."""
        sql, names, defaults, returns = self._for(connection.dialect)
        values = tuple([parameters[name] if name in parameters else defaults[name] for name in names])
        if connection.dialect.name == "sqlite":
            cursor = _sqlite_driver(connection).execute(sql, values)
            return cursor.fetchall() if returns else ()
        result = connection.exec_driver_sql(sql, values)
        return [tuple(row) for row in result.fetchall()] if returns else ()

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute once for each of the rows' parameters, in order. For statements that return nothing."""
        if not rows:
            return
        sql, names, _, _ = self._for(connection.dialect)
        values = [tuple(map(row.__getitem__, names)) for row in rows]
        if connection.dialect.name == "sqlite":
            _sqlite_driver(connection).executemany(sql, values)
        else:
            connection.exec_driver_sql(sql, values)

    def rows(
        self, connection: Connection, make: Callable[[Iterable[Any]], T], **parameters: Any
    ) -> Sequence[T]:
        """Execute and make something of each row, as `OrderRow._make` does: its values are what the columns' types
        mean, so instants are datetimes."""
        found = self.run(connection, **parameters)
        converters = self._converters_for(connection.dialect)
        return [make(_converted(row, converters)) for row in found]

    def _converters_for(self, dialect: Dialect) -> Sequence[tuple[int, Convert]]:
        """The positions of a row whose values are not as the driver gives them."""
        found = self._converters.get(dialect.name)
        if found is None:
            assert isinstance(self._statement, ReturnsRows)
            types = [column.type.dialect_impl(dialect) for column in self._statement.exported_columns]
            converters = enumerate(type_.result_processor(dialect, None) for type_ in types)
            found = [(position, convert) for position, convert in converters if convert is not None]
            self._converters[dialect.name] = found
        return found

    def _for(self, dialect: Dialect) -> tuple[str, Sequence[str], dict[str, Any], bool]:
        found = self._compiled.get(dialect.name)
        if found is None:
            compiled = self._statement.compile(dialect=dialect)
            assert isinstance(compiled, SQLCompiler)
            writes = compiled.isinsert or compiled.isupdate or compiled.isdelete
            returns = not writes or bool(compiled.effective_returning)
            found = (str(compiled), compiled.positiontup or [], dict(compiled.params), returns)
            self._compiled[dialect.name] = found
        return found


def _converted(row: tuple[Any, ...], converters: Sequence[tuple[int, Convert]]) -> Sequence[Any]:
    values = list(row)
    for position, convert in converters:
        values[position] = convert(values[position])
    return values


def _driver_execute(connection: Connection, sql: str) -> None:
    if connection.dialect.name == "sqlite":
        _sqlite_driver(connection).execute(sql)
    else:
        connection.exec_driver_sql(sql)


def _sqlite_driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
