"""Keys and sessions that have ended: on HTTP, on sockets and on event streams, and in a race with a spend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from server.accounts.actions import close_preventively, set_resale_permission, suspend_account
from server.accounts.rules import Terms
from server.accounts.rules.resale import ResalePolicy, ResaleReason
from server.app import Postmeter
from server.kit.clock import ManualClock
from tests.faults.client import Api, Socket, connected, customer, document, open_socket, open_stream
from tests.faults.listening import listening, sandbox_settings

FORBIDDEN = 4403
EVERY = "subscription { balance(unit: EMAIL, mode: EVERY) { kind sequence } }"
OWN = "{ viewer { scopes } }"


async def code_over_http(api: Api) -> str:
    response = await api.post(OWN)
    assert response.status_code == 401
    return str(response.json()["errors"][0]["extensions"]["code"])


async def refused_everywhere(api: Api) -> None:
    assert await code_over_http(api) == "UNAUTHENTICATED"
    with pytest.raises(ConnectionClosed) as closed:
        async with api.socket():
            pass
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == FORBIDDEN
    headers = {"authorization": f"Bearer {api.token}", "accept": "text/event-stream"}
    response = await api.http.post("/graphql", json={"query": EVERY}, headers=headers)
    assert response.status_code == 401


async def ending(socket: Socket) -> tuple[list[int], str, int]:
    """The sequences that still came, the code of the operation's end, and that of the socket's."""
    sequences: list[int] = []
    while (message := await socket.receive())["type"] == "next":
        sequences.append(int(message["payload"]["data"]["balance"]["sequence"]))
    with pytest.raises(ConnectionClosed) as closed:
        await socket.receive()
    assert closed.value.rcvd is not None
    return sequences, message["payload"][0]["extensions"]["code"], closed.value.rcvd.code


async def with_key(api: Api, *scopes: str) -> tuple[Api, str]:
    """The same customer with a new API key, and the key's id."""
    made = await api.api_key(*scopes)
    return Api(api.http, made["secret"]), made["apiKey"]["id"]


async def with_session(api: Api) -> tuple[Api, str]:
    """The same customer with a new session, and the session's id."""
    made = await api.sign_in()
    return Api(api.http, made["token"]), made["sessionId"]


async def end_credential(api: Api, identifier: str) -> None:
    mutation = "revokeApiKey" if identifier.startswith("key_") else "revokeSession"
    answer = await api.do(mutation, {"id": identifier})
    assert "code" not in answer, answer


@pytest.mark.rule("Q014")
@pytest.mark.parametrize("kind", ["key", "session"])
async def test_a_revoked_credential_is_refused_on_every_transport_and_its_feeds_end(
    api: Api, kind: str
) -> None:
    other, identifier = await (with_key(api, "BALANCE_READ") if kind == "key" else with_session(api))
    async with other.socket() as socket, open_stream(other, EVERY) as stream:
        await socket.subscribe(EVERY)
        assert (await socket.data())["balance"]["kind"] == "SNAPSHOT"
        assert (await anext(stream))[0] == "next"
        await end_credential(api, identifier)
        assert await ending(socket) == ([], "UNAUTHENTICATED", FORBIDDEN)
        name, payload = await anext(stream)
        assert (name, payload["errors"][0]["extensions"]["code"]) == ("next", "UNAUTHENTICATED")
        assert (await anext(stream))[0] == "complete"
    await refused_everywhere(other)


@pytest.mark.rule("Q014")
@pytest.mark.parametrize(("kind", "rounds"), [("key", 25), ("session", 5)])
async def test_nothing_committed_after_a_revocation_reaches_the_revoked(
    api: Api, kind: str, rounds: int
) -> None:
    """A spend that was asked for after the revocation was answered must never arrive."""
    random = Random(rounds)
    for number in range(rounds):
        other, identifier = await (with_key(api, "BALANCE_READ") if kind == "key" else with_session(api))
        async with other.socket() as socket:
            await socket.subscribe(EVERY)
            await socket.data()
            before = [asyncio.create_task(api.spend(1, f"race-{number}-{one}")) for one in range(3)]
            await asyncio.sleep(0)
            for _ in range(random.randrange(4)):
                await before[random.randrange(3)]
            await end_credential(api, identifier)
            last_before = int((await api.balance("EMAIL"))["sequence"])
            after = await asyncio.gather(*(api.spend(1, f"late-{number}-{one}") for one in range(3)))
            await asyncio.gather(*before)
            sequences, code, closed = await ending(socket)
        late = {int(answer["postings"][0]["sequence"]) for answer in after}
        assert not late & set(sequences), f"round {number}: {sequences} delivered, {late} came later"
        assert all(sequence <= last_before for sequence in sequences), f"round {number}"
        assert (code, closed) == ("UNAUTHENTICATED", FORBIDDEN), f"round {number}"


@pytest.fixture
async def aging(tmp_path: Path) -> AsyncIterator[tuple[Postmeter, ManualClock, httpx.AsyncClient]]:
    """A listening server whose clock the test moves."""
    clock = ManualClock(datetime.now(UTC))
    postmeter = Postmeter(sandbox_settings(tmp_path), clock=clock)
    async with listening(postmeter) as origin, connected(origin) as http:
        yield postmeter, clock, http


async def test_an_expired_key_and_session_are_refused_and_their_feeds_end(aging: Any) -> None:
    _, clock, http = aging
    api = await customer(http)
    expiry = {"expiresAt": (clock.now() + timedelta(hours=1)).isoformat()}
    made = await api.do("createApiKey", {"name": "Short", "scopes": ["BALANCE_READ"], **expiry})
    other = Api(http, made["secret"])
    async with other.socket() as socket:
        await socket.subscribe(EVERY)
        await socket.data()
        clock.advance(timedelta(hours=1))
        await api.spend(1, "after-expiry")
        assert await ending(socket) == ([], "UNAUTHENTICATED", FORBIDDEN)
    await refused_everywhere(other)
    assert (await api.post(OWN)).status_code == 200
    clock.advance(timedelta(days=31))
    await refused_everywhere(api)


async def test_the_feeds_of_a_suspended_account_end_and_its_people_may_read_on(aging: Any) -> None:
    postmeter, _, http = aging
    api = await customer(http)
    key = Api(http, (await with_key(api, "BALANCE_READ"))[0].token)
    account = (await api.ask("{ viewer { account { id } } }"))["viewer"]["account"]["id"]
    async with api.socket() as socket, key.socket() as program, open_stream(api, EVERY) as stream:
        for one in (socket, program):
            await one.subscribe(EVERY)
            await one.data()
        assert (await anext(stream))[0] == "next"
        await postmeter.units.run_unaudited(lambda work: suspend_account(work, account))
        ended = await socket.receive()
        assert (ended["type"], ended["payload"][0]["extensions"]["code"]) == ("error", "UNAUTHENTICATED")
        assert (await anext(stream))[1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert await ending(program) == ([], "UNAUTHENTICATED", FORBIDDEN)
        await socket.subscribe(EVERY, identifier="2")
        assert (await socket.data())["balance"]["kind"] == "SNAPSHOT"
    await refused_everywhere(key)
    assert "ORDERS_WRITE" not in (await api.ask(OWN))["viewer"]["scopes"]
    usage = {"entries": [], "idempotencyKey": "while suspended"}
    spent = (await api.post(document("recordUsage"), {"input": usage})).json()
    assert spent["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def spent(api: Api, *keys: str) -> set[int]:
    """The sequences of as many spends, made at once."""
    answers = await asyncio.gather(*(api.spend(1, key) for key in keys))
    return {int(answer["postings"][0]["sequence"]) for answer in answers}


@pytest.mark.rule("B013", "Q014")
@pytest.mark.parametrize("ended_by", ["customer", "reseller"])
async def test_nothing_committed_after_a_management_has_ended_reaches_the_reseller(
    aging: Any, ended_by: str
) -> None:
    postmeter, _, http = aging
    api, reseller = await customer(http), await customer(http, euros=None)
    account, managing = [
        (await each.ask("{ viewer { account { id } } }"))["viewer"]["account"]["id"]
        for each in (api, reseller)
    ]
    terms = postmeter.house.terms.get(Terms)
    postmeter.house.terms.add(replace(terms, resale=ResalePolicy.PER_CONTRACT))
    await postmeter.units.run_unaudited(
        lambda work: set_resale_permission(
            work, managing, permitted=True, reason=ResaleReason.CONTRACT_SIGNED
        )
    )
    await reseller.do("becomeReseller", {"policyUrl": "https://reseller.example.com/privacy"})
    for number in range(5):
        offer = {"accountId": account, "powers": ["READ_BALANCE"]}
        management = (await reseller.do("offerManagement", offer))["management"]["id"]
        accepted = await api.do("acceptManagement", {"id": management})
        assert accepted["__typename"] == "ManagementAccepted", accepted
        async with open_socket(str(http.base_url), reseller.token, account) as socket:
            await socket.subscribe(EVERY)
            assert (await socket.data())["balance"]["kind"] == "SNAPSHOT"
            seen_too = await spent(api, f"managed-{number}")
            assert int((await socket.data())["balance"]["sequence"]) in seen_too
            racing = asyncio.create_task(spent(api, *(f"race-{number}-{one}" for one in range(3))))
            await asyncio.sleep(0)
            await (api if ended_by == "customer" else reseller).do("endManagement", {"id": management})
            last_before = int((await api.balance("EMAIL"))["sequence"])
            late = await spent(api, *(f"late-{number}-{one}" for one in range(3)))
            await racing
            sequences, code, closed = await ending(socket)
        assert not late & set(sequences), f"round {number}"
        assert all(sequence <= last_before for sequence in sequences), f"round {number}"
        assert (code, closed) == ("UNAUTHENTICATED", FORBIDDEN), f"round {number}"
    assert (await reseller.post(OWN)).status_code == 200, "the reseller's own account is not the worse for it"


@pytest.mark.rule("P047", "Q014")
async def test_nothing_committed_after_a_compromise_was_reported_reaches_anybody(api: Api) -> None:
    """Sockets and streams of every session and key end, that of the one who reports it, too."""
    for number in range(3):
        key, _ = await with_key(api, "BALANCE_READ")
        session, _ = await with_session(api)
        async with (
            key.socket() as program,
            session.socket() as person,
            api.socket() as reporter,
            open_stream(session, EVERY) as stream,
        ):
            for socket in (program, person, reporter):
                await socket.subscribe(EVERY)
                assert (await socket.data())["balance"]["kind"] == "SNAPSHOT"
            assert (await anext(stream))[0] == "next"
            racing = [asyncio.create_task(api.post(*a_spend(f"race-{number}-{one}"))) for one in range(3)]
            await asyncio.sleep(0)
            reported = await api.do("reportCompromise", {"kind": "UNAUTHORISED_ACCESS"})
            assert reported["__typename"] == "CompromiseReported", reported
            await asyncio.gather(*racing)
            token = (await api.sign_in())["token"]
            again = Api(api.http, token, api.login, api.password)
            last_before = int((await again.balance("EMAIL"))["sequence"])
            late = await spent(again, *(f"late-{number}-{one}" for one in range(3)))
            for socket in (program, person, reporter):
                sequences, code, closed = await ending(socket)
                assert not late & set(sequences), f"round {number}"
                assert all(sequence <= last_before for sequence in sequences), f"round {number}"
                assert (code, closed) == ("UNAUTHENTICATED", FORBIDDEN), f"round {number}"
            streamed = [payload async for name, payload in stream if name == "next"]
            assert streamed.pop()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            assert not late & {int(one["data"]["balance"]["sequence"]) for one in streamed}
        for ended in (key, session, api):
            assert await code_over_http(ended) == "UNAUTHENTICATED"
        api = again


def a_spend(key: str) -> tuple[str, dict[str, Any]]:
    """One that may be refused, because the session has ended."""
    entry = {"operation": {"emailSend": {"messages": 1}}, "reference": key}
    return document("recordUsage"), {"input": {"entries": [entry], "idempotencyKey": key}}


async def test_the_feeds_of_a_closed_account_end_for_good(aging: Any) -> None:
    postmeter, _, http = aging
    api = await customer(http)
    account = (await api.ask("{ viewer { account { id } } }"))["viewer"]["account"]["id"]
    async with api.socket() as socket:
        await socket.subscribe(EVERY)
        await socket.data()
        await postmeter.units.run_unaudited(lambda work: close_preventively(work, account, None))
        sequences, code, closed = await ending(socket)
        assert (code, closed) == ("UNAUTHENTICATED", FORBIDDEN)
        assert sequences == [], "not even what the closing itself forfeits"
    await refused_everywhere(api)
    assert (await api.sign_in())["code"] == "CREDENTIALS_INVALID"
