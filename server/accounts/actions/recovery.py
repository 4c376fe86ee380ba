"""A new password for who forgot theirs: by a mailed link, or by codes that were written down."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from server.accounts import reads
from server.accounts.actions.authority import count_revocation, lock_authority, revoke_sessions
from server.accounts.actions.email import acting_person
from server.accounts.actions.events import PasswordResetAsked, PasswordWasReset, RecoveryCodesCreated
from server.accounts.actions.issuing import RESET_MARK, new_recovery_code, new_secret
from server.accounts.actions.signing_in import keep_password_hash, require_fresh_session
from server.accounts.model import PasswordReset, Person, RecoveryCode, Session
from server.accounts.reads import team
from server.accounts.rules import NewPassword, Terms
from server.accounts.rules.people import (
    RecoveryCodeInvalid,
    ResetTokenInvalid,
    Sent,
    TooManyMails,
    normal_email,
    one_more_mail,
)
from server.kit.crypto import token_hash
from server.kit.work import Read, Work


def ask_password_reset(work: Work, email: str) -> None:
    """Send a reset link, if this is somebody's verified address; nobody is told whether it is.

    Too many requests are ignored in the same silence. Raises EmailInvalid.
    """
    person = team.person_by_email(work, normal_email(email))
    if person is None:
        return
    terms = work.terms(Terms)
    lock_authority(work, person.account_id)
    before = work.first(select(PasswordReset.__table__).where(PasswordReset.person_id == person.id))
    earlier = Sent(before.sent, before.window_started_at) if before is not None else None
    try:
        sent = one_more_mail(earlier, work.now, terms.mails_per_window_max, terms.mails_window)
    except TooManyMails:
        return
    token = new_secret(work, RESET_MARK)
    work.execute(delete(PasswordReset).where(PasswordReset.person_id == person.id))
    work.execute(
        insert(PasswordReset).values(
            person_id=person.id,
            account_id=person.account_id,
            token_hash=token_hash(token),
            expires_at=work.now + terms.password_reset_age_max,
            sent=sent.count,
            window_started_at=sent.since,
        )
    )
    work.record(PasswordResetAsked(person.account_id, person.id, normal_email(email), token))


def reset_password(work: Work, token: str, password: NewPassword) -> None:
    """Set the password of whom the link was sent to; all their sessions end.

    Raises ResetTokenInvalid, PasswordTooWeak.
    """
    person = person_of_reset(work, token)
    if person is None or not password.prepared:
        raise ResetTokenInvalid
    lock_authority(work, person.account_id)
    this = (PasswordReset.person_id == person.id) & (PasswordReset.token_hash == token_hash(token))
    used = update(PasswordReset).where(this).values(token_hash=None).returning(PasswordReset.person_id)
    if work.first(used) is None:
        raise ResetTokenInvalid
    _replace_password(work, person, password, "EMAIL")


def person_of_reset(read: Read, token: str) -> Row[Any] | None:
    """Whom a reset link was sent to; None when it is unknown, used or too old."""
    if not token.isascii():
        return None
    return read.first(
        select(Person.__table__)
        .join(PasswordReset, PasswordReset.person_id == Person.id)
        .where(
            PasswordReset.token_hash == token_hash(token),
            PasswordReset.expires_at > read.now,
            Person.removed_at.is_(None),
        )
    )


def create_recovery_codes(work: Work) -> list[str]:
    """Make single-use codes for the acting person, shown this once; earlier ones end. Raises StepUpRequired."""
    require_fresh_session(work)
    person = acting_person(work)
    lock_authority(work, person.account_id)
    return new_codes(work, person)


def new_codes(work: Work, person: Row[Any]) -> list[str]:
    """Make codes for a person whose account's credentials are locked; earlier ones end."""
    codes = [new_recovery_code(work) for _ in range(work.terms(Terms).recovery_codes)]
    work.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    for code in codes:
        work.execute(
            insert(RecoveryCode).values(
                code_hash=_hash(work, person.id, code),
                person_id=person.id,
                account_id=person.account_id,
                created_at=work.now,
            )
        )
    work.record(RecoveryCodesCreated(person.account_id, person.id))
    return codes


def spend_recovery_code(work: Work, person_id: str, code: str) -> bool:
    """Use the code up; False when it is none of the person's."""
    used = delete(RecoveryCode).where(RecoveryCode.code_hash == _hash(work, person_id, code))
    return work.first(used.returning(RecoveryCode.person_id)) is not None


def reset_password_with_code(work: Work, login: str, code: str, password: NewPassword) -> None:
    """Set a new password with a recovery code, which is used up; all sessions of the person end.

    `login` is in its normal form. Raises RecoveryCodeInvalid, PasswordTooWeak.
    """
    person = person_of_recovery_code(work, login, code)
    if person is None or not password.prepared:
        raise RecoveryCodeInvalid
    lock_authority(work, person.account_id)
    if not spend_recovery_code(work, person.id, code):
        raise RecoveryCodeInvalid
    _replace_password(work, person, password, "RECOVERY_CODE")


def person_of_recovery_code(read: Read, login: str, code: str) -> Row[Any] | None:
    """Whose login (in its normal form) and unused code these are."""
    person = reads.person_by_login(read, login)
    if person is None:
        return None
    known = select(RecoveryCode.person_id).where(RecoveryCode.code_hash == _hash(read, person.id, code))
    return person if read.scalar(known) is not None else None


def _replace_password(work: Work, person: Row[Any], password: NewPassword, means: str) -> None:
    keep_password_hash(work, person, password.accepted_hash(), password_changed_at=work.now)
    if not revoke_sessions(work, person.account_id, Session.person_id == person.id):
        count_revocation(work, person.account_id)
    work.record(PasswordWasReset(person.account_id, person.id, means))


def _hash(read: Read, person_id: str, code: str) -> bytes:
    """The same however the code was typed: in capitals, without its hyphens."""
    typed = code.lower().replace("-", "").replace(" ", "").encode(errors="surrogatepass")
    return read.keyed_hash("recovery_code", person_id.encode(), typed)
