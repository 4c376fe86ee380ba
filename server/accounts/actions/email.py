"""A person's e-mail address: it is theirs once the code that was sent there comes back."""

from __future__ import annotations

import hmac
from typing import Any

from sqlalchemy import Row, delete, insert, update

from server.accounts import reads
from server.accounts.actions.authority import lock_authority
from server.accounts.actions.events import EmailVerificationAsked, EmailVerified
from server.accounts.actions.issuing import new_one_time_code
from server.accounts.actions.people import claim
from server.accounts.actions.signing_in import require_fresh_session
from server.accounts.model import EMAILS, IDENTITY, EmailVerification, Person
from server.accounts.reads import team
from server.accounts.rules import SessionNotFound, Terms
from server.accounts.rules.collecting import Detail, check_collected
from server.accounts.rules.people import (
    EmailCodeInvalid,
    EmailTaken,
    NothingToVerify,
    Sent,
    normal_email,
    one_more_mail,
)
from server.kit.work import Work

_PENDING = "email_verifications.email"


def set_email(work: Work, email: str) -> None:
    """Send a code to the address that the acting person says is theirs. An address they have stays until then.

    Raises DetailNotCollected (Q002), StepUpRequired, EmailInvalid, TooManyMails.
    """
    check_collected([Detail.EMAIL], work.terms(Terms).collect)
    require_fresh_session(work)
    _send_code(work, acting_person(work), normal_email(email))


def resend_email_code(work: Work) -> None:
    """Send another code to the address that waits; the one before is of no use.

    Raises NothingToVerify, TooManyMails.
    """
    person = acting_person(work)
    waiting = team.email_verification(work, person.id)
    email = reads.open_or_none(work, _PENDING, waiting.email) if waiting is not None else None
    if email is None:
        raise NothingToVerify
    _send_code(work, person, email)


def verify_email(work: Work, code: str) -> EmailCodeInvalid | None:
    """Make the address that waits the person's; None when that is done.

    A wrong code is returned: raised here, it would undo the counting of attempts (see `Units.run`).
    Raises NothingToVerify, EmailTaken when somebody else's address it became meanwhile.
    """
    person = acting_person(work)
    lock_authority(work, person.account_id)
    waiting = team.email_verification(work, person.id)
    email = reads.open_or_none(work, _PENDING, waiting.email) if waiting is not None else None
    if waiting is None or email is None or waiting.code_hash is None:
        raise NothingToVerify
    if wrong := _spend_attempt(work, waiting, code):
        return wrong
    if not claim(
        work,
        EMAILS,
        email,
        person.id,
        lambda holder_id: team.holder_of_email(work, holder_id, email) is not None,
    ):
        raise EmailTaken
    sealed = work.seal(person.account_id, IDENTITY, "people.email", email)
    work.execute(
        update(Person).where(Person.id == person.id).values(email=sealed, email_verified_at=work.now)
    )
    _change(work, person.id, email=None, code_hash=None, attempts_left=0)
    previous = reads.open_or_none(work, "people.email", person.email)
    told = previous if previous != email else None
    work.record(EmailVerified(person.account_id, person.id, email, told))
    return None


def acting_person(work: Work) -> Row[Any]:
    """Whose session is acting. Raises SessionNotFound for an API key."""
    person = reads.person_of_session(work, work.actor.credential_id or "")
    if person is None:
        raise SessionNotFound
    return person


def _spend_attempt(work: Work, waiting: Row[Any], code: str) -> EmailCodeInvalid | None:
    usable = waiting.attempts_left > 0 and work.now < waiting.expires_at
    if not usable:
        return EmailCodeInvalid(0)
    if hmac.compare_digest(_hash(work, waiting.person_id, code.strip()), waiting.code_hash):
        return None
    left = waiting.attempts_left - 1
    _change(work, waiting.person_id, attempts_left=left)
    return EmailCodeInvalid(left)


def _send_code(work: Work, person: Row[Any], email: str) -> None:
    terms = work.terms(Terms)
    lock_authority(work, person.account_id)
    before = team.email_verification(work, person.id)
    sent = one_more_mail(
        Sent(before.sent, before.window_started_at) if before is not None else None,
        work.now,
        terms.mails_per_window_max,
        terms.mails_window,
    )
    code = new_one_time_code(work)
    work.execute(delete(EmailVerification).where(EmailVerification.person_id == person.id))
    work.execute(
        insert(EmailVerification).values(
            person_id=person.id,
            account_id=person.account_id,
            email=work.seal(person.account_id, IDENTITY, _PENDING, email),
            code_hash=_hash(work, person.id, code),
            attempts_left=terms.email_code_attempts_max,
            expires_at=work.now + terms.email_code_age_max,
            sent=sent.count,
            window_started_at=sent.since,
        )
    )
    work.record(EmailVerificationAsked(person.account_id, person.id, email, code))


def _change(work: Work, person_id: str, **values: Any) -> None:
    work.execute(update(EmailVerification).where(EmailVerification.person_id == person_id).values(**values))


def _hash(work: Work, person_id: str, code: str) -> bytes:
    """Keyed: eight digits could be guessed from a plain hash."""
    return work.keyed_hash("one_time_code", person_id.encode(), code.encode(errors="surrogatepass"))
