"""Keys are rotated beside a server that runs, and a rotation that stopped anywhere goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.util import greenlet_spawn

from server.housekeeping import rotate_master, rotate_signing
from server.kit.blindindex import Claim, Held
from server.kit.ids import SeededEntropy
from server.kit.keystore import KeysLeft, KeyStore
from server.kit.masterkeys import MasterKeys
from server.kit.work import House, Units
from server.operations.auditing.seals import SIGNING_KEY
from server.operations.jobs import seal_audit, verify_audit
from server.wallet.jobs import verify_ledger, write_root
from tests.conftest import START

T = TypeVar("T")


class Stores:
    """Key stores of processes that share a database and a master key file."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self.file = folder / "master.key"
        self._number = 0

    async def open(self) -> KeyStore:
        self._number += 1
        entropy = SeededEntropy(self._number)
        keys = KeyStore(self._url, MasterKeys.load(self.file, entropy), entropy)
        await self.run(keys.create_tables)
        return keys

    async def run(self, function: Callable[[], T]) -> T:
        """As its database is used: SQLite from a thread, PostgreSQL from a greenlet."""
        if self._url.startswith("sqlite"):
            return await asyncio.to_thread(function)
        return await greenlet_spawn(function)

    async def secrets(self, owners: int) -> list[bytes]:
        """What a process that starts now finds."""
        keys = await self.open()
        found = [(await self.run(partial(keys.key, f"acc_{n}", "identity"))).secret for n in range(owners)]
        await self.run(keys.close)
        return found

    @property
    def versions(self) -> list[int]:
        return sorted(map(int, json.loads(self.file.read_text())["versions"]))


@pytest.fixture
def stores(empty_database_url: str, tmp_path: Path) -> Stores:
    return Stores(empty_database_url, tmp_path / "master")


async def made(stores: Stores, keys: KeyStore, owners: range) -> list[bytes]:
    found = []
    for number in owners:
        made = await stores.run(partial(keys.ensure, f"acc_{number}", ["identity"]))
        found.append(made["identity"].secret)
    return found


async def finish(stores: Stores, keys: KeyStore) -> int:
    version = await stores.run(keys.begin_rotation)
    while await stores.run(partial(keys.rewrap, 3)):
        pass
    await stores.run(keys.end_rotation)
    return version


async def test_the_master_key_is_rotated_while_another_process_makes_keys(stores: Stores) -> None:
    server, command = await stores.open(), await stores.open()
    before = await made(stores, server, range(20))
    while_rotated, version = await asyncio.gather(
        made(stores, server, range(20, 40)), finish(stores, command)
    )
    after = await made(stores, server, range(40, 42))  # it never restarted
    assert (version, stores.versions) == (2, [2])
    assert await stores.secrets(42) == [*before, *while_rotated, *after]
    await stores.run(server.close)
    await stores.run(command.close)


@pytest.mark.parametrize("steps", range(5))
async def test_a_rotation_that_stopped_goes_on_where_it_was(stores: Stores, steps: int) -> None:
    """Stopped after: nothing, the new version in the file, the new version in use, some keys, all keys."""
    keys = await stores.open()
    before = await made(stores, keys, range(7))
    crashing = await stores.open()
    if steps == 1:
        MasterKeys.load(stores.file, SeededEntropy(9)).add(SeededEntropy(9))
    if steps >= 2:
        await stores.run(crashing.begin_rotation)
    for _ in range((0, 0, 0, 1, 3)[steps]):
        await stores.run(partial(crashing.rewrap, 3))
    await stores.run(crashing.close)
    assert await stores.secrets(7) == before
    if steps == 3:
        with pytest.raises(KeysLeft):
            await stores.run(keys.end_rotation)
    again = await stores.open()
    assert await finish(stores, again) == 2
    assert stores.versions == [2]
    assert await stores.secrets(7) == before
    assert await finish(stores, again) == 3, "the next one begins anew"
    await stores.run(again.close)
    await stores.run(keys.close)


async def test_what_was_destroyed_while_keys_are_rewrapped_stays_so(stores: Stores) -> None:
    server, command = await stores.open(), await stores.open()
    await made(stores, server, range(6))
    await stores.run(command.begin_rotation)
    await stores.run(partial(command.rewrap, 2))
    assert await stores.run(partial(server.destroy, "acc_5")) == 1
    assert await finish(stores, command) == 2
    assert await stores.run(partial(server.destroy, "acc_5")) == 0
    await stores.run(server.close)
    await stores.run(command.close)


async def test_a_value_of_the_index_is_found_and_claimed_once_while_its_key_is_rotated(
    stores: Stores,
) -> None:
    server, command = await stores.open(), await stores.open()
    first, second = Claim("per_1", "per_1", START), Claim("per_2", "per_2", START)
    assert await stores.run(partial(server.claim, "login", "early", first))
    await stores.run(command.begin_index_rotation)
    assert not await stores.run(partial(server.claim, "login", "early", second)), "held under the old key"
    assert await stores.run(partial(server.claim, "login", "late", second))
    assert await stores.run(partial(command.move_index, [Held("login", "early", "per_2")])) == 1, "not theirs"
    assert await stores.run(partial(command.move_index, [Held("login", "early", "per_1")])) == 0
    for _ in range(2):
        assert await stores.run(partial(server.find, "login", "early")) == first
        assert await stores.run(partial(server.find, "login", "late")) == second
        assert await stores.run(command.end_index_rotation) == 0
    assert not await stores.run(partial(server.claim, "login", "early", second))
    assert await stores.run(partial(server.claim, "login", "early", second, instead_of=first))
    await stores.run(server.close)
    await stores.run(command.close)


async def test_what_old_signing_keys_signed_stays_verifiable(
    units: Units, house: House, tmp_path: Path
) -> None:
    roots, seals = tmp_path / "roots", tmp_path / "seals"
    for _ in range(3):
        await write_root(units, roots)
        await seal_audit(units, seals)
        house.clock.advance(timedelta(seconds=1))  # type: ignore[attr-defined]
        await rotate_signing(units)
        await rotate_master(units)
    await seal_audit(units, seals)
    assert (await verify_audit(units, seals)).faults == []
    report = await verify_ledger(units, roots_dir=roots)
    assert (report.roots, report.intact) == (3, True)


async def test_a_retired_key_verifies_only_what_was_signed_in_its_time(units: Units) -> None:
    keys = units.house.keys
    old = keys.signer(SIGNING_KEY)
    keys.rotate_signer(SIGNING_KEY, START)
    new = keys.signer(SIGNING_KEY)
    message, signature, second = b"a root", old.sign(b"a root"), timedelta(seconds=1)
    assert new.secret != old.secret
    assert [new.is_signed(message, signature, at) for at in (START - second, START, START + second)] == [
        True,
        True,
        False,
    ]
    assert not new.is_signed(b"another root", signature)
    assert new.is_signed(message, new.sign(message), START + second)
