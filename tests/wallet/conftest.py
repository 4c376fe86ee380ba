"""Short ways to act on the ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from server.kit.registry import Registry
from server.kit.viewer import Viewer
from server.kit.work import Call, Read, Units, Work
from server.wallet.model import Wallet
from server.wallet.rules import Terms

T = TypeVar("T")
ACCOUNT = "acc_1"
OTHER = "acc_2"

Do = Callable[[Callable[[Work], T]], Awaitable[T]]

assert Wallet.__tablename__  # the tables are known before a house is made


@pytest.fixture
def terms(terms: Registry) -> Registry:
    terms.add(Terms())
    return terms


@pytest.fixture
def do(units: Units) -> Do[T]:
    """Run one action as a unit of work of its own."""

    async def run(action: Callable[[Work], T]) -> T:
        return await units.run(Call("test", Viewer(ACCOUNT)), action)

    return run


@pytest.fixture
def look(units: Units) -> Callable[[Callable[[Read], T]], Awaitable[T]]:
    """Read in one snapshot."""
    return units.read
