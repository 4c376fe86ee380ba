"""Guessing takes for ever, and its victim gets in all the same (P014)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from server.accounts import actions, jobs
from server.accounts.actions import Device, Issued
from server.accounts.actions.events import SignInBlocked
from server.accounts.actions.pruning import plan_pruning, prune
from server.accounts.model import KnownDevice, SignInCounter
from server.accounts.rules import CredentialsInvalid, Terms
from server.accounts.rules.throttling import (
    WITH_CLIENT,
    Failures,
    Patience,
    TooManyAttempts,
    too_many_attempts,
    wait_after,
)
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.registry import Registry
from server.kit.work import Read, Units, Work
from server.terms import default_terms
from tests.accounts.conftest import LOGIN, Accounts, CountingHasher

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PATIENCE = Patience(3, timedelta(seconds=30), timedelta(minutes=2), timedelta(hours=1))
HOME, ELSEWHERE = Device("Firefox", "203.0.113.7"), Device("curl", "198.51.100.9")
FEW_STRANGERS = Patience(8, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=24))


@pytest.fixture
def terms() -> Registry:
    terms = default_terms()
    terms.add(Terms(second_factor_required_for=frozenset(), patience_with_login=FEW_STRANGERS))
    return terms


@pytest.mark.rule("P014")
@pytest.mark.parametrize(
    ("count", "seconds"), [(1, 0), (2, 0), (3, 30), (4, 60), (5, 120), (6, 120), (500, 120)]
)
def test_each_failure_beyond_the_free_ones_doubles_the_wait(count: int, seconds: int) -> None:
    assert wait_after(Failures(count, NOW), NOW, PATIENCE) == timedelta(seconds=seconds)


@pytest.mark.rule("P014")
@pytest.mark.parametrize(("seconds", "wait"), [(29, 1), (30, 0), (31, 0)])
def test_a_wait_ends_at_its_instant(seconds: int, wait: int) -> None:
    after = wait_after(Failures(3, NOW), NOW + timedelta(seconds=seconds), PATIENCE)
    assert after == timedelta(seconds=wait)


@pytest.mark.parametrize(("seconds", "waits"), [(-1, True), (0, False), (1, False)])
def test_failures_are_forgotten_at_the_end_of_the_window(seconds: int, waits: bool) -> None:
    patience = Patience(3, timedelta(hours=2), timedelta(hours=2), timedelta(hours=1))
    after = wait_after(Failures(3, NOW), NOW + patience.window + timedelta(seconds=seconds), patience)
    assert bool(after) == waits


def test_a_wait_is_told_in_whole_seconds_and_never_too_short() -> None:
    assert too_many_attempts(timedelta(seconds=29, microseconds=1)).retry_after_seconds == 30


async def fail(accounts: Accounts, device: Device, login: str = LOGIN) -> str:
    with pytest.raises((CredentialsInvalid, TooManyAttempts)) as caught:
        await accounts.try_to_sign_in("not the right password", device, login)
    return type(caught.value).__name__


@pytest.mark.rule("P014")
async def test_an_attacker_waits_and_the_owner_does_not(
    accounts: Accounts, hasher: CountingHasher, clock: ManualClock
) -> None:
    await accounts.register()
    home = await accounts.try_to_sign_in(device=HOME)
    assert isinstance(home, Issued)
    blocked = accounts.told(SignInBlocked)
    answers = [await fail(accounts, ELSEWHERE) for _ in range(WITH_CLIENT.free + 2)]
    assert answers == ["CredentialsInvalid"] * WITH_CLIENT.free + ["TooManyAttempts"] * 2
    assert len(blocked) == 1
    hasher.verified.clear()
    with pytest.raises(TooManyAttempts) as caught:
        await accounts.try_to_sign_in(device=ELSEWHERE)  # the right password would not help
    assert caught.value.retry_after_seconds == 30
    assert hasher.verified == []
    for number in range(FEW_STRANGERS.free):  # from everywhere
        await fail(accounts, Device("curl", f"198.51.100.{100 + number}"))
    assert await fail(accounts, Device("curl", "192.0.2.200")) == "TooManyAttempts"
    assert isinstance(await accounts.try_to_sign_in(device=HOME), Issued)
    travelling = Device("Firefox", "192.0.2.201", home.device_token)
    assert isinstance(await accounts.try_to_sign_in(device=travelling), Issued)
    clock.advance(FEW_STRANGERS.wait_max)
    assert isinstance(await accounts.try_to_sign_in(device=ELSEWHERE), Issued)


async def test_an_unknown_login_is_blocked_alike(accounts: Accounts) -> None:
    for login in ("nobody.here", "zoë"):
        place = Device("curl", f"203.0.113.{len(login)}")
        answers = [await fail(accounts, place, login) for _ in range(WITH_CLIENT.free + 1)]
        assert answers == ["CredentialsInvalid"] * WITH_CLIENT.free + ["TooManyAttempts"]


async def test_an_address_is_counted_over_all_logins_by_its_network(accounts: Accounts) -> None:
    tried = [
        await fail(accounts, Device("curl", f"2001:db8:0:1::{number:x}"), f"login.{number}")
        for number in range(Terms().patience_with_address.free + 1)
    ]
    assert tried[-2:] == ["CredentialsInvalid", "TooManyAttempts"]
    assert await fail(accounts, Device("curl", "2001:db8:0:2::1"), "login.0") == "CredentialsInvalid"


async def test_many_attempts_at_once_are_no_more_than_in_a_row(accounts: Accounts) -> None:
    await accounts.register()
    answers = await asyncio.gather(*(fail(accounts, ELSEWHERE) for _ in range(12)))
    assert sorted(answers) == ["CredentialsInvalid"] * WITH_CLIENT.free + ["TooManyAttempts"] * 7


async def test_a_success_takes_back_its_own_counts_only(accounts: Accounts) -> None:
    """Who knows one password cannot use it to go on guessing others from the same address."""
    await accounts.register()
    await accounts.register("my.own")

    async def failures() -> list[int]:
        return await accounts.units.read(
            lambda read: sorted(row.failures for row in read.rows(select(SignInCounter.failures)))
        )

    await fail(accounts, ELSEWHERE)
    before = await failures()
    assert before == [1, 1, 1]
    await accounts.try_to_sign_in(device=ELSEWHERE, login="my.own")
    assert await failures() == [0, 0, 1, 1, 1]


async def test_what_failed_long_ago_is_forgotten_by_due_work(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    await accounts.register()
    await accounts.try_to_sign_in(device=HOME)
    for number in range(4):
        await fail(accounts, ELSEWHERE, f"login.{number}")

    async def count(table: type) -> int:
        def of(read: Read) -> int:
            return int(read.scalar(select(func.count()).select_from(table)))

        return await units.read(of)

    runner = DueRunner(units, jobs.handlers(), jobs.TIMERS)
    await units.run_unaudited(plan_pruning)
    clock.advance(Terms().patience_with_address.window - SECOND)
    await runner.run_due()
    assert await count(SignInCounter) == 12
    clock.advance(timedelta(minutes=10))
    await runner.run_due()
    assert (await count(SignInCounter), await count(KnownDevice)) == (0, 2)
    clock.advance(Terms().known_device_age_max)
    await runner.run_due()
    assert await count(KnownDevice) == 0


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_counters_beyond_the_limit_are_forgotten_oldest_first(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    units.house.terms.add(Terms(sign_in_counters_max=2))
    for number in range(3):
        await fail(accounts, Device("curl", f"203.0.113.{number}"), f"login.{number}")
        clock.advance(SECOND)

    def last_round(work: Work) -> list[datetime]:
        while prune(work, 2):
            pass
        return [row.last_failed_at for row in work.rows(select(SignInCounter.last_failed_at))]

    assert await units.run_unaudited(last_round) == [clock.now() - SECOND] * 2


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_proving_more_is_counted_by_session(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()

    async def confirm(password: str) -> str:
        session_id = owner.credential_id or ""
        counted = await units.run_unaudited(lambda work: actions.begin_proof(work, session_id))
        proof = await accounts.passwords.confirm(session_id, password)
        try:
            await accounts.act(
                owner,
                lambda work: actions.attempted(
                    work, counted, lambda work: actions.confirm_password(work, proof)
                ),
            )
        except (CredentialsInvalid, TooManyAttempts) as refusal:
            return refusal.code
        return "OK"

    assert await confirm("correct horse battery staple") == "OK"
    wrong = [await confirm("not the right password") for _ in range(WITH_CLIENT.free + 1)]
    assert wrong == ["CREDENTIALS_INVALID"] * WITH_CLIENT.free + ["TOO_MANY_ATTEMPTS"]
    assert await confirm("correct horse battery staple") == "TOO_MANY_ATTEMPTS"
