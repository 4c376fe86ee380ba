"""What follows from refusing a new version of the policy: a copy of the data, and time to take it along. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RefusalTerms:
    """The numbers of refusing."""

    closes_after: timedelta = timedelta(days=30)
    """How long the account stays open for who refused, to take the data along (P049)."""
    look_every: timedelta = timedelta(days=1)
    """How often it is looked whether the copy is made: the account does not close before."""
