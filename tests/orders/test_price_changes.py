"""Prices that change at the first instant of a month: set by staff, announced to everybody, kept by old orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts import actions as account_actions
from server.accounts.rules.staff import Mandate, StaffRole
from server.kit.clock import ManualClock
from server.kit.events import after
from server.kit.money import Currency, to_decimal
from server.kit.viewer import SYSTEM, Viewer
from server.kit.work import Call, Units
from server.orders.actions.prices import set_price
from server.orders.actions.usage import record_usage
from server.orders.reads.prices import PriceChangeRow, price_at, price_changes
from server.orders.rules import Terms
from server.orders.rules.items import ApiCalls, CreditPackItem, Usage
from server.orders.rules.price_changes import NewPrice, PriceChangeReason, effective_at, new_price_minor
from server.orders.rules.problems import NotSoldInCurrency, PriceOutOfRange, ProductUnknown
from server.orders.rules.terms import Metered
from tests.accounts.conftest import (  # noqa: F401
    PASSWORD,
    Accounts,
    accounts,
    authenticator,
    hasher,
    passwords,
)
from tests.orders.conftest import Customer

SECOND = timedelta(seconds=1)
INSTANT = timedelta(microseconds=1)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)
PACK = "EMAIL_10K"


@pytest.fixture
async def staff(accounts: Accounts, clock: ManualClock) -> Viewer:  # noqa: F811
    """Somebody of the company's finance, signed in."""
    login, now = "price.desk", clock.now()
    mandate = Mandate((StaffRole.FINANCE,), "prices", "2026-01", now, now + timedelta(days=200))
    password = await accounts.passwords.prepare(login, PASSWORD)
    await accounts.units.run(
        Call("authoriseStaff", SYSTEM),
        lambda work: account_actions.authorise_staff(work, login, password, mandate),
    )
    viewer = await accounts.viewer((await accounts.sign_in(login)).secret)
    assert viewer is not None
    return viewer


def dollars(amount: str, product: str = PACK, reason: PriceChangeReason = PriceChangeReason.FX) -> NewPrice:
    return NewPrice(product, Currency.USD, Decimal(amount), reason)


async def announce(units: Units, staff: Viewer, price: NewPrice) -> str:
    receipt = await units.run(Call("setPrice", staff), lambda work: set_price(work, price))
    return str(receipt.facts["change_id"])


async def at(units: Units, instant: datetime, product: str = PACK, currency: Currency = Currency.USD) -> int:
    return await units.read(lambda read: price_at(read, product, currency, instant))


@pytest.mark.rule("M033")
@pytest.mark.parametrize(
    ("set_at", "applies"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), APRIL),
        (APRIL - SECOND, APRIL),
        (APRIL - INSTANT, APRIL),
        (APRIL, MAY),
        (APRIL + INSTANT, MAY),
        (APRIL + SECOND, MAY),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
        # In April by the clock of Zurich, in March by that of the service.
        (datetime(2026, 4, 1, 1, 59, tzinfo=timezone(timedelta(hours=2))), APRIL),
    ],
)
def test_a_price_applies_from_the_first_instant_of_the_next_month(
    set_at: datetime, applies: datetime
) -> None:
    assert effective_at(set_at) == applies


@pytest.mark.rule("M033")
@given(seconds=st.integers(0, 10**10))
def test_a_price_always_applies_later_and_within_a_month(seconds: int) -> None:
    set_at = datetime.fromtimestamp(seconds, UTC)
    applies = effective_at(set_at)
    assert set_at < applies <= set_at + timedelta(days=31)
    assert (applies.day, applies.time()) == (1, datetime.min.time())


@pytest.mark.rule("M033")
async def test_the_old_price_holds_to_the_last_instant_of_the_month(
    units: Units, clock: ManualClock, staff: Viewer
) -> None:
    await announce(units, staff, dollars("120.00"))
    for instant in (clock.now(), APRIL - SECOND, APRIL - INSTANT):
        assert await at(units, instant) == 100_00
    for instant in (APRIL, APRIL + SECOND, MAY):
        assert await at(units, instant) == 120_00
    assert await at(units, MAY, currency=Currency.EUR) == 95_00
    assert await at(units, MAY, "EMAIL_1K") == 20_00


@pytest.mark.rule("M033")
async def test_orders_and_usage_are_charged_the_price_of_their_instant(
    units: Units, clock: ManualClock, staff: Viewer, customer: Customer
) -> None:
    await customer.receive(1000_00)
    await announce(units, staff, dollars("120.00"))
    await announce(units, staff, dollars("8.00", "NUMBER_LOOKUP"))
    lookups = [Usage(ApiCalls(Metered.NUMBER_LOOKUP, 1_000, Currency.USD), "a")]

    async def prices() -> tuple[int, int]:
        order = await customer.order(CreditPackItem(PACK, 2))
        receipt = await customer.run(lambda work: record_usage(work, customer.account_id, lookups))
        assert order.net_minor == 2 * order.unit_price_minor
        return order.unit_price_minor, -receipt.facts["postings"][0][1]

    waiting = await customer.order(CreditPackItem(PACK, 100), await_payment=True)
    clock.set(APRIL - SECOND)
    assert await prices() == (100_00, 6_50)
    clock.set(APRIL)
    assert await prices() == (120_00, 8_00)
    clock.set(APRIL + SECOND)
    assert await prices() == (120_00, 8_00)
    assert (await customer.found(waiting.id)).net_minor == 100 * 100_00


@pytest.mark.rule("M033")
async def test_a_price_that_is_set_at_the_first_instant_waits_a_month(
    units: Units, clock: ManualClock, staff: Viewer
) -> None:
    clock.set(APRIL)
    await announce(units, staff, dollars("120.00"))
    assert [await at(units, instant) for instant in (APRIL + SECOND, MAY - INSTANT, MAY)] == [
        100_00,
        100_00,
        120_00,
    ]


@pytest.mark.rule("M033", "M034")
async def test_of_two_announcements_in_a_month_the_later_holds(
    units: Units, clock: ManualClock, staff: Viewer
) -> None:
    first = await announce(units, staff, dollars("120.00"))
    clock.advance(SECOND)
    second = await announce(units, staff, dollars("110.00", reason=PriceChangeReason.INTENSIVE_USE))
    clock.set(APRIL)
    third = await announce(units, staff, dollars("130.00", reason=PriceChangeReason.OTHER))
    assert [await at(units, instant) for instant in (APRIL, MAY - INSTANT, MAY)] == [110_00, 110_00, 130_00]

    async def listed(upcoming: bool, before: str | None = None) -> Sequence[PriceChangeRow]:
        return await units.read(lambda read: price_changes(read, Currency.USD, upcoming, before, 10))

    assert [(row.id, row.reason) for row in await listed(upcoming=False)] == [
        (third, "OTHER"),
        (second, "INTENSIVE_USE"),
        (first, "FX"),
    ]
    assert [row.id for row in await listed(upcoming=True)] == [third]
    assert [row.id for row in await listed(upcoming=False, before=second)] == [first]
    clock.set(MAY)
    assert await listed(upcoming=True) == []


@pytest.mark.rule("M034")
async def test_an_announcement_is_an_event_with_its_reason(
    units: Units, clock: ManualClock, staff: Viewer
) -> None:
    change_id = await announce(units, staff, dollars("120.00"))
    account_id = staff.account_id
    assert account_id is not None
    (event,) = await units.read(lambda read: after(read.connection, account_id, 0, ["PriceAnnounced"], 10))
    assert event.subject_id == change_id
    assert '"reason":"FX"' in event.data


@pytest.mark.parametrize("amount", ["0", "-1", "9.99", "1000.01", "100.001", "1" + "0" * 18])
async def test_a_price_that_cannot_be_meant_is_refused(units: Units, staff: Viewer, amount: str) -> None:
    with pytest.raises(PriceOutOfRange) as caught:
        await announce(units, staff, dollars(amount))
    assert (caught.value.minimum_minor, caught.value.maximum_minor) == (10_00, 1000_00)


@pytest.mark.parametrize(
    ("product", "currency", "refusal"),
    [
        ("GOLD", Currency.USD, ProductUnknown),
        ("", Currency.USD, ProductUnknown),
        ("EMAIL\x00", Currency.USD, ProductUnknown),
        (PACK, Currency.BRL, NotSoldInCurrency),
    ],
)
async def test_only_what_is_sold_has_a_price(
    units: Units, staff: Viewer, product: str, currency: Currency, refusal: type[Exception]
) -> None:
    price = NewPrice(product, currency, Decimal(1), PriceChangeReason.OTHER)
    with pytest.raises(refusal):
        await announce(units, staff, price)


@pytest.mark.rule("M033")
@given(currency=st.sampled_from(sorted(Terms().fx_to_fee_currency, key=str)), data=st.data())
def test_every_price_within_the_range_is_taken_exactly(currency: Currency, data: Any) -> None:
    current = data.draw(st.integers(1, 10**9))
    lowest, highest = max(1, current // 10), current * 10
    minor = data.draw(st.integers(lowest, highest))

    def taken(wanted_minor: int) -> int:
        amount = to_decimal(wanted_minor, currency)
        return new_price_minor(NewPrice(PACK, currency, amount, PriceChangeReason.FX), current, Terms())

    assert taken(minor) == minor
    for outside in (lowest - 1, highest + 1):
        with pytest.raises(PriceOutOfRange):
            taken(outside)
