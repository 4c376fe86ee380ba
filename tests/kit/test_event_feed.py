"""A feed over domain events: what concerns it, once and in order, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import delete

from server.kit.events import DomainEvent, StoredEvent
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import Feed, FeedEventKind, FeedMode
from server.kit.problems import PublicError
from server.kit.work import Read, Units


@dataclass(frozen=True, slots=True)
class LampLit(DomainEvent):
    watts: int


@dataclass(frozen=True, slots=True)
class LampBroke(DomainEvent):
    pass


class LampFeed(EventFeed):
    events = (LampLit,)

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> Any:
        return (kind.name, sequence)

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[Any]:
        return [(event.subject_id, event.kind) for event in stored]

    def may_watch(self, read: Read) -> bool:
        return self.subject_id != "lmp_foreign"


def lamps(subject_id: str | None = None) -> Feed:
    return LampFeed("acc_1", subject_id, None, FeedMode.EVERY)


@pytest.fixture
async def history(units: Units) -> None:
    """Sequences 1 to 6 of `acc_1`: 1, 3 and 6 light a lamp, 6 another one; `acc_2` has one event."""
    for event in (
        LampLit("acc_1", "lmp_1", 40),
        LampBroke("acc_1", "lmp_1"),
        LampLit("acc_1", "lmp_1", 60),
        LampLit("acc_2", "lmp_9", 25),
        LampBroke("acc_1", "lmp_1"),
        LampBroke("acc_1", "lmp_2"),
        LampLit("acc_1", "lmp_2", 60),
    ):
        await units.run_unaudited(lambda work, event=event: work.record(event))


async def sequences(units: Units, feed: Feed, after: int, limit: int = 100) -> list[int]:
    return [event.sequence for event in await units.read(lambda read: feed.since(read, after, limit))]


@pytest.mark.usefixtures("history")
async def test_only_what_concerns_the_feed_arrives_and_in_order(units: Units) -> None:
    assert await sequences(units, lamps(), 0) == [1, 3, 6]
    assert await sequences(units, lamps(), 1) == [3, 6]
    assert await sequences(units, lamps(), 0, limit=2) == [1, 3]
    assert await sequences(units, lamps("lmp_2"), 0) == [6]
    assert await sequences(units, lamps(), 6) == []


@pytest.mark.usefixtures("history")
async def test_the_newest_change_is_enough_for_displays(units: Units) -> None:
    event = await units.read(lambda read: lamps("lmp_1").latest(read, 0))
    assert event is not None
    assert (event.sequence, event.value) == (3, ("lmp_1", "LampLit"))
    assert await units.read(lambda read: lamps("lmp_1").latest(read, 3)) is None


@pytest.mark.usefixtures("history")
async def test_the_snapshot_stands_at_the_accounts_head(units: Units) -> None:
    event = await units.read(lambda read: lamps().state(read, FeedEventKind.SNAPSHOT))
    assert (event.sequence, event.value) == (6, ("SNAPSHOT", 6))
    assert await units.read(lamps().oldest) == 0


@pytest.mark.usefixtures("history")
async def test_the_oldest_point_moves_up_when_history_is_pruned(units: Units) -> None:
    async def prune(to: int) -> None:
        up_to = delete(StoredEvent).where(StoredEvent.account_id == "acc_1", StoredEvent.sequence <= to)
        await units.run_unaudited(lambda work: work.execute(up_to).rowcount)

    await prune(2)
    assert await units.read(lamps().oldest) == 2
    await prune(6)
    assert await units.read(lamps().oldest) == 6


@pytest.mark.rule("Q014")
async def test_a_foreign_subject_is_not_found(units: Units) -> None:
    with pytest.raises(PublicError) as caught:
        await units.read(lamps("lmp_foreign").head)
    assert caught.value.code == "NOT_FOUND"


async def test_nothing_has_happened_yet(units: Units) -> None:
    assert await units.read(lamps().head) == 0
    assert await units.read(lamps().oldest) == 0


def test_equal_feeds_share_a_key_and_others_do_not() -> None:
    keys = {
        lamps().key,
        lamps("lmp_1").key,
        LampFeed("acc_2", None, None, FeedMode.EVERY).key,
        LampFeed("acc_1", None, None, FeedMode.LATEST).key,
    }
    assert len(keys) == 4
    assert LampFeed("acc_1", None, 3, FeedMode.EVERY).key == lamps().key
