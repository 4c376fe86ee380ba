"""Fixed addresses: rented with a plan, renewed with it, given up, returned to the pool, and taken back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from server.accounts.model import Person
from server.kit.clock import ManualClock
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from server.notices.model import Notice, OutboxMessage
from server.notices.rules import Mailing, OutboxState
from server.plans.actions import fixed_ips, ip_pool
from server.plans.actions.subscribing import end_all
from server.plans.model import IpAddress, IpAssignment
from server.plans.reads import SubscriptionRow
from server.plans.reads.fixed_ips import addresses, free_addresses, pool, rentals
from server.plans.rules.fixed_ips import (
    FixedIpLimitReached,
    FixedIpNotAnnounced,
    FixedIpNotFound,
    FixedIpPoolEmpty,
    FixedIpTerms,
    IpAddressInUse,
    IpAddressInvalid,
    IpAddressKnown,
    IpAddressNotFound,
    normal_address,
)
from server.plans.rules.problems import NoPaidPlan, PlanEnding, PlanNotCancelled
from server.plans.rules.terms import Cycle
from server.topups.rules.methods import NoValidPaymentMethod
from server.wallet.model import Posting
from tests.plans.conftest import Subscriber, Till, new_subscriber

STAFF = Viewer("acc_staff", "ses_9", staff_roles=frozenset({"SUPPORT"}))
SECOND = timedelta(seconds=1)
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
YEAR_1, YEAR_2, YEAR_3 = (START.replace(year=START.year + years) for years in (1, 2, 3))


@dataclass
class Pool:
    """The staff's side."""

    units: Units

    async def fill(self, count: int = 3) -> None:
        for last in range(1, count + 1):
            await self.add(f"192.0.2.{last}")

    async def add(self, address: str) -> str:
        row = await self.units.run(Call("addIpToPool", STAFF), lambda work: ip_pool.add_ip(work, address))
        return row.id

    async def retire(self, ip_id: str) -> None:
        await self.units.run(Call("retireIp", STAFF), lambda work: ip_pool.retire_ip(work, ip_id))

    async def announce(self, fixed_ip_id: str) -> str:
        return await self.units.run(
            Call("announceIpReclaim", STAFF), lambda work: ip_pool.announce_reclaim(work, fixed_ip_id)
        )

    async def reclaim(self, fixed_ip_id: str) -> SubscriptionRow:
        return await self.units.run(
            Call("reclaimIp", STAFF), lambda work: ip_pool.reclaim_ip(work, fixed_ip_id)
        )

    async def free(self) -> int:
        return await self.units.read(free_addresses)

    async def set_email(self, notice_id: str, state: OutboxState) -> None:
        """What the mail relay made of the notice's e-mail."""
        mail = update(OutboxMessage).where(OutboxMessage.notice_id == notice_id)
        bare = {"address": None, "secrets": None} if state is OutboxState.DELIVERED else {}
        await self.units.run_unaudited(lambda work: work.execute(mail.values(state=state.value, **bare)))


@pytest.fixture
async def ips(units: Units) -> Pool:
    made = Pool(units)
    await made.fill()
    return made


async def order(subscriber: Subscriber) -> str:
    receipt = await subscriber.run(lambda work: fixed_ips.rent_ip(work, subscriber.account_id))
    return str(receipt.facts["subscription_id"])


async def rent(subscriber: Subscriber) -> SubscriptionRow:
    """Order an address and pay."""
    fixed_ip_id = await order(subscriber)
    await subscriber.settle()
    return await subscriber.subscription(fixed_ip_id)


async def cancel(subscriber: Subscriber, fixed_ip_id: str) -> SubscriptionRow:
    return await subscriber.run(lambda work: fixed_ips.cancel_ip(work, subscriber.account_id, fixed_ip_id))


async def address_of(subscriber: Subscriber, fixed_ip_id: str) -> str | None:
    return (await subscriber.read(lambda read: addresses(read, [fixed_ip_id]))).get(fixed_ip_id)


async def yearly(subscriber: Subscriber) -> SubscriptionRow:
    """A plan by the year and an address, both from this instant."""
    await subscriber.start(cycle=Cycle.YEARLY)
    return await rent(subscriber)


async def notices(subscriber: Subscriber) -> list[str]:
    query = select(Notice.kind).where(Notice.account_id == subscriber.account_id).order_by(Notice.id)
    return [row.kind for row in await subscriber.read(lambda read: read.rows(query))]


# ---- renting


@pytest.mark.rule("M055")
async def test_an_address_is_rented_by_the_year(subscriber: Subscriber, ips: Pool) -> None:
    await subscriber.start()
    row = await rent(subscriber)
    assert (row.status, row.cycle, row.period_start, row.period_end) == ("ACTIVE", "YEARLY", START, YEAR_1)
    assert await address_of(subscriber, row.id) == "192.0.2.1"
    assert subscriber.till.taken == [15_00, 240_00]
    assert await subscriber.available() == 0
    assert await subscriber.invoices() == 2
    assert (await subscriber.told())[-2:] == ["FixedIpOrdered", "FixedIpStarted"]


@pytest.mark.rule("M055")
async def test_net_tax_and_gross_are_apart(units: Units, clock: ManualClock, till: Till, ips: Pool) -> None:
    german = await new_subscriber(units, clock, till, "DE")
    await german.add_card()
    await german.start()
    await rent(german)
    charge = (await german.charges())[-1]
    assert (charge.currency, charge.net_minor, charge.tax_minor) == ("EUR", 225_00, 42_75)
    assert till.taken[-1] == charge.taxed.gross_minor == 267_75


@pytest.mark.rule("M055")
async def test_no_address_without_a_plan(subscriber: Subscriber, ips: Pool) -> None:
    with pytest.raises(NoPaidPlan):
        await order(subscriber)
    subscriber.till.fate = "later"
    await subscriber.order()
    await subscriber.settle()
    with pytest.raises(NoPaidPlan):
        await order(subscriber)
    await subscriber.arrive()
    await order(subscriber)
    assert await ips.free() == 2


@pytest.mark.rule("M055")
async def test_no_address_with_a_plan_that_ends(subscriber: Subscriber, ips: Pool) -> None:
    await subscriber.start()
    await subscriber.cancel()
    with pytest.raises(PlanEnding):
        await order(subscriber)
    assert await ips.free() == 3


@pytest.mark.rule("M055")
@pytest.mark.parametrize("seconds", [-1, 0, 1])
async def test_an_address_goes_with_its_plan(subscriber: Subscriber, ips: Pool, seconds: int) -> None:
    await subscriber.start()
    row = await rent(subscriber)
    ending = await subscriber.cancel()
    assert ending.ends_at is not None
    await subscriber.at(ending.ends_at + timedelta(seconds=seconds))
    kept = seconds < 0
    gone = await subscriber.subscription(row.id)
    assert gone.status == ("ACTIVE" if kept else "ENDED")
    assert gone.stop_reason == (None if kept else "PLAN_ENDED")
    assert await address_of(subscriber, row.id) == ("192.0.2.1" if kept else None)
    assert await subscriber.available() == 0, "nothing is given back"


async def test_a_first_payment_that_fails_brings_no_address(subscriber: Subscriber, ips: Pool) -> None:
    await subscriber.start()
    subscriber.till.fate = "declined"
    row = await rent(subscriber)
    assert row.status == "FAILED"
    assert await ips.free() == 3, "it was never used, and needs no rest"
    assert "fixed_ip_removed" not in await notices(subscriber)


async def test_an_address_that_waits_for_its_payment_is_nobody_elses(
    subscriber: Subscriber, ips: Pool
) -> None:
    await subscriber.start()
    subscriber.till.fate = "later"
    row = await rent(subscriber)
    assert (row.status, await ips.free()) == ("PENDING_PAYMENT", 2)
    abandoned = await cancel(subscriber, row.id)
    assert (abandoned.status, await ips.free()) == ("FAILED", 3)


async def test_the_pool_can_be_empty(subscriber: Subscriber, units: Units) -> None:
    await subscriber.start()
    with pytest.raises(FixedIpPoolEmpty):
        await order(subscriber)
    assert len(await subscriber.charges()) == 1, "the card is not asked"
    await Pool(units).add("192.0.2.1")
    await order(subscriber)


async def test_an_account_has_so_many_addresses(subscriber: Subscriber, ips: Pool) -> None:
    subscriber.units.house.terms.add(FixedIpTerms(rented_max=1))
    await subscriber.start()
    await rent(subscriber)
    with pytest.raises(FixedIpLimitReached) as refused:
        await order(subscriber)
    assert refused.value.limit == 1


async def test_an_address_needs_a_card(subscriber: Subscriber, ips: Pool) -> None:
    await subscriber.start()
    await subscriber.remove_cards_but()
    with pytest.raises((NoValidPaymentMethod, PlanEnding)):
        await order(subscriber)
    assert await ips.free() == 3


async def test_never_two_accounts_on_one_address(units: Units, clock: ManualClock, till: Till) -> None:
    """Eight accounts at once want the three addresses that there are."""
    await Pool(units).fill(3)
    wanting = [await new_subscriber(units, clock, till) for _ in range(8)]
    for each in wanting:
        await each.add_card()
        await each.start()
    outcomes = await asyncio.gather(*(order(each) for each in wanting), return_exceptions=True)
    assert len([one for one in outcomes if isinstance(one, str)]) == 3
    assert len([one for one in outcomes if isinstance(one, FixedIpPoolEmpty)]) == 5
    rows = await units.read(lambda read: pool(read, 10))
    assert sorted(row.address for row in rows if row.account_id) == ["192.0.2.1", "192.0.2.2", "192.0.2.3"]
    assert len({row.account_id for row in rows}) == 3


# ---- renewing


@pytest.mark.rule("M059")
@pytest.mark.parametrize(("seconds", "renewed"), [(-1, False), (0, True), (1, True)])
async def test_it_renews_with_the_plan(
    subscriber: Subscriber, ips: Pool, seconds: int, renewed: bool
) -> None:
    row = await yearly(subscriber)
    await subscriber.at(YEAR_1 + timedelta(seconds=seconds))
    now = await subscriber.subscription(row.id)
    assert now.period_end == (YEAR_2 if renewed else YEAR_1)
    assert subscriber.till.taken == [150_00, 240_00] * (2 if renewed else 1)
    assert await address_of(subscriber, row.id) == "192.0.2.1"


@pytest.mark.rule("M059")
async def test_it_renews_in_its_own_year_with_a_monthly_plan(subscriber: Subscriber, ips: Pool) -> None:
    await subscriber.start()
    subscriber.clock.advance(timedelta(days=10))
    row = await rent(subscriber)
    assert row.period_end is not None
    for _ in range(13):
        plan = (await subscriber.current()).subscription
        assert plan is not None
        assert plan.period_end is not None
        await subscriber.at(plan.period_end)
        if subscriber.clock.now() < row.period_end:
            assert (await subscriber.subscription(row.id)).number == 1
    await subscriber.settle()
    renewed = await subscriber.subscription(row.id)
    assert (renewed.number, renewed.period_start) == (2, row.period_end)


@pytest.mark.rule("M059")
async def test_it_waits_for_the_plans_own_renewal(subscriber: Subscriber, ips: Pool) -> None:
    row = await yearly(subscriber)
    subscriber.till.fate = "declined"
    await subscriber.at(YEAR_1)
    assert subscriber.till.taken == [150_00, 240_00]
    assert (await subscriber.subscription(row.id)).number == 1
    subscriber.till.fate = "ok"
    await subscriber.at(YEAR_1 + timedelta(days=1))
    renewed = await subscriber.subscription(row.id)
    assert (renewed.number, renewed.period_end) == (2, YEAR_2)
    assert subscriber.till.taken == [150_00, 240_00] * 2


@pytest.mark.rule("M059", "M055")
async def test_a_plan_that_lapses_takes_it_along(subscriber: Subscriber, ips: Pool) -> None:
    row = await yearly(subscriber)
    subscriber.till.fate = "declined"
    for days in (0, 1, 4, 7):
        await subscriber.at(YEAR_1 + timedelta(days=days))
    assert await subscriber.plan() == "FREE"
    gone = await subscriber.subscription(row.id)
    assert (gone.status, gone.stop_reason, gone.number) == ("ENDED", "PLAN_ENDED", 1)
    assert await address_of(subscriber, row.id) is None
    assert subscriber.till.taken == [150_00, 240_00]


@pytest.mark.rule("M059")
@pytest.mark.parametrize("resumed", [False, True])
async def test_a_cancelled_plan_renews_no_address(subscriber: Subscriber, ips: Pool, resumed: bool) -> None:
    await subscriber.start(cycle=Cycle.YEARLY)
    subscriber.clock.advance(timedelta(days=10))
    row = await rent(subscriber)
    assert row.period_end is not None
    await subscriber.at(YEAR_1)
    await subscriber.cancel()
    if resumed:
        await subscriber.resume()
    await subscriber.at(row.period_end - SECOND)
    assert await address_of(subscriber, row.id) == "192.0.2.1"
    await subscriber.at(row.period_end)
    now = await subscriber.subscription(row.id)
    assert (now.status, now.stop_reason) == (("ACTIVE", None) if resumed else ("ENDED", "PLAN_ENDED"))
    assert subscriber.till.taken.count(240_00) == (2 if resumed else 1)


async def test_its_own_renewal_that_is_not_paid_ends_it(subscriber: Subscriber, ips: Pool) -> None:
    await subscriber.start(cycle=Cycle.YEARLY)
    subscriber.clock.advance(timedelta(days=10))
    row = await rent(subscriber)
    assert row.period_end is not None
    await subscriber.at(YEAR_1)
    subscriber.till.fate = "declined"
    for days in (0, 1, 4):
        await subscriber.at(row.period_end + timedelta(days=days))
        assert await address_of(subscriber, row.id) == "192.0.2.1"
    await subscriber.at(row.period_end + timedelta(days=7))
    gone = await subscriber.subscription(row.id)
    assert (gone.status, gone.stop_reason) == ("LAPSED", "PAYMENT_FAILED")
    assert await address_of(subscriber, row.id) is None
    assert await subscriber.plan() == "STARTER"


@pytest.mark.rule("M055", "M056")
async def test_a_closed_account_has_no_address(subscriber: Subscriber, ips: Pool) -> None:
    row = await yearly(subscriber)
    subscriber.till.fate = "later"
    waiting = await rent(subscriber)
    assert await subscriber.run(lambda work: end_all(work, subscriber.account_id)) == 3
    gone = await subscriber.subscription(row.id)
    assert (gone.status, gone.stop_reason) == ("ENDED", "ACCOUNT_CLOSED")
    assert (await subscriber.subscription(waiting.id)).status == "FAILED"
    told = await subscriber.told()
    assert [told.count(kind) for kind in ("FixedIpEnded", "FixedIpNotPaid", "PlanEnded")] == [1, 1, 1]
    assert await address_of(subscriber, row.id) is None
    assert await ips.free() == 2, "one rests"


# ---- giving up


@pytest.mark.rule("M060")
@pytest.mark.parametrize(
    ("cancelled_at", "removed_at"),
    [(YEAR_1 - SECOND, YEAR_2), (YEAR_1, YEAR_3), (YEAR_1 + SECOND, YEAR_3), (START, YEAR_2)],
)
async def test_after_cancellation_it_is_removed_at_the_end_of_the_next_cycle(
    subscriber: Subscriber, ips: Pool, cancelled_at: datetime, removed_at: datetime
) -> None:
    row = await yearly(subscriber)
    subscriber.clock.set(cancelled_at)
    assert (await cancel(subscriber, row.id)).ends_at == removed_at
    await subscriber.settle()
    for year in (YEAR_1, YEAR_2, YEAR_3):
        if cancelled_at < year < removed_at:
            await subscriber.at(year)
    await subscriber.at(removed_at - SECOND)
    assert await address_of(subscriber, row.id) == "192.0.2.1"
    await subscriber.at(removed_at)
    gone = await subscriber.subscription(row.id)
    assert (gone.status, gone.stop_reason, gone.ended_at) == ("ENDED", "CUSTOMER", removed_at)
    assert await address_of(subscriber, row.id) is None
    years = removed_at.year - START.year
    assert subscriber.till.taken.count(240_00) == years, (
        "the cycle after the cancellation is charged as usual"
    )
    assert "fixed_ip_removed" in await notices(subscriber)


@pytest.mark.rule("M060")
async def test_cancelling_again_changes_nothing_and_keeping_takes_it_back(
    subscriber: Subscriber, ips: Pool
) -> None:
    row = await yearly(subscriber)
    first = await cancel(subscriber, row.id)
    subscriber.clock.advance(timedelta(days=400))
    await subscriber.settle()
    assert (await cancel(subscriber, row.id)).ends_at == first.ends_at == YEAR_2

    def keep(work: object) -> SubscriptionRow:
        return fixed_ips.keep_ip(work, subscriber.account_id, row.id)  # type: ignore[arg-type]

    assert (await subscriber.run(keep)).ends_at is None
    with pytest.raises(PlanNotCancelled):
        await subscriber.run(keep)
    await subscriber.at(YEAR_2)
    assert (await subscriber.subscription(row.id)).period_end == YEAR_3


@pytest.mark.rule("Q014")
async def test_another_accounts_address_is_not_there(
    subscriber: Subscriber, ips: Pool, units: Units, clock: ManualClock, till: Till
) -> None:
    row = await yearly(subscriber)
    other = await new_subscriber(units, clock, till)
    for fixed_ip_id in (row.id, "pls_none", await subscriber.plan_id()):
        with pytest.raises(FixedIpNotFound):
            await cancel(other, fixed_ip_id)
    with pytest.raises(FixedIpNotFound):
        await cancel(subscriber, await subscriber.plan_id())
    assert await other.read(lambda read: rentals(read, other.account_id)) == []


# ---- the pool


@pytest.mark.rule("M056")
@pytest.mark.parametrize(("seconds", "free"), [(-1, 2), (0, 3), (1, 3)])
async def test_a_returned_address_rests_and_is_given_out_again(
    subscriber: Subscriber, ips: Pool, seconds: int, free: int
) -> None:
    row = await yearly(subscriber)
    await cancel(subscriber, row.id)
    await subscriber.at(YEAR_1)
    await subscriber.at(YEAR_2)
    assert await ips.free() == 2
    subscriber.clock.set(YEAR_2 + timedelta(days=30, seconds=seconds))
    assert await ips.free() == free
    history = select(IpAssignment.__table__).where(IpAssignment.subscription_id == row.id)
    [had] = await subscriber.read(lambda read: read.rows(history))
    assert (had.account_id, had.assigned_at, had.released_at) == (subscriber.account_id, START, YEAR_2)


@pytest.mark.rule("M056")
async def test_a_rented_address_stays_the_providers(subscriber: Subscriber, ips: Pool) -> None:
    await yearly(subscriber)
    rows = await subscriber.read(lambda read: pool(read, 10))
    [rented] = [row for row in rows if row.account_id is not None]
    with pytest.raises(IpAddressInUse):
        await ips.retire(rented.id)
    free = next(row for row in rows if row.account_id is None)
    for _ in range(2):
        await ips.retire(free.id)
    assert await ips.free() == 1
    with pytest.raises(IpAddressNotFound):
        await ips.retire("ipa_none")


async def test_an_address_is_in_the_pool_once(ips: Pool) -> None:
    for spelling in ("192.0.2.1", " 192.0.2.1 "):
        with pytest.raises(IpAddressKnown):
            await ips.add(spelling)
    await ips.add("2001:DB8::0001")
    with pytest.raises(IpAddressKnown):
        await ips.add("2001:db8:0:0::1")


NO_ADDRESSES = "192.0.2 192.0.2.256 127.0.0.1 ::1 0.0.0.0 224.0.0.1 fe80::1 fe80::1%eth0 2001:db8::1%1 host"


@pytest.mark.parametrize("text", ["", *NO_ADDRESSES.split()])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(IpAddressInvalid):
        normal_address(text)


# ---- taking back


async def with_email(subscriber: Subscriber) -> None:
    """The owner has a verified address, and the server a relay."""

    def verify(work: object) -> None:
        sealed = work.seal(subscriber.account_id, "identity", "people.email", "owner@example.com")  # type: ignore[attr-defined]
        owner = update(Person).where(Person.id == subscriber.owner_id)
        work.execute(owner.values(email=sealed, email_verified_at=subscriber.clock.now()))  # type: ignore[attr-defined]

    await subscriber.run(verify)
    subscriber.units.house.terms.add(Mailing(relay=True))


@pytest.mark.rule("M057", "M058")
async def test_misuse_takes_an_address_back_after_a_delivered_notice(
    subscriber: Subscriber, ips: Pool
) -> None:
    await with_email(subscriber)
    row = await yearly(subscriber)
    with pytest.raises(FixedIpNotAnnounced) as refused:
        await ips.reclaim(row.id)
    assert refused.value.email_state is None
    notice_id = await ips.announce(row.id)
    for state in (OutboxState.QUEUED, OutboxState.SENDING, OutboxState.FAILED):
        await ips.set_email(notice_id, state)
        with pytest.raises(FixedIpNotAnnounced) as refused:
            await ips.reclaim(row.id)
        assert refused.value.email_state == state.value
    assert await address_of(subscriber, row.id) == "192.0.2.1"
    await ips.set_email(notice_id, OutboxState.DELIVERED)
    money = await subscriber.read(lambda read: len(read.rows(select(Posting.wallet_id))))
    gone = await ips.reclaim(row.id)
    assert (gone.status, gone.stop_reason, gone.ended_at) == ("ENDED", "RECLAIMED", START)
    assert await address_of(subscriber, row.id) is None
    assert await subscriber.read(lambda read: len(read.rows(select(Posting.wallet_id)))) == money
    assert await subscriber.available() == 0
    assert {"fixed_ip_misuse", "fixed_ip_removed"} <= set(await notices(subscriber))
    with pytest.raises(FixedIpNotFound):
        await ips.reclaim(row.id)
    await subscriber.at(YEAR_1)
    assert subscriber.till.taken == [150_00, 240_00, 150_00]


@pytest.mark.rule("M058")
async def test_a_notice_that_reaches_nobody_is_none(subscriber: Subscriber, ips: Pool) -> None:
    row = await yearly(subscriber)
    await ips.announce(row.id)
    with pytest.raises(FixedIpNotAnnounced):
        await ips.reclaim(row.id)
    await with_email(subscriber)
    first = await ips.announce(row.id)
    await ips.set_email(first, OutboxState.DELIVERED)
    second = await ips.announce(row.id)
    with pytest.raises(FixedIpNotAnnounced):
        await ips.reclaim(row.id)
    await ips.set_email(second, OutboxState.DELIVERED)
    assert (await ips.reclaim(row.id)).status == "ENDED"


@pytest.mark.rule("M058")
async def test_a_notice_about_an_earlier_rental_is_none_about_this_one(
    subscriber: Subscriber, ips: Pool
) -> None:
    await with_email(subscriber)
    row = await yearly(subscriber)
    notice_id = await ips.announce(row.id)
    await ips.set_email(notice_id, OutboxState.DELIVERED)
    await ips.reclaim(row.id)
    again = await rent(subscriber)
    with pytest.raises(FixedIpNotAnnounced):
        await ips.reclaim(again.id)


async def test_no_address_is_lost(subscriber: Subscriber, ips: Pool) -> None:
    """Every address of the pool is free, resting, or had by exactly one live rental."""
    await subscriber.start()
    first, second = await rent(subscriber), await rent(subscriber)
    subscriber.till.fate = "declined"
    await rent(subscriber)
    await subscriber.at(START + timedelta(days=3))
    rows = await subscriber.read(lambda read: read.rows(select(IpAddress.__table__)))
    assert {row.subscription_id for row in rows} == {first.id, second.id, None}
    live = {row.id for row in await subscriber.read(lambda read: rentals(read, subscriber.account_id))}
    assert live == {first.id, second.id}
