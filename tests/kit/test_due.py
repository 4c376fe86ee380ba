"""Due work: leased, repeated after a failure, never done by two at once, moved by a second scheduling."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from server.kit.clock import ManualClock
from server.kit.due import (
    LEASE_SECONDS,
    DueRunner,
    DueWork,
    Swept,
    being_done,
    cancel,
    finish,
    next_due,
    retry,
    schedule,
    schedule_unless_planned,
    take,
)
from server.kit.due import runner as runner_module
from server.kit.due.queue import DueWorkNotFailing, DueWorkNotFound, DueWorkRunning
from server.kit.work import Units


async def kinds(units: Units) -> list[str]:
    return await units.read(lambda read: list(read.execute(select(DueWork.kind)).scalars()))


async def test_work_runs_when_it_is_due_and_not_before(units: Units, clock: ManualClock) -> None:
    done: list[str] = []

    async def handler(_units: Units, subject_id: str) -> None:
        done.append(subject_id)

    runner = DueRunner(units, {"renew": handler})
    due_at = clock.now() + timedelta(hours=1)
    await units.run_unaudited(lambda work: schedule(work, "renew", "sub_1", due_at))
    assert await units.read(next_due) == due_at
    clock.set(due_at - timedelta(seconds=1))
    assert await runner.run_due() == 0
    clock.set(due_at)
    assert await runner.run_due() == 1
    assert done == ["sub_1"]
    assert await kinds(units) == []


async def test_a_failed_step_is_tried_again_later(units: Units, clock: ManualClock) -> None:
    tries: list[int] = []

    async def handler(_units: Units, _subject_id: str) -> None:
        tries.append(len(tries))
        if len(tries) < 3:
            raise ConnectionError("the provider is away")

    runner = DueRunner(units, {"settle": handler})
    await units.run_unaudited(lambda work: schedule(work, "settle", "top_1", clock.now()))
    for wait in (0, 1, 2):
        clock.advance(timedelta(seconds=wait))
        await runner.run_due()
    assert len(tries) == 3
    assert await kinds(units) == []


async def test_a_leased_step_is_nobody_elses_until_the_lease_ends(units: Units, clock: ManualClock) -> None:
    await units.run_unaudited(lambda work: schedule(work, "settle", "top_1", clock.now()))
    (first,) = await units.run_unaudited(lambda work: take(work, 5))
    assert await units.run_unaudited(lambda work: take(work, 5)) == []
    clock.advance(timedelta(seconds=LEASE_SECONDS))
    (second,) = await units.run_unaudited(lambda work: take(work, 5))
    await units.run_unaudited(lambda work: finish(work, first))
    assert await kinds(units) == ["settle"], "a lost lease cannot finish the step"
    await units.run_unaudited(lambda work: finish(work, second))
    assert await kinds(units) == []


async def test_two_runners_do_each_step_once(units: Units, clock: ManualClock) -> None:
    done: list[str] = []

    async def handler(_units: Units, subject_id: str) -> None:
        done.append(subject_id)

    for number in range(40):
        subject = f"sub_{number}"
        await units.run_unaudited(lambda work, subject=subject: schedule(work, "renew", subject, clock.now()))
    await asyncio.gather(*(DueRunner(units, {"renew": handler}).run_due() for _ in range(2)))
    assert sorted(done) == sorted(f"sub_{number}" for number in range(40))


async def test_scheduling_again_moves_and_cancelling_forgets(units: Units, clock: ManualClock) -> None:
    later = clock.now() + timedelta(days=1)
    await units.run_unaudited(lambda work: schedule(work, "renew", "sub_1", clock.now()))
    (leased,) = await units.run_unaudited(lambda work: take(work, 1))
    await units.run_unaudited(lambda work: schedule(work, "renew", "sub_1", later))
    await units.run_unaudited(lambda work: finish(work, leased))
    assert await units.read(next_due) == later
    await units.run_unaudited(lambda work: cancel(work, "renew", "sub_1"))
    assert await units.read(next_due) is None


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_serving_wakes_up_for_new_work(units: Units, clock: ManualClock) -> None:
    done = asyncio.Event()

    async def handler(_units: Units, _subject_id: str) -> None:
        done.set()

    serving = asyncio.create_task(DueRunner(units, {"renew": handler}).serve())
    await units.run_unaudited(lambda work: schedule(work, "renew", "sub_1", clock.now()))
    await asyncio.wait_for(done.wait(), 5)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_stopped_just_as_it_is_woken_it_stops(units: Units) -> None:
    idle = asyncio.Event()

    class Runner(DueRunner):
        async def _seconds_to_next(self) -> float:
            idle.set()
            return 30.0

    serving = asyncio.create_task(Runner(units, {}).serve())
    await idle.wait()
    for _ in range(3):
        await asyncio.sleep(0)  # until it waits
    units.house.bus.publish([runner_module.TOPIC])
    serving.cancel()
    done, _ = await asyncio.wait({serving}, timeout=5)
    assert done, "it serves on"
    assert serving.cancelled()


async def test_settled_is_what_is_due_once_the_served_part_of_it_is_over(
    units: Units, clock: ManualClock
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def handler(_units: Units, _subject_id: str) -> None:
        begun.set()
        await may_end.wait()

    await units.run_unaudited(lambda work: schedule(work, "renew", "sub_1", clock.now()))
    runner = DueRunner(units, {"renew": handler})
    serving = asyncio.create_task(runner.serve())
    await begun.wait()
    settling = asyncio.create_task(runner.settle())
    for _ in range(3):
        await units.run_unaudited(lambda work: None)  # behind whatever it asked of the database
    assert not settling.done()
    may_end.set()
    await settling
    assert await units.read(next_due) is None
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_a_lease_that_ended_without_an_outcome_is_a_failed_attempt(
    units: Units, clock: ManualClock
) -> None:
    await units.run_unaudited(lambda work: schedule(work, "settle", "top_1", clock.now()))
    (first,) = await units.run_unaudited(lambda work: take(work, 5))
    clock.advance(timedelta(seconds=LEASE_SECONDS))
    (second,) = await units.run_unaudited(lambda work: take(work, 5))
    assert (first.attempts, second.attempts) == (0, 1)
    (row,) = await units.read(lambda read: read.rows(select(DueWork.__table__)))
    assert (row.attempts, row.last_error) == (1, "LeaseLost")


async def test_a_crash_between_any_two_steps_loses_nothing(units: Units, clock: ManualClock) -> None:
    """The three transactions of a step are leasing, its own, and finishing: stop behind each, and start again."""
    done: list[str] = []

    async def handler(_units: Units, subject_id: str) -> None:
        done.append(subject_id)

    for crash_behind in ("nothing", "lease", "step"):
        await units.run_unaudited(lambda work: schedule(work, "renew", "sub", clock.now()))
        if crash_behind != "nothing":
            await units.run_unaudited(lambda work: take(work, 5))
        if crash_behind == "step":
            await handler(units, "sub")
        clock.advance(timedelta(seconds=LEASE_SECONDS))
        assert await DueRunner(units, {"renew": handler}).run_due() == 1
        assert await kinds(units) == []
    assert len(done) == 4, "a step that was done before the crash is done again: handlers repeat safely"


async def test_no_more_than_the_limit_is_leased(units: Units, clock: ManualClock) -> None:
    for number in range(30):
        subject = f"sub_{number}"
        await units.run_unaudited(lambda work, subject=subject: schedule(work, "renew", subject, clock.now()))
    taken = await asyncio.gather(*(units.run_unaudited(lambda work: take(work, 4)) for _ in range(5)))
    assert all(len(steps) <= 4 for steps in taken)
    ids = [step.id for steps in taken for step in steps]
    assert len(ids) == len(set(ids)), "nothing is leased twice"


async def test_only_what_failed_and_rests_is_tried_again_at_once(units: Units, clock: ManualClock) -> None:
    async def handler(_units: Units, _subject_id: str) -> None:
        raise ConnectionError("the provider is away")

    runner = DueRunner(units, {"settle": handler})
    await units.run_unaudited(lambda work: schedule(work, "settle", "top_1", clock.now()))
    (due_id,) = await units.read(lambda read: list(read.execute(select(DueWork.id)).scalars()))
    with pytest.raises(DueWorkNotFailing):
        await units.run_unaudited(lambda work: retry(work, due_id))
    assert await runner.run_due() == 1
    assert await runner.run_due() == 0, "it waits"
    await units.run_unaudited(lambda work: retry(work, due_id))
    await units.run_unaudited(lambda work: take(work, 5))
    with pytest.raises(DueWorkRunning):
        await units.run_unaudited(lambda work: retry(work, due_id))
    clock.advance(timedelta(seconds=LEASE_SECONDS))
    await units.run_unaudited(lambda work: retry(work, due_id))
    assert await runner.run_due() == 1
    with pytest.raises(DueWorkNotFound):
        await units.run_unaudited(lambda work: retry(work, "due_gone"))


async def test_a_sweep_stops_at_its_instant_and_tells_what_it_did(units: Units, clock: ManualClock) -> None:
    async def handler(_units: Units, subject_id: str) -> None:
        if subject_id == "bad":
            raise ConnectionError("the provider is away")

    start = clock.now()
    for minute, subject in enumerate(("good", "bad", "later")):
        due_at = start + timedelta(minutes=minute)
        await units.run_unaudited(lambda work, s=subject, at=due_at: schedule(work, "renew", s, at))
    clock.set(start + timedelta(hours=1))
    swept = await DueRunner(units, {"renew": handler}).sweep(start + timedelta(minutes=1))
    assert swept == {"renew": Swept(done=1, failed=1)}
    assert sorted(await kinds(units)) == ["renew", "renew"]


async def test_what_several_servers_plan_when_they_start_is_planned_once(
    units: Units, clock: ManualClock
) -> None:
    at = clock.now()
    await units.run_unaudited(lambda work: schedule_unless_planned(work, "sweep", "all", at))
    leased = await units.run_unaudited(lambda work: take(work, 1))
    later = at + timedelta(hours=1)
    await units.run_unaudited(lambda work: schedule_unless_planned(work, "sweep", "all", later))
    assert await units.read(lambda read: being_done(read, "sweep", ["all"])) == {"all"}, "nobody took it away"
    await units.run_unaudited(lambda work: finish(work, leased[0]))
    assert await kinds(units) == []


async def leased_until(units: Units, ends_at: datetime) -> None:
    """Return when the only lease ends then; a renewal waits for the time of the machine, not for the clock."""
    async with asyncio.timeout(20):
        while (found := await units.read(next_due)) != ends_at:
            assert found is not None
            await asyncio.sleep(0.005)


async def test_a_step_that_takes_longer_than_its_lease_is_not_begun_by_another(
    units: Units, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "RENEWED_SECONDS", 0.01)
    begun: list[str] = []
    go_on = asyncio.Event()

    async def handler(_units: Units, subject_id: str) -> None:
        begun.append(subject_id)
        await go_on.wait()

    runners = [DueRunner(units, {"export": handler}) for _ in range(2)]
    await units.run_unaudited(lambda work: schedule(work, "export", "exp_1", clock.now()))
    first = asyncio.create_task(runners[0].run_due())
    lease_ends = clock.now() + timedelta(seconds=LEASE_SECONDS)
    await leased_until(units, lease_ends)
    clock.advance(timedelta(seconds=LEASE_SECONDS - 1))
    renewed = clock.now() + timedelta(seconds=LEASE_SECONDS)
    await leased_until(units, renewed)
    clock.advance(timedelta(seconds=LEASE_SECONDS - 1))
    assert await runners[1].run_due() == 0
    go_on.set()
    assert await first == 1
    assert begun == ["exp_1"]
    assert await kinds(units) == []
