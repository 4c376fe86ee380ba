"""Amazon SNS over HTTPS: envelopes, signed with RSA by a certificate that is fetched from Amazon.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
https://docs.aws.amazon.com/sns/latest/dg/http-subscription-confirmation-json.html
https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509 import Certificate, load_pem_x509_certificate

from server.campaigns.adapters.fetching import Fetcher, FetchFailed
from server.campaigns.adapters.payloads import NotTaken, key_of, parsed, written
from server.campaigns.rules.connections import DeliveryFault, WebhookTerms, is_fresh, sns_host

NOTIFICATION = "Notification"
CONFIRMATION = "SubscriptionConfirmation"
UNSUBSCRIPTION = "UnsubscribeConfirmation"
_CONFIRMING = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED: Mapping[str, Sequence[str]] = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: _CONFIRMING,
    UNSUBSCRIPTION: _CONFIRMING,
}
_OPTIONAL = "Subject"
_HASHES: Mapping[str, type[HashAlgorithm]] = {"1": SHA1, "2": SHA256}
_CERTIFICATE = re.compile(r"SimpleNotificationService-[0-9a-zA-Z]{1,64}\.pem\Z")
_URL_LENGTH_MAX = 2_000
_PARAMETERS_MAX = 10


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message whose signature, topic and age were checked. `topic_arn` is the one that it was pinned to."""

    kind: str
    message_id: str
    topic_arn: str
    at: datetime
    message: str = field(repr=False)
    subscribe_url: str | None = field(repr=False)


class Sns:
    """Verifies messages and confirms subscriptions. Keeps a few certificates in memory."""

    def __init__(self, fetcher: Fetcher, terms: WebhookTerms) -> None:
        self._fetcher = fetcher
        self._terms = terms
        self._certificates: OrderedDict[str, tuple[datetime, Certificate]] = OrderedDict()

    async def verify(self, body: bytes, topic_arns: Sequence[str], now: datetime) -> Envelope:
        """Raises NotTaken unless the body is a message of one of the topics, signed by Amazon, and not too old."""
        fields = parsed(body)
        if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
            raise NotTaken(DeliveryFault.PAYLOAD_MALFORMED)
        if fields.get("TopicArn") not in topic_arns:
            raise NotTaken(DeliveryFault.WRONG_TOPIC)  # before anything is fetched
        envelope = _envelope(fields)
        await self._check_signature(fields, now)
        if not is_fresh(envelope.at, now, self._terms.sns_age_max, self._terms):
            raise NotTaken(DeliveryFault.STALE)
        return envelope

    async def confirm(self, envelope: Envelope) -> None:
        """Visit the link by which the topic's owner is told that this server wants it. Raises NotTaken."""
        url = envelope.subscribe_url or ""
        if not _is_confirmation(url, envelope.topic_arn):
            raise NotTaken(DeliveryFault.CONFIRMATION_FAILED)
        try:
            await self._fetcher.get(url)
        except FetchFailed:
            raise NotTaken(DeliveryFault.CONFIRMATION_FAILED) from None

    async def _check_signature(self, fields: Mapping[str, str], now: datetime) -> None:
        algorithm = _HASHES.get(fields.get("SignatureVersion", ""))
        url = fields.get("SigningCertURL", "")
        if algorithm is None or not _is_certificate(url, fields["TopicArn"]):
            raise NotTaken(DeliveryFault.SIGNATURE_INVALID)
        certificate = await self._certificate(url, now)
        key = certificate.public_key()
        in_force = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
        if not isinstance(key, rsa.RSAPublicKey) or not in_force:
            raise NotTaken(DeliveryFault.SIGNATURE_INVALID)
        try:
            signature = base64.b64decode(fields["Signature"], validate=True)
            key.verify(signature, _signed_text(fields), padding.PKCS1v15(), algorithm())
        except (InvalidSignature, KeyError, binascii.Error, ValueError):
            raise NotTaken(DeliveryFault.SIGNATURE_INVALID) from None

    async def _certificate(self, url: str, now: datetime) -> Certificate:
        kept = self._certificates.get(url)
        if kept is not None and now < kept[0] + self._terms.certificate_kept:
            return kept[1]
        try:
            certificate = load_pem_x509_certificate(await self._fetcher.get(url))
        except (FetchFailed, ValueError):
            raise NotTaken(DeliveryFault.CERTIFICATE_UNAVAILABLE) from None
        self._certificates[url] = (now, certificate)
        self._certificates.move_to_end(url)
        if len(self._certificates) > self._terms.certificates_max:
            self._certificates.popitem(last=False)
        return certificate


def _envelope(fields: Mapping[str, str]) -> Envelope:
    try:
        return Envelope(
            kind=next(kind for kind in _SIGNED if kind == fields["Type"]),
            message_id=key_of(fields["MessageId"]),
            topic_arn=fields["TopicArn"],
            at=written(fields["Timestamp"]),
            message=fields["Message"],
            subscribe_url=fields.get("SubscribeURL"),
        )
    except (KeyError, StopIteration, ValueError, TypeError):
        raise NotTaken(DeliveryFault.PAYLOAD_MALFORMED) from None


def _signed_text(fields: Mapping[str, str]) -> bytes:
    """Names and values, each on a line of its own. Raises KeyError when one is missing."""
    names = [name for name in _SIGNED[fields["Type"]] if name != _OPTIONAL or name in fields]
    return "".join(f"{name}\n{fields[name]}\n" for name in names).encode()


def _is_certificate(url: str, topic_arn: str) -> bool:
    return _CERTIFICATE.match(_at_amazon(url, topic_arn)) is not None


def _is_confirmation(url: str, topic_arn: str) -> bool:
    """Whether the link confirms this topic and does nothing else."""
    path, _, query = _at_amazon(url, topic_arn).partition("?")
    try:
        asked = parse_qs(query, max_num_fields=_PARAMETERS_MAX)
    except ValueError:
        return False
    return (
        path == "" and asked.get("Action") == ["ConfirmSubscription"] and asked.get("TopicArn") == [topic_arn]
    )


def _at_amazon(url: str, topic_arn: str) -> str:
    """What follows the host of Amazon SNS in the topic's own region: nowhere else does this server go.

    Something that nothing is at when the URL leads elsewhere. The host is compared together with the slashes around
    it, so there is no user name, port or other spelling to be taken in by.
    """
    start = f"https://{sns_host(topic_arn)}/"
    plain = url.isascii() and url.isprintable() and not any(mark in url for mark in " #\\")
    return url.removeprefix(start) if plain and len(url) <= _URL_LENGTH_MAX and url.startswith(start) else "/"
