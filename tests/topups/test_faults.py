"""Crashes between steps, overlapping runners, events twice or in the wrong order: one charge, one posting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import func, select

from server.kit.clock import ManualClock
from server.kit.due import LEASE_SECONDS
from server.kit.work import Call, Units, Work
from server.topups import actions, jobs
from server.topups.actions.settlement import apply_answer, apply_provider_event
from server.topups.adapters import sandbox
from server.topups.adapters.gateway import GatewayUnreachable
from server.topups.adapters.sandbox import Sandbox
from server.topups.model import ProviderEvent, SandboxCharge, TopUp
from server.topups.rules import ProviderEventAltered, Terms
from server.topups.rules.methods import SaveRequest, SaveResult
from server.topups.rules.outcomes import (
    ChargedBack,
    ChargeRequest,
    ChargeResult,
    ConfirmRequest,
    Declined,
    FailureCode,
    NotFound,
    Outcome,
    ProviderNotice,
    RefundRequest,
    RefundResult,
    Succeeded,
)
from server.wallet.actions import Transfer, erase, post, pseudonymise
from server.wallet.rules import HOUSE, Counter, PostingKind
from tests.topups.conftest import ACCOUNT, Desk

T = TypeVar("T")


class Crash(Exception):
    """The process dies here."""


class Interrupted:
    """A gateway that raises before or after its next call, and counts the calls that came through."""

    name = sandbox.NAME
    enabled = True

    def __init__(self, behind: Sandbox) -> None:
        self.behind = behind
        self.before: Exception | None = None
        self.after: Exception | None = None
        self.calls = 0

    def knows(self, token: str) -> bool:
        return self.behind.knows(token)

    async def charge(self, request: ChargeRequest) -> ChargeResult:
        return await self._interrupted(lambda: self.behind.charge(request))

    async def confirm(self, request: ConfirmRequest) -> ChargeResult:
        return await self._interrupted(lambda: self.behind.confirm(request))

    async def save_method(self, request: SaveRequest) -> SaveResult:
        return await self._interrupted(lambda: self.behind.save_method(request))

    async def forget_method(self, provider_reference: str) -> None:
        await self._interrupted(lambda: self.behind.forget_method(provider_reference))

    async def forget_customer(self, account_id: str) -> None:
        await self._interrupted(lambda: self.behind.forget_customer(account_id))

    async def refund(self, request: RefundRequest) -> RefundResult:
        return await self._interrupted(lambda: self.behind.refund(request))

    async def _interrupted(self, call: Callable[[], Awaitable[T]]) -> T:
        before, self.before = self.before, None
        if before:
            raise before
        self.calls += 1
        result = await call()
        after, self.after = self.after, None
        if after:
            raise after
        return result

    async def find(self, transaction_id: str) -> ChargeResult | NotFound:
        before, self.before = self.before, None
        if before:
            raise before
        return await self.behind.find(transaction_id)


class CrashAfterCommit(Units):
    """Dies right after the next audited unit of work was committed."""

    async def run(self, call: Call, action: Callable[[Work], T]) -> T:
        await super().run(call, action)
        raise Crash


@pytest.fixture
def gateway(desk: Desk) -> Interrupted:
    desk.gateway = interrupted = Interrupted(desk.sandbox)
    return interrupted


async def charges(desk: Desk) -> int:
    count = select(func.count()).select_from(SandboxCharge)
    return int(await desk.units.read(lambda read: read.scalar(count)))


async def everything(desk: Desk, top_up_id: str) -> tuple[object, ...]:
    """The top-up's columns, its events and the postings."""
    query = select(TopUp.__table__).where(TopUp.id == top_up_id)
    columns = await desk.units.read(lambda read: read.first(query))
    return columns, await desk.told(top_up_id), await desk.postings()


async def recover(desk: Desk) -> None:
    """What a restart finds: leases that end, and everything that is due."""
    desk.clock.advance(timedelta(seconds=LEASE_SECONDS))
    await desk.runner.run_due()


# ---- crashes


async def test_a_crash_before_the_charge_charges_once(desk: Desk, gateway: Interrupted) -> None:
    top_up_id = await desk.order(sandbox.OK)
    gateway.before = Crash()
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "PROCESSING"
    assert await charges(desk) == 0
    await recover(desk)
    assert await desk.postings() == [("TOP_UP", 10_000)]
    assert await desk.told(top_up_id) == ["Created", "Started", "Settled"]


async def test_a_crash_between_charge_and_settlement_charges_once(desk: Desk, gateway: Interrupted) -> None:
    top_up_id = await desk.order(sandbox.OK)
    gateway.after = Crash()
    await desk.runner.run_due()
    assert await charges(desk) == 1
    assert await desk.postings() == []
    await recover(desk)
    assert (gateway.calls, await charges(desk)) == (2, 1)
    assert await desk.postings() == [("TOP_UP", 10_000)]
    assert await desk.told(top_up_id) == ["Created", "Started", "Settled"]


@pytest.mark.parametrize(
    "token", [sandbox.OK, sandbox.DECLINED, sandbox.STEP_UP, sandbox.LATER, sandbox.UNKNOWN]
)
async def test_a_crash_after_settlement_repeats_nothing(desk: Desk, gateway: Interrupted, token: str) -> None:
    top_up_id = await desk.order(token)
    settle = jobs.handlers(jobs.Gateways([gateway]), desk.sandbox)[actions.SETTLE]
    with pytest.raises(Crash):
        await settle(CrashAfterCommit(desk.units.house), top_up_id)
    before = await everything(desk, top_up_id)
    await settle(desk.units, top_up_id)
    assert await everything(desk, top_up_id) == before
    assert gateway.calls == 1


async def test_a_crash_between_answer_and_settlement_counts_the_code_once(
    desk: Desk, gateway: Interrupted
) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    await desk.runner.run_due()
    gateway.after = Crash()
    await desk.units.run_unaudited(lambda work: actions.confirm_top_up(work, ACCOUNT, top_up_id, "000000"))
    await desk.runner.run_due()
    await recover(desk)
    wrong = await desk.units.read(lambda read: read.scalar(select(SandboxCharge.wrong_codes)))
    assert wrong == 1, "the same answer was sent twice and counted once"
    assert (await desk.top_up(top_up_id)).next_action == "ENTER_CODE"


async def test_an_answer_whose_outcome_is_unknown_is_reconciled(desk: Desk, gateway: Interrupted) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    await desk.runner.run_due()
    gateway.after = GatewayUnreachable("cut off")
    await desk.units.run_unaudited(
        lambda work: actions.confirm_top_up(work, ACCOUNT, top_up_id, sandbox.STEP_UP_CODE)
    )
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "ERRORED"
    desk.clock.advance(timedelta(seconds=sum(Terms().reconcile_delays_seconds[:2])))
    await desk.runner.run_due()
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_a_charge_that_never_arrived_at_the_challenge_resumes(desk: Desk, gateway: Interrupted) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    gateway.after = GatewayUnreachable("cut off")
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "ERRORED"
    desk.clock.advance(timedelta(seconds=Terms().reconcile_delays_seconds[0]))
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.next_action, top_up.failure_code) == ("PROCESSING", "ENTER_CODE", None)
    assert await desk.told(top_up_id) == ["Created", "Started", "Errored", "Resumed"]


async def test_a_gateway_that_is_away_is_asked_again(desk: Desk, gateway: Interrupted) -> None:
    top_up_id = await desk.order(sandbox.UNKNOWN)
    await desk.runner.run_due()
    first, second = Terms().reconcile_delays_seconds[:2]
    gateway.before = GatewayUnreachable("no route")
    desk.clock.advance(timedelta(seconds=first))
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "ERRORED"
    desk.clock.advance(timedelta(seconds=second))
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "SUCCEEDED"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_gateway_that_hangs_is_given_up(
    desk: Desk, gateway: Interrupted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_request: ChargeRequest) -> ChargeResult:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    monkeypatch.setattr(gateway, "charge", hang)
    monkeypatch.setattr(jobs, "GATEWAY_TIMEOUT_SECONDS", 0.01)
    top_up_id = await desk.order(sandbox.OK)
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "ERRORED"


async def test_a_token_that_was_shredded_before_its_use_fails(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.OK)
    desk.units.house.keys.destroy(ACCOUNT, ["billing"])
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "TOKEN_GONE")


@pytest.mark.parametrize("charged", [False, True])
async def test_a_token_that_was_shredded_after_a_crash_leaves_it_to_the_reconciler(
    desk: Desk, gateway: Interrupted, charged: bool
) -> None:
    top_up_id = await desk.order(sandbox.OK)
    gateway.before, gateway.after = (None, Crash()) if charged else (Crash(), None)
    await desk.runner.run_due()
    desk.units.house.keys.destroy(ACCOUNT, ["billing"])
    await recover(desk)
    assert await desk.status(top_up_id) == "ERRORED"
    desk.clock.advance(timedelta(seconds=Terms().reconcile_delays_seconds[0]))
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == ("SUCCEEDED" if charged else "FAILED")
    assert await desk.postings() == ([("TOP_UP", 10_000)] if charged else [])


async def test_two_runners_and_a_lost_lease_post_once(desk: Desk, gateway: Interrupted) -> None:
    ids = [await desk.order(sandbox.OK) for _ in range(10)]
    settle = jobs.handlers(jobs.Gateways([gateway]), desk.sandbox)[actions.SETTLE]
    await asyncio.gather(
        desk.runner.run_due(), desk.runner.run_due(), *(settle(desk.units, top_up_id) for top_up_id in ids)
    )
    assert [await desk.status(top_up_id) for top_up_id in ids] == ["SUCCEEDED"] * 10
    assert await charges(desk) == 10
    assert await desk.postings() == [("TOP_UP", 10_000)] * 10
    assert all([await desk.told(top_up_id) == ["Created", "Started", "Settled"] for top_up_id in ids])


async def test_money_that_arrives_after_giving_up_is_credited(desk: Desk, gateway: Interrupted) -> None:
    top_up_id = await desk.order(sandbox.UNKNOWN_LOST)
    await desk.runner.run_due()
    charged_at = desk.clock.now()
    desk.clock.advance(timedelta(seconds=30))
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "FAILED"
    late = Succeeded(10_000, "late", charged_at)
    await desk.units.run_unaudited(lambda work: apply_answer(work, top_up_id, late))
    assert await desk.status(top_up_id) == "SUCCEEDED"
    assert await desk.postings() == [("TOP_UP", 10_000)]


# ---- what a gateway reports by itself


class Reporter:
    """Reports events of one top-up's transaction, at chosen seconds of the gateway's clock."""

    def __init__(self, desk: Desk, transaction_id: str, clock: ManualClock) -> None:
        self._desk = desk
        self._transaction_id = transaction_id
        self._start = clock.now()

    def at(self, second: int) -> datetime:
        return self._start + timedelta(seconds=second)

    async def report(self, event_id: str, outcome: Outcome) -> bool:
        notice = ProviderNotice(sandbox.NAME, event_id, self._transaction_id, outcome)
        return await self._desk.units.run_unaudited(lambda work: apply_provider_event(work, notice))

    async def succeeded(self, second: int, event_id: str = "evt_ok", minor: int = 10_000) -> bool:
        return await self.report(event_id, Succeeded(minor, "ref-1", self.at(second)))

    async def declined(self, second: int, event_id: str = "evt_no") -> bool:
        return await self.report(event_id, Declined(FailureCode.DECLINED, self.at(second)))

    async def charged_back(self, second: int, event_id: str = "evt_back") -> bool:
        return await self.report(event_id, ChargedBack(self.at(second)))


@pytest.fixture
async def processing(desk: Desk) -> tuple[str, Reporter]:
    """A top-up that the gateway works on."""
    top_up_id = await desk.order(sandbox.LATER)
    await desk.runner.run_due()
    return top_up_id, Reporter(desk, (await desk.top_up(top_up_id)).transaction_id, desk.clock)


async def test_one_event_many_deliveries_one_posting(desk: Desk, processing: tuple[str, Reporter]) -> None:
    top_up_id, gateway = processing
    applied = await asyncio.gather(*(gateway.succeeded(1) for _ in range(8)))
    assert sorted(applied) == [False] * 7 + [True]
    assert not await gateway.succeeded(1, "evt_other_id"), "another event of the same fact changes nothing"
    assert await desk.postings() == [("TOP_UP", 10_000)]
    assert await desk.told(top_up_id) == ["Created", "Started", "Settled"]


async def test_an_event_id_with_another_content_is_refused(
    desk: Desk, processing: tuple[str, Reporter]
) -> None:
    _, gateway = processing
    await gateway.succeeded(1)
    with pytest.raises(ProviderEventAltered):
        await gateway.succeeded(1, minor=99_999)
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_a_late_failure_becomes_a_compensating_posting(
    desk: Desk, processing: tuple[str, Reporter]
) -> None:
    top_up_id, gateway = processing
    await gateway.succeeded(1)
    assert await gateway.declined(5)
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("REVERSED", "FAILED_LATE")
    assert await desk.postings() == [("TOP_UP", 10_000), ("TOP_UP_REVERSED", -10_000)]


async def test_an_old_failure_that_arrives_late_takes_nothing(
    desk: Desk, processing: tuple[str, Reporter]
) -> None:
    top_up_id, gateway = processing
    await gateway.succeeded(5)
    assert not await gateway.declined(1)
    assert not await gateway.declined(5, "evt_same_instant")
    assert await desk.status(top_up_id) == "SUCCEEDED"
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_a_success_after_a_failed_try_is_credited(desk: Desk, processing: tuple[str, Reporter]) -> None:
    top_up_id, gateway = processing
    await gateway.declined(1)
    assert await gateway.succeeded(5)
    assert await desk.status(top_up_id) == "SUCCEEDED"
    assert await desk.told(top_up_id) == ["Created", "Started", "Failed", "Settled"]


async def test_a_chargeback_that_overtakes_its_payment_leaves_nothing(
    desk: Desk, processing: tuple[str, Reporter]
) -> None:
    top_up_id, gateway = processing
    assert await gateway.charged_back(5)
    assert not await gateway.succeeded(1)
    assert await desk.status(top_up_id) == "REVERSED"
    assert await desk.postings() == []


async def test_a_payment_is_taken_back_once(desk: Desk, processing: tuple[str, Reporter]) -> None:
    _, gateway = processing
    await gateway.succeeded(1)
    await gateway.charged_back(5)
    assert not await gateway.charged_back(6, "evt_again")
    assert not await gateway.declined(7)
    assert not await gateway.succeeded(8, "evt_late")
    assert await desk.postings() == [("TOP_UP", 10_000), ("TOP_UP_REVERSED", -10_000)]


async def test_nothing_received_is_a_failure(desk: Desk, processing: tuple[str, Reporter]) -> None:
    top_up_id, gateway = processing
    await gateway.succeeded(1, minor=0)
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "NOTHING_RECEIVED")


async def test_an_event_of_an_unknown_transaction_is_kept_without_effect(desk: Desk) -> None:
    notice = ProviderNotice(sandbox.NAME, "evt_1", "txn_none", Succeeded(5, "ref", desk.clock.now()))
    assert not await desk.units.run_unaudited(lambda work: apply_provider_event(work, notice))
    row = await desk.units.read(
        lambda read: read.first(select(ProviderEvent.top_up_id, ProviderEvent.applied))
    )
    assert row is not None
    assert tuple(row) == (None, False)


@pytest.mark.parametrize("end", [erase, pseudonymise])
async def test_money_for_closed_wallets_is_unattributed(
    desk: Desk, processing: tuple[str, Reporter], end: Callable[[Work, str], object]
) -> None:
    top_up_id, gateway = processing
    await desk.units.run(Call("test"), lambda work: end(work, ACCOUNT))
    assert await gateway.succeeded(1)
    assert await desk.status(top_up_id) == "SUCCEEDED"
    assert await desk.postings() == []
    assert await desk.postings(HOUSE) == [("TOP_UP", 10_000)]
    assert await gateway.charged_back(2)
    assert await desk.postings(HOUSE) == [("TOP_UP", 10_000), ("TOP_UP_REVERSED", -10_000)]


async def test_a_chargeback_beyond_what_is_left_becomes_a_claim(
    desk: Desk, processing: tuple[str, Reporter]
) -> None:
    _, gateway = processing
    await gateway.succeeded(1)
    spend = Transfer(ACCOUNT, "EUR", -7_000, Counter.REVENUE, PostingKind.ORDER, "ord_1")
    await desk.units.run_unaudited(lambda work: post(work, [spend]))
    await gateway.charged_back(5)
    assert await desk.postings() == [("TOP_UP", 10_000), ("ORDER", -7_000), ("TOP_UP_REVERSED", -3_000)]
    assert await desk.owed() == 7_000
    await desk.order(sandbox.OK, 9_000)
    await desk.runner.run_due()
    assert (await desk.postings())[-2:] == [("TOP_UP", 9_000), ("TOP_UP_REVERSED", -7_000)]
    assert await desk.owed() == 0
