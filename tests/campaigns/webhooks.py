"""The four providers as they are seen from outside: their documented payloads, signed with keys made here."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from server.campaigns.adapters.fetching import FetchFailed

CAMPAIGN = "cmp_01kjqz0000e00800000000000"
TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic"
SIGNING_KEY = "key-0123456789abcdef0123456789abcdef"
MAILGUN_TOKEN = "651869375b9df3c98fc15c4889b102119add1235c38fc92824"

Payload = dict[str, Any]


@cache
def _documented(provider: str) -> bytes:
    path = Path(__file__).parent / "payloads" / f"{provider}.json"
    return path.read_bytes().replace(b"CAMPAIGN", CAMPAIGN.encode())


def documented(provider: str) -> Payload:
    """What the file of a provider says, with the test's campaign in it."""
    payload: Payload = orjson.loads(_documented(provider))
    return payload


def events_of(provider: str) -> dict[str, Payload]:
    """The provider's events by our names for them. Amazon's have the mail that they are about."""
    found = documented(provider)
    mail = {"mail": found["mail"]} if "mail" in found else {}
    return {name: event | copy.deepcopy(mail) for name, event in found["events"].items()}


@dataclass
class SendGrid:
    """Signs with ECDSA over the time stamp and the body."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def public_key(self) -> str:
        der = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()

    def headers(self, body: bytes, at: datetime) -> dict[str, str]:
        stamp = str(int(at.timestamp()))
        signature = self.key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))
        return {
            "x-twilio-email-event-webhook-signature": base64.b64encode(signature).decode(),
            "x-twilio-email-event-webhook-timestamp": stamp,
        }


def mailgun_body(
    event: Payload, at: datetime, *, token: str = MAILGUN_TOKEN, key: str = SIGNING_KEY
) -> bytes:
    """Signed over time stamp and token, and not over the event."""
    stamp = str(int(at.timestamp()))
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return orjson.dumps(
        {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": event}
    )


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@cache
def _rsa_key(number: int) -> rsa.RSAPrivateKey:
    assert number < 2, "making one is slow"
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(key: rsa.RSAPrivateKey, since: datetime, until: datetime) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(until)
        .sign(key, SHA256())
    )
    return built.public_bytes(Encoding.PEM)


class Amazon:
    """Signs messages, and answers those who fetch its certificate or confirm a subscription."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.key = _rsa_key(0)
        self.stranger = _rsa_key(1)
        self.pages: dict[str, bytes] = {}
        self.visited: list[str] = []
        url = documented("ses")["envelopes"]["notification"]["SigningCertURL"]
        self.pages[url] = certificate(self.key, now - timedelta(days=30), now + timedelta(days=30))
        self.pages[documented("ses")["envelopes"]["confirmation"]["SubscribeURL"]] = (
            b"<ConfirmSubscriptionResponse/>"
        )

    async def get(self, url: str) -> bytes:
        self.visited.append(url)
        if url not in self.pages:
            raise FetchFailed
        return self.pages[url]

    def envelope(self, kind: str = "notification", event: Payload | None = None, **changes: str) -> Payload:
        """A message of now, not signed yet."""
        stamp = self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        message = {} if event is None else {"Message": orjson.dumps(event).decode()}
        fields: Payload = documented("ses")["envelopes"][kind]
        return fields | {"Timestamp": stamp} | message | changes

    def signed(
        self, fields: Mapping[str, str], version: str = "1", key: rsa.RSAPrivateKey | None = None
    ) -> bytes:
        """The body of the message. The names are those that the documentation lists, in its order."""
        names = {
            "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
        }.get(
            fields["Type"], ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
        )
        text = "".join(f"{name}\n{fields[name]}\n" for name in names if name in fields)
        algorithm = SHA1() if version == "1" else SHA256()
        signature = (key or self.key).sign(text.encode(), padding.PKCS1v15(), algorithm)
        encoded = base64.b64encode(signature).decode()
        return orjson.dumps({**fields, "SignatureVersion": version, "Signature": encoded})

    def notification(self, event: Payload, version: str = "1", **changes: str) -> bytes:
        return self.signed(self.envelope("notification", event, **changes), version)
