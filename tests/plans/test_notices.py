"""What an account is told of its plan and seats, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.kit.work import Read
from server.notices import reads as notice_reads
from server.notices.adapters import rendering
from server.notices.rules.templates import Catalog
from tests.plans.conftest import Subscriber
from tests.plans.test_cycles import SECOND, month

OURS = ("plan_", "seats_", "member_withdrawal_")


async def told(subscriber: Subscriber, language: str = "en") -> list[tuple[str, str]]:
    """Kinds and titles with texts, the oldest first."""

    def look(read: Read) -> list[tuple[str, str]]:
        catalog, found = read.terms(Catalog), []
        for row in notice_reads.notices_of_account(read, subscriber.account_id, 100):
            if row.kind.startswith(OURS):
                shown = rendering.in_app(catalog, row.kind, notice_reads.values(read, row), language)
                found.append((row.kind, f"{shown.title}. {shown.text}"))
        return found[::-1]

    return await subscriber.read(look)


async def kinds(subscriber: Subscriber) -> list[str]:
    return [kind for kind, _ in await told(subscriber)]


async def test_the_life_of_a_plan_is_told(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.at(month(1) - timedelta(days=7))
    await subscriber.at(month(1))
    await subscriber.cancel()
    await subscriber.at(month(2))
    assert await kinds(subscriber) == [
        "plan_started",
        "plan_renewal_soon",
        "plan_renewed",
        "plan_cancelled",
        "plan_ended",
    ]
    english, french = dict(await told(subscriber, "en")), dict(await told(subscriber, "fr"))
    assert "$15.00" in english["plan_renewal_soon"]
    assert "April 2, 2026" in english["plan_renewal_soon"]
    assert "2 mai 2026" in french["plan_cancelled"]
    assert all("STARTER" in text for text in (*english.values(), *french.values()))


@pytest.mark.parametrize(("before", "announced"), [(SECOND, False), (timedelta(0), True), (-SECOND, True)])
async def test_a_renewal_is_announced_so_long_before(
    subscriber: Subscriber, before: timedelta, announced: bool
) -> None:
    await subscriber.start()
    await subscriber.at(month(1) - timedelta(days=7) - before)
    assert ("plan_renewal_soon" in await kinds(subscriber)) is announced


async def test_what_is_cancelled_is_not_announced(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.cancel()
    await subscriber.at(month(1) - timedelta(days=1))
    assert await kinds(subscriber) == ["plan_started", "plan_cancelled"]


@pytest.mark.rule("M041")
async def test_without_a_card_it_is_told_that_renewal_is_off_and_then_that_the_plan_lapsed(
    subscriber: Subscriber,
) -> None:
    await subscriber.start()
    await subscriber.remove_cards_but(None)
    await subscriber.at(month(1))
    assert await kinds(subscriber) == ["plan_started", "plan_renewal_off", "plan_lapsed"]


async def test_each_failed_try_is_told(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.buy_seats(2)
    subscriber.till.fate = "declined"
    for days in (0, 1, 4, 7):
        await subscriber.at(month(1) + timedelta(days=days))
    found = await kinds(subscriber)
    assert [found.count(kind) for kind in ("plan_renewal_failed", "plan_lapsed")] == [3, 1]
    assert [found.count(kind) for kind in ("seats_renewal_failed", "seats_lapsed")] == [3, 1]


async def test_a_withdrawal_of_a_member_is_told(subscriber: Subscriber) -> None:
    await subscriber.start()
    await subscriber.withdraw(await subscriber.add_member())
    assert (await told(subscriber))[-1][0] == "member_withdrawal_planned"
