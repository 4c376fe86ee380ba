"""Events by seed, and a recount of them by the plainest means: sets and sorted lists, nothing kept from before."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.campaigns.rules.events import BounceClass, Device, EventKind, MessageEvent
from server.campaigns.rules.metrics import COLUMNS, Dimension

NOON = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_KINDS = [
    *[EventKind.ACCEPTED] * 8,
    *[EventKind.DELIVERED] * 8,
    *[EventKind.OPENED] * 8,
    *[EventKind.CLICKED] * 4,
    *[EventKind.BOUNCED] * 2,
    EventKind.DROPPED,
    EventKind.DEFERRED,
    EventKind.UNSUBSCRIBED,
    EventKind.COMPLAINED,
]
_CODES = {
    BounceClass.HARD: ("5.1.1", "5.1.10"),
    BounceClass.SOFT: ("4.2.2", "5.2.2"),
    BounceClass.BLOCK: ("5.7.1",),
    BounceClass.UNDETERMINED: (None, "5.0.0"),
}


def make_event(
    dice: random.Random, number: int, campaign_id: str, recipients: int, until: datetime
) -> MessageEvent:
    """One plausible event; few recipients, links and instants make ties and repeated kinds likely."""
    kind = dice.choice(_KINDS)
    person = dice.randrange(recipients)
    event = MessageEvent(
        key=f"event-{number}",
        campaign_id=campaign_id,
        recipient=f"reader{person}@isp{person % 7}.example.com",
        kind=kind,
        at=until - timedelta(seconds=dice.randrange(3 * 86_400)),
    )
    if kind is EventKind.BOUNCED:
        bounce = dice.choice(list(BounceClass))
        return replace(event, bounce=bounce, code=dice.choice(_CODES[bounce]))
    if kind not in (EventKind.OPENED, EventKind.CLICKED):
        return event
    return replace(
        event,
        country=dice.choice([None, "CH", "FR", "JP"]),
        device=dice.choice([None, *Device]),
        machine=dice.random() < 0.2,
        suspect_bot=dice.random() < 0.1,
        link=f"https://www.example.com/{dice.randrange(12)}" if kind is EventKind.CLICKED else None,
    )


def make_events(
    seed: int,
    count: int,
    campaign_id: str,
    *,
    recipients: int | None = None,
    repeated: float = 0.05,
    until: datetime = NOON,
) -> list[MessageEvent]:
    """So many different events and, beside them, that share of repetitions; out of order."""
    dice = random.Random(seed)
    people = recipients or max(1, count // 4)
    events = [make_event(dice, number, campaign_id, people, until) for number in range(count)]
    events += dice.choices(events, k=int(count * repeated))
    dice.shuffle(events)
    return events


Row = Counter[str]
Facet = tuple[Dimension, object]


class Recount:
    """What the statistics of one campaign must be."""

    def __init__(self, events: Iterable[MessageEvent]) -> None:
        self.total: Row = Counter()
        self.buckets: dict[datetime, Row] = defaultdict(Counter)
        self.parts: dict[Facet, Row] = defaultdict(Counter)
        self.events = list({event.key: event for event in events}.values())
        for event in self.events:
            for column in _columns(event):
                self._place(event, column)
        self._count_recipients()
        self._count_links()

    def row(self) -> list[int]:
        return [self.total[column] for column in COLUMNS]

    def series(self) -> dict[datetime, list[int]]:
        found = {start: [row[column] for column in COLUMNS] for start, row in self.buckets.items()}
        return {start: row for start, row in found.items() if any(row)}

    def breakdown(self, dimension: Dimension) -> dict[object, list[int]]:
        parts = {value: row for (of, value), row in self.parts.items() if of is dimension}
        return {
            value: [row[column] for column in COLUMNS] for value, row in parts.items() if any(row.values())
        }

    def _place(self, event: MessageEvent, column: str) -> None:
        self.total[column] += 1
        self.buckets[_quarter(event.at)][column] += 1
        for part in _facets(event):
            self.parts[part][column] += 1
        if event.kind is EventKind.BOUNCED:
            self.parts[Dimension.BOUNCE_CODE, event.code][column] += 1

    def _count_recipients(self) -> None:
        kinds = {
            "accepted": EventKind.ACCEPTED,
            "delivered": EventKind.DELIVERED,
            "opened": EventKind.OPENED,
            "clicked": EventKind.CLICKED,
            "unsubscribed": EventKind.UNSUBSCRIBED,
            "complained": EventKind.COMPLAINED,
        }
        for name, kind in kinds.items():
            for first in _firsts(event for event in self.events if event.kind is kind):
                self._place_first(first, f"{name}_unique")
        for name in ("opened", "clicked"):
            of_kind = (event for event in self.events if event.kind is kinds[name] and _is_human(event))
            for first in _firsts(of_kind):
                self._place_first(first, f"{name}_human_unique")
        for first in _firsts(event for event in self.events if event.kind is EventKind.BOUNCED):
            self._place_first(
                first, f"bounced_{(first.bounce or BounceClass.UNDETERMINED).value.lower()}_unique"
            )

    def _place_first(self, event: MessageEvent, column: str) -> None:
        self._place(event, column)

    def _count_links(self) -> None:
        clicks = [event for event in self.events if event.kind is EventKind.CLICKED and event.link]
        clickers: dict[str, set[str]] = defaultdict(set)
        humans: dict[str, set[str]] = defaultdict(set)
        for event in clicks:
            for column in _columns(event):
                self.parts[Dimension.LINK, event.link][column] += 1
            clickers[event.link or ""].add(event.recipient)
            if _is_human(event):
                humans[event.link or ""].add(event.recipient)
        for link, people in clickers.items():
            self.parts[Dimension.LINK, link]["clicked_unique"] = len(people)
            self.parts[Dimension.LINK, link]["clicked_human_unique"] = len(humans[link])


def _columns(event: MessageEvent) -> Sequence[str]:
    if event.kind is EventKind.BOUNCED:
        return [f"bounced_{(event.bounce or BounceClass.UNDETERMINED).value.lower()}"]
    name = event.kind.value.lower()
    if event.kind not in (EventKind.OPENED, EventKind.CLICKED) or _is_human(event):
        return [name]
    return [name, f"{name}_machine" if event.machine else f"{name}_bot"]


def _firsts(events: Iterable[MessageEvent]) -> Iterable[MessageEvent]:
    """Each recipient's first event; of several in one second the one of the smallest facets."""
    found: dict[str, MessageEvent] = {}
    for event in sorted(events, key=_order):
        found.setdefault(event.recipient, event)
    return found.values()


def _order(event: MessageEvent) -> tuple[object, ...]:
    devices = [None, *Device]
    classes = list(BounceClass)
    bounce = classes.index(event.bounce) if event.bounce is not None else 0
    code = tuple(int(part) for part in event.code.split(".")) if event.code else (0, 0, 0)
    return (event.at, event.country or "", devices.index(event.device), bounce, code)


def _is_human(event: MessageEvent) -> bool:
    return not (event.machine or event.suspect_bot)


def _quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def _facets(event: MessageEvent) -> Iterable[Facet]:
    yield Dimension.DOMAIN, event.recipient.partition("@")[2]
    if event.country is not None:
        yield Dimension.COUNTRY, event.country
    if event.device is not None:
        yield Dimension.DEVICE, event.device.value
