"""What an account's owner lets be done with its data, and the refusal of what they do not."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph.types import Account
from server.accounts.reads import restrictions as reads
from server.accounts.reads.restrictions import RestrictionRow
from server.accounts.rules import restricting as rules
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.problems import Problem, common, problem

_READ = Access(Who.SIGNED_IN, "security", scope="account:read")


@strawberry.enum(name="ProcessingRight", description="By which right processing was stopped.")
class RightEnum(Enum):
    RESTRICTION = strawberry.enum_value(
        "RESTRICTION", description="The right to restriction (GDPR article 18): data is stored, and not used."
    )
    OBJECTION = strawberry.enum_value("OBJECTION", description="The right to object (article 21).")


@problem(rules.ProcessingRestricted)
@strawberry.type(
    name="ProcessingRestricted",
    description="What this is for was restricted, or objected to, by the owner of the account. `liftRestriction` lets "
    "it go on.",
)
class ProcessingRestrictedProblem(Problem):
    purpose: str = strawberry.field(description="What it is for, as the policy calls it.")
    right: RightEnum = strawberry.field(description="By which right it was stopped.")
    since: datetime = strawberry.field(description="Since when.")

    @classmethod
    def of(cls, refusal: rules.ProcessingRestricted) -> Self:
        since = datetime.fromisoformat(refusal.since)
        return cls(**common(refusal), purpose=refusal.purpose, right=RightEnum[refusal.right], since=since)


@problem(rules.RestrictionNotFound)
@strawberry.type(
    name="RestrictionNotFound", description="There is no such restriction or objection that holds."
)
class RestrictionNotFoundProblem(Problem):
    pass


@exposes(_READ)
@strawberry.type(
    name="ProcessingRestriction", description="That the account's data is not processed for a purpose."
)
class ProcessingRestriction:
    id: strawberry.ID = strawberry.field(description="Its id, for `liftRestriction`.")
    right: RightEnum = strawberry.field(description="By which right.")
    purpose: str | None = strawberry.field(
        description="A purpose of the policy, or a service; null for all of them."
    )
    request_id: strawberry.ID = strawberry.field(description="The request that asked for it, `dsr_…`.")
    since: datetime = strawberry.field(description="Since when.")

    @classmethod
    def of(cls, row: RestrictionRow) -> ProcessingRestriction:
        return cls(
            id=strawberry.ID(row.id),
            right=RightEnum[row.by_right],
            purpose=row.purpose or None,
            request_id=strawberry.ID(row.request_id),
            since=row.since,
        )


@strawberry.field(
    description="What may not be done with the account's data now, the oldest first: at most two for each purpose.",
    metadata=declare(_READ),
)
def restrictions(account: strawberry.Parent[Account], info: Info) -> list[ProcessingRestriction]:
    return [ProcessingRestriction.of(row) for row in reads.restrictions_of(info.context.read, account.id)]


@strawberry.field(
    description="What can be restricted, or objected to, alone: purposes of the policy, and services. Empty where all "
    "goes together.",
    metadata=declare(_READ),
)
def restrictable_purposes(account: strawberry.Parent[Account], info: Info) -> list[str]:
    return sorted(info.context.read.terms(rules.RestrictionTerms).nameable)


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, restrictions), (Account, restrictable_purposes)]


def can_be_restricted(action: str, access: Access) -> bool:
    """Whether the mutation answers with ProcessingRestricted."""
    return access.who is Who.SIGNED_IN and rules.may_be_stopped(action, access.purpose)
