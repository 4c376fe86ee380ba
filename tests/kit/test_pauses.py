"""Force majeure pauses contractual timers, at the instant and not a second beside it, and never statutory ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from server.kit.clock import ManualClock
from server.kit.due import DueRunner, DueWork, Timer, pauses, schedule
from server.kit.due.overview import counts, listed
from server.kit.due.pauses import AlreadyPaused, NotPaused, PauseInvalid
from server.kit.due.timers import Standstill, shifted
from server.kit.work import Units, Work

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
TIMERS = {"renew": Timer.CONTRACTUAL, "answer": Timer.STATUTORY, "root": Timer.OPERATIONAL}


class Queue:
    """One subject of each class, and what was done."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.done: list[str] = []
        self.runner = DueRunner(units, dict.fromkeys(TIMERS, self._do), TIMERS)

    async def _do(self, _units: Units, subject_id: str) -> None:
        self.done.append(subject_id)

    async def plan(self, kind: str, subject_id: str, due_at: datetime) -> None:
        await self.units.run_unaudited(lambda work: schedule(work, kind, subject_id, due_at))

    async def begin(self, starts_at: datetime | None = None, reason: str = "An earthquake.") -> None:
        await self._write(lambda work: pauses.begin(work, starts_at or work.now, reason))

    async def end(self) -> None:
        await self._write(lambda work: pauses.end(work, self.runner.timers.contractual))

    async def due_at(self, subject_id: str) -> datetime:
        query = select(DueWork.due_at).where(DueWork.subject_id == subject_id)
        found = await self.units.read(lambda read: read.scalar(query))
        assert isinstance(found, datetime)
        return found

    async def _write(self, action: Callable[[Work], object]) -> None:
        await self.units.run_unaudited(action)


@pytest.fixture
def queue(units: Units) -> Queue:
    return Queue(units)


@pytest.mark.rule("M103")
async def test_only_contractual_timers_stand_still(queue: Queue, clock: ManualClock) -> None:
    for kind in TIMERS:
        await queue.plan(kind, kind, clock.now() + DAY)
    await queue.begin()
    clock.advance(DAY)
    assert await queue.runner.run_due() == 2
    assert sorted(queue.done) == ["answer", "root"]
    clock.advance(10 * DAY)
    assert await queue.runner.run_due() == 0


@pytest.mark.rule("M103")
@pytest.mark.parametrize(("beside", "done"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)])
async def test_what_fell_due_before_the_begin_is_done(
    queue: Queue, clock: ManualClock, beside: timedelta, done: bool
) -> None:
    began = clock.now() + DAY
    await queue.plan("renew", "sub", began + beside)
    clock.set(began)
    await queue.begin()
    clock.set(began + DAY)
    await queue.runner.run_due()
    assert (queue.done == ["sub"]) == done


@pytest.mark.rule("M103")
async def test_the_end_shifts_by_the_length_to_the_second(queue: Queue, clock: ManualClock) -> None:
    due_at = clock.now() + 3 * DAY
    await queue.plan("renew", "sub", due_at)
    await queue.plan("answer", "dsr", due_at)
    clock.advance(DAY)
    await queue.begin()
    clock.advance(10 * DAY)
    await queue.end()
    assert await queue.due_at("sub") == due_at + 10 * DAY
    assert await queue.runner.run_due() == 1, "the statutory one was due"
    clock.set(due_at + 10 * DAY - SECOND)
    assert await queue.runner.run_due() == 0
    clock.set(due_at + 10 * DAY)
    assert await queue.runner.run_due() == 1
    assert queue.done == ["dsr", "sub"]


@pytest.mark.rule("M103")
async def test_what_is_planned_meanwhile_is_shifted_by_the_rest(queue: Queue, clock: ManualClock) -> None:
    await queue.begin()
    clock.advance(4 * DAY)
    due_at = clock.now() + 30 * DAY
    await queue.plan("renew", "sub", due_at)
    clock.advance(6 * DAY)
    await queue.end()
    assert await queue.due_at("sub") == due_at + 6 * DAY


async def test_a_begin_in_the_past_holds_up_what_is_not_done_yet(queue: Queue, clock: ManualClock) -> None:
    due_at = clock.now() + DAY
    await queue.plan("renew", "sub", due_at)
    clock.advance(2 * DAY)
    await queue.begin(due_at)
    assert await queue.runner.run_due() == 0
    clock.advance(DAY)
    await queue.end()
    assert await queue.due_at("sub") == clock.now()
    assert await queue.runner.run_due() == 1


async def test_pauses_are_one_behind_the_other(queue: Queue, clock: ManualClock) -> None:
    with pytest.raises(NotPaused):
        await queue.end()
    await queue.begin()
    clock.advance(DAY)
    with pytest.raises(AlreadyPaused):
        await queue.begin()
    await queue.end()
    with pytest.raises(NotPaused):
        await queue.end()
    for starts_at in (clock.now() - SECOND, clock.now() + SECOND, clock.now() - 31 * DAY):
        with pytest.raises(PauseInvalid):
            await queue.begin(starts_at)
    for reason in (" ", "x" * 201, "paid with 4" + "111111111111111", "two\nlines"):
        with pytest.raises(PauseInvalid):
            await queue.begin(reason=reason)
    await queue.begin(clock.now())


async def test_a_paused_row_is_neither_late_nor_failing(queue: Queue, clock: ManualClock) -> None:
    await queue.plan("renew", "sub", clock.now())
    await queue.plan("answer", "dsr", clock.now())
    await queue.begin()
    clock.advance(DAY)
    kinds = queue.runner.timers.contractual
    counted = await queue.units.read(lambda read: counts(read, kinds))
    assert [(one.kind, one.state.value, one.count) for one in counted] == [
        ("answer", "LATE", 1),
        ("renew", "PAUSED", 1),
    ]


async def test_work_is_in_one_state_and_listed_page_by_page(queue: Queue, clock: ManualClock) -> None:
    start = clock.now()
    for number, (kind, minutes) in enumerate([("renew", 0), ("renew", 5), ("answer", 6), ("root", 60)]):
        await queue.plan(kind, f"sub_{number}", start + timedelta(minutes=minutes))
    clock.set(start + timedelta(minutes=5, seconds=1))
    rows = await queue.units.read(lambda read: listed(read, 10))
    assert [row.state for row in rows] == ["LATE", "DUE", "SCHEDULED", "SCHEDULED"]
    clock.set(start + timedelta(minutes=5))
    rows = await queue.units.read(lambda read: listed(read, 10))
    assert [row.state for row in rows] == ["DUE", "DUE", "SCHEDULED", "SCHEDULED"]


def test_a_term_is_as_long_as_agreed_without_the_standstills(clock: ManualClock) -> None:
    since = clock.now()
    due_at = since + 10 * DAY

    def ends(now: datetime, *pauses: tuple[timedelta, timedelta | None]) -> timedelta:
        stood = [Standstill(since + begin, None if end is None else since + end) for begin, end in pauses]
        return shifted(due_at, since, stood, now) - due_at

    later = since + 100 * DAY
    assert ends(later) == timedelta(0)
    assert ends(later, (2 * DAY, 5 * DAY)) == 3 * DAY
    assert ends(later, (-2 * DAY, 5 * DAY)) == 5 * DAY, "only what is inside the term"
    assert ends(later, (-2 * DAY, -DAY)) == timedelta(0)
    assert ends(later, (10 * DAY, 11 * DAY)) == DAY, "at the very end"
    assert ends(later, (10 * DAY + SECOND, 11 * DAY)) == timedelta(0)
    assert ends(later, (DAY, 3 * DAY), (11 * DAY, 12 * DAY)) == 3 * DAY, (
        "the first moves the end into the second"
    )
    for now in (since + 12 * DAY, since + 40 * DAY):
        assert due_at + ends(now, (5 * DAY, None)) > now, "while one lasts, the end is never reached"
