"""The data keys that a process keeps in memory, in the clear: the newest ones, and none of the destroyed."""

from __future__ import annotations

import threading
from collections import OrderedDict

from server.kit.crypto import DataKey

CACHED_KEYS_MAX = 100_000


class KeyCache:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._by_id: OrderedDict[bytes, DataKey] = OrderedDict()
        self._by_owner: OrderedDict[tuple[str, str], DataKey] = OrderedDict()
        self._lock = threading.Lock()
        self._generation = 0

    @property
    def generation(self) -> int:
        """Changes whenever something is forgotten: ask for it before a key is looked up, to remember it."""
        return self._generation

    def by_id(self, key_id: bytes) -> DataKey | None:
        """The key with this id, if it is known."""
        with self._lock:
            return self._by_id.get(key_id)

    def by_owner(self, owner_id: str, purpose: str) -> DataKey | None:
        """The owner's key for that purpose, if it is known."""
        with self._lock:
            return self._by_owner.get((owner_id, purpose))

    def remember(self, owner_id: str, purpose: str, key: DataKey, generation: int) -> DataKey:
        """Keep the key, unless something was forgotten since that generation: it may have been this one."""
        with self._lock:
            if generation != self._generation:
                return key
            self._by_id[key.key_id] = key
            self._by_owner[owner_id, purpose] = key
            while len(self._by_id) > CACHED_KEYS_MAX:
                self._by_id.popitem(last=False)
            while len(self._by_owner) > CACHED_KEYS_MAX:
                self._by_owner.popitem(last=False)
        return key

    def forget(self, owner_id: str) -> None:
        """Keep no key of this owner any more. Some of theirs may be known by id only: then by id nothing is kept."""
        with self._lock:
            self._generation += 1
            for entry in [entry for entry in self._by_owner if entry[0] == owner_id]:
                del self._by_owner[entry]
            self._by_id.clear()

    def clear(self) -> None:
        """Keep no key at all."""
        with self._lock:
            self._generation += 1
            self._by_id.clear()
            self._by_owner.clear()
