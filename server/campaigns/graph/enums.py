"""The slice's enumerations, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="MessageChannel", description="How messages reach their recipients.")
class ChannelEnum(Enum):
    EMAIL = strawberry.enum_value("EMAIL", description="By e-mail, paid in EMAIL credits.")
    SMS = strawberry.enum_value("SMS", description="By SMS, paid in SMS credits.")


@strawberry.enum(name="CampaignStatus", description="Where a campaign is.")
class CampaignStatusEnum(Enum):
    DRAFT = strawberry.enum_value("DRAFT", description="It can be changed.")
    SCHEDULED = strawberry.enum_value("SCHEDULED", description="It is launched at its instant.")
    SENDING = strawberry.enum_value("SENDING", description="Its credits are held, and it may be sent.")
    PAUSED = strawberry.enum_value(
        "PAUSED", description="It may not be sent for now; its credits stay held, and its time runs on."
    )
    COMPLETED = strawberry.enum_value("COMPLETED", description="It was sent. Final.")
    CANCELLED = strawberry.enum_value("CANCELLED", description="It was given up. Final.")
    FAILED = strawberry.enum_value(
        "FAILED", description="It could not be launched, or nothing of it was sent in its time. Final."
    )


@strawberry.enum(name="PauseReason", description="Why a campaign is paused.")
class PauseReasonEnum(Enum):
    CUSTOMER = strawberry.enum_value("CUSTOMER", description="The customer paused it.")
    ACCOUNT_RESTRICTED = strawberry.enum_value(
        "ACCOUNT_RESTRICTED",
        description="The account was suspended, disabled or deactivated, or lets nothing be sent.",
    )
    COMPLAINT = strawberry.enum_value("COMPLAINT", description="A complaint is being looked into.")


@strawberry.enum(name="LawfulBasis", description="Why the customer may write to these people.")
class LawfulBasisEnum(Enum):
    CONSENT = strawberry.enum_value("CONSENT", description="They agreed (GDPR article 6(1)(a)).")
    EXISTING_CUSTOMER = strawberry.enum_value(
        "EXISTING_CUSTOMER",
        description="They are customers, told of similar products (Directive 2002/58/EC, article 13(2)).",
    )
    CONTRACT = strawberry.enum_value(
        "CONTRACT", description="The messages perform a contract with them (GDPR article 6(1)(b))."
    )
    LEGAL_OBLIGATION = strawberry.enum_value(
        "LEGAL_OBLIGATION", description="A law asks for the messages (GDPR article 6(1)(c))."
    )
    LEGITIMATE_INTEREST = strawberry.enum_value(
        "LEGITIMATE_INTEREST", description="A legitimate interest (GDPR article 6(1)(f))."
    )


@strawberry.enum(name="ListSource", description="Where the addresses of a campaign come from.")
class ListSourceEnum(Enum):
    OWN_SUBSCRIBERS = strawberry.enum_value(
        "OWN_SUBSCRIBERS", description="They subscribed with the customer."
    )
    OWN_CUSTOMERS = strawberry.enum_value("OWN_CUSTOMERS", description="They bought from the customer.")
    OWN_MEMBERS = strawberry.enum_value("OWN_MEMBERS", description="They are members, staff or pupils.")
    OWN_EVENTS = strawberry.enum_value("OWN_EVENTS", description="They came to an event of the customer.")
    PURCHASED = strawberry.enum_value("PURCHASED", description="A bought list; refused.")
    RENTED = strawberry.enum_value("RENTED", description="A rented list; refused.")
    THIRD_PARTY = strawberry.enum_value("THIRD_PARTY", description="A list of somebody else; refused.")


@strawberry.enum(name="SmsEncoding", description="How an SMS is encoded.")
class EncodingEnum(Enum):
    GSM7 = strawberry.enum_value(
        "GSM7", description="The GSM alphabet: 160 septets, or 153 in each of several segments."
    )
    UCS2 = strawberry.enum_value(
        "UCS2", description="Any characters: 70 UTF-16 code units, or 67 in each of several segments."
    )


@strawberry.enum(name="MergeAlphabet", description="Of which characters the values of a merge field are.")
class MergeAlphabetEnum(Enum):
    GSM_BASIC = strawberry.enum_value("GSM_BASIC", description="Of the GSM alphabet without its extension.")
    GSM = strawberry.enum_value(
        "GSM", description="Of the GSM alphabet; a character of its extension costs two."
    )
    UNICODE = strawberry.enum_value("UNICODE", description="Any characters; the message may need UCS-2.")


@strawberry.enum(name="SenderFallBack", description="Why a message shows the default sender.")
class FallBackEnum(Enum):
    NOT_ACCEPTED = strawberry.enum_value("NOT_ACCEPTED", description="The account has no such sender.")
    NOT_IN_COUNTRY = strawberry.enum_value(
        "NOT_IN_COUNTRY", description="The sender is not allowed in the country."
    )
    CARRIER_REFUSED = strawberry.enum_value(
        "CARRIER_REFUSED", description="A carrier of the country refused it lately."
    )


@strawberry.enum(name="MessageTextFault", description="What is wrong with a text.")
class TextFaultEnum(Enum):
    EMPTY = strawberry.enum_value("EMPTY", description="It is empty.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="It has too many characters.")
    NOT_PLAIN = strawberry.enum_value(
        "NOT_PLAIN", description="It has control characters, or several lines where one is allowed."
    )


@strawberry.enum(name="SensitiveKind", description="What must not be in a message.")
class SensitiveEnum(Enum):
    CARD_NUMBER = strawberry.enum_value("CARD_NUMBER", description="A payment card's number.")
    BANK_DETAILS = strawberry.enum_value("BANK_DETAILS", description="An IBAN, or a bank's SWIFT code.")
    HEALTH = strawberry.enum_value("HEALTH", description="Words that tell of somebody's health.")


@strawberry.enum(name="MergeFieldFault", description="What is wrong with merge fields.")
class MergeFaultEnum(Enum):
    NAME_INVALID = strawberry.enum_value(
        "NAME_INVALID", description="A name is not of small letters, digits and underscores, at most 40."
    )
    DECLARED_TWICE = strawberry.enum_value("DECLARED_TWICE", description="A name is declared twice.")
    LENGTH_INVALID = strawberry.enum_value("LENGTH_INVALID", description="A length is outside its limits.")
    TOO_MANY = strawberry.enum_value("TOO_MANY", description="There are too many of them.")
    NOT_DECLARED = strawberry.enum_value(
        "NOT_DECLARED", description="The text has a field that is not declared."
    )


@strawberry.enum(name="SuppressionReason", description="Why an address is suppressed.")
class SuppressionReasonEnum(Enum):
    UNSUBSCRIBED = strawberry.enum_value("UNSUBSCRIBED", description="Its holder unsubscribed.")
    COMPLAINED = strawberry.enum_value("COMPLAINED", description="Its holder complained.")
    HARD_BOUNCE = strawberry.enum_value("HARD_BOUNCE", description="There is no such address.")
    MANUAL = strawberry.enum_value("MANUAL", description="The customer suppressed it.")
    OBJECTED = strawberry.enum_value(
        "OBJECTED", description="Its holder objected, or asked for the erasure of their data."
    )


@strawberry.enum(
    name="SuppressionSource", description="From where it is known that an address is suppressed."
)
class SuppressionSourceEnum(Enum):
    EVENT = strawberry.enum_value("EVENT", description="An event of a message.")
    UNSUBSCRIBE_LINK = strawberry.enum_value("UNSUBSCRIBE_LINK", description="The link in a message.")
    CUSTOMER = strawberry.enum_value("CUSTOMER", description="The customer's import.")
    PRIVACY_REQUEST = strawberry.enum_value(
        "PRIVACY_REQUEST", description="What its holder asked about their data."
    )
