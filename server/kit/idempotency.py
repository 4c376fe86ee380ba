"""Idempotency keys: the outcome of a key is final, refusals included (DESIGN §2).

The scope is account and mutation field. The key and the canonical input are kept as keyed hashes only. The row is
claimed before the action runs and filled in the same transaction, so a crash leaves both or neither, and a
delayed duplicate never succeeds later.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, LargeBinary, String, Text, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from server.kit.clock import to_micros
from server.kit.crypto import keyed_hash
from server.kit.db import Base, Instant, Prepared
from server.kit.problems import Refusal

KEY_LENGTH_MAX = 255


@dataclass(eq=False)
class IdempotencyMismatch(Refusal):
    """This idempotency key was used before with another input."""

    code = "IDEMPOTENCY_MISMATCH"
    blames = "idempotencyKey"


@dataclass(eq=False)
class IdempotencyInProgress(Refusal):
    """A request with this idempotency key is still running; retry in a moment."""

    code = "IDEMPOTENCY_IN_PROGRESS"
    blames = "idempotencyKey"


@dataclass(eq=False)
class IdempotencyKeyInvalid(Refusal):
    """An idempotency key has 1 to 255 visible ASCII characters."""

    code = "IDEMPOTENCY_KEY_INVALID"
    blames = "idempotencyKey"


class StoredOutcome(Base):
    """What a key led to. `outcome` is null only inside the transaction that claimed it."""

    __tablename__ = "idempotency_keys"
    account_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    action: Mapped[str] = mapped_column(String(60), primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    input_digest: Mapped[bytes] = mapped_column(LargeBinary)
    outcome: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True, slots=True)
class Once:
    """The key and the canonical input of one mutation, as the caller sent them."""

    key: str
    body: bytes

    @staticmethod
    def of(key: str, body: Mapping[str, Any]) -> Once:
        """Raises IdempotencyKeyInvalid. `body` is the input without the key; its order does not matter."""
        if (
            not 1 <= len(key) <= KEY_LENGTH_MAX
            or not key.isascii()
            or not key.isprintable()
            or key != key.strip()
        ):
            raise IdempotencyKeyInvalid
        return Once(key, orjson.dumps(body, option=orjson.OPT_SORT_KEYS, default=str))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an action answered: JSON-able facts (ids, numbers) from which the payload is presented again."""

    facts: Mapping[str, Any]
    replayed: bool = False


class Claimed:
    """A key that is held for the rest of the transaction."""

    def __init__(self, account_id: str, action: str, once: Once, secret: bytes) -> None:
        self._scope = {
            "account_id": account_id,
            "action": action,
            "key_digest": keyed_hash(secret, account_id.encode(), action.encode(), once.key.encode()),
        }
        self._input_digest = keyed_hash(secret, once.body)

    def claim(self, connection: Connection, at: datetime) -> Receipt | None:
        """None when the key is new: run the action. Else the first outcome, returned or raised again."""
        fresh = _claim.run(
            connection, **self._scope, input_digest=self._input_digest, outcome=None, at=to_micros(at)
        )
        if fresh:
            return None
        ((input_digest, outcome),) = _find.run(connection, **_where(self._scope))
        if not hmac.compare_digest(input_digest, self._input_digest):
            raise IdempotencyMismatch
        if outcome is None:
            raise IdempotencyInProgress
        return _replay(orjson.loads(outcome))

    def keep(self, connection: Connection, outcome: Receipt | Refusal) -> None:
        """Store the outcome for ever."""
        if isinstance(outcome, Refusal):
            document = {"refused": outcome.code, "numbers": outcome.numbers()}
        else:
            document = {"facts": dict(outcome.facts)}
        _keep.run(connection, **_where(self._scope), new_outcome=orjson.dumps(document).decode())


def _replay(document: Mapping[str, Any]) -> Receipt:
    if "refused" in document:
        raise Refusal.restore(document["refused"], document["numbers"])
    return Receipt(document["facts"], replayed=True)


def _where(scope: Mapping[str, Any]) -> dict[str, Any]:
    return {f"of_{name}": value for name, value in scope.items()}


_table = StoredOutcome.__table__
_this_key = (
    (_table.c.account_id == bindparam("of_account_id"))
    & (_table.c.action == bindparam("of_action"))
    & (_table.c.key_digest == bindparam("of_key_digest"))
)
_claim = Prepared(
    # `ON CONFLICT DO NOTHING` reads the same on SQLite; on PostgreSQL it also waits for a concurrent transaction
    # that holds the key.
    insert(StoredOutcome)
    .values({column.name: bindparam(column.name) for column in _table.c})
    .on_conflict_do_nothing()
    .returning(_table.c.account_id)
)
_find = Prepared(select(_table.c.input_digest, _table.c.outcome).where(_this_key))
_keep = Prepared(update(StoredOutcome).where(_this_key).values(outcome=bindparam("new_outcome")))
