"""Setting up a second factor, being asked for it at sign-in, and proving more with it (P003)."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import Row, delete, insert, update

from server.accounts import reads
from server.accounts.actions.authority import lock_authority
from server.accounts.actions.challenges import (
    PASSKEY_PROOF,
    SECOND_FACTOR,
    Asked,
    ask,
    spend_attempt,
    use_up,
)
from server.accounts.actions.email import acting_person
from server.accounts.actions.events import RecoveryCodeUsed, SecondFactorChanged
from server.accounts.actions.issuing import Issued
from server.accounts.actions.passkeys import PasskeyProof, check_not_last_factor, take_passkey
from server.accounts.actions.recovery import new_codes, spend_recovery_code
from server.accounts.actions.signing_in import (
    PasswordProof,
    open_session,
    proved,
    require_fresh_session,
    step_up,
)
from server.accounts.actions.throttling import Device
from server.accounts.model import IDENTITY, Session, Totp
from server.accounts.reads import second_factors, team
from server.accounts.rules import Terms
from server.accounts.rules.second_factor import (
    STEP_SECONDS,
    ChallengeInvalid,
    Factor,
    SecondFactorInvalid,
    SecondFactorMissing,
    TotpAlreadyOn,
    TotpNotPending,
    step_of_code,
)
from server.kit.work import Work

ISSUER = "Postmeter"
_SECRET_BYTES = 20
"""As many as the hash has: RFC 4226 §4, R6."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody gives as second factor; one of the three."""

    code: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)
    passkey: PasskeyProof | None = field(default=None, repr=False)
    challenge: str = field(default="", repr=False)
    """What the passkey signed, where it is no sign-in that asks."""


@dataclass(frozen=True, slots=True)
class SecondFactorAsked:
    """That the password was right, and what is asked for beside it."""

    asked: Asked
    factors: tuple[Factor, ...]
    person_id: str


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A secret for an authenticator application, as text and as a URI (Google's Key URI format); shown this once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def sign_in(work: Work, proof: PasswordProof | None, device: Device) -> Issued | SecondFactorAsked:
    """Sign somebody in whose password was proved, or ask for their second factor. Raises CredentialsInvalid."""
    person = proved(work, proof)
    factors = second_factors.factors(work, person.id)
    if not factors:
        return open_session(work, person, device)
    return SecondFactorAsked(ask(work, SECOND_FACTOR, person), factors, person.id)


def complete_sign_in(
    work: Work, challenge: str, answer: Answer, device: Device
) -> Issued | SecondFactorInvalid:
    """Sign somebody in who answers the challenge.

    A wrong answer is returned: raised, it would not be counted. Raises ChallengeInvalid.
    """
    row = second_factors.challenge(work, challenge, SECOND_FACTOR)
    if row is None:
        raise ChallengeInvalid
    person = _locked_person(work, row)
    if not _is_right(work, person, answer, row):
        return SecondFactorInvalid(spend_attempt(work, row))
    use_up(work, row)
    return open_session(work, person, device, second_factor=True)


def confirm_second_factor(work: Work, answer: Answer) -> datetime | SecondFactorInvalid:
    """Mark the acting session as freshly proved; returns until when. A wrong answer is returned.

    Raises SecondFactorMissing when none is set up.
    """
    person = acting_person(work)
    lock_authority(work, person.account_id)
    if not second_factors.factors(work, person.id):
        raise SecondFactorMissing
    signed = second_factors.challenge(work, answer.challenge, PASSKEY_PROOF)
    if not _is_right(work, person, answer, signed):
        return SecondFactorInvalid(None)
    if signed is not None:
        use_up(work, signed)
    _mark_session(work)
    return step_up(work, person.id)


def enrol_totp(work: Work) -> TotpOffer:
    """Make a secret for an authenticator application; it counts once `confirm_totp` saw a code of it.

    Raises StepUpRequired, TotpAlreadyOn.
    """
    require_fresh_session(work)
    person = acting_person(work)
    lock_authority(work, person.account_id)
    earlier = second_factors.totp(work, person.id)
    if earlier is not None and earlier.confirmed_at is not None:
        raise TotpAlreadyOn
    secret = base64.b32encode(work.entropy.bytes(_SECRET_BYTES)).decode()
    work.execute(delete(Totp).where(Totp.person_id == person.id))
    work.execute(
        insert(Totp).values(
            person_id=person.id,
            account_id=person.account_id,
            secret=work.seal(person.account_id, IDENTITY, "totps.secret", secret),
            created_at=work.now,
            last_step=0,
        )
    )
    login = reads.open_or_none(work, "people.login", person.login) or person.id
    return TotpOffer(secret, pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER))


def confirm_totp(work: Work, code: str) -> list[str]:
    """Let the application count from now on, whose code this is. The acting session has proved it.

    Returns new recovery codes, or none where the person has some. Raises TotpNotPending, SecondFactorInvalid.
    """
    person = acting_person(work)
    lock_authority(work, person.account_id)
    application = second_factors.totp(work, person.id)
    if application is None or application.confirmed_at is not None:
        raise TotpNotPending
    if not _take_code(work, application, code):
        raise SecondFactorInvalid(None)
    work.execute(update(Totp).where(Totp.person_id == person.id).values(confirmed_at=work.now))
    _mark_session(work)
    work.record(SecondFactorChanged(person.account_id, person.id, Factor.TOTP.value, True))
    return [] if team.recovery_codes_left(work, person.id) else new_codes(work, person)


def disable_totp(work: Work) -> None:
    """Take the authenticator application away. Raises StepUpRequired, SecondFactorMissing, SecondFactorNeeded."""
    require_fresh_session(work)
    person = acting_person(work)
    lock_authority(work, person.account_id)
    application = second_factors.totp(work, person.id)
    if application is None or application.confirmed_at is None:
        raise SecondFactorMissing
    check_not_last_factor(work, person, len(second_factors.passkeys(work, person.id)))
    work.execute(delete(Totp).where(Totp.person_id == person.id))
    work.record(SecondFactorChanged(person.account_id, person.id, Factor.TOTP.value, False))


def _locked_person(work: Work, challenge: Row[Any]) -> Row[Any]:
    lock_authority(work, challenge.account_id)
    person = reads.present_person(work, challenge.person_id)
    if person is None:
        raise ChallengeInvalid
    return person


def _is_right(work: Work, person: Row[Any], answer: Answer, challenge: Row[Any] | None) -> bool:
    """Whether the answer is one of the person's second factors; it is used up, if it can be used once only."""
    if answer.passkey is not None:
        return challenge is not None and take_passkey(work, answer.passkey, person, challenge)
    if answer.recovery_code is not None:
        if not spend_recovery_code(work, person.id, answer.recovery_code):
            return False
        work.record(RecoveryCodeUsed(person.account_id, person.id))
        return True
    application = second_factors.totp(work, person.id)
    if application is None or application.confirmed_at is None:
        return False
    return _take_code(work, application, answer.code or "")


def _take_code(work: Work, application: Row[Any], code: str) -> bool:
    secret = reads.open_or_none(work, "totps.secret", application.secret)
    if secret is None:
        return False
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    around = work.terms(Terms).totp_steps_around
    step = step_of_code(totp.generate_otp, code, work.now, around, application.last_step)
    if step is None:
        return False
    newer = (Totp.person_id == application.person_id) & (Totp.last_step < step)
    taken = update(Totp).where(newer).values(last_step=step).returning(Totp.person_id)
    return work.first(taken) is not None


def _mark_session(work: Work) -> None:
    this = Session.id == work.actor.credential_id
    work.execute(update(Session).where(this).values(second_factor_at=work.now))
