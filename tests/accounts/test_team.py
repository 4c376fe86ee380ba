"""Teams: who joins, what each role may do, and that whoever is removed is out at once (H018)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from server.accounts import actions, reads
from server.accounts.actions.events import MemberInvited
from server.accounts.rules import LoginTaken, ScopeNotGrantable, SessionNotFound, Terms
from server.accounts.rules.people import (
    ROLE_SCOPES,
    InvitationInvalid,
    InvitationNotFound,
    LastOwner,
    MemberLimitReached,
    MemberNotFound,
    Role,
    RoleNotGrantable,
    StepUpRequired,
)
from server.kit.clock import ManualClock
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from tests.accounts.conftest import PASSWORD, Accounts


async def logins(accounts: Accounts, owner: Viewer) -> list[str | None]:
    return await accounts.units.read(
        lambda read: [
            reads.open_or_none(read, "people.login", row.login)
            for row in reads.people_of(read, owner.account_id or "", None, 50)
        ]
    )


async def accept(accounts: Accounts, token: str, login: str = "second.person") -> str:
    prepared = await accounts.passwords.prepare(login, PASSWORD)
    return await accounts.units.run(
        Call("acceptInvitation"), lambda work: actions.accept_invitation(work, token, login, prepared)
    )


@pytest.mark.rule("H018")
@pytest.mark.parametrize("role", list(Role))
async def test_a_member_s_sessions_have_exactly_the_scopes_of_the_role(
    accounts: Accounts, role: Role
) -> None:
    owner = await accounts.signed_in()
    member = await accounts.joined(owner, role)
    assert (member.account_id, member.scopes) == (owner.account_id, ROLE_SCOPES[role.value])
    assert (member.scopes is None) == (role is Role.OWNER)
    assert member.has_scope("self:write")
    assert await logins(accounts, owner) == ["second.person", "marigold.works"]


@pytest.mark.rule("H018")
async def test_nobody_makes_an_api_key_that_may_do_more_than_they(accounts: Accounts) -> None:
    developer = await accounts.joined(await accounts.signed_in(), Role.DEVELOPER)
    assert await accounts.create_key(developer, "orders:write", "usage:write")
    with pytest.raises(ScopeNotGrantable) as caught:
        await accounts.create_key(developer, "orders:write", "topups:write")
    assert caught.value.scope == "topups:write"


async def test_an_invitation_is_good_once(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    told = accounts.told(MemberInvited)
    issued = await accounts.act(
        owner, lambda work: actions.invite_member(work, Role.ANALYST, "Ann@Example.com")
    )
    assert [(event.email, event.token) for event in told] == [("ann@example.com", issued.secret)]
    with pytest.raises(LoginTaken):
        await accept(accounts, issued.secret, "marigold.works")
    results = await asyncio.gather(
        *(accept(accounts, issued.secret, f"person.{number}") for number in range(3)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == [
        "InvitationInvalid",
        "InvitationInvalid",
        "str",
    ]
    for token in ("", "pmi_" + "a" * 52, "\ud800"):
        with pytest.raises(InvitationInvalid):
            await accept(accounts, token, "third.person")


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (0, False), (1, False)])
async def test_an_invitation_ends_at_its_instant(
    accounts: Accounts, clock: ManualClock, seconds: int, good: bool
) -> None:
    owner = await accounts.signed_in()
    issued = await accounts.act(owner, lambda work: actions.invite_member(work, Role.VIEWER, None))
    clock.advance(Terms().invitation_age_max + timedelta(seconds=seconds))
    if good:
        assert await accept(accounts, issued.secret)
        return
    with pytest.raises(InvitationInvalid):
        await accept(accounts, issued.secret)


async def test_a_withdrawn_invitation_is_no_good(accounts: Accounts) -> None:
    owner, stranger = await accounts.signed_in(), await accounts.signed_in("somebody.else")
    issued = await accounts.act(owner, lambda work: actions.invite_member(work, Role.VIEWER, None))
    for invitation_id in (issued.id, "inv_00000000000000000000000000", "\x00"):
        with pytest.raises(InvitationNotFound):
            await accounts.act(stranger, lambda work, id=invitation_id: actions.revoke_invitation(work, id))
    await accounts.act(owner, lambda work: actions.revoke_invitation(work, issued.id))
    with pytest.raises(InvitationInvalid):
        await accept(accounts, issued.secret)


async def test_invitations_count_as_people(accounts: Accounts, units: Units) -> None:
    units.house.terms.add(Terms(people_max=3))
    owner = await accounts.signed_in()
    invitations = [
        accounts.act(owner, lambda work: actions.invite_member(work, Role.VIEWER, None)) for _ in range(5)
    ]
    results = await asyncio.gather(*invitations, return_exceptions=True)
    assert [one.limit for one in results if isinstance(one, MemberLimitReached)] == [3] * 3


@pytest.mark.rule("H018")
async def test_a_removed_member_is_out_at_once(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    member = await accounts.joined(owner, Role.ADMIN)
    person_id = await accounts.person_id(member)
    key = await accounts.create_key(member)
    invitation = await accounts.act(member, lambda work: actions.invite_member(work, Role.VIEWER, None))
    woken: list[int] = []
    units.house.bus.listen(reads.authority_topic(owner.account_id or ""), lambda: woken.append(1))
    before = await units.read(lambda read: reads.epoch(read, owner.account_id or ""))
    await accounts.act(owner, lambda work: actions.remove_member(work, person_id))
    assert woken == [1]
    assert await units.read(lambda read: reads.epoch(read, owner.account_id or "")) > before
    assert await units.read(lambda read: reads.still_valid(read, [member])) == set()
    with pytest.raises(PublicError):
        await accounts.act(member, lambda work: None)
    assert await accounts.viewer(key.secret) is None
    assert await logins(accounts, owner) == ["marigold.works"]
    with pytest.raises(InvitationInvalid):
        await accept(accounts, invitation.secret, "third.person")
    with pytest.raises(MemberNotFound):
        await accounts.act(owner, lambda work: actions.remove_member(work, person_id))
    assert await accounts.passwords.prove("second.person", PASSWORD) is None
    await accounts.joined(owner, Role.VIEWER)  # the login is free again


async def test_the_keys_of_a_removed_member_may_stay(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    member = await accounts.joined(owner, Role.DEVELOPER)
    key = await accounts.create_key(member)
    person_id = await accounts.person_id(member)
    await accounts.act(owner, lambda work: actions.remove_member(work, person_id, keep_api_keys=True))
    assert await accounts.viewer(key.secret) is not None


@pytest.mark.rule("H018")
async def test_a_changed_role_holds_from_the_next_sign_in(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    member = await accounts.joined(owner, Role.ADMIN)
    person_id = await accounts.person_id(member)
    wide, narrow = await accounts.create_key(member, "topups:write"), await accounts.create_key(member)
    await accounts.act(owner, lambda work: actions.change_role(work, person_id, Role.VIEWER))
    with pytest.raises(PublicError):
        await accounts.act(member, lambda work: None)
    again = await accounts.viewer((await accounts.sign_in("second.person")).secret)
    assert again is not None
    assert again.scopes == ROLE_SCOPES["VIEWER"]
    assert await accounts.viewer(wide.secret) is None
    assert await accounts.viewer(narrow.secret) is not None


@pytest.mark.rule("H018")
async def test_only_owners_give_and_take_the_role_of_an_owner(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    admin = await accounts.joined(owner, Role.ADMIN)
    owner_id, admin_id = await accounts.person_id(owner), await accounts.person_id(admin)
    for attempt in (
        lambda work: actions.change_role(work, admin_id, Role.OWNER),
        lambda work: actions.change_role(work, owner_id, Role.VIEWER),
        lambda work: actions.remove_member(work, owner_id),
        lambda work: actions.invite_member(work, Role.OWNER, None),
    ):
        with pytest.raises(RoleNotGrantable):
            await accounts.act(admin, attempt)


@pytest.mark.rule("H018")
async def test_the_last_owner_stays_whatever_races(accounts: Accounts, clock: ManualClock) -> None:
    owner = await accounts.signed_in()
    owner_id = await accounts.person_id(owner)
    for attempt in (
        lambda work: actions.change_role(work, owner_id, Role.ADMIN),
        lambda work: actions.remove_member(work, owner_id),
    ):
        with pytest.raises(LastOwner):
            await accounts.act(owner, attempt)
    second = await accounts.joined(owner, Role.OWNER)
    second_id = await accounts.person_id(second)
    results = await asyncio.gather(
        accounts.act(owner, lambda work: actions.remove_member(work, owner_id)),
        accounts.act(second, lambda work: actions.remove_member(work, second_id)),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["LastOwner", "NoneType"]


async def test_an_owner_is_made_with_a_fresh_proof_only(accounts: Accounts, clock: ManualClock) -> None:
    owner = await accounts.signed_in()
    member = await accounts.joined(owner, Role.VIEWER)
    person_id = await accounts.person_id(member)
    clock.advance(Terms().step_up_age_max)
    with pytest.raises(StepUpRequired):
        await accounts.act(owner, lambda work: actions.change_role(work, person_id, Role.OWNER))
    await accounts.act(owner, lambda work: actions.change_role(work, person_id, Role.ADMIN))


@pytest.mark.rule("Q014")
async def test_another_accounts_person_is_not_found(accounts: Accounts) -> None:
    mine, theirs = await accounts.signed_in(), await accounts.signed_in("somebody.else")
    for person_id in (await accounts.person_id(theirs), "per_00000000000000000000000000", "\x00"):
        for attempt in (
            lambda work, id=person_id: actions.change_role(work, id, Role.VIEWER),
            lambda work, id=person_id: actions.remove_member(work, id),
        ):
            with pytest.raises(MemberNotFound):
                await accounts.act(mine, attempt)


async def test_a_viewer_ends_their_own_sessions_only(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    member = await accounts.joined(owner, Role.VIEWER)
    with pytest.raises(SessionNotFound):
        await accounts.act(member, lambda work: actions.revoke_session(work, owner.credential_id or ""))
    await accounts.act(member, lambda work: actions.revoke_session(work, member.credential_id or ""))
