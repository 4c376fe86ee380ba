"""The slice's enumerations, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="SenderKind", description="What a sender is.")
class SenderKindEnum(Enum):
    COMPANY_NAME = strawberry.enum_value("COMPANY_NAME", description="A company's name.")
    PHONE_NUMBER = strawberry.enum_value(
        "PHONE_NUMBER",
        description="A phone number: digits alone, the country code first, without a plus sign.",
    )


@strawberry.enum(name="SenderStatus", description="Where a sender is.")
class SenderStatusEnum(Enum):
    DRAFT = strawberry.enum_value("DRAFT", description="It was not submitted yet.")
    SUBMITTED = strawberry.enum_value("SUBMITTED", description="It waits for a decision.")
    ACCEPTED = strawberry.enum_value("ACCEPTED", description="It may be used while the account is active.")
    REFUSED = strawberry.enum_value(
        "REFUSED", description="It may not be used; change it and submit it again, at no cost."
    )
    WITHDRAWN = strawberry.enum_value("WITHDRAWN", description="The application was given up. Final.")
    DEACTIVATED = strawberry.enum_value("DEACTIVATED", description="Its account was closed. Final.")


@strawberry.enum(name="SenderRefusalReason", description="Why a sender is refused.")
class ReasonEnum(Enum):
    DOCUMENTS_UNREADABLE = strawberry.enum_value(
        "DOCUMENTS_UNREADABLE", description="A document cannot be read."
    )
    DOCUMENTS_DO_NOT_MATCH = strawberry.enum_value(
        "DOCUMENTS_DO_NOT_MATCH",
        description="The documents are not about this company, or not of its people.",
    )
    NAME_NOT_YOURS = strawberry.enum_value(
        "NAME_NOT_YOURS", description="The documents do not show that the name or number is the customer's."
    )
    NAME_MISLEADING = strawberry.enum_value(
        "NAME_MISLEADING", description="Readers would take it for somebody else."
    )
    COUNTRY_NOT_SERVED = strawberry.enum_value(
        "COUNTRY_NOT_SERVED", description="No carrier of the countries shows it."
    )
    OTHER = strawberry.enum_value("OTHER", description="Another reason, told in the note.")


@strawberry.enum(
    name="SenderDocumentKind", description="The documents that an application needs, all of them."
)
class DocumentKindEnum(Enum):
    COMPANY_REGISTRATION = strawberry.enum_value(
        "COMPANY_REGISTRATION", description="The company's registration with its country's registry."
    )
    IDENTITY = strawberry.enum_value(
        "IDENTITY", description="An identity document of the company's signer, owner or administrator."
    )


@strawberry.enum(name="SenderDocumentType", description="What a document may be.")
class ContentTypeEnum(Enum):
    PDF = strawberry.enum_value("PDF", description="application/pdf.")
    JPEG = strawberry.enum_value("JPEG", description="image/jpeg.")
    PNG = strawberry.enum_value("PNG", description="image/png.")


@strawberry.enum(name="SenderNameFault", description="What is wrong with a sender's name.")
class NameFaultEnum(Enum):
    EMPTY = strawberry.enum_value("EMPTY", description="It is empty.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="It has too many characters.")
    NOT_ALPHANUMERIC = strawberry.enum_value(
        "NOT_ALPHANUMERIC", description="It has other characters than A to Z, a to z and 0 to 9."
    )
    NOT_A_PHONE_NUMBER = strawberry.enum_value(
        "NOT_A_PHONE_NUMBER",
        description="It is of digits, but too short for a phone number or without a country code.",
    )


@strawberry.enum(name="SenderVerdict", description="What a reviewer decides.")
class Verdict(Enum):
    ACCEPT = strawberry.enum_value("ACCEPT", description="It may be used in the given countries.")
    REFUSE = strawberry.enum_value("REFUSE", description="It may not be used.")


@strawberry.enum(name="SenderDecisionFault", description="What is wrong with a decision.")
class DecisionFaultEnum(Enum):
    COUNTRIES_NOT_REQUESTED = strawberry.enum_value(
        "COUNTRIES_NOT_REQUESTED", description="A country was not requested, or it is a refusal."
    )
    COUNTRIES_MISSING = strawberry.enum_value(
        "COUNTRIES_MISSING", description="An acceptance names no country."
    )
    REASON_MISSING = strawberry.enum_value("REASON_MISSING", description="A refusal has no reason.")
    REASON_OF_ACCEPTANCE = strawberry.enum_value(
        "REASON_OF_ACCEPTANCE", description="An acceptance has a reason for refusing."
    )
    NOTE_NOT_PLAIN = strawberry.enum_value(
        "NOTE_NOT_PLAIN", description="The note is blank, too long, of several lines, or holds a card number."
    )
