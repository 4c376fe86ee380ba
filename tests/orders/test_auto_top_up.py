"""Automatic top-ups on both databases, from the balance that falls to the credits in the wallet."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from server.accounts.actions import reinstate_account, suspend_account
from server.accounts.model import Account
from server.kit.clock import ManualClock
from server.kit.db import savepoint
from server.kit.due import cancel
from server.kit.money import Currency
from server.kit.registry import Registry
from server.kit.work import Units, Work
from server.orders import actions as orders
from server.orders.actions.auto_top_up import (
    LOOK,
    SWEEP,
    disable_auto_top_up,
    look,
    resume_auto_top_up,
    set_kill_switch,
)
from server.orders.jobs import plan
from server.orders.model import AutoTopUpRun
from server.orders.reads import OrderRow, order
from server.orders.rules.auto_top_up import AutoTopUpState, Caps, Setting, Suspension, Verdict
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.items import CreditPackItem
from server.orders.rules.problems import (
    AutomaticOrderNotRefundable,
    AutoTopUpAmountInvalid,
    AutoTopUpCapTooLow,
    AutoTopUpNeedsChannel,
    AutoTopUpNeedsMethod,
    AutoTopUpNotSuspended,
    AutoTopUpQuantityInvalid,
    NotSoldInCurrency,
    QuantityOutOfRange,
)
from server.orders.rules.terms import Terms
from server.topups.actions.settlement import apply_provider_event
from server.topups.adapters import sandbox
from server.topups.reads import top_ups_of_account
from server.topups.rules.methods import SavedFor
from server.topups.rules.outcomes import ProviderNotice, Succeeded
from server.wallet.actions import erase, release, reserve
from tests.orders.automatic import EMAIL, PRICE, Robot, without_channels

OFF, READY, IN_FLIGHT = AutoTopUpState.OFF, AutoTopUpState.READY, AutoTopUpState.IN_FLIGHT
COOLING, SUSPENDED = AutoTopUpState.COOLING, AutoTopUpState.SUSPENDED


@pytest.fixture
def terms() -> Registry:
    return without_channels()


@pytest.fixture
def robot(units: Units, clock: ManualClock) -> Robot:
    return Robot(units, clock)


async def ordered(robot: Robot) -> OrderRow:
    """The order of the newest automatic top-up."""
    run = (await robot.runs())[0]
    found = await robot.read(lambda read: order(read, robot.account_id, run.order_id or ""))
    assert found is not None
    return found


async def charges(robot: Robot) -> list[tuple[int, str]]:
    """What was charged to the card, the newest first."""
    rows = await robot.read(lambda read: top_ups_of_account(read, robot.account_id, 100))
    return [(row.amount_minor, row.status) for row in rows]


# ---- from the balance to the credits


@pytest.mark.rule("M051")
async def test_at_the_limit_nothing_happens_and_below_it_credits_come(robot: Robot) -> None:
    await robot.ready(credits=101)
    await robot.change(-1)
    await robot.due()
    assert (await robot.rule()).verdict == Verdict.ENOUGH.value
    assert await charges(robot) == []
    await robot.change(-1)
    await robot.due()
    assert await charges(robot) == [(PRICE, "SUCCEEDED")]
    assert (await robot.available(), await robot.available("EUR")) == (2_099, 0)
    assert ((await ordered(robot)).status, (await ordered(robot)).credits) == ("ACTIVE", 2_000)
    rule = await robot.rule()
    assert (rule.state, rule.failures, rule.verdict) == (READY, 0, "ENOUGH")
    assert await robot.told() == ["Set", "Decided", "Started", "Succeeded", "Decided"]


async def test_it_decides_by_what_is_available(robot: Robot) -> None:
    await robot.ready(credits=150)
    in_five = robot.clock.now() + timedelta(minutes=5)
    hold = await robot.run(lambda work: reserve(work, robot.account_id, "EMAIL", 51, None, in_five))
    await robot.due()
    assert await robot.available() == 2_099
    await robot.run(lambda work: release(work, hold.id))
    await robot.due()
    assert len(await robot.runs()) == 1


async def test_what_recovers_before_the_decision_needs_nothing(robot: Robot) -> None:
    await robot.ready()
    await robot.change(-1)
    await robot.change(+1)
    await robot.due()
    assert await charges(robot) == []
    await robot.change(-1)
    await robot.due()
    assert len(await charges(robot)) == 1, "the alarm was set again"


async def test_a_rule_that_is_set_below_its_limit_starts_at_once(robot: Robot) -> None:
    await robot.ready(credits=99)
    assert (await robot.rule()).state is IN_FLIGHT
    await robot.due()
    assert await robot.available() == 2_099


async def test_the_agreement_starts_with_the_payment(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.LATER)
    await robot.due()
    assert (await ordered(robot)).status == "PENDING"
    assert await robot.available() == 99
    await robot.due(seconds=Terms().auto_top_up.sweep_seconds)
    assert (await ordered(robot)).status == "ACTIVE"
    assert [run.status for run in await robot.runs()] == ["SUCCEEDED"]


@pytest.mark.rule("M052")
async def test_both_values_are_the_customers(robot: Robot) -> None:
    await robot.ready(credits=400, setting=dataclasses.replace(EMAIL, below=400, add=10_000))
    await robot.change(-1)
    await robot.due()
    assert await charges(robot) == [(95_00, "SUCCEEDED")]
    assert await robot.available() == 10_399


async def test_a_money_wallet_is_topped_up_and_nothing_is_ordered(robot: Robot) -> None:
    euros = Setting("EUR", below=10_00, add=50_00, currency=Currency.EUR)
    await robot.ready(credits=10_00, setting=euros)
    await robot.change(-1, "EUR")
    await robot.due()
    assert await robot.available("EUR") == 59_99
    (run,) = await robot.runs("EUR")
    assert (run.order_id, run.amount_minor, run.status) == (None, 50_00, "SUCCEEDED")


async def test_the_money_is_for_its_own_order(robot: Robot) -> None:
    await robot.ready(token=sandbox.LATER)
    older = await robot.run(
        lambda work: orders.place_order(
            work, robot.account_id, CreditPackItem("EMAIL_1K", 1), Currency.EUR, await_payment=True
        ).facts["order_id"]
    )
    await robot.change(-1)
    await robot.due()
    await robot.due(seconds=60)
    assert (await ordered(robot)).status == "ACTIVE"
    waiting = await robot.read(lambda read: order(read, robot.account_id, older))
    assert waiting is not None
    assert waiting.status == "PENDING"


async def test_money_in_hand_pays_before_the_card(robot: Robot) -> None:
    await robot.ready()
    await robot.change(PRICE, "EUR")
    await robot.change(-1)
    await robot.due()
    assert await charges(robot) == []
    assert (await robot.available(), await robot.available("EUR")) == (2_099, 0)
    assert (await robot.told())[-2:] == ["Succeeded", "Decided"]


@pytest.mark.rule("M054")
async def test_automatic_credits_are_not_refundable(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.LATER)
    for _ in range(2):
        await robot.due(seconds=60)
        order_id = (await ordered(robot)).id
        with pytest.raises(AutomaticOrderNotRefundable):
            await robot.run(
                lambda work, order_id=order_id: orders.cancel_order(
                    work, robot.account_id, order_id, CancellationReason.SERVICE_FAULT
                )
            )
    assert (await ordered(robot)).status == "ACTIVE"


# ---- what is refused


@pytest.mark.rule("M053")
async def test_without_a_valid_card_there_is_no_rule(robot: Robot) -> None:
    with pytest.raises(AutoTopUpNeedsMethod):
        await robot.set()


@pytest.mark.rule("M050")
async def test_an_account_must_send_through_a_channel(robot: Robot, terms: Registry) -> None:
    await robot.ready()
    terms.add(Terms())
    with pytest.raises(AutoTopUpNeedsChannel) as refused:
        await robot.set()
    assert refused.value.channels == "API SMTP"
    await robot.change(-1)
    await robot.due()
    assert (await robot.rule()).suspension == Suspension.CHANNEL_GONE.value


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"below": 0}, AutoTopUpQuantityInvalid),
        ({"below": 2_001}, AutoTopUpQuantityInvalid),
        ({"add": 10_000_001}, AutoTopUpQuantityInvalid),
        ({"below": 1, "add": 999}, QuantityOutOfRange),
        ({"add": 10_000_000}, AutoTopUpAmountInvalid),
        ({"currency": Currency.BRL}, NotSoldInCurrency),
        ({"caps": Caps(day_minor=PRICE - 1)}, AutoTopUpCapTooLow),
        ({"caps": Caps(month_minor=PRICE - 1)}, AutoTopUpCapTooLow),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    robot: Robot, changes: dict[str, object], refusal: type[Exception]
) -> None:
    await robot.card()
    with pytest.raises(refusal):
        await robot.set(dataclasses.replace(EMAIL, **changes))  # type: ignore[arg-type]


# ---- one in flight


async def test_fifty_spends_at_once_start_one(robot: Robot) -> None:
    await robot.ready(credits=120)
    spends = [robot.change(-1) for _ in range(50)]
    racing = [robot.due() for _ in range(4)]
    await asyncio.gather(*spends[:25], *racing[:2], *spends[25:], *racing[2:])
    await robot.due()
    assert await charges(robot) == [(PRICE, "SUCCEEDED")]
    assert await robot.available() == 2_070


async def test_however_often_it_is_decided_there_is_one(robot: Robot) -> None:
    await robot.ready(token=sandbox.UNKNOWN)
    await robot.change(-1)
    rule_id = (await robot.rule()).id
    decisions = [robot.run(lambda work: look(work, rule_id)) for _ in range(8)]
    await asyncio.gather(*decisions)
    await robot.due()
    assert (await robot.rule()).state is IN_FLIGHT, "its outcome is not known"
    assert [status for _, status in await charges(robot)] == ["ERRORED"]
    await robot.change(-50)
    await robot.due(hours=1)
    assert [status for _, status in await charges(robot)] == ["SUCCEEDED"]
    assert (await robot.rule()).state is READY


async def test_the_database_refuses_a_second_one_in_flight(robot: Robot) -> None:
    await robot.ready(credits=99)

    def another(work: Work) -> None:
        run = work.rows(select(AutoTopUpRun.__table__))[0]._asdict()
        with savepoint(work.connection, "second"):
            work.execute(insert(AutoTopUpRun).values({**run, "id": "atr_second"}))

    with pytest.raises(IntegrityError):
        await robot.run(another)


async def test_a_crash_between_the_steps_loses_and_doubles_nothing(robot: Robot) -> None:
    await robot.ready()
    await robot.change(-1)
    rule_id = (await robot.rule()).id

    def crash(work: Work) -> None:
        look(work, rule_id)
        raise RuntimeError("the process dies before the commit")

    with pytest.raises(RuntimeError):
        await robot.run(crash)
    assert await robot.runs() == []
    # It dies after the commit and before its step is marked as done: the step runs again.
    await robot.run(lambda work: look(work, rule_id))
    await robot.due()
    await robot.run(lambda work: look(work, rule_id))
    assert await charges(robot) == [(PRICE, "SUCCEEDED")]


async def test_the_sweep_finds_what_nobody_woke(robot: Robot) -> None:
    await robot.ready()
    await robot.change(-1)
    rule_id = (await robot.rule()).id
    await robot.run(lambda work: cancel(work, LOOK, rule_id))
    await robot.due()
    assert await robot.runs() == []
    await robot.run(plan)
    await robot.due()
    assert await robot.available() == 2_099
    await robot.run(lambda work: cancel(work, SWEEP, "all"))


# ---- failures


async def test_failures_cool_down_and_at_last_suspend(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.SAVED_DECLINED)
    await robot.due()
    delays = Terms().auto_top_up.retry_delays_seconds
    for number, seconds in enumerate(delays, start=1):
        rule = await robot.rule()
        assert (rule.state, rule.failures, rule.failure_code) == (COOLING, number, "DECLINED")
        assert (await ordered(robot)).status == "CANCELLED"
        assert rule.next_try_at is not None
        robot.clock.set(rule.next_try_at - timedelta(seconds=1))
        await robot.due()
        assert len(await robot.runs()) == number, f"{seconds} s are not over"
        await robot.due(seconds=1)
        assert len(await robot.runs()) == number + 1
    rule = await robot.rule()
    assert (rule.state, rule.suspension) == (SUSPENDED, "TOO_MANY_FAILURES")
    await robot.due(days=40)
    assert len(await robot.runs()) == len(delays) + 1
    assert await robot.available("EUR") == 0


async def test_a_spend_while_it_cools_down_changes_nothing(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.SAVED_DECLINED)
    await robot.due()
    await robot.change(+100)
    await robot.look()
    await robot.change(-150)
    await robot.due()
    assert ((await robot.rule()).state, len(await robot.runs())) == (COOLING, 1)
    await robot.set()
    await robot.run(lambda work: disable_auto_top_up(work, robot.account_id, "EMAIL"))
    await robot.set()
    await robot.due()
    assert len(await robot.runs()) == 1, "setting it again does not shorten it either"


async def test_a_late_success_is_used_and_not_charged_again(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.UNKNOWN_LOST)
    await robot.due()
    await robot.due(minutes=10)  # the reconciler finds nothing
    assert ((await robot.rule()).state, (await robot.rule()).failure_code) == (COOLING, "NOT_CHARGED")
    (top_up,) = await robot.read(lambda read: top_ups_of_account(read, robot.account_id, 10))
    late = ProviderNotice(
        "sandbox", "evt_late", top_up.transaction_id, Succeeded(PRICE, "late", robot.clock.now())
    )
    assert await robot.run(lambda work: apply_provider_event(work, late))
    await robot.due()
    assert await charges(robot) == [(PRICE, "SUCCEEDED")]
    assert (await robot.available(), await robot.available("EUR")) == (2_099, 0)
    assert [run.status for run in await robot.runs()] == ["SUCCEEDED", "UNSPENT"]
    assert (await robot.rule()).state is READY


async def test_a_payment_that_comes_short_stays_in_the_wallet(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.SHORT)
    await robot.due()
    rule = await robot.rule()
    assert (rule.state, rule.failure_code) == (COOLING, "RECEIVED_TOO_LITTLE")
    assert ((await ordered(robot)).status, await robot.available("EUR")) == ("CANCELLED", 36_86)
    await robot.due(minutes=15)
    assert (await robot.rule()).state is READY
    assert (await robot.available(), await robot.available("EUR")) == (2_099, 2 * 36_86 - PRICE)


async def test_a_chargeback_suspends(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.CHARGEBACK)
    await robot.due()
    assert await robot.available() == 2_099
    await robot.due(minutes=5)
    rule = await robot.rule()
    assert (rule.state, rule.suspension) == (SUSPENDED, "CHARGED_BACK")
    assert [run.status for run in await robot.runs()] == ["REVERSED"]
    await robot.change(-2_050)
    await robot.due()
    assert len(await robot.runs()) == 1
    await robot.run(lambda work: resume_auto_top_up(work, robot.account_id, "EMAIL"))
    assert len(await robot.runs()) == 2


async def test_a_step_up_that_nobody_answers_fails(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.SAVED_STEP_UP)
    await robot.due()
    assert (await robot.rule()).state is not READY
    await robot.due(days=1)
    assert (await robot.rule()).failures > 0


async def test_an_account_that_ended_is_left_alone(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.LATER)
    await robot.due()
    await robot.run(lambda work: erase(work, robot.account_id))
    await robot.due(seconds=60)
    assert [status for _, status in await charges(robot)] == ["SUCCEEDED"]
    assert (await ordered(robot)).status == "CANCELLED", "the late money is the house's to give back"
    await robot.due(days=1)
    assert len(await robot.runs()) == 1


# ---- caps


async def spend(robot: Robot) -> None:
    """Fall below the limit, and do what is due."""
    too_many = await robot.available() - 99
    if too_many:
        await robot.change(-too_many)
    await robot.due()


async def test_the_cap_of_a_day_ends_with_the_day(robot: Robot) -> None:
    robot.clock.set(datetime(2026, 3, 30, 12, tzinfo=UTC))
    await robot.ready(setting=dataclasses.replace(EMAIL, caps=Caps(day_minor=2 * PRICE)))
    for _ in range(3):
        await spend(robot)
    rule = await robot.rule()
    assert (rule.state, rule.verdict, len(await robot.runs())) == (READY, "DAY_CAP", 2)
    midnight = datetime(2026, 3, 31, tzinfo=UTC)
    assert rule.decided_next_at == midnight
    robot.clock.set(midnight - timedelta(seconds=1))
    await robot.look()
    assert len(await robot.runs()) == 2
    await robot.due(seconds=1)
    assert len(await robot.runs()) == 3


async def test_the_cap_of_a_month_ends_with_the_month(robot: Robot) -> None:
    robot.clock.set(datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC))
    await robot.ready(setting=dataclasses.replace(EMAIL, caps=Caps(month_minor=PRICE)))
    for _ in range(2):
        await spend(robot)
    assert (await robot.rule()).verdict == "MONTH_CAP"
    await robot.due(seconds=1)
    await robot.look()
    assert len(await robot.runs()) == 1
    await robot.due(seconds=1)
    assert len(await robot.runs()) == 2, "it is January"


async def test_no_rule_runs_away(robot: Robot) -> None:
    await robot.ready()
    for _ in range(12):
        await spend(robot)
    rule = await robot.rule()
    assert (len(await robot.runs()), rule.verdict) == (Terms().auto_top_up.tries_a_day_max, "TOO_OFTEN")


# ---- cards that go and come


@pytest.mark.rule("M053")
async def test_a_card_is_charged_to_the_last_instant_of_its_month(robot: Robot) -> None:
    await robot.ready(token=sandbox.EXPIRES_SOON)
    robot.clock.set(datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC))
    await spend(robot)
    assert [run.status for run in await robot.runs()] == ["SUCCEEDED"]
    await robot.due(seconds=1)
    rule = await robot.rule()
    assert (rule.state, rule.suspension) == (SUSPENDED, "METHOD_EXPIRED")
    await spend(robot)
    assert len(await robot.runs()) == 1


@pytest.mark.rule("M053")
async def test_an_expired_card_is_not_charged_though_nobody_said_so_yet(robot: Robot) -> None:
    await robot.ready(token=sandbox.EXPIRES_SOON)
    robot.clock.set(datetime(2026, 4, 1, tzinfo=UTC))
    await robot.change(-1)
    rule = await robot.look()
    assert (rule.state, rule.suspension) == (SUSPENDED, "METHOD_EXPIRED")


@pytest.mark.rule("M053")
async def test_a_removed_card_suspends_and_a_new_one_resumes(robot: Robot) -> None:
    card = await robot.ready(credits=150)
    await robot.remove_card(card)
    rule = await robot.rule()
    assert (rule.state, rule.suspension) == (SUSPENDED, "METHOD_GONE")
    await robot.change(-60)
    await robot.due()
    assert await robot.runs() == []
    await robot.card(saved_for=SavedFor.ONE_CLICK)
    assert (await robot.rule()).state is SUSPENDED, "that card was saved for something else"
    await robot.card()
    assert await robot.available() == 2_090


async def test_a_rule_that_names_its_card_takes_no_other(robot: Robot) -> None:
    card = await robot.card()
    await robot.card()
    await robot.set(dataclasses.replace(EMAIL, method_id=card))
    await robot.remove_card(card)
    await robot.due()
    assert (await robot.rule()).suspension == "METHOD_GONE"


async def test_what_is_in_flight_ends_before_the_rule_rests(robot: Robot) -> None:
    card = await robot.ready(credits=99, token=sandbox.LATER)
    await robot.due()
    await robot.remove_card(card)
    assert (await robot.rule()).state is IN_FLIGHT
    await robot.due(seconds=60)
    assert ((await robot.rule()).state, await robot.available()) == (SUSPENDED, 2_099)


# ---- hands on the rule


async def test_switching_off_lets_the_flight_end(robot: Robot) -> None:
    await robot.ready(credits=99, token=sandbox.LATER)
    await robot.due()
    disabled = await robot.run(lambda work: disable_auto_top_up(work, robot.account_id, "EMAIL"))
    assert disabled.state is IN_FLIGHT
    await robot.due(seconds=60)
    assert ((await robot.rule()).state, await robot.available()) == (OFF, 2_099)
    await spend(robot)
    assert len(await robot.runs()) == 1
    await robot.set()
    assert len(await robot.runs()) == 2


async def test_only_what_is_suspended_is_resumed(robot: Robot) -> None:
    await robot.ready()
    with pytest.raises(AutoTopUpNotSuspended):
        await robot.run(lambda work: resume_auto_top_up(work, robot.account_id, "EMAIL"))


async def test_the_kill_switch_stops_all_and_lets_the_flights_end(robot: Robot, units: Units) -> None:
    await robot.ready(token=sandbox.LATER)
    other = Robot(units, robot.clock, "acc_other")
    await other.ready()
    await spend(robot)
    await robot.run(lambda work: set_kill_switch(work, stopped=True))
    await spend(other)
    await robot.due(seconds=60)
    assert await robot.available() == 2_099
    assert ((await other.rule()).verdict, await other.runs()) == ("STOPPED", [])
    await robot.run(lambda work: set_kill_switch(work, stopped=False))
    await robot.due()
    assert await other.available() == 2_099


@pytest.mark.rule("M083")
async def test_a_suspended_account_is_not_charged_until_it_is_reinstated(
    units: Units, clock: ManualClock
) -> None:
    robot = Robot(units, clock, f"acc_{'0' * 26}")
    values = {"id": robot.account_id, "status": "ACTIVE", "created_at": clock.now()}
    await robot.run(lambda work: work.execute(insert(Account).values(values)))
    await robot.ready()
    await robot.run(lambda work: suspend_account(work, robot.account_id))
    await robot.change(-1)
    for _ in range(2):
        await robot.due(minutes=5)
    rule = await robot.rule()
    assert (rule.verdict, rule.state, await robot.runs()) == ("ACCOUNT_RESTRICTED", READY, [])
    await robot.run(lambda work: reinstate_account(work, robot.account_id))
    for _ in range(3):
        await robot.due()
    assert [run.status for run in await robot.runs()] == ["SUCCEEDED"]
    assert await robot.available() == 99 + 2_000
