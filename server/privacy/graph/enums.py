"""The enumerations of recipients' requests, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="RecipientRequestKind", description="What a recipient asks of who wrote to them.")
class KindEnum(Enum):
    ACCESS = strawberry.enum_value("ACCESS", description="What is held about them (GDPR article 15).")
    RECTIFICATION = strawberry.enum_value("RECTIFICATION", description="That it is corrected (article 16).")
    ERASURE = strawberry.enum_value(
        "ERASURE", description="That it is deleted (article 17). The address gets nothing more."
    )
    OBJECTION = strawberry.enum_value(
        "OBJECTION", description="That it is not used (article 21). The address gets nothing more."
    )
    RESTRICTION = strawberry.enum_value(
        "RESTRICTION", description="That it is kept and not used for now (article 18)."
    )


@strawberry.enum(name="RecipientRequestSource", description="How a request came.")
class SourceEnum(Enum):
    PUBLIC = strawberry.enum_value("PUBLIC", description="By `fileRecipientRequest`.")
    MAIL = strawberry.enum_value("MAIL", description="By mail to the company.")


@strawberry.enum(name="RecipientRequestState", description="Where a request is.")
class StateEnum(Enum):
    RECEIVED = strawberry.enum_value(
        "RECEIVED", description="It is not known yet whether the address is theirs."
    )
    RELAYED = strawberry.enum_value("RELAYED", description="The sender of the message has to answer.")
    ESCALATED = strawberry.enum_value(
        "ESCALATED", description="The sender did not answer by the due date; the company looks after it."
    )
    ANSWERED = strawberry.enum_value("ANSWERED", description="The sender said what was done. Final.")
    CLOSED = strawberry.enum_value("CLOSED", description="The company ended it without an answer. Final.")
    LAPSED = strawberry.enum_value(
        "LAPSED", description="Nobody showed in time that the address is theirs. Final."
    )


@strawberry.enum(name="RecipientRequestOutcome", description="What the sender of the message did.")
class OutcomeEnum(Enum):
    DONE = strawberry.enum_value("DONE", description="What was asked.")
    NOTHING_HELD = strawberry.enum_value("NOTHING_HELD", description="Nothing: they hold nothing.")
    REFUSED = strawberry.enum_value("REFUSED", description="Nothing: they refuse, on a legal ground.")


@strawberry.enum(
    name="RefusalGround",
    description="Why the law lets a request be refused; the articles are those of the GDPR.",
)
class GroundEnum(Enum):
    NOT_IDENTIFIED = strawberry.enum_value(
        "NOT_IDENTIFIED", description="The person cannot be identified in the data (11(2)); any kind."
    )
    MANIFESTLY_UNFOUNDED = strawberry.enum_value(
        "MANIFESTLY_UNFOUNDED", description="It is manifestly unfounded (12(5)); any kind."
    )
    EXCESSIVE = strawberry.enum_value(
        "EXCESSIVE", description="It is excessive, such as repetitive (12(5)); any kind."
    )
    RIGHTS_OF_OTHERS = strawberry.enum_value(
        "RIGHTS_OF_OTHERS", description="A copy would harm others (15(4), 20(4)); ACCESS, PORTABILITY."
    )
    DATA_ACCURATE = strawberry.enum_value(
        "DATA_ACCURATE", description="The data is accurate and complete (16); RECTIFICATION."
    )
    FREE_EXPRESSION = strawberry.enum_value(
        "FREE_EXPRESSION", description="Freedom of expression and information (17(3)(a)); ERASURE."
    )
    LEGAL_OBLIGATION = strawberry.enum_value(
        "LEGAL_OBLIGATION", description="A law obliges to keep the data (17(3)(b)); ERASURE."
    )
    LEGAL_CLAIMS = strawberry.enum_value(
        "LEGAL_CLAIMS", description="Legal claims need the data (17(3)(e), 21(1)); ERASURE, OBJECTION."
    )
    COMPELLING_GROUNDS = strawberry.enum_value(
        "COMPELLING_GROUNDS",
        description="Compelling legitimate grounds override (21(1)); OBJECTION. Messages stop all the same.",
    )
    NO_CASE_OF_RESTRICTION = strawberry.enum_value(
        "NO_CASE_OF_RESTRICTION",
        description="None of the cases of restriction is there (18(1)); RESTRICTION.",
    )
