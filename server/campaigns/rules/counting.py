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
    FACET_MASK,
    FIRSTS,
    KIND_COLUMN,
    KIND_FIRST,
    WIDTH,
    Dimension,
    facet_values,
)

Firsts = list[int | None]
"""The moments of a recipient's first events, in the order of FIRSTS."""
Bounced = tuple[int, int, int]
"""Moment, class and code of a bounce; the smallest is a recipient's first one."""
Deltas = dict[int, int]
"""What to add to a column of a row, under `cell` of both. Most rows change in a few columns only."""
_FIRST_COLUMN = tuple(COLUMN[name] for name in FIRSTS)
_BOUNCED_UNIQUE = tuple(COLUMN[f"bounced_{each.value.lower()}_unique"] for each in CLASSES)
_BOUNCED = tuple(COLUMN[f"bounced_{each.value.lower()}"] for each in CLASSES)
_SEGMENTS = COLUMN["segments"]
_COLUMN_BITS = (WIDTH - 1).bit_length()
_COLUMN_MASK = (1 << _COLUMN_BITS) - 1


class Counted(NamedTuple):
    """An event as it is counted: the recipient by its hash, links and facets by their numbers."""

    recipient: bytes
    kind: EventKind
    moment: int
    bounce: BounceClass | None = None
    code: int = 0
    link: int = 0
    machine: bool = False
    suspect_bot: bool = False
    segments: int = 0


@dataclass(slots=True)
class Known:
    """What is known of the recipients of a batch. Counting brings it up to date."""

    firsts: dict[bytes, Firsts] = field(default_factory=dict)
    bounced: dict[bytes, Bounced] = field(default_factory=dict)
    clickers: dict[tuple[int, bytes], bool] = field(default_factory=dict)
    """Who clicked which link, and whether a human click was among them."""


def _deltas() -> Deltas:
    return defaultdict(int)


def cell(row: int, column: int) -> int:
    """The key of a column (by its position) of a row (by its number)."""
    return row << _COLUMN_BITS | column


def rows(deltas: Deltas) -> Mapping[int, list[int]]:
    """The deltas with all columns, by the number of the row."""
    found: dict[int, list[int]] = {}
    for key, number in deltas.items():
        row = found.get(key >> _COLUMN_BITS)
        if row is None:
            row = found[key >> _COLUMN_BITS] = [0] * WIDTH
        row[key & _COLUMN_MASK] += number
    return found


@dataclass(slots=True)
class Changes:
    """What a batch adds: to the quarter hours, by facets, links and bounce codes. Numbers may be negative."""

    buckets: Deltas = field(default_factory=_deltas)
    facets: Deltas = field(default_factory=_deltas)
    links: Deltas = field(default_factory=_deltas)
    codes: Deltas = field(default_factory=_deltas)
    touched: set[bytes] = field(default_factory=set)
    """The recipients whose firsts changed."""
    clicked: set[tuple[int, bytes]] = field(default_factory=set)
    """The links and recipients of which something changed."""
    earliest: int | None = None
    latest: int | None = None
    """The seconds of the first and the last event."""

    def include(self, other: Changes) -> None:
        """Add the quarter hours of another campaign."""
        for key, number in other.buckets.items():
            self.buckets[key] += number
        self.span(other.earliest, other.latest)

    def span(self, earliest: int | None, latest: int | None) -> None:
        """Reach from that second to that one at least."""
        if earliest is not None and latest is not None:
            self.earliest = earliest if self.earliest is None else min(self.earliest, earliest)
            self.latest = latest if self.latest is None else max(self.latest, latest)

    def totals(self) -> Mapping[tuple[Dimension, int], list[int]]:
        """What the batch adds to the kept totals, by dimension and value. The whole is the sum of its quarter hours."""
        found: dict[Dimension, Deltas] = defaultdict(_deltas)
        for key, number in self.buckets.items():
            found[Dimension.ALL][key & _COLUMN_MASK] += number
        for key, number in self.facets.items():
            for dimension, value in facet_values(key >> _COLUMN_BITS):
                found[dimension][cell(value, key & _COLUMN_MASK)] += number
        found[Dimension.LINK], found[Dimension.BOUNCE_CODE] = self.links, self.codes
        return {
            (dimension, value): row
            for dimension, deltas in found.items()
            for value, row in rows(deltas).items()
        }


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
    _place(changes, moment, column, 1)
    first = KIND_FIRST.get(kind)
    if first is None:
        return
    _count_first(event.recipient, first, moment, known, changes)
    if kind is EventKind.ACCEPTED and event.segments:
        _place(changes, moment, _SEGMENTS, event.segments)
    elif kind is EventKind.OPENED or kind is EventKind.CLICKED:
        if event.machine or event.suspect_bot:
            _place(changes, moment, column + 1 if event.machine else column + 2, 1)
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
    # `cell` and the functions of moments written out: this runs several times for each event.
    bucket = (moment >> FACET_BITS) // BUCKET_SECONDS
    changes.buckets[bucket << _COLUMN_BITS | column] += number
    changes.facets[(moment & FACET_MASK) << _COLUMN_BITS | column] += number


def _count_link(event: Counted, column: int, known: Known, changes: Changes) -> None:
    key, human = (event.link, event.recipient), not (event.machine or event.suspect_bot)
    before = known.clickers.get(key)
    changes.links[cell(event.link, column)] += 1
    if not human:
        changes.links[cell(event.link, column + 1 if event.machine else column + 2)] += 1
    if before is None:
        changes.links[cell(event.link, COLUMN["clicked_unique"])] += 1
    if human and not before:
        changes.links[cell(event.link, COLUMN["clicked_human_unique"])] += 1
    if before is None or (human and not before):
        known.clickers[key] = human
        changes.clicked.add(key)


def _count_bounce(event: Counted, known: Known, changes: Changes) -> None:
    number = CLASSES.index(event.bounce or BounceClass.UNDETERMINED)
    _place(changes, event.moment, _BOUNCED[number], 1)
    changes.codes[cell(event.code, _BOUNCED[number])] += 1
    bounced, before = (event.moment, number, event.code), known.bounced.get(event.recipient)
    if before is not None and before <= bounced:
        return
    if before is not None:
        _place_bounced(before, changes, -1)
    _place_bounced(bounced, changes, 1)
    known.bounced[event.recipient] = bounced


def _place_bounced(bounced: Bounced, changes: Changes, number: int) -> None:
    moment, kind, code = bounced
    _place(changes, moment, _BOUNCED_UNIQUE[kind], number)
    changes.codes[cell(code, _BOUNCED_UNIQUE[kind])] += number
