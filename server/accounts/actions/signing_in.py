"""Sessions and passwords of people."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update

from server.accounts import reads, rules
from server.accounts.actions.authority import count_revocation, lock_authority, revoke_sessions
from server.accounts.actions.events import PasswordChanged, SessionStarted, UnknownDeviceUsed
from server.accounts.actions.issuing import SESSION_MARK, Issued, new_secret
from server.accounts.actions.lifecycle import note_activity
from server.accounts.actions.throttling import Device, is_known_device, remember_device
from server.accounts.model import IDENTITY, STAFF, Person, Session, SignInChallenge
from server.accounts.reads import team
from server.accounts.rules import NewPassword, Terms
from server.accounts.rules.devices import kept_address, kept_agent
from server.accounts.rules.people import require_step_up
from server.kit.crypto import token_hash
from server.kit.ids import is_id
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """That somebody knew a person's password: `verified` is the stored hash it was checked against.

    `rehashed` replaces it where the hash was made with parameters that are no longer used.
    """

    account_id: str
    person_id: str
    verified: str = field(repr=False)
    rehashed: str | None = field(default=None, repr=False)


def start_session(work: Work, proof: PasswordProof | None, device: Device) -> Issued:
    """Sign somebody in. Raises CredentialsInvalid, also when the password was changed since it was verified."""
    return open_session(work, proved(work, proof), device)


def open_session(work: Work, person: Row[Any], device: Device, *, second_factor: bool = False) -> Issued:
    """Start a session of somebody who proved who they are, and whose account's credentials are locked."""
    terms = work.terms(Terms)
    expires_at = _end_of_session(work, person)
    _make_room(work, person, terms.sessions_max)
    session_id, token = work.ids.new("ses"), new_secret(work, SESSION_MARK)
    is_known = is_known_device(work, person.id, device) or _looks_known(work, person, device)
    agent, address = (
        kept_agent(device.user_agent, terms.technical),
        kept_address(device.address, terms.technical),
    )
    work.execute(
        insert(Session).values(
            id=session_id,
            account_id=person.account_id,
            person_id=person.id,
            token_hash=token_hash(token),
            user_agent=_seal_some(work, person.account_id, "sessions.user_agent", agent),
            address=_seal_some(work, person.account_id, "sessions.address", address),
            created_at=work.now,
            last_used_at=work.now,
            idle_at=work.now + terms.session_idle_max,
            expires_at=expires_at,
            stepped_up_until=work.now + terms.step_up_age_max,
            second_factor_at=work.now if second_factor else None,
        )
    )
    device_token = remember_device(work, person.account_id, person.id, device)
    note_activity(work, person.account_id)
    work.record(SessionStarted(person.account_id, session_id))
    if not is_known:
        work.record(UnknownDeviceUsed(person.account_id, person.id))
    return Issued(session_id, token, device_token)


def sign_out(work: Work) -> None:
    """End the session that is acting. Raises SessionNotFound when it is no session, or over."""
    assert work.actor.credential_id is not None
    revoke_session(work, work.actor.credential_id)


def revoke_session(work: Work, session_id: str) -> None:
    """End one of the actor's own sessions, or with the scope of managing people any of the account.

    Raises SessionNotFound, also for another account's (Q014).
    """
    assert work.actor.account_id is not None
    if not is_id(session_id, "ses"):  # PostgreSQL takes no NUL
        raise rules.SessionNotFound
    which: ColumnElement[bool] = Session.id == session_id
    if not work.actor.has_scope(rules.PEOPLE_WRITE):
        person = reads.person_of_session(work, work.actor.credential_id or "")
        which &= Session.person_id == (person.id if person else None)
    if not revoke_sessions(work, work.actor.account_id, which):
        raise rules.SessionNotFound


def confirm_password(work: Work, proof: PasswordProof | None) -> datetime:
    """Mark the acting session as freshly proved; returns until when. Raises CredentialsInvalid."""
    return step_up(work, proved(work, proof).id)


def step_up(work: Work, person_id: str) -> datetime:
    """Let the acting session, which is this person's, count as freshly proved; returns until when."""
    mine = (Session.id == work.actor.credential_id) & (Session.person_id == person_id)
    until = work.now + work.terms(Terms).step_up_age_max
    work.execute(update(Session).where(mine).values(stepped_up_until=until))
    return until


def require_fresh_session(work: Work) -> None:
    """Raises StepUpRequired unless the acting session's password was proved lately."""
    session = team.session(work, work.actor.credential_id)
    age_max = work.terms(Terms).step_up_age_max
    require_step_up(work.now, session.stepped_up_until if session else None, age_max)


def change_password(work: Work, proof: PasswordProof | None, password: NewPassword) -> None:
    """Give the person another password and end all sessions but the acting one.

    Raises CredentialsInvalid when the proof of the present password does not hold, PasswordTooWeak.
    """
    person = proved(work, proof)
    keep_password_hash(work, person, password.accepted_hash(), password_changed_at=work.now)
    others = (Session.person_id == person.id) & (Session.id != work.actor.credential_id)
    if not revoke_sessions(work, person.account_id, others):
        count_revocation(work, person.account_id)
    work.record(PasswordChanged(person.account_id, person.id))


def proved(work: Work, proof: PasswordProof | None) -> Row[Any]:
    """The person whose password was proved; the account's credentials stay locked. Raises CredentialsInvalid."""
    if proof is None:
        raise rules.CredentialsInvalid
    lock_authority(work, proof.account_id)
    person = reads.present_person(work, proof.person_id)
    if person is None:
        raise rules.CredentialsInvalid
    stored = reads.open_or_none(work, "people.password_hash", person.password_hash)
    if stored is None or not hmac.compare_digest(stored, proof.verified):
        raise rules.CredentialsInvalid
    if proof.rehashed is not None:
        keep_password_hash(work, person, proof.rehashed)
    return person


def keep_password_hash(work: Work, person: Row[Any], password_hash: str, **changes: datetime) -> None:
    """Replace the person's password hash; the caller holds the account's authority."""
    if changes:
        work.execute(delete(SignInChallenge).where(SignInChallenge.person_id == person.id))
    sealed = work.seal(person.account_id, IDENTITY, "people.password_hash", password_hash)
    work.execute(update(Person).where(Person.id == person.id).values(password_hash=sealed, **changes))


def _end_of_session(work: Work, person: Row[Any]) -> datetime:
    """When a new session ends in any case: for staff not later than their authorisation (B011)."""
    ends_at = work.now + work.terms(Terms).session_age_max
    if person.role != STAFF:
        return ends_at
    authorisation = reads.staff_authorisation(work, person.id)
    if authorisation is None:
        raise rules.CredentialsInvalid
    authorised_until: datetime = authorisation.ends_at
    return min(ends_at, authorised_until)


def _make_room(work: Work, person: Row[Any], sessions_max: int) -> None:
    """End the sessions that were used longest ago, so that one more fits."""
    live = (
        reads.live_sessions(work, person.account_id)
        .where(Session.person_id == person.id)
        .order_by(Session.last_used_at.desc(), Session.id.desc())
    )
    surplus = [row.id for row in work.rows(live)][sessions_max - 1 :]
    if surplus:
        revoke_sessions(work, person.account_id, Session.id.in_(surplus))


def _looks_known(work: Work, person: Row[Any], device: Device) -> bool:
    """Whether the person signed in with such a browser, and from this address, among the last times.

    The first sign-in of all is nothing to be told of.
    """
    terms = work.terms(Terms)
    mine = select(Session.user_agent, Session.address).where(Session.person_id == person.id)
    earlier = work.rows(mine.order_by(Session.id.desc()).limit(terms.sign_ins_compared_max))
    agent, address = (
        kept_agent(device.user_agent, terms.technical),
        kept_address(device.address, terms.technical),
    )
    agents = {reads.open_or_none(work, "sessions.user_agent", row.user_agent) for row in earlier}
    addresses = {reads.open_or_none(work, "sessions.address", row.address) for row in earlier}
    return not earlier or (agent in agents and address in addresses)


def _seal_some(work: Work, account_id: str, column: str, text: str | None) -> bytes | None:
    return None if text is None else work.seal(account_id, IDENTITY, column, text)
