"""Statistics as the API shows them. Counts are strings: an account's may be beyond 32 bits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum

import strawberry

from server.campaigns import reads as campaign_reads
from server.campaigns.graph.types import OWN, CampaignType
from server.campaigns.reads import CampaignRow
from server.campaigns.reads import statistics as reads
from server.campaigns.reads.statistics import Part, Whole
from server.campaigns.rules import rates
from server.campaigns.rules.rates import Counts
from server.kit.graph.access import exposes
from server.kit.graph.context import Info
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.scalars import BigInt
from server.kit.work import Read


@strawberry.enum(name="SeriesStep", description="How long each point of a series is, in its time zone.")
class StepEnum(Enum):
    QUARTER_HOUR = strawberry.enum_value("QUARTER_HOUR", description="15 minutes.")
    HOUR = strawberry.enum_value(
        "HOUR", description="An hour of the clock; shorter where the clocks are put by less than an hour."
    )
    DAY = strawberry.enum_value(
        "DAY", description="A calendar day: 23 or 25 hours when the clocks are changed."
    )
    WEEK = strawberry.enum_value("WEEK", description="A week from Monday on.")
    MONTH = strawberry.enum_value("MONTH", description="A calendar month.")


@strawberry.enum(name="StatisticsDimension", description="By what messages are counted apart.")
class DimensionEnum(Enum):
    DOMAIN = strawberry.enum_value("DOMAIN", description="The receiving domain of an e-mail.")
    COUNTRY = strawberry.enum_value(
        "COUNTRY", description="The country of an event, by ISO 3166-1, where it is known."
    )
    DEVICE = strawberry.enum_value("DEVICE", description="What a message was opened or clicked on, if known.")
    LINK = strawberry.enum_value("LINK", description="The link that was clicked. Only clicks are counted.")
    BOUNCE_CODE = strawberry.enum_value(
        "BOUNCE_CODE",
        description="The enhanced status code of a bounce (RFC 3463). Only bounces are counted.",
    )


@exposes(OWN)
@strawberry.type(description="How often something happened, and to how many recipients.")
class MessageCount:
    total: BigInt = strawberry.field(description="How often.")
    unique: BigInt = strawberry.field(
        description="To how many recipients; each is counted at its first time, exactly."
    )

    @classmethod
    def of(cls, counts: Counts, name: str) -> MessageCount:
        return cls(total=BigInt(counts[name]), unique=BigInt(counts[f"{name}_unique"]))


@exposes(OWN)
@strawberry.type(
    description="Opens or clicks. Those by machines (such as Apple Mail Privacy Protection) and those that nobody "
    "human is likely to have made are among the totals, and counted apart."
)
class EngagementCount:
    total: BigInt = strawberry.field(description="How often: human + machine + suspectBot.")
    unique: BigInt = strawberry.field(description="By how many recipients, machines included.")
    human: BigInt = strawberry.field(description="How often by humans.")
    human_unique: BigInt = strawberry.field(description="By how many recipients as humans.")
    machine: BigInt = strawberry.field(description="How often by machines.")
    suspect_bot: BigInt = strawberry.field(
        description="How often by what is likely a bot, and not known to be a machine."
    )

    @classmethod
    def of(cls, counts: Counts, name: str) -> EngagementCount:
        return cls(
            total=BigInt(counts[name]),
            unique=BigInt(counts[f"{name}_unique"]),
            human=BigInt(counts.human(name)),
            human_unique=BigInt(counts[f"{name}_human_unique"]),
            machine=BigInt(counts[f"{name}_machine"]),
            suspect_bot=BigInt(counts[f"{name}_bot"]),
        )


@exposes(OWN)
@strawberry.type(
    description="Messages that came back, by class (RFC 3463, RFC 5248). A recipient counts in the class of its first."
)
class BounceCounts:
    total: BigInt = strawberry.field(description="How often.")
    unique: BigInt = strawberry.field(description="From how many recipients.")
    hard: MessageCount = strawberry.field(description="Addresses that do not exist; they are suppressed.")
    soft: MessageCount = strawberry.field(description="For the moment, such as a full mailbox.")
    block: MessageCount = strawberry.field(
        description="Because of the sender or the message; the addresses stay mailable."
    )
    undetermined: MessageCount = strawberry.field(description="For a reason that was not told.")

    @classmethod
    def of(cls, counts: Counts) -> BounceCounts:
        return cls(
            total=BigInt(counts.bounced()),
            unique=BigInt(counts.bounced(unique=True)),
            hard=MessageCount.of(counts, "bounced_hard"),
            soft=MessageCount.of(counts, "bounced_soft"),
            block=MessageCount.of(counts, "bounced_block"),
            undetermined=MessageCount.of(counts, "bounced_undetermined"),
        )


@exposes(OWN)
@strawberry.type(name="MessageRate", description="An exact fraction of recipients.")
class MessageRateType:
    numerator: BigInt = strawberry.field(description="How many recipients.")
    denominator: BigInt = strawberry.field(description="Of how many.")
    value: Decimal | None = strawberry.field(
        description="The fraction to six places, rounded half to even; null while there is nothing to divide by."
    )

    @classmethod
    def of(cls, rate: rates.Rate) -> MessageRateType:
        return cls(numerator=BigInt(rate.of), denominator=BigInt(rate.base), value=rate.value)


@exposes(OWN)
@strawberry.type(description="Rates of recipients. Opens and clicks are those of humans.")
class MessageRates:
    delivery: MessageRateType = strawberry.field(description="Delivered of sent.")
    bounce: MessageRateType = strawberry.field(description="Bounced of sent.")
    opening: MessageRateType = strawberry.field(description="Opened of delivered.")
    click_through: MessageRateType = strawberry.field(description="CTR: clicked of delivered.")
    click_to_open: MessageRateType = strawberry.field(description="CTOR: clicked of opened.")
    unsubscribing: MessageRateType = strawberry.field(description="Unsubscribed of delivered.")
    complaint: MessageRateType = strawberry.field(description="Complained of delivered.")

    @classmethod
    def of(cls, counts: Counts) -> MessageRates:
        return cls(
            delivery=MessageRateType.of(counts.delivery()),
            bounce=MessageRateType.of(counts.bounce()),
            opening=MessageRateType.of(counts.opening()),
            click_through=MessageRateType.of(counts.click_through()),
            click_to_open=MessageRateType.of(counts.click_to_open()),
            unsubscribing=MessageRateType.of(counts.unsubscribing()),
            complaint=MessageRateType.of(counts.complaint()),
        )


@exposes(OWN)
@strawberry.type(description="What became of messages.")
class MessageCounts:
    sent: MessageCount = strawberry.field(description="Accepted by a provider: what is paid for.")
    dropped: BigInt = strawberry.field(
        description="How often a message was never submitted, so never paid for."
    )
    delivered: MessageCount = strawberry.field(
        description="Delivered to the recipient's server; for SMS the receipts of handsets."
    )
    deferred: BigInt = strawberry.field(description="How often a delivery was delayed, which is no bounce.")
    bounces: BounceCounts = strawberry.field(description="Messages that came back.")
    opens: EngagementCount = strawberry.field(description="Opens.")
    clicks: EngagementCount = strawberry.field(description="Clicks on links.")
    unsubscribes: MessageCount = strawberry.field(description="Unsubscriptions.")
    complaints: MessageCount = strawberry.field(description="Reports of the message as unwanted.")
    segments: BigInt = strawberry.field(description="Segments of the accepted SMS; 0 for e-mail.")
    rates: MessageRates = strawberry.field(description="Their rates.")

    @classmethod
    def of(cls, counts: Counts) -> MessageCounts:
        return cls(
            sent=MessageCount.of(counts, "accepted"),
            dropped=BigInt(counts["dropped"]),
            delivered=MessageCount.of(counts, "delivered"),
            deferred=BigInt(counts["deferred"]),
            bounces=BounceCounts.of(counts),
            opens=EngagementCount.of(counts, "opened"),
            clicks=EngagementCount.of(counts, "clicked"),
            unsubscribes=MessageCount.of(counts, "unsubscribed"),
            complaints=MessageCount.of(counts, "complained"),
            segments=BigInt(counts["segments"]),
            rates=MessageRates.of(counts),
        )


@exposes(OWN)
@strawberry.type(
    description="All that is counted of a campaign. It is kept for five years from its first event."
)
class CampaignStatistics:
    campaign_id: strawberry.ID = strawberry.field(description="Which campaign.")
    sequence: BigInt = strawberry.field(description="How often it changed; the cursor of `campaignStats`.")
    first_event_at: datetime | None = strawberry.field(
        description="The first event's instant; null before it."
    )
    last_event_at: datetime | None = strawberry.field(description="The last event's instant; null before it.")
    credits_reserved: int = strawberry.field(description="What its launch held, in credits of its channel.")
    credits_captured: int = strawberry.field(description="What its messages cost, in credits of its channel.")
    counts: MessageCounts = strawberry.field(description="What became of its messages.")

    @classmethod
    def of(cls, whole: Whole, reserved: int, captured: int) -> CampaignStatistics:
        return cls(
            campaign_id=strawberry.ID(whole.subject_id),
            sequence=BigInt(whole.sequence),
            first_event_at=whole.first_at,
            last_event_at=whole.last_at,
            credits_reserved=reserved,
            credits_captured=captured,
            counts=MessageCounts.of(whole.counts),
        )

    @classmethod
    def many(cls, read: Read, rows: Sequence[CampaignRow]) -> list[CampaignStatistics]:
        """Those of some campaigns, with one look-up."""
        found = reads.wholes(read, [row.id for row in rows])
        return [
            cls.of(found.get(row.id) or reads.nothing(row.id), row.credits_reserved, row.credits_captured)
            for row in rows
        ]


@exposes(OWN)
@strawberry.type(description="One step of a series.")
class SeriesPoint:
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime = strawberry.field(description="When it ends and the next one begins.")
    counts: MessageCounts = strawberry.field(description="What happened in it.")


@exposes(OWN)
@strawberry.type(description="What is counted of one link, domain, country, device or bounce code.")
class StatisticsPart:
    name: str | None = strawberry.field(
        description="Which one; null for bounces without a code, and once a text was erased."
    )
    events: BigInt = strawberry.field(description="How many events are in it; lists show the most first.")
    counts: MessageCounts = strawberry.field(
        description="What became of its messages. A recipient counts where its first event was."
    )

    @classmethod
    def of(cls, part: Part) -> StatisticsPart:
        return cls(name=part.name, events=BigInt(part.weight), counts=MessageCounts.of(part.counts))


@exposes(OWN)
@strawberry.type(description="A campaign by the hours since its launch, to compare it with others.")
class ComparedCampaign:
    campaign_id: strawberry.ID = strawberry.field(description="Which campaign.")
    starts_at: datetime | None = strawberry.field(
        description="The quarter hour of its launch, else of its first event; null before both."
    )
    hours: list[MessageCounts] = strawberry.field(
        description="What happened in each hour since then, the first hour first; empty before."
    )


@exposes(OWN)
@strawberry.type(
    description="What is counted of all campaigns of an account. Recipients are counted in each campaign."
)
class AccountStatistics:
    sequence: BigInt = strawberry.field(description="How often it changed; the cursor of `accountActivity`.")
    counts: MessageCounts = strawberry.field(description="What became of the messages.")


@exposes(OWN)
@strawberry.type(description="One message of `campaignStats`.")
class CampaignStatsUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(description="Give it as `after` to resume behind it.")
    statistics: CampaignStatistics = strawberry.field(description="What is counted by now.")


@exposes(OWN)
@strawberry.type(description="One message of `accountActivity`.")
class AccountActivityUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(description="Give it as `after` to resume behind it.")
    counts: MessageCounts = strawberry.field(description="What became of all messages of the account by now.")
    campaigns: list[CampaignStatistics] = strawberry.field(
        description="The statistics of the 20 newest campaigns, newest first."
    )


def statistics_of(parents: Sequence[CampaignType], info: Info) -> list[CampaignStatistics]:
    """The statistics of a list of campaigns, with one look-up."""
    found = reads.wholes(info.context.read, [parent.id for parent in parents])
    return [
        CampaignStatistics.of(
            found.get(parent.id) or reads.nothing(parent.id), parent.credits_reserved, parent.credits_captured
        )
        for parent in parents
    ]


def newest_statistics(read: Read, account_id: str, limit: int) -> list[CampaignStatistics]:
    """Those of the account's newest campaigns."""
    return CampaignStatistics.many(read, campaign_reads.campaigns_of_account(read, account_id, limit))
