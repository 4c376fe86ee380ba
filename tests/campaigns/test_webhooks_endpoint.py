"""The endpoint with a real database behind it: what is taken, once, and what changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from structlog.testing import capture_logs

from server.campaigns.actions.campaigns import create_campaign
from server.campaigns.actions.connections import (
    Opened,
    create_connection,
    revoke_connection,
    revoke_connections,
    rotate_secret,
)
from server.campaigns.http.webhooks import EventWebhooks
from server.campaigns.model import StatisticScope, StatisticTotal
from server.campaigns.model.connections import EventConnection, WebhookToken
from server.campaigns.reads.connections import ConnectionRow, connection
from server.campaigns.rules.connections import (
    EventConnectionLimitReached,
    EventConnectionNotFound,
    EventProvider,
    WebhookTerms,
)
from server.campaigns.rules.messages import EmailMessage
from server.kit.clock import ManualClock
from server.kit.db import Base
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Units
from tests.campaigns.conftest import Studio
from tests.campaigns.webhooks import (
    CAMPAIGN,
    SIGNING_KEY,
    TOPIC,
    Amazon,
    Payload,
    SendGrid,
    basic,
    events_of,
    mailgun_body,
)

SHOP, OTHER = "acc_shop", "acc_other"
SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
Delivery = tuple[bytes, dict[str, str]]


@dataclass
class Desk:
    """Providers who deliver to the endpoint about a campaign of the shop."""

    house: House
    units: Units
    clock: ManualClock
    campaign_id: str = ""
    sendgrid: SendGrid = field(default_factory=SendGrid)
    passwords: dict[str, str] = field(default_factory=dict)
    amazon: Amazon = field(init=False)
    app: Starlette = field(init=False)

    def __post_init__(self) -> None:
        self.amazon = Amazon(self.clock.now())
        self.restart()

    def restart(self) -> None:
        """A new process, with nothing in memory."""
        self.app = Starlette(routes=[EventWebhooks(self.units, self.amazon).route])

    def terms(self, **changes: Any) -> None:
        self.house.terms.add(replace(self.house.terms.get(WebhookTerms), **changes))
        self.restart()

    async def begin(self, account_id: str = SHOP) -> str:
        message = EmailMessage(subject="News", text="Our news of March")
        row = await self.units.run(
            Call("test"), lambda work: create_campaign(work, account_id, "March", message)
        )
        return row.id

    async def connect(self, provider: EventProvider, account_id: str | None = SHOP) -> str:
        given = {
            EventProvider.SENDGRID: self.sendgrid.public_key,
            EventProvider.MAILGUN: SIGNING_KEY,
            EventProvider.SES: TOPIC,
            EventProvider.POSTMARK: None,
        }[provider]
        opened = await self.act(lambda work: create_connection(work, account_id, provider, given))
        self.passwords[opened.row.id] = opened.password or ""
        return opened.row.id

    async def act(self, action: Any) -> Opened:
        opened: Opened = await self.units.run(Call("test", Viewer(SHOP, "ses_1")), action)
        return opened

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1")

    async def post(
        self, provider: EventProvider, connection_id: str, body: Any, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        path = f"/webhooks/{provider.value.lower()}/{connection_id}"
        async with self.client() as client:
            return await client.post(path, content=body, headers=headers)

    def delivery(self, provider: EventProvider, connection_id: str, event: Payload) -> Delivery:
        """One event as the provider delivers it now."""
        now = self.clock.now()
        self.amazon.now = now
        if provider is EventProvider.SENDGRID:
            body = orjson.dumps([event])
            return body, self.sendgrid.headers(body, now)
        if provider is EventProvider.MAILGUN:
            return mailgun_body(event, now), {}
        if provider is EventProvider.POSTMARK:
            return orjson.dumps(event), basic("postmeter", self.passwords[connection_id])
        return self.amazon.notification(event), {"content-type": "text/plain; charset=UTF-8"}

    def event(self, provider: EventProvider, name: str, campaign_id: str = "") -> Payload:
        """A documented event that happens now, about the shop's campaign."""
        text = orjson.dumps(events_of(provider.value.lower())[name])
        event: Payload = orjson.loads(
            text.replace(CAMPAIGN.encode(), (campaign_id or self.campaign_id).encode())
        )
        now = self.clock.now()
        for part in (event, *(value for value in event.values() if isinstance(value, dict))):
            for field_name in ("timestamp", "BouncedAt", "DeliveredAt", "ReceivedAt", "ChangedAt"):
                if isinstance(part.get(field_name), str):
                    part[field_name] = now.isoformat()
                elif field_name in part:
                    part[field_name] = int(now.timestamp())
        return event

    async def deliver(self, provider: EventProvider, connection_id: str, event: Payload) -> httpx.Response:
        return await self.post(provider, connection_id, *self.delivery(provider, connection_id, event))

    async def row(self, connection_id: str) -> ConnectionRow:
        row = await self.units.read(lambda read: connection(read, connection_id))
        assert row is not None
        return row

    async def counted(self, campaign_id: str = "") -> dict[str, int]:
        """What is counted of the campaign, but what is zero."""
        query = (
            select(StatisticTotal.__table__)
            .join(StatisticScope, StatisticScope.number == StatisticTotal.scope)
            .where(
                StatisticScope.subject_id == (campaign_id or self.campaign_id),
                StatisticTotal.dimension == 0,
            )
        )
        row = await self.units.read(lambda read: read.first(query))
        kept = {} if row is None else row._asdict()
        return {name: kept[name] for name in kept if kept[name] and name not in ("scope", "weight")}

    async def everything(self) -> dict[str, list[str]]:
        """Every row of every table, but for the failures that connections show their owners."""
        hidden = {"last_failure_at", "last_failure_code"}

        def look(read: Any) -> dict[str, list[str]]:
            found = {}
            for table in Base.metadata.sorted_tables:
                columns = [column for column in table.c if column.name not in hidden]
                found[table.name] = sorted(map(repr, read.rows(select(*columns))))
            return found

        return await self.units.read(look)


@pytest.fixture
async def desk(house: House, units: Units, clock: ManualClock) -> Desk:
    desk = Desk(house, units, clock)
    desk.campaign_id = await desk.begin()
    return desk


EXAMPLES = {
    EventProvider.SENDGRID: ("delivered", "open", "click", "bounce", "unsubscribe", "spamreport"),
    EventProvider.MAILGUN: (
        "delivered",
        "opened",
        "clicked",
        "failed_permanent",
        "unsubscribed",
        "complained",
    ),
    EventProvider.POSTMARK: ("delivery", "open", "click", "bounce", "unsubscribe", "spam_complaint"),
    EventProvider.SES: ("delivery", "open", "click", "bounce", "subscription", "complaint"),
}
PROVIDERS = tuple(EventProvider)


async def test_what_the_providers_report_is_counted_once(desk: Desk) -> None:
    for provider in PROVIDERS:
        desk.campaign_id = await desk.begin()
        await _reported_and_counted_once(desk, provider)


async def _reported_and_counted_once(desk: Desk, provider: EventProvider) -> None:
    connection_id = await desk.connect(provider)
    deliveries = []
    for number, name in enumerate(EXAMPLES[provider]):
        event = desk.event(provider, name)
        body, headers = desk.delivery(provider, connection_id, event)
        if provider is EventProvider.MAILGUN:
            body = mailgun_body(event, desk.clock.now(), token=f"{number:050}")
        if provider is EventProvider.SES:
            body = desk.amazon.notification(event, "2", MessageId=f"19ba9823-d7f2-53c1-860e-{number:012}")
        deliveries.append((body, headers))
    for body, headers in deliveries:
        answer = await desk.post(provider, connection_id, body, headers)
        assert (answer.status_code, answer.json()) == (200, {"received": True})
    counted = await desk.counted()
    expected = {"delivered", "opened", "clicked", "bounced_hard", "unsubscribed", "complained"}
    assert {name: counted.get(name) for name in expected} == dict.fromkeys(expected, 1)
    # Postmark's are told by the delivery and by the bounce.
    assert counted.get("accepted", 0) == (2 if provider is EventProvider.POSTMARK else 0)
    row = await desk.row(connection_id)
    assert (row.state, row.events_unknown, row.last_failure_code) == ("ACTIVE", 0, None)
    assert row.last_event_at == desk.clock.now()
    for body, headers in deliveries:  # each of them comes again, after a restart
        desk.restart()
        assert (await desk.post(provider, connection_id, body, headers)).status_code == 200
    assert await desk.counted() == counted


async def test_many_deliveries_of_one_event_at_once(desk: Desk) -> None:
    for provider in PROVIDERS:
        desk.campaign_id = await desk.begin()
        connection_id = await desk.connect(provider)
        event = desk.event(provider, EXAMPLES[provider][0])
        body, headers = desk.delivery(provider, connection_id, event)
        answers = await asyncio.gather(*(desk.post(provider, connection_id, body, headers) for _ in range(4)))
        assert [answer.status_code for answer in answers] == [200] * 4
        assert (await desk.counted())["delivered"] == 1


def _forged(desk: Desk, provider: EventProvider, connection_id: str) -> list[Delivery]:
    event = desk.event(provider, EXAMPLES[provider][0])
    body, headers = desk.delivery(provider, connection_id, event)
    if provider is EventProvider.SENDGRID:
        return [
            (body, {}),
            (body + b" ", headers),
            (body, SendGrid().headers(body, desk.clock.now())),
            (body, desk.sendgrid.headers(body, desk.clock.now() - timedelta(hours=26))),
        ]
    if provider is EventProvider.MAILGUN:
        return [
            (mailgun_body(event, desk.clock.now(), key="x" * 32), {}),
            (orjson.dumps({"event-data": event}), {}),
        ]
    if provider is EventProvider.POSTMARK:
        return [
            (body, {}),
            (body, basic("postmeter", "guess")),
            (body, basic("other", desk.passwords[connection_id])),
        ]
    stranger = desk.amazon.signed(desk.amazon.envelope(event=event), key=desk.amazon.stranger)
    return [
        (stranger, {}),
        (body.replace(b"example.com", b"example.net"), {}),
        (desk.amazon.notification(event, TopicArn=TOPIC + "2"), {}),
        (desk.amazon.notification(event, SigningCertURL="https://example.com/x.pem"), {}),
    ]


async def test_a_wrong_signature_changes_nothing_and_tells_nothing(desk: Desk) -> None:
    for provider in PROVIDERS:
        connection_id = await desk.connect(provider)
        before = await desk.everything()
        with capture_logs() as logs:
            for body, headers in _forged(desk, provider, connection_id):
                answer = await desk.post(provider, connection_id, body, headers)
                assert answer.status_code == (401 if provider is EventProvider.POSTMARK else 403)
                assert answer.content == b""
        assert await desk.everything() == before
        assert (await desk.row(connection_id)).last_failure_code == "SIGNATURE_INVALID"
        assert "@" not in repr(logs)
        assert "example" not in repr(logs)


@SQLITE
async def test_a_flood_of_forgeries_is_no_flood_of_writes(desk: Desk) -> None:
    connection_id = await desk.connect(EventProvider.SENDGRID)
    noted = []
    for seconds in (0, 59, 60):
        desk.clock.advance(timedelta(seconds=seconds - (noted and 59 if seconds == 60 else 0)))
        assert (await desk.post(EventProvider.SENDGRID, connection_id, b"[]")).status_code == 403
        noted.append((await desk.row(connection_id)).last_failure_at)
    assert noted[0] == noted[1]
    assert noted[2] == desk.clock.now()
    assert noted[2] != noted[0]


@pytest.mark.parametrize("provider", PROVIDERS)
@SQLITE
async def test_a_truncated_delivery_changes_nothing(desk: Desk, provider: EventProvider) -> None:
    """Signed as it was cut, where the signature covers it."""
    connection_id = await desk.connect(provider)
    before = await desk.everything()
    body, headers = desk.delivery(provider, connection_id, desk.event(provider, EXAMPLES[provider][0]))
    cut = body[: len(body) // 2]
    if provider is EventProvider.SENDGRID:
        headers = desk.sendgrid.headers(cut, desk.clock.now())
    expected = {EventProvider.MAILGUN: 406, EventProvider.POSTMARK: 403}.get(provider, 400)
    answer = await desk.post(provider, connection_id, cut, headers)
    assert (answer.status_code, answer.content) == (expected, b"")
    assert await desk.everything() == before
    assert (await desk.row(connection_id)).last_failure_code == "PAYLOAD_MALFORMED"


@pytest.mark.parametrize("provider", PROVIDERS)
@SQLITE
async def test_a_body_has_a_limit(desk: Desk, provider: EventProvider) -> None:
    connection_id = await desk.connect(provider)
    before = await desk.everything()
    body, headers = desk.delivery(provider, connection_id, desk.event(provider, EXAMPLES[provider][0]))
    limit = desk.house.terms.get(WebhookTerms).body_bytes_max
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield body
        for _ in range(1000):
            read += 65_536
            yield b" " * 65_536

    answer = await desk.post(provider, connection_id, endless(), headers)
    assert answer.status_code == 413
    assert await desk.everything() == before
    assert (await desk.row(connection_id)).last_failure_code == "PAYLOAD_TOO_LARGE"
    desk.terms(body_bytes_max=len(body))
    assert (await desk.post(provider, connection_id, body, headers)).status_code == 200
    desk.terms(body_bytes_max=len(body) - 1)
    assert (await desk.post(provider, connection_id, body, headers)).status_code == 413
    assert limit == 2 * 1024 * 1024


@SQLITE
async def test_a_delivery_has_so_many_events(desk: Desk) -> None:
    connection_id = await desk.connect(EventProvider.SENDGRID)
    event = desk.event(EventProvider.SENDGRID, "open")
    body = orjson.dumps([event | {"sg_event_id": f"id{number}"} for number in range(4)])
    headers = desk.sendgrid.headers(body, desk.clock.now())
    desk.terms(events_per_delivery_max=3)
    assert (await desk.post(EventProvider.SENDGRID, connection_id, body, headers)).status_code == 413
    assert await desk.counted() == {}
    desk.terms(events_per_delivery_max=4)
    assert (await desk.post(EventProvider.SENDGRID, connection_id, body, headers)).status_code == 200
    assert (await desk.counted())["opened"] == 4


async def test_mailguns_token_is_good_for_one_body(desk: Desk) -> None:
    """The signature does not cover the event: whoever has seen one delivery could put another event behind it."""
    connection_id = await desk.connect(EventProvider.MAILGUN)
    assert (
        await desk.deliver(EventProvider.MAILGUN, connection_id, desk.event(EventProvider.MAILGUN, "opened"))
    ).status_code == 200
    before = await desk.everything()
    forged, _ = desk.delivery(
        EventProvider.MAILGUN, connection_id, desk.event(EventProvider.MAILGUN, "complained")
    )
    for _ in range(2):
        desk.restart()
        answer = await desk.post(EventProvider.MAILGUN, connection_id, forged)
        assert (answer.status_code, answer.content) == (406, b"")
    assert await desk.everything() == before
    assert (await desk.row(connection_id)).last_failure_code == "REPLAYED"
    age_max = desk.house.terms.get(WebhookTerms).mailgun_age_max
    with capture_logs() as logs:
        for wait in (age_max - timedelta(seconds=1), timedelta(seconds=1), timedelta(seconds=1)):
            desk.clock.advance(wait)
            assert (await desk.post(EventProvider.MAILGUN, connection_id, forged)).status_code == 406
    assert [entry["fault"] for entry in logs] == ["REPLAYED", "REPLAYED", "STALE"]
    later = mailgun_body(desk.event(EventProvider.MAILGUN, "clicked"), desk.clock.now(), token="b" * 50)
    assert (await desk.post(EventProvider.MAILGUN, connection_id, later)).status_code == 200
    tokens = await desk.units.read(lambda read: read.rows(select(WebhookToken.token_hash)))
    assert len(tokens) == 1  # the stale one is gone


async def test_whose_campaigns_a_connection_reports_of(desk: Desk) -> None:
    theirs = await desk.begin(OTHER)
    own = await desk.connect(EventProvider.SENDGRID)
    operators = await desk.connect(EventProvider.SENDGRID, None)
    for connection_id in (own, operators):
        for campaign_id in (desk.campaign_id, theirs, "cmp_unknown", "x"):
            event = desk.event(EventProvider.SENDGRID, "open", campaign_id)
            event["sg_event_id"] = f"{connection_id[-6:]}-{campaign_id[-6:]}"
            assert (await desk.deliver(EventProvider.SENDGRID, connection_id, event)).status_code == 200
    assert ((await desk.counted())["opened"], (await desk.counted(theirs))["opened"]) == (2, 1)
    rows = [await desk.row(own), await desk.row(operators)]
    assert [(row.events_known, row.events_unknown) for row in rows] == [(1, 3), (2, 2)]


@SQLITE
async def test_only_the_operators_connection_decides_a_bill(desk: Desk, studio: Studio) -> None:
    await studio.give("EMAIL", 5)
    desk.campaign_id = (await studio.launched(recipients=2)).id
    own, operators = await desk.connect(EventProvider.SES), await desk.connect(EventProvider.SES, None)
    posted, held = await studio.balance()
    for connection_id, paid in ((own, 0), (operators, 1), (operators, 1)):
        sent = desk.event(EventProvider.SES, "send")
        assert (await desk.deliver(EventProvider.SES, connection_id, sent)).status_code == 200
        assert await studio.balance() == (posted - paid, held - paid)


@SQLITE
async def test_an_account_cannot_use_up_the_operators_events(desk: Desk) -> None:
    own = await desk.connect(EventProvider.SENDGRID)
    operators = await desk.connect(EventProvider.SENDGRID, None)
    event = desk.event(EventProvider.SENDGRID, "processed")
    for connection_id in (own, operators, own, operators):
        assert (await desk.deliver(EventProvider.SENDGRID, connection_id, event)).status_code == 200
    counted = await desk.counted()
    assert (counted["accepted"], counted["accepted_unique"]) == (2, 1)


@SQLITE
async def test_the_only_answer_elsewhere_is_404(desk: Desk) -> None:
    connection_id = await desk.connect(EventProvider.SENDGRID)
    event = desk.event(EventProvider.SENDGRID, "open")
    body, headers = desk.delivery(EventProvider.SENDGRID, connection_id, event)
    paths = (
        f"/webhooks/mailgun/{connection_id}",
        f"/webhooks/SENDGRID/{connection_id}",
        f"/webhooks/other/{connection_id}",
        "/webhooks/sendgrid/con_01kjqz0000e00800000000000",
        "/webhooks/sendgrid/x",
        "/webhooks/sendgrid/%00",
    )
    async with desk.client() as client:
        for path in paths:
            answer = await client.post(path, content=body, headers=headers)
            assert (answer.status_code, answer.content) == (404, b""), path
        assert (await client.get(f"/webhooks/sendgrid/{connection_id}")).status_code == 405
    await desk.act(lambda work: revoke_connection(work, SHOP, connection_id))
    assert (await desk.post(EventProvider.SENDGRID, connection_id, body, headers)).status_code == 404
    assert await desk.counted() == {}


@SQLITE
async def test_under_pressure_a_provider_is_asked_to_come_again(desk: Desk) -> None:
    desk.terms(at_once_per_connection_max=2, at_once_max=3)
    first = await desk.connect(EventProvider.SENDGRID)
    second = await desk.connect(EventProvider.SENDGRID)
    go, waiting = asyncio.Event(), asyncio.Semaphore(0)
    body, headers = desk.delivery(EventProvider.SENDGRID, first, desk.event(EventProvider.SENDGRID, "open"))

    async def slow() -> AsyncIterator[bytes]:
        waiting.release()
        await go.wait()
        yield body

    running = [
        asyncio.ensure_future(desk.post(EventProvider.SENDGRID, first, slow(), headers)) for _ in range(2)
    ]
    for _ in running:
        await waiting.acquire()
    answer = await desk.post(EventProvider.SENDGRID, first, body, headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    running.append(asyncio.ensure_future(desk.post(EventProvider.SENDGRID, second, slow(), headers)))
    await waiting.acquire()
    assert (await desk.post(EventProvider.SENDGRID, second, body, headers)).status_code == 503
    go.set()
    assert [answer.status_code for answer in await asyncio.gather(*running)] == [200] * 3
    assert (await desk.post(EventProvider.SENDGRID, first, body, headers)).status_code == 200


@SQLITE
async def test_a_body_that_does_not_come_is_not_waited_for(desk: Desk) -> None:
    desk.terms(body_seconds_max=0.01)
    connection_id = await desk.connect(EventProvider.SENDGRID)

    async def stuck() -> AsyncIterator[bytes]:
        yield b"["
        await asyncio.Event().wait()

    assert (await desk.post(EventProvider.SENDGRID, connection_id, stuck())).status_code == 408


@pytest.mark.parametrize("provider", PROVIDERS)
@SQLITE
async def test_without_the_database_a_provider_is_asked_to_come_again(
    desk: Desk, provider: EventProvider
) -> None:
    connection_id = await desk.connect(provider)
    body, headers = desk.delivery(provider, connection_id, desk.event(provider, EXAMPLES[provider][0]))
    await desk.house.database.close()
    answer = await desk.post(provider, connection_id, body, headers)
    assert (answer.status_code, answer.headers["retry-after"], answer.content) == (503, "30", b"")
    await desk.house.database.start()
    assert (await desk.post(provider, connection_id, body, headers)).status_code == 200
    assert (await desk.counted())["delivered"] == 1


HEADLESS = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 10_3_3 like Mac OS X) AppleWebKit/603.3.8 Mobile/14G60"


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    ("agent", "seconds", "suspected"),
    [(HEADLESS, 4, 1), (HEADLESS, 5, 1), (HEADLESS, 6, 0), (PHONE, 0, 0), ("curl/8.5", 60, 1)],
)
@SQLITE
async def test_who_clicks_faster_than_anybody_reads_is_suspected(
    desk: Desk, together: bool, agent: str, seconds: int, suspected: int
) -> None:
    connection_id = await desk.connect(EventProvider.SENDGRID)
    delivered = desk.event(EventProvider.SENDGRID, "delivered")
    click = desk.event(EventProvider.SENDGRID, "click") | {"useragent": agent}
    click["timestamp"] = delivered["timestamp"] + seconds
    desk.clock.advance(timedelta(minutes=2))
    for events in [[click, delivered]] if together else [[delivered], [click]]:
        body = orjson.dumps(events)
        headers = desk.sendgrid.headers(body, desk.clock.now())
        assert (await desk.post(EventProvider.SENDGRID, connection_id, body, headers)).status_code == 200
    counted = await desk.counted()
    assert (counted["clicked"], counted.get("clicked_bot", 0)) == (1, suspected)


async def test_amazons_subscription_is_confirmed_and_ended(desk: Desk) -> None:
    connection_id = await desk.connect(EventProvider.SES)
    assert (await desk.row(connection_id)).state == "PENDING"
    confirmation = desk.amazon.signed(desk.amazon.envelope("confirmation"), "2")
    link = orjson.loads(confirmation)["SubscribeURL"]
    for _ in range(2):
        assert (await desk.post(EventProvider.SES, connection_id, confirmation)).status_code == 200
        assert (await desk.row(connection_id)).state == "ACTIVE"
    assert desk.amazon.visited.count(link) == 2
    ended = desk.amazon.signed(desk.amazon.envelope("unsubscription"))
    assert (await desk.post(EventProvider.SES, connection_id, ended)).status_code == 200
    row = await desk.row(connection_id)
    assert (row.state, row.last_failure_code) == ("PENDING", "UNSUBSCRIBED")
    assert desk.amazon.visited.count(link) == 2


@SQLITE
async def test_amazon_is_asked_to_come_again_when_it_does_not_answer(desk: Desk) -> None:
    connection_id = await desk.connect(EventProvider.SES)
    confirmation = desk.amazon.signed(desk.amazon.envelope("confirmation"))
    del desk.amazon.pages[orjson.loads(confirmation)["SubscribeURL"]]
    assert (await desk.post(EventProvider.SES, connection_id, confirmation)).status_code == 503
    row = await desk.row(connection_id)
    assert (row.state, row.last_failure_code) == ("PENDING", "CONFIRMATION_FAILED")


@SQLITE
async def test_another_topic_waits_for_its_own_confirmation(desk: Desk) -> None:
    connection_id = await desk.connect(EventProvider.SES)
    event = desk.event(EventProvider.SES, "delivery")
    assert (await desk.deliver(EventProvider.SES, connection_id, event)).status_code == 200
    assert (await desk.row(connection_id)).state == "ACTIVE"  # what comes was confirmed
    other = TOPIC + "2"
    await desk.act(lambda work: rotate_secret(work, SHOP, connection_id, other))
    old = desk.amazon.signed(desk.amazon.envelope("confirmation"))
    assert (await desk.post(EventProvider.SES, connection_id, old)).status_code == 403
    assert (await desk.deliver(EventProvider.SES, connection_id, event)).status_code == 200
    assert (await desk.row(connection_id)).state == "PENDING"
    new = desk.amazon.notification(event, TopicArn=other)
    assert (await desk.post(EventProvider.SES, connection_id, new)).status_code == 200
    assert (await desk.row(connection_id)).state == "ACTIVE"
    left = desk.amazon.signed(desk.amazon.envelope("unsubscription"))
    assert (await desk.post(EventProvider.SES, connection_id, left)).status_code == 200
    assert (await desk.row(connection_id)).state == "ACTIVE"


@pytest.mark.parametrize(("seconds", "status"), [(3599, 200), (3600, 401), (3601, 401)])
@SQLITE
async def test_the_old_secret_is_good_for_an_hour(desk: Desk, seconds: int, status: int) -> None:
    connection_id = await desk.connect(EventProvider.POSTMARK)
    old = desk.passwords[connection_id]
    opened = await desk.act(lambda work: rotate_secret(work, SHOP, connection_id, None))
    assert opened.password not in (None, old)
    desk.clock.advance(timedelta(seconds=seconds))
    body = orjson.dumps(desk.event(EventProvider.POSTMARK, "open"))
    new = basic("postmeter", opened.password or "")
    assert (await desk.post(EventProvider.POSTMARK, connection_id, body, new)).status_code == 200
    given = basic("postmeter", old)
    assert (await desk.post(EventProvider.POSTMARK, connection_id, body, given)).status_code == status


async def test_a_revoked_connection_keeps_no_secret(desk: Desk) -> None:
    connection_id = await desk.connect(EventProvider.MAILGUN)
    await desk.deliver(EventProvider.MAILGUN, connection_id, desk.event(EventProvider.MAILGUN, "opened"))
    await desk.act(lambda work: rotate_secret(work, SHOP, connection_id, "another-key-of-32-characters...."))
    for _ in range(2):
        await desk.units.run(Call("test"), lambda work: revoke_connections(work, SHOP))
    row = await desk.row(connection_id)
    assert (row.state, row.credential, row.previous_credential) == ("REVOKED", None, None)
    assert row.revoked_at == desk.clock.now()
    assert await desk.units.read(lambda read: read.rows(select(WebhookToken.token_hash))) == []
    for change in (
        lambda work: revoke_connection(work, SHOP, connection_id),
        lambda work: rotate_secret(work, SHOP, connection_id, SIGNING_KEY),
    ):
        with pytest.raises(EventConnectionNotFound):
            await desk.act(change)


@pytest.mark.rule("Q014")
@SQLITE
async def test_whose_connection_it_is(desk: Desk) -> None:
    own = await desk.connect(EventProvider.POSTMARK)
    operators = await desk.connect(EventProvider.POSTMARK, None)
    theirs = await desk.connect(EventProvider.POSTMARK, OTHER)
    for owner, connection_id in ((SHOP, operators), (SHOP, theirs), (None, own), (SHOP, "con_none")):
        with pytest.raises(EventConnectionNotFound):
            await desk.act(lambda work, who=owner, one=connection_id: revoke_connection(work, who, one))
    for owner, connection_id in ((SHOP, own), (None, operators)):
        await desk.act(lambda work, who=owner, one=connection_id: revoke_connection(work, who, one))
    states = select(EventConnection.id, EventConnection.state)
    found = {row.id: row.state for row in await desk.units.read(lambda read: read.rows(states))}
    assert found == {own: "REVOKED", operators: "REVOKED", theirs: "ACTIVE"}


@SQLITE
async def test_there_are_so_many_connections(desk: Desk) -> None:
    desk.terms(connections_max=2)
    first = await desk.connect(EventProvider.POSTMARK)
    await desk.connect(EventProvider.POSTMARK)
    with pytest.raises(EventConnectionLimitReached):
        await desk.connect(EventProvider.POSTMARK)
    await desk.connect(EventProvider.POSTMARK, None)
    await desk.act(lambda work: revoke_connection(work, SHOP, first))
    assert await desk.connect(EventProvider.POSTMARK)


@SQLITE
async def test_credentials_are_sealed(desk: Desk) -> None:
    for provider in PROVIDERS:
        connection_id = await desk.connect(provider)
        row = await desk.row(connection_id)
        assert row.credential is not None
        secrets = (desk.sendgrid.public_key, SIGNING_KEY, TOPIC, desk.passwords[connection_id] or SIGNING_KEY)
        assert not any(secret.encode() in row.credential for secret in secrets)
