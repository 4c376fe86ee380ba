"""The company's own people. They sign in like everybody, and only while an authorisation is valid (B011)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, update

from server.accounts import reads, rules
from server.accounts.actions.authority import count_revocation, lock_authority, revoke_sessions
from server.accounts.actions.events import StaffAuthorised, StaffRevoked
from server.accounts.actions.people import claim_login, insert_person
from server.accounts.model import ACTIVE, STAFF, Account, AuthorityEpoch, Session, StaffAuthorisation
from server.accounts.reads import team
from server.accounts.rules import NewPassword, Terms
from server.accounts.rules.staff import Mandate, NotStaff, check_mandate
from server.kit.work import Read, Work


def authorise_staff(work: Work, login: str, password: NewPassword | None, mandate: Mandate) -> str:
    """Authorise somebody of the company, a new person with `password` if need be; returns the authorisation's id.

    An earlier authorisation ends where this one starts, and its sessions end now.
    Raises MandateInvalid, LoginInvalid, LoginTaken by a customer, NotStaff (unknown, and without a password),
    PasswordTooWeak.
    """
    check_mandate(mandate, work.now, work.terms(Terms).staff_authorisation_age_max)
    normal = rules.normal_login(work.terms(Terms), login)
    known = reads.person_by_login(work, normal)
    if known is None:
        account_id, person_id = _new_person(work, normal, password)
    elif known.role == STAFF:
        account_id, person_id = known.account_id, known.id
    else:
        raise rules.LoginTaken
    lock_authority(work, account_id)
    _end_sessions(work, account_id, person_id)
    earlier = (StaffAuthorisation.person_id == person_id) & (StaffAuthorisation.ends_at > mandate.starts_at)
    work.execute(update(StaffAuthorisation).where(earlier).values(ends_at=mandate.starts_at))
    return _insert_authorisation(work, account_id, person_id, mandate)


def revoke_staff(work: Work, login: str) -> None:
    """End all authorisations of somebody of the company, and their sessions, now. Raises NotStaff."""
    person = staff_person(work, login)
    if person is None:
        raise NotStaff
    lock_authority(work, person.account_id)
    given = (StaffAuthorisation.person_id == person.id) & StaffAuthorisation.revoked_at.is_(None)
    work.execute(update(StaffAuthorisation).where(given).values(revoked_at=work.now))
    _end_sessions(work, person.account_id, person.id)
    work.record(StaffRevoked(person.account_id, person.id))


def staff_person(read: Read, login: str) -> Row[Any] | None:
    """Somebody of the company, by login. Raises LoginInvalid."""
    person = reads.person_by_login(read, rules.normal_login(read.terms(Terms), login))
    return person if person is not None and person.role == STAFF else None


def _new_person(work: Work, login: str, password: NewPassword | None) -> tuple[str, str]:
    if password is None:
        raise NotStaff
    password_hash = password.accepted_hash()
    account_id = team.staff_account_id(work)
    if account_id is None:
        account_id = work.ids.new("acc")
        values = {"id": account_id, "kind": STAFF, "status": ACTIVE, "created_at": work.now}
        work.execute(insert(Account).values(values))
        work.execute(insert(AuthorityEpoch).values(account_id=account_id, epoch=1))
    person_id = work.ids.new("per")
    claim_login(work, login, person_id)
    insert_person(work, account_id, person_id, STAFF, login, password_hash)
    return account_id, person_id


def _insert_authorisation(work: Work, account_id: str, person_id: str, mandate: Mandate) -> str:
    authorisation_id = work.ids.new("sta")
    roles = " ".join(sorted({role.value for role in mandate.roles}))
    work.execute(
        insert(StaffAuthorisation).values(
            id=authorisation_id,
            account_id=account_id,
            person_id=person_id,
            roles=roles,
            scope=mandate.scope,
            instructions_version=mandate.instructions_version,
            starts_at=mandate.starts_at,
            ends_at=mandate.ends_at,
            created_at=work.now,
        )
    )
    event = StaffAuthorised(account_id, authorisation_id, person_id, roles, mandate.instructions_version)
    work.record(event)
    return authorisation_id


def _end_sessions(work: Work, account_id: str, person_id: str) -> None:
    if not revoke_sessions(work, account_id, Session.person_id == person_id):
        count_revocation(work, account_id)
