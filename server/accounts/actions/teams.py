"""Who signs in for an account: inviting, joining, changing roles, removing (H018)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import rules
from server.accounts.actions.authority import count_revocation, lock_authority, revoke_sessions
from server.accounts.actions.email import acting_person
from server.accounts.actions.events import (
    ApiKeyRevoked,
    InvitationRevoked,
    MemberInvited,
    MemberJoined,
    MemberRemoved,
    MemberRoleChanged,
)
from server.accounts.actions.issuing import INVITATION_MARK, Issued, new_secret
from server.accounts.actions.people import claim_login, insert_person
from server.accounts.actions.signing_in import require_fresh_session
from server.accounts.model import (
    ACTIVE,
    IDENTITY,
    OWNER,
    STAFF,
    ApiKey,
    Invitation,
    MemberLimit,
    Person,
    Session,
)
from server.accounts.reads import account, team
from server.accounts.rules import NewPassword, Terms
from server.accounts.rules.collecting import Detail, check_collected
from server.accounts.rules.people import (
    InvitationInvalid,
    InvitationNotFound,
    LastOwner,
    MemberLimitReached,
    MemberNotFound,
    Role,
    check_role_change,
    normal_email,
    scopes_of,
)
from server.kit.crypto import token_hash
from server.kit.ids import is_id
from server.kit.work import Work


def invite_member(work: Work, role: Role, email: str | None) -> Issued:
    """Let somebody join the acting account once; the secret is mailed to `email`, or handed on by the inviter.

    Raises DetailNotCollected (Q002), RoleNotGrantable, StepUpRequired (to make an owner), EmailInvalid,
    MemberLimitReached.
    """
    actor, terms = acting_person(work), work.terms(Terms)
    check_collected([] if email is None else [Detail.EMAIL], terms.collect)
    _check_may_move(work, actor, None, role.value)
    address = normal_email(email) if email is not None else None
    lock_authority(work, actor.account_id)
    _check_one_more(work, actor.account_id, team.people_count(work, actor.account_id))
    invitation_id, token = work.ids.new("inv"), new_secret(work, INVITATION_MARK)
    sealed = work.seal(actor.account_id, IDENTITY, "invitations.email", address) if address else None
    work.execute(
        insert(Invitation).values(
            id=invitation_id,
            account_id=actor.account_id,
            invited_by=actor.id,
            role=role.value,
            email=sealed,
            token_hash=token_hash(token),
            created_at=work.now,
            expires_at=work.now + terms.invitation_age_max,
        )
    )
    work.record(MemberInvited(actor.account_id, invitation_id, role.value, address, token))
    return Issued(invitation_id, token)


def revoke_invitation(work: Work, invitation_id: str) -> None:
    """Withdraw an open invitation of the acting account. Raises InvitationNotFound, also for another's (Q014)."""
    account_id = work.actor.account_id
    assert account_id is not None
    if not is_id(invitation_id, "inv"):  # PostgreSQL takes no NUL
        raise InvitationNotFound
    lock_authority(work, account_id)
    if not close_invitations(work, account_id, Invitation.id == invitation_id):
        raise InvitationNotFound


def accept_invitation(work: Work, token: str, login: str, password: NewPassword) -> str:
    """Join the account that the secret is for, as a new person; returns the person's id.

    Raises InvitationInvalid, MemberLimitReached (it was lowered meanwhile), LoginInvalid, PasswordTooWeak,
    LoginTaken.
    """
    invitation = team.invitation_by_token(work, token)
    if invitation is None:
        raise InvitationInvalid
    lock_authority(work, invitation.account_id)
    usable = (
        (Invitation.id == invitation.id) & Invitation.closed_at.is_(None) & (Invitation.expires_at > work.now)
    )
    used = update(Invitation).where(usable).values(closed_at=work.now).returning(Invitation.id)
    joined = account(work, invitation.account_id)
    if joined is None or joined.status != ACTIVE or work.first(used) is None:
        raise InvitationInvalid
    _check_one_more(work, joined.id, team.members_count(work, joined.id))
    normal = rules.normal_login(work.terms(Terms), login)
    password_hash = password.accepted_hash()
    person_id = work.ids.new("per")
    claim_login(work, normal, person_id)
    insert_person(work, joined.id, person_id, invitation.role, normal, password_hash)
    work.record(MemberJoined(joined.id, person_id, invitation.role))
    return person_id


def change_role(work: Work, person_id: str, role: Role) -> None:
    """Give a member of the acting account another role; what they signed in with and may no longer do ends.

    Raises MemberNotFound, RoleNotGrantable, StepUpRequired (an owner's role), LastOwner.
    """
    actor = acting_person(work)
    member = _locked_member(work, actor, person_id)
    if member.role == role.value:
        return
    _check_may_move(work, actor, member.role, role.value)
    _check_not_last_owner(work, member)
    work.execute(update(Person).where(Person.id == member.id).values(role=role.value))
    allowed = scopes_of(role.value)
    surplus = [key.id for key in _live_keys_of(work, member) if not _within(key.scopes, allowed)]
    _end_access(work, member, surplus)
    work.record(MemberRoleChanged(member.account_id, member.id, role.value))


def remove_member(work: Work, person_id: str, *, keep_api_keys: bool = False) -> None:
    """Take a member out of the acting account: their sessions, feeds, open invitations and API keys end at once.

    Raises MemberNotFound, RoleNotGrantable, StepUpRequired (an owner), LastOwner.
    """
    _take_out(work, removable_member(work, person_id), keep_api_keys=keep_api_keys)


def removable_member(work: Work, person_id: str) -> Row[Any]:
    """The member, locked, whom the acting person may remove.

    Raises MemberNotFound, RoleNotGrantable, StepUpRequired (an owner), LastOwner.
    """
    actor = acting_person(work)
    member = _locked_member(work, actor, person_id)
    _check_may_move(work, actor, member.role, None)
    _check_not_last_owner(work, member)
    return member


def withdraw_member(work: Work, account_id: str, person_id: str) -> bool:
    """Remove a member whose time was set before (M063), without an acting person; whether they were removed.

    One who left already, or has become the last owner, stays as they are.
    """
    lock_authority(work, account_id)
    member = team.member(work, account_id, person_id)
    if member is None or (member.role == OWNER and team.owners_count(work, account_id) == 1):
        return False
    _take_out(work, member, keep_api_keys=False)
    return True


def set_member_limit(work: Work, account_id: str, people_max: int | None) -> None:
    """How many people the account may have (M061); None for as many as the terms let everybody have.

    Who is there already stays: the limit is for those who come.
    """
    if people_max is None:
        work.execute(delete(MemberLimit).where(MemberLimit.account_id == account_id))
        return
    statement = upsert(MemberLimit).values(account_id=account_id, people_max=people_max, set_at=work.now)
    values = {"people_max": people_max, "set_at": work.now}
    work.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))


def _take_out(work: Work, member: Row[Any], *, keep_api_keys: bool) -> None:
    work.execute(update(Person).where(Person.id == member.id).values(removed_at=work.now))
    _end_access(work, member, [] if keep_api_keys else [key.id for key in _live_keys_of(work, member)])
    work.record(MemberRemoved(member.account_id, member.id))


def leave_account(work: Work) -> None:
    """Take the acting person out of the account, as `remove_member` does; their API keys end, too.

    Raises MemberNotFound for the company's own people, StepUpRequired (an owner), LastOwner.
    """
    actor = acting_person(work)
    if actor.role == STAFF:
        raise MemberNotFound
    remove_member(work, actor.id)


def _check_one_more(work: Work, account_id: str, used: int) -> None:
    limit = team.people_max(work, account_id)
    if used >= limit:
        raise MemberLimitReached(limit, used)


def _check_may_move(work: Work, actor: Row[Any], before: str | None, after: str | None) -> None:
    check_role_change(actor.role, before, after)
    if OWNER in (before, after):
        require_fresh_session(work)


def _check_not_last_owner(work: Work, member: Row[Any]) -> None:
    if member.role == OWNER and team.owners_count(work, member.account_id) == 1:
        raise LastOwner


def _locked_member(work: Work, actor: Row[Any], person_id: str) -> Row[Any]:
    """The member, while nobody else changes the team. Raises MemberNotFound, also for another account's (Q014)."""
    lock_authority(work, actor.account_id)
    member = team.member(work, actor.account_id, person_id) if is_id(person_id, "per") else None
    if member is None:
        raise MemberNotFound
    return member


def _end_access(work: Work, member: Row[Any], key_ids: list[str]) -> None:
    """End the member's sessions, invitations and these API keys, and let live feeds look again."""
    revoke_sessions(work, member.account_id, Session.person_id == member.id)
    close_invitations(work, member.account_id, Invitation.invited_by == member.id)
    for key_id in key_ids:
        work.execute(update(ApiKey).where(ApiKey.id == key_id).values(revoked_at=work.now))
        work.record(ApiKeyRevoked(member.account_id, key_id))
    count_revocation(work, member.account_id)


def _live_keys_of(work: Work, member: Row[Any]) -> list[Row[Any]]:
    query = select(ApiKey.__table__).where(ApiKey.created_by == member.id, ApiKey.revoked_at.is_(None))
    return list(work.rows(query.order_by(ApiKey.id)))


def _within(scopes: str, allowed: frozenset[str] | None) -> bool:
    return allowed is None or allowed.issuperset(scopes.split(" "))


def close_invitations(work: Work, account_id: str, which: ColumnElement[bool]) -> bool:
    """Withdraw those of the account's invitations that are open; whether there were any."""
    open_ones = which & (Invitation.account_id == account_id) & Invitation.closed_at.is_(None)
    still_open = open_ones & (Invitation.expires_at > work.now)
    closed = update(Invitation).where(still_open).values(closed_at=work.now).returning(Invitation.id)
    ids = sorted(work.execute(closed).scalars())
    for invitation_id in ids:
        work.record(InvitationRevoked(account_id, invitation_id))
    return bool(ids)
