"""Resellers and the accounts that they manage, as both sides see them (B013 to B015)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Self

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts import actions, reads
from server.accounts.graph.lifecycle_problems import AccountNotFoundProblem
from server.accounts.graph.people_problems import StepUpRequiredProblem
from server.accounts.graph.problems import PrivacyPolicyUrlInvalidProblem
from server.accounts.graph.types import Account
from server.accounts.reads import resellers
from server.accounts.rules import MANAGEMENT_WRITE
from server.accounts.rules import resellers as reseller_rules
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.node import Node
from server.kit.graph.problems import Problem, problem
from server.kit.work import Read, Work

_ASKED = strawberry.argument(description="What is asked for.")
_OWNER = declare(Access(Who.SIGNED_IN, "identification", scope=MANAGEMENT_WRITE))
_READ = Access(Who.SIGNED_IN, "identification", scope="account:read")


@strawberry.enum(
    description="One thing that a reseller may do for an account that it manages. None changes anything."
)
class ResellerPower(Enum):
    READ_ACCOUNT = strawberry.enum_value(
        "account:read",
        description="Read the account, its people with their e-mail addresses, and its credentials.",
    )
    READ_BALANCE = strawberry.enum_value("balance:read", description="Read balances.")
    READ_LEDGER = strawberry.enum_value("ledger:read", description="Read postings and verify the ledger.")
    READ_TOPUPS = strawberry.enum_value("topups:read", description="Read top-ups.")
    READ_ORDERS = strawberry.enum_value("orders:read", description="Read orders, invoices and prices.")


@strawberry.input(description="What a reseller has to say of itself.")
class BecomeResellerInput:
    policy_url: str = strawberry.field(
        description="Where its own privacy policy is, an https address: shown to the accounts that it manages."
    )


@strawberry.input(description="Which account, and with which powers.")
class OfferManagementInput:
    account_id: strawberry.ID = strawberry.field(description="The account.")
    powers: list[ResellerPower] = strawberry.field(description="All that the reseller may do; at least one.")


@strawberry.input(description="Which offer.")
class AcceptManagementInput:
    id: strawberry.ID = strawberry.field(description="The management's id.")


@strawberry.input(description="Which management, or offer of one.")
class EndManagementInput:
    id: strawberry.ID = strawberry.field(description="The management's id.")


@exposes(_READ)
@strawberry.type(description="That a reseller manages an account with explicit powers, or offers to.")
class Management(Node):
    reseller_account_id: strawberry.ID = strawberry.field(description="The reseller's account.")
    account_id: strawberry.ID = strawberry.field(description="The account that is managed.")
    powers: list[ResellerPower] = strawberry.field(description="All that the reseller may do.")
    policy_url: str | None = strawberry.field(
        description="Where the reseller's own privacy policy is; null once it was erased."
    )
    offered_at: datetime = strawberry.field(description="When it was offered.")
    accepted_at: datetime | None = strawberry.field(
        description="When the account's owner accepted it; null while nothing is allowed by it."
    )
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it has not.")

    @classmethod
    def of(cls, read: Read, row: Any) -> Self:
        reseller = resellers.reseller(read, row.reseller_id)
        sealed = reseller.policy_url if reseller is not None else None
        return cls(
            id=row.id,
            reseller_account_id=row.reseller_id,
            account_id=row.account_id,
            powers=[ResellerPower(power) for power in row.powers.split(" ")],
            policy_url=reads.open_or_none(read, "resellers.policy_url", sealed),
            offered_at=row.offered_at,
            accepted_at=row.accepted_at,
            ended_at=row.ended_at,
        )


@problem(reseller_rules.ResaleNotPermitted)
@strawberry.type(
    name="ResaleNotPermitted",
    description="The service is for the customer's own use; acting for others needs a contract that says so.",
)
class ResaleNotPermittedProblem(Problem):
    pass


@problem(reseller_rules.NotAReseller)
@strawberry.type(name="NotAReseller", description="The account is no reseller: call `becomeReseller` first.")
class NotAResellerProblem(Problem):
    pass


@problem(reseller_rules.NoPowers)
@strawberry.type(name="NoPowers", description="An offer names at least one power.")
class NoPowersProblem(Problem):
    pass


@problem(reseller_rules.ManagementNotFound)
@strawberry.type(name="ManagementNotFound", description="There is no such open offer or management.")
class ManagementNotFoundProblem(Problem):
    pass


@problem(reseller_rules.AlreadyManaged)
@strawberry.type(name="AlreadyManaged", description="A reseller manages the account; end that first.")
class AlreadyManagedProblem(Problem):
    management_id: strawberry.ID = strawberry.field(description="The management that is in force.")


@problem(reseller_rules.ManagementLimitReached)
@strawberry.type(
    name="ManagementLimitReached",
    description="The reseller manages, or offers to manage, as many accounts as it may.",
)
class ManagementLimitReachedProblem(Problem):
    limit: int = strawberry.field(description="How many that is.")


@exposes(OUTCOME)
@strawberry.type(description="The account may offer to manage others.")
class BecameReseller:
    account_id: strawberry.ID = strawberry.field(description="The account.")


@exposes(OUTCOME)
@strawberry.type(description="The account's owner decides now.")
class ManagementOffered:
    management: Management = strawberry.field(description="The offer.")


@exposes(OUTCOME)
@strawberry.type(description="The reseller manages the account from now on.")
class ManagementAccepted:
    management: Management = strawberry.field(description="What is in force.")


@exposes(OUTCOME)
@strawberry.type(description="The reseller may nothing for the account any more; its feeds have ended.")
class ManagementEnded:
    management: Management = strawberry.field(description="What ended.")


BecomeResellerResult = Annotated[
    BecameReseller | ResaleNotPermittedProblem | PrivacyPolicyUrlInvalidProblem,
    strawberry.union("BecomeResellerResult", description="That the account is a reseller, or why not."),
]
OfferManagementResult = Annotated[
    ManagementOffered
    | NotAResellerProblem
    | ResaleNotPermittedProblem
    | NoPowersProblem
    | AccountNotFoundProblem
    | AlreadyManagedProblem
    | ManagementLimitReachedProblem,
    strawberry.union("OfferManagementResult", description="The offer, or why there is none."),
]
AcceptManagementResult = Annotated[
    ManagementAccepted | ManagementNotFoundProblem | AlreadyManagedProblem | StepUpRequiredProblem,
    strawberry.union("AcceptManagementResult", description="What is in force, or why nothing is."),
]
EndManagementResult = Annotated[
    ManagementEnded | ManagementNotFoundProblem,
    strawberry.union("EndManagementResult", description="What ended, or that there was nothing."),
]


@strawberry.type
class ResellerMutations:
    @strawberry.mutation(
        metadata=_OWNER, description="Let the account manage others, where its contract says so (M009)."
    )
    async def become_reseller(
        self, info: Info, input: Annotated[BecomeResellerInput, _ASKED]
    ) -> BecomeResellerResult:
        return await run(
            info,
            lambda work: actions.become_reseller(work, input.policy_url),
            lambda work, _none: BecameReseller(account_id=strawberry.ID(work.actor.account_id or "")),
        )

    @strawberry.mutation(metadata=_OWNER, description="For resellers: offer to manage an account.")
    async def offer_management(
        self, info: Info, input: Annotated[OfferManagementInput, _ASKED]
    ) -> OfferManagementResult:
        powers = {reseller_rules.Power(power.value) for power in input.powers}
        return await run(
            info,
            lambda work: actions.offer_management(work, input.account_id, powers),
            lambda work, id: ManagementOffered(management=_management(work, id)),
        )

    @strawberry.mutation(
        metadata=_OWNER,
        description="Let a reseller manage the account with the powers that it names. Asks for a fresh proof of who "
        "one is. The reseller sends `X-On-Behalf-Of` with the account's id; each of its requests is in the audit.",
    )
    async def accept_management(
        self, info: Info, input: Annotated[AcceptManagementInput, _ASKED]
    ) -> AcceptManagementResult:
        return await run(
            info,
            lambda work: actions.accept_management(work, input.id),
            lambda work, _none: ManagementAccepted(management=_management(work, input.id)),
        )

    @strawberry.mutation(
        metadata=_OWNER, description="End a management, or turn its offer down; either side may."
    )
    async def end_management(
        self, info: Info, input: Annotated[EndManagementInput, _ASKED]
    ) -> EndManagementResult:
        return await run(
            info,
            lambda work: actions.end_management(work, input.id),
            lambda work, _none: ManagementEnded(management=_management(work, input.id)),
        )


def _management(work: Work, id: str) -> Management:
    return Management.of(work, resellers.managements_by_id(work, [id])[id])


@strawberry.field(
    metadata=declare(_READ), description="Who manages the account, offers to, or did, newest first (B014)."
)
def managements(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[Management]:
    return _page(info, resellers.of_account(account.id), first, after)


@strawberry.field(
    metadata=declare(_READ),
    description="Which accounts it manages as a reseller, offers to, or did, newest first.",
)
def managed_accounts(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[Management]:
    return _page(info, resellers.of_reseller(account.id), first, after)


def _page(info: Info, query: Any, first: int, after: str | None) -> Connection[Management]:
    rows = resellers.page_of(info.context.read, query, key_after(after), rows_wanted(first))
    return page(rows, first, after, lambda row: Management.of(info.context.read, row), lambda row: row.id)


def management_node(info: Info, id: str) -> Management | None:
    """For both sides; a management between others is as if it were not there (Q014)."""
    row = resellers.managements_by_id(info.context.read, [id]).get(id)
    if row is None or info.context.viewer.account_id not in (row.account_id, row.reseller_id):
        return None
    return Management.of(info.context.read, row)


EXTENSIONS: tuple[tuple[type, StrawberryField], ...] = (
    (Account, managements),
    (Account, managed_accounts),
)
