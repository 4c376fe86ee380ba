"""An erasure at one server, and the keys that another one has in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.util import greenlet_spawn

from server.kit.clock import ManualClock
from server.kit.crypto import Shredded
from server.kit.ids import SeededEntropy
from server.kit.keystore import KeyStore
from server.kit.masterkeys import MasterKeys
from server.kit.work import House
from server.privacy.rules.erasures import ErasureScope
from tests.databases import Databases
from tests.privacy.erasing import Office, office_of


class OtherServer:
    """Opens a key again and again, and remembers whether it could after the erasure said that it is gone."""

    def __init__(self, keys: KeyStore, key_id: bytes) -> None:
        self._keys = keys
        self._key_id = key_id
        self._is_gone = False
        self.began = asyncio.Event()
        self.opened_too_late = 0

    def told(self, point: str) -> None:
        self._is_gone |= point == "keys"

    async def run(self) -> None:
        while True:
            too_late = self._is_gone
            try:
                await greenlet_spawn(self._open)
            except Shredded:
                return
            self.began.set()
            self.opened_too_late += too_late
            await asyncio.sleep(0.01)

    def _open(self) -> None:
        """As each unit of work does."""
        self._keys.refresh()
        self._keys.key_by_id(self._key_id)


@pytest.fixture
async def stores(
    postgres_server: str, databases: Databases, tmp_path: Path
) -> AsyncIterator[tuple[KeyStore, KeyStore]]:
    """The key stores of two servers: one database, and the same master key."""
    async with databases.empty_postgres(postgres_server) as url:
        both = [_store(url, tmp_path, seed) for seed in (1, 2)]
        for store in both:
            await greenlet_spawn(store.create_tables)
        yield both[0], both[1]
        for store in both:
            await greenlet_spawn(store.close)


def _store(url: str, folder: Path, seed: int) -> KeyStore:
    entropy = SeededEntropy(seed)
    return KeyStore(url, MasterKeys.load(folder / "shared" / "master.key", entropy), entropy)


@pytest.fixture
async def office(
    house: House, clock: ManualClock, tmp_path: Path, stores: tuple[KeyStore, KeyStore]
) -> Office:
    return await office_of(replace(house, keys=stores[0]), clock, tmp_path)


@pytest.mark.rule("Q022")
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_the_caches_of_the_other_server_know_before_it_goes_on(
    office: Office, stores: tuple[KeyStore, KeyStore]
) -> None:
    here, there = stores
    key = await greenlet_spawn(partial(here.key, office.account_id, "identity"))
    other = OtherServer(there, key.key_id)
    reading = asyncio.create_task(other.run())
    await other.began.wait()
    row = await replace(office, reached=other.told).erase(ErasureScope.EVERYTHING)
    assert row.status == "ERASED"
    async with asyncio.timeout(10):
        await reading
    assert other.opened_too_late == 0
    with pytest.raises(Shredded):
        await greenlet_spawn(partial(there.ensure, office.account_id, ["identity"]))
