"""Accounts, people and credentials as others may read them, and the authority that a credential gives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, bindparam, select

from server.accounts.model import (
    ACTIVE,
    CLOSED,
    CUSTOMER,
    LOGINS,
    STAFF,
    Acceptance,
    Account,
    AgeJudgement,
    ApiKey,
    ApiLimit,
    AuthorityEpoch,
    Management,
    Person,
    Session,
    StaffAuthorisation,
)
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import RESTRICTED_SCOPES, session_scopes
from server.accounts.rules.people import scopes_of
from server.accounts.rules.standing import (
    Standing,
    age_is_open,
    password_ends_at,
    requirements,
    scopes_while,
)
from server.kit.clock import from_micros, to_micros
from server.kit.crypto import Shredded, token_hash
from server.kit.db import Prepared
from server.kit.viewer import Allowance, Viewer
from server.kit.work import Read

_BATCH_MAX = 500


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential that was found valid, and when its use was last stored."""

    viewer: Viewer
    last_used_at: datetime | None
    of_staff: bool = False
    """Of the company's own people, who have no API keys."""


class AccountRow(NamedTuple):
    """An account: the columns of its table, by the same names."""

    id: str
    kind: str
    status: str
    created_at: datetime
    country: str | None
    industry: str | None
    contracting_entity: str | None
    professional_since: datetime | None
    status_since: datetime | None = None
    status_reason: str | None = None


def authority_topic(account_id: str) -> str:
    """What a revocation in the account wakes."""
    return f"authority:{account_id}"


def account(read: Read, account_id: str) -> AccountRow | None:
    found = _account.rows(read.connection, AccountRow._make, account_id=account_id)
    return found[0] if found else None


def people(read: Read, person_ids: Iterable[str]) -> dict[str, Row[Any]]:
    """By id, those that exist."""
    return {row.id: row for row in _by_ids(read, Person, person_ids)}


def people_of(read: Read, account_id: str, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """Who signs in for the account, newest first, from behind the person `after`."""
    present = select(Person.__table__).where(Person.account_id == account_id, Person.removed_at.is_(None))
    return _page(read, present, Person, after, limit)


def person_exists(read: Read, person_id: str) -> bool:
    """Whether the person signs in for an account; not any more when they were removed from it."""
    present = select(Person.id).where(Person.id == person_id, Person.removed_at.is_(None))
    return read.scalar(present) is not None


def present_person(read: Read, person_id: str) -> Row[Any] | None:
    """The person, while they belong to an account that is not closed."""
    return read.first(
        select(Person.__table__)
        .join(Account, Account.id == Person.account_id)
        .where(Person.id == person_id, Person.removed_at.is_(None), Account.status != CLOSED)
    )


def person_by_login(read: Read, login: str) -> Row[Any] | None:
    """The person who signs in with this login (in its normal form), found through the blind index."""
    claim = read.keys.find(LOGINS, login)
    person = people(read, [claim.owner_id]).get(claim.owner_id) if claim is not None else None
    return person if person is not None and person.removed_at is None else None


def person_of_session(read: Read, session_id: str) -> Row[Any] | None:
    return read.first(
        select(Person.__table__).join(Session, Session.person_id == Person.id).where(Session.id == session_id)
    )


def live_sessions(read: Read, account_id: str) -> Select[Any]:
    """Those of the account's sessions that are neither revoked nor over."""
    return select(Session.__table__).where(
        Session.account_id == account_id,
        Session.idle_at > read.now,
        Session.expires_at > read.now,
        Session.revoked_at.is_(None),
    )


def sessions(read: Read, account_id: str, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """The account's live sessions, newest first, from behind the session `after`."""
    return _page(read, live_sessions(read, account_id), Session, after, limit)


def sessions_by_id(read: Read, session_ids: Iterable[str]) -> dict[str, Row[Any]]:
    return {row.id: row for row in _by_ids(read, Session, session_ids)}


def live_api_keys(read: Read, account_id: str) -> Select[Any]:
    """Those of the account's API keys that are neither revoked nor expired."""
    return select(ApiKey.__table__).where(
        ApiKey.account_id == account_id,
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at.is_(None) | (ApiKey.expires_at > read.now),
    )


def api_keys(read: Read, account_id: str, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """The account's live API keys, newest first, from behind the key `after`."""
    return _page(read, live_api_keys(read, account_id), ApiKey, after, limit)


def api_keys_by_id(read: Read, key_ids: Iterable[str]) -> dict[str, Row[Any]]:
    return {row.id: row for row in _by_ids(read, ApiKey, key_ids)}


def customers_after(
    read: Read, after: str | None, limit: int, opened_before: datetime, *, closed_too: bool = False
) -> Sequence[str]:
    """Ids of customers that were there at an instant, in order, behind the account `after`; without `closed_too` those
    that are not closed."""
    query = select(Account.id).where(Account.kind == CUSTOMER, Account.created_at <= opened_before)
    if not closed_too:
        query = query.where(Account.status != CLOSED)
    if after is not None:
        query = query.where(Account.id > after)
    return [row.id for row in read.rows(query.order_by(Account.id).limit(limit))]


def key_holders_after(read: Read, after: str | None, limit: int, made_before: datetime) -> Sequence[str]:
    """Ids of accounts that had a live API key at an instant and have it still, in order, behind the account `after`."""
    live = (
        ApiKey.revoked_at.is_(None)
        & (ApiKey.created_at <= made_before)
        & (ApiKey.expires_at.is_(None) | (ApiKey.expires_at > read.now))
    )
    query = select(ApiKey.account_id).where(live).distinct()
    if after is not None:
        query = query.where(ApiKey.account_id > after)
    return list(read.execute(query.order_by(ApiKey.account_id).limit(limit)).scalars())


def customers_among(
    read: Read,
    account_ids: Collection[str],
    which: Callable[[Any], ColumnElement[bool]] | None = None,
) -> set[str]:
    """Those of these accounts that are customers and not erased; of which, where it is said, something holds of the
    column of their id."""
    asked = Account.__table__.alias("asked").c  # `which` may look at the table of accounts, too
    query = select(asked.id).where(asked.kind == CUSTOMER, asked.id.in_(account_ids))
    if which is not None:
        query = query.where(which(asked.id))
    return {row.id for row in read.rows(query)}


def signed_in(read: Read, account_ids: Collection[str], since: datetime, until: datetime) -> set[str]:
    """Those of these accounts of which somebody signed in from the first instant on and before the second, as far as
    their sessions are kept."""
    query = select(Session.account_id).where(
        Session.account_id.in_(account_ids), Session.created_at >= since, Session.created_at < until
    )
    return {row.account_id for row in read.rows(query.distinct())}


def accepted(read: Read, account_id: str) -> set[tuple[str, str]]:
    """Document and version of all that the account has accepted, and not refused since."""
    mine = (Acceptance.account_id == account_id) & Acceptance.withdrawn_at.is_(None)
    query = select(Acceptance.document, Acceptance.version).where(mine)
    return {(row.document, row.version) for row in read.rows(query)}


# ---- authority


def credential_of_session(read: Read, token: str) -> Credential | None:
    """Who acts with this session token; None when it is unknown, revoked or over, or the account closed.

    For an account that is restricted it may do less, and while its person has to do something first (P003, P044).
    """
    found = _session_by_token.run(read.connection, token_hash=token_hash(token), now=to_micros(read.now))
    if not found:
        return None
    (row,) = found
    session_id, account_id, last_used, expires, epoch_, person_id, role, status, *rest = row
    changed, proved, shown_by, *limits = rest
    staff_roles = roles_of_staff(read, person_id) if role == STAFF else frozenset()
    if role == STAFF and not staff_roles:
        return None
    terms, scopes, ends_at = read.terms(Terms), session_scopes(status, scopes_of(role)), from_micros(expires)
    proved_at = None if proved is None else from_micros(proved)
    standing = Standing(role, proved_at, from_micros(changed), shown_by)
    if required := requirements(terms, standing, read.now):
        narrow = scopes_while(required)
        scopes = narrow if scopes is None else scopes & narrow
        staff_roles = frozenset()
    elif password_ends := password_ends_at(standing.password_changed_at, terms.password_age_max):
        ends_at = min(ends_at, password_ends)  # then the same session may less
    viewer = Viewer(
        account_id,
        session_id,
        scopes,
        staff_roles,
        expires_at=ends_at,
        authority_epoch=epoch_,
        allowance=_allowance(*limits),
    )
    return Credential(viewer, from_micros(last_used), of_staff=role == STAFF)


def staff_authorisation(read: Read, person_id: str) -> Row[Any] | None:
    """The authorisation under which somebody of the staff acts at this instant; None when there is none (B011)."""
    valid = (
        StaffAuthorisation.revoked_at.is_(None)
        & (StaffAuthorisation.starts_at <= read.now)
        & (StaffAuthorisation.ends_at > read.now)
    )
    of_person = select(StaffAuthorisation.__table__).where(StaffAuthorisation.person_id == person_id, valid)
    return read.first(of_person.order_by(StaffAuthorisation.id.desc()).limit(1))


def roles_of_staff(read: Read, person_id: str) -> frozenset[str]:
    """The roles of somebody of the staff at this instant; none without a valid authorisation (B011)."""
    authorisation = staff_authorisation(read, person_id)
    return frozenset() if authorisation is None else frozenset(authorisation.roles.split(" "))


def credential_of_key(read: Read, secret: str) -> Credential | None:
    """Who acts with this API key; None when it is unknown, revoked or expired, or its account not active, or waits for
    its age to be verified (P032).
    """
    found = _key_by_secret.run(read.connection, secret_hash=token_hash(secret), now=to_micros(read.now))
    if not found:
        return None
    ((key_id, account_id, scopes, last_used, expires, epoch_, shown_by, *limits),) = found
    if age_is_open(read.terms(Terms), shown_by):
        return None
    viewer = Viewer(
        account_id,
        key_id,
        frozenset(scopes.split(" ")),
        expires_at=None if expires is None else from_micros(expires),
        authority_epoch=epoch_,
        allowance=_allowance(*limits),
    )
    return Credential(viewer, None if last_used is None else from_micros(last_used))


def _allowance(cost_max: int | None, restored_per_second: int | None) -> Allowance | None:
    """What the account was given instead of what everybody may use (M144)."""
    if cost_max is None or restored_per_second is None:
        return None
    return Allowance(cost_max, restored_per_second)


def epoch(read: Read, account_id: str) -> int:
    """How often something of the account was revoked; 0 for an account that is not there."""
    rows = _epoch.run(read.connection, account_id=account_id)
    return int(rows[0][0]) if rows else 0


def still_valid(read: Read, viewers: Iterable[Viewer]) -> set[str]:
    """The ids of those viewers' credentials that are still good in this snapshot.

    For live feeds, which are a use by themselves: a session does not lie idle while it listens.
    """
    asked = [viewer for viewer in viewers if viewer.credential_id is not None]
    pairs = [(viewer.credential_id, viewer.second_credential_id) for viewer in asked]
    ids = sorted({one for pair in pairs for one in pair if one is not None})
    may_more = {viewer.credential_id for viewer in asked if not _is_restricted(viewer)}
    valid: set[str] = set()
    for start in range(0, len(ids), _BATCH_MAX):
        batch = ids[start : start + _BATCH_MAX]
        for table in (Session, ApiKey):
            query = (
                select(table.id, Account.status)
                .join(Account, Account.id == table.account_id)
                .where(
                    table.id.in_(batch),
                    table.revoked_at.is_(None),
                    table.expires_at.is_(None) | (table.expires_at > read.now),
                    Account.status != CLOSED,
                )
            )
            valid.update(
                row.id
                for row in read.rows(query)
                if row.status == ACTIVE or (table is Session and row.id not in may_more)
            )
    # Who needs two has neither when one is gone. It counts for all who use that key: they authenticate again.
    halves = {first for first, second in pairs if second is not None and second not in valid}
    firsts = {first for first, _ in pairs if first is not None}
    return (valid & firsts) - halves - _without_management(read, asked)


def _without_management(read: Read, viewers: Sequence[Viewer]) -> set[str]:
    """The credentials of those viewers who act for an account that theirs does not manage any more."""
    acting = {one.management_id for one in viewers if one.management_id is not None}
    if not acting:
        return set()
    query = (
        select(Management.id)
        .join(Account, Account.id == Management.account_id)
        .where(
            Management.id.in_(sorted(acting)),
            Management.accepted_at.is_not(None),
            Management.ended_at.is_(None),
            Account.status == ACTIVE,
        )
    )
    good = {row.id for row in read.rows(query)}
    return {one.credential_id or "" for one in viewers if one.management_id and one.management_id not in good}


def _is_restricted(viewer: Viewer) -> bool:
    """Whether the viewer may do no more than sessions of a restricted account."""
    return viewer.scopes is not None and viewer.scopes <= RESTRICTED_SCOPES


def open_or_none(read: Read, column: str, sealed: bytes | None) -> str | None:
    """The text of a sealed value, None when there is none or its key is gone."""
    if sealed is None:
        return None
    try:
        return read.open(column, sealed)
    except Shredded:
        return None


def _page(read: Read, query: Select[Any], table: Any, after: str | None, limit: int) -> Sequence[Row[Any]]:
    if after is not None:
        query = query.where(table.id < after)
    return read.rows(query.order_by(table.id.desc()).limit(limit))


def _by_ids(read: Read, table: Any, ids: Iterable[str]) -> Sequence[Row[Any]]:
    wanted = sorted(set(ids))
    rows: list[Row[Any]] = []
    for start in range(0, len(wanted), _BATCH_MAX):
        batch = wanted[start : start + _BATCH_MAX]
        rows.extend(read.rows(select(table.__table__).where(table.id.in_(batch))))
    return rows


_account = Prepared(
    select(*[Account.__table__.c[name] for name in AccountRow._fields]).where(
        Account.id == bindparam("account_id")
    )
)
_session_by_token = Prepared(
    select(
        Session.id,
        Session.account_id,
        Session.last_used_at,
        Session.expires_at,
        AuthorityEpoch.epoch,
        Session.person_id,
        Person.role,
        Account.status,
        Person.password_changed_at,
        Session.second_factor_at,
        AgeJudgement.method,
        ApiLimit.cost_max,
        ApiLimit.restored_per_second,
    )
    .join(Account, Account.id == Session.account_id)
    .outerjoin(ApiLimit, ApiLimit.account_id == Session.account_id)
    .outerjoin(AgeJudgement, AgeJudgement.account_id == Session.account_id)
    .join(Person, Person.id == Session.person_id)
    .join(AuthorityEpoch, AuthorityEpoch.account_id == Session.account_id)
    .where(
        Session.token_hash == bindparam("token_hash"),
        Session.idle_at > bindparam("now"),
        Session.expires_at > bindparam("now"),
        Session.revoked_at.is_(None),
        Account.status != bindparam("closed", CLOSED),
    )
)
_key_by_secret = Prepared(
    select(
        ApiKey.id,
        ApiKey.account_id,
        ApiKey.scopes,
        ApiKey.last_used_at,
        ApiKey.expires_at,
        AuthorityEpoch.epoch,
        AgeJudgement.method,
        ApiLimit.cost_max,
        ApiLimit.restored_per_second,
    )
    .join(Account, Account.id == ApiKey.account_id)
    .outerjoin(ApiLimit, ApiLimit.account_id == ApiKey.account_id)
    .outerjoin(AgeJudgement, AgeJudgement.account_id == ApiKey.account_id)
    .join(AuthorityEpoch, AuthorityEpoch.account_id == ApiKey.account_id)
    .where(
        ApiKey.secret_hash == bindparam("secret_hash"),
        ApiKey.revoked_at.is_(None),
        ApiKey.expires_at.is_(None) | (ApiKey.expires_at > bindparam("now")),
        Account.status == bindparam("active", ACTIVE),
    )
)
_epoch = Prepared(select(AuthorityEpoch.epoch).where(AuthorityEpoch.account_id == bindparam("account_id")))
