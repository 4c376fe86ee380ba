"""Passkeys: registered, signed in with, asked for as second factor, removed; and nothing of a body is stored (P013)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.accounts import actions
from server.accounts.actions import Answer, Issued, SecondFactorAsked
from server.accounts.actions.challenges import PASSKEY_PROOF, PASSKEY_SIGN_IN, SECOND_FACTOR, Asked
from server.accounts.adapters.passkeys import Assertion, Attestation, Passkeys
from server.accounts.model import Passkey
from server.accounts.reads import second_factors
from server.accounts.rules import Terms
from server.accounts.rules.second_factor import (
    ChallengeInvalid,
    Factor,
    PasskeyInvalid,
    PasskeyLimitReached,
    PasskeyNameInvalid,
    PasskeyNotFound,
    SecondFactorInvalid,
    check_passkey_name,
)
from server.kit.clock import ManualClock
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from tests.accounts.authenticator import ORIGIN, Authenticator
from tests.accounts.conftest import DEVICE, Accounts
from tests.kit.test_card_numbers import card_number


@pytest.fixture
def passkeys(units: Units) -> Passkeys:
    return Passkeys(units, ORIGIN)


async def register(
    accounts: Accounts,
    passkeys: Passkeys,
    actor: Viewer,
    device: Authenticator,
    name: str = "key ring",
    change: Callable[[Attestation], Attestation] = lambda given: given,
) -> str:
    asked = await accounts.act(actor, actions.start_passkey_registration)
    made = await passkeys.made(asked.token, change(device.create(asked.nonce)))
    return await accounts.act(actor, lambda work: actions.register_passkey(work, made, name))


async def ask(accounts: Accounts) -> Asked:
    return await accounts.units.run(
        Call("startPasskeySignIn"), lambda work: actions.start_passkey_sign_in(work, DEVICE.address)
    )


async def sign_in(accounts: Accounts, passkeys: Passkeys, asked: Asked, given: Assertion) -> Issued:
    proof = await passkeys.proof(asked.token, PASSKEY_SIGN_IN, given)
    return await accounts.units.run(
        Call("signInWithPasskey"), lambda work: actions.sign_in_with_passkey(work, proof, DEVICE)
    )


@pytest.mark.rule("P013")
async def test_a_passkey_signs_in_without_a_name(accounts: Accounts, passkeys: Passkeys) -> None:
    owner, device = await accounts.signed_in(), Authenticator()
    await register(accounts, passkeys, owner, device)
    asked = await ask(accounts)
    given = device.sign(asked.nonce)
    issued = await sign_in(accounts, passkeys, asked, given)
    viewer = await accounts.viewer(issued.secret)
    assert viewer is not None
    assert viewer.account_id == owner.account_id
    with pytest.raises(PasskeyInvalid):
        await sign_in(accounts, passkeys, asked, given)  # once only
    again = await ask(accounts)
    with pytest.raises(PasskeyInvalid):
        await sign_in(accounts, passkeys, again, given)  # signed something else
    device.counter = 0  # a copy of the key, behind the original
    with pytest.raises(PasskeyInvalid):
        await sign_in(accounts, passkeys, again, device.sign(again.nonce))


@pytest.mark.rule("P013")
def test_nothing_of_a_body_is_stored() -> None:
    """A public key, and how to find it again: no attestation, no picture, no template."""
    assert {column.name for column in Passkey.__table__.columns} == {
        "id",
        "account_id",
        "person_id",
        "credential_id",
        "public_key",
        "sign_count",
        "name",
        "created_at",
        "last_used_at",
    }


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://app.example.org"},
        {"origin": "http://app.example.com"},
        {"rp_id": "example.org"},
        {"verifies": False},
        {"credential_id": b"nobody's"},
    ],
    ids=str,
)
async def test_what_is_signed_elsewhere_or_by_nobody_in_particular_is_refused(
    accounts: Accounts, passkeys: Passkeys, wrong: dict[str, Any]
) -> None:
    owner, device = await accounts.signed_in(), Authenticator()
    await register(accounts, passkeys, owner, device)
    asked = await ask(accounts)
    with pytest.raises(PasskeyInvalid):
        await sign_in(accounts, passkeys, asked, replace(device, **wrong).sign(asked.nonce))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_malformed_answers_are_refused_like_wrong_ones(accounts: Accounts, passkeys: Passkeys) -> None:
    owner, device = await accounts.signed_in(), Authenticator()
    await register(accounts, passkeys, owner, device)
    asked = await ask(accounts)
    good = device.sign(asked.nonce)
    for part in ("credential_id", "client_data_json", "authenticator_data", "signature"):
        for text in ("", "!", "AAAA", "\ud800", "A" * 20_000):
            given = replace(good, **{part: text})
            assert await passkeys.proof(asked.token, PASSKEY_SIGN_IN, given) is None, (part, text[:5])
    assert await passkeys.proof("\ud800", PASSKEY_SIGN_IN, good) is None
    assert await passkeys.proof(asked.token, SECOND_FACTOR, good) is None
    made = replace(device, credential_id=b"another").create(asked.nonce)
    for text in ("", "!", "AAAA", "A" * 20_000):
        broken = replace(made, attestation_object=text)
        assert await passkeys.made(asked.token, broken) is None
    assert await passkeys.proof(asked.token, PASSKEY_SIGN_IN, good) is not None


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_challenge_ends_at_its_instant(
    accounts: Accounts, passkeys: Passkeys, clock: ManualClock, seconds: int, good: bool
) -> None:
    owner, device = await accounts.signed_in(), Authenticator()
    await register(accounts, passkeys, owner, device)
    asked = await ask(accounts)
    clock.set(asked.expires_at + timedelta(seconds=seconds))
    proof = await passkeys.proof(asked.token, PASSKEY_SIGN_IN, device.sign(asked.nonce))
    assert (proof is not None) == good


async def test_a_passkey_is_a_second_factor_and_a_fresh_proof(
    accounts: Accounts, passkeys: Passkeys, clock: ManualClock
) -> None:
    owner, device = await accounts.signed_in(), Authenticator(verifies=False)  # the password is the first
    passkey_id = await register(accounts, passkeys, owner, device)
    asked = await accounts.try_to_sign_in()
    assert isinstance(asked, SecondFactorAsked)
    assert asked.factors == (Factor.PASSKEY,)

    async def answer(given: Assertion) -> Issued | SecondFactorInvalid:
        assert isinstance(asked, SecondFactorAsked)
        proof = await passkeys.proof(asked.asked.token, SECOND_FACTOR, given)
        return await accounts.answer(asked, Answer(passkey=proof, challenge=asked.asked.token))

    assert isinstance(await answer(device.sign(b"something else")), SecondFactorInvalid)
    assert isinstance(await answer(device.sign(asked.asked.nonce)), Issued)

    clock.advance(Terms().step_up_age_max)
    proof_asked = await accounts.act(owner, actions.start_passkey_proof)
    proof = await passkeys.proof(proof_asked.token, PASSKEY_PROOF, device.sign(proof_asked.nonce))
    given = Answer(passkey=proof, challenge=proof_asked.token)
    until = await accounts.act(owner, lambda work: actions.confirm_second_factor(work, given))
    assert until == clock.now() + Terms().step_up_age_max
    with pytest.raises(SecondFactorInvalid):
        await accounts.act(owner, lambda work: actions.confirm_second_factor(work, given))

    for missing in ("nonsense", "psk_00000000000000000000000000"):
        with pytest.raises(PasskeyNotFound):
            await accounts.act(owner, lambda work, id=missing: actions.remove_passkey(work, id))
    await accounts.act(owner, lambda work: actions.remove_passkey(work, passkey_id))
    assert isinstance(await accounts.try_to_sign_in(), Issued)


@pytest.mark.rule("Q014")
async def test_another_persons_passkey_is_not_found(accounts: Accounts, passkeys: Passkeys) -> None:
    mine, theirs = await accounts.signed_in(), await accounts.signed_in("somebody.else")
    passkey_id = await register(accounts, passkeys, theirs, Authenticator())
    with pytest.raises(PasskeyNotFound):
        await accounts.act(mine, lambda work: actions.remove_passkey(work, passkey_id))
    with pytest.raises(PasskeyInvalid):  # the same key twice would be two people
        await register(accounts, passkeys, mine, Authenticator())
    asked = await accounts.act(theirs, actions.start_passkey_registration)
    made = await passkeys.made(asked.token, Authenticator(credential_id=b"another").create(asked.nonce))
    with pytest.raises(ChallengeInvalid):
        await accounts.act(mine, lambda work: actions.register_passkey(work, made, "not asked of me"))


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_there_are_few_passkeys_and_few_open_challenges(
    accounts: Accounts, passkeys: Passkeys, units: Units
) -> None:
    units.house.terms.add(Terms(passkeys_max=1, challenges_per_asker_max=2))
    owner = await accounts.signed_in()
    await register(accounts, passkeys, owner, Authenticator())
    with pytest.raises(PasskeyLimitReached):
        await accounts.act(owner, actions.start_passkey_registration)
    asked = [await ask(accounts) for _ in range(3)]

    async def is_open(one: Asked) -> bool:
        found = await units.read(lambda read: second_factors.challenge(read, one.token, PASSKEY_SIGN_IN))
        return found is not None

    assert [await is_open(one) for one in asked].count(True) == 2
    assert await is_open(asked[-1])


@pytest.mark.parametrize("name", ["", " a", "a\n", "x" * 81, card_number("4", 16)])
def test_a_passkey_has_a_name_that_can_be_shown(name: str) -> None:
    with pytest.raises(PasskeyNameInvalid):
        check_passkey_name(name, Terms().passkey_name_length_max)
