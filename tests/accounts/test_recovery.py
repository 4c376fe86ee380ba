"""Forgotten passwords: a mailed link or a written-down code sets a new one, once, and ends every session."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.accounts import actions
from server.accounts.actions.events import PasswordResetAsked, PasswordWasReset
from server.accounts.reads import team
from server.accounts.rules import CredentialsInvalid, PasswordTooWeak, Terms
from server.accounts.rules.people import RecoveryCodeInvalid, ResetTokenInvalid, StepUpRequired
from server.kit.clock import ManualClock
from server.kit.work import Call, Units
from tests.accounts.conftest import LOGIN, PASSWORD, Accounts, CountingHasher

EMAIL = "marigold@example.com"
NEW_PASSWORD = "seven tired postmen whistle"


async def ask(accounts: Accounts, email: str = EMAIL) -> None:
    await accounts.units.run(
        Call("requestPasswordReset"), lambda work: actions.ask_password_reset(work, email)
    )


async def reset(accounts: Accounts, token: str, password: str = NEW_PASSWORD) -> None:
    prepared = await accounts.passwords.prepare_for(
        lambda read: actions.person_of_reset(read, token), password
    )
    await accounts.units.run(
        Call("resetPassword"), lambda work: actions.reset_password(work, token, prepared)
    )


async def reset_with_code(
    accounts: Accounts, code: str, login: str = LOGIN, password: str = NEW_PASSWORD
) -> None:
    prepared = await accounts.passwords.prepare_for(
        lambda read: actions.person_of_recovery_code(read, login, code), password
    )
    await accounts.units.run(
        Call("resetPasswordWithCode"),
        lambda work: actions.reset_password_with_code(work, login, code, prepared),
    )


async def test_a_link_sets_a_new_password_once_and_ends_all_sessions(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    token = (await accounts.sign_in()).secret
    await accounts.verify_email(owner, EMAIL)
    asked, done = accounts.told(PasswordResetAsked), accounts.told(PasswordWasReset)
    await ask(accounts, "MARIGOLD@example.com")
    [mail] = asked
    assert mail.email == EMAIL
    with pytest.raises(PasswordTooWeak):
        await reset(accounts, mail.token, "short")
    await reset(accounts, mail.token)
    assert [event.means for event in done] == ["EMAIL"]
    assert await accounts.viewer(token) is None
    with pytest.raises(CredentialsInvalid):
        await accounts.sign_in()
    await accounts.sign_in(password=NEW_PASSWORD)
    with pytest.raises(ResetTokenInvalid):
        await reset(accounts, mail.token)


async def test_unknown_and_unverified_addresses_are_answered_alike_and_get_nothing(
    accounts: Accounts, hasher: CountingHasher
) -> None:
    owner = await accounts.signed_in()
    await accounts.ask_email(owner, EMAIL)
    asked = accounts.told(PasswordResetAsked)
    for email in (EMAIL, "nobody@example.com"):
        await ask(accounts, email)
    assert asked == []
    hasher.hashes.clear()
    for token in ("", "pmr_" + "a" * 52, "\ud800"):
        with pytest.raises(ResetTokenInvalid):
            await reset(accounts, token)
    assert hasher.hashes == []


async def test_links_are_limited_in_silence_and_only_the_last_is_good(accounts: Accounts) -> None:
    await accounts.verify_email(await accounts.signed_in(), EMAIL)
    asked = accounts.told(PasswordResetAsked)
    for _ in range(7):
        await ask(accounts)
    assert len(asked) == Terms().mails_per_window_max
    with pytest.raises(ResetTokenInvalid):
        await reset(accounts, asked[0].token)
    await reset(accounts, asked[-1].token)


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
async def test_a_link_ends_at_its_instant(
    accounts: Accounts, clock: ManualClock, seconds: int, good: bool
) -> None:
    await accounts.verify_email(await accounts.signed_in(), EMAIL)
    asked = accounts.told(PasswordResetAsked)
    await ask(accounts)
    clock.advance(Terms().password_reset_age_max + timedelta(seconds=seconds))
    if good:
        await reset(accounts, asked[0].token)
        return
    with pytest.raises(ResetTokenInvalid):
        await reset(accounts, asked[0].token)


async def test_each_recovery_code_is_good_once(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    person_id = await accounts.person_id(owner)
    codes = await accounts.act(owner, actions.create_recovery_codes)
    assert len(set(codes)) == 10
    token = (await accounts.sign_in()).secret
    await reset_with_code(accounts, codes[0].upper().replace("-", " "))
    assert await accounts.viewer(token) is None
    await accounts.sign_in(password=NEW_PASSWORD)
    assert await units.read(lambda read: team.recovery_codes_left(read, person_id)) == 9
    for code, login in ((codes[0], LOGIN), (codes[1], "nobody.here"), ("", LOGIN), ("\ud800", LOGIN)):
        with pytest.raises(RecoveryCodeInvalid):
            await reset_with_code(accounts, code, login)
    await reset_with_code(accounts, codes[1], password=PASSWORD)
    await accounts.sign_in()


async def test_new_recovery_codes_need_a_fresh_proof_and_end_the_earlier(
    accounts: Accounts, clock: ManualClock
) -> None:
    owner = await accounts.signed_in()
    earlier = await accounts.act(owner, actions.create_recovery_codes)
    await accounts.act(owner, actions.create_recovery_codes)
    with pytest.raises(RecoveryCodeInvalid):
        await reset_with_code(accounts, earlier[0])
    clock.advance(Terms().step_up_age_max)
    with pytest.raises(StepUpRequired):
        await accounts.act(owner, actions.create_recovery_codes)
