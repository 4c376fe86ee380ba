"""Passkeys (WebAuthn): registering them, signing in with one instead of a password, and taking them away (P013)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, insert, update

from server.accounts import reads
from server.accounts.actions.authority import lock_authority
from server.accounts.actions.challenges import (
    PASSKEY_PROOF,
    PASSKEY_REGISTRATION,
    PASSKEY_SIGN_IN,
    Asked,
    ask,
    use_up,
)
from server.accounts.actions.email import acting_person
from server.accounts.actions.events import SecondFactorChanged
from server.accounts.actions.issuing import Issued
from server.accounts.actions.signing_in import open_session, require_fresh_session
from server.accounts.actions.throttling import Device, asker
from server.accounts.model import IDENTITY, Passkey, Session
from server.accounts.reads import second_factors
from server.accounts.rules import Terms
from server.accounts.rules.second_factor import (
    ChallengeInvalid,
    Factor,
    PasskeyInvalid,
    PasskeyLimitReached,
    PasskeyNotFound,
    SecondFactorNeeded,
    check_passkey_name,
)
from server.kit.crypto import token_hash
from server.kit.ids import is_id
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class PasskeyProof:
    """That a registered passkey signed the challenge with this token; `verified` says that it knew its person."""

    passkey_id: str
    challenge: str = field(repr=False)
    sign_count: int
    verified: bool


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """The public part of a new passkey, as its authenticator gave it for the challenge with this token."""

    challenge: str = field(repr=False)
    credential_id: bytes
    public_key: bytes
    sign_count: int


def start_passkey_registration(work: Work) -> Asked:
    """Ask the acting person's authenticator for a new passkey. Raises StepUpRequired, PasskeyLimitReached."""
    require_fresh_session(work)
    person = acting_person(work)
    lock_authority(work, person.account_id)
    _check_one_more(work, person)
    return ask(work, PASSKEY_REGISTRATION, person)


def register_passkey(work: Work, made: NewPasskey | None, name: str) -> str:
    """Keep a passkey of the acting person; returns its id. The acting session has proved it.

    Raises PasskeyNameInvalid, PasskeyInvalid, ChallengeInvalid, PasskeyLimitReached.
    """
    check_passkey_name(name, work.terms(Terms).passkey_name_length_max)
    if made is None:
        raise PasskeyInvalid
    person = acting_person(work)
    lock_authority(work, person.account_id)
    challenge = second_factors.challenge(work, made.challenge, PASSKEY_REGISTRATION)
    if challenge is None or challenge.person_id != person.id:
        raise ChallengeInvalid
    use_up(work, challenge)
    _check_one_more(work, person)
    if second_factors.passkey_by_credential(work, made.credential_id) is not None:
        raise PasskeyInvalid
    passkey_id = work.ids.new("psk")
    work.execute(
        insert(Passkey).values(
            id=passkey_id,
            account_id=person.account_id,
            person_id=person.id,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=work.seal(person.account_id, IDENTITY, "passkeys.name", name),
            created_at=work.now,
        )
    )
    this = Session.id == work.actor.credential_id
    work.execute(update(Session).where(this).values(second_factor_at=work.now))
    work.record(SecondFactorChanged(person.account_id, person.id, Factor.PASSKEY.value, True))
    return passkey_id


def start_passkey_sign_in(work: Work, address: str | None) -> Asked:
    """Ask whoever comes from the address for a passkey that knows whose it is."""
    return ask(work, PASSKEY_SIGN_IN, None, asker(work, address))


def start_passkey_proof(work: Work) -> Asked:
    """Ask the acting person for one of their passkeys. Raises SessionNotFound."""
    return ask(work, PASSKEY_PROOF, acting_person(work))


def sign_in_with_passkey(work: Work, proof: PasskeyProof | None, device: Device) -> Issued:
    """Sign in whose passkey it is. It must have verified its person: it stands for password and second factor.

    Raises PasskeyInvalid, ChallengeInvalid, CredentialsInvalid (staff without an authorisation).
    """
    if proof is None or not proof.verified:
        raise PasskeyInvalid
    challenge = second_factors.challenge(work, proof.challenge, PASSKEY_SIGN_IN)
    if challenge is None:
        raise ChallengeInvalid
    passkey = second_factors.passkeys_by_id(work, [proof.passkey_id]).get(proof.passkey_id)
    if passkey is None:
        raise PasskeyInvalid
    lock_authority(work, passkey.account_id)
    use_up(work, challenge)
    person = reads.present_person(work, passkey.person_id)
    if person is None or not take_passkey(work, proof, person, challenge):
        raise PasskeyInvalid
    return open_session(work, person, device, second_factor=True)


def remove_passkey(work: Work, passkey_id: str) -> None:
    """Take one of the acting person's passkeys away. Raises StepUpRequired, PasskeyNotFound, SecondFactorNeeded."""
    require_fresh_session(work)
    person = acting_person(work)
    lock_authority(work, person.account_id)
    mine = second_factors.passkeys(work, person.id)
    if not is_id(passkey_id, "psk") or passkey_id not in {passkey.id for passkey in mine}:
        raise PasskeyNotFound
    application = second_factors.totp(work, person.id)
    has_application = application is not None and application.confirmed_at is not None
    check_not_last_factor(work, person, len(mine) - 1 + has_application)
    work.execute(delete(Passkey).where(Passkey.id == passkey_id))
    work.record(SecondFactorChanged(person.account_id, person.id, Factor.PASSKEY.value, False))


def take_passkey(work: Work, proof: PasskeyProof, person: Row[Any], challenge: Row[Any]) -> bool:
    """Whether the person's passkey signed this challenge, and signed nothing since: a copy of it counts as wrong."""
    if token_hash(proof.challenge) != challenge.token_hash:
        return False
    does_not_count = proof.sign_count == 0  # many passkeys do not (WebAuthn §6.1.1)
    newer = Passkey.sign_count == 0 if does_not_count else Passkey.sign_count < proof.sign_count
    mine = (Passkey.id == proof.passkey_id) & (Passkey.person_id == person.id)
    used = update(Passkey).where(mine, newer)
    values = {"sign_count": proof.sign_count, "last_used_at": work.now}
    return work.first(used.values(values).returning(Passkey.id)) is not None


def check_not_last_factor(work: Work, person: Row[Any], others: int) -> None:
    """Raises SecondFactorNeeded when the role asks for a second factor and `others` is none."""
    if not others and person.role in work.terms(Terms).second_factor_required_for:
        raise SecondFactorNeeded


def _check_one_more(work: Work, person: Row[Any]) -> None:
    limit = work.terms(Terms).passkeys_max
    if len(second_factors.passkeys(work, person.id)) >= limit:
        raise PasskeyLimitReached(limit)
