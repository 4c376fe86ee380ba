"""Who belongs to an account, who may join it, where its letters go; and whom the company authorised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from server.accounts import reads
from server.accounts.model import (
    EMAILS,
    STAFF,
    Account,
    EmailVerification,
    Invitation,
    MemberLimit,
    Person,
    PostalAddress,
    RecoveryCode,
    ResalePermission,
    Session,
    StaffAuthorisation,
)
from server.accounts.rules import Terms
from server.accounts.rules.address import Address, address_complete
from server.accounts.rules.people import EmailNotVerified, Role
from server.accounts.rules.resale import ResalePolicy
from server.kit.crypto import token_hash
from server.kit.work import Read

OWNERS_TOLD_MAX = 10


def members(account_id: str) -> Select[Any]:
    """The account's present people."""
    return select(Person.__table__).where(Person.account_id == account_id, Person.removed_at.is_(None))


def member(read: Read, account_id: str, person_id: str) -> Row[Any] | None:
    return read.first(members(account_id).where(Person.id == person_id))


def owners_count(read: Read, account_id: str) -> int:
    owners = members(account_id).where(Person.role == Role.OWNER.value)
    return int(read.scalar(owners.with_only_columns(func.count())))


def owners(read: Read, account_id: str) -> Sequence[Row[Any]]:
    """The account's owners, those who were first of them."""
    found = members(account_id).where(Person.role == Role.OWNER.value)
    return read.rows(found.order_by(Person.id).limit(OWNERS_TOLD_MAX))


def people_count(read: Read, account_id: str) -> int:
    """How many people the account has, with those who are invited."""
    invited = read.scalar(open_invitations(read, account_id).with_only_columns(func.count()))
    return members_count(read, account_id) + int(invited)


def members_count(read: Read, account_id: str) -> int:
    """How many people the account has now."""
    return int(read.scalar(members(account_id).with_only_columns(func.count())))


def people_max(read: Read, account_id: str) -> int:
    """How many people the account may have, invited ones included (M061)."""
    own = read.scalar(select(MemberLimit.people_max).where(MemberLimit.account_id == account_id))
    return int(own) if own is not None else read.terms(Terms).people_max


def person_by_email(read: Read, email: str) -> Row[Any] | None:
    """The person whose verified address this is (in its normal form), found through the blind index."""
    claim = read.keys.find(EMAILS, email)
    return holder_of_email(read, claim.owner_id, email) if claim is not None else None


def holder_of_email(read: Read, person_id: str, email: str) -> Row[Any] | None:
    """The person, if they are there and still have that address: a claim of the blind index may be an old one."""
    person = reads.people(read, [person_id]).get(person_id)
    if person is None or person.removed_at is not None:
        return None
    return person if reads.open_or_none(read, "people.email", person.email) == email else None


def session(read: Read, session_id: str | None) -> Row[Any] | None:
    """A session by its id; None for an API key's."""
    return read.first(select(Session.__table__).where(Session.id == session_id))


def email_verification(read: Read, person_id: str) -> Row[Any] | None:
    return read.first(select(EmailVerification.__table__).where(EmailVerification.person_id == person_id))


def billing_email(read: Read, account_id: str) -> str | None:
    """The verified e-mail address of who is in the account for its bills, else of an owner; the one there longest."""
    roles = (Role.BILLING.value, Role.OWNER.value)
    query = members(account_id).where(Person.role.in_(roles), Person.email.is_not(None))
    found = sorted(read.rows(query), key=lambda person: (roles.index(person.role), person.id))
    addresses = (reads.open_or_none(read, "people.email", person.email) for person in found)
    return next((address for address in addresses if address is not None), None)


def check_may_send(read: Read, account_id: str) -> None:
    """Raises EmailNotVerified where the terms ask for a verified address and no owner has one (M008)."""
    if not read.terms(Terms).require_verified_email:
        return
    verified = members(account_id).where(
        Person.role == Role.OWNER.value, Person.email_verified_at.is_not(None)
    )
    if read.first(verified.limit(1)) is None:
        raise EmailNotVerified


def may_resell(read: Read, account_id: str) -> bool:
    """Whether the account may sell the service on: the terms leave it to contracts, and its own permits it (M009)."""
    if read.terms(Terms).resale is ResalePolicy.FORBIDDEN:
        return False
    permitted = select(ResalePermission.permitted).where(ResalePermission.account_id == account_id)
    return bool(read.scalar(permitted))


def recovery_codes_left(read: Read, person_id: str) -> int:
    return int(
        read.scalar(select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id))
    )


def open_invitations(read: Read, account_id: str) -> Select[Any]:
    """Those that are neither used, withdrawn nor too old."""
    return select(Invitation.__table__).where(
        Invitation.account_id == account_id, Invitation.closed_at.is_(None), Invitation.expires_at > read.now
    )


def invitations(read: Read, account_id: str, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """The account's open invitations, newest first, from behind the invitation `after`."""
    query = open_invitations(read, account_id)
    if after is not None:
        query = query.where(Invitation.id < after)
    return read.rows(query.order_by(Invitation.id.desc()).limit(limit))


def invitations_by_id(read: Read, ids: Iterable[str]) -> dict[str, Row[Any]]:
    query = select(Invitation.__table__).where(Invitation.id.in_(sorted(set(ids))))
    return {row.id: row for row in read.rows(query)}


def invitation_by_token(read: Read, token: str) -> Row[Any] | None:
    """The invitation with this secret, also when it is over."""
    hashed = token_hash(token) if token.isascii() else b""
    return read.first(select(Invitation.__table__).where(Invitation.token_hash == hashed))


def invited_email(read: Read, token: str) -> str | None:
    """Where the invitation with this secret was sent."""
    invitation = invitation_by_token(read, token)
    return None if invitation is None else reads.open_or_none(read, "invitations.email", invitation.email)


def postal_address(read: Read, account_id: str) -> Address | None:
    """Where the account's letters go; None when it has no address, or its keys were destroyed."""
    row = read.first(select(PostalAddress.__table__).where(PostalAddress.account_id == account_id))
    if row is None:
        return None
    lines: dict[str, str] = {}
    for name in ("name", "street", "number", "postal_code", "city"):
        line = reads.open_or_none(read, f"postal_addresses.{name}", getattr(row, name))
        if line is None:
            return None
        lines[name] = line
    return Address(country=row.country, **lines)


def has_complete_address(read: Read, account_id: str) -> bool:
    """Whether the account's address has all that a letter needs (M007)."""
    return address_complete(postal_address(read, account_id))


def staff_account_id(read: Read) -> str | None:
    """The account that the company's own people belong to; None before the first of them."""
    query = select(Account.id).where(Account.kind == STAFF).order_by(Account.id).limit(1)
    found: str | None = read.scalar(query)
    return found


def staff_authorisations(read: Read, limit: int) -> Sequence[Row[Any]]:
    """Every authorisation that was given, newest first, with the login of its person (sealed)."""
    query = select(StaffAuthorisation.__table__, Person.login).join(
        Person, Person.id == StaffAuthorisation.person_id
    )
    return read.rows(query.order_by(StaffAuthorisation.id.desc()).limit(limit))
