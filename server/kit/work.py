"""The unit of work: one mutation, one transaction (DESIGN §2). Nothing else in the server commits.

Domain functions take a `Read` (a snapshot to look at) or a `Work` (a transaction to write in). Both are
synchronous; `Units` decides where they run and answers on the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Result, Row

from server.kit import audit, events
from server.kit.bus import Bus
from server.kit.clock import Clock, to_micros
from server.kit.crypto import key_id_of, keyed_hash, open_sealed, seal
from server.kit.db import Database, savepoint
from server.kit.db.base import transaction_is_open
from server.kit.events import DomainEvent, Reactions
from server.kit.idempotency import Claimed, Once, Receipt
from server.kit.ids import Entropy, Ids
from server.kit.keystore import KeyStore
from server.kit.problems import Refusal
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, SYSTEM, Viewer

T = TypeVar("T")

COMMITTED = "committed"
"""The topic that every commit wakes which wakes any."""


def _trust(_work: Work, _call: Call) -> None:
    """The guard of a house without credentials."""


@dataclass(frozen=True, slots=True)
class House:
    """What every unit of work stands on; made once by app.py.

    `guard` refuses, by PublicError, an actor whose authority ended since the request was authenticated. `restraint`
    refuses, by a Refusal that is the action's outcome, what may not be done for the call's purpose.
    """

    database: Database
    keys: KeyStore
    clock: Clock
    entropy: Entropy
    ids: Ids
    terms: Registry
    bus: Bus
    reactions: Reactions
    guard: Callable[[Work, Call], None] = _trust
    restraint: Callable[[Work, Call], None] = _trust


class Read:
    """One snapshot of the database, at one instant."""

    def __init__(self, house: House, connection: Connection) -> None:
        self.house = house
        self.connection = connection
        self.now: datetime = house.clock.now()
        self.opened: set[str] = set()
        """Whose sealed values were read."""
        self._keys_are_fresh = False

    @property
    def keys(self) -> KeyStore:
        """The key store, without what another process destroyed meanwhile."""
        if not self._keys_are_fresh:
            self.house.keys.refresh()
            self._keys_are_fresh = True
        return self.house.keys

    def terms(self, kind: type[T]) -> T:
        """The numbers of a slice's `rules.py`, from the policy profile."""
        return self.house.terms.get(kind)

    def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Result[Any]:
        return self.connection.execute(statement, parameters)

    def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        return self.connection.execute(statement).all()

    def first(self, statement: Executable) -> Row[Any] | None:
        return self.connection.execute(statement).first()

    def scalar(self, statement: Executable) -> Any:
        return self.connection.scalar(statement)

    def open(self, column: str, sealed: bytes) -> str:
        """The text of a sealed personal value. Raises Shredded when its key is gone."""
        key = self.keys.key_by_id(key_id_of(sealed))
        self.opened.add(key.owner_id)
        return open_sealed(key, column, sealed).decode()

    def keyed_hash(self, purpose: str, *parts: bytes) -> bytes:
        """A hash that only this server can make, for look-ups that must not be guessable."""
        return keyed_hash(self.keys.server_secret(purpose), *parts)


class Work(Read):
    """A transaction that one actor writes in. Everything in memory is per attempt: it may be run again."""

    def __init__(self, house: House, connection: Connection, actor: Viewer, request_id: str) -> None:
        super().__init__(house, connection)
        self.actor = actor
        self.request_id = request_id
        self.wakes: set[str] = set()

    @property
    def ids(self) -> Ids:
        return self.house.ids

    @property
    def entropy(self) -> Entropy:
        return self.house.entropy

    def seal(self, owner_id: str, retention_class: str, column: str, text: str) -> bytes:
        """Encrypt a personal value under the owner's key of that retention class (`column` is `table.column`)."""
        key = self.keys.ensure(owner_id, [retention_class])[retention_class]
        return seal(key, column, text.encode(), self.entropy)

    def record(self, event: DomainEvent) -> int:
        """Write a domain event, wake its watchers after the commit, and run its reactions here and now."""
        sequence = events.append(self.connection, event, self.now)
        self.wake(event.account_id)
        for reaction in self.house.reactions.to(event):
            reaction(self, event)
        return sequence

    def wake(self, topic: str) -> None:
        """Wake those who listen to `topic`, once this transaction is committed."""
        self.wakes.add(topic)

    def woken(self) -> set[str]:
        """The topics to wake after the commit; with any, that of all commits."""
        return self.wakes | {COMMITTED} if self.wakes else self.wakes


@dataclass(frozen=True, slots=True)
class Call:
    """What is done by whom, for which declared purpose and from which address: what the audit row says.

    `fields` and `subjects` are of a read by staff: names of what it showed, and opaque ids of whom.
    """

    action: str
    actor: Viewer = ANONYMOUS
    request_id: str = ""
    purpose: str | None = None
    address: str | None = field(default=None, repr=False)
    fields: str | None = None
    subjects: str | None = None


class Units:
    """Runs reads and units of work on the database."""

    def __init__(self, house: House) -> None:
        self.house = house

    async def read(self, function: Callable[[Read], T]) -> T:
        """Run on a reader connection, in one snapshot."""
        return await self.house.database.read(lambda connection: function(Read(self.house, connection)))

    async def run(self, call: Call, action: Callable[[Work], T]) -> T:
        """Run the action in a transaction of its own and commit. Raises its Refusal, with nothing else kept.

        A refusal that the action returns is raised too, after the commit: it keeps what was written, such as the
        counting of a wrong guess.
        """

        def attempt(work: Work) -> T:
            with savepoint(work.connection, "decision"):
                return self._act(work, call, action)

        return await self._commit(call, attempt)

    async def run_unaudited(self, action: Callable[[Work], T]) -> T:
        """Run the server's own book-keeping (leases, last-used times): no business verb, so no audit row."""

        def in_transaction(connection: Connection) -> tuple[T, set[str]]:
            work = Work(self.house, connection, SYSTEM, "")
            return action(work), work.woken()

        result, wakes = await self.house.database.write(in_transaction)
        self.house.bus.publish(wakes)
        return result

    async def run_once(
        self, call: Call, once: Once, action: Callable[[Work], Receipt], present: Callable[[Work, Receipt], T]
    ) -> T:
        """Run the action at most once for an idempotency key; a repetition gets the first outcome.

        `present` makes the answer from the receipt, new or replayed, in the same transaction. Raises the
        action's Refusal, the stored one, IdempotencyMismatch or IdempotencyInProgress.
        """
        account_id = call.actor.account_id
        assert account_id is not None, "idempotency keys belong to an account"

        def attempt(work: Work) -> T:
            claimed = Claimed(account_id, call.action, once, work.keys.server_secret("idempotency"))
            receipt = claimed.claim(work.connection, work.now)
            if receipt is None:
                receipt = self._first(work, claimed, lambda work: self._act(work, call, action))
            return present(work, receipt)

        return await self._commit(call, attempt)

    def _act(self, work: Work, call: Call, action: Callable[[Work], T]) -> T:
        self.house.restraint(work, call)
        return action(work)

    def _first(self, work: Work, claimed: Claimed, action: Callable[[Work], Receipt]) -> Receipt:
        try:
            with savepoint(work.connection, "decision"):
                receipt = action(work)
        except Refusal as refusal:
            if transaction_is_open(work.connection):
                work.wakes.clear()
                claimed.keep(work.connection, refusal)
            raise
        claimed.keep(work.connection, receipt)
        return receipt

    async def _commit(self, call: Call, attempt: Callable[[Work], T]) -> T:
        house = self.house

        def in_transaction(connection: Connection) -> tuple[T | Refusal, set[str]]:
            work = Work(house, connection, call.actor, call.request_id)
            house.guard(work, call)
            result: T | Refusal
            try:
                result = attempt(work)
            except Refusal as refusal:
                # Returned, not raised: what was kept beside the undone decision (the key's outcome, the audit
                # row) commits with the group.
                work.wakes.clear()
                result = refusal
            _write_audit(work, call, result.code if isinstance(result, Refusal) else "OK")
            return result, work.woken()

        result, wakes = await house.database.write(in_transaction)
        house.bus.publish(wakes)
        if isinstance(result, Refusal):
            raise result
        return result


def _write_audit(work: Work, call: Call, outcome: str) -> None:
    said = {
        "id": work.ids.new("aud"),
        "at": to_micros(work.now),
        "account_id": call.actor.account_id,
        "credential_id": call.actor.credential_id,
        "action": call.action,
        "outcome": outcome,
        "request_id": call.request_id,
        "origin": None if call.address is None else _origin(work, call.address),
        "purpose": call.purpose,
        "fields": call.fields,
        "subjects": call.subjects,
    }
    link = audit.link(work.keys.server_secret(audit.LINKS), said)
    audit.insert_entry.run(work.connection, **said, link=link)


def _origin(work: Work, address: str) -> str:
    """The pseudonym of a network address: equal for equal ones, and nothing to whoever lacks the server's secret.

    A truncated address would still tell the provider and the town, and could be joined with other logs (B006). Of
    IPv6 the first half stands for the whole: the second is chosen anew all the time.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        network = address
    else:
        network = parsed.exploded[:19] if isinstance(parsed, IPv6Address) else parsed.compressed
    return work.keyed_hash(audit.ORIGINS, network.encode())[:16].hex()
