"""A house that erases: an account with a canary in every personal column, money, and a neighbour who stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import func, select

from server.accounts.model import LOGINS
from server.accounts.reads import open_or_none
from server.housekeeping import rotate_master
from server.kit.blindindex import Claim
from server.kit.clock import ManualClock
from server.kit.db import Base, Sealed
from server.kit.due import DueRunner
from server.kit.events import Reactions
from server.kit.journal import Journal
from server.kit.viewer import SYSTEM
from server.kit.work import Call, House, Read, Units, Work
from server.privacy.actions.erasing import ErasureStarted
from server.privacy.actions.erasures import plan_erasure
from server.privacy.adapters.erasing import Eraser
from server.privacy.jobs import erasing as jobs
from server.privacy.reads import erasures as reads
from server.privacy.reads.declared import Declarations, Fate
from server.privacy.reads.erasures import ErasureRow
from server.privacy.rules.erasures import ErasureClock, ErasureScope, ErasureTerms
from server.reactions import erasures as reactions
from server.schema import HELD
from server.wallet import jobs as wallet_jobs
from server.wallet.actions import Transfer, post
from server.wallet.reads import counter_totals
from server.wallet.rules import Counter, PostingKind
from tests.privacy.canaries import CANARY, Aviary, canary

T = TypeVar("T")
LOGIN = canary("", "login")


class Stopped(BaseException):
    """What stops an erasure as a crash does: nothing catches it."""


@dataclass
class Office:
    """Erases one account; `neighbour` is another one that has everything, too."""

    units: Units
    clock: ManualClock
    folder: Path
    account_id: str
    neighbour: str
    columns: Sequence[str]
    told: list[str] = field(default_factory=list)
    reached: Callable[[str], None] = field(default=lambda _point: None)

    @property
    def journal(self) -> Journal:
        return Journal(self.folder / "keys" / "erasures.journal")

    @property
    def eraser(self) -> Eraser:
        return Eraser(self.journal, HELD, reached=self.reached)

    @property
    def runner(self) -> DueRunner:
        steps = {
            **jobs.handlers(self.eraser, rotate_master),
            **wallet_jobs.handlers(self.folder / "keys" / "roots"),
        }
        return DueRunner(self.units, steps)

    async def do(self, action: Callable[[Work], T]) -> T:
        return await self.units.run(Call("test", SYSTEM), action)

    async def read(self, function: Callable[[Read], T]) -> T:
        return await self.units.read(function)

    async def plan(
        self, clock: ErasureClock = ErasureClock.REQUEST, scope: ErasureScope | None = None
    ) -> str:
        if scope is not None:
            self.units.house.terms.add(replace(self.units.house.terms.get(ErasureTerms), scope=scope))
        return (await self.do(lambda work: plan_erasure(work, self.account_id, clock))).id

    async def erase(self, scope: ErasureScope) -> ErasureRow:
        """The whole erasure. The letter with the canary is never delivered, and so its time has to run out."""
        erasure_id = await self.plan(scope=scope)
        await self.work_through()
        return await self.row(erasure_id)

    async def work_through(self) -> None:
        """Until nothing has to wait any more."""
        await self.runner.run_due()
        self.clock.advance(ErasureTerms().notice_wait)
        await self.runner.run_due()

    async def row(self, erasure_id: str) -> ErasureRow:
        row = await self.read(lambda read: reads.erasure(read, erasure_id))
        assert row is not None
        return row

    async def rows_left(self, account_id: str, scope: ErasureScope) -> dict[str, int]:
        """How many rows of tables that are to be emptied are the account's, by table."""
        declarations = Declarations(HELD)

        def count(read: Read) -> dict[str, int]:
            found = {}
            for declared in declarations.of_fate(scope, Fate.DELETED, Fate.OWN_VERB, Fate.RENAMED):
                query = select(func.count()).select_from(declared.table)
                found[declared.table.name] = read.scalar(
                    query.where(declarations.belongs(declared, account_id))
                )
            return {name: rows for name, rows in found.items() if rows}

        return await self.read(count)

    async def totals(self) -> dict[tuple[str, str], int]:
        """What the counter-accounts come to, without forfeits."""
        totals = await self.read(counter_totals)
        return {key: total for key, total in totals.items() if total and key[0] != Counter.FORFEITS.value}

    async def go_on(self, erasure_id: str) -> None:
        """What the due runner does, without its patience with errors. Raises Stopped."""
        await self.eraser.step(self.units, erasure_id)
        self.clock.advance(ErasureTerms().notice_wait)
        await self.eraser.step(self.units, erasure_id)

    async def readable(self, account_id: str) -> list[str]:
        """The sealed columns of which a value can be opened and is a canary of the account."""

        def look(read: Read) -> list[str]:
            found = []
            for table in Base.metadata.sorted_tables:
                for column in table.columns:
                    if isinstance(column.type, Sealed):
                        name = f"{table.name}.{column.name}"
                        values = read.execute(select(column).where(column.is_not(None))).scalars()
                        mine = f"{CANARY}-{account_id}"
                        found += [name for value in values if mine in (open_or_none(read, name, value) or "")]
            return found

        return await self.read(look)


async def office_of(house: House, clock: ManualClock, folder: Path) -> Office:
    """The house with an account of canaries, and a neighbour."""
    registered = Reactions()
    reactions.register(registered)
    told: list[str] = []
    registered.on(ErasureStarted, lambda _work, event: told.append(event.subject_id))
    units = Units(replace(house, reactions=registered))
    accounts = [await units.run(Call("test", SYSTEM), _account) for _ in range(2)]
    account_id, columns = accounts[0]
    return Office(units, clock, folder, account_id, accounts[1][0], columns, told)


def _account(work: Work) -> tuple[str, list[str]]:
    account_id = work.ids.new("acc")
    aviary = Aviary(work, account_id)
    columns = aviary.fill()
    work.keys.claim(LOGINS, LOGIN + account_id, Claim(account_id, "per_1", work.now))
    reference = work.ids.new("top")
    post(work, [Transfer(account_id, "EUR", 1_000, Counter.PAYMENTS, PostingKind.TOP_UP, reference)])
    post(work, [Transfer(account_id, "EUR", -300, Counter.REVENUE, PostingKind.USAGE, reference)])
    return account_id, columns
