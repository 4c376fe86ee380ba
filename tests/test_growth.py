"""Migrations expand and later contract: the code of one release works on the schema of the next."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import asyncpg
import httpx
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations

from server import migrations
from server.app import Postmeter
from server.kit.db import Base, Database, open_database, postgres
from server.kit.problems import PublicError
from tests.contracting import contractions
from tests.faults.client import Api, connected, customer
from tests.faults.listening import listening
from tests.faults.test_live import EVERY, check_change
from tests.test_app import settings

NEXT = "9999"
"""A version that this code does not know."""
INDEXED = ("accounts", "orders", "postings", "sessions", "top_ups", "wallets")


def later_versions() -> list[Any]:
    """Those that are held to the rule."""
    return [one for one in migrations.scripts().walk_revisions() if one.revision > migrations.RELEASES[0]]


def fault_of(revision: str, found: list[str], needs: str | None) -> str | None:
    """Why a version that takes this away, and says that this is known since `needs`, may not be released."""
    if needs is None:
        return f"{revision} contracts: {found}; declare CONTRACTS, see server/migrations" if found else None
    if any(needs <= release < revision for release in migrations.RELEASES):
        return None
    return f"{revision} contracts, and no release lies between it and {needs}"


def test_no_version_takes_what_the_release_before_it_uses() -> None:
    known = [one.revision for one in migrations.scripts().walk_revisions()]
    assert set(migrations.RELEASES) <= set(known)
    assert list(migrations.RELEASES) == sorted(migrations.RELEASES)
    judged = ((one, getattr(one.module, "CONTRACTS", None)) for one in later_versions())
    faults = [fault_of(one.revision, contractions(one.module), needs) for one, needs in judged]
    assert not any(faults), faults


@pytest.mark.parametrize(
    ("needs", "is_fault"), [(None, True), ("0038", False), ("0039", True), ("0041", True), ("0037", False)]
)
def test_a_version_contracts_a_release_after_the_last_use(
    needs: str | None, is_fault: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "RELEASES", ("0038", "0041"))
    assert (fault_of("0040", ["drop_table orders"], needs) is not None) is is_fault
    assert fault_of("0042", ["drop_table orders"], "0041") is None
    assert fault_of("0040", [], None) is None


def test_the_schema_needs_what_its_newest_contraction_says(monkeypatch: pytest.MonkeyPatch) -> None:
    def needed(*declared: str | None) -> str:
        modules = (SimpleNamespace(**{"CONTRACTS": one} if one else {}) for one in declared)
        chain = [SimpleNamespace(module=module) for module in modules]
        monkeypatch.setattr(migrations, "scripts", lambda: SimpleNamespace(walk_revisions=lambda: chain))
        return migrations.needed_by_newest()

    monkeypatch.setattr(migrations, "RELEASES", ("0038",))
    assert needed(None, None) == "0038"
    assert needed(None, "0041", None, "0039") == "0041"
    assert needed("0040", "0042") == "0042"


LATER = "op.add_column('orders', sa.Column('later', sa.String(9), {}))"


@pytest.mark.parametrize(
    ("step", "found"),
    [
        (LATER.format("nullable=True"), ""),
        (LATER.format("nullable=False, server_default='x'"), ""),
        (LATER.format("nullable=False"), "add_column orders.later"),
        (LATER.format("sa.ForeignKey('accounts.id')"), "add_column orders.later"),
        ("op.create_table('later', sa.Column('id', sa.Integer(), nullable=False))", ""),
        ("op.create_table('later'); op.create_unique_constraint('uq', 'later', ['id'])", ""),
        ("op.create_index(op.f('ix'), 'orders', ['status'])", ""),
        ("op.create_index('ix', 'orders', ['status'], unique=True)", "create_index orders"),
        ("op.create_check_constraint('ck', 'orders', 'net > 0')", "create_check_constraint orders"),
        ("op.drop_constraint('ck', 'orders')", ""),
        ("op.drop_column('orders', 'net')", "drop_column orders.net"),
        ("op.drop_table('orders')", "drop_table orders"),
        ("op.rename_table('orders', 'purchases')", "rename_table orders.purchases"),
        ("op.alter_column('orders', 'net', new_column_name='price')", "alter_column orders.net"),
        ("op.alter_column('orders', 'net', nullable=False)", "alter_column orders.net"),
        ("op.alter_column('orders', 'net', nullable=True)", ""),
        ("op.alter_column('orders', 'code', type_=sa.String(20), existing_type=sa.String(9))", ""),
        (
            "op.alter_column('orders', 'code', type_=sa.String(5), existing_type=sa.String(9))",
            "alter_column orders.code",
        ),
        ("op.execute('UPDATE orders SET net = 1')", ""),
        ("op.execute('ALTER TABLE orders DROP net')", "execute: ALTER TABLE orders DROP net"),
        ("op.get_bind()", "get_bind"),
    ],
)
def test_what_a_version_takes_away_is_found(step: str, found: str) -> None:
    version = ModuleType("version")
    exec(f"import sqlalchemy as sa\nop = None\ndef upgrade():\n    {step}", vars(version))
    assert contractions(version) == ([found] if found else [])


def test_what_a_version_takes_away_in_a_batch_is_found_too() -> None:
    version = ModuleType("version")

    def upgrade() -> None:
        with version.op.batch_alter_table("orders") as batch:
            batch.add_column(sa.Column("later", sa.Integer(), nullable=True))
            batch.drop_column("net")
            batch.create_unique_constraint("uq", ["code"])
            batch.alter_column("code", nullable=False)

    version.op, version.upgrade = None, upgrade  # type: ignore[attr-defined]
    taken = ["drop_column orders.net", "create_unique_constraint orders.uq", "alter_column orders.code"]
    assert [found[: len(wanted)] for found, wanted in zip(contractions(version), taken, strict=True)] == taken


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_a_migration_that_does_not_get_a_lock_gives_up_and_changes_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = migrations.scripts().get_revision(migrations.RELEASES[0]).down_revision

    def go_back(connection: sa.Connection) -> None:
        connection.execute(sa.text("SELECT 1"))
        command.downgrade(migrations._config(connection), str(before))

    monkeypatch.setattr(postgres, "LOCK_TIMEOUT_MILLIS", 300)
    async with migrating(database_url) as database:
        await database.write(go_back)
        reader = await asyncpg.connect(database_url)
        async with reader.transaction():
            await reader.execute("LOCK TABLE alembic_version IN ACCESS SHARE MODE")
            with pytest.raises(PublicError):
                await database.write(migrations.migrate)
            assert await database.read(migrations.revision) == before
        await reader.close()
        await database.write(migrations.migrate)
        assert await database.read(migrations.serves)


def expand(connection: sa.Connection) -> None:
    """All that the next version may add, and columns to every table that there is."""
    op = Operations(MigrationContext.configure(connection))
    later = op.create_table(
        "later", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("of", sa.Text())
    )
    op.bulk_insert(later, [{"id": 1, "of": "somebody"}])
    for table in Base.metadata.tables:
        op.add_column(table, sa.Column("later", sa.BigInteger(), nullable=True))
        op.add_column(table, sa.Column("kind_later", sa.String(8), nullable=False, server_default="NONE"))
    for table in INDEXED:
        op.create_index(f"ix_{table}_later", table, ["later"])
    connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{NEXT}'"))


def contract(connection: sa.Connection) -> None:
    """What the release after it wants of the code."""
    connection.execute(sa.text(f"UPDATE alembic_version SET needs = '{NEXT}'"))


@asynccontextmanager
async def migrating(url: str) -> AsyncIterator[Database]:
    """As `postmeter migrate` of a newer release, beside the server."""
    database = open_database(url)
    await database.start()
    try:
        yield database
    finally:
        await database.close()


async def use(http: httpx.AsyncClient) -> None:
    """What customers do: sign up, top up, order, spend, watch and take a copy of everything."""
    api = await customer(http)
    await go_on(api)
    confirm = "mutation($of: String!) { confirmPassword(input: {password: $of}) { __typename } }"
    await api.ask(confirm, {"of": api.password})
    ask = """mutation { requestExport(input: {scope: ACCOUNT, right: PORTABILITY}) {
        ... on ExportRequested { export { id } } } }"""
    copy = (await api.ask(ask))["requestExport"]["export"]["id"]
    async with api.socket() as socket:
        changes = """subscription($id: ID!) { dataExportChanged(id: $id) { export { status } } }"""
        await socket.subscribe(changes, {"id": copy})
        while (status := (await socket.data())["dataExportChanged"]["export"]["status"]) != "READY":
            assert status == "BUILDING"


async def go_on(api: Api) -> None:
    last = int((await api.balance("EMAIL"))["sequence"])
    async with api.socket() as socket:
        await socket.subscribe(EVERY, {"after": str(last)})
        for number in range(3):
            assert (await api.spend(1, f"{last}-{number}"))["__typename"] == "UsageRecorded"
            last = check_change((await socket.data())["balance"], last)


@pytest.fixture
def postmeter(database_url: str, tmp_path: Path) -> Any:
    """Servers of this release on one database, one after the other."""
    (tmp_path / "SANDBOX").touch()
    return lambda: Postmeter(settings(tmp_path, database_url, port=0))


async def test_the_code_of_one_release_serves_on_the_schema_of_the_next(
    postmeter: Any, database_url: str
) -> None:
    async with migrating(database_url) as newer:
        async with listening(postmeter()) as origin, connected(origin) as http:
            api = await customer(http)
            await go_on(api)
            await newer.write(expand)
            await go_on(api)
            assert (await api.order("EMAIL_10K", "more"))["__typename"] == "OrderPlaced"
            assert (await http.get("/readyz")).status_code == 200
        async with listening(postmeter()) as origin, connected(origin) as http:
            api.http = http
            await go_on(api)
            await use(http)
            assert (await http.get("/readyz")).status_code == 200
            await newer.write(contract)
            answer = await http.get("/readyz")
            assert (answer.status_code, answer.json()["database"]) == (503, False)
    refused = rf"at version {NEXT}, which needs a Postmeter that knows version {NEXT}; this one knows"
    late = postmeter()
    with pytest.raises(SystemExit, match=refused):
        async with late.storage():
            pass
