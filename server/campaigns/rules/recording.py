"""Which events are counted, and the limits of taking them in. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RecordingTerms:
    """The numbers of taking events in and of keeping what is counted."""

    event_age_max: timedelta = timedelta(days=30)
    """Older events are refused: repetitions are known for so long."""
    event_ahead_max: timedelta = timedelta(minutes=5)
    """How far a provider's clock may be ahead."""
    bounce_after_launch_max: timedelta = timedelta(days=150)
    """A later bounce is refused: the recipient's first one may be deleted by then, and it would count twice."""
    links_max: int = 5_000
    """Links of one campaign that are told apart; clicks on later ones are counted without one."""

    statistics_kept_months: int = 60
    """From a campaign's first event on (M093, M096)."""
    bounces_kept_months: int = 12
    """All but soft ones (M094)."""
    soft_bounces_kept_months: int = 6
    """M095."""
    rows_deleted_at_once: int = 5_000
    """In one transaction of the retention."""
    seen_pruned_every: timedelta = timedelta(days=1)
    seen_pruned_in_parts: int = 256
    """So many transactions, each of a part of the hashes."""

    events_a_mutation_max: int = 1_000
    events_a_batch: int = 4_000
    """Of the streaming endpoint: in one transaction."""
    line_bytes_max: int = 8 * 1024
    stream_bytes_max: int = 1024 * 1024 * 1024
    stream_stall_seconds_max: float = 30.0
    """How long the stream may be silent."""
    stream_seconds_max: float = 3_600.0
    streams_at_once_max: int = 8
    """In one process."""
    errors_shown_max: int = 100
    """Invalid lines that an answer names; the others are counted."""


class Untimely(StrEnum):
    """Why the instant of an event is not accepted."""

    TOO_OLD = "TOO_OLD"
    IN_THE_FUTURE = "IN_THE_FUTURE"


def untimely(
    at: datetime, now: datetime, terms: RecordingTerms, *, bounced: bool, launched_at: datetime | None
) -> Untimely | None:
    """Why the event is not counted; None when it is."""
    if at < now - terms.event_age_max:
        return Untimely.TOO_OLD
    if at > now + terms.event_ahead_max:
        return Untimely.IN_THE_FUTURE
    if bounced and launched_at is not None and at > launched_at + terms.bounce_after_launch_max:
        return Untimely.TOO_OLD
    return None
