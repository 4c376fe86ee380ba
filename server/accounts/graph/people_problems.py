"""The refusals about people, addresses and signing as members of result unions."""

from __future__ import annotations

from typing import Any, Self

import strawberry

from server.accounts.graph.types import Industry, MemberRole
from server.accounts.rules import address, age, people, signing
from server.kit.graph.problems import Problem, common, problem


@problem(people.EmailInvalid)
@strawberry.type(name="EmailInvalid", description="This is no e-mail address that mail can be sent to.")
class EmailInvalidProblem(Problem):
    pass


@problem(people.EmailTaken)
@strawberry.type(name="EmailTaken", description="The address is the verified address of somebody else.")
class EmailTakenProblem(Problem):
    pass


@problem(people.EmailCodeInvalid)
@strawberry.type(name="EmailCodeInvalid", description="The code is wrong, was used, or is too old.")
class EmailCodeInvalidProblem(Problem):
    attempts_left: int = strawberry.field(
        description="How often another code may be tried; at 0 ask for a new one."
    )


@problem(people.NothingToVerify)
@strawberry.type(name="NothingToVerify", description="No e-mail address waits for its verification.")
class NothingToVerifyProblem(Problem):
    pass


@problem(people.EmailNotVerified)
@strawberry.type(
    name="EmailNotVerified",
    description="Sending needs the verified e-mail address of an owner: call `setEmail` and `verifyEmail` first.",
)
class EmailNotVerifiedProblem(Problem):
    pass


@problem(people.TooManyMails)
@strawberry.type(name="TooManyMails", description="So many messages were sent already.")
class TooManyMailsProblem(Problem):
    limit: int = strawberry.field(description="How many that is.")
    retry_after_seconds: int = strawberry.field(description="How long to wait, in seconds.")


@problem(people.StepUpRequired)
@strawberry.type(
    name="StepUpRequired",
    description="This needs a fresh proof of who one is: call `confirmPassword` or `confirmSecondFactor` first.",
)
class StepUpRequiredProblem(Problem):
    minutes: int = strawberry.field(description="For how many minutes a proof stands.")


@problem(people.ResetTokenInvalid)
@strawberry.type(name="ResetTokenInvalid", description="The link is unknown, was used, or is too old.")
class ResetTokenInvalidProblem(Problem):
    pass


@problem(people.RecoveryCodeInvalid)
@strawberry.type(
    name="RecoveryCodeInvalid",
    description="Login and code do not belong together, or the code was used. It is not said which.",
)
class RecoveryCodeInvalidProblem(Problem):
    pass


@problem(people.RoleNotGrantable)
@strawberry.type(name="RoleNotGrantable", description="Only an owner gives or takes this role.")
class RoleNotGrantableProblem(Problem):
    role: MemberRole = strawberry.field(description="Which role.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        return cls(role=MemberRole(refusal.role), **common(refusal))


@problem(people.MemberNotFound)
@strawberry.type(name="MemberNotFound", description="The account has no such person.")
class MemberNotFoundProblem(Problem):
    pass


@problem(people.MemberLimitReached)
@strawberry.type(
    name="MemberLimitReached", description="The account has as many people as it may, invited ones included."
)
class MemberLimitReachedProblem(Problem):
    limit: int = strawberry.field(description="How many that is: those of its plan and its extra seats.")
    used: int = strawberry.field(description="How many it has now.")


@problem(people.LastOwner)
@strawberry.type(name="LastOwner", description="The account's last owner stays its owner.")
class LastOwnerProblem(Problem):
    pass


@problem(people.InvitationInvalid)
@strawberry.type(
    name="InvitationInvalid", description="The invitation is unknown, was used or withdrawn, or is too old."
)
class InvitationInvalidProblem(Problem):
    pass


@problem(people.InvitationNotFound)
@strawberry.type(name="InvitationNotFound", description="The account has no such open invitation.")
class InvitationNotFoundProblem(Problem):
    pass


@problem(address.PostalAddressInvalid)
@strawberry.type(
    name="PostalAddressInvalid",
    description="A line of the address, named by `field`, is empty or cannot be meant.",
)
class PostalAddressInvalidProblem(Problem):
    length_max: int = strawberry.field(description="The most characters that the line has.")


@problem(address.PostalAddressMissing)
@strawberry.type(
    name="PostalAddressMissing",
    description="An order needs the account's postal address with street and number: call `setPostalAddress` first.",
)
class PostalAddressMissingProblem(Problem):
    pass


@problem(signing.UnknownCountry)
@strawberry.type(
    name="UnknownCountry", description="A country is one of the two upper-case letter codes of ISO 3166-1."
)
class UnknownCountryProblem(Problem):
    pass


@problem(signing.IndustryExcluded)
@strawberry.type(name="IndustryExcluded", description="The service is not for this industry.")
class IndustryExcludedProblem(Problem):
    industry: Industry = strawberry.field(description="Which industry.")

    @classmethod
    def of(cls, refusal: Any) -> Self:
        return cls(industry=Industry(refusal.industry), **common(refusal))


@problem(age.AgeNotDeclared)
@strawberry.type(
    name="AgeNotDeclared", description="The service is for people of a certain age, which must be declared."
)
class AgeNotDeclaredProblem(Problem):
    age_years_min: int = strawberry.field(description="That age, in full years.")


@problem(age.TooYoung)
@strawberry.type(name="TooYoung", description="The service is for older people. Nothing was stored.")
class TooYoungProblem(Problem):
    age_years_min: int = strawberry.field(description="From which age on, in full years.")


@problem(age.BirthDateInvalid)
@strawberry.type(
    name="BirthDateInvalid", description="This is no day of the calendar on which somebody alive was born."
)
class BirthDateInvalidProblem(Problem):
    age_years_max: int = strawberry.field(description="The oldest that anybody is taken to be, in years.")


@problem(signing.ProfessionalUseOnly)
@strawberry.type(
    name="ProfessionalUseOnly",
    description="The service is for professional use only, which must be declared.",
)
class ProfessionalUseOnlyProblem(Problem):
    pass
