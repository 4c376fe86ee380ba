"""Counting events exactly: whatever their order, their batches and their delay, the result is the same. No I/O.

A recipient is counted as unique at its first event of a kind. An event that arrives late and was earlier than the
first known one moves that count to its own quarter hour and facets: one less there, one more here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from server.campaigns.rules.events import BounceClass, EventKind
from server.campaigns.rules.metrics import (
    BUCKET_SECONDS,
    CLASSES,
    COLUMN,
    FACET_BITS,
    FIRSTS,
    KIND_COLUMN,
    KIND_FIRST,
    WIDTH,
    Dimension,
    facet_values,
    moment_facets,
)

Firsts = list[int | None]
"""The moments of a recipient's first events, in the order of FIRSTS."""
Bounced = tuple[int, int, int]
"""Moment, class and code of a bounce; the smallest is a recipient's first one."""
Deltas = dict[int, list[int]]
_FIRST_COLUMN = tuple(COLUMN[name] for name in FIRSTS)
_BOUNCED_UNIQUE = tuple(COLUMN[f"bounced_{each.value.lower()}_unique"] for each in CLASSES)
_BOUNCED = tuple(COLUMN[f"bounced_{each.value.lower()}"] for each in CLASSES)
_SEGMENTS = COLUMN["segments"]


class Counted(NamedTuple):
    """An event as it is counted: the recipient by its hash, links and facets by their numbers."""

    recipient: bytes
    kind: EventKind
    moment: int
    bounce: BounceClass | None
    code: int
    link: int
    machine: bool
    suspect_bot: bool
    segments: int


@dataclass(slots=True)
class Known:
    """What is known of the recipients of a batch. Counting brings it up to date."""

    firsts: dict[bytes, Firsts] = field(default_factory=dict)
    bounced: dict[bytes, Bounced] = field(default_factory=dict)
    clickers: dict[tuple[int, bytes], bool] = field(default_factory=dict)
    """Who clicked which link, and whether a human click was among them."""


def _row() -> list[int]:
    return [0] * WIDTH


@dataclass(slots=True)
class Changes:
    """What a batch adds: to the quarter hours, by facets, links and bounce codes. Numbers may be negative."""

    buckets: Deltas = field(default_factory=lambda: defaultdict(_row))
    facets: Deltas = field(default_factory=lambda: defaultdict(_row))
    links: Deltas = field(default_factory=lambda: defaultdict(_row))
    codes: Deltas = field(default_factory=lambda: defaultdict(_row))
    touched: set[bytes] = field(default_factory=set)
    """The recipients whose firsts changed."""
    clicked: set[tuple[int, bytes]] = field(default_factory=set)
    """The links and recipients of which something changed."""
    earliest: int | None = None
    latest: int | None = None
    """The seconds of the first and the last event."""

    def include(self, other: Changes) -> None:
        """Add the quarter hours of another campaign."""
        for bucket, row in other.buckets.items():
            _add(self.buckets[bucket], row)
        self.span(other.earliest, other.latest)

    def span(self, earliest: int | None, latest: int | None) -> None:
        """Reach from that second to that one at least."""
        if earliest is not None and latest is not None:
            self.earliest = earliest if self.earliest is None else min(self.earliest, earliest)
            self.latest = latest if self.latest is None else max(self.latest, latest)

    def totals(self) -> Mapping[tuple[Dimension, int], list[int]]:
        """What the batch adds to the kept totals, by dimension and value. The whole is the sum of its quarter hours."""
        found: dict[tuple[Dimension, int], list[int]] = defaultdict(_row)
        for row in self.buckets.values():
            _add(found[Dimension.ALL, 0], row)
        for facets, row in self.facets.items():
            for key in facet_values(facets):
                _add(found[key], row)
        for dimension, deltas in ((Dimension.LINK, self.links), (Dimension.BOUNCE_CODE, self.codes)):
            for value, row in deltas.items():
                _add(found[dimension, value], row)
        return found


def _add(total: list[int], row: list[int]) -> None:
    for position, number in enumerate(row):
        if number:
            total[position] += number


def events_of(row: Sequence[int]) -> int:
    """How many events a row of totals counts: its weight in a list. Uniques and segments are no events."""
    return sum(row[position] for position in _EVENT_COLUMNS)


_EVENT_COLUMNS = (*KIND_COLUMN.values(), *_BOUNCED)


def count(events: Sequence[Counted], known: Known) -> Changes:
    """Count a batch without repetitions."""
    changes = Changes()
    if events:
        seconds = [event.moment >> FACET_BITS for event in events]
        changes.span(min(seconds), max(seconds))
    for event in events:
        if event.kind is EventKind.BOUNCED:
            _count_bounce(event, known, changes)
        else:
            _count_event(event, known, changes)
    return changes


def _count_event(event: Counted, known: Known, changes: Changes) -> None:
    kind, moment = event.kind, event.moment
    column = KIND_COLUMN[kind]
    bucket, facets = changes.buckets[(moment >> FACET_BITS) // BUCKET_SECONDS], changes.facets[moment_facets(moment)]
    bucket[column] += 1
    facets[column] += 1
    first = KIND_FIRST.get(kind)
    if first is None:
        return
    _count_first(event.recipient, first, moment, known, changes)
    if kind is EventKind.ACCEPTED:
        bucket[_SEGMENTS] += event.segments
        facets[_SEGMENTS] += event.segments
    elif kind is EventKind.OPENED or kind is EventKind.CLICKED:
        if event.machine or event.suspect_bot:
            flagged = column + 1 if event.machine else column + 2
            bucket[flagged] += 1
            facets[flagged] += 1
        else:
            _count_first(event.recipient, first + 1, moment, known, changes)
        if event.link and kind is EventKind.CLICKED:
            _count_link(event, column, known, changes)


def _count_first(recipient: bytes, first: int, moment: int, known: Known, changes: Changes) -> None:
    firsts = known.firsts.get(recipient)
    if firsts is None:
        firsts = known.firsts[recipient] = [None] * len(FIRSTS)
    before = firsts[first]
    if before is not None and before <= moment:
        return
    column = _FIRST_COLUMN[first]
    if before is not None:
        _place(changes, before, column, -1)
    _place(changes, moment, column, 1)
    firsts[first] = moment
    changes.touched.add(recipient)


def _place(changes: Changes, moment: int, column: int, number: int) -> None:
    changes.buckets[(moment >> FACET_BITS) // BUCKET_SECONDS][column] += number
    changes.facets[moment_facets(moment)][column] += number


def _count_link(event: Counted, column: int, known: Known, changes: Changes) -> None:
    row, key = changes.links[event.link], (event.link, event.recipient)
    human = not (event.machine or event.suspect_bot)
    row[column] += 1
    if not human:
        row[column + 1 if event.machine else column + 2] += 1
    before = known.clickers.get(key)
    if before is None:
        row[COLUMN["clicked_unique"]] += 1
    if human and not before:
        row[COLUMN["clicked_human_unique"]] += 1
    if before is None or (human and not before):
        known.clickers[key] = human
        changes.clicked.add(key)


def _count_bounce(event: Counted, known: Known, changes: Changes) -> None:
    number = CLASSES.index(event.bounce or BounceClass.UNDETERMINED)
    _place(changes, event.moment, _BOUNCED[number], 1)
    changes.codes[event.code][_BOUNCED[number]] += 1
    bounced, before = (event.moment, number, event.code), known.bounced.get(event.recipient)
    if before is not None and before <= bounced:
        return
    if before is not None:
        _place(changes, before[0], _BOUNCED_UNIQUE[before[1]], -1)
        changes.codes[before[2]][_BOUNCED_UNIQUE[before[1]]] -= 1
    _place(changes, event.moment, _BOUNCED_UNIQUE[number], 1)
    changes.codes[event.code][_BOUNCED_UNIQUE[number]] += 1
    known.bounced[event.recipient] = bounced
