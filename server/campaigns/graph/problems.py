"""The refusals of campaigns as members of result unions."""

from __future__ import annotations

import strawberry

from server.accounts.graph.types import AccountStatus
from server.campaigns import rules
from server.campaigns.graph.enums import (
    CampaignStatusEnum,
    ChannelEnum,
    ListSourceEnum,
    MergeFaultEnum,
    SensitiveEnum,
    TextFaultEnum,
)
from server.campaigns.rules import content, messages, segments, suppression
from server.kit.graph.problems import Problem, problem


@problem(rules.CampaignNotFound)
@strawberry.type(description="There is no such campaign.")
class CampaignNotFound(Problem):
    pass


@problem(rules.CampaignStatusConflict)
@strawberry.type(description="The campaign is not in a status that allows this.")
class CampaignStatusConflict(Problem):
    status: CampaignStatusEnum = strawberry.field(description="Where it is.")


@problem(rules.CampaignLimitReached)
@strawberry.type(description="The account has as many campaigns that have not ended as it may.")
class CampaignLimitReached(Problem):
    limit: int = strawberry.field(description="How many it may have.")


@problem(rules.CampaignNameInvalid)
@strawberry.type(
    description="A campaign's name is one line, not blank and not too long, without a card number."
)
class CampaignNameInvalid(Problem):
    length_max: int = strawberry.field(description="How many characters it may have.")


@problem(rules.CampaignIncomplete)
@strawberry.type(description="Something is missing before the campaign can be launched.")
class CampaignIncomplete(Problem):
    recipients: bool = strawberry.field(description="Whether it has no recipients.")
    declaration: bool = strawberry.field(description="Whether its audience is not declared.")


@problem(rules.CampaignScheduleInvalid)
@strawberry.type(description="A campaign is scheduled for an instant to come, and not too far ahead.")
class CampaignScheduleInvalid(Problem):
    days_max: int = strawberry.field(description="How many days ahead it may be.")


@problem(messages.CampaignChannelFixed)
@strawberry.type(description="A campaign keeps its channel, for its recipients are of it.")
class CampaignChannelFixed(Problem):
    channel: ChannelEnum = strawberry.field(description="Its channel.")


@problem(content.MessageTextInvalid)
@strawberry.type(description="A text is not empty, not too long, and without control characters.")
class MessageTextInvalid(Problem):
    fault: TextFaultEnum = strawberry.field(description="What is wrong with it.")
    length_max: int = strawberry.field(description="How many characters it may have.")


@problem(content.MessageTextSensitive)
@strawberry.type(description="Messages carry no card numbers, bank details or health data.")
class MessageTextSensitive(Problem):
    kind: SensitiveEnum = strawberry.field(description="What was found.")


@problem(segments.MergeFieldInvalid)
@strawberry.type(
    description="Every merge field of the text is declared once, with a length within the limit."
)
class MergeFieldInvalid(Problem):
    merge_fault: MergeFaultEnum = strawberry.field(description="What is wrong with them.")
    limit: int | None = strawberry.field(
        description="How many fields, or characters of one, there may be; null where nothing is exceeded."
    )


@problem(segments.TooManySegments)
@strawberry.type(description="The message is too long for an SMS, however many segments it may have.")
class TooManySegments(Problem):
    segments: int = strawberry.field(description="How many it has, with its merge fields at their longest.")
    segments_max: int = strawberry.field(description="How many it may have.")


@problem(rules.ListSourceRefused)
@strawberry.type(
    description="Messages go to people who gave their address to the sender, never to purchased, rented or "
    "third-party lists."
)
class ListSourceRefused(Problem):
    source: ListSourceEnum = strawberry.field(description="What was declared.")


@problem(rules.AudienceNotDeclared)
@strawberry.type(
    description="Declare the lawful basis and the source of the list before recipients are uploaded."
)
class AudienceNotDeclared(Problem):
    pass


@problem(rules.RecipientsInvalid)
@strawberry.type(description="One call has at least one recipient, and not too many.")
class RecipientsInvalid(Problem):
    limit: int = strawberry.field(description="How many it may have.")


@problem(rules.RecipientLimitReached)
@strawberry.type(description="A campaign cannot have that many recipients.")
class RecipientLimitReached(Problem):
    limit: int = strawberry.field(description="How many it may have.")


@problem(rules.RecipientCountInvalid)
@strawberry.type(
    description="Counted recipients are of the campaign's channel, each country once and by its ISO 3166-1 code."
)
class RecipientCountInvalid(Problem):
    pass


@problem(rules.RecipientsConflict)
@strawberry.type(description="A campaign's recipients are either uploaded or counted, not both.")
class RecipientsConflict(Problem):
    uploaded: bool = strawberry.field(description="Whether they are uploaded; else they are counted.")


@problem(rules.AccountNotActive)
@strawberry.type(description="Nothing is sent for an account that is not active.")
class AccountNotActive(Problem):
    account_status: AccountStatus = strawberry.field(description="How the account stands.")


@problem(rules.AccountCountryMissing)
@strawberry.type(
    description="Advertising obeys the law of the customer's country, so the account needs one: set the postal address."
)
class AccountCountryMissing(Problem):
    pass


@problem(suppression.SuppressionsInvalid)
@strawberry.type(description="One call has at least one address, and not too many.")
class SuppressionsInvalid(Problem):
    limit: int = strawberry.field(description="How many it may have.")


@problem(suppression.SuppressionNotFound)
@strawberry.type(description="There is no such suppression.")
class SuppressionNotFound(Problem):
    pass


@problem(suppression.RemovalReasonInvalid)
@strawberry.type(description="Who writes to an address again says why, in one line without a card number.")
class RemovalReasonInvalid(Problem):
    length_max: int = strawberry.field(description="How many characters it may have.")
