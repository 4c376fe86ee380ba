"""The enumerations of complaints, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="ComplaintCategory", description="What a complaint is about.")
class CategoryEnum(Enum):
    SPAM = strawberry.enum_value("SPAM", description="An unsolicited bulk message: both.")
    CONTENT = strawberry.enum_value("CONTENT", description="Unlawful, insulting or discriminatory content.")
    IP_RIGHTS = strawberry.enum_value("IP_RIGHTS", description="Rights of others that are infringed.")


@strawberry.enum(name="ComplaintSource", description="Who opened a complaint.")
class SourceEnum(Enum):
    STAFF = strawberry.enum_value("STAFF", description="The company, which somebody complained to.")
    REPORT = strawberry.enum_value("REPORT", description="Somebody who received a message, by `reportAbuse`.")
    AUTOMATIC = strawberry.enum_value("AUTOMATIC", description="Too many of the recipients complained.")


@strawberry.enum(name="ComplaintStatus", description="Where a complaint is.")
class StatusEnum(Enum):
    RECEIVED = strawberry.enum_value("RECEIVED", description="Nobody looked at it yet. For the staff only.")
    NOT_SPAM = strawberry.enum_value(
        "NOT_SPAM", description="The message was not both unsolicited and bulk. Final."
    )
    UNFOUNDED = strawberry.enum_value("UNFOUNDED", description="The message is not what it says. Final.")
    AWAITING_PROOF = strawberry.enum_value(
        "AWAITING_PROOF",
        description="The customer is asked for a proof; nothing is sent, and without one the account is closed.",
    )
    PROOF_SUBMITTED = strawberry.enum_value(
        "PROOF_SUBMITTED", description="The clock stands still; somebody of the company decides."
    )
    ACCEPTED = strawberry.enum_value("ACCEPTED", description="The proof convinced. Final.")
    REJECTED = strawberry.enum_value(
        "REJECTED",
        description="The proof did not convince, and the account was closed; it can be appealed against.",
    )
    LAPSED = strawberry.enum_value(
        "LAPSED",
        description="There was no proof in time, and the account was closed; it can be appealed against.",
    )
    APPEALED = strawberry.enum_value("APPEALED", description="Somebody else of the company decides anew.")
    UPHELD = strawberry.enum_value("UPHELD", description="The appeal did not convince. Final.")
    OVERTURNED = strawberry.enum_value("OVERTURNED", description="The appeal convinced. Final.")


@strawberry.enum(name="ComplaintEvidenceKind", description="What a proof has.")
class EvidenceKindEnum(Enum):
    CONSENT_TIME = strawberry.enum_value("CONSENT_TIME", description="Date and time of the consent.")
    SUBSCRIPTION_CONSENT = strawberry.enum_value(
        "SUBSCRIPTION_CONSENT", description="The explicit consent to the subscription."
    )
    CUSTOMER_RELATIONSHIP = strawberry.enum_value(
        "CUSTOMER_RELATIONSHIP", description="A relationship with the recipient as a customer that exists."
    )
    OTHER_LAWFUL_COLLECTION = strawberry.enum_value(
        "OTHER_LAWFUL_COLLECTION", description="Other evidence that the address was collected lawfully."
    )


@strawberry.enum(name="ComplaintStage", description="What is decided about.")
class StageEnum(Enum):
    PROOF = strawberry.enum_value("PROOF", description="The proof of consent.")
    APPEAL = strawberry.enum_value("APPEAL", description="The appeal against the closing of the account.")


@strawberry.enum(name="ComplaintVerdict", description="What somebody of the company decides.")
class VerdictEnum(Enum):
    ACCEPT = strawberry.enum_value("ACCEPT", description="The customer convinces.")
    REJECT = strawberry.enum_value("REJECT", description="The customer does not; a proof closes the account.")


@strawberry.enum(name="ComplaintRejectionReason", description="Why a proof or an appeal does not convince.")
class ReasonEnum(Enum):
    CONSENT_NOT_SHOWN = strawberry.enum_value("CONSENT_NOT_SHOWN", description="It shows no consent.")
    CONSENT_OF_ANOTHER = strawberry.enum_value(
        "CONSENT_OF_ANOTHER", description="It shows the consent of another recipient, or to another sender."
    )
    LIST_NOT_OWN = strawberry.enum_value(
        "LIST_NOT_OWN", description="The addresses are of a purchased, rented or third party's list."
    )
    CONTENT_UNLAWFUL = strawberry.enum_value(
        "CONTENT_UNLAWFUL", description="The content is unlawful, insulting or discriminatory."
    )
    RIGHTS_INFRINGED = strawberry.enum_value(
        "RIGHTS_INFRINGED", description="The message infringes rights of others."
    )
    NOTHING_NEW = strawberry.enum_value("NOTHING_NEW", description="The appeal says nothing new.")
    OTHER = strawberry.enum_value("OTHER", description="Another reason.")


@strawberry.enum(name="ComplaintTextFault", description="What is wrong with a text about a complaint.")
class TextFaultEnum(Enum):
    BLANK = strawberry.enum_value("BLANK", description="It says nothing.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="It has too many characters.")
    NOT_PRINTABLE = strawberry.enum_value("NOT_PRINTABLE", description="It has characters that show nothing.")
    CARD_NUMBER = strawberry.enum_value("CARD_NUMBER", description="It holds the number of a payment card.")


@strawberry.enum(name="ComplaintEvidenceFault", description="What is wrong with a proof.")
class EvidenceFaultEnum(Enum):
    NOTHING = strawberry.enum_value("NOTHING", description="It has no piece of evidence.")
    KIND_TWICE = strawberry.enum_value("KIND_TWICE", description="It has two pieces of one kind.")
    CONSENT_TIME_MISSING = strawberry.enum_value(
        "CONSENT_TIME_MISSING", description="`consentedAt` is missing where the time of consent is told."
    )
    CONSENT_TIME_NOT_PAST = strawberry.enum_value(
        "CONSENT_TIME_NOT_PAST", description="A time of consent lies ahead."
    )
