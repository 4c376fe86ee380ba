"""What was asked of somebody who wants to sign in or to prove more, until it is answered or too old."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from server.accounts.actions.issuing import CHALLENGE_MARK, new_secret
from server.accounts.model import SignInChallenge
from server.accounts.rules import Terms
from server.accounts.rules.second_factor import ChallengeInvalid
from server.kit.crypto import token_hash
from server.kit.work import Work

SECOND_FACTOR = "SECOND_FACTOR"
PASSKEY_SIGN_IN = "PASSKEY_SIGN_IN"
PASSKEY_PROOF = "PASSKEY_PROOF"
PASSKEY_REGISTRATION = "PASSKEY_REGISTER"
_NONCE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """A challenge: the token that names it, and the random bytes that a passkey signs."""

    token: str = field(repr=False)
    nonce: bytes = field(repr=False)
    expires_at: datetime


def ask(work: Work, kind: str, person: Row[Any] | None, asker: bytes | None = None) -> Asked:
    """Ask the person, or whoever comes from `asker`. Of the open ones of the same only the newest are kept."""
    terms = work.terms(Terms)
    asked = Asked(
        new_secret(work, CHALLENGE_MARK), work.entropy.bytes(_NONCE_BYTES), work.now + terms.challenge_age_max
    )
    mine = SignInChallenge.person_id == person.id if person is not None else SignInChallenge.asker == asker
    newest = (
        select(SignInChallenge.token_hash)
        .where(mine)
        .order_by(SignInChallenge.expires_at.desc(), SignInChallenge.token_hash)
        .limit(terms.challenges_per_asker_max - 1)
    )
    work.execute(delete(SignInChallenge).where(mine, SignInChallenge.token_hash.not_in(newest)))
    work.execute(
        insert(SignInChallenge).values(
            token_hash=token_hash(asked.token),
            kind=kind,
            person_id=person.id if person is not None else None,
            account_id=person.account_id if person is not None else None,
            asker=asker,
            nonce=asked.nonce,
            attempts_left=terms.challenge_attempts_max,
            expires_at=asked.expires_at,
        )
    )
    return asked


def spend_attempt(work: Work, challenge: Row[Any]) -> int:
    """Count a wrong answer; returns how many are left."""
    this = SignInChallenge.token_hash == challenge.token_hash
    left = work.first(
        update(SignInChallenge)
        .where(this, SignInChallenge.attempts_left > 0)
        .values(attempts_left=SignInChallenge.attempts_left - 1)
        .returning(SignInChallenge.attempts_left)
    )
    return 0 if left is None else int(left.attempts_left)


def use_up(work: Work, challenge: Row[Any]) -> None:
    """Let it be answered this once. Raises ChallengeInvalid when somebody else was faster."""
    this = delete(SignInChallenge).where(SignInChallenge.token_hash == challenge.token_hash)
    if work.first(this.returning(SignInChallenge.token_hash)) is None:
        raise ChallengeInvalid
