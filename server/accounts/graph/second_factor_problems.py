"""The refusals of second factors and passkeys as members of result unions."""

from __future__ import annotations

import strawberry

from server.accounts.rules import second_factor
from server.kit.graph.problems import Problem, problem


@problem(second_factor.SecondFactorInvalid)
@strawberry.type(
    name="SecondFactorInvalid", description="The code or passkey is not right, or the code was used before."
)
class SecondFactorInvalidProblem(Problem):
    attempts_left: int | None = strawberry.field(
        description="How many answers the challenge still takes; null where there is no challenge."
    )


@problem(second_factor.ChallengeInvalid)
@strawberry.type(
    name="ChallengeInvalid", description="The challenge is unknown, was answered, or is too old; start again."
)
class ChallengeInvalidProblem(Problem):
    pass


@problem(second_factor.TotpNotPending)
@strawberry.type(
    name="TotpNotPending",
    description="No authenticator application waits to be confirmed: call `enrolTotp` first.",
)
class TotpNotPendingProblem(Problem):
    pass


@problem(second_factor.TotpAlreadyOn)
@strawberry.type(
    name="TotpAlreadyOn", description="An authenticator application is set up already; remove it first."
)
class TotpAlreadyOnProblem(Problem):
    pass


@problem(second_factor.SecondFactorMissing)
@strawberry.type(name="SecondFactorMissing", description="There is no such second factor.")
class SecondFactorMissingProblem(Problem):
    pass


@problem(second_factor.SecondFactorNeeded)
@strawberry.type(
    name="SecondFactorNeeded", description="The role asks for a second factor, and this is the last one."
)
class SecondFactorNeededProblem(Problem):
    pass


@problem(second_factor.PasskeyInvalid)
@strawberry.type(
    name="PasskeyInvalid",
    description="The passkey's answer does not hold: not for this request, host or person, or not verified.",
)
class PasskeyInvalidProblem(Problem):
    pass


@problem(second_factor.PasskeyNotFound)
@strawberry.type(name="PasskeyNotFound", description="One has no such passkey.")
class PasskeyNotFoundProblem(Problem):
    pass


@problem(second_factor.PasskeyNameInvalid)
@strawberry.type(
    name="PasskeyNameInvalid", description="A name is visible text on one line, without blanks around it."
)
class PasskeyNameInvalidProblem(Problem):
    length_max: int = strawberry.field(description="The most characters it has.")


@problem(second_factor.PasskeyLimitReached)
@strawberry.type(name="PasskeyLimitReached", description="One has as many passkeys as one may.")
class PasskeyLimitReachedProblem(Problem):
    limit: int = strawberry.field(description="How many that is.")
