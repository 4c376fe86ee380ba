"""What operators see of the server that runs: ids of requests, readiness, metrics; and nothing of persons in them."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import structlog
from sqlalchemy import select

from server.app import Postmeter
from server.kit import logs
from server.kit.audit import AuditEntry
from tests.test_app import WHO, register, settings, sign_in

OWN_ID = re.compile(r"req_[0-9a-z]{26}\Z")


@asynccontextmanager
async def client_of(postmeter: Postmeter) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_every_answer_has_the_id_that_the_audit_log_and_the_logs_have(
    database_url: str, tmp_path: Path
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url))
    async with postmeter.storage(), client_of(postmeter) as client:
        for path in ("/healthz", "/readyz", "/", "/nowhere", "/schema.graphql", "/graphql"):
            answer = await client.get(path)
            assert OWN_ID.match(answer.headers["x-request-id"]), path
            assert len(answer.headers.get_list("x-request-id")) == 1, path
        for chosen, kept in (
            ("shop-4711", True),
            ("with a blank", False),
            ("4242" * 4, False),
            ("x" * 300, False),
        ):
            answer = await client.get("/healthz", headers={"X-Request-Id": chosen})
            assert (answer.headers["x-request-id"] == chosen) is kept
        wrong = {"input": {**WHO, "transport": "BEARER"}}
        query = "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }"
        body = {"query": query, "variables": wrong}
        answer = await client.post("/graphql", json=body, headers={"X-Request-Id": "shop-4712"})
        assert answer.headers["x-request-id"] == "shop-4712"
        audited = select(AuditEntry.request_id).where(AuditEntry.action == "signIn")
        assert await postmeter.units.read(lambda read: read.scalar(audited)) == "shop-4712"
        assert structlog.contextvars.get_contextvars() == {}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_strangers_learn_what_is_not_ready_and_nothing_else(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url))
    async with client_of(postmeter) as client:
        async with postmeter.storage():
            whole = {"ready": True, "database": True, "keyStore": True, "staying": True}
            assert (await client.get("/readyz")).json() == whole
            monkeypatch.setattr("server.migrations.newest", lambda: "9999")
            answer = await client.get("/readyz")
            assert answer.status_code == 503
            assert answer.json() == whole | {"ready": False, "database": False}
        closed = (await client.get("/readyz")).json()
        assert closed == whole | {"ready": False, "database": False, "keyStore": False}


QUIET = (
    "tcp_connections",
    "connections_open",
    "subscriptions",
    "subscriber_backlog_max",
    "writes_waiting",
    "transactions_open",
    "passwords_pending",
)
"""Each is zero while nobody is there and no due work is done."""


def samples_of(text: str) -> dict[str, str]:
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


async def scraped_when_quiet(url: str) -> str:
    """What Prometheus is told, once the server's own work of its start is done."""
    async with httpx.AsyncClient() as scraper, asyncio.timeout(20):
        while True:
            text = (await scraper.get(url)).text
            samples = samples_of(text)
            if all(float(samples[f"postmeter_{name}"]) == 0 for name in QUIET):
                return text


async def test_metrics_are_served_where_a_setting_says_so_and_tell_of_nobody(
    database_url: str, tmp_path: Path
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url, metrics_port=0))
    async with postmeter.running(), client_of(postmeter) as client:
        await register(postmeter)
        token = await sign_in(postmeter)
        await client.post("/graphql", json={"query": "{ nowhere }"})
        await client.request("BREW", "/graphql")
        assert (await client.get("/metrics")).status_code == 404
        text = await scraped_when_quiet(f"http://127.0.0.1:{postmeter.metrics_port}/metrics")
    samples = samples_of(text)
    assert float(samples['postmeter_errors_total{code="GRAPHQL_VALIDATION_FAILED"}']) >= 1
    assert float(samples['postmeter_http_requests_total{method="OTHER",status="405"}']) >= 1
    for name in (
        'postmeter_operations_total{kind="mutation"}',
        "postmeter_commits_total",
        "postmeter_commit_actions_count",
        "postmeter_write_wait_seconds_count",
        "postmeter_http_request_seconds_count",
        "postmeter_operation_cost_count",
        "postmeter_tasks",
        "process_open_fds",
        "process_resident_memory_bytes",
    ):
        assert float(samples[name]) >= 1, name
    for what in ("connection", "operation", "tcp_connection"):
        assert f'postmeter_refusals_total{{what="{what}"}}' in samples
    assert "postmeter_delivery_seconds_count" in samples
    assert any(name.startswith('postmeter_due_work{kind="audit.seal"') for name in samples)
    assert not any(secret in text for secret in (token, WHO["login"]))
    assert re.search(r"[a-z]_[0-9a-hjkmnp-tv-z]{26}", text) is None, "no id of anything"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_logs_of_faults_carry_the_id_and_no_canary(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "canary-of-a-person"
    stream = io.StringIO()
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure("DEBUG", stream=stream)
    try:
        postmeter = Postmeter(settings(tmp_path, database_url))
        async with postmeter.storage(), client_of(postmeter) as client:

            async def fail(login: str, password: str) -> None:
                raise RuntimeError("the pool is gone")

            monkeypatch.setattr(postmeter.passwords, "prove", fail)
            who = {"login": canary, "password": f"{canary} and more", "transport": "BEARER"}
            query = "mutation($input: SignInInput!) { signIn(input: $input) { __typename } }"
            headers = {"X-Request-Id": "shop-4713", "User-Agent": canary}
            body = {"query": query, "variables": {"input": who}}
            answer = await client.post(f"/graphql?{canary}", json=body, headers=headers)
            assert answer.json()["errors"][0]["extensions"] == {"code": "INTERNAL", "requestId": "shop-4713"}
            await client.get(f"/{canary}?q={canary}")
    finally:
        structlog.configure(**before)
        root.handlers[:] = handlers
        root.setLevel(level)
    lines = [json.loads(line) for line in stream.getvalue().splitlines() if line.startswith("{")]
    assert "shop-4713" in {line.get("request_id") for line in lines}
    assert canary not in stream.getvalue()
