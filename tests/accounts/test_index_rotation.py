"""The key of the blind index is rotated beside a server that runs: logins and addresses are found at every moment."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert, update

from server import housekeeping
from server.accounts import reads
from server.accounts.actions.people import _CLAIMS_LOCK, claim, insert_person
from server.accounts.model import ACTIVE, CUSTOMER, EMAILS, LOGINS, OWNER, Account, Person
from server.accounts.reads import team
from server.housekeeping import rotate_index
from server.kit.blindindex import Claim
from server.kit.ids import SeededEntropy
from server.kit.keystore import KeyStore
from server.kit.masterkeys import MasterKeys
from server.kit.work import Read, Units, Work
from tests.conftest import START

PEOPLE = 7
WAIT_SECONDS_MAX = 20


class Killed(Exception):
    """The command was ended here."""


@pytest.fixture
def command(units: Units, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Units]:
    """The same house as another process has it: nothing that the server remembers of keys is known there."""
    monkeypatch.setattr(housekeeping, "PEOPLE_A_BATCH", 2)
    entropy = SeededEntropy(11)
    masters = MasterKeys.load(tmp_path / "keys" / "master.key", entropy)
    keys = KeyStore(f"sqlite:///{tmp_path}/keys/keys.sqlite3", masters, entropy)
    yield Units(replace(units.house, keys=keys))
    keys.close()


def add(work: Work, name: str) -> str:
    """Somebody with a login and a verified e-mail address; their id."""
    account_id, person_id, email = work.ids.new("acc"), work.ids.new("per"), f"{name}@example.com"
    values = {"id": account_id, "kind": CUSTOMER, "status": ACTIVE, "created_at": work.now}
    work.execute(insert(Account).values(values))
    for kind, value in ((LOGINS, name), (EMAILS, email)):
        assert claim(work, kind, value, person_id, lambda _: True)
    insert_person(work, account_id, person_id, OWNER, name, "no hash")
    sealed = work.seal(account_id, "identity", "people.email", email)
    work.execute(update(Person).where(Person.id == person_id).values(email=sealed))
    return person_id


def found(read: Read, name: str) -> tuple[str | None, str | None]:
    """Whom a sign-in by the login finds, and whom a reset by the address."""
    by_login = reads.person_by_login(read, name)
    by_email = team.person_by_email(read, f"{name}@example.com")
    return (by_login and by_login.id, by_email and by_email.id)


async def all_found(units: Units, people: dict[str, str]) -> None:
    for name, person_id in people.items():
        assert await units.read(lambda read, name=name: found(read, name)) == (person_id, person_id), name


async def added(units: Units, *names: str) -> dict[str, str]:
    return {name: await units.run_unaudited(lambda work, name=name: add(work, name)) for name in names}


async def test_people_are_found_and_added_at_every_moment_of_a_rotation(units: Units, command: Units) -> None:
    people = await added(units, *(f"person{number}" for number in range(PEOPLE)))
    units.house.keys.claim(LOGINS, "abandoned", Claim("per_gone", "per_gone", START))
    left: list[int] = []
    rotation = asyncio.create_task(rotate_index(command, left.append))
    while not rotation.done():
        people |= await added(units, f"newcomer{len(people)}")
        await all_found(units, people)
    assert (await rotation)[0].endswith("Values that nobody held any more: 1.")
    assert left[0] >= 2 * PEOPLE + 1 - 4, "the progress is told by the batch"
    assert left[-1] == 1
    people |= await added(units, "afterwards")
    for each in (units, command):
        await all_found(each, people)


@pytest.mark.parametrize("batches", range(5))
async def test_a_rotation_that_was_killed_goes_on_where_it_was(
    units: Units, command: Units, batches: int
) -> None:
    people = await added(units, *(f"person{number}" for number in range(PEOPLE)))
    told: list[int] = []

    def kill(left: int) -> None:
        told.append(left)
        if len(told) > batches:
            raise Killed

    with pytest.raises(Killed):
        await rotate_index(command, kill)
    await all_found(units, people)
    people |= await added(units, "between")
    await all_found(command, people)
    told.clear()
    await rotate_index(command, told.append)
    assert told[0] == max(0, 2 * PEOPLE - 4 * (batches + 1)), "what was moved stays so"
    await all_found(units, people)


async def test_two_rotations_at_once_are_one(units: Units, command: Units) -> None:
    people = await added(units, *(f"person{number}" for number in range(PEOPLE)))
    await asyncio.gather(rotate_index(command), rotate_index(units))
    await all_found(units, people)
    await all_found(command, people)


async def test_a_login_that_is_taken_stays_so_while_the_key_is_rotated(units: Units, command: Units) -> None:
    people = await added(units, "person1", "person2")

    def take(work: Work) -> bool:
        return claim(work, LOGINS, "person2", "per_other", lambda holder: reads.person_exists(work, holder))

    command.house.keys.begin_index_rotation()
    assert not await units.run_unaudited(take), "held under the old key"
    await rotate_index(command)
    assert not await units.run_unaudited(take), "held under the new one"
    await all_found(units, people)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
async def test_who_claimed_a_value_before_is_waited_for(
    units: Units, command: Units, database_url: str
) -> None:
    """Their row cannot be seen before they commit, and the value they hold under the old key would be lost."""
    claimant: Any = await asyncpg.connect(database_url)
    transaction = claimant.transaction()
    await transaction.start()
    await claimant.execute("SELECT pg_advisory_xact_lock_shared($1)", _CLAIMS_LOCK)
    left: list[int] = []
    rotation = asyncio.create_task(rotate_index(command, left.append))
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        blocked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while not await claimant.fetchval(blocked):
            pass
    assert left == []
    await transaction.rollback()
    await rotation
    assert left == [0]
    await claimant.close()
