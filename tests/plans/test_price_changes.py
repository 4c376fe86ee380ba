"""Prices of plans, seats and addresses change at the first instant of a month, and who pays for them is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from server.accounts import actions as account_actions
from server.accounts.rules import NewPassword
from server.accounts.rules.staff import Mandate, StaffRole
from server.kit.clock import ManualClock
from server.kit.due import schedule
from server.kit.money import Currency
from server.kit.viewer import SYSTEM, Viewer
from server.kit.work import Call, Units, Work
from server.notices.reads import NoticeRow, notices_of_account
from server.orders.actions.prices import set_price
from server.orders.reads.prices import price_changes
from server.orders.rules.price_changes import NewPrice, PriceChangeReason
from server.orders.rules.problems import NotSoldInCurrency, PriceOutOfRange, ProductUnknown
from server.plans.actions.price_changes import TELL_PRICE
from server.plans.reads import next_price
from server.plans.reads.prices import unit_price_at
from server.plans.rules.status import Product
from server.plans.rules.terms import Cycle
from tests.plans.conftest import Subscriber, Till, new_subscriber
from tests.plans.test_cycles import PRICE

APRIL = datetime(2026, 4, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
async def desk(units: Units, clock: ManualClock) -> Viewer:
    """Somebody of the company's finance, with a session."""
    mandate = Mandate(
        (StaffRole.FINANCE,), "prices", "2026-01", clock.now(), clock.now() + timedelta(days=300)
    )

    def start(work: Work) -> Viewer:
        login = "price.desk"
        account_actions.authorise_staff(work, login, NewPassword(hash="unused"), mandate)
        person = account_actions.staff_person(work, login)
        assert person is not None
        proof = account_actions.PasswordProof(person.account_id, person.id, "unused")
        issued = account_actions.start_session(work, proof, account_actions.Device())
        return Viewer(person.account_id, issued.id)

    return await units.run(Call("signIn", SYSTEM), start)


async def announce(
    units: Units,
    desk: Viewer,
    amount: str,
    product: str = "PLAN_STARTER_MONTHLY",
    currency: Currency = Currency.USD,
) -> None:
    price = NewPrice(product, currency, Decimal(amount), PriceChangeReason.FX)
    await units.run(Call("setPrice", desk), lambda work: set_price(work, price))


async def told(subscriber: Subscriber, kind: str = "plan_price_changed") -> list[NoticeRow]:
    rows = await subscriber.read(lambda read: notices_of_account(read, subscriber.account_id, 50))
    return [row for row in rows if row.kind == kind]


@pytest.mark.rule("M033", "M034")
@pytest.mark.parametrize(
    ("product", "code", "old"),
    [
        (Product.PLAN, "PLAN_STARTER_MONTHLY", 15_00),
        (Product.SEATS, "SEATS_STARTER_MONTHLY", 5_00),
        (Product.FIXED_IP, "FIXED_IP", 240_00),
    ],
)
async def test_a_price_holds_from_the_first_instant_of_the_next_month(
    units: Units, desk: Viewer, product: Product, code: str, old: int
) -> None:
    await announce(units, desk, "20.00" if old < 20_00 else "250.00", code)

    async def at(instant: datetime, currency: Currency = Currency.USD) -> int:
        cycle = Cycle.YEARLY if product is Product.FIXED_IP else Cycle.MONTHLY
        return await units.read(
            lambda read: unit_price_at(read, product, "STARTER", cycle, currency, instant)
        )

    new = 20_00 if old < 20_00 else 250_00
    assert [await at(instant) for instant in (APRIL - SECOND, APRIL - INSTANT)] == [old, old]
    assert [await at(instant) for instant in (APRIL, APRIL + SECOND)] == [new, new]
    assert await at(APRIL, Currency.EUR) != new


@pytest.mark.rule("M033")
@pytest.mark.parametrize("since", [-SECOND, timedelta(), SECOND])
async def test_a_renewal_costs_what_holds_on_its_first_day(
    units: Units, clock: ManualClock, till: Till, desk: Viewer, since: timedelta
) -> None:
    clock.set(datetime(2026, 3, 1, tzinfo=UTC) + since)
    subscriber = await new_subscriber(units, clock, till)
    await subscriber.add_card()
    row = await subscriber.start()
    if (
        row.period_end is None or row.period_end.month == 3
    ):  # begun in February: its second cycle ends in April
        assert row.period_end is not None
        await subscriber.at(row.period_end)
        row = await subscriber.subscription(row.id)
    assert row.period_end is not None
    await announce(units, desk, "20.00")
    shown = (await subscriber.read(lambda read: next_price(read, row))).net_minor
    before = len(till.taken)
    await subscriber.at(row.period_end)
    expected = PRICE if row.period_end < APRIL else 20_00
    assert till.taken[before:] == [expected] == [shown]
    charge = (await subscriber.charges())[-1]
    assert charge.net_minor == expected, "the charge keeps the price of its first day"


@pytest.mark.rule("M033")
async def test_a_renewal_that_is_tried_again_later_keeps_its_price(
    units: Units, clock: ManualClock, till: Till, desk: Viewer
) -> None:
    clock.set(datetime(2026, 2, 28, 12, tzinfo=UTC))
    subscriber = await new_subscriber(units, clock, till)
    await subscriber.add_card()
    row = await subscriber.start()
    assert row.period_end is not None
    clock.set(row.period_end - SECOND)
    await announce(units, desk, "20.00")
    till.fate = "declined"
    await subscriber.at(row.period_end)
    till.fate = "ok"
    for day in range(1, 8):
        await subscriber.at(row.period_end + timedelta(days=day))
    assert till.taken == [PRICE, PRICE]


@pytest.mark.rule("M033")
async def test_those_whom_a_price_concerns_are_told_once(
    units: Units, clock: ManualClock, till: Till, desk: Viewer, subscriber: Subscriber
) -> None:
    other, yearly, leaving = [await new_subscriber(units, clock, till) for _ in range(3)]
    for each, plan, cycle in (
        (subscriber, "STARTER", Cycle.MONTHLY),
        (other, "BUSINESS", Cycle.MONTHLY),
        (yearly, "STARTER", Cycle.YEARLY),
        (leaving, "STARTER", Cycle.MONTHLY),
    ):
        if each is not subscriber:
            await each.add_card()
        await each.start(plan, cycle)
    await leaving.cancel()
    await other.change("STARTER", at_once=False)
    await announce(units, desk, "20.00")
    await subscriber.settle()
    await units.run_unaudited(_again)
    await subscriber.settle()
    for each, count in ((subscriber, 1), (other, 1), (yearly, 0), (leaving, 0)):
        assert len(await told(each)) == count


def _again(work: Work) -> None:
    """As after a crash between the steps of the telling."""
    (change,) = price_changes(work, None, True, None, 9)
    schedule(work, TELL_PRICE, change.id, work.now)


@pytest.mark.parametrize(
    ("product", "amount", "currency", "refusal"),
    [
        ("PLAN_GOLD_MONTHLY", "20.00", Currency.USD, ProductUnknown),
        ("PLAN_FREE_MONTHLY", "20.00", Currency.USD, ProductUnknown),
        ("PLAN_STARTER_MONTHLY", "20.00", Currency.NOK, NotSoldInCurrency),
        ("PLAN_STARTER_MONTHLY", "150.01", Currency.USD, PriceOutOfRange),
    ],
)
async def test_prices_that_cannot_be_are_refused(
    units: Units, desk: Viewer, product: str, amount: str, currency: Currency, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await announce(units, desk, amount, product, currency)
