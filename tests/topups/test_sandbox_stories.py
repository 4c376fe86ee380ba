"""The whole path of each sandbox token: status, events, postings, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.kit.due import cancel
from server.kit.viewer import Viewer
from server.kit.work import Call
from server.topups import actions
from server.topups.actions.changes import write
from server.topups.adapters import sandbox
from server.topups.model import SandboxCharge
from server.topups.rules import GatewayUnavailable, Terms, TooManyConfirmations, TopUpNotFound
from server.topups.rules.outcomes import TopUpStatusConflict
from tests.topups.conftest import VIEWER, Desk

TERMS = Terms()


def after_seconds(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


async def confirm(desk: Desk, top_up_id: str, code: str, viewer: Viewer = VIEWER) -> None:
    account_id = viewer.account_id or ""
    await desk.units.run(
        Call("confirmTopUp", viewer), lambda work: actions.confirm_top_up(work, account_id, top_up_id, code)
    )
    await desk.runner.run_due()


async def test_a_payment_that_succeeds(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.OK)
    assert await desk.status(top_up_id) == "PENDING"
    assert await desk.postings() == []
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.received_minor, top_up.failure_code) == ("SUCCEEDED", 10_000, None)
    assert await desk.postings() == [("TOP_UP", 10_000)]
    assert await desk.told(top_up_id) == ["Created", "Started", "Settled"]


@pytest.mark.rule("M115")
async def test_the_token_is_forgotten_once_it_has_served(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.OK)
    pending = await desk.top_up(top_up_id)
    assert pending.payment_token is not None
    assert b"tok_" not in pending.payment_token, "sealed while it is needed"
    await desk.runner.run_due()
    assert (await desk.top_up(top_up_id)).payment_token is None
    assert all("tok_" not in event.data for event in await desk.events())


async def test_a_payment_that_is_declined(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.DECLINED)
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code, top_up.received_minor) == ("FAILED", "DECLINED", None)
    assert await desk.postings() == []
    assert await desk.told(top_up_id) == ["Created", "Started", "Failed"]


@pytest.mark.rule("M031")
async def test_credited_is_what_was_received(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.SHORT, 10_000)
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.amount_minor, top_up.received_minor) == (10_000, 9_700)
    assert await desk.postings() == [("TOP_UP", 9_700)]


async def test_a_payment_that_settles_later(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.LATER)
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "PROCESSING"
    desk.clock.advance(after_seconds(TERMS.sandbox_settle_later_seconds))
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "SUCCEEDED"
    assert await desk.told(top_up_id) == ["Created", "Started", "Settled"]
    desk.clock.advance(timedelta(days=30))
    assert await desk.runner.run_due() == 0, "nothing is left to do"
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_the_reconciler_finds_money_whose_event_was_lost(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.LATER)
    await desk.runner.run_due()
    transaction_id = (await desk.top_up(top_up_id)).transaction_id
    desk.clock.advance(after_seconds(TERMS.sandbox_settle_later_seconds))
    assert await desk.sandbox.next_event(transaction_id) is not None
    await desk.units.run_unaudited(lambda work: cancel(work, sandbox.EVENT, transaction_id))
    desk.clock.advance(after_seconds(TERMS.reconcile_delays_seconds[0]))
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "SUCCEEDED"
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_a_payment_that_needs_a_code(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.next_action) == ("PROCESSING", "ENTER_CODE")
    await confirm(desk, top_up_id, sandbox.STEP_UP_CODE)
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.next_action, top_up.step_up_code) == ("SUCCEEDED", None, None)
    assert await desk.told(top_up_id) == ["Created", "Started", "Challenged", "Confirmed", "Settled"]
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_wrong_codes_fail_the_payment_in_the_end(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    await desk.runner.run_due()
    for _ in range(sandbox.WRONG_CODES_MAX - 1):
        await confirm(desk, top_up_id, "000000")
        assert (await desk.top_up(top_up_id)).next_action == "ENTER_CODE"
    await confirm(desk, top_up_id, "000000")
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "STEP_UP_FAILED")
    with pytest.raises(TopUpStatusConflict):
        await confirm(desk, top_up_id, sandbox.STEP_UP_CODE)
    assert await desk.postings() == []


async def test_a_challenge_that_nobody_answers_expires(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    await desk.runner.run_due()
    for delay in TERMS.reconcile_delays_seconds[:4]:
        desk.clock.advance(after_seconds(delay))
        await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "STEP_UP_EXPIRED")
    assert await desk.told(top_up_id) == ["Created", "Started", "Challenged", "Failed"]


@pytest.mark.rule("Q014")
async def test_only_the_payer_answers_a_challenge(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    await desk.runner.run_due()
    for viewer, subject in ((Viewer("acc_other", "ses_2"), top_up_id), (VIEWER, "top_none")):
        with pytest.raises(TopUpNotFound):
            await confirm(desk, subject, sandbox.STEP_UP_CODE, viewer)


async def test_a_challenge_takes_only_so_many_answers(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.STEP_UP)
    await desk.runner.run_due()
    desk.units.house.terms.add(Terms(confirmations_max=1))
    await confirm(desk, top_up_id, "000000")
    with pytest.raises(TooManyConfirmations):
        await confirm(desk, top_up_id, sandbox.STEP_UP_CODE)


async def test_an_unknown_outcome_that_was_charged(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.UNKNOWN)
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("ERRORED", "OUTCOME_UNKNOWN")
    assert await desk.postings() == []
    desk.clock.advance(after_seconds(TERMS.reconcile_delays_seconds[0]))
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("SUCCEEDED", None)
    assert await desk.told(top_up_id) == ["Created", "Started", "Errored", "Settled"]
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_an_unknown_outcome_that_was_not_charged(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.UNKNOWN_LOST)
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "ERRORED"
    desk.clock.advance(after_seconds(TERMS.reconcile_delays_seconds[0]))
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "NOT_CHARGED")
    assert await desk.told(top_up_id) == ["Created", "Started", "Errored", "Failed"]
    assert await desk.postings() == []


async def test_a_payment_that_is_charged_back(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.CHARGEBACK)
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "SUCCEEDED"
    desk.clock.advance(after_seconds(TERMS.sandbox_chargeback_seconds))
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code, top_up.received_minor) == ("REVERSED", "CHARGED_BACK", 10_000)
    assert await desk.postings() == [("TOP_UP", 10_000), ("TOP_UP_REVERSED", -10_000)]
    assert await desk.told(top_up_id) == ["Created", "Started", "Settled", "Reversed"]


async def test_a_sandbox_that_is_switched_off_mints_nothing(desk: Desk) -> None:
    top_up_id = await desk.order(sandbox.OK)
    desk.sandbox.enabled = False
    await desk.runner.run_due()
    assert await desk.status(top_up_id) == "ERRORED"
    assert await desk.units.read(lambda read: read.rows(select(SandboxCharge.state))) == []
    for delay in TERMS.reconcile_delays_seconds:
        desk.clock.advance(after_seconds(delay))
        await desk.runner.run_due()
    assert await desk.status(top_up_id) == "ERRORED", "a person has to look; the reconciler has stopped"
    desk.clock.advance(timedelta(days=365))
    assert await desk.runner.run_due() == 0
    assert await desk.postings() == []
    with pytest.raises(GatewayUnavailable):
        await desk.sandbox.find("txn_any")


@pytest.mark.rule("Q008")
async def test_each_top_up_has_date_amount_status_and_two_unique_ids(desk: Desk) -> None:
    ids = [await desk.order(sandbox.OK, 1_000 + number) for number in range(5)]
    top_ups = [await desk.top_up(top_up_id) for top_up_id in ids]
    assert len({top_up.id for top_up in top_ups} | {top_up.transaction_id for top_up in top_ups}) == 10
    for number, top_up in enumerate(top_ups):
        assert top_up.id.startswith("top_")
        assert top_up.transaction_id.startswith("txn_")
        assert (top_up.created_at, top_up.amount_minor) == (desk.clock.now(), 1_000 + number)
        assert top_up.status == "PENDING"


@pytest.mark.rule("Q008")
async def test_a_transaction_id_cannot_be_used_twice(desk: Desk) -> None:
    first, second = [await desk.top_up(await desk.order(sandbox.OK)) for _ in range(2)]
    with pytest.raises(Exception, match=r"(?i)unique"):
        await desk.units.run_unaudited(lambda work: write(work, second, transaction_id=first.transaction_id))
