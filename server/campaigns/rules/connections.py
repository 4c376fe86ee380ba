"""Who may report what became of messages, by what a report is verified, and the refusals of that. No I/O."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.kit.problems import Refusal


@dataclass(frozen=True, slots=True)
class WebhookTerms:
    """The numbers of webhooks."""

    connections_max: int = 10
    """Of one account that are not revoked; of the operator, too."""
    previous_credential_stands: timedelta = timedelta(hours=1)
    """How long the old secret is good beside the new one. A secret that leaked is revoked with its connection."""
    body_bytes_max: int = 2 * 1024 * 1024
    events_per_delivery_max: int = 5_000
    body_seconds_max: float = 10.0
    """For the whole of a body to arrive."""
    store_seconds_max: float = 15.0
    at_once_max: int = 32
    """Deliveries in one process at a time; each holds one body in memory."""
    at_once_per_connection_max: int = 4
    retry_after_seconds: int = 30
    failure_noted_every: timedelta = timedelta(minutes=1)
    """A failure of a connection is written down no more often: whoever floods it shall not make us write."""
    clock_skew_max: timedelta = timedelta(minutes=5)
    """How far a provider's clock may be ahead of ours."""
    sendgrid_age_max: timedelta = timedelta(hours=25)
    """SendGrid tries again for a day. Within that time the ids of events find a replay."""
    mailgun_age_max: timedelta = timedelta(hours=9)
    """Mailgun tries again for eight hours. Within that time its tokens find a replay."""
    sns_age_max: timedelta = timedelta(hours=25)
    fetched_bytes_max: int = 64 * 1024
    fetch_seconds_max: float = 5.0
    certificates_max: int = 32
    """Kept in memory."""
    certificate_kept: timedelta = timedelta(days=1)


class EventProvider(StrEnum):
    """Whose webhooks are understood."""

    SENDGRID = "SENDGRID"
    SES = "SES"
    MAILGUN = "MAILGUN"
    POSTMARK = "POSTMARK"


class ConnectionState(StrEnum):
    """Where a connection is: PENDING waits for Amazon SNS to confirm its subscription. REVOKED is final."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    REVOKED = "REVOKED"


class DeliveryFault(StrEnum):
    """Why a delivery was not taken. Told to the connection's owner, and to nobody else."""

    SIGNATURE_INVALID = "SIGNATURE_INVALID"
    STALE = "STALE"
    REPLAYED = "REPLAYED"
    WRONG_TOPIC = "WRONG_TOPIC"
    CERTIFICATE_UNAVAILABLE = "CERTIFICATE_UNAVAILABLE"
    CONFIRMATION_FAILED = "CONFIRMATION_FAILED"
    UNSUBSCRIBED = "UNSUBSCRIBED"
    PAYLOAD_MALFORMED = "PAYLOAD_MALFORMED"
    PAYLOAD_TOO_LARGE = "PAYLOAD_TOO_LARGE"


class CredentialFault(StrEnum):
    """What is wrong with the credential that was entered."""

    MISSING = "MISSING"
    NOT_ASKED_FOR = "NOT_ASKED_FOR"
    NOT_A_PUBLIC_KEY = "NOT_A_PUBLIC_KEY"
    NOT_A_SIGNING_KEY = "NOT_A_SIGNING_KEY"
    NOT_A_TOPIC_ARN = "NOT_A_TOPIC_ARN"


@dataclass(eq=False)
class EventConnectionNotFound(Refusal):
    """There is no such connection, or it is revoked."""

    code = "EVENT_CONNECTION_NOT_FOUND"
    blames = "connectionId"


@dataclass(eq=False)
class EventConnectionLimitReached(Refusal):
    """There are as many connections as there may be; revoke one first."""

    code = "EVENT_CONNECTION_LIMIT_REACHED"
    limit: int


@dataclass(eq=False)
class EventCredentialInvalid(Refusal):
    """The credential is not one of this provider."""

    code = "EVENT_CREDENTIAL_INVALID"
    blames = "credential"
    fault: str


_P256_HEADER = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_P256_BYTES = 91
_SIGNING_KEY = re.compile(r"[\x21-\x7e]{16,128}\Z")
_TOPIC = re.compile(r"arn:aws(?:-cn|-us-gov)?:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[A-Za-z0-9_-]{1,256}\Z")


def check_credential(provider: EventProvider, credential: str | None) -> None:
    """Raises EventCredentialInvalid. Postmark's is made here, the others' are made by the provider."""
    if provider is EventProvider.POSTMARK:
        if credential is not None:
            raise EventCredentialInvalid(CredentialFault.NOT_ASKED_FOR.value)
        return
    if not credential:
        raise EventCredentialInvalid(CredentialFault.MISSING.value)
    if provider is EventProvider.SENDGRID and not _is_public_key(credential):
        raise EventCredentialInvalid(CredentialFault.NOT_A_PUBLIC_KEY.value)
    if provider is EventProvider.MAILGUN and not _SIGNING_KEY.match(credential):
        raise EventCredentialInvalid(CredentialFault.NOT_A_SIGNING_KEY.value)
    if provider is EventProvider.SES and not _TOPIC.match(credential):
        raise EventCredentialInvalid(CredentialFault.NOT_A_TOPIC_ARN.value)


def sns_host(topic_arn: str) -> str:
    """The only host whose certificates and confirmations count for a topic: that of its own region."""
    found = _TOPIC.match(topic_arn)
    assert found is not None, "it was checked when it was entered"
    china = ".cn" if topic_arn.startswith("arn:aws-cn:") else ""
    return f"sns.{found[1]}.amazonaws.com{china}"


def is_fresh(told_at: datetime, now: datetime, age_max: timedelta, terms: WebhookTerms) -> bool:
    """Whether a delivery that was signed then is taken now; at the very limit it is."""
    return now - age_max <= told_at <= now + terms.clock_skew_max


def source_of(provider: EventProvider, account_id: str | None) -> str:
    """Within what an event's key is unique: the provider, as this owner uses it.

    An account's reports are apart from the operator's, or it could report an event first that decides its bill.
    """
    return f"{provider.value.lower()}:{account_id or 'operator'}"


def _is_public_key(text: str) -> bool:
    """Whether it is a P-256 key as SendGrid shows it: base 64 of its DER form (RFC 5480)."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) == _P256_BYTES and key.startswith(_P256_HEADER)
