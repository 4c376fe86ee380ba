"""Registering, signing out, and credentials, as mutations."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from server.accounts import actions, reads
from server.accounts.actions import Issued
from server.accounts.adapters.authenticator import SESSION_COOKIE
from server.accounts.adapters.passwords import Passwords
from server.accounts.graph.people_problems import (
    AgeNotDeclaredProblem,
    BirthDateInvalidProblem,
    IndustryExcludedProblem,
    ProfessionalUseOnlyProblem,
    TooYoungProblem,
    UnknownCountryProblem,
)
from server.accounts.graph.problems import (
    AcceptanceMissingProblem,
    ApiKeyExpiryInvalidProblem,
    ApiKeyLimitReachedProblem,
    ApiKeyNameInvalidProblem,
    ApiKeyNotFoundProblem,
    ApiKeysIssuedBySupportProblem,
    CredentialsInvalidProblem,
    DetailNotCollectedProblem,
    LoginInvalidProblem,
    LoginTakenProblem,
    NoKeyPolicyProblem,
    PasswordTooWeakProblem,
    PolicyLanguageUnknownProblem,
    PolicyNotInForceProblem,
    PrivacyPolicyUrlInvalidProblem,
    ScopeNotGrantableProblem,
    SessionNotFoundProblem,
    TooManyAttemptsProblem,
)
from server.accounts.graph.proving import unless_throttled
from server.accounts.graph.types import ApiKey, Industry, Scope
from server.accounts.rules import KEYS_WRITE, SELF_WRITE, NewPassword
from server.accounts.rules.age import AgeDeclaration
from server.accounts.rules.signing import Industry as IndustryRule
from server.accounts.rules.signing import Signing
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Cookie, Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.prices import PASSWORD
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_KEYS = declare(Access(Who.SIGNED_IN, "security", scope=KEYS_WRITE))
_OWN = Access(Who.SIGNED_IN, "security", scope=SELF_WRITE)
_SELF = declare(_OWN)
_ACCOUNT = declare(Access(Who.SIGNED_IN, "identification", scope="account:write"))


@strawberry.input(description="A version of a document, as `policyInForce` names it.")
class PolicyVersionInput:
    document: str = strawberry.field(description="Which document.")
    version: str = strawberry.field(description="Which version of it.")
    language: str | None = strawberry.field(
        default=None,
        description="The language in which it was shown, two small letters; null when not known.",
    )


@strawberry.input(
    one_of=True,
    description="What somebody says of their age: exactly one of these. It is judged, and not kept.",
)
class AgeInput:
    birth_date: str | None = strawberry.field(
        default=strawberry.UNSET, description="The day of birth, as YYYY-MM-DD."
    )
    old_enough: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether they are of the age that the service asks for, or older.",
    )

    def declaration(self) -> AgeDeclaration:
        birth_date = self.birth_date if isinstance(self.birth_date, str) else None
        return AgeDeclaration(birth_date, self.old_enough is True)


@strawberry.input(
    description="What is needed to open an account. No name, e-mail address or number is asked for."
)
class RegisterInput:
    login: str = strawberry.field(description="3 to 64 letters a to z, digits and . _ + @ -, in any case.")
    password: str = strawberry.field(description="12 to 256 characters, without the login in it.")
    accepted_policy: PolicyVersionInput | None = strawberry.field(
        default=None, description="The policy that the person agrees to; it must be the version in force."
    )
    country: str | None = strawberry.field(
        default=None,
        description="The country of residence, two upper-case letters of ISO 3166-1. It may be set later.",
    )
    industry: Industry | None = strawberry.field(
        default=None, description="What the customer's business is. Some are not served."
    )
    professional_use: bool = strawberry.field(
        default=False, description="The declaration that the service is used professionally."
    )
    age: AgeInput | None = strawberry.field(
        default=None,
        description="What the person says of their age; the terms say whether something must be said.",
    )


@strawberry.input(description="Which session.")
class RevokeSessionInput:
    id: strawberry.ID = strawberry.field(description="The session's id.")


@strawberry.input(description="The present password and the new one.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The present password.")
    password: str = strawberry.field(
        description="The new one: 12 to 256 characters, without the login in it."
    )


@strawberry.input(description="What a new API key may do, and for how long.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="What to call it, 1 to 80 characters.")
    scopes: list[Scope] = strawberry.field(description="What it may do; at least one, never KEYS_WRITE.")
    expires_at: datetime | None = strawberry.field(default=None, description="When it ends; null for never.")
    privacy_policy_url: str | None = strawberry.field(
        default=None,
        description="Where the integration that uses it says what it does with personal data: an https address. The "
        "terms say whether there must be one (M141).",
    )


@strawberry.input(description="Which API key.")
class RevokeApiKeyInput:
    id: strawberry.ID = strawberry.field(description="The key's id.")


@exposes(OUTCOME)
@strawberry.type(description="An account was opened. Sign in to use it.")
class Registered:
    account_id: strawberry.ID = strawberry.field(description="The new account.")


@exposes(OUTCOME)
@strawberry.type(description="The session has ended; its subscriptions end with it.")
class SignedOut:
    session_id: strawberry.ID = strawberry.field(description="The session that ended.")


@exposes(OUTCOME)
@strawberry.type(description="The session has ended; its subscriptions end with it.")
class SessionRevoked:
    session_id: strawberry.ID = strawberry.field(description="The session that ended.")


@exposes(OUTCOME)
@strawberry.type(description="The password was changed and all other sessions of the person have ended.")
class PasswordChanged:
    changed_at: datetime = strawberry.field(description="When.")


@exposes(OUTCOME)
@strawberry.type(description="An API key was made.")
class ApiKeyCreated:
    api_key: ApiKey = strawberry.field(description="The key, as lists show it.")
    secret: str = strawberry.field(
        description="The secret, this once: store it now. It cannot be shown again."
    )


@exposes(OUTCOME)
@strawberry.type(description="The API key is of no use any more; its subscriptions have ended.")
class ApiKeyRevoked:
    api_key_id: strawberry.ID = strawberry.field(description="The key that ended.")


@exposes(OUTCOME)
@strawberry.type(description="The acceptance is stored.")
class PolicyAccepted:
    document: str = strawberry.field(description="Which document.")
    version: str = strawberry.field(description="Which version of it.")


@exposes(OUTCOME)
@strawberry.type(
    description="The account is under no policy of the API any more, and has no API keys. It stays."
)
class ApiPolicyRefused:
    keys_ended: int = strawberry.field(description="How many API keys ended.")


RegisterResult = Annotated[
    Registered
    | LoginInvalidProblem
    | LoginTakenProblem
    | PasswordTooWeakProblem
    | AcceptanceMissingProblem
    | PolicyLanguageUnknownProblem
    | DetailNotCollectedProblem
    | UnknownCountryProblem
    | IndustryExcludedProblem
    | ProfessionalUseOnlyProblem
    | AgeNotDeclaredProblem
    | BirthDateInvalidProblem
    | TooYoungProblem,
    strawberry.union("RegisterResult", description="A new account, or why there is none."),
]
SignOutResult = Annotated[
    SignedOut | SessionNotFoundProblem,
    strawberry.union("SignOutResult", description="The session that ended, or that there was none."),
]
RevokeSessionResult = Annotated[
    SessionRevoked | SessionNotFoundProblem,
    strawberry.union("RevokeSessionResult", description="The session that ended, or that there was none."),
]
ChangePasswordResult = Annotated[
    PasswordChanged | CredentialsInvalidProblem | PasswordTooWeakProblem | TooManyAttemptsProblem,
    strawberry.union("ChangePasswordResult", description="That the password was changed, or why not."),
]
CreateApiKeyResult = Annotated[
    ApiKeyCreated
    | ApiKeyNameInvalidProblem
    | ScopeNotGrantableProblem
    | ApiKeyExpiryInvalidProblem
    | ApiKeyLimitReachedProblem
    | AcceptanceMissingProblem
    | ApiKeysIssuedBySupportProblem
    | PrivacyPolicyUrlInvalidProblem,
    strawberry.union("CreateApiKeyResult", description="A new API key, or why there is none."),
]
RevokeApiKeyResult = Annotated[
    ApiKeyRevoked | ApiKeyNotFoundProblem,
    strawberry.union("RevokeApiKeyResult", description="The key that ended, or that there was none."),
]
AcceptPolicyResult = Annotated[
    PolicyAccepted | PolicyNotInForceProblem | PolicyLanguageUnknownProblem,
    strawberry.union("AcceptPolicyResult", description="The acceptance, or why there is none."),
]


RefuseApiPolicyResult = Annotated[
    ApiPolicyRefused | NoKeyPolicyProblem,
    strawberry.union("RefuseApiPolicyResult", description="What ended, or that there is nothing to refuse."),
]


@strawberry.type
class CredentialMutations:
    @strawberry.mutation(
        metadata=declare(Access(Who.ANYONE, "identification"), cost=PASSWORD),
        description="Open an account. It needs the policy's acceptance; it does not sign in.",
    )
    async def register(
        self,
        info: Info,
        input: Annotated[RegisterInput, _ASKED],
    ) -> RegisterResult:
        policy = input.accepted_policy
        accepted = (policy.document, policy.version) if policy else None
        shown_in = policy.language if policy else None
        industry = IndustryRule(input.industry.value) if input.industry else None
        age = input.age.declaration() if input.age else None
        signing = Signing(input.country, industry, input.professional_use, age)
        password = await info.context.services.get(Passwords).prepare(input.login, input.password)
        return await run(
            info,
            lambda work: actions.register(work, input.login, password, accepted, signing, shown_in),
            lambda _work, account_id: Registered(account_id=strawberry.ID(account_id)),
        )

    @strawberry.mutation(metadata=_SELF, description="End the session that this request is made with.")
    async def sign_out(self, info: Info) -> SignOutResult:
        session_id = strawberry.ID(info.context.viewer.credential_id or "")
        outcome = await run(info, actions.sign_out, lambda _work, _none: SignedOut(session_id=session_id))
        if isinstance(outcome, SignedOut):
            info.context.cookies.append(Cookie(SESSION_COOKIE, "", 0))
        return outcome

    @strawberry.mutation(
        metadata=_SELF,
        description="End one of one's own sessions; with the scope of managing people, any of the account.",
    )
    async def revoke_session(
        self,
        info: Info,
        input: Annotated[RevokeSessionInput, _ASKED],
    ) -> RevokeSessionResult:
        return await run(
            info,
            lambda work: actions.revoke_session(work, input.id),
            lambda _work, _none: SessionRevoked(session_id=input.id),
        )

    @strawberry.mutation(
        metadata=declare(_OWN, cost=2 * PASSWORD),
        description="Change one's password; ends one's other sessions, not the API keys.",
    )
    async def change_password(
        self,
        info: Info,
        input: Annotated[ChangePasswordInput, _ASKED],
    ) -> ChangePasswordResult:
        session_id = info.context.viewer.credential_id or ""
        attempt, (proof, password) = await unless_throttled(
            info,
            lambda work: actions.begin_proof(work, session_id),
            info.context.services.get(Passwords).replace(session_id, input.current_password, input.password),
            (None, NewPassword()),
        )
        return await run(
            info,
            lambda work: actions.attempted(
                work, attempt, lambda work: actions.change_password(work, proof, password)
            ),
            lambda work, _none: PasswordChanged(changed_at=work.now),
        )

    @strawberry.mutation(metadata=_KEYS, description="Make an API key. Its secret is in this answer only.")
    async def create_api_key(
        self,
        info: Info,
        input: Annotated[CreateApiKeyInput, _ASKED],
    ) -> CreateApiKeyResult:
        scopes = [str(scope.value) for scope in input.scopes]

        def present(work: Work, issued: Issued) -> ApiKeyCreated:
            row = reads.api_keys_by_id(work, [issued.id])[issued.id]
            return ApiKeyCreated(api_key=ApiKey.of(work, row), secret=issued.secret)

        action = partial(
            actions.create_api_key,
            name=input.name,
            scopes=scopes,
            expires_at=input.expires_at,
            privacy_policy_url=input.privacy_policy_url,
        )
        return await run(info, action, present)

    @strawberry.mutation(metadata=_KEYS, description="End an API key.")
    async def revoke_api_key(
        self,
        info: Info,
        input: Annotated[RevokeApiKeyInput, _ASKED],
    ) -> RevokeApiKeyResult:
        return await run(
            info,
            lambda work: actions.revoke_api_key(work, input.id),
            lambda _work, _none: ApiKeyRevoked(api_key_id=input.id),
        )

    @strawberry.mutation(
        metadata=_ACCOUNT,
        description="Accept a version of a document that is in force. Twice is as good as once.",
    )
    async def accept_policy(
        self,
        info: Info,
        input: Annotated[PolicyVersionInput, _ASKED],
    ) -> AcceptPolicyResult:
        return await run(
            info,
            lambda work: actions.accept_policy(work, input.document, input.version, input.language),
            lambda _work, _none: PolicyAccepted(document=input.document, version=input.version),
        )

    @strawberry.mutation(
        metadata=_KEYS,
        description="Refuse the policy of the API: the account's API keys end, and it stays. A new key needs its "
        "acceptance again (M145).",
    )
    async def refuse_api_policy(self, info: Info) -> RefuseApiPolicyResult:
        return await run(
            info, actions.refuse_key_policies, lambda _work, ended: ApiPolicyRefused(keys_ended=ended)
        )
