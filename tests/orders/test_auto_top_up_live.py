"""An automatic top-up and its failure reach the account's subscribers over a real socket, as they happen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.topups.adapters import sandbox
from tests.faults.client import Api, Socket, connected, customer
from tests.whole import listening, settings_in

WATCH = """subscription { autoTopUpChanged { kind change autoTopUp { state lastDecision { decision } } all { unit }
    run { status amount { amount } } } }"""
CARDS = (
    """subscription { paymentMethodChanged { paymentMethod { id status } paymentMethods { id status } } }"""
)
SAVE = """mutation($input: SavePaymentMethodInput!) { savePaymentMethod(input: $input) {
    ... on PaymentMethodAdded { paymentMethod { id } } } }"""
SET = """mutation { setAutoTopUp(input: {unit: EMAIL, currency: EUR}) { __typename ... on Problem { code } } }"""


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """Somebody without credits who sends through the API."""
    async with listening(settings_in(tmp_path)) as origin, connected(origin) as http:
        somebody = await customer(http, euros=None)
        await somebody.api_key("USAGE_WRITE")
        yield somebody


async def save_card(api: Api, token: str) -> None:
    given = {"token": token, "savedFor": "AUTO_TOP_UP", "makeDefault": True, "idempotencyKey": token}
    saved = (await api.ask(SAVE, {"input": given}))["savePaymentMethod"]["paymentMethod"]["id"]
    async with api.socket() as socket:
        await socket.subscribe(CARDS)
        known: dict[str, str] = {}
        while known.get(saved) != "ACTIVE":
            told = (await socket.data())["paymentMethodChanged"]
            changed = [told["paymentMethod"]] if told["paymentMethod"] is not None else []
            known |= {method["id"]: method["status"] for method in [*told["paymentMethods"], *changed]}


async def until(socket: Socket, change: str) -> list[dict[str, Any]]:
    """The messages up to and with the one of that change."""
    seen: list[dict[str, Any]] = []
    while not seen or seen[-1]["change"] != change:
        seen.append((await socket.data())["autoTopUpChanged"])
    return seen


async def test_success_and_failure_are_pushed(api: Api) -> None:
    await save_card(api, sandbox.OK)
    async with api.socket() as socket:
        await socket.subscribe(WATCH)
        first = (await socket.data())["autoTopUpChanged"]
        assert (first["kind"], first["all"]) == ("SNAPSHOT", [])
        assert (await api.ask(SET))["setAutoTopUp"]["__typename"] == "AutoTopUpStored"
        seen = await until(socket, "SUCCEEDED")
        assert [one["change"] for one in seen] == ["SET", "STARTED", "SUCCEEDED"]
        assert seen[-1]["run"] == {"status": "SUCCEEDED", "amount": {"amount": "38.00"}}
        await save_card(api, sandbox.SAVED_DECLINED)
        assert (await api.spend(1_950, "mail"))["__typename"] == "UsageRecorded"
        failed = (await until(socket, "FAILED"))[-1]
        assert (failed["autoTopUp"]["state"], failed["run"]["status"]) == ("COOLING", "FAILED")
        decided = (await until(socket, "DECIDED"))[-1]
        assert decided["autoTopUp"]["lastDecision"]["decision"] == "COOLING"
