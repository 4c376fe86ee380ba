"""The refusals of accounts as members of result unions."""

from __future__ import annotations

from enum import Enum

import strawberry

from server.accounts import rules
from server.accounts.graph.types import Scope
from server.accounts.rules import throttling
from server.kit.graph.problems import Problem, common, problem


@strawberry.enum(description="What is wrong with a new password.")
class PasswordFault(Enum):
    TOO_SHORT = strawberry.enum_value("TOO_SHORT", description="It has fewer characters than `lengthMin`.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="It has more characters than `lengthMax`.")
    TOO_UNIFORM = strawberry.enum_value("TOO_UNIFORM", description="It repeats very few characters.")
    CONTAINS_LOGIN = strawberry.enum_value("CONTAINS_LOGIN", description="It contains the login.")
    CONTAINS_PERSONAL = strawberry.enum_value(
        "CONTAINS_PERSONAL",
        description="It contains a part of the e-mail address, or of the account's name in its postal address.",
    )
    GUESSABLE = strawberry.enum_value(
        "GUESSABLE", description="It is easily guessed: its `score` is below `scoreMin`."
    )


@problem(rules.LoginInvalid)
@strawberry.type(
    name="LoginInvalid",
    description="A login is letters a to z, digits and . _ + @ -, and begins with a letter or digit.",
)
class LoginInvalidProblem(Problem):
    length_min: int = strawberry.field(description="The fewest characters it has.")
    length_max: int = strawberry.field(description="The most characters it has.")


@problem(rules.LoginTaken)
@strawberry.type(name="LoginTaken", description="The login belongs to somebody already.")
class LoginTakenProblem(Problem):
    pass


@problem(rules.PasswordTooWeak)
@strawberry.type(name="PasswordTooWeak", description="The new password is not accepted.")
class PasswordTooWeakProblem(Problem):
    fault: PasswordFault = strawberry.field(description="What is wrong with it.")
    length_min: int = strawberry.field(description="The fewest characters it has.")
    length_max: int = strawberry.field(description="The most characters it has.")
    score_min: int = strawberry.field(
        description="The least score it has, from 0 (guessed at once) to 4 (not guessed in centuries)."
    )
    score: int | None = strawberry.field(
        description="Its score on that scale; null where something else is wrong."
    )
    hint: str | None = strawberry.field(
        description="What would make it better, in English; null where the fault says it."
    )

    @classmethod
    def of(cls, refusal: rules.PasswordTooWeak) -> PasswordTooWeakProblem:
        return cls(
            **common(refusal),
            fault=PasswordFault(refusal.fault),
            length_min=refusal.length_min,
            length_max=refusal.length_max,
            score_min=refusal.score_min,
            score=refusal.score,
            hint=refusal.hint,
        )


@problem(throttling.TooManyAttempts)
@strawberry.type(
    name="TooManyAttempts",
    description="So many attempts failed that the next one has to wait. Somebody who signed in before from the same "
    "device, or the same address, need not wait for what others do.",
)
class TooManyAttemptsProblem(Problem):
    retry_after_seconds: int = strawberry.field(description="How long to wait, in seconds.")


@problem(rules.AcceptanceMissing)
@strawberry.type(
    name="AcceptanceMissing", description="A version of a document is in force and must be accepted first."
)
class AcceptanceMissingProblem(Problem):
    document: str = strawberry.field(description="Which document.")
    version: str = strawberry.field(description="The version in force.")


@problem(rules.PolicyNotInForce)
@strawberry.type(name="PolicyNotInForce", description="This version of this document is not in force.")
class PolicyNotInForceProblem(Problem):
    pass


@problem(rules.CredentialsInvalid)
@strawberry.type(
    name="CredentialsInvalid",
    description="Login and password do not belong together. It is not said which of them is wrong.",
)
class CredentialsInvalidProblem(Problem):
    pass


@problem(rules.SessionNotFound)
@strawberry.type(name="SessionNotFound", description="The account has no such live session.")
class SessionNotFoundProblem(Problem):
    pass


@problem(rules.ApiKeyNotFound)
@strawberry.type(name="ApiKeyNotFound", description="The account has no such live API key.")
class ApiKeyNotFoundProblem(Problem):
    pass


@problem(rules.ApiKeyNameInvalid)
@strawberry.type(
    name="ApiKeyNameInvalid", description="A name is visible text on one line, without blanks around it."
)
class ApiKeyNameInvalidProblem(Problem):
    length_max: int = strawberry.field(description="The most characters it has.")


@problem(rules.ScopeNotGrantable)
@strawberry.type(
    name="ScopeNotGrantable",
    description="An API key has at least one scope, and never that of changing keys.",
)
class ScopeNotGrantableProblem(Problem):
    scope: Scope | None = strawberry.field(
        description="The scope that is not granted; null when none was asked for."
    )

    @classmethod
    def of(cls, refusal: rules.ScopeNotGrantable) -> ScopeNotGrantableProblem:
        return cls(**common(refusal), scope=Scope(refusal.scope) if refusal.scope else None)


@problem(rules.ApiKeyExpiryInvalid)
@strawberry.type(name="ApiKeyExpiryInvalid", description="The expiry is not ahead, or too far ahead.")
class ApiKeyExpiryInvalidProblem(Problem):
    days_max: int = strawberry.field(description="How many days ahead it may be.")


@problem(rules.ApiKeyLimitReached)
@strawberry.type(name="ApiKeyLimitReached", description="The account has as many live API keys as it may.")
class ApiKeyLimitReachedProblem(Problem):
    limit: int = strawberry.field(description="How many that is.")


@problem(rules.ApiKeysIssuedBySupport)
@strawberry.type(
    name="ApiKeysIssuedBySupport", description="Here API keys are made by the company's support; ask there."
)
class ApiKeysIssuedBySupportProblem(Problem):
    pass


@problem(rules.ApiKeysIssuedBySelf)
@strawberry.type(name="ApiKeysIssuedBySelf", description="Here each account makes its API keys itself.")
class ApiKeysIssuedBySelfProblem(Problem):
    pass


@problem(rules.PrivacyPolicyUrlInvalid)
@strawberry.type(
    name="PrivacyPolicyUrlInvalid",
    description="The privacy policy of an integration is at a public https address.",
)
class PrivacyPolicyUrlInvalidProblem(Problem):
    required: bool = strawberry.field(description="Whether there must be one.")
    length_max: int = strawberry.field(description="The most characters it has.")
