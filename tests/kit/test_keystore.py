"""The key store: keys outlive nothing they should not, and the blind index has one holder a value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.kit.blindindex import Claim, Held
from server.kit.crypto import DataKey, Shredded, open_sealed, seal
from server.kit.ids import SeededEntropy
from server.kit.key_cache import KeyCache
from server.kit.keystore import KeyStore
from server.kit.masterkeys import MasterKeys
from server.kit.work import Call, Units

ENTROPY = SeededEntropy(1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def store(folder: Path) -> Iterator[KeyStore]:
    store = open_store(folder)
    yield store
    store.close()


def open_store(folder: Path) -> KeyStore:
    masters = MasterKeys.load(folder / "master.key", ENTROPY)
    store = KeyStore(f"sqlite:///{folder}/keys.sqlite3", masters, ENTROPY)
    store.create_tables()
    return store


def test_keys_survive_a_restart_and_differ_by_purpose(store: KeyStore, folder: Path) -> None:
    keys = store.ensure("acc_1", ["identity", "billing"])
    assert keys["identity"].secret != keys["billing"].secret
    again = open_store(folder)
    assert again.ensure("acc_1", ["billing", "identity"]) == keys
    again.close()


def test_a_destroyed_key_shreds_what_it_sealed_and_nothing_else(store: KeyStore, folder: Path) -> None:
    keys = store.ensure("acc_1", ["identity", "billing"])
    sealed = seal(keys["identity"], "people.login", b"somebody", ENTROPY)
    kept = seal(keys["billing"], "orders.note", b"kept", ENTROPY)
    assert store.destroy("acc_1", ["identity"]) == 1
    for reader in (store, open_store(folder)):
        with pytest.raises(Shredded):
            reader.key_by_id(keys["identity"].key_id)
        assert open_sealed(reader.key_by_id(keys["billing"].key_id), "orders.note", kept) == b"kept"
    assert b"somebody" not in sealed


def test_a_sealed_value_cannot_be_moved(store: KeyStore) -> None:
    key = store.ensure("acc_1", ["identity"])["identity"]
    other = store.ensure("acc_2", ["identity"])["identity"]
    sealed = seal(key, "people.login", b"somebody", ENTROPY)
    with pytest.raises(Shredded):
        open_sealed(key, "people.name", sealed)
    with pytest.raises(Shredded):
        open_sealed(other, "people.login", sealed)
    with pytest.raises(Shredded):
        open_sealed(key, "people.login", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_files_hold_no_key_in_the_clear(store: KeyStore, folder: Path) -> None:
    secrets = [key.secret for key in store.ensure("acc_1", ["identity", "billing"]).values()]
    files = [path.read_bytes() for path in folder.iterdir()]
    assert not any(secret in content for secret in secrets for content in files)


def test_a_master_key_that_others_can_read_is_refused(folder: Path) -> None:
    MasterKeys.load(folder / "master.key", ENTROPY)
    assert (folder / "master.key").stat().st_mode & 0o777 == 0o600
    (folder / "master.key").chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        MasterKeys.load(folder / "master.key", ENTROPY)


def test_a_blind_value_has_one_holder(store: KeyStore) -> None:
    value = ("login", "somebody")
    first, second = Claim("acc_1", "req_1", NOW), Claim("acc_2", "req_2", NOW)
    assert store.claim(*value, first)
    assert not store.claim(*value, second)
    assert store.find(*value) == first
    assert store.find("email", "somebody") is None
    assert store.claim(*value, second, instead_of=first), "an abandoned claim can be taken over"
    assert not store.claim(*value, first, instead_of=first), "but only once"
    store.release("acc_2")
    assert store.find(*value) is None


def test_a_key_store_from_before_the_index_was_rotated_is_completed(store: KeyStore, folder: Path) -> None:
    claim = Claim("per_1", "per_1", NOW)
    store.claim("login", "somebody", claim)
    with closing(sqlite3.connect(folder / "keys.sqlite3")) as database, database:
        database.execute("ALTER TABLE blind_index DROP COLUMN key_id")
    again = open_store(folder)
    again.begin_index_rotation()
    assert again.move_index([]) == 1
    assert again.move_index([Held("login", "somebody", "per_1")]) == 0
    assert again.end_index_rotation() == 0
    assert again.find("login", "somebody") == claim
    again.close()


def test_what_another_process_destroyed_is_not_read_from_memory(store: KeyStore, folder: Path) -> None:
    """Each unit of work looks at the erasure epoch first (DESIGN §6)."""
    store.refresh()
    key = store.ensure("acc_1", ["identity"])["identity"]
    other = open_store(folder)
    assert other.destroy("acc_1") == 1
    assert store.key_by_id(key.key_id) == key, "it is in memory still"
    store.refresh()
    with pytest.raises(Shredded):
        store.key_by_id(key.key_id)
    with pytest.raises(Shredded):
        store.key("acc_1", "identity")
    other.close()


async def test_a_unit_of_work_begins_with_that_look(units: Units, tmp_path: Path) -> None:
    sealed = await units.run(Call("seal"), lambda work: work.seal("acc_1", "identity", "people.login", "Ada"))
    assert await units.read(lambda read: read.open("people.login", sealed)) == "Ada"
    other = open_store(tmp_path / "keys")
    other.destroy("acc_1")
    with pytest.raises(Shredded):
        await units.read(lambda read: read.open("people.login", sealed))
    other.close()


def test_for_an_erased_owner_no_key_is_made_again(store: KeyStore) -> None:
    store.ensure("acc_1", ["identity", "content"])
    assert store.claim("login", "ada", Claim("acc_1", "per_1", NOW))
    assert not store.is_erased("acc_1")
    assert store.erase("acc_1") == 2
    assert store.erase("acc_1") == 0
    assert store.is_erased("acc_1")
    assert store.find("login", "ada") is None
    with pytest.raises(Shredded):
        store.ensure("acc_1", ["identity"])
    assert store.ensure("acc_2", ["identity"])


def test_nothing_of_a_destroyed_key_stays_in_the_files(store: KeyStore, folder: Path) -> None:
    key = store.ensure("acc_1", ["identity"])["identity"]
    store.erase("acc_1")
    assert not any(key.key_id in path.read_bytes() for path in folder.iterdir())


def test_a_key_that_was_looked_up_before_it_went_is_not_remembered() -> None:
    cache, key = KeyCache(), DataKey(b"1" * 12, b"2" * 32)
    generation = cache.generation
    cache.forget("acc_1")
    assert cache.remember("acc_1", "identity", key, generation) is key
    assert cache.by_owner("acc_1", "identity") is None
    cache.remember("acc_1", "identity", key, cache.generation)
    assert cache.by_id(key.key_id) is key
    cache.clear()
    assert cache.by_id(key.key_id) is None
