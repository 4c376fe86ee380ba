"""An erasure from its begin to its end, through the transactions of actions/erasing.py and what lies between them.

The order never changes: journal, keys, rows (DESIGN §6). Whatever stops it, it goes on from the journal: every step
finds what was done before it and does the rest.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy.util import greenlet_spawn

from server.kit.due import being_done, schedule
from server.kit.journal import Journal
from server.kit.personal import Held
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.privacy.actions.certifying import certify, finish
from server.privacy.actions.erasing import (
    Batch,
    Order,
    advance,
    count_retained,
    delete_some,
    destroy_secret,
    end_wallets,
    forget_planned,
    take_up,
    vacate_some,
)
from server.privacy.actions.erasures import ERASE
from server.privacy.reads.declared import Declarations
from server.privacy.reads.erasures import CERTIFIED, ERASED, done_among
from server.privacy.rules.erasures import ErasureTerms

T = TypeVar("T")
DeleteFiles = Callable[[str], Awaitable[None]]
"""Deletes all files of an account, by its id; repeated, it finds none."""

POINTS = ("ordered", "journalled", "keys", "wallets", "rows", "pseudonym", "secrets", "files", "certified")
"""The points between two steps, in their order."""
_IDS_A_READ = 500

_log = structlog.get_logger("postmeter.erasure")


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases accounts. `held` are all declarations of the server, `files` what deletes the files of an account.

    `reached` is told of each point between two steps, for tests that stop there.
    """

    journal: Journal
    held: Sequence[Held]
    files: Sequence[DeleteFiles] = ()
    reached: Callable[[str], None] = field(default=lambda _point: None)

    async def step(self, units: Units, erasure_id: str) -> None:
        """Go on with an erasure as far as is possible now. What waits, or is long, comes back as due work."""
        order = await units.run(Call(ERASE, SYSTEM), lambda work: advance(work, erasure_id))
        if order is None:
            return
        limit = units.house.terms.get(ErasureTerms).batches_a_step_max
        if not await self._erase(units, order, limit):
            await units.run_unaudited(lambda work: schedule(work, ERASE, erasure_id, work.now))

    async def replay(self, units: Units) -> int:
        """Do again what the journal says and the database, which came from a backup, does not know; returns how many.

        The server opens only after that (C29). Raises JournalDamaged.
        """
        certificates, orders = await asyncio.to_thread(self._read_journal)
        replayed = 0
        for start in range(0, len(orders), _IDS_A_READ):
            some = orders[start : start + _IDS_A_READ]
            ids = [order.id for order in some]
            done = await units.read(partial(done_among, erasure_ids=ids))
            # Another server is at it, and it lives: nothing came back.
            running = await units.read(partial(being_done, kind=ERASE, subject_ids=ids))
            for order in some:
                if order.id not in done | running:
                    await units.run(Call("replayErasure", SYSTEM), partial(take_up, order=order))
                    await self._erase(units, order, None, certificates.get(order.id))
                    replayed += 1
                    _log.info("erasure_replayed", erasure_id=order.id)
        return replayed

    async def _erase(
        self, units: Units, order: Order, batches_max: int | None, certified: dict[str, object] | None = None
    ) -> bool:
        """Whether it came to its end, and was not stopped by the number of its batches."""
        self.reached("ordered")
        order = await asyncio.to_thread(self._journalled, order)
        self.reached("journalled")
        await _keys(units, lambda: units.house.keys.erase(order.account_id))
        # Before their rows go: from here on no server reads them, nor writes anything under a key that it remembers.
        await _keys(units, units.house.keys.wait_until_known)
        self.reached("keys")
        await units.run(Call(ERASE, SYSTEM), lambda work: end_wallets(work, order))
        self.reached("wallets")
        if not await self._delete_rows(units, order, batches_max):
            return False
        await units.run_unaudited(lambda work: forget_planned(work, order))
        await self._destroy_secrets(units, order)
        self.reached("secrets")
        for delete_files in self.files:
            await delete_files(order.account_id)
        await units.house.database.truncate_log()
        self.reached("files")
        await self._finish(units, order, certified)
        return True

    def _journalled(self, order: Order) -> Order:
        """The order as the journal has it, which is the first that was written."""
        for said in self.journal.entries():
            if said["kind"] == ERASED and said["id"] == order.id:
                return Order.parse(said)
        self.journal.append(order.entry())
        return order

    async def _delete_rows(self, units: Units, order: Order, batches_max: int | None) -> bool:
        """Whether all are gone, and not only as many batches as may be."""
        declarations = Declarations(self.held)
        batches = 0
        for point, some in (("rows", delete_some), ("pseudonym", vacate_some)):
            batch = Batch(0, 0, done=False)
            while not batch.done:
                if batches == batches_max:
                    return False
                action = partial(some, order=order, declarations=declarations, table=batch.table)
                batch = await units.run_unaudited(action)
                batches += 1
            self.reached(point)
        return True

    async def _destroy_secrets(self, units: Units, order: Order) -> None:
        """The chain secrets of wallets that are gone; those that stay for billing stay provable."""
        if order.pseudonym is None:
            for wallet_id in order.wallet_ids:
                await units.run_unaudited(partial(destroy_secret, wallet_id=wallet_id))

    async def _finish(self, units: Units, order: Order, certified: dict[str, object] | None) -> None:
        said = certified
        if said is None:
            declarations = Declarations(self.held)
            retained = await units.read(lambda read: count_retained(read, order, declarations))
            said = dict(await units.run_unaudited(lambda work: certify(work, order, retained)))
            await asyncio.to_thread(self._journal_certificate, said)
        self.reached("certified")
        await units.run(Call(ERASE, SYSTEM), lambda work: finish(work, order, said))

    def _journal_certificate(self, said: dict[str, object]) -> None:
        if all(one["kind"] != CERTIFIED or one["id"] != said["id"] for one in self.journal.entries()):
            self.journal.append(said)

    def _read_journal(self) -> tuple[dict[str, dict[str, object]], list[Order]]:
        certificates: dict[str, dict[str, object]] = {}
        orders: list[Order] = []
        for said in self.journal.entries():
            if said["kind"] == CERTIFIED:
                certificates[said["id"]] = dict(said)
            else:
                orders.append(Order.parse(said))
        return certificates, orders


async def _keys(units: Units, function: Callable[[], T]) -> T:
    """Run on the key store: on PostgreSQL it awaits from inside synchronous code, which takes a greenlet."""
    result: T = await greenlet_spawn(function)
    return result
