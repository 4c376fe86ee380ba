"""The refusals of support as members of result unions."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from server.campaigns.graph.complaints_enums import TextFaultEnum
from server.kit.graph.problems import Problem, common, problem
from server.support import rules
from server.support.graph.enums import TicketStateEnum


@problem(rules.TicketNotFound)
@strawberry.type(description="There is no such ticket.")
class TicketNotFound(Problem):
    pass


@problem(rules.TicketMessageNotFound)
@strawberry.type(description="No customer wrote such a message.")
class TicketMessageNotFound(Problem):
    pass


@problem(rules.TicketStatusConflict)
@strawberry.type(description="The ticket is not in a state that allows this.")
class TicketStatusConflict(Problem):
    state: TicketStateEnum = strawberry.field(description="Where it is.")

    @classmethod
    def of(cls, refusal: rules.TicketStatusConflict) -> Self:
        return cls(**common(refusal), state=TicketStateEnum[refusal.status])


@problem(rules.TicketClosedForGood)
@strawberry.type(description="The ticket was closed too long ago to be answered; open another one.")
class TicketClosedForGood(Problem):
    closed_at: datetime = strawberry.field(description="When it was closed.")
    days_max: int = strawberry.field(description="For how many days it could be answered then.")


@problem(rules.TicketTextInvalid)
@strawberry.type(description="A subject or a message cannot be kept as it is.")
class TicketTextInvalid(Problem):
    fault: TextFaultEnum = strawberry.field(description="What is wrong with it.")
    length_max: int = strawberry.field(description="How many characters it may have.")

    @classmethod
    def of(cls, refusal: rules.TicketTextInvalid) -> Self:
        fault = TextFaultEnum[refusal.fault]
        return cls(**common(refusal), fault=fault, length_max=refusal.length_max)


@problem(rules.TicketLimitReached)
@strawberry.type(description="There are so many open tickets, or so many messages in this one, already.")
class TicketLimitReached(Problem):
    limit: int = strawberry.field(description="How many there may be.")


@problem(rules.ContactAddressInvalid)
@strawberry.type(description="This is no e-mail address that a code can be sent to.")
class ContactAddressInvalid(Problem):
    pass


@problem(rules.ContactLimitReached)
@strawberry.type(description="The contact form was used too often from there, or from everywhere.")
class ContactLimitReached(Problem):
    retry_after_seconds: int = strawberry.field(description="After how many seconds it works again, at most.")


@problem(rules.ContactCodeInvalid)
@strawberry.type(description="The code is wrong, was used, or is too old; or there is no such receipt.")
class ContactCodeInvalid(Problem):
    attempts_left: int = strawberry.field(description="How often it can be tried again; at 0 write again.")
