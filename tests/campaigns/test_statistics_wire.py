"""Statistics through the assembled server: events in by both ways, pages, feeds and files out."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from python_calamine import CalamineWorkbook
from starlette.applications import Starlette

from server.app import Postmeter
from server.bench_data import Asked, lines
from server.campaigns.graph import exports, recording, statistics_types
from server.campaigns.http import events as event_http
from server.campaigns.reads import statistics as reads
from server.campaigns.rules.events import BounceClass, Device, EventKind
from server.campaigns.rules.exports import ExportFormat, ExportKind, ExportTerms
from server.campaigns.rules.intake import EventFault
from server.campaigns.rules.metrics import Dimension
from server.campaigns.rules.recording import RecordingTerms
from server.campaigns.rules.series import Step
from server.kit.clock import ManualClock
from server.kit.graph.context import Context
from server.kit.problems import overloaded
from server.kit.viewer import Credentials
from tests.campaigns.test_graph import ACCEPT, ADD, Shop
from tests.senders.test_graph import do
from tests.test_app import settings

COUNTS = """sent { total unique } dropped delivered { total unique } deferred segments
    bounces { total unique hard { total unique } soft { total unique } block { total unique }
        undetermined { total unique } }
    opens { total unique human humanUnique machine suspectBot }
    clicks { total unique human humanUnique machine suspectBot }
    unsubscribes { total unique } complaints { total unique }
    rates { delivery { numerator denominator value } clickToOpen { value } complaint { value } }"""
STATISTICS = (
    f"campaignId sequence firstEventAt lastEventAt creditsReserved creditsCaptured counts {{ {COUNTS} }}"
)
ONE = f"query($id: ID!) {{ campaignStatistics(id: $id) {{ {STATISTICS} }} }}"
LIST = f"""{{ viewer {{ account {{ campaigns {{ edges {{ node {{ statistics {{ {STATISTICS} }} }} }} }} }} }} }}"""
SERIES = f"""query($id: ID!, $zone: String!) {{ campaignSeries(id: $id, step: DAY, timeZone: $zone) {{
    startsAt endsAt counts {{ {COUNTS} }} }} }}"""
PARTS = f"""query($id: ID!, $by: StatisticsDimension!, $first: Int! = 20, $after: String) {{
    campaignBreakdown(id: $id, by: $by, first: $first, after: $after) {{
        edges {{ node {{ name events counts {{ {COUNTS} }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
COMPARED = f"""query($ids: [ID!]!, $hours: Int!) {{ compareCampaigns(ids: $ids, hours: $hours) {{
    campaignId startsAt hours {{ {COUNTS} }} }} }}"""
ACCOUNT = f"{{ accountStatistics {{ sequence counts {{ {COUNTS} }} }} }}"
WATCH = (
    f"subscription($id: ID!) {{ campaignStats(id: $id) {{ kind sequence statistics {{ {STATISTICS} }} }} }}"
)
WATCH_ALL = f"""subscription {{ accountActivity {{ kind sequence counts {{ {COUNTS} }}
    campaigns {{ {STATISTICS} }} }} }}"""
EXPORT = """query($kind: ExportKind!, $format: ExportFormat!, $id: ID) {
    exportLink(kind: $kind, format: $format, campaignId: $id) { path expiresAt } }"""
RECORD = do(
    "recordMessageEvents",
    "... on MessageEventsRecorded { accepted duplicates unknown outdated invalid { position fault } } "
    "... on EventsInvalid { limit }",
)
KEY = do("createApiKey", "... on ApiKeyCreated { secret }")
STREAM = "application/x-ndjson"


class Desk(Shop):
    """A customer with campaigns, whose engine reports events."""

    async def stream(self, content: Any, who: str = "shop", **headers: str) -> httpx.Response:
        sent = {"authorization": f"Bearer {self.tokens[who]}", "content-type": STREAM, **headers}
        return await self.client.post(event_http.PATH, content=content, headers=sent)

    async def key(self, name: str, *scopes: str) -> None:
        for policy in await self.data("{ keyPoliciesInForce { document version } }"):
            await self.data(ACCEPT, input=policy)
        made = await self.data(KEY, input={"name": name, "scopes": list(scopes)})
        self.tokens[name] = made["secret"]

    async def counted(self, events: int = 300) -> str:
        """A campaign of which so many lines were reported."""
        campaign_id = await self.create()
        answer = await self.stream(b"".join(self.lines(campaign_id, events)))
        assert answer.status_code == 200, answer.text
        return campaign_id

    def lines(self, campaign_id: str, events: int, seed: int = 1) -> Iterator[bytes]:
        return lines(Asked(campaign_id, events, seed, self.postmeter.house.clock.now()))

    async def add(self, campaign_id: str, *recipients: str) -> None:
        await self.data(ADD, input={"campaignId": campaign_id, "recipients": list(recipients)})


@pytest.fixture
async def desk(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Desk]:
    public = {"public_url": "https://mail.example.com"}
    postmeter = Postmeter(settings(tmp_path, database_url, **public), clock=clock)
    transport = httpx.ASGITransport(app=postmeter.asgi)
    async with (
        postmeter.storage(),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
    ):
        desk = Desk(postmeter, client)
        await desk.customer("shop", country="CH")
        yield desk


def test_the_apis_enums_name_what_the_rules_know() -> None:
    pairs: tuple[tuple[Any, Any], ...] = (
        (recording.KindEnum, EventKind),
        (recording.BounceEnum, BounceClass),
        (recording.DeviceEnum, Device),
        (recording.FaultEnum, EventFault),
        (statistics_types.StepEnum, Step),
        (exports.ExportKindEnum, ExportKind),
        (exports.ExportFormatEnum, ExportFormat),
    )
    for shown, known in pairs:
        assert [member.name for member in shown] == [member.name for member in known]
    assert {member.name for member in statistics_types.DimensionEnum} == {
        dimension.name for dimension in Dimension if dimension is not Dimension.ALL
    }


async def test_list_detail_series_parts_and_account_agree(desk: Desk) -> None:
    campaign_id = await desk.counted()
    detail = await desk.data(ONE, id=campaign_id)
    counts = detail["counts"]
    assert int(counts["sent"]["total"]) > 50
    assert counts["opens"]["total"] == str(
        sum(int(counts["opens"][each]) for each in ("human", "machine", "suspectBot"))
    )
    listed = (await desk.data(LIST))["account"]["campaigns"]["edges"]
    assert [edge["node"]["statistics"] for edge in listed] == [detail]
    assert (await desk.data(ACCOUNT))["counts"] == counts
    points = await desk.data(SERIES, id=campaign_id, zone="Asia/Kathmandu")
    for kind in ("sent", "delivered", "opens", "clicks"):
        assert sum(int(point["counts"][kind]["unique"]) for point in points) == int(counts[kind]["unique"])
    parts = await desk.data(PARTS, id=campaign_id, by="DOMAIN", first=30)
    more = await desk.data(PARTS, id=campaign_id, by="DOMAIN", first=30, after=parts["pageInfo"]["endCursor"])
    nodes = [edge["node"] for edge in (*parts["edges"], *more["edges"])]
    assert len({node["name"] for node in nodes}) == len(nodes)
    assert sum(int(node["counts"]["sent"]["total"]) for node in nodes) == int(counts["sent"]["total"])
    links = [edge["node"] for edge in (await desk.data(PARTS, id=campaign_id, by="LINK"))["edges"]]
    assert sum(int(link["counts"]["clicks"]["total"]) for link in links) == int(counts["clicks"]["total"])
    [compared] = await desk.data(COMPARED, ids=[campaign_id, "cmp_none"], hours=96)
    assert sum(int(hour["sent"]["total"]) for hour in compared["hours"]) == int(counts["sent"]["total"])


async def test_statistics_are_their_owners(desk: Desk) -> None:
    campaign_id = await desk.counted(30)
    await desk.customer("other")
    assert await desk.data(ONE, "other", id=campaign_id) is None
    assert await desk.data(SERIES, "other", id=campaign_id, zone="UTC") == []
    assert await desk.data(COMPARED, "other", ids=[campaign_id], hours=1) == []
    link = await desk.data(EXPORT, "other", kind="SERIES", format="CSV", id=campaign_id)
    assert link is None
    foreign = await desk.stream(b"".join(desk.lines(campaign_id, 10, seed=2)), "other")
    assert foreign.json()["unknown"] == 10
    assert await desk.codes(SERIES, id=campaign_id, zone="Mars/Olympus") == ["BAD_USER_INPUT"]
    assert await desk.codes(COMPARED, ids=[], hours=1) == ["BAD_USER_INPUT"]


async def test_events_by_mutation_are_counted_once_and_the_invalid_ones_named(desk: Desk) -> None:
    campaign_id = await desk.create()
    event = {
        "key": "one",
        "campaignId": campaign_id,
        "recipient": "reader@example.com",
        "kind": "CLICKED",
        "at": "2026-03-02T08:00:00Z",
        "link": "https://www.example.com/",
    }
    faulty = {**event, "key": "two", "recipient": "nobody"}
    foreign = {**event, "key": "three", "campaignId": "cmp_01jnzz3qv5e4t8qz7m6f0x9k2a"}
    said = await desk.data(RECORD, input={"events": [event, event, faulty, foreign]})
    assert said == {
        "__typename": "MessageEventsRecorded",
        "accepted": 1,
        "duplicates": 1,
        "unknown": 1,
        "outdated": 0,
        "invalid": [{"position": 2, "fault": "RECIPIENT_INVALID"}],
    }
    assert (await desk.data(RECORD, input={"events": []}))["limit"] == 1_000
    again = orjson.dumps(event)  # the stream's keys and the mutation's are the same
    assert (await desk.stream(again)).json()["duplicates"] == 1


async def test_a_stream_names_its_invalid_lines_and_can_be_sent_again(desk: Desk) -> None:
    campaign_id = await desk.create()
    good = list(desk.lines(campaign_id, 60))
    long = b'{"key": "' + b"a" * 9_000 + b'"}\n'
    content = [*good[:20], b"\n", b"no JSON\n", long, b"[]\n", *good[20:-1], good[-1].rstrip(b"\n")]
    first = await desk.stream(_in_pieces(b"".join(content), 777))
    said = first.json()
    assert (first.status_code, said["lines"], said["invalid"]) == (200, 64, 3)
    assert said["errors"] == [
        {"line": 22, "code": "NOT_JSON"},
        {"line": 23, "code": "TOO_LONG"},
        {"line": 24, "code": "NOT_JSON"},
    ]
    assert said["accepted"] + said["duplicates"] == 60
    before = await desk.data(ONE, id=campaign_id)
    again = (await desk.stream(b"".join(content))).json()
    assert (again["accepted"], again["duplicates"]) == (0, 60)
    assert (await desk.data(ONE, id=campaign_id))["counts"] == before["counts"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_who_may_stream_what(desk: Desk) -> None:
    campaign_id = await desk.create()
    content = b"".join(desk.lines(campaign_id, 5))
    await desk.key("engine", "EVENTS_WRITE")
    await desk.key("reader", "CAMPAIGNS_READ")
    desk.tokens["nobody"] = "none"
    assert (await desk.stream(content, "nobody")).status_code == 401
    assert (await desk.stream(content, "reader")).status_code == 403
    wrong = {"content-type": "application/json"}
    assert (await desk.stream(content, "engine", **wrong)).status_code == 415
    assert (await desk.stream(content, "engine", **{"content-encoding": "gzip"})).status_code == 415
    assert (await desk.stream(content, "engine")).json()["accepted"] > 0
    assert await desk.codes(ONE, "engine", id=campaign_id) == ["FORBIDDEN"]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_stream_has_limits_and_says_when_to_come_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = await desk.create()
    small = replace(RecordingTerms(), events_a_batch=10, stream_bytes_max=6_000, streams_at_once_max=1)
    desk.postmeter.house.terms.add(small)
    app = httpx.ASGITransport(app=_only_events(desk))
    async with httpx.AsyncClient(transport=app, base_url="http://127.0.0.1") as client:
        desk.client = client
        whole = b"".join(desk.lines(campaign_id, 200))
        large = await desk.stream(_in_pieces(whole, 1_000))
        assert (large.status_code, large.json()["code"]) == (413, "STREAM_TOO_LARGE")
        assert large.json()["accepted"] > 0
        assert large.json()["lines"] % 10 == 0

        silent = asyncio.Event()

        async def stall() -> AsyncIterator[bytes]:
            yield whole[:100]
            await silent.wait()

        desk.postmeter.house.terms.add(replace(small, stream_stall_seconds_max=0.01))
        app.app = _only_events(desk)
        stalled = await desk.stream(stall())
        assert (stalled.status_code, stalled.json()["code"]) == (408, "TOO_SLOW")
        desk.postmeter.house.terms.add(small)
        app.app = _only_events(desk)

        release = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield whole[:100]
            await release.wait()

        waiting = asyncio.ensure_future(desk.stream(slow()))
        await asyncio.sleep(0)  # both are tasks of this loop
        while True:
            busy = await desk.stream(b"")
            if busy.status_code == 503:
                break
        assert busy.headers["retry-after"] == "5"
        release.set()
        await waiting

        async def refuse(*_: object) -> None:
            raise overloaded("writes waiting", 1)

        monkeypatch.setattr(desk.postmeter.house.database, "write", refuse)
        pressed = await desk.stream(whole[:5_000])
        assert (pressed.status_code, pressed.json()["code"], pressed.json()["lines"]) == (
            503,
            "OVERLOADED",
            0,
        )
        assert pressed.headers["retry-after"] == "5"


async def test_what_is_pushed_equals_a_fresh_query(desk: Desk) -> None:
    campaign_id, other = await desk.counted(40), await desk.counted(20)
    engine, units = desk.postmeter.engine, desk.postmeter.units
    viewer = await desk.postmeter.authenticator.authenticate(Credentials(bearer=desk.tokens["shop"]))
    assert viewer is not None
    context = Context(units=units, services=desk.postmeter.services, viewer=viewer)
    for query, variables in ((WATCH, {"id": campaign_id}), (WATCH_ALL, {})):
        prepared = engine.prepare(query, None, variables)
        feed = engine.feed(prepared, context)
        start = await units.read(feed.head)
        assert await units.read(lambda read, feed=feed, start=start: feed.latest(read, start)) is None
        more = await desk.stream(b"".join(desk.lines(campaign_id, 30, seed=start + 7)))
        assert more.json()["accepted"] > 0

        def pushed(read: Any, feed: Any = feed, start: int = start, prepared: Any = prepared) -> Any:
            event = feed.latest(read, start)
            with context.reading(read):
                return orjson.loads(engine.render(prepared, event.value, context, read).encode())["data"]

        [update] = (await units.read(pushed)).values()
        assert (update["kind"], int(update["sequence"])) == ("CHANGE", start + 1)
        if query is WATCH:
            assert update["statistics"] == await desk.data(ONE, id=campaign_id)
        else:
            assert update["counts"] == (await desk.data(ACCOUNT))["counts"]
            listed = [await desk.data(ONE, id=each) for each in (other, campaign_id)]
            assert update["campaigns"] == listed


@pytest.mark.rule("M012")
async def test_customers_take_copies_of_everything_in_both_forms(desk: Desk, clock: ManualClock) -> None:
    campaign_id = await desk.create(name="=SUM(A1)")
    await desk.declare(campaign_id)
    await desk.add(campaign_id, "reader0@isp0.example.com", "reader1@isp1.example.com")
    await desk.stream(b"".join(desk.lines(campaign_id, 60)))
    desk.postmeter.house.terms.add(replace(ExportTerms(), rows_a_read=1))  # many reads
    for kind in ExportKind:
        of = None if kind in (ExportKind.STATISTICS, ExportKind.MESSAGES) else campaign_id
        tables = {}
        for form in ExportFormat:
            link = await desk.data(EXPORT, kind=kind.value, format=form.name, id=of)
            answer = await desk.client.get(link["path"])
            assert answer.status_code == 200
            tables[form] = _cells(answer.content, form)
        assert len(tables[ExportFormat.CSV]) > 1
        one, two = ([[_meant(cell) for cell in row] for row in tables[form]] for form in ExportFormat)
        assert one == two
        if kind is ExportKind.MESSAGES:
            assert tables[ExportFormat.CSV][1][1] == "'=SUM(A1)"
            assert tables[ExportFormat.XLSX][1][1] == "=SUM(A1)"
        if kind is ExportKind.RECIPIENTS:
            addresses = {row[0] for row in tables[ExportFormat.CSV][1:]}
            assert addresses == {"reader0@isp0.example.com", "reader1@isp1.example.com"}
    assert await desk.codes(EXPORT, kind="SERIES", format="CSV") == ["BAD_USER_INPUT"]
    await _links_end(desk, clock)


async def _links_end(desk: Desk, clock: ManualClock) -> None:
    link = await desk.data(EXPORT, kind="MESSAGES", format="CSV")
    expires = datetime.fromisoformat(link["expiresAt"])
    assert expires == clock.now() + timedelta(minutes=15)
    forged = link["path"].replace("messages", "statistics")
    assert (await desk.client.get(forged)).status_code == 404
    assert (await desk.client.get("/exports/none.csv")).status_code == 404
    for at, status in (
        (expires - timedelta(seconds=1), 200),
        (expires, 410),
        (expires + timedelta(seconds=1), 410),
    ):
        clock.set(at)
        assert (await desk.client.get(link["path"])).status_code == status


async def test_a_click_on_the_unsubscribe_link_is_counted(desk: Desk) -> None:
    campaign_id = await desk.create()
    link = await desk.data(
        """query($id: ID!) { campaign(id: $id) { unsubscribeLink(recipient: "reader@example.com") { url } } }""",
        id=campaign_id,
    )
    path = link["unsubscribeLink"]["url"].partition("//")[2].partition("/")[2]
    for _ in range(2):
        form = {"List-Unsubscribe": "One-Click"}
        assert (await desk.client.post(f"/{path}", data=form)).status_code == 200
    counts = (await desk.data(ONE, id=campaign_id))["counts"]
    assert counts["unsubscribes"] == {"total": "1", "unique": "1"}
    whole = await desk.postmeter.units.read(lambda read: reads.whole(read, campaign_id))
    assert whole.first_at == desk.postmeter.house.clock.now()


def test_the_made_events_depend_on_the_seed_and_come_out_of_order() -> None:
    until = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    given = [list(lines(Asked("cmp_1", 3_000, seed, until))) for seed in (1, 1, 2)]
    assert given[0] == given[1] != given[2]
    events = [orjson.loads(line) for line in given[0]]
    keys = [event["key"] for event in events]
    assert len(keys) == 3_000
    assert 0.03 < 1 - len(set(keys)) / len(keys) < 0.07
    instants = [event["at"] for event in events]
    assert instants != sorted(instants)
    assert max(instants) <= until.isoformat()


async def _in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


def _only_events(desk: Desk) -> Any:
    units, authenticator = desk.postmeter.units, desk.postmeter.authenticator
    return Starlette(routes=event_http.routes(units, authenticator.authenticate))


def _cells(content: bytes, form: ExportFormat) -> list[list[Any]]:
    if form is ExportFormat.CSV:
        return list(csv.reader(io.StringIO(content.decode(), newline="")))
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def _meant(cell: Any) -> Any:
    """What a cell of either form stands for."""
    if isinstance(cell, float):
        return cell
    return float(cell) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", cell) else cell.removeprefix("'")
