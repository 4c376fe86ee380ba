"""The numbers of the retention. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class RetentionTerms:
    """How long rows of each retention are kept, and in which portions they go.

    `kept` is by the name of a retention, a Kept; one that lasts as long as the relationship is not in it: it ends with
    the account.
    """

    kept: Mapping[str, Any] = field(default_factory=dict)
    rows_a_batch: int = 500
    """In one transaction."""
    batches_a_step: int = 40
    """In one piece of due work, which is over well within its lease."""
    every: timedelta = timedelta(days=1)
    late_after: timedelta = timedelta(hours=36)
    """How long after its end a row counts as forgotten by the sweep."""
