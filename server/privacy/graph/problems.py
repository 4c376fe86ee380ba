"""The refusals of recipients' requests as members of result unions."""

from __future__ import annotations

from typing import Self

import strawberry

from server.campaigns.graph.complaints_enums import TextFaultEnum
from server.kit.graph.problems import Problem, common, problem
from server.privacy.graph.enums import KindEnum, StateEnum
from server.privacy.rules import refusals as rules


@problem(rules.RecipientRequestNotFound)
@strawberry.type(description="There is no such request.")
class RecipientRequestNotFound(Problem):
    pass


@problem(rules.RecipientRequestStatusConflict)
@strawberry.type(description="The request is not in a state that allows this.")
class RecipientRequestStatusConflict(Problem):
    state: StateEnum = strawberry.field(description="Where it is.")

    @classmethod
    def of(cls, refusal: rules.RecipientRequestStatusConflict) -> Self:
        return cls(**common(refusal), state=StateEnum[refusal.status])


@problem(rules.RecipientSenderUnknown)
@strawberry.type(description="No message was sent under this campaign or link.")
class RecipientSenderUnknown(Problem):
    pass


@problem(rules.RecipientAddressInvalid)
@strawberry.type(
    description="This is no address of that kind of message, or not the one that the link was sent to."
)
class RecipientAddressInvalid(Problem):
    pass


@problem(rules.RecipientLinkRequired)
@strawberry.type(
    description="No code can be sent to a phone number from here: give the link in the message, which says whose it is."
)
class RecipientLinkRequired(Problem):
    pass


@problem(rules.RecipientTextInvalid)
@strawberry.type(description="A text cannot be kept as it is.")
class RecipientTextInvalid(Problem):
    fault: TextFaultEnum = strawberry.field(description="What is wrong with it.")
    length_max: int = strawberry.field(description="How many characters it may have.")

    @classmethod
    def of(cls, refusal: rules.RecipientTextInvalid) -> Self:
        fault = TextFaultEnum[refusal.fault]
        return cls(**common(refusal), fault=fault, length_max=refusal.length_max)


@problem(rules.RecipientReceivedAtInvalid)
@strawberry.type(description="A request was received in the past, and not too long ago.")
class RecipientReceivedAtInvalid(Problem):
    days_max: int = strawberry.field(description="How many days ago it may have been received.")


@problem(rules.RecipientRequestLimitReached)
@strawberry.type(description="Too many requests arrived from there, or from everywhere.")
class RecipientRequestLimitReached(Problem):
    retry_after_seconds: int = strawberry.field(description="After how many seconds it works again, at most.")


@problem(rules.RecipientCodeInvalid)
@strawberry.type(
    description="This is not the code that was sent last, or it is too old. File the request again for a new one."
)
class RecipientCodeInvalid(Problem):
    attempts_left: int = strawberry.field(description="How many more guesses the code allows.")


@problem(rules.RecipientAnswerInvalid)
@strawberry.type(
    description="A refusal names a legal ground that this kind of request has, and says why; another answer names none."
)
class RecipientAnswerInvalid(Problem):
    kind: KindEnum = strawberry.field(description="What is asked.")
