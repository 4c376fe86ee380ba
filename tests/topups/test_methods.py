"""Saved payment methods: kept only when asked for, charged while their card is good, gone when removed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.clock import ManualClock
from server.kit.due import DueWork, cancel
from server.kit.money import Currency, Money
from server.kit.registry import Registry
from server.kit.work import Call
from server.topups.actions import methods, saving
from server.topups.adapters import sandbox
from server.topups.model import PaymentMethod, SandboxMethod
from server.topups.rules import PaymentTokenInvalid, Terms, TooManyConfirmations
from server.topups.rules.methods import (
    NoValidPaymentMethod,
    PaymentMethodNotFound,
    PaymentMethodStatusConflict,
    SavedFor,
    TooManyPaymentMethods,
    TooManySavings,
    expires_at,
)
from server.topups.rules.outcomes import TopUpPurpose
from tests.kit.test_card_numbers import card_number
from tests.topups.conftest import ACCOUNT, VIEWER, Desk

TERMS = Terms()
ENDS = datetime(2026, 4, 1, tzinfo=UTC)
"""When the card of EXPIRES_SOON ends: the tests begin on 2 March 2026."""


async def confirm(desk: Desk, method_id: str, code: str | None) -> None:
    await desk.units.run(
        Call("confirmPaymentMethod", VIEWER),
        lambda work: methods.confirm_method(work, ACCOUNT, method_id, code),
    )
    await desk.runner.run_due()


async def update(
    desk: Desk, method_id: str, *, make_default: bool = False, saved_for: SavedFor | None = None
) -> None:
    await desk.units.run(
        Call("updatePaymentMethod", VIEWER),
        lambda work: methods.update_method(
            work, ACCOUNT, method_id, make_default=make_default, saved_for=saved_for
        ),
    )


async def last_one(desk: Desk) -> bool:
    """What the newest event of a payment method says."""
    return bool(orjson.loads((await desk.method_events())[-1].data)["last_one"])


# ---- saving


@pytest.mark.rule("M039")
async def test_a_payment_alone_saves_nothing(desk: Desk) -> None:
    await desk.order(sandbox.OK)
    await desk.runner.run_due()
    assert await desk.count(PaymentMethod) == await desk.count(SandboxMethod) == 0


@pytest.mark.rule("M039")
@pytest.mark.parametrize("saved_for", list(SavedFor))
async def test_what_is_saved_is_the_gateways_reference(desk: Desk, saved_for: SavedFor) -> None:
    method_id = await desk.save(sandbox.OK, saved_for)
    pending = await desk.method(method_id)
    assert (pending.status, pending.provider_reference) == ("PENDING", None)
    assert pending.payment_token is not None
    assert b"tok_" not in pending.payment_token, "sealed while it is needed"
    await desk.runner.run_due()
    saved = await desk.method(method_id)
    assert (saved.status, saved.saved_for, saved.is_default) == ("ACTIVE", saved_for.value, True)
    assert (saved.brand, saved.exp_month, saved.exp_year) == ("Sandbox", 12, 2029)
    assert (saved.payment_token, saved.step_up_code, saved.tries) == (None, None, 0)
    assert saved.provider_reference is not None
    assert saved.last4 is not None
    assert b"sandbox" not in saved.provider_reference
    assert b"0000" not in saved.last4
    assert await desk.told_of(method_id) == ["Added", "Saved"]


async def test_a_declined_token_is_not_saved(desk: Desk) -> None:
    method_id = await desk.saved(sandbox.DECLINED)
    failed = await desk.method(method_id)
    assert (failed.status, failed.failure_code, failed.payment_token) == ("FAILED", "DECLINED", None)
    assert await desk.told_of(method_id) == ["Added", "Failed"]
    with pytest.raises(NoValidPaymentMethod):
        await desk.charge(method_id)


@pytest.mark.rule("M115")
async def test_a_card_number_is_not_saved(desk: Desk) -> None:
    with pytest.raises(PaymentTokenInvalid):
        await desk.save(f"pm_{card_number('4', 16)}")


async def test_a_challenge_is_answered(desk: Desk) -> None:
    method_id = await desk.saved(sandbox.STEP_UP)
    challenged = await desk.method(method_id)
    assert (challenged.status, challenged.next_action) == ("PENDING", "ENTER_CODE")
    await confirm(desk, method_id, "000000")
    assert (await desk.method(method_id)).next_action == "ENTER_CODE"
    await confirm(desk, method_id, sandbox.STEP_UP_CODE)
    assert (await desk.method(method_id)).status == "ACTIVE"
    assert await desk.told_of(method_id) == [
        "Added",
        "Challenged",
        "Confirmed",
        "Challenged",
        "Confirmed",
        "Saved",
    ]
    with pytest.raises(PaymentMethodStatusConflict):
        await confirm(desk, method_id, sandbox.STEP_UP_CODE)


async def test_wrong_answers_end_it(desk: Desk) -> None:
    method_id = await desk.saved(sandbox.STEP_UP)
    for _ in range(sandbox.WRONG_CODES_MAX):
        await confirm(desk, method_id, "000000")
    failed = await desk.method(method_id)
    assert (failed.status, failed.failure_code) == ("FAILED", "STEP_UP_FAILED")


async def test_answers_are_limited(desk: Desk, terms: Registry) -> None:
    terms.add(Terms(confirmations_max=1))
    method_id = await desk.saved(sandbox.STEP_UP)
    await confirm(desk, method_id, None)
    with pytest.raises(TooManyConfirmations):
        await confirm(desk, method_id, sandbox.STEP_UP_CODE)


@pytest.mark.parametrize(("seconds", "status"), [(-1, "PENDING"), (0, "FAILED"), (1, "FAILED")])
async def test_an_unanswered_challenge_ends(
    desk: Desk, clock: ManualClock, seconds: int, status: str
) -> None:
    method_id = await desk.saved(sandbox.STEP_UP)
    clock.advance(timedelta(seconds=TERMS.step_up_seconds_max + seconds))
    await desk.runner.run_due()
    method = await desk.method(method_id)
    assert method.status == status
    assert method.failure_code == (None if status == "PENDING" else "STEP_UP_EXPIRED")


async def test_methods_are_limited(desk: Desk, clock: ManualClock, terms: Registry) -> None:
    terms.add(Terms(payment_methods_max=2, savings_per_day_max=4))
    first = await desk.saved()
    await desk.saved()
    with pytest.raises(TooManyPaymentMethods) as many:
        await desk.saved()
    assert many.value.limit == 2
    await desk.remove(first)
    for _ in range(2):
        await desk.saved(sandbox.DECLINED)
    with pytest.raises(TooManySavings) as tried:
        await desk.saved()
    assert tried.value.limit == 4
    clock.advance(timedelta(days=1))
    await desk.saved()


# ---- choosing and removing


@pytest.mark.rule("M040")
async def test_methods_are_chosen(desk: Desk) -> None:
    first, second = await desk.saved(), await desk.saved()
    assert await desk.default() == first
    await update(desk, second, make_default=True)
    assert await desk.default() == second
    await update(desk, second, make_default=True, saved_for=SavedFor.ONE_CLICK)
    assert await desk.told_of(second) == ["Added", "Saved", "Changed"], "what it is already is no change"
    await update(desk, first, saved_for=SavedFor.PLAN)
    assert (await desk.method(first)).saved_for == "PLAN"
    third = await desk.saved(make_default=True)
    assert await desk.default() == third


@pytest.mark.rule("M040")
@pytest.mark.parametrize("token", [sandbox.OK, sandbox.STEP_UP])
async def test_a_method_is_removed_at_any_time(desk: Desk, token: str) -> None:
    method_id = await desk.saved(token)
    await desk.remove(method_id)
    await desk.runner.run_due()
    removed = await desk.method(method_id)
    assert (removed.status, removed.is_default) == ("REMOVED", False)
    kept = (removed.provider_reference, removed.payment_token, removed.brand, removed.last4, removed.exp_year)
    assert kept == (None,) * 5
    assert await desk.count(SandboxMethod) == (token == sandbox.STEP_UP), "the gateway has forgotten it too"
    with pytest.raises(PaymentMethodStatusConflict):
        await desk.remove(method_id)
    with pytest.raises(PaymentMethodStatusConflict):
        await update(desk, method_id, make_default=True)


@pytest.mark.rule("M040")
async def test_only_the_last_one_says_that_it_was(desk: Desk) -> None:
    first, second = await desk.saved(), await desk.saved()
    declined = await desk.saved(sandbox.DECLINED)
    await desk.remove(first)
    assert not await last_one(desk)
    assert await desk.default() == second, "the one that is left stands in"
    assert await desk.told_of(second) == ["Added", "Saved", "Changed"]
    await desk.remove(second)
    assert await last_one(desk)
    assert await desk.default() is None
    with pytest.raises(PaymentMethodStatusConflict):
        await desk.remove(declined)


async def test_what_is_another_accounts_is_not_there(desk: Desk) -> None:
    method_id = await desk.saved()
    for other in (method_id, "pm_none", "top_01m81hnn4se008tpen4fg0ynbh"):
        with pytest.raises(PaymentMethodNotFound):
            await desk.units.run(
                Call("test"), lambda work, other=other: methods.remove_method(work, "acc_other", other)
            )
    with pytest.raises(NoValidPaymentMethod):
        await desk.units.run(
            Call("test"),
            lambda work: methods.charge_method(
                work, "acc_other", Money(500, Currency.EUR), TopUpPurpose.MANUAL, method_id=method_id
            ),
        )


# ---- charging


@pytest.mark.parametrize(
    ("token", "status", "failure"),
    [
        (sandbox.OK, "SUCCEEDED", None),
        (sandbox.STEP_UP, "SUCCEEDED", None),
        (sandbox.LATER, "PROCESSING", None),
        (sandbox.UNKNOWN, "ERRORED", "OUTCOME_UNKNOWN"),
        (sandbox.UNKNOWN_LOST, "ERRORED", "OUTCOME_UNKNOWN"),
        (sandbox.SHORT, "SUCCEEDED", None),
        (sandbox.CHARGEBACK, "SUCCEEDED", None),
        (sandbox.EXPIRES_SOON, "SUCCEEDED", None),
        (sandbox.SAVED_DECLINED, "FAILED", "DECLINED"),
        (sandbox.SAVED_STEP_UP, "PROCESSING", None),
    ],
)
async def test_a_saved_method_plays_its_story_off_session(
    desk: Desk, clock: ManualClock, token: str, status: str, failure: str | None
) -> None:
    method_id = await desk.saved(token)
    if token == sandbox.STEP_UP:
        await confirm(desk, method_id, sandbox.STEP_UP_CODE)
    clock.advance(timedelta(seconds=TERMS.reconcile_delays_seconds[0]))
    await desk.runner.run_due()
    assert (await desk.method(method_id)).status == "ACTIVE"
    top_up_id = await desk.charge(for_id="ord_1")
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == (status, failure)
    assert (top_up.method_id, top_up.payment_token) == (method_id, None)
    assert top_up.next_action == ("ENTER_CODE" if token == sandbox.SAVED_STEP_UP else None)
    told = [orjson.loads(event.data) for event in await desk.events(top_up_id)]
    assert {(state["purpose"], state["for_id"]) for state in told} == {("AUTO_TOP_UP", "ord_1")}


@pytest.mark.parametrize("token", [sandbox.SAVED_DECLINED, sandbox.SAVED_STEP_UP])
async def test_what_is_refused_off_session_goes_through_while_the_payer_is_there(
    desk: Desk, token: str
) -> None:
    await desk.order(token)
    await desk.runner.run_due()
    assert await desk.postings() == [("TOP_UP", 10_000)]


async def test_without_a_method_nothing_is_charged(desk: Desk) -> None:
    with pytest.raises(NoValidPaymentMethod):
        await desk.charge()
    pending = await desk.save()
    with pytest.raises(NoValidPaymentMethod):
        await desk.charge(pending)


async def test_a_method_that_is_removed_before_the_charge_is_not_charged(desk: Desk) -> None:
    method_id = await desk.saved()
    top_up_id = await desk.charge(method_id)
    await desk.remove(method_id)
    await desk.runner.run_due()
    top_up = await desk.top_up(top_up_id)
    assert (top_up.status, top_up.failure_code) == ("FAILED", "METHOD_GONE")
    assert await desk.postings() == []


# ---- expiry


@given(st.integers(1, 12), st.integers(2000, 2100))
def test_a_card_is_good_to_the_last_instant_of_its_month(month: int, year: int) -> None:
    ends = expires_at(month, year)
    last = ends - timedelta(microseconds=1)
    assert (last.month, last.year) == (month, year)
    assert (ends.day, ends.hour, ends.minute, ends.second, ends.microsecond) == (1, 0, 0, 0, 0)


@pytest.mark.rule("M053")
@pytest.mark.parametrize(("seconds", "status"), [(-1, "ACTIVE"), (0, "EXPIRED"), (1, "EXPIRED")])
async def test_a_card_expires_at_its_instant(
    desk: Desk, clock: ManualClock, seconds: int, status: str
) -> None:
    method_id = await desk.saved(sandbox.EXPIRES_SOON)
    clock.set(ENDS + timedelta(seconds=seconds))
    await desk.runner.run_due()
    expired = await desk.method(method_id)
    good = status == "ACTIVE"
    assert (expired.status, expired.is_default, expired.expires_at) == (status, good, ENDS)
    assert await desk.default() == (method_id if good else None)
    assert await last_one(desk) is not good
    told = ["Added", "Saved", "Expiring"]
    assert await desk.told_of(method_id) == (told if good else [*told, "Expired"])


@pytest.mark.rule("M053")
@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
async def test_an_expired_card_is_not_charged_even_before_the_due_work_came_by(
    desk: Desk, clock: ManualClock, seconds: int, good: bool
) -> None:
    method_id = await desk.saved(sandbox.EXPIRES_SOON)
    await desk.units.run_unaudited(lambda work: cancel(work, saving.EXPIRE, method_id))
    clock.set(ENDS + timedelta(seconds=seconds))
    if good:
        await desk.charge()
        return
    with pytest.raises(NoValidPaymentMethod):
        await desk.charge()
    with pytest.raises(PaymentMethodStatusConflict) as refused:
        await update(desk, method_id, make_default=True)
    assert refused.value.status == "EXPIRED"


async def test_an_expired_card_gives_way_to_another_and_can_be_removed(
    desk: Desk, clock: ManualClock
) -> None:
    first, second = await desk.saved(sandbox.EXPIRES_SOON), await desk.saved()
    assert await desk.default() == first
    clock.set(ENDS)
    await desk.runner.run_due()
    assert await desk.default() == second
    assert not await last_one(desk)
    await desk.remove(first)
    await desk.runner.run_due()
    assert await desk.count(SandboxMethod) == 1


@pytest.mark.rule("M053")
@pytest.mark.parametrize(("seconds", "told"), [(-1, False), (0, True), (1, True)])
async def test_the_end_of_a_card_is_announced_once(
    desk: Desk, clock: ManualClock, seconds: int, told: bool
) -> None:
    method_id = await desk.saved()
    announced = datetime(2030, 1, 1, tzinfo=UTC) - timedelta(days=TERMS.expiry_notice_days)
    clock.set(announced + timedelta(seconds=seconds))
    for _ in range(2):
        await desk.runner.run_due()
    assert (await desk.told_of(method_id)).count("Expiring") == told
    due = await desk.units.read(
        lambda read: read.scalar(DueWork.__table__.select().with_only_columns(DueWork.due_at))
    )
    assert due == (datetime(2030, 1, 1, tzinfo=UTC) if told else announced)
