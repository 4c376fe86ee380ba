"""The refusals of customers' requests as members of result unions."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from server.campaigns.graph.complaints_enums import TextFaultEnum
from server.kit.graph.problems import Problem, common, problem
from server.privacy.graph.request_enums import PrivacyKindEnum, PrivacyStateEnum
from server.privacy.rules import request_refusals as rules


@problem(rules.PrivacyRequestNotFound)
@strawberry.type(description="There is no such request.")
class PrivacyRequestNotFound(Problem):
    pass


@problem(rules.PrivacyRequestAccountUnknown)
@strawberry.type(description="There is no such account of a customer.")
class PrivacyRequestAccountUnknown(Problem):
    pass


@problem(rules.PrivacyRequestChannelClosed)
@strawberry.type(description="The policy does not take such a request on this way.")
class PrivacyRequestChannelClosed(Problem):
    channels: list[str] = strawberry.field(
        description="On which ways it does: `self` in the account, `support` by the staff, `mail` by mail or letter."
    )


@problem(rules.PrivacyRequestStatusConflict)
@strawberry.type(description="The request is not in a state that allows this.")
class PrivacyRequestStatusConflict(Problem):
    state: PrivacyStateEnum = strawberry.field(description="Where it is.")

    @classmethod
    def of(cls, refusal: rules.PrivacyRequestStatusConflict) -> Self:
        return cls(**common(refusal), state=PrivacyStateEnum[refusal.status])


@problem(rules.PrivacyRequestKindConflict)
@strawberry.type(
    description="Nobody does this by hand: the export or the erasure itself ends such a request."
)
class PrivacyRequestKindConflict(Problem):
    kind: PrivacyKindEnum = strawberry.field(description="What is asked.")


@problem(rules.PrivacyRequestNotExtendable)
@strawberry.type(description="The time to answer is extended once at most, and before it is over.")
class PrivacyRequestNotExtendable(Problem):
    extended: bool = strawberry.field(description="Whether it was extended before.")
    due_at: datetime = strawberry.field(description="By when it is to be answered.")

    @classmethod
    def of(cls, refusal: rules.PrivacyRequestNotExtendable) -> Self:
        due_at = datetime.fromisoformat(refusal.due_at)
        return cls(**common(refusal), extended=refusal.extended, due_at=due_at)


@problem(rules.PrivacyRequestGroundInvalid)
@strawberry.type(
    description="A refusal, and what is done in part, names a legal ground of this kind; all else names none."
)
class PrivacyRequestGroundInvalid(Problem):
    kind: PrivacyKindEnum = strawberry.field(description="What is asked.")


@problem(rules.PrivacyRequestPurposesInvalid)
@strawberry.type(description="This is no purpose that such a request can be about.")
class PrivacyRequestPurposesInvalid(Problem):
    purposes: list[str] = strawberry.field(description="Those that it can be about.")


@problem(rules.PrivacyRequestTextInvalid)
@strawberry.type(description="A text cannot be kept as it is.")
class PrivacyRequestTextInvalid(Problem):
    fault: TextFaultEnum = strawberry.field(description="What is wrong with it.")
    length_max: int = strawberry.field(description="How many characters it may have.")

    @classmethod
    def of(cls, refusal: rules.PrivacyRequestTextInvalid) -> Self:
        fault = TextFaultEnum[refusal.fault]
        return cls(**common(refusal), fault=fault, length_max=refusal.length_max)


@problem(rules.PrivacyRequestReceivedAtInvalid)
@strawberry.type(description="A request was received in the past, and not too long ago.")
class PrivacyRequestReceivedAtInvalid(Problem):
    days_max: int = strawberry.field(description="How many days ago it may have been received.")


@problem(rules.PrivacyRequestLimitReached)
@strawberry.type(description="So many requests of the account are open that one of them must end first.")
class PrivacyRequestLimitReached(Problem):
    open_max: int = strawberry.field(description="How many may be open.")
