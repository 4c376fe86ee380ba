"""Campaigns as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from server.campaigns import reads
from server.campaigns.graph.enums import (
    CampaignStatusEnum,
    ChannelEnum,
    EncodingEnum,
    FallBackEnum,
    LawfulBasisEnum,
    ListSourceEnum,
    MergeAlphabetEnum,
    PauseReasonEnum,
)
from server.campaigns.graph.links import UnsubscribeLink, link_for
from server.campaigns.reads import CampaignRow
from server.campaigns.reads.quotes import countries
from server.campaigns.rules.quoting import Quote
from server.campaigns.rules.segments import MergeField, encoding_of, longest
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.senders.reads import effective_senders
from server.senders.rules import Effective

READ = Access(Who.SIGNED_IN, "balance_and_orders", "campaigns:read")
_BATCHED = "resolved for many campaigns at once"
WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "campaigns:write")
OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""For the fields of a campaign: whoever was let through a field that leads to it may read it, the payload of a
mutation included."""


@exposes(OWN)
@strawberry.type(name="MergeField", description="A place in the text that is filled for each recipient.")
class MergeFieldType:
    name: str = strawberry.field(description="Its name; the text has it as {{name}}.")
    length_max: int = strawberry.field(description="The longest value, in characters.")
    alphabet: MergeAlphabetEnum = strawberry.field(description="Of which characters the values are.")

    @classmethod
    def of(cls, field: MergeField) -> MergeFieldType:
        return cls(
            name=field.name, length_max=field.length_max, alphabet=MergeAlphabetEnum[field.alphabet.value]
        )


@exposes(OWN)
@strawberry.type(description="What an SMS was asked to show as its sender in a country, and what it shows.")
class CampaignSender:
    country: str = strawberry.field(description="The country, by ISO 3166-1.")
    requested: str | None = strawberry.field(
        description="What was asked for; null when nothing was, or once it was erased."
    )
    effective: str = strawberry.field(
        description="What is shown. It is not guaranteed: a carrier may show another one."
    )
    fell_back_because: FallBackEnum | None = strawberry.field(
        description="Why it is not what was asked for; null when it is, or when nothing was asked for."
    )

    @classmethod
    def of(cls, country: str, shown: Effective) -> CampaignSender:
        reason = shown.fell_back_because
        return cls(
            country=country,
            requested=shown.requested,
            effective=shown.effective,
            fell_back_because=None if reason is None else FallBackEnum[reason.value],
        )


@exposes(OWN)
@strawberry.type(description="How many recipients of an SMS campaign are in a country.")
class CampaignCountry:
    country: str = strawberry.field(description="The country, by ISO 3166-1.")
    recipients: int = strawberry.field(description="How many recipients are there.")


def _countries_of(parents: Sequence[CampaignType], info: Info) -> list[list[CampaignCountry]]:
    found = countries(info.context.read, [parent.id for parent in parents])
    return [
        [
            CampaignCountry(country=each.country, recipients=each.recipients)
            for each in found.get(parent.id, ())
        ]
        for parent in parents
    ]


def _senders_of(parents: Sequence[CampaignType], info: Info) -> list[list[CampaignSender]]:
    read = info.context.read
    found = countries(read, [parent.id for parent in parents])
    asked = [[(parent.sender, each.country) for each in found.get(parent.id, ())] for parent in parents]
    shown = effective_senders(read, account_of(info), [one for each in asked for one in each])
    return [[CampaignSender.of(country, shown[name, country]) for name, country in each] for each in asked]


@exposes(OWN)
@strawberry.type(name="Campaign", description="One message to many recipients, from its draft to its end.")
class CampaignType(Node):
    channel: ChannelEnum = strawberry.field(description="How it reaches its recipients.")
    status: CampaignStatusEnum = strawberry.field(description="Where it is.")
    name: str | None = strawberry.field(description="Its name, for the customer; null once it was erased.")
    subject: str | None = strawberry.field(
        description="The subject of an e-mail; null for SMS, and once it was erased."
    )
    text: str | None = strawberry.field(description="What it says; null once it was erased.")
    merge_fields: list[MergeFieldType] = strawberry.field(
        description="The declared merge fields of an SMS; none for e-mail."
    )
    sender: str | None = strawberry.field(
        description="What an SMS is to show as its sender; null when nothing was asked for."
    )
    encoding: EncodingEnum | None = strawberry.field(
        description="How its longest SMS is encoded; null for e-mail, and once the text was erased."
    )
    segments: int = strawberry.field(
        description="The most segments that a recipient's SMS can have; 1 for e-mail."
    )
    lawful_basis: LawfulBasisEnum | None = strawberry.field(
        description="What the customer declared; null before it."
    )
    list_source: ListSourceEnum | None = strawberry.field(
        description="Where the customer declared the addresses come from; null before it."
    )
    declared_at: datetime | None = strawberry.field(description="When that was declared; null before it.")
    recipients: int = strawberry.field(
        description="How many recipients it has, each once, without those who were suppressed when they were added."
    )
    recipients_uploaded: bool = strawberry.field(
        description="Whether their addresses were uploaded; else they are only counted."
    )
    credits_reserved: int = strawberry.field(
        description="What its launch held, in credits of its channel; 0 before it."
    )
    credits_captured: int = strawberry.field(
        description="What its messages cost so far, in credits of its channel."
    )
    hold_id: strawberry.ID | None = strawberry.field(description="The hold of its credits; null before it.")
    pause_reason: PauseReasonEnum | None = strawberry.field(description="Why it is PAUSED; else null.")
    failure_code: str | None = strawberry.field(
        description="Why it FAILED, as the code of the problem or HOLD_EXPIRED; else null."
    )
    scheduled_at: datetime | None = strawberry.field(description="When it is or was to be launched.")
    launched_at: datetime | None = strawberry.field(description="When it was launched.")
    ended_at: datetime | None = strawberry.field(description="When it was completed, cancelled, or failed.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(
        description="The recipients of an SMS campaign by country, in order; none for e-mail.",
        metadata=declare(batch=_countries_of),
    )
    def countries(self) -> list[CampaignCountry]:
        raise AssertionError(_BATCHED)

    @strawberry.field(
        description="What an SMS campaign shows as its sender now, by country, in order; none for e-mail.",
        metadata=declare(batch=_senders_of),
    )
    def senders(self) -> list[CampaignSender]:
        raise AssertionError(_BATCHED)

    @strawberry.field(
        description="How one recipient unsubscribes with one click (RFC 8058); null for what is no such address.",
        metadata=declare(WRITE),
    )
    def unsubscribe_link(
        self,
        info: Info,
        recipient: Annotated[
            str, strawberry.argument(description="The recipient's e-mail address or phone number.")
        ],
    ) -> UnsubscribeLink | None:
        return link_for(info.context.read, account_of(info), self.id, self.channel, recipient)

    @classmethod
    def of(cls, read: Read, row: CampaignRow) -> CampaignType:
        text, fields = reads.text_of(read, row), reads.merge_fields_of(read, row)
        is_sms = row.channel == ChannelEnum.SMS.name
        encoding = encoding_of(longest(text, fields)) if is_sms and text is not None else None
        return cls(
            id=strawberry.ID(row.id),
            channel=ChannelEnum[row.channel],
            status=CampaignStatusEnum[row.status],
            name=reads.name_of(read, row),
            subject=reads.subject_of(read, row),
            text=text,
            merge_fields=[MergeFieldType.of(field) for field in fields],
            sender=reads.sender_of(read, row),
            encoding=None if encoding is None else EncodingEnum[encoding.value],
            segments=row.segments,
            lawful_basis=None if row.lawful_basis is None else LawfulBasisEnum[row.lawful_basis],
            list_source=None if row.list_source is None else ListSourceEnum[row.list_source],
            declared_at=row.declared_at,
            recipients=row.recipients,
            recipients_uploaded=row.uploaded,
            credits_reserved=row.credits_reserved,
            credits_captured=row.credits_captured,
            hold_id=None if row.hold_id is None else strawberry.ID(row.hold_id),
            pause_reason=None if row.pause_reason is None else PauseReasonEnum[row.pause_reason],
            failure_code=row.failure_code,
            scheduled_at=row.scheduled_at,
            launched_at=row.launched_at,
            ended_at=row.ended_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


@exposes(OWN)
@strawberry.type(description="What the messages to one country cost.")
class CampaignQuoteLine:
    country: str | None = strawberry.field(
        description="The country, by ISO 3166-1; null for e-mail, which costs the same everywhere."
    )
    recipients: int = strawberry.field(description="How many recipients are there.")
    segments: int = strawberry.field(description="The most segments of a message; 1 for e-mail.")
    credits_a_segment: int = strawberry.field(description="What one segment costs, in credits.")
    credits: int = strawberry.field(description="What all of them cost, in credits.")
    sender: CampaignSender | None = strawberry.field(
        description="What the SMS show as their sender there; null for e-mail."
    )


@exposes(OWN)
@strawberry.type(
    description="What a campaign costs at most if it is launched now; once it is launched, what was held for it."
)
class CampaignQuote:
    unit: ChannelEnum = strawberry.field(description="In which credits it is paid.")
    recipients: int = strawberry.field(
        description="How many recipients it has, without who is suppressed by now."
    )
    segments: int = strawberry.field(description="The most segments of a message; 1 for e-mail.")
    credits: int = strawberry.field(description="What it costs at most, in credits.")
    lines: list[CampaignQuoteLine] = strawberry.field(description="The same by country, in order.")

    @classmethod
    def of(cls, read: Read, row: CampaignRow, quote: Quote) -> CampaignQuote:
        requested = reads.sender_of(read, row)
        places = [line.country for line in quote.lines if line.country is not None]
        shown = effective_senders(read, row.account_id, [(requested, country) for country in places])
        senders = {country: CampaignSender.of(country, shown[requested, country]) for country in places}
        return cls(
            unit=ChannelEnum[quote.channel.value],
            recipients=quote.recipients,
            segments=quote.segments,
            credits=quote.credits,
            lines=[
                CampaignQuoteLine(
                    country=line.country,
                    recipients=line.recipients,
                    segments=line.segments,
                    credits_a_segment=line.credits_a_segment,
                    credits=line.credits,
                    sender=senders.get(line.country or ""),
                )
                for line in quote.lines
            ],
        )


@exposes(OWN)
@strawberry.type(description="One message of `campaignChanged`.")
class CampaignUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    campaign: CampaignType | None = strawberry.field(
        description="The campaign, in the status that it had right after this change. In a snapshot or a reset the one "
        "that was asked for as it is now, null when all are watched."
    )
    newest: list[CampaignType] = strawberry.field(
        description="In a snapshot or a reset of all campaigns the 20 newest; else empty."
    )
