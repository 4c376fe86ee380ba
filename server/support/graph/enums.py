"""The slice's enumerations, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="TicketKind", description="What a ticket is about.")
class TicketKindEnum(Enum):
    QUESTION = strawberry.enum_value("QUESTION", description="A question, or anything else.")
    DEFECT = strawberry.enum_value("DEFECT", description="A defect of the service, reported in writing.")


@strawberry.enum(name="TicketSource", description="How a ticket came.")
class TicketSourceEnum(Enum):
    ACCOUNT = strawberry.enum_value("ACCOUNT", description="From somebody who was signed in.")
    FORM = strawberry.enum_value(
        "FORM", description="By the contact form, from an address that was shown to be the writer's."
    )


@strawberry.enum(name="TicketState", description="Where a ticket is.")
class TicketStateEnum(Enum):
    UNCONFIRMED = strawberry.enum_value(
        "UNCONFIRMED", description="The code of the contact form did not come back yet; nobody is shown it."
    )
    OPEN = strawberry.enum_value("OPEN", description="The staff is to answer.")
    ANSWERED = strawberry.enum_value("ANSWERED", description="The staff answered.")
    WAITING = strawberry.enum_value(
        "WAITING", description="The staff asked something, and waits for an answer."
    )
    CLOSED = strawberry.enum_value(
        "CLOSED", description="It is over; an answer within the period of the terms opens it again."
    )


@strawberry.enum(name="TicketAfterAnswer", description="What is next once the staff wrote.")
class AfterAnswer(Enum):
    ANSWERED = strawberry.enum_value("ANSWERED", description="Nothing, unless the customer has more to ask.")
    WAITING = strawberry.enum_value("WAITING", description="An answer of the customer.")
    CLOSED = strawberry.enum_value("CLOSED", description="The end.")
