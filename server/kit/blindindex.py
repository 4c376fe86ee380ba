"""The blind index of the key store: which person holds a login or an e-mail address, by keyed hash only.

A value has one holder. While the key is rotated there are two: values are claimed under the newer, found under both,
and moved one by one. Everything here runs inside a transaction of the key store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)

from server.kit.crypto import DataKey, keyed_hash
from server.kit.db.base import Instant

_index = Table(
    "blind_index",
    MetaData(),
    Column("digest", LargeBinary, primary_key=True),
    Column("owner_id", String(40), nullable=False, index=True),
    Column("claimant", String(64), nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("key_id", LargeBinary, nullable=True),
)
"""`key_id` says which key made the digest."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who holds a value of the blind index, and which unit of work claimed it when."""

    owner_id: str
    claimant: str
    claimed_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """A value in the clear, as it lives in memory only, and whose it is."""

    kind: str
    value: str
    owner_id: str


def create_table(connection: Connection) -> None:
    """Make the table, or the column that key stores lack whose index was never rotated."""
    _index.metadata.create_all(connection)
    if "key_id" not in {column["name"] for column in inspect(connection).get_columns(_index.name)}:
        Operations(MigrationContext.configure(connection)).add_column(
            _index.name, Column("key_id", LargeBinary, nullable=True)
        )


def complete(connection: Connection, key_id: bytes) -> None:
    """Say of rows from before there was a rotation that the first key made them."""
    connection.execute(update(_index).where(_index.c.key_id.is_(None)).values(key_id=key_id))


def find(connection: Connection, keys: Sequence[DataKey], kind: str, value: str) -> Claim | None:
    """Who holds the value under one of these keys."""
    row = connection.execute(select(_index).where(_index.c.digest.in_(_digests(keys, kind, value)))).first()
    return None if row is None else Claim(row.owner_id, row.claimant, row.claimed_at)


def claim(
    connection: Connection,
    keys: Sequence[DataKey],
    kind: str,
    value: str,
    new: Claim,
    instead_of: Claim | None,
) -> bool:
    """Take the value under the first of the keys, or take it over. False when somebody else holds it."""
    digests = _digests(keys, kind, value)
    same = _index.c.digest.in_(digests)
    held = connection.execute(select(_index).where(same).with_for_update()).first()
    if held is not None:
        if instead_of is None or held.claimant != instead_of.claimant:
            return False
        connection.execute(delete(_index).where(same))
    row = {"owner_id": new.owner_id, "claimant": new.claimant, "claimed_at": new.claimed_at}
    connection.execute(insert(_index).values(row | {"digest": digests[0], "key_id": keys[0].key_id}))
    return True


def move(connection: Connection, old: DataKey, new: DataKey, held: Held) -> None:
    """Put the value under the new key, if this owner holds it under the old one still."""
    before, after = _digests([old, new], held.kind, held.value)
    mine = (_index.c.digest == before) & (_index.c.owner_id == held.owner_id)
    connection.execute(update(_index).where(mine).values(digest=after, key_id=new.key_id))


def count(connection: Connection, key: DataKey) -> int:
    """How many values are held under the key."""
    mine = select(func.count()).select_from(_index).where(_index.c.key_id == key.key_id)
    return connection.scalar(mine) or 0


def drop(connection: Connection, key: DataKey) -> int:
    """Forget what is held under the key; returns how many values that were."""
    return connection.execute(delete(_index).where(_index.c.key_id == key.key_id)).rowcount


def release(connection: Connection, owner_id: str) -> None:
    """Forget every value that the owner holds."""
    connection.execute(delete(_index).where(_index.c.owner_id == owner_id))


def _digests(keys: Sequence[DataKey], kind: str, value: str) -> list[bytes]:
    return [keyed_hash(key.secret, kind.encode(), value.encode()) for key in keys]
