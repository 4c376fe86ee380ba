"""Connections of providers as the API shows them. No type has a secret but the payload that shows a new one once."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

import strawberry

from server.accounts.rules.accesses import LegalDuty
from server.campaigns.reads.connections import ConnectionRow
from server.campaigns.rules import connections as rules
from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.node import Node
from server.kit.graph.problems import Problem, problem
from server.kit.graph.scalars import BigInt

READ = Access(Who.SIGNED_IN, "balance_and_orders", "account:read")
WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "account:write")
OPERATOR = Access(Who.STAFF, "security", staff_roles=frozenset({"ADMIN"}), duty=LegalDuty.OPERATION.value)
_OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""For the fields of a connection: whoever was let through a field that leads to it may read it."""


@strawberry.enum(name="EventProvider", description="Whose webhooks are understood.")
class EventProviderEnum(Enum):
    SENDGRID = strawberry.enum_value("SENDGRID", description="Twilio SendGrid, by its signed Event Webhook.")
    SES = strawberry.enum_value("SES", description="Amazon SES, by a topic of Amazon SNS.")
    MAILGUN = strawberry.enum_value("MAILGUN", description="Mailgun.")
    POSTMARK = strawberry.enum_value("POSTMARK", description="Postmark.")


@strawberry.enum(name="EventConnectionState", description="Where a connection is.")
class ConnectionStateEnum(Enum):
    PENDING = strawberry.enum_value(
        "PENDING", description="It waits for Amazon SNS to confirm the subscription, which is done by itself."
    )
    ACTIVE = strawberry.enum_value("ACTIVE", description="It takes events.")
    REVOKED = strawberry.enum_value("REVOKED", description="It takes nothing any more. Final.")


@strawberry.enum(name="EventDeliveryFault", description="Why a delivery was not taken.")
class DeliveryFaultEnum(Enum):
    SIGNATURE_INVALID = strawberry.enum_value(
        "SIGNATURE_INVALID",
        description="It was not signed with the connection's secret: is the right one here?",
    )
    STALE = strawberry.enum_value("STALE", description="It was signed too long ago, or ahead of our clock.")
    REPLAYED = strawberry.enum_value("REPLAYED", description="Its token came before, with another content.")
    WRONG_TOPIC = strawberry.enum_value("WRONG_TOPIC", description="It is of another topic of Amazon SNS.")
    CERTIFICATE_UNAVAILABLE = strawberry.enum_value(
        "CERTIFICATE_UNAVAILABLE", description="Amazon's certificate could not be fetched."
    )
    CONFIRMATION_FAILED = strawberry.enum_value(
        "CONFIRMATION_FAILED", description="The subscription could not be confirmed at Amazon."
    )
    UNSUBSCRIBED = strawberry.enum_value(
        "UNSUBSCRIBED", description="The subscription was ended at Amazon; subscribe again."
    )
    PAYLOAD_MALFORMED = strawberry.enum_value(
        "PAYLOAD_MALFORMED", description="It is the provider's, and cannot be read."
    )
    PAYLOAD_TOO_LARGE = strawberry.enum_value(
        "PAYLOAD_TOO_LARGE", description="It has too many bytes or events."
    )


@strawberry.enum(name="EventCredentialFault", description="What is wrong with a credential.")
class CredentialFaultEnum(Enum):
    MISSING = strawberry.enum_value("MISSING", description="This provider makes one; enter it.")
    NOT_ASKED_FOR = strawberry.enum_value(
        "NOT_ASKED_FOR", description="For this provider it is made here; enter none."
    )
    NOT_A_PUBLIC_KEY = strawberry.enum_value(
        "NOT_A_PUBLIC_KEY", description="It is no verification key as SendGrid shows it."
    )
    NOT_A_SIGNING_KEY = strawberry.enum_value(
        "NOT_A_SIGNING_KEY", description="It is no signing key: 16 to 128 visible ASCII characters."
    )
    NOT_A_TOPIC_ARN = strawberry.enum_value(
        "NOT_A_TOPIC_ARN", description="It is no ARN of a standard topic of Amazon SNS."
    )


@exposes(_OWN)
@strawberry.type(description="A delivery that was not taken.")
class EventConnectionFailure:
    fault: DeliveryFaultEnum = strawberry.field(description="What was wrong with it.")
    at: datetime = strawberry.field(description="When it came; within the same minute others may have, too.")


@exposes(_OWN)
@strawberry.type(
    name="EventConnection",
    description="A webhook over which a provider reports what became of messages. Let it post to `path`.",
)
class EventConnectionType(Node):
    provider: EventProviderEnum = strawberry.field(description="Whose it is.")
    state: ConnectionStateEnum = strawberry.field(description="Where it is.")
    decides_bills: bool = strawberry.field(
        description="Whether it is the operator's own: what it reports as accepted is paid for. An account's own feeds "
        "the statistics of its own campaigns only."
    )
    path: str = strawberry.field(description="Where the provider posts to, as a path of this server.")
    events_known: BigInt = strawberry.field(
        description="How many events of known campaigns came over it, repetitions included."
    )
    events_unknown: BigInt = strawberry.field(
        description="How many others came: of kinds that are not counted, or of messages without a known campaign."
    )
    last_event_at: datetime | None = strawberry.field(description="When the last known event came.")
    last_failure: EventConnectionFailure | None = strawberry.field(
        description="The last delivery that was not taken; null when there was none."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    rotated_at: datetime | None = strawberry.field(description="When it last got another secret.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")

    @classmethod
    def of(cls, row: ConnectionRow) -> EventConnectionType:
        return cls(
            id=strawberry.ID(row.id),
            provider=EventProviderEnum[row.provider],
            state=ConnectionStateEnum[row.state],
            decides_bills=row.account_id is None,
            path=f"/webhooks/{row.provider.lower()}/{row.id}",
            events_known=BigInt(row.events_known),
            events_unknown=BigInt(row.events_unknown),
            last_event_at=row.last_event_at,
            last_failure=_failure(row),
            created_at=row.created_at,
            rotated_at=row.rotated_at,
            revoked_at=row.revoked_at,
        )


def _failure(row: ConnectionRow) -> EventConnectionFailure | None:
    if row.last_failure_at is None or row.last_failure_code is None:
        return None
    return EventConnectionFailure(fault=DeliveryFaultEnum[row.last_failure_code], at=row.last_failure_at)


@problem(rules.EventConnectionNotFound)
@strawberry.type(description="There is no such connection, or it is revoked.")
class EventConnectionNotFound(Problem):
    pass


@problem(rules.EventConnectionLimitReached)
@strawberry.type(description="There are as many connections as there may be.")
class EventConnectionLimitReached(Problem):
    limit: int = strawberry.field(description="How many there may be that are not revoked.")


@problem(rules.EventCredentialInvalid)
@strawberry.type(description="The credential is not one of this provider.")
class EventCredentialInvalid(Problem):
    fault: CredentialFaultEnum = strawberry.field(description="What is wrong with it.")
