"""One mutation, one transaction: commit, refusal, idempotency and audit, on both databases."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from server.kit.audit import AuditEntry
from server.kit.events import DomainEvent, StoredEvent, after, head
from server.kit.idempotency import IdempotencyKeyInvalid, IdempotencyMismatch, Once, Receipt
from server.kit.problems import Refusal
from server.kit.viewer import Viewer
from server.kit.work import Call, Units, Work

VIEWER = Viewer("acc_1", "ses_1")


@dataclass(eq=False)
class TooMany(Refusal):
    """There are too many."""

    code = "TEST_TOO_MANY"
    limit: int


@dataclass(frozen=True, slots=True)
class ThingHappened(DomainEvent):
    number: int


def happen(work: Work, number: int = 1) -> Receipt:
    work.record(ThingHappened("acc_1", "thg_1", number))
    return Receipt({"number": number})


def refuse(work: Work) -> Receipt:
    happen(work)
    raise TooMany(limit=3)


async def outcomes(units: Units) -> list[str]:
    return await units.read(
        lambda read: list(read.execute(select(AuditEntry.outcome).order_by(AuditEntry.id)).scalars())
    )


async def event_numbers(units: Units) -> list[int]:
    rows = await units.read(lambda read: after(read.connection, "acc_1", 0, ["ThingHappened"], 1000))
    return [row.sequence for row in rows]


def call(action: str = "test") -> Call:
    return Call(action, VIEWER, "req_1")


async def test_a_refusal_undoes_the_action_and_leaves_its_audit_row(units: Units) -> None:
    await units.run(call(), happen)
    with pytest.raises(TooMany):
        await units.run(call(), refuse)
    assert await event_numbers(units) == [1]
    assert await outcomes(units) == ["OK", "TEST_TOO_MANY"]


async def test_a_bug_leaves_nothing_and_does_not_disturb_the_next(units: Units) -> None:
    def bug(work: Work) -> None:
        happen(work)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await units.run(call(), bug)
    await units.run(call(), happen)
    assert await event_numbers(units) == [1]
    assert await outcomes(units) == ["OK"]


@pytest.mark.rule("Q019")
async def test_an_idempotency_key_runs_its_action_once(units: Units) -> None:
    once = Once.of("k-1", {"amount": "10"})
    receipts = [await units.run_once(call(), once, happen, lambda _, receipt: receipt) for _ in range(3)]
    assert [receipt.replayed for receipt in receipts] == [False, True, True]
    assert {receipt.facts["number"] for receipt in receipts} == {1}
    assert await event_numbers(units) == [1]


async def test_the_same_key_at_once_runs_once(units: Units) -> None:
    once = Once.of("k-1", {"amount": "10"})
    receipts = await asyncio.gather(
        *(units.run_once(call(), once, happen, lambda _, receipt: receipt) for _ in range(20))
    )
    assert sorted(receipt.replayed for receipt in receipts) == [False] + [True] * 19
    assert await event_numbers(units) == [1]


async def test_a_refusal_is_final_for_its_key(units: Units) -> None:
    once = Once.of("k-1", {"amount": "10"})
    for action in (refuse, happen):
        with pytest.raises(TooMany) as caught:
            await units.run_once(call(), once, action, lambda _, receipt: receipt)
        assert caught.value.limit == 3
    assert await event_numbers(units) == []


async def test_another_input_under_a_used_key_is_refused(units: Units) -> None:
    await units.run_once(call(), Once.of("k-1", {"amount": "10"}), happen, lambda _, receipt: receipt)
    with pytest.raises(IdempotencyMismatch):
        await units.run_once(call(), Once.of("k-1", {"amount": "11"}), happen, lambda _, receipt: receipt)
    # Another field, and another order of the same input, are no mismatch.
    await units.run_once(call("other"), Once.of("k-1", {"amount": "11"}), happen, lambda _, receipt: receipt)
    assert await event_numbers(units) == [1, 2]


@pytest.mark.parametrize("key", ["", " padded", "x" * 256, "tab\t", "ключ"])
def test_unusable_keys_are_refused(key: str) -> None:
    with pytest.raises(IdempotencyKeyInvalid):
        Once.of(key, {})


async def test_events_are_numbered_without_gaps_whatever_races(units: Units) -> None:
    await asyncio.gather(*(units.run(call(), happen) for _ in range(40)))
    assert await event_numbers(units) == list(range(1, 41))
    assert await units.read(lambda read: head(read.connection, "acc_1")) == 40


async def test_watchers_are_woken_after_the_commit_and_not_by_refusals(units: Units) -> None:
    seen: list[int] = []
    woken = asyncio.Event()
    stop = units.house.bus.listen("acc_1", lambda: (seen.append(1), woken.set()))
    with pytest.raises(TooMany):
        await units.run(call(), refuse)
    assert seen == []
    await units.run(call(), happen)
    await woken.wait()
    stop()
    await units.run(call(), happen)
    assert seen == [1]


async def test_reactions_run_in_the_same_transaction(units: Units) -> None:
    def react(work: Work, event: ThingHappened) -> None:
        if event.number == 13:
            raise TooMany(limit=12)

    units.house.reactions.on(ThingHappened, react)
    await units.run(call(), lambda work: happen(work, 12))
    with pytest.raises(TooMany):
        await units.run(call(), lambda work: happen(work, 13))
    rows = await units.read(lambda read: read.rows(select(StoredEvent.data)))
    assert [row.data for row in rows] == ['{"number":12}']
