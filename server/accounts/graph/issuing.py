"""API keys that the company's support makes for a customer, where the terms ask for that (M138)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts import actions, reads
from server.accounts.actions import Issued, WantedKey
from server.accounts.graph.lifecycle_problems import AccountNotFoundProblem
from server.accounts.graph.problems import (
    AcceptanceMissingProblem,
    ApiKeyExpiryInvalidProblem,
    ApiKeyLimitReachedProblem,
    ApiKeyNameInvalidProblem,
    ApiKeysIssuedBySelfProblem,
    PrivacyPolicyUrlInvalidProblem,
    ScopeNotGrantableProblem,
)
from server.accounts.graph.types import Scope
from server.accounts.rules.staff import StaffRole
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_STAFF = declare(
    Access(Who.STAFF, "security", staff_roles=frozenset({StaffRole.SUPPORT.value, StaffRole.ADMIN.value}))
)


@strawberry.input(description="What the customer's new API key may do, and for how long.")
class IssueApiKeyInput:
    account_id: strawberry.ID = strawberry.field(description="The customer's account.")
    name: str = strawberry.field(description="What to call it, 1 to 80 characters.")
    scopes: list[Scope] = strawberry.field(description="What it may do; at least one, never KEYS_WRITE.")
    expires_at: datetime | None = strawberry.field(default=None, description="When it ends; null for never.")
    privacy_policy_url: str | None = strawberry.field(
        default=None, description="Where its integration says what it does with personal data."
    )


@exposes(OUTCOME)
@strawberry.type(description="An API key was made for the customer, who is told.")
class ApiKeyIssued:
    api_key_id: strawberry.ID = strawberry.field(description="The key.")
    prefix: str = strawberry.field(description="How its secret begins, to recognise it.")
    secret: str = strawberry.field(
        description="The secret, this once: hand it to the customer. It cannot be shown again."
    )


IssueApiKeyResult = Annotated[
    ApiKeyIssued
    | AccountNotFoundProblem
    | ApiKeysIssuedBySelfProblem
    | ApiKeyNameInvalidProblem
    | ScopeNotGrantableProblem
    | ApiKeyExpiryInvalidProblem
    | PrivacyPolicyUrlInvalidProblem
    | ApiKeyLimitReachedProblem
    | AcceptanceMissingProblem,
    strawberry.union("IssueApiKeyResult", description="A new API key, or why there is none."),
]


@strawberry.type
class IssuingMutations:
    @strawberry.mutation(
        metadata=_STAFF,
        description="For staff: make an API key for a customer, where the terms leave that to support (M138).",
    )
    async def issue_api_key(
        self, info: Info, input: Annotated[IssueApiKeyInput, _ASKED]
    ) -> IssueApiKeyResult:
        scopes = [str(scope.value) for scope in input.scopes]
        wanted = WantedKey(input.name, scopes, input.expires_at, input.privacy_policy_url)

        def present(work: Work, issued: Issued) -> ApiKeyIssued:
            row = reads.api_keys_by_id(work, [issued.id])[issued.id]
            return ApiKeyIssued(api_key_id=strawberry.ID(issued.id), prefix=row.prefix, secret=issued.secret)

        return await run(info, lambda work: actions.issue_api_key(work, input.account_id, wanted), present)
