"""Remembers what API keys do until it is written, in batches: no request waits for its line in the log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from server.accounts.actions.api_log import store_api_uses
from server.accounts.rules.api_log import ApiLogTerms
from server.kit.clock import to_micros
from server.kit.viewer import Viewer
from server.kit.work import Units

_KEY = "key_"
"""What the ids of API keys begin with."""


@dataclass(slots=True)
class ApiUse:
    """One operation of an API key. `cost` is known once it was run, `size_bytes` once its answer is encoded."""

    id: str
    account_id: str
    key_id: str
    channel: str
    fields: str
    status: str
    at: datetime
    cost: int | None = None
    size_bytes: int | None = None

    def row(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "account_id": self.account_id,
            "key_id": self.key_id,
            "channel": self.channel,
            "fields": self.fields,
            "cost": self.cost,
            "status": self.status,
            "bytes": self.size_bytes,
            "at": to_micros(self.at),
        }


class ApiLog:
    """The uses that wait for `store`. Sessions are people, and not logged here (M140: request log per key)."""

    def __init__(self, units: Units) -> None:
        self._units = units
        self._terms = units.house.terms.get(ApiLogTerms)
        self._waiting: deque[ApiUse] = deque()

    @property
    def waiting(self) -> int:
        """Uses that are not written yet."""
        return len(self._waiting)

    def note(self, viewer: Viewer, channel: str, fields: str, status: str) -> ApiUse | None:
        """Remember an operation of an API key; None for anybody else, and when too many wait."""
        terms = self._terms
        key_id = viewer.credential_id or ""
        if viewer.account_id is None or not key_id.startswith(_KEY):
            return None
        if not terms.monitored or len(self._waiting) >= terms.waiting_max:
            return None
        house = self._units.house
        use = ApiUse(
            house.ids.new("use"),
            viewer.account_id,
            key_id,
            channel,
            fields[: terms.fields_length_max],
            status,
            house.clock.now(),
        )
        self._waiting.append(use)
        return use

    async def store(self) -> int:
        """Write what waits, a bounded batch a transaction; returns how many. For about once a minute, and the end."""
        stored = 0
        while self._waiting:
            count = min(len(self._waiting), self._terms.stored_at_once_max)
            uses = [self._waiting[place] for place in range(count)]
            rows = [use.row() for use in uses]
            await self._units.run_unaudited(partial(store_api_uses, uses=rows))
            for _ in uses:
                self._waiting.popleft()
            stored += count
        return stored
