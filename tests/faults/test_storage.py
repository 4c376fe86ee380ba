"""Storage that fails under a running server: locked by another process, and full in the middle of group commits."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest

from server.kit.db.postgres import POOL_SIZE
from server.kit.db.sqlite import BUSY_TIMEOUT_SECONDS
from tests.faults.client import Api, connected, customer
from tests.faults.processes import NO_LIMIT, Process

AT_ONCE = 40
ROOM_BYTES = 150_000

SPEND = """mutation Do($key: String!) { recordUsage(input: {idempotencyKey: $key,
  entries: [{operation: {emailSend: {messages: 1}}, reference: $key}]}) {
  ... on UsageRecorded { replayed postings { sequence } } ... on Problem { code } } }"""


@contextmanager
def locked(process: Process) -> Iterator[None]:
    """Another process's write lock on the database, as a backup or a stuck command would hold it."""
    other = sqlite3.connect(process.database_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


async def spend_at_once(api: Api, keys: list[str]) -> dict[str, dict[str, Any]]:
    """By key the answer's data, or its single error."""

    async def one(key: str) -> dict[str, Any]:
        answer = (await api.post(SPEND, {"key": key})).json()
        found: dict[str, Any] = answer["errors"][0] if "errors" in answer else answer["data"]["recordUsage"]
        return found

    return dict(zip(keys, await asyncio.gather(*(one(key) for key in keys)), strict=True))


def reason_of(answer: dict[str, Any]) -> str:
    extensions = answer.get("extensions", {})
    return f"{extensions.get('code')} {extensions.get('reason')}" if extensions else "stored"


@pytest.mark.parametrize("own_process", ["sqlite"], indirect=True)
async def test_a_locked_database_is_told_to_all_who_wait_and_then_recovers(own_process: Process) -> None:
    async with connected(own_process.origin) as http:
        api = await customer(http)
        keys = [f"locked-{number}" for number in range(AT_ONCE)]
        with locked(own_process):
            async with asyncio.timeout(3 * BUSY_TIMEOUT_SECONDS):
                refused = await spend_at_once(api, keys)
            assert (await api.balance("EMAIL"))["available"] == "10000", "reading goes on"
        assert {reason_of(answer) for answer in refused.values()} == {"STORAGE_UNAVAILABLE DATABASE_LOCKED"}
        retried = await spend_at_once(api, keys)
        assert {answer["replayed"] for answer in retried.values()} == {False}, "nothing had been kept"
        assert (await api.balance("EMAIL"))["available"] == str(10_000 - AT_ONCE)


@pytest.mark.rule("Q013", "Q019")
@pytest.mark.parametrize("own_process", ["sqlite"], indirect=True)
async def test_on_a_full_disk_what_is_answered_is_stored_and_the_rest_is_told(own_process: Process) -> None:
    process = own_process
    async with connected(process.origin) as http:
        api = await customer(http)
        log = process.database_file.with_name(process.database_file.name + "-wal")
        process.limit_file_bytes(log.stat().st_size + ROOM_BYTES)
        told: dict[str, dict[str, Any]] = {}
        for number in range(20):
            told |= await spend_at_once(api, [f"full-{number}-{one}" for one in range(AT_ONCE)])
            if len({reason_of(answer) for answer in told.values()}) > 1:
                break
        kinds = Counter(reason_of(answer) for answer in told.values())
        assert set(kinds) <= {"stored", "STORAGE_UNAVAILABLE IO_ERROR", "STORAGE_UNAVAILABLE DISK_FULL"}, (
            kinds
        )
        assert len(kinds) > 1, kinds
        process.limit_file_bytes(NO_LIMIT)
        await check_told_the_truth(api, told)
        process.kill()
    assert (await asyncio.to_thread(process.verify_ledger)).returncode == 0
    process.start()
    async with connected(process.origin) as http:
        api.http = http
        again = await spend_at_once(api, list(told))
        assert {answer["replayed"] for answer in again.values()} == {True}
        assert (await api.balance("EMAIL"))["available"] == str(10_000 - len(told))


async def check_told_the_truth(api: Api, told: dict[str, dict[str, Any]]) -> None:
    """With room again: what was stored is replayed as it was, what was refused is done now."""
    now = await spend_at_once(api, list(told))
    for key, before in told.items():
        if reason_of(before) == "stored":
            assert now[key] == before | {"replayed": True}, key
        else:
            assert now[key]["replayed"] is False, key
    sequences = sorted(int(answer["postings"][0]["sequence"]) for answer in now.values())
    assert sequences == list(range(2, 2 + len(told)))


@pytest.mark.rule("Q013", "Q019")
@pytest.mark.parametrize("own_process", ["postgresql"], indirect=True)
async def test_connections_cut_by_the_database_are_told_and_replaced(own_process: Process) -> None:
    """As when PostgreSQL restarts: whatever was in flight is refused, or its outcome told as unknown."""
    async with connected(own_process.origin) as http:
        api = await customer(http)
        told: dict[str, dict[str, Any]] = {}
        for number in range(5):
            keys = [f"cut-{number}-{one}" for one in range(AT_ONCE)]
            spending = asyncio.create_task(spend_at_once(api, keys))
            await asyncio.wait({spending}, timeout=0.02 * number)
            await cut_connections(own_process)
            told |= await spending
            assert (await api.balance("EMAIL"))["posted"], "reads go on over new connections"
        kinds = Counter(reason_of(answer).split()[0] for answer in told.values())
        assert set(kinds) <= {"stored", "STORAGE_UNAVAILABLE", "OUTCOME_UNKNOWN"}, kinds
        now = await spend_at_once(api, list(told))
        for key, before in told.items():
            if reason_of(before) == "stored":
                assert now[key] == before | {"replayed": True}, key
            elif not reason_of(before).startswith("OUTCOME_UNKNOWN"):
                assert now[key]["replayed"] is False, key
        assert (await api.balance("EMAIL"))["available"] == str(10_000 - len(told))


@pytest.mark.parametrize("own_process", ["postgresql"], indirect=True)
async def test_rows_locked_for_long_are_told_and_reading_goes_on(own_process: Process) -> None:
    async with connected(own_process.origin, connections=100) as http:
        api = await customer(http)
        keys = [f"locked-{number}" for number in range(POOL_SIZE)]
        other = await asyncpg.connect(own_process.database_url)
        async with other.transaction():
            await other.execute("SELECT FROM wallets FOR UPDATE")
            refused = await spend_at_once(api, keys)
            response = await api.post("{ viewer { scopes } }")
            assert response.status_code == 200, response.text
        await other.close()
        kinds = {reason_of(answer) for answer in refused.values()}
        assert kinds <= {"STORAGE_UNAVAILABLE DATABASE_LOCKED", "OVERLOADED None"}, kinds
        retried = await spend_at_once(api, keys)
        assert {answer["replayed"] for answer in retried.values()} == {False}


async def cut_connections(process: Process) -> None:
    admin = await asyncpg.connect(process.database_url)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'postmeter'"
    )
    await admin.close()
