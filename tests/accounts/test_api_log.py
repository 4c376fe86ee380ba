"""What API keys do is logged, shown to their account and to staff, and ends in time (M140)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from server.accounts.actions.api_log import prune_api_log
from server.accounts.adapters.api_log import ApiLog
from server.accounts.model import ApiUse
from server.accounts.rules.api_log import ApiLogTerms
from server.kit.clock import ManualClock
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Units
from tests.staffed import Staff

MAKE = """mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) {
    __typename ... on ApiKeyCreated { secret apiKey { id } } } }"""
USED = "query CustomerWrittenName { viewer { account { id } } }"
USAGE = """query($first: Int! = 20, $after: String, $keyId: ID) {
    apiUsage(first: $first, after: $after, keyId: $keyId) {
    edges { node { id keyId channel fields cost status bytes at } } pageInfo { hasNextPage endCursor } } }"""
USAGE_OF = """query($id: ID!) { apiUsageOf(accountId: $id) { edges { node { keyId fields } } } }"""
KEY = Viewer("acc_1", "key_1", frozenset({"account:read"}))


async def rows(units: Units) -> list[Any]:
    return list(await units.read(lambda read: read.rows(select(ApiUse.__table__).order_by(ApiUse.id))))


@pytest.mark.rule("M140", "B005", "B006")
async def test_each_operation_of_a_key_is_logged_by_opaque_ids(staff: Staff) -> None:
    made = await staff.ask("CUSTOMER", MAKE, input={"name": "shop", "scopes": ["ACCOUNT_READ"]})
    staff.tokens["KEY"] = made["secret"]
    answer = await staff.send("KEY", USED)
    await staff.send("KEY", '{ apiUsageOf(accountId: "acc_1") { edges { cursor } } }')
    await staff.send("CUSTOMER", USED)
    assert await staff.postmeter.api_log.store() == 2
    shown = await staff.ask("CUSTOMER", USAGE)
    refused, used = [edge["node"] for edge in shown["edges"]]
    key_id = made["apiKey"]["id"]
    size = len(httpx.Response(200, json=answer).content)
    assert used | {"id": "", "at": ""} == {
        "id": "",
        "keyId": key_id,
        "channel": "HTTP",
        "fields": ["viewer"],
        "cost": answer["extensions"]["cost"]["actualQueryCost"],
        "status": "OK",
        "bytes": str(size),
        "at": "",
    }
    assert (refused["fields"], refused["status"]) == (["apiUsageOf"], "FORBIDDEN")
    stored = str(await rows(staff.postmeter.units))
    assert not any(text in stored for text in ("somebody", "CustomerWrittenName", "127.0.0.1", "shop"))
    account_id = answer["data"]["viewer"]["account"]["id"]
    of = await staff.ask("SUPPORT", USAGE_OF, id=account_id)
    assert [edge["node"]["keyId"] for edge in of["edges"]] == [key_id, key_id]
    assert (await staff.ask("SUPPORT", USAGE))["edges"] == [], "each account sees its own"
    assert await staff.refused("CUSTOMER", USAGE_OF, id=account_id) == "FORBIDDEN"
    newest = await staff.ask("CUSTOMER", USAGE, first=1)
    assert newest["pageInfo"]["hasNextPage"]
    last = await staff.ask("CUSTOMER", USAGE, after=newest["pageInfo"]["endCursor"], keyId=key_id)
    assert [edge["node"]["id"] for edge in last["edges"]] == [used["id"]]
    assert (await staff.ask("CUSTOMER", USAGE, keyId="key_\0"))["edges"] == []


@pytest.mark.rule("M140", "H005")
@pytest.mark.parametrize(("second", "kept"), [(-1, 1), (0, 0), (1, 0)])
async def test_a_use_is_kept_as_long_as_the_clause_says(
    units: Units, clock: ManualClock, terms: Registry, second: int, kept: int
) -> None:
    log = ApiLog(units)
    assert log.note(KEY, "HTTP", "viewer", "OK") is not None
    await log.store()
    clock.advance(terms.get(ApiLogTerms).kept + timedelta(seconds=second))
    await units.run_unaudited(prune_api_log)
    assert len(await rows(units)) == kept


async def test_uses_are_written_in_bounded_batches_and_never_twice(units: Units, terms: Registry) -> None:
    terms.add(ApiLogTerms(waiting_max=5, stored_at_once_max=2))
    log = ApiLog(units)
    noted = [log.note(KEY, "HTTP", "viewer " * 200, "OK") for _ in range(7)]
    assert [use is not None for use in noted] == [True] * 5 + [False] * 2
    assert log.note(Viewer("acc_1", "ses_1"), "HTTP", "viewer", "OK") is None, "a session is a person"
    first = noted[0]
    assert first is not None
    assert await log.store() == 5
    log._waiting.append(first)  # the answer of the first commit was lost
    assert await log.store() == 1
    stored = await rows(units)
    assert len(stored) == 5
    assert {len(row.fields) for row in stored} == {400}
