"""The key store: a database of its own for all that makes personal data readable (DESIGN §6).

It holds the data keys (one an owner and retention class) and the wallets' chain secrets, each wrapped by a versioned
master key, and the blind index (`blindindex.py`). It lives outside the data directory, so that a restored old backup
of the main database alone can read, prove and even guess nothing about an erased person.

Order of commits: a key is committed here before the main row that needs it. A key without a row is harmless.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.util import await_only

from server.kit import blindindex
from server.kit.blindindex import Claim
from server.kit.crypto import (
    KEY_BYTES,
    KEY_ID_BYTES,
    DataKey,
    RetiredKey,
    Shredded,
    Signer,
    keyed_hash,
    open_sealed,
    seal,
)
from server.kit.db.base import Instant
from server.kit.ids import Entropy
from server.kit.key_cache import KeyCache
from server.kit.locks import turn
from server.kit.masterkeys import MasterKeys

T = TypeVar("T")

EPOCH_SECONDS = 1.0
"""How long a process may go by its cached keys on PostgreSQL before it asks whether any were destroyed. On SQLite each
unit of work asks."""
CONNECTIONS_MAX = 4
"""To the key store on PostgreSQL, of each process: most keys that are asked for are in memory."""
KNOWN_SECONDS = 1.25 * EPOCH_SECONDS
"""After so long every process has asked, or asks before it uses a key again; clocks may run a little apart."""
_ADVISORY_LOCK = 0x706F73746D6B6579
"""Of the processes that make the tables."""
_WRAP = "key_store.wrapped"
_SERVER = "server"
INDEX, INDEX_NEXT = "index", "index_next"
"""The keys of the blind index: the one in use and, while it is rotated, the one that takes over."""
_ERASED_KEY = "erased_owners"

_tables = MetaData()
_keys = Table(
    "data_keys",
    _tables,
    Column("key_id", LargeBinary, primary_key=True),
    Column("owner_id", String(40), nullable=False, index=True),
    Column("purpose", String(20), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master_version", Integer, nullable=False),
)
_master = Table(
    "master_version",
    _tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
"""One row: the version that new keys are wrapped by. Whoever writes one holds its lock."""
_epoch = Table(
    "erasure_epoch",
    _tables,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
)
"""One row, counted up with each destruction: whoever keeps keys in memory looks whether it is still the same."""
_erased = Table("erased_owners", _tables, Column("digest", LargeBinary, primary_key=True))
"""Keyed hashes of the owners who are erased: no key is made for them again."""
_retired = Table(
    "retired_signers",
    _tables,
    Column("public", LargeBinary, primary_key=True),
    Column("purpose", String(20), nullable=False, index=True),
    Column("until", Instant, nullable=False),
)


class KeyStore:
    """Synchronous, for use inside units of work; safe to share between the writer and the reader threads."""

    def __init__(self, url: str, masters: MasterKeys, entropy: Entropy) -> None:
        self._store = _open(url)
        self._masters = masters
        self._entropy = entropy
        self._cache = KeyCache()
        self._known_epoch: int | None = None

    def create_tables(self) -> None:
        """Make what is missing. The first version is the one that all keys have, and else the file's newest."""

        def run(connection: Connection) -> None:
            _tables.create_all(connection)
            blindindex.create_table(connection)
            used = connection.scalar(select(func.max(_keys.c.master_version)))
            row = {"id": 1, "version": self._masters.newest if used is None else used}
            connection.execute(upsert(_master).values(row).on_conflict_do_nothing())
            connection.execute(upsert(_epoch).values(id=1, epoch=0).on_conflict_do_nothing())

        self._store.run_alone(run)
        key_id = self.ensure(_SERVER, [INDEX])[INDEX].key_id
        self._store.run(lambda connection: blindindex.complete(connection, key_id))

    def check(self) -> None:
        """Raises what the database raises when it does not answer."""
        self._store.run(lambda connection: connection.execute(select(_master.c.version)).one())

    def close(self) -> None:
        """On PostgreSQL, as everything here, from a greenlet."""
        self._store.close()

    # ---- keys

    def refresh(self) -> None:
        """Forget the keys in memory when any was destroyed since, by whichever process. Each unit of work begins so."""
        mark = self._store.may_have_changed()
        if mark is None:
            return
        epoch = self._store.run(lambda connection: connection.scalar(select(_epoch.c.epoch)))
        if epoch != self._known_epoch:
            self._cache.clear()
            self._known_epoch = epoch
        self._store.looked(mark)  # only now: whoever came meanwhile has looked for itself

    def wait_until_known(self) -> None:
        """Return when no process goes by a key any more that was destroyed before this was called."""
        self._store.wait_until_known()

    def ensure(self, owner_id: str, purposes: Iterable[str]) -> dict[str, DataKey]:
        """The owner's keys for these purposes, made in one commit where they are missing.

        Raises Shredded for an owner who is erased: nothing is written about them again.
        """
        found: dict[str, DataKey] = {}
        missing: list[str] = []
        for purpose in purposes:
            key = self._cached_or_stored(owner_id, purpose)
            if key is None:
                missing.append(purpose)
            else:
                found[purpose] = key
        if missing:
            generation = self._cache.generation
            digest = None if owner_id == _SERVER else self._erased_digest(owner_id)
            made = self._store.run(lambda connection: self._make(connection, owner_id, missing, digest))
            for purpose, key in made.items():
                self._cache.remember(owner_id, purpose, key, generation)
            found |= made
        return found

    def _make(
        self, connection: Connection, owner_id: str, purposes: list[str], digest: bytes | None
    ) -> dict[str, DataKey]:
        """New keys for these purposes, and those that another process made a moment ago. Raises Shredded for an owner
        whose digest is that of an erased one."""
        version = _locked_version(connection)
        if digest is not None and _is_erased(connection, digest):
            raise Shredded("the owner is erased")
        mine = (_keys.c.owner_id == owner_id) & _keys.c.purpose.in_(purposes)
        rows = connection.execute(select(_keys).where(mine).order_by(_keys.c.key_id.desc()))
        there = {row.purpose: self._unwrap(row) for row in rows}
        made = {
            purpose: DataKey(self._entropy.bytes(KEY_ID_BYTES), self._entropy.bytes(KEY_BYTES), owner_id)
            for purpose in purposes
            if purpose not in there
        }
        if made:
            wrapped = [self._wrapped_row(owner_id, purpose, key, version) for purpose, key in made.items()]
            connection.execute(insert(_keys), wrapped)
        return there | made

    def key(self, owner_id: str, purpose: str) -> DataKey:
        """An existing key. Raises Shredded when it was destroyed or never made."""
        key = self._cached_or_stored(owner_id, purpose)
        if key is None:
            raise Shredded(f"{purpose} key")
        return key

    def key_by_id(self, key_id: bytes) -> DataKey:
        """The key that sealed a value. Raises Shredded when it was destroyed."""
        cached = self._cache.by_id(key_id)
        if cached is not None:
            return cached
        generation = self._cache.generation
        row = self._store.run(
            lambda connection: connection.execute(select(_keys).where(_keys.c.key_id == key_id)).first()
        )
        if row is None:
            raise Shredded("the key was destroyed")
        return self._cache.remember(row.owner_id, row.purpose, self._unwrap(row), generation)

    def destroy(self, owner_id: str, purposes: Iterable[str] | None = None) -> int:
        """Destroy the owner's keys (all, or of these purposes); what they sealed is gone. Returns how many."""
        condition = _keys.c.owner_id == owner_id
        if purposes is not None:
            condition &= _keys.c.purpose.in_(list(purposes))

        def run(connection: Connection) -> list[bytes]:
            gone = list(connection.scalars(delete(_keys).where(condition).returning(_keys.c.key_id)))
            if gone:
                connection.execute(update(_epoch).values(epoch=_epoch.c.epoch + 1))
            return gone

        gone = self._store.run(run)
        self._cache.forget(owner_id)
        if gone:
            self._store.truncate_log()
        return len(gone)

    def erase(self, owner_id: str) -> int:
        """Destroy all keys of the owner, forget what they hold of the blind index, and make them no key again.

        In one commit; returns how many keys there were. Repeated, it does nothing more.
        """
        digest = self._erased_digest(owner_id)

        def run(connection: Connection) -> int:
            # Behind the lock that whoever makes a key holds: none is made between this and the mark.
            _locked_version(connection)
            connection.execute(upsert(_erased).values(digest=digest).on_conflict_do_nothing())
            blindindex.release(connection, owner_id)
            gone = connection.execute(delete(_keys).where(_keys.c.owner_id == owner_id)).rowcount
            connection.execute(update(_epoch).values(epoch=_epoch.c.epoch + 1))
            return gone

        gone = self._store.run(run)
        self._cache.forget(owner_id)
        self._store.truncate_log()
        return gone

    def is_erased(self, owner_id: str) -> bool:
        """Whether the owner was erased."""
        digest = self._erased_digest(owner_id)
        return self._store.run(lambda connection: _is_erased(connection, digest))

    def server_secret(self, purpose: str) -> bytes:
        """A secret of the server itself, such as the one that hashes idempotency keys."""
        return self.ensure(_SERVER, [purpose])[purpose].secret

    # ---- signing keys

    def signer(self, purpose: str) -> Signer:
        """The server's signing key of that purpose, made when it is missing, and those before it.

        Never from the cache: another process may have rotated it.
        """
        mine = (_keys.c.owner_id == _SERVER) & (_keys.c.purpose == purpose)

        def run(connection: Connection) -> Signer | None:
            row = connection.execute(select(_keys).where(mine).order_by(_keys.c.key_id)).first()
            retired = connection.execute(select(_retired).where(_retired.c.purpose == purpose)).all()
            past = tuple(RetiredKey(each.public, each.until) for each in retired)
            return None if row is None else Signer(self._unwrap(row).secret, past)

        found = self._store.run(run)
        return Signer(self.server_secret(purpose)) if found is None else found

    def rotate_signer(self, purpose: str, at: datetime) -> None:
        """Sign with a new key from `at` on. The old one is destroyed, and its public half kept, in one commit."""
        fresh = DataKey(self._entropy.bytes(KEY_ID_BYTES), self._entropy.bytes(KEY_BYTES))
        old = self.signer(purpose)

        def run(connection: Connection) -> None:
            version = _locked_version(connection)
            mine = (_keys.c.owner_id == _SERVER) & (_keys.c.purpose == purpose)
            rows = connection.execute(select(_keys).where(mine)).all()
            if [self._unwrap(row).secret for row in rows] != [old.secret]:
                return  # somebody else rotated it meanwhile
            connection.execute(delete(_keys).where(mine))
            connection.execute(insert(_keys), [self._wrapped_row(_SERVER, purpose, fresh, version)])
            connection.execute(insert(_retired), [{"public": old.public, "purpose": purpose, "until": at}])

        self._store.run(run)

    # ---- the master key

    def begin_rotation(self) -> int:
        """Let new keys be wrapped by a new version of the master key; returns it.

        A rotation that was not ended is gone on with: its version is the file's newest.
        """

        def run(connection: Connection) -> int:
            version = _locked_version(connection)  # so that no two rotations write the file
            self._masters.reload()
            if (
                self._masters.newest == version
                and not self._masters.others(version)
                and not _left(connection)
            ):
                self._masters.add(self._entropy)
            connection.execute(update(_master).values(version=self._masters.newest))
            return self._masters.newest

        return self._store.run(run)

    def rewrap(self, limit: int) -> int:
        """Wrap at most that many keys by the present version; returns how many are left. Safe beside writers."""

        def run(connection: Connection) -> int:
            version = _locked_version(connection)
            old = select(_keys).where(_keys.c.master_version != version).order_by(_keys.c.key_id).limit(limit)
            for row in connection.execute(old).all():
                key = self._unwrap(row)
                wrapped = self._wrapped_row(row.owner_id, row.purpose, key, version)
                change = update(_keys).where(_keys.c.key_id == row.key_id)
                connection.execute(
                    change.values(wrapped=wrapped["wrapped"], master_version=wrapped["master_version"])
                )
            return _left(connection)

        return self._store.run(run)

    def end_rotation(self) -> list[int]:
        """Destroy the versions of the master key that nothing is wrapped by; returns them. Raises KeysLeft."""

        def run(connection: Connection) -> list[int]:
            version = _locked_version(connection)
            if left := _left(connection):
                raise KeysLeft(left)
            # Under the lock, so that nobody wraps by the old version while it goes.
            return self._masters.keep_only(version)

        return self._store.run(run)

    # ---- blind index

    def find(self, kind: str, value: str) -> Claim | None:
        """Who holds a normalised value (a login, an e-mail address), if anybody does."""

        def run(connection: Connection) -> Claim | None:
            keys = self._index_keys(connection)
            while True:
                found = blindindex.find(connection, keys, kind, value)
                known, keys = keys, self._index_keys(connection)
                if found is not None or keys == known:
                    return found  # else the value may have moved between the two looks, to a newer key

        return self._store.run(run)

    def claim(self, kind: str, value: str, claim: Claim, instead_of: Claim | None = None) -> bool:
        """Take a value, or take it over from an abandoned claim. False when somebody else was faster."""
        self.server_secret(INDEX)

        def run(connection: Connection) -> bool:
            _locked_version(connection)  # so that no rotation begins or ends meanwhile
            return blindindex.claim(connection, self._index_keys(connection), kind, value, claim, instead_of)

        return self._store.run(run)

    def release(self, owner_id: str) -> None:
        """Forget every value that the owner holds."""
        self._store.run(lambda connection: blindindex.release(connection, owner_id))

    def begin_index_rotation(self) -> None:
        """Let values be claimed under a new key from now on. A rotation that was not ended is gone on with."""
        self.server_secret(INDEX)
        fresh = DataKey(self._entropy.bytes(KEY_ID_BYTES), self._entropy.bytes(KEY_BYTES))

        def run(connection: Connection) -> None:
            version = _locked_version(connection)
            if len(self._index_keys(connection)) < 2:
                row = self._wrapped_row(_SERVER, INDEX_NEXT, fresh, version)
                connection.execute(insert(_keys), [row])

        return self._store.run(run)

    def move_index(self, held: Iterable[blindindex.Held]) -> int:
        """Put what the old key has of these values under the new one; returns how many the old one has still.

        Safe beside writers, and to repeat.
        """

        def run(connection: Connection) -> int:
            _locked_version(connection)
            keys = self._index_keys(connection)
            if len(keys) < 2:
                return 0  # somebody else has ended the rotation
            new, old = keys
            for each in held:
                blindindex.move(connection, old, new, each)
            return blindindex.count(connection, old)

        return self._store.run(run)

    def end_index_rotation(self) -> int:
        """Destroy the old key with what nobody was found to hold under it; returns how many values that were."""

        def run(connection: Connection) -> int:
            _locked_version(connection)
            keys = self._index_keys(connection)
            if len(keys) < 2:
                return 0
            new, old = keys
            abandoned = blindindex.drop(connection, old)
            connection.execute(delete(_keys).where(_keys.c.key_id == old.key_id))
            connection.execute(update(_keys).where(_keys.c.key_id == new.key_id).values(purpose=INDEX))
            return abandoned

        return self._store.run(run)

    # ---- inside

    def _cached_or_stored(self, owner_id: str, purpose: str) -> DataKey | None:
        cached = self._cache.by_owner(owner_id, purpose)
        if cached is not None:
            return cached
        generation = self._cache.generation
        query = select(_keys).where(_keys.c.owner_id == owner_id, _keys.c.purpose == purpose)
        row = self._store.run(lambda connection: connection.execute(query.order_by(_keys.c.key_id)).first())
        if row is None:
            return None
        return self._cache.remember(owner_id, purpose, self._unwrap(row), generation)

    def _erased_digest(self, owner_id: str) -> bytes:
        return keyed_hash(self.server_secret(_ERASED_KEY), owner_id.encode())

    def _index_keys(self, connection: Connection) -> list[DataKey]:
        """The keys of the blind index, the newest first: two while they are rotated.

        Never from the cache: another process may rotate them.
        """
        mine = (_keys.c.owner_id == _SERVER) & _keys.c.purpose.in_([INDEX, INDEX_NEXT])
        rows = connection.execute(select(_keys).where(mine).order_by(_keys.c.purpose.desc())).all()
        return [self._unwrap(row) for row in rows]

    def _wrapped_row(self, owner_id: str, purpose: str, key: DataKey, version: int) -> dict[str, object]:
        master = self._masters.key(version)
        return {
            "key_id": key.key_id,
            "owner_id": owner_id,
            "purpose": purpose,
            "wrapped": seal(master, _WRAP, key.secret, self._entropy),
            "master_version": version,
        }

    def _unwrap(self, row: object) -> DataKey:
        master = self._masters.key(row.master_version)  # type: ignore[attr-defined]
        secret = open_sealed(master, _WRAP, row.wrapped)  # type: ignore[attr-defined]
        return DataKey(row.key_id, secret, row.owner_id)  # type: ignore[attr-defined]


class KeysLeft(Exception):
    """So many keys are wrapped by an older version of the master key still."""


def _locked_version(connection: Connection) -> int:
    """The version that new keys are wrapped by. It stays so until this transaction ends: on SQLite, too, where an
    UPDATE takes the lock that a SELECT would not."""
    locked = update(_master).values(version=_master.c.version).returning(_master.c.version)
    return int(connection.execute(locked).scalar_one())


def _left(connection: Connection) -> int:
    version = select(_master.c.version).scalar_subquery()
    query = select(func.count()).select_from(_keys).where(_keys.c.master_version != version)
    return connection.scalar(query) or 0


def _is_erased(connection: Connection, digest: bytes) -> bool:
    return connection.execute(select(_erased).where(_erased.c.digest == digest)).first() is not None


class _SqliteStore:
    """A file beside the server; one connection, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._turn = path.with_name(f"{path.name}.turn")
        self._engine: Engine = create_engine(
            f"sqlite:///{path}",
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": 5.0},
        )
        event.listen(self._engine, "connect", _harden)
        with turn(self._turn):
            self._connection = self._engine.connect()
            path.chmod(0o600)
        self._lock = threading.RLock()
        self._seen: float | None = None

    def run(self, function: Callable[[Connection], T]) -> T:
        with self._lock, self._connection.begin():
            return function(self._connection)

    def run_alone(self, function: Callable[[Connection], None]) -> None:
        """While no other process that starts does."""
        with turn(self._turn):
            self.run(function)

    def may_have_changed(self) -> float | None:
        """A mark for `looked` when another process has written since the last look."""
        with self._lock:
            version = self._driver("PRAGMA data_version")
        return version if version != self._seen else None

    def looked(self, mark: float) -> None:
        self._seen = mark

    def wait_until_known(self) -> None:
        """Nothing to wait for: each unit of work asks first."""

    def truncate_log(self) -> None:
        """Overwrite what the write-ahead log still says; not while another process reads, then its next time."""
        with self._lock:
            self._driver("PRAGMA wal_checkpoint(TRUNCATE)")

    def _driver(self, statement: str) -> int:
        driver: Any = self._connection.connection.driver_connection
        return int(driver.execute(statement).fetchone()[0])

    def close(self) -> None:
        self._connection.close()
        self._engine.dispose()


class _PostgresStore:
    """A PostgreSQL database of its own; callable from the greenlet in which a unit of work runs."""

    def __init__(self, url: str) -> None:
        from server.kit.db.postgres import asyncpg_url

        self._engine: AsyncEngine = create_async_engine(
            asyncpg_url(url),
            hide_parameters=True,
            pool_size=CONNECTIONS_MAX,
            max_overflow=0,
            pool_pre_ping=True,  # a restart of PostgreSQL must not look like a lost key
            connect_args={"server_settings": {"application_name": "postmeter"}},
        )
        self._looked: float | None = None

    def run(self, function: Callable[[Connection], T]) -> T:
        return await_only(self._run(function))

    def run_alone(self, function: Callable[[Connection], None]) -> None:
        """While no other process that starts does."""

        def alone(connection: Connection) -> None:
            connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
            function(connection)

        self.run(alone)

    async def _run(self, function: Callable[[Connection], T]) -> T:
        async with self._engine.begin() as connection:
            return await connection.run_sync(function)

    def may_have_changed(self) -> float | None:
        """A mark for `looked` once a second, and until a look succeeded."""
        now = time.monotonic()
        return now if self._looked is None or now - self._looked >= EPOCH_SECONDS else None

    def looked(self, mark: float) -> None:
        self._looked = mark if self._looked is None else max(mark, self._looked)

    def wait_until_known(self) -> None:
        await_only(asyncio.sleep(KNOWN_SECONDS))

    def truncate_log(self) -> None:
        """Not in the hands of a client: what PostgreSQL's log still has dies with the master key's version."""

    def close(self) -> None:
        await_only(self._engine.dispose())


def _open(url: str) -> _SqliteStore | _PostgresStore:
    if url.startswith("sqlite"):
        return _SqliteStore(Path(url.partition(":///")[2]))
    return _PostgresStore(url)


def _harden(connection: object, _record: object) -> None:
    for pragma in ("journal_mode = WAL", "secure_delete = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]
