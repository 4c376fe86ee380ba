"""The assembled server without a listening socket, with one customer and staff in three roles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest

from server import staffing
from server.accounts.rules.staff import StaffRole
from server.app import Postmeter
from server.kit.clock import ManualClock
from server.kit.due import DueRunner, schedule
from server.kit.work import Units, Work
from tests.test_app import WHO, register, settings, sign_in


class Staff:
    """The server, with one customer and staff in each role."""

    def __init__(self, postmeter: Postmeter) -> None:
        self.postmeter = postmeter
        self.tokens: dict[str, str] = {}

    async def send(self, who: str, query: str, **variables: Any) -> Any:
        transport = httpx.ASGITransport(app=self.postmeter.asgi)
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            body = {"query": query, "variables": variables}
            return (await client.post("/graphql", json=body, headers=headers)).json()

    async def ask(self, who: str, query: str, **variables: Any) -> Any:
        """The value of the only root field."""
        answer = await self.send(who, query, **variables)
        assert "errors" not in answer, answer
        (value,) = answer["data"].values()
        return value

    async def refused(self, who: str, query: str, **variables: Any) -> str:
        answer = await self.send(who, query, **variables)
        return str(answer["errors"][0]["extensions"]["code"])

    async def fail(self, kind: str, subject_id: str) -> None:
        """Let a step of this kind fail once."""

        async def handler(_units: Units, _subject_id: str) -> None:
            raise ConnectionError("the provider is away")

        def plan(work: Work) -> None:
            schedule(work, kind, subject_id, work.now)

        await self.postmeter.units.run_unaudited(plan)
        await DueRunner(self.postmeter.units, {kind: handler}).run_due()


@pytest.fixture
async def staff(database_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Staff]:
    (tmp_path / "SANDBOX").touch()
    postmeter = Postmeter(settings(tmp_path, database_url), clock=clock)
    staff = Staff(postmeter)
    async with postmeter.storage():
        await register(postmeter)
        staff.tokens["CUSTOMER"] = await sign_in(postmeter)
        for role in (StaffRole.SUPPORT, StaffRole.FINANCE, StaffRole.ADMIN):
            login = f"staff.{role.value.lower()}"
            asked = staffing.Asked(login, (role,), "operations", "2026-01", 300, None)
            await staffing.add(postmeter, asked, lambda: WHO["password"])
            staff.tokens[role.value] = await token_of(postmeter, login)
            await set_up_second_factor(partial(staff.ask, role.value), clock.now())
        yield staff


async def set_up_second_factor(ask: Callable[..., Awaitable[Any]], now: datetime) -> str:
    """Let the session that asks have one, which staff need before anything else (P003); returns its secret.

    `ask` sends an operation with its variables, and gives the value of the only root field.
    """
    offered = await ask("mutation { enrolTotp { ... on TotpOffered { secret } } }")
    confirm = "mutation($input: ConfirmTotpInput!) { confirmTotp(input: $input) { __typename } }"
    code = pyotp.TOTP(offered["secret"]).at(now)
    assert await ask(confirm, input={"code": code}) == {"__typename": "TotpConfirmed"}
    return str(offered["secret"])


async def token_of(postmeter: Postmeter, login: str, agent: str | None = None) -> str:
    query = """mutation($input: SignInInput!) { signIn(input: $input) { ... on SignedIn { token } } }"""
    transport = httpx.ASGITransport(app=postmeter.asgi)
    who = {"login": login, "password": WHO["password"], "transport": "BEARER"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        headers = {"User-Agent": agent} if agent is not None else {}
        body = {"query": query, "variables": {"input": who}}
        answer = await client.post("/graphql", json=body, headers=headers)
    return str(answer.json()["data"]["signIn"]["token"])
