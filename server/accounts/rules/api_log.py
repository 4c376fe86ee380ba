"""The log of API use: what is kept of each operation of a key, and how long (M140, H005)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class ApiLogTerms:
    """Whether the use of API keys is logged, and for how long it is kept. Times are since the operation."""

    monitored: bool = True
    kept: timedelta = timedelta(days=90)
    pruned_every: timedelta = timedelta(hours=1)
    deleted_at_once_max: int = 1_000
    waiting_max: int = 20_000
    """How many uses may wait to be written; what comes on top is counted by the metrics only."""
    stored_at_once_max: int = 500
    fields_length_max: int = 400
