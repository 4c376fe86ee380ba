"""A copy of data holds what the subject may have and nothing else, in every form, and goes in time."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from starlette.applications import Starlette

from server import duties
from server.accounts.actions.events import AccountClosed
from server.accounts.rules.people import StepUpRequired
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.events import after
from server.kit.registry import Registry
from server.kit.work import House, Read, Units
from server.policy.adapters.profiles import load_profile
from server.privacy import http
from server.privacy.actions.export_events import CHANGES
from server.privacy.actions.exporting import cancel_export, cancel_exports, create_link, request_export
from server.privacy.actions.packing import begin_file, store_chunk
from server.privacy.jobs import exporting as jobs
from server.privacy.model import DataExport, DataExportChunk, DataExportFile
from server.privacy.reads import exporting as reads
from server.privacy.reads.owned import exported, owned
from server.privacy.reads.requests import any_request
from server.privacy.rules.exporting import (
    DataExportForbidden,
    DataExportNotFound,
    DataExportRunning,
    DataExportStatusConflict,
    ExportScope,
    Form,
    PackageTerms,
)
from server.privacy.rules.requests import PrivacyRequestKind
from server.terms import terms_of
from tests.privacy.copying import (
    Copying,
    campaign,
    copying_of,
    member,
    recipients,
    session_of,
    table,
    unpacked,
)
from tests.staffed import Staff
from tests.test_app import WHO


@pytest.fixture
def terms() -> Registry:
    terms = terms_of(load_profile("mailpro"))
    small = replace(terms.get(PackageTerms), rows_a_read=7, rows_a_file=20, rows_a_workbook=15)
    terms.add(
        replace(small, rows_an_old_workbook=10, chunk_bytes=512, rows_a_step=40, chunks_deleted_at_once=5)
    )
    return terms


@pytest.fixture
async def copying(units: Units, clock: ManualClock) -> Copying:
    found = await copying_of(units, clock)
    await found.act(
        lambda work: recipients(work, found.account_id, campaign(work, found.account_id), range(45))
    )
    return found


@pytest.mark.rule("M126", "P029", "M012", "B007")
async def test_a_copy_has_every_row_in_every_form(copying: Copying) -> None:
    row = await copying.ask()
    await copying.due()
    files = unpacked(await copying.package(row.id))
    manifest = json.loads(files["manifest.json"])
    (said,) = [one for one in manifest["tables"] if one["table"] == "campaign_recipients"]
    assert said["title"] == "Recipients of campaigns"
    assert said["holds"][0]["legalBasis"] == "contract"
    assert said["holds"][0]["retention"] == {"name": "statistics", "period": "P5Y", "ground": "contract"}
    assert said["holds"][0]["sources"] == ["form"], "as the policy names where it is from"
    wanted = [f"reader-{number}@example.com" for number in range(45)]
    for form, read_rows in READERS.items():
        mine = [one for one in said["files"] if one["name"].startswith(f"{form.value}/")]
        mine = [one for one in mine if not one["name"].endswith(".schema.json")]
        limit = copying.units.house.terms.get(PackageTerms).rows_in(form)
        assert [one["rows"] for one in mine] == [limit] * (45 // limit) + [45 % limit][: 45 % limit]
        assert [address for one in mine for address in read_rows(files[one["name"]])] == wanted, form
    assert files["csv/campaigns.csv"].splitlines()[0].startswith(b"Name,Subject,")
    assert b"'=Spring, and more" in files["csv/campaigns.csv"]
    assert table(files, "campaigns")[0]["name"] == "=Spring, and more"
    assert table(files, "accounts")[0]["id"] == copying.account_id


def _json(file: bytes) -> Sequence[str]:
    return [row["address"] for row in json.loads(file)]


def _csv(file: bytes) -> Sequence[str]:
    return file.decode().split("\r\n")[1:-1]


def _sheet(file: bytes) -> Sequence[str]:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    return [str(row[0]) for row in rows[1:]]


READERS = {Form.JSON: _json, Form.CSV: _csv, Form.XLSX: _sheet, Form.XLS: _sheet}


async def test_each_table_keeps_to_its_schema(copying: Copying) -> None:
    row = await copying.ask()
    await copying.due()
    files = unpacked(await copying.package(row.id))
    schemas = [name for name in files if name.endswith(".schema.json")]
    assert len(schemas) > 5
    for name in schemas:
        said = json.loads(files[name])
        columns = said["items"]["properties"]
        assert all(one["title"] for one in columns.values())
        for each in json.loads(files[name.replace(".schema", "")]):
            assert sorted(each) == sorted(said["items"]["required"]) == sorted(columns)
            assert [key for key, value in each.items() if _kind(value) not in columns[key]["type"]] == []


def _kind(value: Any) -> str:
    """The type that JSON Schema gives a value."""
    kinds = {type(None): "null", bool: "boolean", int: "integer", str: "string"}
    return kinds[type(value)]


async def test_nobody_gets_what_is_of_another_person(copying: Copying) -> None:
    def join(work: Any) -> str:
        person_id = member(work, copying.account_id, "ANALYST", "wren.press")
        return session_of(work, copying.account_id, person_id, 2)

    analyst = await copying.act(join)
    with pytest.raises(DataExportForbidden):
        await copying.ask(session=analyst)
    mine = await copying.ask(ExportScope.PERSON, analyst)
    whole = await copying.ask()
    await copying.due()
    own = unpacked(await copying.package(mine.id))
    assert [one["id"] for one in table(own, "sessions")] == [analyst]
    assert [one["login"] for one in table(own, "people")] == ["wren.press"]
    assert not {"accounts", "campaigns", "campaign_recipients"} & {name.split("/")[-1][:-5] for name in own}
    all_of_it = unpacked(await copying.package(whole.id))
    assert [one["id"] for one in table(all_of_it, "sessions")] == [copying.session_id]
    assert {one["login"] for one in table(all_of_it, "people")} == {"lark.press", "wren.press"}
    assert b"argon2id" not in b"".join(all_of_it.values())
    for session, foreign in ((copying.session_id, mine.id), (analyst, whole.id)):
        with pytest.raises(DataExportNotFound):
            await copying.act(lambda work, foreign=foreign: create_link(work, foreign), session)  # type: ignore[misc]


async def test_every_exported_table_has_an_owner(copying: Copying) -> None:
    row = await copying.ask()

    def counted(read: Read, scope: ExportScope) -> int:
        subject = replace(row.subject, scope=scope)
        tables = [one.table for one in exported(read, scope)]
        for each in tables:
            read.scalar(select(func.count()).select_from(each).where(owned(each, subject)))
        return len(tables)

    assert await copying.units.read(lambda read: counted(read, ExportScope.ACCOUNT)) > 40
    assert await copying.units.read(lambda read: counted(read, ExportScope.PERSON)) > 5


@pytest.mark.rule("P027")
async def test_there_is_one_at_a_time_and_none_without_a_proof(copying: Copying) -> None:
    row = await copying.ask()
    with pytest.raises(DataExportRunning) as running:
        await copying.ask()
    assert running.value.export_id == row.id
    await copying.due()
    assert (await copying.ask()).id != row.id  # at any time, without waiting
    copying.clock.advance(timedelta(hours=1))
    with pytest.raises(StepUpRequired):
        await copying.ask(ExportScope.PERSON)


async def test_a_crash_costs_a_file_and_nothing_is_there_twice(copying: Copying) -> None:
    row = await copying.ask()
    undisturbed = await copying.ask(ExportScope.PERSON)
    for _ in range(6):
        part = await copying.units.read(lambda read: reads.next_part(read, row.id))
        assert part is not None
        writer = await copying.units.run_unaudited(lambda work, part=part: begin_file(work, part))  # type: ignore[misc]
        lost = part.row.chunks
        await copying.units.run_unaudited(
            lambda work, part=part, writer=writer, lost=lost: store_chunk(work, part, writer, lost, b"lost")  # type: ignore[misc]
        )
        await jobs_step(copying, row.id)
    await copying.due()
    files = unpacked(await copying.package(row.id))
    lists = [name for name in files if name.startswith("json/campaign_recipients") and "schema" not in name]
    found = [address for name in lists for address in _json(files[name])]
    assert sorted(found) == sorted(f"reader-{number}@example.com" for number in range(45))
    assert (await copying.row(undisturbed.id)).status == "READY"


async def test_a_copy_fulfils_the_request_that_it_is_made_for(copying: Copying) -> None:
    whole, own = await copying.ask(), await copying.ask(ExportScope.PERSON)
    assert whole.request_id == own.request_id  # the same right, asked for once
    assert whole.request_id is not None
    await jobs_step(copying, own.id)
    assert await _state_of(copying, whole.request_id) == "IN_PROGRESS"
    await copying.due()
    assert await _state_of(copying, whole.request_id) == "FULFILLED"
    third = await copying.act(
        lambda work: request_export(work, ExportScope.PERSON, PrivacyRequestKind.PORTABILITY)
    )
    assert third.request_id not in (None, whole.request_id)
    await copying.act(lambda work: cancel_export(work, third.id))
    assert await _state_of(copying, str(third.request_id)) == "WITHDRAWN"


async def _state_of(copying: Copying, request_id: str) -> str:
    row = await copying.units.read(lambda read: any_request(read, request_id))
    assert row is not None
    return row.status


async def jobs_step(copying: Copying, export_id: str) -> None:
    """One file, and no more."""
    terms = copying.units.house.terms
    usual = terms.get(PackageTerms)
    terms.add(replace(usual, files_a_step=1))
    await copying.runner._handlers["privacy.build_export"](copying.units, export_id)
    terms.add(usual)


@pytest.mark.rule("Q019")
async def test_a_link_works_once_and_for_a_while(copying: Copying, house: House) -> None:
    row = await copying.ask(ExportScope.PERSON)
    with pytest.raises(DataExportStatusConflict):
        await copying.act(lambda work: create_link(work, row.id))
    await copying.due()
    app = Starlette(routes=http.routes(copying.units))

    async def get(path: str) -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1"
        ) as client:
            return await client.get(path)

    first = await copying.act(lambda work: create_link(work, row.id))
    second = await copying.act(lambda work: create_link(work, row.id))
    assert (await get(first.path)).json()["code"] == "PACKAGE_LINK_UNKNOWN"  # the newest one counts
    answer = await get(second.path)
    assert answer.status_code == 200
    assert answer.content == await copying.package(row.id)
    assert answer.headers["content-type"] == "application/zip"
    assert (await get(second.path)).json()["code"] == "PACKAGE_LINK_USED"
    assert (await get(second.path + "0")).status_code == 404
    late = await copying.act(lambda work: create_link(work, row.id))
    copying.clock.set(late.expires_at - timedelta(seconds=1))
    assert (await get(late.path)).status_code == 200
    copying.clock.set(late.expires_at - timedelta(minutes=15))
    late = await copying.act(lambda work: create_link(work, row.id))
    copying.clock.set(late.expires_at)
    assert (await get(late.path)).json()["code"] == "PACKAGE_LINK_EXPIRED"
    assert (await copying.row(row.id)).downloads == 2


async def test_a_package_is_sealed_and_goes_in_time(
    copying: Copying, tmp_path: Path, engine_name: str
) -> None:
    row = await copying.ask()
    await copying.due()
    ready = await copying.row(row.id)
    assert ready.expires_at is not None
    stored = await copying.units.read(lambda read: read.rows(select(DataExportChunk.data)))
    assert len(stored) > 5
    assert not [each for each in stored if b"reader-1@" in each.data or b"PK\x03\x04" in each.data]
    await copying.due(ready.expires_at - timedelta(seconds=1))
    assert (await copying.row(row.id)).status == "READY"
    await copying.due(ready.expires_at)
    gone = await copying.row(row.id)
    assert (gone.status, gone.ended_at, gone.size_bytes) == ("EXPIRED", ready.expires_at, 0)
    for model in (DataExportChunk, DataExportFile):
        count = select(func.count()).select_from(model)
        assert await copying.units.read(lambda read, count=count: read.scalar(count)) == 0  # type: ignore[misc]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_closing_or_cancelling_ends_a_copy(copying: Copying) -> None:
    first = await copying.ask()
    await copying.act(lambda work: cancel_export(work, first.id))
    second, third = await copying.ask(), await copying.ask(ExportScope.PERSON)
    closed = AccountClosed(copying.account_id, copying.account_id, "VOLUNTARY", None, None, None)
    await jobs_step(copying, second.id)
    await copying.act(lambda work: cancel_exports(work, closed))
    await copying.due()
    states = [(await copying.row(one.id)).status for one in (first, second, third)]
    assert states == ["CANCELLED"] * 3
    left = select(func.count()).select_from(DataExportChunk)
    assert await copying.units.read(lambda read: read.scalar(left)) == 0
    with pytest.raises(DataExportStatusConflict):
        await copying.act(lambda work: cancel_export(work, first.id))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_what_is_too_large_is_given_up(copying: Copying) -> None:
    terms = copying.units.house.terms
    terms.add(replace(terms.get(PackageTerms), package_bytes_max=2_000))
    row = await copying.ask()
    await copying.due()
    assert (await copying.row(row.id)).status == "CANCELLED"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_progress_is_told_and_counts_rows_once(copying: Copying) -> None:
    row = await copying.ask()
    await copying.due()
    kinds = [change.__name__ for change in CHANGES]
    told = await copying.units.read(
        lambda read: after(read.connection, copying.account_id, 0, kinds, 100, row.id)
    )
    assert [told[0].kind, told[-1].kind] == ["DataExportRequested", "DataExportReady"]
    assert {event.kind for event in told[1:-1]} == {"DataExportProgressed"}
    counts = [json.loads(event.data) for event in told]
    assert [one["tables"] for one in counts] == sorted(one["tables"] for one in counts)
    assert len({one["tables"] for one in counts[:-1]}) == len(told) - 1
    files = unpacked(await copying.package(row.id))
    rows = [
        len(json.loads(files[name])) for name in files if name.startswith("json/") and "schema" not in name
    ]
    assert (await copying.row(row.id)).rows == sum(rows)
    assert (
        await copying.units.read(lambda read: read.scalar(select(DataExport.tables_total)))
        == counts[-1]["tables"]
    )


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.rule("M012", "M126")
async def test_a_customer_asks_follows_and_fetches(staff: Staff) -> None:
    ask = """mutation { requestExport(input: {scope: ACCOUNT, right: PORTABILITY}) { __typename
        ... on ExportRequested { export { id status requestId tablesTotal } } } }"""
    confirm = (
        """mutation($password: String!) { confirmPassword(input: {password: $password}) { __typename } }"""
    )
    await staff.ask("CUSTOMER", confirm, password=WHO["password"])
    made = (await staff.ask("CUSTOMER", ask))["export"]
    assert (made["status"], made["tablesTotal"] > 40) == ("BUILDING", True)
    assert (await staff.ask("CUSTOMER", ask))["__typename"] == "DataExportRunning"
    await DueRunner(staff.postmeter.units, jobs.handlers(), duties.TIMERS).run_due()
    (seen,) = (await staff.ask("CUSTOMER", "{ dataExports { edges { node { id status downloads } } } }"))[
        "edges"
    ]
    assert seen["node"] == {"id": made["id"], "status": "READY", "downloads": 0}
    link = """mutation($id: ID!) { createExportLink(input: {exportId: $id}) { __typename
        ... on ExportLinkCreated { path } } }"""
    path = (await staff.ask("CUSTOMER", link, id=made["id"]))["path"]
    assert (await staff.ask("ADMIN", link, id=made["id"]))["__typename"] in (
        "StepUpRequired",
        "DataExportNotFound",
    )
    transport = httpx.ASGITransport(app=staff.postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        files = unpacked((await client.get(path)).content)
        assert (await client.get(path)).status_code == 410
    assert "json/accounts.json" in files
    told = "{ viewer { account { notices { edges { node { kind } } } } } }"
    kinds = await staff.ask("CUSTOMER", told)
    assert "DATA_EXPORT_READY" in str(kinds)
