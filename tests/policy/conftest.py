"""A customer and somebody of the staff, on each database, under the numbers of the profile `mailpro`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from server.accounts import actions as account_actions
from server.accounts.rules import NewPassword
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.signing import Signing
from server.kit.clock import ManualClock
from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Call, House, Read, Units, Work
from server.policy.adapters.profiles import load_profile
from server.terms import terms_of

T = TypeVar("T")


@pytest.fixture
def terms() -> Registry:
    return terms_of(load_profile("mailpro"))


@dataclass
class World:
    """Runs actions of a customer, or of the staff."""

    units: Units
    clock: ManualClock
    customer: str
    other: str

    async def do(self, action: Callable[[Work], T], account_id: str | None = None) -> T:
        return await self.units.run(Call("test", Viewer(account_id)), action)

    async def read(self, function: Callable[[Read], T]) -> T:
        return await self.units.read(function)


@pytest.fixture
async def world(units: Units, house: House, clock: ManualClock) -> World:
    policy = house.terms.get(AccountTerms).policy

    def register(work: Work, login: str) -> str:
        accepted = (policy.document, policy.version)
        signing = Signing(professional_use=True)
        return account_actions.register(work, login, NewPassword("$argon2id$"), accepted, signing)

    ids = [
        await units.run(Call("register"), lambda work, login=login: register(work, login))  # type: ignore[misc]
        for login in ("lark.press", "wren.press")
    ]
    return World(units, clock, *ids)
