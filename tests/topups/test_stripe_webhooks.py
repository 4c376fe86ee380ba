"""Stripe's webhooks: signed, once, in any order; whatever is not Stripe's changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select, update
from starlette.applications import Starlette
from structlog.testing import capture_logs

from server.kit.db import Base
from server.kit.due import DueWork
from server.topups.http import BODY_BYTES_MAX, StripeWebhook
from server.topups.model import ProviderEvent, TopUp
from tests.topups import fake_stripe_books as cards
from tests.topups.conftest import Desk
from tests.topups.fake_stripe import WEBHOOK_SECRET, FakeStripe
from tests.topups.fake_stripe_books import Fields

PATH = "/webhooks/stripe"
CREDITED = [("TOP_UP", 10_000)]
TAKEN_BACK = [*CREDITED, ("TOP_UP_REVERSED", -10_000)]


@pytest.fixture
async def endpoint(stripe_desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Whoever can reach the endpoint."""
    app = Starlette(routes=[StripeWebhook(stripe_desk.units, WEBHOOK_SECRET).route])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def ordered(stripe_desk: Desk) -> str:
    """A top-up that Stripe works on."""
    top_up_id = await stripe_desk.order(cards.PROCESSING)
    await stripe_desk.runner.run_due()
    return top_up_id


def intent_in(fake: FakeStripe) -> Fields:
    [intent] = fake.books.of_kind("payment_intent")
    return intent


def succeeded(fake: FakeStripe, **more: Any) -> bytes:
    return fake.event("payment_intent.succeeded", fake.books.settle(intent_in(fake)["id"]), **more)


def dispute(fake: FakeStripe, status: str = "needs_response", amount: int = 10_000, **more: Any) -> Fields:
    fields = {"id": "dp_1", "object": "dispute", "status": status, "amount": amount, "currency": "eur"}
    return fields | {"payment_intent": intent_in(fake)["id"]} | more


def refunded_charge(fake: FakeStripe, amount: int) -> Fields:
    charge = fake.books.objects[intent_in(fake)["latest_charge"]]
    return charge | {"amount_refunded": amount, "refunded": amount == charge["amount"]}


async def everything(desk: Desk) -> dict[str, list[Any]]:
    """Every row of every table but of the queue, which a runner may touch at any time."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != DueWork.__tablename__]
    return await desk.units.read(
        lambda read: {table.name: sorted(map(repr, read.rows(select(table)))) for table in tables}
    )


async def stored(desk: Desk) -> list[tuple[str, bool]]:
    query = select(ProviderEvent.event_id, ProviderEvent.applied).order_by(ProviderEvent.event_id)
    return [(row.event_id, row.applied) for row in await desk.units.read(lambda read: read.rows(query))]


# ---- what they bring about


async def test_a_payment_that_went_through_is_credited(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    answer = await fake.deliver(endpoint, succeeded(fake))
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert await stripe_desk.postings() == CREDITED
    assert await stripe_desk.told(ordered) == ["Created", "Started", "Settled"]
    assert (await stripe_desk.top_up(ordered)).provider_reference == intent_in(fake)["id"]


@pytest.mark.rule("M031")
async def test_credited_is_what_was_received(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    intent = fake.books.settle(intent_in(fake)["id"]) | {"amount_received": 9_000}
    await fake.deliver(endpoint, fake.event("payment_intent.succeeded", intent))
    assert await stripe_desk.postings() == [("TOP_UP", 9_000)]


async def test_a_payment_that_failed_fails(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    error = {"code": "card_declined"}
    intent = intent_in(fake) | {"status": "requires_payment_method", "last_payment_error": error}
    await fake.deliver(endpoint, fake.event("payment_intent.payment_failed", intent))
    top_up = await stripe_desk.top_up(ordered)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "DECLINED")


async def test_a_bank_that_wants_the_payer_is_no_failure(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    error = {"code": "authentication_required"}
    intent = intent_in(fake) | {"status": "requires_payment_method", "last_payment_error": error}
    await fake.deliver(endpoint, fake.event("payment_intent.payment_failed", intent))
    assert await stripe_desk.status(ordered) == "PROCESSING"


@pytest.mark.parametrize("kind", ["charge.dispute.created", "charge.dispute.funds_withdrawn"])
async def test_a_dispute_takes_the_money_back_once(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str, kind: str
) -> None:
    await fake.deliver(endpoint, succeeded(fake))
    for _ in range(2):
        await fake.deliver(endpoint, fake.event(kind, dispute(fake)))
    top_up = await stripe_desk.top_up(ordered)
    assert (top_up.status, top_up.failure_code) == ("REVERSED", "CHARGED_BACK")
    assert await stripe_desk.postings() == TAKEN_BACK


async def test_an_inquiry_is_no_dispute_yet(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    await fake.deliver(endpoint, succeeded(fake))
    inquiry = dispute(fake, "warning_needs_response")
    await fake.deliver(endpoint, fake.event("charge.dispute.created", inquiry))
    assert await stripe_desk.postings() == CREDITED


async def test_of_a_part_that_is_disputed_that_part_is_taken_once(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    await fake.deliver(endpoint, succeeded(fake))
    for kind in ("created", "funds_withdrawn"):
        await fake.deliver(endpoint, fake.event(f"charge.dispute.{kind}", dispute(fake, amount=4_000)))
    top_up = await stripe_desk.top_up(ordered)
    assert (top_up.status, top_up.failure_code, top_up.reversed_minor) == ("SUCCEEDED", None, 4_000)
    await fake.deliver(endpoint, fake.event("charge.dispute.created", dispute(fake, amount=9_000, id="dp_2")))
    top_up = await stripe_desk.top_up(ordered)
    assert (top_up.status, top_up.failure_code, top_up.reversed_minor) == ("REVERSED", "CHARGED_BACK", 10_000)
    assert await stripe_desk.postings() == [
        *CREDITED,
        ("TOP_UP_REVERSED", -4_000),
        ("TOP_UP_REVERSED", -6_000),
    ]
    assert (await stripe_desk.told(ordered))[-2:] == ["PartlyReversed", "Reversed"]


@pytest.mark.parametrize("amount", [4_000, 10_000])
@pytest.mark.parametrize(
    "order",
    [
        ("paid", "created", "withdrawn", "closed", "reinstated"),
        ("paid", "created", "reinstated", "closed", "withdrawn"),
        ("paid", "reinstated", "created", "closed"),
        ("created", "paid", "closed", "reinstated"),
        ("created", "closed", "paid", "reinstated"),
        ("closed", "created", "paid"),
    ],
)
async def test_a_dispute_that_is_won_leaves_the_money_whatever_comes_first(
    stripe_desk: Desk,
    endpoint: httpx.AsyncClient,
    fake: FakeStripe,
    ordered: str,
    amount: int,
    order: tuple[str, ...],
) -> None:
    won = dispute(fake, "won", amount)
    events = {
        "paid": succeeded(fake),
        "created": fake.event("charge.dispute.created", dispute(fake, amount=amount)),
        "withdrawn": fake.event("charge.dispute.funds_withdrawn", dispute(fake, "under_review", amount)),
        "closed": fake.event("charge.dispute.closed", won),
        "reinstated": fake.event("charge.dispute.funds_reinstated", won),
    }
    for name in order:
        assert (await fake.deliver(endpoint, events[name])).status_code == 200
    await stripe_desk.runner.run_due()
    top_up = await stripe_desk.top_up(ordered)
    assert (top_up.status, top_up.failure_code, top_up.reversed_minor) == ("SUCCEEDED", None, 0)
    postings = await stripe_desk.postings()
    assert sum(delta for _, delta in postings) == 10_000
    assert [delta for kind, delta in postings if kind == "TOP_UP"] == [10_000]


async def test_a_dispute_that_is_lost_takes_the_money_if_nothing_did(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    await fake.deliver(endpoint, succeeded(fake))
    for _ in range(2):
        await fake.deliver(endpoint, fake.event("charge.dispute.closed", dispute(fake, "lost")))
    assert await stripe_desk.postings() == TAKEN_BACK


@pytest.mark.parametrize("overtakes", [False, True])
async def test_a_dispute_in_another_currency_is_about_all_of_it(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str, overtakes: bool
) -> None:
    paid = succeeded(fake)
    there = fake.event("charge.dispute.created", dispute(fake, amount=100, currency="chf"))
    for event in (there, paid) if overtakes else (paid, there):
        await fake.deliver(endpoint, event)
    assert await stripe_desk.status(ordered) == "REVERSED"
    assert await stripe_desk.balance() == 0


async def test_what_is_won_back_pays_what_is_owed_for_it(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    await fake.deliver(endpoint, succeeded(fake))
    await stripe_desk.spend(7_000)
    await fake.deliver(endpoint, fake.event("charge.dispute.created", dispute(fake, amount=5_000)))
    assert (await stripe_desk.balance(), await stripe_desk.owed()) == (0, 2_000)
    await fake.deliver(endpoint, fake.event("charge.dispute.closed", dispute(fake, "won", 5_000)))
    assert (await stripe_desk.balance(), await stripe_desk.owed()) == (3_000, 0)


async def test_what_is_given_back_at_stripe_is_taken_out_of_the_balance_part_by_part(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    await fake.deliver(endpoint, succeeded(fake))
    told = [fake.event("charge.refunded", refunded_charge(fake, total)) for total in (4_000, 6_000, 10_000)]
    for event in (told[1], told[0], told[1]):
        await fake.deliver(endpoint, event)
    top_up = await stripe_desk.top_up(ordered)
    assert (top_up.status, top_up.reversed_minor) == ("SUCCEEDED", 6_000)
    await fake.deliver(endpoint, told[2])
    top_up = await stripe_desk.top_up(ordered)
    assert (top_up.status, top_up.failure_code) == ("REVERSED", "REFUNDED")
    assert await stripe_desk.postings() == [
        *CREDITED,
        ("TOP_UP_REVERSED", -6_000),
        ("TOP_UP_REVERSED", -4_000),
    ]


async def test_a_part_that_was_given_back_before_the_payment_is_told_is_taken_with_it(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    paid = succeeded(fake)
    await fake.deliver(endpoint, fake.event("charge.refunded", refunded_charge(fake, 4_000)))
    assert await stripe_desk.postings() == []
    await fake.deliver(endpoint, paid)
    assert await stripe_desk.postings() == [*CREDITED, ("TOP_UP_REVERSED", -4_000)]


async def test_what_we_gave_back_is_not_taken_again(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    await fake.deliver(endpoint, succeeded(fake))
    ours = update(TopUp).where(TopUp.id == ordered).values(refunded_minor=7_000)
    await stripe_desk.units.run_unaudited(lambda work: work.execute(ours))
    for total, taken in ((7_000, 0), (9_000, 2_000)):
        await fake.deliver(endpoint, fake.event("charge.refunded", refunded_charge(fake, total)))
        top_up = await stripe_desk.top_up(ordered)
        assert (top_up.status, top_up.reversed_minor, top_up.left_minor) == (
            "SUCCEEDED",
            taken,
            3_000 - taken,
        )


async def test_what_means_nothing_to_us_is_stored_as_a_digest(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    person = {"id": "cus_9", "object": "customer", "email": "somebody@example.com"}
    other = intent_in(fake) | {"id": "pi_of_another_shop", "status": "succeeded", "amount_received": 1}
    strange = intent_in(fake) | {"status": "succeeded", "currency": "isk", "amount_received": 1}
    bodies = [
        fake.event("customer.updated", person),
        fake.event("payment_intent.succeeded", other),
        fake.event("payment_intent.succeeded", strange),
    ]
    for body in bodies:
        assert (await fake.deliver(endpoint, body)).status_code == 200
    assert [applied for _, applied in await stored(stripe_desk)] == [False] * 3
    assert await stripe_desk.postings() == []
    assert "somebody" not in repr(await everything(stripe_desk))


# ---- twice, late, in any order, altered


async def test_many_deliveries_at_once_post_once(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    body = succeeded(fake)
    answers = await asyncio.gather(*(fake.deliver(endpoint, body) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert await stripe_desk.postings() == CREDITED
    assert len(await stored(stripe_desk)) == 1


async def test_a_repetition_counts_deliveries_and_is_still_one(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    body = succeeded(fake)
    again = orjson.dumps(orjson.loads(body) | {"pending_webhooks": 0, "a_field_of_tomorrow": 1})
    for each in (body, again):
        assert (await fake.deliver(endpoint, each)).status_code == 200
    assert len(await stored(stripe_desk)) == 1


async def test_an_altered_repetition_is_refused_and_changes_nothing(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    body = succeeded(fake, id="evt_1")
    await fake.deliver(endpoint, body)
    more = intent_in(fake) | {"amount_received": 99_999}
    with capture_logs() as logs:
        answer = await fake.deliver(endpoint, fake.event("payment_intent.succeeded", more, id="evt_1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "PROVIDER_EVENT_ALTERED")
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["stripe_event_altered"]
    assert await stripe_desk.postings() == CREDITED


async def test_a_failure_of_an_earlier_try_arrives_late(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    error = {"code": "card_declined"}
    failed = intent_in(fake) | {"status": "requires_payment_method", "last_payment_error": error}
    late = fake.event("payment_intent.payment_failed", failed)
    stripe_desk.clock.advance(timedelta(seconds=5))
    await fake.deliver(endpoint, succeeded(fake))
    await fake.deliver(endpoint, late)
    assert await stripe_desk.status(ordered) == "SUCCEEDED"
    assert await stripe_desk.postings() == CREDITED


async def test_a_dispute_that_overtakes_the_payment_leaves_nothing(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    paid = succeeded(fake)
    stripe_desk.clock.advance(timedelta(seconds=5))
    await fake.deliver(endpoint, fake.event("charge.dispute.created", dispute(fake)))
    await fake.deliver(endpoint, paid)
    assert await stripe_desk.status(ordered) == "REVERSED"
    assert await stripe_desk.postings() == []


async def test_the_webhook_and_the_reconciler_credit_once(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    body = succeeded(fake)
    stripe_desk.clock.advance(timedelta(seconds=30))
    await asyncio.gather(fake.deliver(endpoint, body), stripe_desk.runner.run_due())
    assert await stripe_desk.status(ordered) == "SUCCEEDED"
    assert await stripe_desk.postings() == CREDITED


# ---- what is not Stripe's


def signed_wrong(fake: FakeStripe, body: bytes) -> dict[str, str | None]:
    now = int(fake.now().timestamp())
    good = fake.signature(body)
    stamp, signature, _ = good.split(",")
    return {
        "none": None,
        "empty": "",
        "no instant": signature,
        "two instants": f"t=1,{good}",
        "no signature": stamp,
        "another secret": fake.signature(body, secret="whsec_other"),
        "another body": fake.signature(body + b" "),
        "an older scheme only": good.replace("v1=", "v0="),
        "too old": fake.signature(body, at=now - 301),
        "of the future": fake.signature(body, at=now + 301),
        "an instant that was not signed": good.replace(stamp, f"t={now - 1}"),
        "an instant that is no number": good.replace(stamp, "t=１"),
        "a very long instant": good.replace(stamp, f"t={'9' * 400}"),
        "no text": "t=1,v1=\u00ff",
        "too long": good + ",v1=0" * 1_000,
    }


async def test_a_wrong_signature_changes_nothing_in_any_table(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    body = succeeded(fake)
    before = await everything(stripe_desk)
    for fault, header in signed_wrong(fake, body).items():
        headers = {} if header is None else {b"stripe-signature": header.encode("utf-8")}
        answer = await endpoint.post(PATH, content=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "SIGNATURE_INVALID"), fault
    assert await everything(stripe_desk) == before


@pytest.mark.parametrize("seconds", [-300, 300])
async def test_a_clock_may_be_five_minutes_off(
    endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str, seconds: int
) -> None:
    at = int(fake.now().timestamp()) + seconds
    assert (await fake.deliver(endpoint, succeeded(fake), at=at)).status_code == 200


async def test_while_the_secret_is_rolled_either_signature_does(
    endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    body = succeeded(fake)
    old = fake.signature(body, secret="whsec_old").split(",")[1]
    header = fake.signature(body).replace(",v1=", f",{old},v1=")
    answer = await endpoint.post(PATH, content=body, headers={"stripe-signature": header})
    assert answer.status_code == 200


MALFORMED = [b"", b"{", b"[]", b"1", b'{"id": "evt_1"}', b"\xff", b"{}" * 10]
MALFORMED += [b'{"id":"evt_1","type":"x","created":"now","data":{"object":{}}}']
MALFORMED += [b'{"id":"evt_1","type":"x","created":99999999999999,"data":{"object":{}}}']
MALFORMED += [b'{"id":"' + b"e" * 81 + b'","type":"x","created":1,"data":{"object":{}}}']
MALFORMED += [b'{"id":"evt_1","type":"payment_intent.succeeded","created":1,"data":{"object":{"id":"pi_1"}}}']
MALFORMED += [b'{"id":"evt_1","type":"x","created":1,"data":{"object":[]}}']
MALFORMED += [
    b'{"id":"evt_1","type":"charge.dispute.created","created":1,"data":{"object":{"status":"x","payment_intent":{}}}}'
]


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_what_is_signed_and_no_event_changes_nothing(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe
) -> None:
    before = await everything(stripe_desk)
    for body in MALFORMED:
        answer = await fake.deliver(endpoint, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "EVENT_MALFORMED"), body
    assert await everything(stripe_desk) == before


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_body_has_a_limit(endpoint: httpx.AsyncClient, fake: FakeStripe) -> None:
    answer = await fake.deliver(endpoint, b"0" * (BODY_BYTES_MAX + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
    assert (await endpoint.get(PATH)).status_code == 405


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_without_the_database_stripe_is_asked_to_repeat(
    stripe_desk: Desk, endpoint: httpx.AsyncClient, fake: FakeStripe, ordered: str
) -> None:
    body = succeeded(fake)
    await stripe_desk.units.house.database.close()
    answer = await fake.deliver(endpoint, body)
    assert (answer.status_code, answer.json()["code"]) == (503, "NOT_STORED")
    await stripe_desk.units.house.database.start()
    assert (await fake.deliver(endpoint, body)).status_code == 200
    assert await stripe_desk.postings() == CREDITED
