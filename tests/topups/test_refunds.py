"""Giving payments back: at most what is left, once, and put back where the gateway declines."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.kit.due import LEASE_SECONDS
from server.kit.money import Currency, Money
from server.kit.viewer import Viewer
from server.kit.work import Call
from server.topups import jobs
from server.topups.actions import refunds
from server.topups.actions.settlement import apply_provider_event
from server.topups.adapters import sandbox
from server.topups.adapters.gateway import GatewayUnreachable
from server.topups.model import Refund, SandboxRefund
from server.topups.reads.refunds import RefundRow, refund
from server.topups.rules import Terms, TopUpNotFound
from server.topups.rules.outcomes import ChargedBack, Declined, FailureCode, ProviderNotice, Succeeded
from server.topups.rules.refunds import (
    RefundCurrencyWrong,
    RefundReason,
    RefundTooLarge,
    TopUpNotRefundable,
)
from server.wallet.actions import Transfer, post, pseudonymise
from server.wallet.rules import BalanceTooLow, Counter, PostingKind
from tests.topups.conftest import ACCOUNT, Desk
from tests.topups.test_faults import Crash, CrashAfterCommit, Interrupted

STAFF = Viewer("acc_staff", "ses_staff", staff_roles=frozenset({"FINANCE"}))
PAID = ("TOP_UP", 10_000)
DELAYS = Terms().reconcile_delays_seconds


@pytest.fixture
def gateway(desk: Desk) -> Interrupted:
    desk.gateway = interrupted = Interrupted(desk.sandbox)
    return interrupted


async def paid(desk: Desk, token: str = sandbox.OK) -> str:
    top_up_id = await desk.order(token)
    await desk.runner.run_due()
    desk.clock.advance(timedelta(seconds=DELAYS[0]))
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "SUCCEEDED"
    return top_up_id


async def give_back(desk: Desk, top_up_id: str, minor: int = 4_000, currency: Currency = Currency.EUR) -> str:
    money = Money(minor, currency)
    ordered = await desk.units.run(
        Call("refundTopUp", STAFF),
        lambda work: refunds.order_refund(work, top_up_id, money, RefundReason.DUPLICATE),
    )
    return ordered.id


async def one(desk: Desk, refund_id: str) -> RefundRow:
    found = await desk.units.read(lambda read: refund(read, refund_id))
    assert found is not None
    return found


async def test_a_part_is_given_back(desk: Desk) -> None:
    top_up_id = await paid(desk)
    refund_id = await give_back(desk, top_up_id)
    assert await desk.postings() == [PAID, ("TOP_UP_REFUNDED", -4_000)], "it cannot be spent meanwhile"
    await desk.runner.run_due()
    given = await one(desk, refund_id)
    assert (given.status, given.reason, given.ordered_by) == ("SUCCEEDED", "DUPLICATE", "ses_staff")
    assert (await desk.top_up(top_up_id)).refunded_minor == 4_000
    assert await desk.told(top_up_id) == ["Created", "Started", "Settled", "RefundOrdered", "Refunded"]


async def test_no_more_is_given_back_than_is_left_of_it(desk: Desk) -> None:
    top_up_id, _ = await paid(desk), await paid(desk)
    await give_back(desk, top_up_id)
    for minor in (6_001, 0):
        with pytest.raises(RefundTooLarge) as refused:
            await give_back(desk, top_up_id, minor)
        assert (refused.value.currency, refused.value.left_minor) == ("EUR", 6_000)
    with pytest.raises(RefundCurrencyWrong) as wrong:
        await give_back(desk, top_up_id, 100, Currency.USD)
    assert wrong.value.currency == "EUR"
    await give_back(desk, top_up_id, 6_000)
    with pytest.raises(RefundTooLarge):
        await give_back(desk, top_up_id, 1)


async def test_what_was_spent_is_not_given_back(desk: Desk) -> None:
    top_up_id = await paid(desk)
    spend = Transfer(ACCOUNT, "EUR", -7_000, Counter.REVENUE, PostingKind.ORDER, "ord_1")
    await desk.units.run_unaudited(lambda work: post(work, [spend]))
    with pytest.raises(BalanceTooLow) as refused:
        await give_back(desk, top_up_id)
    assert (refused.value.available, refused.value.required) == (3_000, 4_000)
    assert await desk.count(Refund) == 0


async def test_only_what_came_is_given_back(desk: Desk) -> None:
    declined = await desk.order(sandbox.DECLINED)
    await desk.runner.run_due()
    with pytest.raises(TopUpNotRefundable) as refused:
        await give_back(desk, declined)
    assert refused.value.status == "FAILED"
    for unknown in ("top_none", "top_01m81hnn4se008tpen4fg0ynbh"):
        with pytest.raises(TopUpNotFound):
            await give_back(desk, unknown)
    top_up_id = await paid(desk)
    await desk.units.run(Call("test"), lambda work: pseudonymise(work, ACCOUNT))
    with pytest.raises(TopUpNotRefundable):
        await give_back(desk, top_up_id)


async def test_a_declined_refund_is_put_back(desk: Desk) -> None:
    top_up_id = await paid(desk, sandbox.REFUND_DECLINED)
    refund_id = await give_back(desk, top_up_id)
    await desk.runner.run_due()
    failed = await one(desk, refund_id)
    assert (failed.status, failed.failure_code) == ("FAILED", "DECLINED")
    assert await desk.postings() == [PAID, ("TOP_UP_REFUNDED", -4_000), ("TOP_UP_REFUND_FAILED", 4_000)]
    assert (await desk.top_up(top_up_id)).refunded_minor == 0
    assert (await desk.told(top_up_id))[-2:] == ["RefundOrdered", "RefundFailed"]


@pytest.mark.parametrize("token", [sandbox.LATER, sandbox.UNKNOWN])
async def test_a_refund_that_takes_its_time_is_asked_for_again(desk: Desk, token: str) -> None:
    refund_id = await give_back(desk, await paid(desk, token))
    await desk.runner.run_due()
    assert (await one(desk, refund_id)).status == "PENDING"
    desk.clock.advance(timedelta(seconds=DELAYS[0]))
    await desk.runner.run_due()
    assert (await one(desk, refund_id)).status == "SUCCEEDED"
    assert await desk.count(SandboxRefund) == 1


async def test_a_gateway_that_never_answers_leaves_it_to_a_person(desk: Desk, gateway: Interrupted) -> None:
    refund_id = await give_back(desk, await paid(desk))
    for delay in (*DELAYS, 0):
        gateway.before = GatewayUnreachable("no route")
        await desk.runner.run_due()
        desk.clock.advance(timedelta(seconds=delay))
    assert (await one(desk, refund_id)).status == "ERRORED"
    assert await desk.postings() == [PAID, ("TOP_UP_REFUNDED", -4_000)]


@pytest.mark.parametrize("asked", [False, True])
async def test_a_crash_around_the_refund_refunds_once(desk: Desk, gateway: Interrupted, asked: bool) -> None:
    top_up_id = await paid(desk)
    refund_id = await give_back(desk, top_up_id)
    gateway.before, gateway.after = (None, Crash()) if asked else (Crash(), None)
    await desk.runner.run_due()
    assert await desk.count(SandboxRefund) == asked
    desk.clock.advance(timedelta(seconds=LEASE_SECONDS))
    await desk.runner.run_due()
    assert (await one(desk, refund_id)).status == "SUCCEEDED"
    assert await desk.count(SandboxRefund) == 1
    assert (await desk.told(top_up_id))[-2:] == ["RefundOrdered", "Refunded"]


@pytest.mark.parametrize("token", [sandbox.OK, sandbox.REFUND_DECLINED])
async def test_a_crash_after_it_repeats_nothing(desk: Desk, gateway: Interrupted, token: str) -> None:
    top_up_id = await paid(desk, token)
    refund_id = await give_back(desk, top_up_id)
    step = jobs.handlers(jobs.Gateways([gateway]), desk.sandbox)[refunds.REFUND]
    with pytest.raises(Crash):
        await step(CrashAfterCommit(desk.units.house), refund_id)
    before = await one(desk, refund_id), await desk.told(top_up_id), await desk.postings()
    await asyncio.gather(step(desk.units, refund_id), step(desk.units, refund_id))
    late = Declined(FailureCode.DECLINED, desk.clock.now())
    for answer in (Succeeded(4_000, "late", desk.clock.now()), late, None):
        await desk.units.run_unaudited(
            lambda work, answer=answer: refunds.settle_refund(work, refund_id, answer)
        )
    assert (await one(desk, refund_id), await desk.told(top_up_id), await desk.postings()) == before


async def test_many_at_once_give_back_no_more_than_there_was(desk: Desk) -> None:
    top_up_id = await paid(desk)
    results = await asyncio.gather(
        *(give_back(desk, top_up_id, 3_000) for _ in range(6)), return_exceptions=True
    )
    assert sum(isinstance(result, str) for result in results) == 3
    assert (await desk.top_up(top_up_id)).refunded_minor == 9_000


@pytest.mark.parametrize("declined", [False, True])
async def test_a_chargeback_takes_what_was_not_given_back(desk: Desk, declined: bool) -> None:
    top_up_id = await paid(desk, sandbox.REFUND_DECLINED if declined else sandbox.OK)
    refund_id = await give_back(desk, top_up_id)
    transaction_id = (await desk.top_up(top_up_id)).transaction_id
    notice = ProviderNotice(sandbox.NAME, "evt_back", transaction_id, ChargedBack(desk.clock.now()))
    await desk.units.run_unaudited(lambda work: apply_provider_event(work, notice))
    await desk.runner.run_due()
    assert (await one(desk, refund_id)).status == ("FAILED" if declined else "SUCCEEDED")
    assert await desk.postings() == [PAID, ("TOP_UP_REFUNDED", -4_000), ("TOP_UP_REVERSED", -6_000)]
    assert await desk.owed() == 0


async def test_nothing_is_left_for_a_chargeback_of_what_was_given_back(desk: Desk) -> None:
    top_up_id = await paid(desk)
    await give_back(desk, top_up_id, 10_000)
    await desk.runner.run_due()
    transaction_id = (await desk.top_up(top_up_id)).transaction_id
    notice = ProviderNotice(sandbox.NAME, "evt_back", transaction_id, ChargedBack(desk.clock.now()))
    await desk.units.run_unaudited(lambda work: apply_provider_event(work, notice))
    assert await desk.status(top_up_id) == "REVERSED"
    assert await desk.postings() == [PAID, ("TOP_UP_REFUNDED", -10_000)]
    counters = await desk.units.read(lambda read: read.rows(select(Refund.amount_minor)))
    assert [row.amount_minor for row in counters] == [10_000]
