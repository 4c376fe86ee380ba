"""A customer and somebody of the staff, on each database, under the numbers of the profile `mailpro`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

from server.accounts import actions as account_actions
from server.accounts.adapters.authenticator import SESSION_COOKIE
from server.accounts.rules import NewPassword
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.signing import Signing
from server.checks.served import Offer, Served, Transport
from server.duties import TIMERS
from server.gateway.engine import Engine
from server.gateway.identity import set_cookie_headers
from server.gateway.throttle import ThrottleTerms
from server.kit.clock import ManualClock
from server.kit.due import Timers
from server.kit.graph.context import Cookie
from server.kit.journal import Journal
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Read, Units, Work
from server.policy.adapters.profiles import load_profile
from server.schema import NODES, schema
from server.terms import terms_of

T = TypeVar("T")


@cache
def offer() -> Offer:
    """The schema that the server serves."""
    return Offer.of(Engine(schema))


def served(folder: Path) -> Served:
    """A server that is reached over TLS, with a journal in the folder."""
    session = Cookie(SESSION_COOKIE, "secret", 1)
    cookies = tuple(value.decode() for _, value in set_cookie_headers([session], secure=True))
    transport = Transport(True, True, False, ThrottleTerms(), cookies)
    return Served(offer(), transport, NODES, Timers(TIMERS), Journal(folder / "erasures.journal"))


@cache
def running(profile: str, folder: Path) -> Registry:
    """What a server runs by that has this profile."""
    registry = terms_of(load_profile(profile))
    registry.add(served(folder))
    return registry


@pytest.fixture
def terms(tmp_path: Path) -> Registry:
    return running("mailpro", tmp_path)


@dataclass
class World:
    """Runs actions of a customer, or of the staff."""

    units: Units
    clock: ManualClock
    folder: Path
    customer: str
    other: str

    async def do(self, action: Callable[[Work], T], account_id: str | None = None) -> T:
        return await self.units.run(Call("test", Viewer(account_id)), action)

    async def read(self, function: Callable[[Read], T]) -> T:
        return await self.units.read(function)


@pytest.fixture
async def world(units: Units, house: House, clock: ManualClock, tmp_path: Path) -> World:
    policy = house.terms.get(AccountTerms).policy

    def register(work: Work, login: str) -> str:
        accepted = (policy.document, policy.version)
        signing = Signing(professional_use=True)
        return account_actions.register(work, login, NewPassword("$argon2id$"), accepted, signing)

    ids = [
        await units.run(Call("register"), lambda work, login=login: register(work, login))  # type: ignore[misc]
        for login in ("lark.press", "wren.press")
    ]
    return World(units, clock, tmp_path, *ids)
