"""Who signs in for an account, as mutations (H018)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts import actions, reads
from server.accounts.actions import Issued
from server.accounts.adapters.passwords import Passwords
from server.accounts.graph.people_problems import (
    EmailInvalidProblem,
    InvitationInvalidProblem,
    InvitationNotFoundProblem,
    LastOwnerProblem,
    MemberLimitReachedProblem,
    MemberNotFoundProblem,
    RoleNotGrantableProblem,
    StepUpRequiredProblem,
)
from server.accounts.graph.problems import (
    DetailNotCollectedProblem,
    LoginInvalidProblem,
    LoginTakenProblem,
    PasswordTooWeakProblem,
)
from server.accounts.graph.types import Invitation, MemberRole, Person
from server.accounts.reads import team
from server.accounts.rules import PEOPLE_WRITE, SELF_WRITE
from server.accounts.rules.people import Role
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.prices import PASSWORD
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_JOINING = declare(Access(Who.ANYONE, "identification"), cost=PASSWORD)
_SELF = declare(Access(Who.SIGNED_IN, "security", scope=SELF_WRITE))
_TEAM = declare(Access(Who.SIGNED_IN, "identification", scope=PEOPLE_WRITE))


@strawberry.input(description="Who is invited, and as what.")
class InviteMemberInput:
    role: MemberRole = strawberry.field(description="What they will be allowed to do.")
    email: str | None = strawberry.field(
        default=None,
        description="Where the invitation is sent; null to get its secret and hand it on oneself.",
    )


@strawberry.input(description="Which invitation.")
class RevokeInvitationInput:
    id: strawberry.ID = strawberry.field(description="The invitation's id.")


@strawberry.input(description="What is needed to join an account.")
class AcceptInvitationInput:
    token: str = strawberry.field(description="The invitation's secret.")
    login: str = strawberry.field(description="3 to 64 letters a to z, digits and . _ + @ -, in any case.")
    password: str = strawberry.field(description="12 to 256 characters, without the login in it.")


@strawberry.input(description="Who gets which role.")
class ChangeRoleInput:
    person_id: strawberry.ID = strawberry.field(description="The person.")
    role: MemberRole = strawberry.field(description="The new role.")


@strawberry.input(description="Who leaves the account.")
class RemoveMemberInput:
    person_id: strawberry.ID = strawberry.field(description="The person.")
    keep_api_keys: bool = strawberry.field(
        default=False, description="Whether the API keys that the person made stay good, secrets and all."
    )


@exposes(OUTCOME)
@strawberry.type(description="Somebody may join the account, once.")
class MemberInvited:
    invitation: Invitation = strawberry.field(description="The invitation.")
    token: str | None = strawberry.field(
        description="The secret to hand on, this once; null where it is sent by e-mail."
    )


@exposes(OUTCOME)
@strawberry.type(description="The invitation is of no use any more.")
class InvitationRevoked:
    invitation_id: strawberry.ID = strawberry.field(description="The invitation.")


@exposes(OUTCOME)
@strawberry.type(description="Somebody joined the account. Sign in to use it.")
class MemberJoined:
    person_id: strawberry.ID = strawberry.field(description="The new person.")


@exposes(OUTCOME)
@strawberry.type(description="The person has the role; they sign in again to use it.")
class RoleChanged:
    person: Person = strawberry.field(description="The person.")


@exposes(OUTCOME)
@strawberry.type(description="The person acts for the account no more; their sessions and feeds have ended.")
class MemberRemoved:
    person_id: strawberry.ID = strawberry.field(description="The person.")


@exposes(OUTCOME)
@strawberry.type(description="One acts for the account no more; all sessions and feeds of it have ended.")
class AccountLeft:
    left_at: datetime = strawberry.field(description="When.")


InviteMemberResult = Annotated[
    MemberInvited
    | DetailNotCollectedProblem
    | EmailInvalidProblem
    | RoleNotGrantableProblem
    | StepUpRequiredProblem
    | MemberLimitReachedProblem,
    strawberry.union("InviteMemberResult", description="An invitation, or why there is none."),
]
RevokeInvitationResult = Annotated[
    InvitationRevoked | InvitationNotFoundProblem,
    strawberry.union("RevokeInvitationResult", description="That it was withdrawn, or that there was none."),
]
AcceptInvitationResult = Annotated[
    MemberJoined
    | InvitationInvalidProblem
    | MemberLimitReachedProblem
    | LoginInvalidProblem
    | LoginTakenProblem
    | PasswordTooWeakProblem,
    strawberry.union("AcceptInvitationResult", description="That somebody joined, or why not."),
]
ChangeRoleResult = Annotated[
    RoleChanged | MemberNotFoundProblem | RoleNotGrantableProblem | StepUpRequiredProblem | LastOwnerProblem,
    strawberry.union("ChangeRoleResult", description="The person in the new role, or why not."),
]
RemoveMemberResult = Annotated[
    MemberRemoved
    | MemberNotFoundProblem
    | RoleNotGrantableProblem
    | StepUpRequiredProblem
    | LastOwnerProblem,
    strawberry.union("RemoveMemberResult", description="That the person was removed, or why not."),
]


LeaveAccountResult = Annotated[
    AccountLeft | MemberNotFoundProblem | StepUpRequiredProblem | LastOwnerProblem,
    strawberry.union(
        "LeaveAccountResult", description="That one belongs to the account no more, or why not."
    ),
]


@strawberry.type
class TeamMutations:
    @strawberry.mutation(metadata=_TEAM, description="Let somebody join the account, for a week.")
    async def invite_member(
        self, info: Info, input: Annotated[InviteMemberInput, _ASKED]
    ) -> InviteMemberResult:
        def present(work: Work, issued: Issued) -> MemberInvited:
            row = team.invitations_by_id(work, [issued.id])[issued.id]
            shown = issued.secret if input.email is None else None
            return MemberInvited(invitation=Invitation.of(work, row), token=shown)

        role = Role(input.role.value)
        return await run(info, lambda work: actions.invite_member(work, role, input.email), present)

    @strawberry.mutation(metadata=_TEAM, description="Withdraw an invitation.")
    async def revoke_invitation(
        self, info: Info, input: Annotated[RevokeInvitationInput, _ASKED]
    ) -> RevokeInvitationResult:
        return await run(
            info,
            lambda work: actions.revoke_invitation(work, input.id),
            lambda _work, _none: InvitationRevoked(invitation_id=input.id),
        )

    @strawberry.mutation(
        metadata=_JOINING, description="Join the account that an invitation is for, as a new person."
    )
    async def accept_invitation(
        self, info: Info, input: Annotated[AcceptInvitationInput, _ASKED]
    ) -> AcceptInvitationResult:
        email = await info.context.units.read(lambda read: team.invited_email(read, input.token))
        password = await info.context.services.get(Passwords).prepare(input.login, input.password, email)
        return await run(
            info,
            lambda work: actions.accept_invitation(work, input.token, input.login, password),
            lambda _work, person_id: MemberJoined(person_id=strawberry.ID(person_id)),
        )

    @strawberry.mutation(
        metadata=_TEAM,
        description="Give somebody another role: their sessions end, and their API keys that may do more than it.",
    )
    async def change_role(self, info: Info, input: Annotated[ChangeRoleInput, _ASKED]) -> ChangeRoleResult:
        def present(work: Work, _none: None) -> RoleChanged:
            return RoleChanged(person=Person.of(work, reads.people(work, [input.person_id])[input.person_id]))

        role = Role(input.role.value)
        return await run(info, lambda work: actions.change_role(work, input.person_id, role), present)

    @strawberry.mutation(
        metadata=_TEAM,
        description="Take somebody out of the account: all that they signed in with ends at once.",
    )
    async def remove_member(
        self, info: Info, input: Annotated[RemoveMemberInput, _ASKED]
    ) -> RemoveMemberResult:
        return await run(
            info,
            lambda work: actions.remove_member(work, input.person_id, keep_api_keys=input.keep_api_keys),
            lambda _work, _none: MemberRemoved(person_id=input.person_id),
        )

    @strawberry.mutation(
        metadata=_SELF,
        description="Leave the account: one's sessions and the API keys that one made end. Its last owner stays.",
    )
    async def leave_account(self, info: Info) -> LeaveAccountResult:
        return await run(info, actions.leave_account, lambda work, _none: AccountLeft(left_at=work.now))
