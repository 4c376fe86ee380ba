"""Live feeds over real sockets: cut off and resumed at random, they lose nothing, repeat nothing, and agree."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest

from tests.faults.client import Api, open_stream

SOCKET_CUTS = 100
STREAM_CUTS = 20
WRITERS = 3

EVERY = """subscription Every($after: BigInt) { balance(unit: EMAIL, after: $after, mode: EVERY) {
  kind sequence posted held available posting { amount heldChange postedAfter heldAfter } } }"""
LATEST = "subscription { balance(unit: EMAIL, mode: LATEST) { kind sequence available } }"
ORDERS = """subscription { orderChanged { kind sequence order { ...O } newest { ...O } } }
  fragment O on Order { id status fulfilled net { amount } cancellation { fee { amount } } }"""
ORDERS_NOW = """{ viewer { account { orders(first: 20) { edges { node { ...O } } } } } }
  fragment O on Order { id status fulfilled net { amount } cancellation { fee { amount } } }"""
TOP_UPS = """subscription { topUpChanged { kind sequence topUp { ...T } newest { ...T } } }
  fragment T on TopUp { id status amount { amount } received { amount } failureCode }"""
TOP_UPS_NOW = """{ viewer { account { topUps(first: 20) { edges { node { ...T } } } } } }
  fragment T on TopUp { id status amount { amount } received { amount } failureCode }"""


@asynccontextmanager
async def writing(api: Api) -> AsyncIterator[None]:
    """Several writers that spend, hold and release as fast as they are answered, until the block ends."""

    async def write(writer: int) -> None:
        number = 0
        while True:
            number += 1
            key = f"write-{writer}-{number}"
            if number % 3:
                await api.spend(1, key)
                continue
            hold = await api.do("placeHold", {"unit": "EMAIL", "quantity": "2", "idempotencyKey": key})
            await api.do("releaseHold", {"holdId": hold["hold"]["id"], "idempotencyKey": key})

    writers = [asyncio.create_task(write(writer)) for writer in range(WRITERS)]
    try:
        yield
    finally:
        for task in writers:
            task.cancel()
        outcomes = await asyncio.gather(*writers, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes), outcomes


def check_change(update: dict[str, Any], last: int) -> int:
    """The next sequence with its own figures."""
    assert (update["kind"], int(update["sequence"])) == ("CHANGE", last + 1)
    assert update["posting"]["postedAfter"] == update["posted"]
    assert update["posting"]["heldAfter"] == update["held"]
    assert int(update["available"]) == int(update["posted"]) - int(update["held"])
    return last + 1


@pytest.mark.rule("Q013")
@pytest.mark.parametrize("process", ["sqlite", "postgresql"], indirect=True)
async def test_a_socket_cut_a_hundred_times_sees_every_sequence_once(api: Api) -> None:
    random = Random(100)
    last = start = int((await api.balance("EMAIL"))["sequence"])
    async with writing(api):
        for _ in range(SOCKET_CUTS):
            async with api.socket() as socket:
                await socket.subscribe(EVERY, {"after": str(last)})
                for _ in range(random.randrange(5)):
                    last = check_change((await socket.data())["balance"], last)
                socket.cut()
    head = int((await api.balance("EMAIL"))["sequence"])
    async with api.socket() as socket:
        await socket.subscribe(EVERY, {"after": str(last)})
        while last < head:
            last = check_change((await socket.data())["balance"], last)
    assert last - start >= SOCKET_CUTS


@pytest.mark.parametrize("process", ["sqlite"], indirect=True)
async def test_an_event_stream_cut_twenty_times_sees_every_sequence_once(api: Api) -> None:
    """Half of the times as a browser's EventSource does it: the same request, with the id of the last event."""
    random = Random(20)
    first = last = int((await api.balance("EMAIL"))["sequence"])
    async with writing(api):
        for cut in range(STREAM_CUTS):
            after, last_event_id = (last, None) if cut % 2 else (first, str(last))
            async with open_stream(api, EVERY, {"after": str(after)}, last_event_id) as stream:
                for _ in range(random.randrange(1, 6)):
                    name, payload = await anext(stream)
                    assert name == "next"
                    last = check_change(payload["data"]["balance"], last)


@pytest.mark.parametrize("process", ["sqlite"], indirect=True)
async def test_an_after_that_was_never_reached_is_a_reset(api: Api) -> None:
    now = await api.balance("EMAIL")
    for after in ("999999", str(2**63 - 1), "-1", str(-(2**63) + 1)):
        async with api.socket() as socket:
            await socket.subscribe(EVERY, {"after": after})
            update = (await socket.data())["balance"]
            assert (update["kind"], update["sequence"]) == ("RESET", now["sequence"]), after
            assert update["available"] == now["available"]


@pytest.mark.parametrize("process", ["sqlite"], indirect=True)
async def test_an_after_that_is_no_number_is_an_error_of_that_operation_only(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe(EVERY, {"after": "0"}, "good")
        assert (await socket.data())["balance"]["sequence"] == "1"
        for number, after in enumerate(
            ("", "x", "1e3", "1.0", " 1", "\x00", 1.5, True, [], {}, str(2**63), "9" * 40)
        ):
            await socket.subscribe(EVERY, {"after": after}, f"bad-{number}")
            message = await socket.receive()
            assert (message["type"], message["id"]) == ("error", f"bad-{number}"), after
            assert message["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT", after
        await api.spend(1, "still-live")
        assert (await socket.data())["balance"]["sequence"] == "2"


@pytest.mark.rule("Q014")
@pytest.mark.parametrize("process", ["sqlite"], indirect=True)
async def test_bad_ids_end_their_subscription_with_not_found(api: Api) -> None:
    async with api.socket() as socket:
        for number, identifier in enumerate(
            ("", "x", "\x00", "ord_01h455vb4pex5vsknk084sn02q", "x" * 10_240)
        ):
            for field in ("orderChanged", "topUpChanged"):
                query = f"subscription S($id: ID) {{ {field}(id: $id) {{ sequence }} }}"
                await socket.subscribe(query, {"id": identifier}, f"{field}-{number}")
                message = await socket.receive()
                assert message["type"] == "error", (field, identifier)
                assert message["payload"][0]["extensions"]["code"] == "NOT_FOUND", (field, identifier)


@pytest.mark.rule("Q013")
async def test_the_pushed_balance_is_the_refetched_balance(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe(EVERY)
        snapshot = (await socket.data())["balance"]
        posted, held, last = int(snapshot["posted"]), int(snapshot["held"]), int(snapshot["sequence"])
        async with writing(api):
            for _ in range(60):
                update = (await socket.data())["balance"]
                last = check_change(update, last)
                posted += int(update["posting"]["amount"])
                held += int(update["posting"]["heldChange"])
                assert (posted, held) == (int(update["posted"]), int(update["held"]))
        now = await api.balance("EMAIL")
        while last < int(now["sequence"]):
            update = (await socket.data())["balance"]
            last = check_change(update, last)
        assert {name: update[name] for name in now} == now


async def fold(
    api: Api, query: str, field: str, subject: str, change: Callable[[], Awaitable[None]]
) -> dict[str, Any]:
    """What a client knows by id, from a snapshot and what was pushed while `change` ran, until it knows what a new
    snapshot shows. The account's sequence is no end to wait for: events of other kinds, such as the issue of an
    invoice, may be the last."""
    async with api.socket() as socket, api.socket() as later:
        await socket.subscribe(query)
        snapshot = (await socket.data())[field]
        known = {thing["id"]: thing for thing in snapshot["newest"]}
        await change()
        await later.subscribe(query)
        present = {thing["id"]: thing for thing in (await later.data())[field]["newest"]}
        last = int(snapshot["sequence"])
        while known != present:
            update = (await socket.data())[field]
            assert update["kind"] == "CHANGE"
            assert int(update["sequence"]) > last
            last = int(update["sequence"])
            known[update[subject]["id"]] = update[subject]
        return known


@pytest.mark.rule("Q013")
async def test_the_pushed_orders_are_the_refetched_orders(api: Api) -> None:
    async def trade() -> None:
        for number in range(3):
            await api.order("SMS_100", f"trade-{number}")
        lookup = {"numberLookup": {"numbers": 100, "country": "CH"}}
        given = {"item": lookup, "currency": "EUR", "idempotencyKey": "lookup"}
        order = (await api.do("placeOrder", given))["order"]["id"]
        await api.do("recordFulfilment", {"orderId": order, "units": 40, "idempotencyKey": "some"})
        last = (await api.order("SMS_100", "last"))["order"]["id"]
        cancel = {"orderId": last, "reason": "DUPLICATE", "idempotencyKey": "cancel"}
        assert (await api.do("cancelOrder", cancel))["__typename"] == "OrderCancelled"

    known = await fold(api, ORDERS, "orderChanged", "order", trade)
    listed = (await api.ask(ORDERS_NOW))["viewer"]["account"]["orders"]["edges"]
    assert known == {edge["node"]["id"]: edge["node"] for edge in listed}


async def settled(api: Api, top_up_id: str) -> None:
    """Wait until the gateway has said what became of a top-up."""
    async with api.socket() as socket:
        query = "subscription S($id: ID) { topUpChanged(id: $id) { topUp { status } } }"
        await socket.subscribe(query, {"id": top_up_id})
        while (await socket.data())["topUpChanged"]["topUp"]["status"] in ("PENDING", "PROCESSING"):
            pass


@pytest.mark.rule("Q013")
async def test_the_pushed_top_ups_are_the_refetched_top_ups(api: Api) -> None:
    async def pay() -> None:
        for token in ("declined", "short", "ok"):
            paid = (await api.top_up("20.00", token, f"tok_sandbox_{token}"))["topUp"]["id"]
            await settled(api, paid)

    known = await fold(api, TOP_UPS, "topUpChanged", "topUp", pay)
    listed = (await api.ask(TOP_UPS_NOW))["viewer"]["account"]["topUps"]["edges"]
    assert {one["status"] for one in known.values()} == {"SUCCEEDED", "FAILED"}
    assert known == {edge["node"]["id"]: edge["node"] for edge in listed}


@pytest.mark.parametrize("process", ["sqlite"], indirect=True)
async def test_latest_ends_at_the_newest(api: Api) -> None:
    async with api.socket() as socket:
        await socket.subscribe(LATEST)
        last = int((await socket.data())["balance"]["sequence"])
        await asyncio.gather(*(api.spend(1, f"burst-{number}") for number in range(100)))
        now = await api.balance("EMAIL")
        received = 0
        while last < int(now["sequence"]):
            update = (await socket.data())["balance"]
            assert int(update["sequence"]) > last
            last, received = int(update["sequence"]), received + 1
        assert (str(last), update["available"]) == (now["sequence"], now["available"])
        assert received < 100, "what comes fast is coalesced"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await socket.receive()
