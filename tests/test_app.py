"""The assembled server, in-process: on each database, and with the key store beside either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from server.accounts import actions
from server.accounts.rules import Terms
from server.accounts.rules.address import Address
from server.app import Postmeter
from server.kit.viewer import Viewer
from server.kit.work import Call, Work
from server.settings import Settings

SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
    __typename ... on SignedIn { token } ... on Problem { code } } }"""
REGISTER = """mutation($input: RegisterInput!) { register(input: $input) {
    __typename ... on Registered { accountId } ... on Problem { code message } } }"""
CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'postmeter'"
BUSINESS = {"professionalUse": True}
WHO = {"login": "somebody", "password": "a long enough phrase"}


def settings(folder: Path, database_url: str, **changes: object) -> Settings:
    return Settings(
        database_url=database_url,
        master_key_file=folder / "keys" / "master.key",
        ledger_roots_dir=folder / "keys" / "roots",
        audit_seals_dir=folder / "keys" / "seals",
        erasure_journal_file=folder / "keys" / "erasures.journal",
        sandbox_mark_file=folder / "SANDBOX",
        region="LOCAL" if changes.get("policy", "demo") == "demo" else "CH",
        **{"policy": "demo", "key_store_url": f"sqlite:///{folder}/keys/keys.sqlite3", **changes},
    )


async def post(
    postmeter: Postmeter, query: str, variables: object = None, token: str = ""
) -> dict[str, object]:
    transport = httpx.ASGITransport(app=postmeter.asgi)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body: dict[str, object] = answer.json()
        assert "errors" not in body, body
        return body["data"]  # type: ignore[return-value]


async def sign_in(postmeter: Postmeter) -> str:
    data = await post(postmeter, SIGN_IN, {"input": {**WHO, "transport": "BEARER"}})
    return data["signIn"]["token"]  # type: ignore[index,no-any-return]


async def register(postmeter: Postmeter) -> None:
    data = await post(postmeter, "{ policyInForce { document version } }")
    given = {**WHO, "acceptedPolicy": data["policyInForce"], **BUSINESS}
    registered: Any = await post(postmeter, REGISTER, {"input": given})
    actor = Viewer(registered["register"]["accountId"], authority_epoch=1)
    await postmeter.units.run(Call("test", actor), agree)


def agree(work: Work) -> None:
    """What the profile `mailpro` wants before an order and before an API key (M007, M020)."""
    actions.set_postal_address(work, Address("Test Ltd", "Example Street", "1", "02101", "Boston", "US"))
    for policy in work.terms(Terms).key_policies:
        actions.accept_policy(work, policy.document, policy.version)


async def test_an_account_outlives_a_restart(database_url: str, tmp_path: Path) -> None:
    for first in (True, False):
        postmeter = Postmeter(settings(tmp_path, database_url))
        async with postmeter.running():
            if first:
                await register(postmeter)
            token = await sign_in(postmeter)
            people = "{ viewer { account { people { edges { node { login } } } } } }"
            data = await post(postmeter, people, token=token)
            assert "somebody" in str(data)


async def test_it_is_ready_when_its_database_answers(database_url: str, tmp_path: Path) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url))
    transport = httpx.ASGITransport(app=postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        async with postmeter.running():
            assert (await client.get("/readyz")).json()["ready"] is True
            assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 503


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_the_key_store_can_be_a_postgresql_database_of_its_own(
    database_url: str, tmp_path: Path
) -> None:
    admin = await asyncpg.connect(database_url)
    await admin.execute("CREATE DATABASE key_store_of_its_own")
    key_store_url = re.sub(r"/[^/?]+\?", "/key_store_of_its_own?", database_url)
    try:
        for first in (True, False):
            postmeter = Postmeter(settings(tmp_path, database_url, key_store_url=key_store_url))
            async with postmeter.running():
                if first:
                    await register(postmeter)
                assert await sign_in(postmeter)
        assert not (tmp_path / "keys" / "keys.sqlite3").exists()
    finally:
        await admin.execute("DROP DATABASE key_store_of_its_own WITH (FORCE)")
        await admin.close()


def test_a_key_store_on_postgresql_beside_sqlite_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs its main database there"):
        settings(tmp_path, f"sqlite:///{tmp_path}/p.sqlite3", key_store_url="postgresql://localhost/keys")


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_a_database_that_is_away_is_a_typed_error_and_comes_back(
    database_url: str, tmp_path: Path
) -> None:
    postmeter = Postmeter(settings(tmp_path, database_url))
    async with postmeter.running():
        await register(postmeter)
        token = await sign_in(postmeter)
        other = await asyncpg.connect(database_url)
        with hidden(await other.fetchval("SHOW unix_socket_directories")):
            await other.execute(CUT_OFF)
            answers = [await ask(postmeter, "{ viewer { account { id } } }", token) for _ in range(3)]
        await other.close()
        assert {code for code, _ in answers} == {"STORAGE_UNAVAILABLE"}
        assert answers[-1][1] == "DATABASE_UNREACHABLE"
        assert (await post(postmeter, "{ viewer { account { id } } }", token=token))["viewer"]


@contextmanager
def hidden(folder: str) -> Iterator[None]:
    """Nobody can reach the PostgreSQL whose socket is in the folder."""
    (socket,) = [path for path in Path(folder).glob(".s.PGSQL.*") if path.suffix != ".lock"]
    away = socket.rename(socket.with_name("away"))
    try:
        yield
    finally:
        away.rename(socket)


async def ask(postmeter: Postmeter, query: str, token: str) -> tuple[str, str]:
    """The code and the reason of the answer's first error."""
    transport = httpx.ASGITransport(app=postmeter.asgi)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.post("/graphql", json={"query": query}, headers=headers)
    extensions = answer.json()["errors"][0]["extensions"]
    return extensions["code"], extensions.get("reason", "")
