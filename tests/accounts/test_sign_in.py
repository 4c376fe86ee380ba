"""Signing in and out: equal cost for unknown logins, sessions that end when they should, changed passwords."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from server.accounts import actions, reads
from server.accounts.adapters.passwords import Argon2id, Passwords
from server.accounts.rules import CredentialsInvalid, PasswordTooWeak, SessionNotFound, Terms
from server.accounts.rules.lifecycle import RESTRICTED_SCOPES
from server.kit.clock import ManualClock
from server.kit.problems import PublicError
from server.kit.viewer import Credentials, Viewer
from server.kit.work import Call, Units
from tests.accounts.conftest import DEVICE, LOGIN, PASSWORD, Accounts, CountingHasher
from tests.cheap_passwords import AS_SERVED

OTHER_PASSWORD = "seven tired postmen whistle"


async def session_ids(units: Units, account_id: str | None) -> list[str]:
    assert account_id is not None
    return await units.read(lambda read: [row.id for row in reads.sessions(read, account_id, None, 100)])


async def test_a_session_token_gives_its_account_authority(accounts: Accounts, units: Units) -> None:
    account_id = await accounts.register()
    issued = await accounts.sign_in()
    viewer = await accounts.viewer(issued.secret)
    assert viewer is not None
    assert (viewer.account_id, viewer.credential_id, viewer.scopes) == (account_id, issued.id, None)
    assert viewer.expires_at == units.house.clock.now() + Terms().session_age_max
    as_cookie = await accounts.authenticator.authenticate(Credentials(session_cookie=issued.secret))
    assert as_cookie == viewer


@pytest.mark.parametrize("login", [LOGIN, "nobody.here", "x", "zoë", "a" * 500, "\ud800abc"])
async def test_an_unknown_login_costs_as_many_hashes_as_a_wrong_password(
    accounts: Accounts, hasher: CountingHasher, login: str
) -> None:
    await accounts.register()
    hasher.hashes.clear()
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in(login, "not the right password")
    assert len(hasher.verified) == 1
    assert hasher.hashes == []
    (stored,) = hasher.verified
    assert stored.rpartition("$")[0].startswith("$argon2id$v=19$m=8,t=1,p=1$")


@pytest.mark.parametrize("password", ["", "x" * 10_000, "\ud800" * 12])
async def test_absurd_passwords_are_wrong_passwords(accounts: Accounts, password: str) -> None:
    await accounts.register()
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in(LOGIN, password)


def test_nothing_matches_the_hash_of_unknown_logins() -> None:
    hasher = CountingHasher()
    stored = hasher.unmatchable()
    assert not hasher.is_outdated(stored)
    assert not hasher.verify(stored, b"")


@pytest.mark.rule("Q006")
def test_passwords_are_hashed_with_argon2id() -> None:
    as_served = Argon2id(AS_SERVED)
    assert as_served.hash(b"some password").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert as_served.unmatchable().startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_a_password_is_the_same_however_its_accents_are_composed(accounts: Accounts) -> None:
    await accounts.register(password="cafe\u0301 creme et croissant")
    assert await accounts.sign_in(LOGIN, "caf\u00e9 creme et croissant")


async def test_outdated_hashes_are_replaced_at_the_next_sign_in(accounts: Accounts, units: Units) -> None:
    await accounts.register()
    stronger = CountingHasher(time_cost=2)
    accounts.passwords = Passwords(units, stronger)
    await accounts.try_to_sign_in()
    await accounts.sign_in()
    accounts.passwords.close()
    assert [stored.split("$")[3] for stored in stronger.verified] == ["m=8,t=1,p=1", "m=8,t=2,p=1"]


async def test_too_many_password_checks_at_once_are_refused(accounts: Accounts, units: Units) -> None:
    release = threading.Event()

    class Slow(CountingHasher):
        def hash(self, password: bytes) -> str:
            release.wait(10)
            return super().hash(password)

    passwords = Passwords(units, Slow(), workers=1, waiting_max=1)
    accepted = [asyncio.create_task(passwords.prepare(LOGIN, PASSWORD)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(PublicError) as caught:
        await passwords.prepare(LOGIN, PASSWORD)
    assert caught.value.code == "OVERLOADED"
    release.set()
    assert all(prepared.hash for prepared in await asyncio.gather(*accepted))
    passwords.close()


@pytest.mark.rule("P046")
async def test_a_session_ends_at_its_age_and_when_it_lies_idle(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    await accounts.register()
    token = (await accounts.sign_in()).secret
    start = clock.now()
    second, idle = timedelta(seconds=1), Terms().session_idle_max
    clock.set(start + idle - second)
    assert await accounts.viewer(token) is not None
    for over in (idle, idle + second):
        clock.set(start + over)
        assert await accounts.viewer(token) is None

    clock.set(start)
    for _ in range(4):  # used every week, less a second
        clock.advance(idle - second)
        assert await accounts.viewer(token) is not None
        await accounts.authenticator.store_uses()
    clock.set(start + Terms().session_age_max - second)
    assert await accounts.viewer(token) is not None
    for over in (Terms().session_age_max, Terms().session_age_max + second):
        clock.set(start + over)
        assert await accounts.viewer(token) is None


async def test_last_use_is_written_at_most_once_a_minute(accounts: Accounts, clock: ManualClock) -> None:
    await accounts.register()
    token = (await accounts.sign_in()).secret
    for seconds, written in ((59, 0), (1, 1), (59, 0), (1, 1)):
        clock.advance(timedelta(seconds=seconds))
        for _ in range(3):
            await accounts.viewer(token)
        assert await accounts.authenticator.store_uses() == written


async def test_sessions_beyond_the_limit_end_the_one_used_longest_ago(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    units.house.terms.add(Terms(sessions_max=3))
    account_id = await accounts.register()
    issued = []
    for _ in range(5):
        clock.advance(timedelta(minutes=2))
        issued.append(await accounts.sign_in())
    assert await session_ids(units, account_id) == [one.id for one in reversed(issued[2:])]
    assert await accounts.viewer(issued[1].secret) is None


async def test_signing_out_ends_the_session_and_only_it(accounts: Accounts, units: Units) -> None:
    await accounts.register()
    first, second = await accounts.sign_in(), await accounts.sign_in()
    viewer = await accounts.viewer(first.secret)
    assert viewer is not None
    await units.run(Call("signOut", viewer), actions.sign_out)
    with pytest.raises(SessionNotFound):
        await units.run(Call("signOut", viewer), actions.sign_out)
    assert await accounts.viewer(first.secret) is None
    assert await accounts.viewer(second.secret) is not None


async def test_a_revoked_session_is_out_at_once_and_counted(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    other = await accounts.sign_in()
    assert owner.account_id is not None
    woken: list[int] = []
    units.house.bus.listen(reads.authority_topic(owner.account_id), lambda: woken.append(1))
    await units.run(Call("revokeSession", owner), lambda work: actions.revoke_session(work, other.id))
    assert await accounts.viewer(other.secret) is None
    assert await units.read(lambda read: reads.epoch(read, owner.account_id or "")) == 2
    assert woken == [1]
    with pytest.raises(SessionNotFound):
        await units.run(Call("revokeSession", owner), lambda work: actions.revoke_session(work, other.id))


@pytest.mark.rule("Q014")
async def test_another_accounts_session_is_not_found(accounts: Accounts, units: Units) -> None:
    mine, theirs = await accounts.signed_in(), await accounts.signed_in("somebody.else")
    for session_id in (theirs.credential_id, "ses_00000000000000000000000000", "nonsense"):
        with pytest.raises(SessionNotFound) as caught:
            await units.run(
                Call("revokeSession", mine), lambda work, id=session_id: actions.revoke_session(work, id)
            )
        assert caught.value.numbers() == {}
    assert await session_ids(units, theirs.account_id) == [theirs.credential_id]


async def test_a_changed_password_ends_the_other_sessions(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    other = await accounts.sign_in()

    async def change(password: str, new_password: str) -> None:
        proof, prepared = await accounts.passwords.replace(owner.credential_id or "", password, new_password)
        await units.run(
            Call("changePassword", owner), lambda work: actions.change_password(work, proof, prepared)
        )

    with pytest.raises(CredentialsInvalid):
        await change("not the right password", OTHER_PASSWORD)
    with pytest.raises(PasswordTooWeak):
        await change(PASSWORD, f"{LOGIN} 2026")
    assert await accounts.viewer(other.secret) is not None
    await change(PASSWORD, OTHER_PASSWORD)
    assert await session_ids(units, owner.account_id) == [owner.credential_id]
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in()
    await accounts.sign_in(password=OTHER_PASSWORD)


async def test_a_proof_of_the_old_password_does_not_outlive_it(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    proof = await accounts.passwords.prove(LOGIN, PASSWORD)
    changed = await accounts.passwords.replace(owner.credential_id or "", PASSWORD, OTHER_PASSWORD)
    await units.run(Call("changePassword", owner), lambda work: actions.change_password(work, *changed))
    with pytest.raises(CredentialsInvalid):
        await units.run(Call("signIn"), lambda work: actions.start_session(work, proof, DEVICE))


async def test_sessions_of_a_suspended_account_may_less_and_its_keys_nothing(
    accounts: Accounts, units: Units
) -> None:
    owner = await accounts.signed_in()
    token = (await accounts.sign_in()).secret
    key = await accounts.create_key(owner)
    await units.run(Call("suspend"), lambda work: actions.suspend_account(work, owner.account_id or ""))
    for session in (token, (await accounts.sign_in()).secret):
        viewer = await accounts.viewer(session)
        assert viewer is not None
        assert viewer.scopes == RESTRICTED_SCOPES
        await accounts.act(viewer, lambda work: None)
    assert await accounts.viewer(key.secret) is None
    with pytest.raises(PublicError):
        await accounts.act(owner, lambda work: None)
    await units.run(Call("reinstate"), lambda work: actions.reinstate_account(work, owner.account_id or ""))
    viewer = await accounts.viewer(token)
    assert viewer is not None
    assert viewer.scopes is None
    assert await accounts.viewer(key.secret) is not None


@pytest.mark.parametrize(
    "token", ["", "pm_", "pms_", "pms_" + "a" * 52, "pm_" + "a" * 52, "x", "Bearer", "\x00", "pms_\ud800"]
)
async def test_what_is_no_credential_is_nobody(accounts: Accounts, token: str) -> None:
    for credentials in (Credentials(bearer=token), Credentials(session_cookie=token), Credentials()):
        assert await accounts.authenticator.authenticate(credentials) is None


async def test_validity_is_checked_for_many_viewers_at_once(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    owner = await accounts.signed_in()
    viewers: list[Viewer | None] = [owner]
    for _ in range(2):
        viewers.append(await accounts.viewer((await accounts.sign_in()).secret))
    lasting = await accounts.create_key(owner)
    short = await accounts.create_key(owner, expires_at=clock.now() + timedelta(hours=1))
    viewers += [await accounts.viewer(lasting.secret), await accounts.viewer(short.secret), Viewer()]
    known = [viewer for viewer in viewers if viewer is not None]
    await units.run(Call("signOut", known[1]), actions.sign_out)

    async def valid() -> set[str]:
        return await units.read(lambda read: reads.still_valid(read, known))

    assert await valid() == {known[0].credential_id, known[2].credential_id, lasting.id, short.id}
    clock.advance(timedelta(hours=1))
    assert await valid() == {known[0].credential_id, known[2].credential_id, lasting.id}


async def test_a_person_whose_keys_were_destroyed_cannot_sign_in(accounts: Accounts, units: Units) -> None:
    account_id = await accounts.register()
    proof = await accounts.passwords.prove(LOGIN, PASSWORD)
    units.house.keys.destroy(account_id)
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in()
    with pytest.raises(CredentialsInvalid):
        await units.run(Call("signIn"), lambda work: actions.start_session(work, proof, DEVICE))
