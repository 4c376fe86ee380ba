"""Registering, signing in and out, and making and revoking credentials.

Whatever takes authority away counts up the account's `AuthorityEpoch` in the same transaction.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, literal, select, update

from server.accounts import reads, rules
from server.accounts.model import (
    ACTIVE,
    IDENTITY,
    OWNER,
    SUSPENDED,
    Acceptance,
    Account,
    ApiKey,
    AuthorityEpoch,
    Person,
    Session,
)
from server.accounts.rules import AcceptanceMode, NewPassword, PolicyVersion, Terms
from server.kit.crypto import token_hash
from server.kit.events import DomainEvent
from server.kit.keystore import Claim
from server.kit.work import Work

KEY_MARK = "pm_"
SESSION_MARK = "pms_"
_SECRET_BYTES = 32
_SHOWN_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class AccountRegistered(DomainEvent):
    """An account was opened; the subject is the account."""


@dataclass(frozen=True, slots=True)
class PolicyAccepted(DomainEvent):
    """The account accepted a version of a document; the subject is the account."""

    document: str
    version: str
    mode: str


@dataclass(frozen=True, slots=True)
class SessionStarted(DomainEvent):
    """Somebody signed in; the subject is the session."""


@dataclass(frozen=True, slots=True)
class SessionRevoked(DomainEvent):
    """A session was ended before its time; the subject is the session."""


@dataclass(frozen=True, slots=True)
class PasswordChanged(DomainEvent):
    """The subject is the person."""


@dataclass(frozen=True, slots=True)
class ApiKeyCreated(DomainEvent):
    """The subject is the key."""


@dataclass(frozen=True, slots=True)
class ApiKeyRevoked(DomainEvent):
    """The subject is the key."""


@dataclass(frozen=True, slots=True)
class AccountSuspended(DomainEvent):
    """No credential of the account is good any more; the subject is the account."""


@dataclass(frozen=True, slots=True)
class AccountReinstated(DomainEvent):
    """A suspension ended; the subject is the account."""


@dataclass(frozen=True, slots=True)
class Device:
    """What a sign-in came from, as its owner sees it in the list of sessions."""

    user_agent: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class PasswordProof:
    """That somebody knew a person's password: `verified` is the stored hash it was checked against.

    `rehashed` replaces it where the hash was made with parameters that are no longer used.
    """

    person_id: str
    verified: str = field(repr=False)
    rehashed: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new credential with its secret, which is shown this once (Q012)."""

    id: str
    secret: str = field(repr=False)


def register(work: Work, login: str, password: NewPassword, accepted: tuple[str, str] | None) -> str:
    """Open an account with one person, its owner; returns the account's id (Q001, Q004).

    `accepted` is document and version of the policy that the person agreed to.
    Raises LoginInvalid, PasswordTooWeak, AcceptanceMissing, LoginTaken.
    """
    terms = work.terms(Terms)
    normal = rules.normal_login(terms, login)
    password_hash = password.accepted_hash()
    rules.check_accepted([terms.policy], [accepted] if accepted else [])
    account_id, person_id = work.ids.new("acc"), work.ids.new("per")
    _claim_login(work, normal, person_id)
    work.execute(insert(Account).values(id=account_id, status=ACTIVE, created_at=work.now))
    work.execute(insert(AuthorityEpoch).values(account_id=account_id, epoch=1))
    work.execute(
        insert(Person).values(
            id=person_id,
            account_id=account_id,
            role=OWNER,
            login=work.seal(account_id, IDENTITY, "people.login", normal),
            password_hash=work.seal(account_id, IDENTITY, "people.password_hash", password_hash),
            password_changed_at=work.now,
            created_at=work.now,
        )
    )
    work.record(AccountRegistered(account_id, account_id))
    accept(work, account_id, terms.policy, AcceptanceMode.EXPLICIT)
    return account_id


def accept(work: Work, account_id: str, policy: PolicyVersion, mode: AcceptanceMode) -> None:
    """Store that the account accepts a version of a document. The first acceptance stays."""
    version = {"account_id": account_id, "document": policy.document, "version": policy.version}
    if (policy.document, policy.version) in reads.accepted(work, account_id):
        return
    work.execute(insert(Acceptance).values(**version, mode=mode.value, at=work.now))
    work.record(PolicyAccepted(account_id, account_id, policy.document, policy.version, mode.value))


def start_session(work: Work, proof: PasswordProof | None, device: Device) -> Issued:
    """Sign somebody in. Raises CredentialsInvalid, also when the password was changed since it was verified."""
    person = _proved(work, proof)
    terms = work.terms(Terms)
    _lock_authority(work, person.account_id)
    _make_room(work, person, terms.sessions_max)
    session_id, token = work.ids.new("ses"), SESSION_MARK + _secret(work)
    agent = device.user_agent[: terms.user_agent_length_max] if device.user_agent else None
    work.execute(
        insert(Session).values(
            id=session_id,
            account_id=person.account_id,
            person_id=person.id,
            token_hash=token_hash(token),
            user_agent=_seal_some(work, person.account_id, "sessions.user_agent", agent),
            address=_seal_some(work, person.account_id, "sessions.address", device.address),
            created_at=work.now,
            last_used_at=work.now,
            expires_at=work.now + terms.session_age_max,
        )
    )
    work.record(SessionStarted(person.account_id, session_id))
    return Issued(session_id, token)


def sign_out(work: Work) -> None:
    """End the session that is acting. Ending it twice changes nothing."""
    assert work.actor.account_id is not None
    _revoke_sessions(work, work.actor.account_id, Session.id == work.actor.credential_id)


def revoke_session(work: Work, session_id: str) -> None:
    """End a session of the acting account. Raises SessionNotFound, also for another account's (Q014)."""
    assert work.actor.account_id is not None
    if not _revoke_sessions(work, work.actor.account_id, Session.id == session_id):
        raise rules.SessionNotFound


def change_password(work: Work, proof: PasswordProof | None, password: NewPassword) -> None:
    """Give the person another password and end all sessions but the acting one.

    Raises CredentialsInvalid when the proof of the present password does not hold, PasswordTooWeak.
    """
    person = _proved(work, proof)
    _keep_password_hash(work, person, password.accepted_hash(), password_changed_at=work.now)
    others = (Session.person_id == person.id) & (Session.id != work.actor.credential_id)
    if not _revoke_sessions(work, person.account_id, others):
        _count_revocation(work, person.account_id)
    work.record(PasswordChanged(person.account_id, person.id))


def create_api_key(work: Work, name: str, scopes: Sequence[str], expires_at: datetime | None) -> Issued:
    """Make an API key for the acting account.

    Raises ApiKeyNameInvalid, ScopeNotGrantable, ApiKeyExpiryInvalid, AcceptanceMissing (M020), ApiKeyLimitReached.
    """
    account_id, terms = work.actor.account_id, work.terms(Terms)
    assert account_id is not None
    rules.check_key_name(terms, name)
    granted = rules.granted_scopes(scopes)
    rules.check_key_expiry(terms, work.now, expires_at)
    rules.check_accepted((terms.policy, *terms.key_policies), reads.accepted(work, account_id))
    _lock_authority(work, account_id)
    if len(reads.api_keys(work, account_id)) >= terms.api_keys_max:
        raise rules.ApiKeyLimitReached(terms.api_keys_max)
    key_id, secret = work.ids.new("key"), KEY_MARK + _secret(work)
    work.execute(
        insert(ApiKey).values(
            id=key_id,
            account_id=account_id,
            created_by=select(Session.person_id)
            .where(Session.id == work.actor.credential_id)
            .scalar_subquery(),
            name=work.seal(account_id, IDENTITY, "api_keys.name", name),
            secret_hash=token_hash(secret),
            prefix=secret[: len(KEY_MARK) + _SHOWN_CHARACTERS],
            scopes=" ".join(granted),
            created_at=work.now,
            expires_at=expires_at,
        )
    )
    work.record(ApiKeyCreated(account_id, key_id))
    return Issued(key_id, secret)


def revoke_api_key(work: Work, key_id: str) -> None:
    """End an API key of the acting account. Raises ApiKeyNotFound, also for another account's (Q014)."""
    account_id = work.actor.account_id
    assert account_id is not None
    _count_revocation(work, account_id)
    mine = (ApiKey.id == key_id) & (ApiKey.account_id == account_id) & ApiKey.revoked_at.is_(None)
    revoked = update(ApiKey).where(mine).values(revoked_at=work.now).returning(ApiKey.id)
    if work.first(revoked) is None:
        raise rules.ApiKeyNotFound
    work.record(ApiKeyRevoked(account_id, key_id))


def suspend_account(work: Work, account_id: str) -> None:
    """Make every credential of the account useless until it is reinstated."""
    _count_revocation(work, account_id)
    _set_status(work, account_id, SUSPENDED)
    work.record(AccountSuspended(account_id, account_id))


def reinstate_account(work: Work, account_id: str) -> None:
    _set_status(work, account_id, ACTIVE)
    work.record(AccountReinstated(account_id, account_id))


def touch(work: Work, used: Mapping[str, datetime]) -> None:
    """Store when credentials were last used; the first use of a key may be an acceptance (Q001)."""
    for table in (Session, ApiKey):
        for credential_id, at in sorted(used.items()):
            older = table.last_used_at.is_(None) | (table.last_used_at < at)
            work.execute(update(table).where(table.id == credential_id, older).values(last_used_at=at))
    if work.terms(Terms).acceptance_by_use:
        _accept_by_use(work, list(used))


def _accept_by_use(work: Work, credential_ids: list[str]) -> None:
    policy = work.terms(Terms).policy
    accepted = select(Acceptance.account_id).where(
        Acceptance.document == policy.document, Acceptance.version == policy.version
    )
    silent = (
        select(ApiKey.account_id)
        .where(ApiKey.id.in_(credential_ids), ApiKey.account_id.not_in(accepted))
        .distinct()
        .order_by(ApiKey.account_id)
    )
    for account_id in work.execute(silent).scalars().all():
        accept(work, account_id, policy, AcceptanceMode.BY_USE)


def _claim_login(work: Work, login: str, person_id: str) -> None:
    """Make the login the person's in the blind index, or raise LoginTaken.

    The claim is committed in the key store before the person's row, and stays there when this transaction fails.
    So a claim counts only while its holder has a row; one transaction at a time may look (SQLite has one writer
    anyway), because a holder's row that is not yet committed cannot be seen.
    """
    digest = work.keys.blind("login", login)
    if work.connection.dialect.name == "postgresql":
        work.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True))))
    held = work.keys.find(digest)
    if held is not None and reads.person_exists(work, held.owner_id):
        raise rules.LoginTaken
    if not work.keys.claim(digest, Claim(person_id, person_id, work.now), instead_of=held):
        raise rules.LoginTaken


def _proved(work: Work, proof: PasswordProof | None) -> Row[Any]:
    """The person whose password was proved, whose row stays locked. Raises CredentialsInvalid."""
    if proof is None:
        raise rules.CredentialsInvalid
    person = work.first(
        select(Person.__table__)
        .join(Account, Account.id == Person.account_id)
        .where(Person.id == proof.person_id, Account.status == ACTIVE)
        .with_for_update(of=Person)
    )
    if person is None:
        raise rules.CredentialsInvalid
    stored = work.open("people.password_hash", person.password_hash)
    if not hmac.compare_digest(stored, proof.verified):
        raise rules.CredentialsInvalid
    if proof.rehashed is not None:
        _keep_password_hash(work, person, proof.rehashed)
    return person


def _keep_password_hash(work: Work, person: Row[Any], password_hash: str, **changes: datetime) -> None:
    sealed = work.seal(person.account_id, IDENTITY, "people.password_hash", password_hash)
    work.execute(update(Person).where(Person.id == person.id).values(password_hash=sealed, **changes))


def _make_room(work: Work, person: Row[Any], sessions_max: int) -> None:
    """End the sessions that were used longest ago, so that one more fits."""
    live = [row.id for row in reads.sessions(work, person.account_id) if row.person_id == person.id]
    surplus = live[sessions_max - 1 :]
    if surplus:
        _revoke_sessions(work, person.account_id, Session.id.in_(surplus))


def _revoke_sessions(work: Work, account_id: str, which: ColumnElement[bool]) -> bool:
    """End those of the account's sessions that are not ended yet; whether there were any."""
    _lock_authority(work, account_id)
    mine = which & (Session.account_id == account_id) & Session.revoked_at.is_(None)
    ended = update(Session).where(mine).values(revoked_at=work.now).returning(Session.id)
    ids = work.execute(ended).scalars().all()
    if ids:
        _count_revocation(work, account_id)
    for session_id in sorted(ids):
        work.record(SessionRevoked(account_id, session_id))
    return bool(ids)


def _lock_authority(work: Work, account_id: str) -> None:
    """Wait for the account's other changes of credentials, and let its next ones wait."""
    work.first(select(literal(1)).where(AuthorityEpoch.account_id == account_id).with_for_update())


def _count_revocation(work: Work, account_id: str) -> None:
    work.execute(
        update(AuthorityEpoch)
        .where(AuthorityEpoch.account_id == account_id)
        .values(epoch=AuthorityEpoch.epoch + 1)
    )
    work.wake(reads.authority_topic(account_id))


def _set_status(work: Work, account_id: str, status: str) -> None:
    work.execute(update(Account).where(Account.id == account_id).values(status=status))


def _secret(work: Work) -> str:
    """A secret of 256 random bits in 52 lower-case letters and digits."""
    return base64.b32encode(work.entropy.bytes(_SECRET_BYTES)).decode().rstrip("=").lower()


def _seal_some(work: Work, account_id: str, column: str, text: str | None) -> bytes | None:
    return None if text is None else work.seal(account_id, IDENTITY, column, text)
