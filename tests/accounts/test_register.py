"""Registration: what it asks for, what it keeps, and that a login belongs to one person whatever races."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from server.accounts import actions, reads
from server.accounts.model import LOGINS, Acceptance, Account, AuthorityEpoch, Person
from server.accounts.rules import (
    AcceptanceMissing,
    AcceptanceMode,
    LoginInvalid,
    LoginTaken,
    PasswordTooWeak,
    PolicyVersion,
    Terms,
)
from server.kit.blindindex import Claim
from server.kit.clock import ManualClock
from server.kit.events import after
from server.kit.work import Call, Read, Units, Work
from tests.accounts.conftest import ACCEPTED, LOGIN, PASSWORD, Accounts


async def account_ids(units: Units) -> list[str]:
    return await units.read(lambda read: list(read.execute(select(Account.id)).scalars()))


@pytest.mark.rule("Q001", "Q004")
async def test_registering_takes_login_password_and_acceptance_only(accounts: Accounts, units: Units) -> None:
    account_id = await accounts.register()

    def look(read: Read) -> None:
        account = reads.account(read, account_id)
        assert account is not None
        assert account.status == "ACTIVE"
        acceptance = read.first(select(Acceptance.__table__))
        assert (acceptance.account_id, acceptance.document, acceptance.version) == (account_id, *ACCEPTED)
        assert (acceptance.mode, acceptance.at) == ("EXPLICIT", read.now)
        kinds = ["AccountRegistered", "PolicyAccepted"]
        assert [event.kind for event in after(read.connection, account_id, 0, kinds, 9)] == kinds

    await units.read(look)


@pytest.mark.rule("Q001")
@pytest.mark.parametrize("accepted", [None, ("mailpro", "2024-01-01"), ("other", "2025-09-19")])
async def test_no_account_without_acceptance_of_the_version_in_force(
    accounts: Accounts, units: Units, accepted: tuple[str, str] | None
) -> None:
    password = await accounts.passwords.prepare(LOGIN, PASSWORD)
    with pytest.raises(AcceptanceMissing) as caught:
        await units.run(Call("register"), lambda work: actions.register(work, LOGIN, password, accepted))
    assert (caught.value.document, caught.value.version) == ACCEPTED
    assert await account_ids(units) == []
    await accounts.register()


@pytest.mark.parametrize(
    "login", ["", "ab", "a" * 65, ".dot", "with space", "zoë.k", "semi;colon", "new\nline", "\ud800abc"]
)
async def test_unusable_logins_are_refused(accounts: Accounts, units: Units, login: str) -> None:
    with pytest.raises(LoginInvalid):
        await accounts.register(login)
    assert await account_ids(units) == []


@pytest.mark.rule("P043")
@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "TOO_SHORT"),
        ("x" * 257, "TOO_LONG"),
        ("ababababababab", "TOO_UNIFORM"),
        ("my MARIGOLD.works 1", "CONTAINS_LOGIN"),
    ],
)
async def test_weak_passwords_are_refused_and_never_hashed(
    accounts: Accounts, units: Units, hasher: object, password: str, fault: str
) -> None:
    with pytest.raises(PasswordTooWeak) as caught:
        await accounts.register(password=password)
    assert caught.value.fault == fault
    assert hasher.hashes == []  # type: ignore[attr-defined]
    assert await account_ids(units) == []


async def test_a_login_is_unique_whatever_its_case(accounts: Accounts, units: Units) -> None:
    first = await accounts.register("Marigold.Works")
    with pytest.raises(LoginTaken):
        await accounts.register("marigold.works")
    assert await account_ids(units) == [first]


async def test_concurrent_registrations_of_one_login_give_one_account(
    accounts: Accounts, units: Units
) -> None:
    results = await asyncio.gather(*(accounts.register() for _ in range(12)), return_exceptions=True)
    opened = [result for result in results if isinstance(result, str)]
    assert [type(result) for result in results if not isinstance(result, str)] == [LoginTaken] * 11
    assert await account_ids(units) == opened
    person = await units.read(lambda read: reads.person_by_login(read, LOGIN))
    assert person is not None
    assert [person.account_id] == opened


async def test_a_registration_that_was_rolled_back_does_not_keep_the_login(
    accounts: Accounts, units: Units
) -> None:
    password = await accounts.passwords.prepare(LOGIN, PASSWORD)

    def fail_late(work: Work) -> None:
        actions.register(work, LOGIN, password, ACCEPTED)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await units.run(Call("register"), fail_late)
    assert units.house.keys.find(LOGINS, LOGIN) is not None
    assert await units.read(lambda read: reads.person_by_login(read, LOGIN)) is None
    await accounts.register()
    await accounts.sign_in()


async def test_an_action_that_runs_again_takes_its_own_claim_over(accounts: Accounts, units: Units) -> None:
    """As after a shared commit that failed: the first attempt's rows are gone, its claim is not."""
    password = await accounts.passwords.prepare(LOGIN, PASSWORD)

    def twice(work: Work) -> str:
        first = actions.register(work, LOGIN, password, ACCEPTED)
        for table in (Acceptance, Person, AuthorityEpoch):
            work.execute(delete(table).where(table.account_id == first))
        return actions.register(work, LOGIN, password, ACCEPTED)

    account_id = await units.run(Call("register"), twice)
    person = await units.read(lambda read: reads.person_by_login(read, LOGIN))
    assert person is not None
    assert person.account_id == account_id


async def test_a_claim_of_somebody_who_is_gone_is_taken_over(accounts: Accounts, units: Units) -> None:
    keys = units.house.keys
    keys.claim(LOGINS, LOGIN, Claim("per_gone", "per_gone", units.house.clock.now()))
    account_id = await accounts.register()
    assert await account_ids(units) == [account_id]


@pytest.mark.rule("Q001", "H002", "H036", "P048")
@pytest.mark.parametrize(("seconds", "accepted"), [(-1, False), (0, True), (1, True)])
async def test_use_accepts_a_version_from_the_instant_at_which_it_takes_effect(
    accounts: Accounts, units: Units, clock: ManualClock, seconds: int, accepted: bool
) -> None:
    key = await accounts.create_key(await accounts.signed_in())
    effective_at = clock.now() + timedelta(days=1)
    units.house.terms.add(Terms(policy=PolicyVersion("mailpro", "2026-04-01", effective_at)))
    clock.set(effective_at + timedelta(seconds=seconds))
    assert await accounts.viewer(key.secret) is not None
    await accounts.authenticator.store_uses()
    rows = await units.read(lambda read: read.rows(select(Acceptance.__table__)))
    by_use = [(row.version, row.at) for row in rows if row.mode == "BY_USE"]
    assert by_use == ([("2026-04-01", clock.now())] if accepted else [])


@pytest.mark.rule("Q001")
async def test_the_first_api_call_under_a_new_version_accepts_it(
    accounts: Accounts, units: Units, clock: object
) -> None:
    actor = await accounts.signed_in()
    key = await accounts.create_key(actor)
    now = units.house.clock.now()
    units.house.terms.add(Terms(policy=PolicyVersion("mailpro", "2026-04-01", now)))
    assert await accounts.viewer(key.secret) is not None
    assert await accounts.authenticator.store_uses() == 1
    modes = await units.read(
        lambda read: {row.version: row.mode for row in read.rows(select(Acceptance.__table__))}
    )
    assert modes == {"2025-09-19": AcceptanceMode.EXPLICIT.value, "2026-04-01": AcceptanceMode.BY_USE.value}


async def test_accepting_at_once_is_one_acceptance(accounts: Accounts, units: Units) -> None:
    account_id = await accounts.register()
    policy = PolicyVersion("api_policy", "2026-01-01", units.house.clock.now())

    def accept(work: Work) -> None:
        actions.accept(work, account_id, policy, AcceptanceMode.EXPLICIT)

    await asyncio.gather(*(units.run(Call("acceptPolicy"), accept) for _ in range(6)))
    events = await units.read(lambda read: after(read.connection, account_id, 0, ["PolicyAccepted"], 9))
    assert len(events) == 2
