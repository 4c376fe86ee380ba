"""Accounts with credits and an API key each, made by Postmeter's own actions, for several servers of one database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.dataset import Maker, beginning, settings_in
from server.accounts import actions as accounts
from server.accounts.rules import SCOPES
from server.app import Postmeter
from server.kit.clock import ManualClock
from server.settings import Settings

TOP_UPS, ORDERS = 1, 1
MEASURED_TOP_UPS, MEASURED_ORDERS = 12, 24
"""Of the first account: the dashboard's page is full."""
_ANY = 1_000_000


@dataclass(frozen=True, slots=True)
class Customers:
    """Settings of a server that has them, and the secret of an API key of each."""

    settings: Settings
    api_keys: list[str]

    @property
    def api_key(self) -> str:
        """Of the first, whose dashboard is measured."""
        return self.api_keys[0]

    def over(self, bus_url: str) -> Customers:
        """The same, of servers that tell each other over this bus."""
        return Customers(
            Settings(**(_given(self.settings) | {"bus_url": bus_url}), _env_file=None), self.api_keys
        )


def settings_on(folder: Path, database_url: str | None = None, key_store_url: str | None = None) -> Settings:
    """Settings that keep every file in this folder, and no limit of connections that a load reaches.

    Without the URLs the databases are SQLite files there.
    """
    given = _given(settings_in(folder)) | {
        "connections_per_account_max": _ANY,
        "connections_per_address_max": _ANY,
        "tcp_connections_per_address_max": _ANY,
    }
    if database_url is not None:
        given |= {"database_url": database_url, "key_store_url": key_store_url}
    return Settings(**given, _env_file=None)


def _given(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.model_fields_set}


def fill(settings: Settings, count: int) -> Customers:
    """Make so many in a new database."""
    return Customers(settings, asyncio.run(_fill(settings, count)))


async def _fill(settings: Settings, count: int) -> list[str]:
    clock = ManualClock(beginning())
    postmeter = Postmeter(settings, clock=clock)
    api_keys = []
    async with postmeter.storage():
        maker = Maker(postmeter, clock)
        for number in range(count):
            viewer = await maker.register(f"customer-{number:04}")
            measured = number == 0
            await maker.trade(
                viewer,
                MEASURED_TOP_UPS if measured else TOP_UPS,
                MEASURED_ORDERS if measured else ORDERS,
            )
            key = await maker.do(
                viewer, lambda work: accounts.create_api_key(work, "benchmark", list(SCOPES), expires_at=None)
            )
            api_keys.append(key.secret)
    return api_keys
