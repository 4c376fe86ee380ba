"""The assembled server tells of what happens to passwords, keys and payments, and refuses half a relay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from server.app import Postmeter
from server.kit.clock import ManualClock
from server.notices.rules import Mailing
from server.topups.adapters import sandbox
from tests.test_app import WHO, post, register, settings, sign_in

NOTICES = "{ viewer { account { unreadNotices notices { edges { node { kind text } } } } } }"
TOP_UP = """mutation($input: CreateTopUpInput!) { createTopUp(input: $input) { __typename } }"""
KEY = """mutation { createApiKey(input: {name: "Nightly export", scopes: [ORDERS_READ]}) { __typename
    ... on ApiKeyCreated { apiKey { prefix } } } }"""
CHANGE = "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }"


async def notices(postmeter: Postmeter, token: str) -> dict[str, str]:
    """The texts by kind."""
    data: Any = await post(postmeter, NOTICES, token=token)
    account = data["viewer"]["account"]
    found = {edge["node"]["kind"]: edge["node"]["text"] for edge in account["notices"]["edges"]}
    assert account["unreadNotices"] == len(account["notices"]["edges"]) == len(found)
    return found


async def test_what_happens_to_an_account_is_told_there(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    chosen = settings(tmp_path, database_url)
    chosen.sandbox_mark_file.touch()
    postmeter = Postmeter(chosen, clock=clock)
    async with postmeter.storage():
        await register(postmeter)
        token = await sign_in(postmeter)
        assert await notices(postmeter, token) == {}
        made: Any = await post(postmeter, KEY, token=token)
        change = {"currentPassword": WHO["password"], "password": "another long enough phrase"}
        await post(postmeter, CHANGE, {"input": change}, token)
        for payment in (sandbox.OK, sandbox.DECLINED, sandbox.CHARGEBACK):
            order = {"amount": {"amount": "25", "currency": "EUR"}, "paymentToken": payment}
            await post(postmeter, TOP_UP, {"input": {**order, "idempotencyKey": payment}}, token)
        await postmeter.due.run_due()
        clock.advance(timedelta(minutes=2))
        await postmeter.due.run_due()
        told = await notices(postmeter, token)
    assert told.keys() == {"API_KEY_CREATED", "PASSWORD_CHANGED", "TOPUP_FAILED", "TOPUP_REVERSED"}
    assert "“Nightly export”" in told["API_KEY_CREATED"]
    assert made["createApiKey"]["apiKey"]["prefix"] in told["API_KEY_CREATED"]
    assert "€25.00" in told["TOPUP_FAILED"]
    assert "€25.00" in told["TOPUP_REVERSED"]


def test_a_relay_needs_a_sender_that_can_be_meant(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/postmeter.sqlite3"
    with pytest.raises(ValidationError, match="POSTMETER_MAIL_FROM"):
        settings(tmp_path, url, smtp_url="smtp://127.0.0.1")
    with pytest.raises(SystemExit, match="sender"):
        Postmeter(settings(tmp_path, url, smtp_url="smtp://127.0.0.1", mail_from="nobody"))


def test_the_relay_of_the_settings_is_used_and_its_password_not_shown(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/postmeter.sqlite3"
    assert not Postmeter(settings(tmp_path, url)).house.terms.get(Mailing).relay
    chosen = settings(
        tmp_path, url, smtp_url="smtp://post:p%40ss@127.0.0.1", mail_from="Post <no-reply@example.com>"
    )
    assert Postmeter(chosen).house.terms.get(Mailing).relay
    assert "p%40ss" not in repr(chosen)


async def test_the_language_of_the_request_is_that_of_the_notices(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    async with postmeter.storage():
        await register(postmeter)
        token = await sign_in(postmeter)
        await post(postmeter, KEY, token=token)
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "fr-CH, fr;q=0.9, en;q=0.8"}
        transport = httpx.ASGITransport(app=postmeter.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.post("/graphql", json={"query": NOTICES}, headers=headers)
    assert "Une clé d’API nommée « Nightly export »" in answer.text
