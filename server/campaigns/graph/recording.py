"""Events in by GraphQL: some at a time. Streams of them go to POST /campaigns/events."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from server.campaigns.actions.recording import API_SOURCE, Recorded, record_events
from server.campaigns.rules import intake
from server.campaigns.rules.events import MessageEvent
from server.campaigns.rules.intake import Faulty, check_events, event_of
from server.campaigns.rules.recording import RecordingTerms
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, problem
from server.kit.work import Work

WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "events:write")


@strawberry.enum(name="MessageEventKind", description="What happened to a message.")
class KindEnum(Enum):
    ACCEPTED = strawberry.enum_value("ACCEPTED", description="A provider took it.")
    DROPPED = strawberry.enum_value("DROPPED", description="It was never submitted.")
    DELIVERED = strawberry.enum_value("DELIVERED", description="The recipient's server or handset has it.")
    DEFERRED = strawberry.enum_value("DEFERRED", description="Its delivery is delayed; that is no bounce.")
    BOUNCED = strawberry.enum_value("BOUNCED", description="It came back.")
    OPENED = strawberry.enum_value("OPENED", description="It was opened.")
    CLICKED = strawberry.enum_value("CLICKED", description="One of its links was clicked.")
    UNSUBSCRIBED = strawberry.enum_value(
        "UNSUBSCRIBED", description="The recipient wants no more; the address is suppressed."
    )
    COMPLAINED = strawberry.enum_value(
        "COMPLAINED", description="The recipient reported it as unwanted; the address is suppressed."
    )


@strawberry.enum(name="BounceClass", description="Why a message came back (RFC 3463, RFC 5248).")
class BounceEnum(Enum):
    HARD = strawberry.enum_value("HARD", description="There is no such address; it is suppressed.")
    SOFT = strawberry.enum_value("SOFT", description="For the moment, such as a full mailbox.")
    BLOCK = strawberry.enum_value("BLOCK", description="Because of the sender; the address stays mailable.")
    UNDETERMINED = strawberry.enum_value("UNDETERMINED", description="For a reason that was not told.")


@strawberry.enum(name="Device", description="What a message was opened or clicked on.")
class DeviceEnum(Enum):
    DESKTOP = strawberry.enum_value("DESKTOP", description="A desktop or portable computer.")
    MOBILE = strawberry.enum_value("MOBILE", description="A phone.")
    TABLET = strawberry.enum_value("TABLET", description="A tablet.")
    OTHER = strawberry.enum_value("OTHER", description="Something else.")


@strawberry.enum(name="MessageEventFault", description="Why an event was not taken in.")
class FaultEnum(Enum):
    NOT_JSON = strawberry.enum_value("NOT_JSON", description="It is no JSON object.")
    TOO_LONG = strawberry.enum_value("TOO_LONG", description="It is too long.")
    FIELD_UNKNOWN = strawberry.enum_value("FIELD_UNKNOWN", description="It has a field that no event has.")
    KEY_INVALID = strawberry.enum_value(
        "KEY_INVALID", description="`key` is not 1 to 200 visible ASCII characters."
    )
    CAMPAIGN_INVALID = strawberry.enum_value(
        "CAMPAIGN_INVALID", description="`campaignId` is no campaign's id."
    )
    RECIPIENT_INVALID = strawberry.enum_value(
        "RECIPIENT_INVALID",
        description="`recipient` is no e-mail address, and no phone number with its plus sign.",
    )
    KIND_UNKNOWN = strawberry.enum_value("KIND_UNKNOWN", description="`kind` is none of the kinds.")
    INSTANT_INVALID = strawberry.enum_value(
        "INSTANT_INVALID", description="`at` is no RFC 3339 instant with its offset."
    )
    BOUNCE_INVALID = strawberry.enum_value(
        "BOUNCE_INVALID", description="`bounce` is no class, or the event is no bounce."
    )
    CODE_INVALID = strawberry.enum_value(
        "CODE_INVALID", description="`code` is no enhanced status code such as 5.1.1."
    )
    LINK_INVALID = strawberry.enum_value(
        "LINK_INVALID", description="`link` is no http or https URL of at most 2,000 characters."
    )
    DOMAIN_INVALID = strawberry.enum_value("DOMAIN_INVALID", description="`domain` is no domain.")
    COUNTRY_INVALID = strawberry.enum_value(
        "COUNTRY_INVALID", description="`country` is no ISO 3166-1 alpha-2 code."
    )
    DEVICE_UNKNOWN = strawberry.enum_value("DEVICE_UNKNOWN", description="`device` is none of the devices.")
    FLAG_INVALID = strawberry.enum_value(
        "FLAG_INVALID", description="`machine` or `suspectBot` is neither true nor false."
    )
    SEGMENTS_INVALID = strawberry.enum_value(
        "SEGMENTS_INVALID", description="`segments` is no number from 1 to 1,000."
    )


@strawberry.input(description="One thing that happened to one message.")
class MessageEventInput:
    key: str = strawberry.field(
        description="Unique among the account's events, 1 to 200 visible ASCII characters: a repetition is known by it."
    )
    campaign_id: strawberry.ID = strawberry.field(description="The campaign of the message.")
    recipient: str = strawberry.field(
        description="The e-mail address, or the phone number as E.164 with its plus sign. It is hashed, not kept."
    )
    kind: KindEnum = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When it happened, at most 30 days ago.")
    bounce: BounceEnum | None = strawberry.field(
        default=None, description="Of BOUNCED: its class, UNDETERMINED if null."
    )
    code: str | None = strawberry.field(
        default=None, description="The enhanced status code of a bounce, such as 5.1.1."
    )
    link: str | None = strawberry.field(default=None, description="The link that was clicked.")
    domain: str | None = strawberry.field(
        default=None, description="The receiving domain, where it is not the address's own."
    )
    country: str | None = strawberry.field(default=None, description="Where, by ISO 3166-1 alpha-2.")
    device: DeviceEnum | None = strawberry.field(default=None, description="On what, where that is known.")
    machine: bool = strawberry.field(
        default=False, description="Whether mail software opened or clicked, not a human."
    )
    suspect_bot: bool = strawberry.field(
        default=False, description="Whether a bot is likely to have done it."
    )
    segments: int | None = strawberry.field(
        default=None, description="Segments of an accepted SMS; those of the campaign's text if null."
    )


@strawberry.input(description="What happened to messages, in any order; late ones are welcome.")
class RecordMessageEventsInput:
    events: list[MessageEventInput] = strawberry.field(description="1 to 1,000 events.")


@exposes(OUTCOME)
@strawberry.type(description="An event that was not taken in.")
class InvalidMessageEvent:
    position: int = strawberry.field(description="Its position in the input, from 0.")
    fault: FaultEnum = strawberry.field(description="What is wrong with it.")


@exposes(OUTCOME)
@strawberry.type(
    description="What became of the events. The numbers and the invalid ones add up to all of them."
)
class MessageEventsRecorded:
    accepted: int = strawberry.field(description="How many were counted.")
    duplicates: int = strawberry.field(description="How many were counted before.")
    unknown: int = strawberry.field(description="How many name no campaign of the account.")
    outdated: int = strawberry.field(
        description="How many are older than 30 days or from the future, or are bounces long after the launch."
    )
    restricted: int = strawberry.field(
        description="How many tell what recipients did, of an account that restricted its statistics."
    )
    invalid: list[InvalidMessageEvent] = strawberry.field(description="Those that were not taken in.")


@problem(intake.EventsInvalid)
@strawberry.type(description="One call has at least one event, and not too many.")
class EventsInvalid(Problem):
    limit: int = strawberry.field(description="How many it may have.")


RecordMessageEventsResult = Annotated[
    MessageEventsRecorded | EventsInvalid,
    strawberry.union("RecordMessageEventsResult", description="What became of `recordMessageEvents`."),
]


@strawberry.type
class RecordingMutations:
    @strawberry.mutation(
        description="Count what happened to messages, each event once. An engine of one's own decides no bill.",
        metadata=declare(WRITE),
    )
    async def record_message_events(
        self,
        info: Info,
        input: Annotated[RecordMessageEventsInput, strawberry.argument(description="What happened.")],
    ) -> RecordMessageEventsResult:
        account_id, (events, invalid) = account_of(info), _parsed(input.events)

        def record(work: Work) -> Recorded:
            check_events(len(input.events), work.terms(RecordingTerms))
            return record_events(work, API_SOURCE, events, account_id=account_id, billable=False)

        return await run(info, record, lambda _, recorded: _payload(recorded, invalid))


def _parsed(given: Sequence[MessageEventInput]) -> tuple[list[MessageEvent], list[InvalidMessageEvent]]:
    events, invalid = [], []
    for position, each in enumerate(given):
        try:
            events.append(event_of(_fields(each)))
        except Faulty as faulty:
            invalid.append(InvalidMessageEvent(position=position, fault=FaultEnum[faulty.fault.value]))
    return events, invalid


def _fields(given: MessageEventInput) -> dict[str, Any]:
    """The input as its JSON has it."""
    plain = {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    values = {name: value.name if isinstance(value, Enum) else value for name, value in plain.items()}
    return {_WIRE.get(name, name): value for name, value in values.items()}


_WIRE = {"campaign_id": "campaignId", "suspect_bot": "suspectBot"}


def _payload(recorded: Recorded, invalid: list[InvalidMessageEvent]) -> MessageEventsRecorded:
    return MessageEventsRecorded(
        accepted=recorded.accepted,
        duplicates=recorded.duplicates,
        unknown=recorded.unknown,
        outdated=recorded.outdated,
        restricted=recorded.restricted,
        invalid=invalid,
    )
