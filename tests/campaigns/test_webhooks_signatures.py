"""Whether a delivery is the provider's: genuine, forged, too old, and of a certificate that is not Amazon's."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from server.campaigns.adapters import mailgun, postmark, sendgrid
from server.campaigns.adapters.payloads import NotTaken
from server.campaigns.adapters.sns import CONFIRMATION, Sns
from server.campaigns.rules.connections import (
    DeliveryFault,
    EventCredentialInvalid,
    EventProvider,
    WebhookTerms,
    check_credential,
    sns_host,
)
from server.kit.crypto import token_hash
from tests.campaigns.webhooks import (
    MAILGUN_TOKEN,
    SIGNING_KEY,
    TOPIC,
    Amazon,
    SendGrid,
    basic,
    certificate,
    events_of,
    mailgun_body,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TERMS = WebhookTerms()
BODY = b'[{"event":"open"}]'

# The published example of SendGrid's own libraries: not signed by us.
PUBLISHED_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6w"
    "EA3F+g=="
)
PUBLISHED_SIGNATURE = (
    "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
)
PUBLISHED_BODY = (
    b'[{"email":"hello@world.com","event":"dropped","reason":"Bounced Address",'
    b'"sg_event_id":"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",'
    b'"sg_message_id":"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",'
    b'"smtp-id":"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>","timestamp":1600112492}]\r\n'
)


def fault_of(caught: pytest.ExceptionInfo[NotTaken]) -> DeliveryFault:
    return caught.value.fault


# ---- SendGrid


def test_sendgrids_published_example_is_genuine() -> None:
    headers = {
        "x-twilio-email-event-webhook-signature": PUBLISHED_SIGNATURE,
        "x-twilio-email-event-webhook-timestamp": "1600112502",
    }
    at = datetime.fromtimestamp(1600112502, UTC)
    check_credential(EventProvider.SENDGRID, PUBLISHED_KEY)
    sendgrid.verify(PUBLISHED_BODY, headers, [PUBLISHED_KEY], at, TERMS)
    with pytest.raises(NotTaken):
        sendgrid.verify(PUBLISHED_BODY + b" ", headers, [PUBLISHED_KEY], at, TERMS)


def test_sendgrid_by_the_new_key_or_the_old_one() -> None:
    old, new = SendGrid(), SendGrid()
    keys = [new.public_key, old.public_key]
    for signer in (old, new):
        sendgrid.verify(BODY, signer.headers(BODY, NOW), keys, NOW, TERMS)
    with pytest.raises(NotTaken):
        sendgrid.verify(BODY, old.headers(BODY, NOW), [new.public_key], NOW, TERMS)


def test_what_sendgrid_did_not_sign() -> None:
    signer = SendGrid()
    good = signer.headers(BODY, NOW)
    signature, stamp = "x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"
    forged = [
        {},
        {stamp: good[stamp]},
        {signature: good[signature]},
        good | {signature: ""},
        good | {signature: "not base 64"},
        good | {signature: base64.b64encode(b"\x30\x00").decode()},
        good | {signature: good[signature] * 9},
        good | {stamp: str(int(good[stamp]) + 1)},
        good | {stamp: "１" * 10},
        good | {stamp: "9" * 12},
        SendGrid().headers(BODY, NOW),
        signer.headers(BODY + b" ", NOW),
    ]
    for headers in forged:
        with pytest.raises(NotTaken) as caught:
            sendgrid.verify(BODY, headers, [signer.public_key], NOW, TERMS)
        assert fault_of(caught) is DeliveryFault.SIGNATURE_INVALID
    with pytest.raises(NotTaken):
        sendgrid.verify(BODY, good, [], NOW, TERMS)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("age", "fresh"),
    [
        (TERMS.sendgrid_age_max - SECOND, True),
        (TERMS.sendgrid_age_max, True),
        (TERMS.sendgrid_age_max + SECOND, False),
        (-TERMS.clock_skew_max + SECOND, True),
        (-TERMS.clock_skew_max, True),
        (-TERMS.clock_skew_max - SECOND, False),
    ],
)
def test_sendgrids_stamp_is_fresh_for_a_day(age: timedelta, fresh: bool) -> None:
    signer = SendGrid()
    headers = signer.headers(BODY, NOW - age)
    if fresh:
        sendgrid.verify(BODY, headers, [signer.public_key], NOW, TERMS)
        return
    with pytest.raises(NotTaken) as caught:
        sendgrid.verify(BODY, headers, [signer.public_key], NOW, TERMS)
    assert fault_of(caught) is DeliveryFault.STALE


# ---- Mailgun

OPENED = events_of("mailgun")["opened"]


def test_mailgun_by_the_new_key_or_the_old_one() -> None:
    signed = mailgun.verify(mailgun_body(OPENED, NOW), ["another key", SIGNING_KEY], NOW, TERMS)
    assert (signed.token, signed.at, signed.event) == (MAILGUN_TOKEN, NOW, OPENED)
    with pytest.raises(NotTaken):
        mailgun.verify(mailgun_body(OPENED, NOW), ["another key"], NOW, TERMS)


@pytest.mark.parametrize(
    ("age", "fault"),
    [
        (TERMS.mailgun_age_max - SECOND, None),
        (TERMS.mailgun_age_max, None),
        (TERMS.mailgun_age_max + SECOND, DeliveryFault.STALE),
        (-TERMS.clock_skew_max, None),
        (-TERMS.clock_skew_max - SECOND, DeliveryFault.STALE),
    ],
)
def test_mailguns_stamp_is_fresh_while_it_tries_again(age: timedelta, fault: DeliveryFault | None) -> None:
    body = mailgun_body(OPENED, NOW - age)
    if fault is None:
        assert mailgun.verify(body, [SIGNING_KEY], NOW, TERMS).at == NOW - age
        return
    with pytest.raises(NotTaken) as caught:
        mailgun.verify(body, [SIGNING_KEY], NOW, TERMS)
    assert fault_of(caught) is fault


def test_what_mailgun_did_not_sign() -> None:
    body = mailgun_body(OPENED, NOW)
    stamp = str(int(NOW.timestamp()))
    forged = [
        mailgun_body(OPENED, NOW, key="x" * 32),
        body.replace(MAILGUN_TOKEN.encode(), MAILGUN_TOKEN[::-1].encode()),
        body.replace(stamp.encode(), str(int(stamp) + 1).encode()),
        # The same signed text, divided elsewhere: it must not be another token.
        body.replace(
            f'"timestamp":"{stamp}","token":"{MAILGUN_TOKEN}"'.encode(),
            f'"timestamp":"{stamp}{MAILGUN_TOKEN[0]}","token":"{MAILGUN_TOKEN[1:]}"'.encode(),
        ),
        b"{}",
        b"[]",
        b"null",
        b'{"signature":null}',
        b'{"signature":{"timestamp":1,"token":2,"signature":3}}',
        b'{"signature":{"timestamp":"1534108637","token":"' + b"a" * 20 + b'","signature":"\xc3\xa9"}}',
    ]
    assert len(set(forged)) == len(forged)
    for one in forged:
        assert one != body
        with pytest.raises(NotTaken) as caught:
            mailgun.verify(one, [SIGNING_KEY], NOW, TERMS)
        assert fault_of(caught) is DeliveryFault.SIGNATURE_INVALID
    with pytest.raises(NotTaken, match="PAYLOAD_MALFORMED"):
        mailgun.verify(body[:-3], [SIGNING_KEY], NOW, TERMS)


# ---- Postmark


def test_postmark_has_the_password() -> None:
    digests = [token_hash("new").hex(), token_hash("old").hex()]
    for password in ("new", "old"):
        postmark.verify(basic("postmeter", password), digests)
    forged = [
        {},
        {"authorization": ""},
        {"authorization": "Basic"},
        {"authorization": "Basic ???"},
        {"authorization": "Bearer " + basic("postmeter", "new")["authorization"].split()[1]},
        {"authorization": "Basic " + base64.b64encode(b"postmeter:\xff").decode()},
        basic("postmeter", "other"),
        basic("postmeter", ""),
        basic("", "new"),
        basic("root", "new"),
        basic("postmeter", digests[0]),
    ]
    for headers in forged:
        with pytest.raises(NotTaken) as caught:
            postmark.verify(headers, digests)
        assert fault_of(caught) is DeliveryFault.SIGNATURE_INVALID


# ---- Amazon


@pytest.fixture
def amazon() -> Amazon:
    return Amazon(NOW)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("with_subject", [True, False])
async def test_amazon_signs_with_sha1_or_sha256(amazon: Amazon, version: str, with_subject: bool) -> None:
    sns = Sns(amazon, TERMS)
    fields = amazon.envelope(event=events_of("ses")["delivery"])
    if not with_subject:
        del fields["Subject"]
    for _ in range(3):
        envelope = await sns.verify(amazon.signed(fields, version), [TOPIC], NOW)
        assert (envelope.topic_arn, envelope.at) == (TOPIC, NOW)
    assert len(amazon.visited) == 1  # the certificate is kept


async def test_what_amazon_did_not_sign(amazon: Amazon) -> None:
    good = amazon.envelope(event=events_of("ses")["delivery"])
    body = amazon.signed(good)
    forged = [
        amazon.signed(good, key=amazon.stranger),
        body.replace(b"recipient@example.com", b"somebody@example.com"),
        body.replace(b'"SignatureVersion":"1"', b'"SignatureVersion":"2"'),
        body.replace(b'"SignatureVersion":"1"', b'"SignatureVersion":"3"'),
        body.replace(b'"Signature":"', b'"Signature":"A'),
    ]
    for one in forged:
        assert one != body
        with pytest.raises(NotTaken) as caught:
            await Sns(amazon, TERMS).verify(one, [TOPIC], NOW)
        assert fault_of(caught) is DeliveryFault.SIGNATURE_INVALID


WRONG_PLACES = [
    "http://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ec.pem",
    "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-f3ec.pem",
    "https://sns.us-west-2.amazonaws.com.example.com/SimpleNotificationService-f3ec.pem",
    "https://sns.us-west-2.amazonaws.com@example.com/SimpleNotificationService-f3ec.pem",
    "https://user@sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ec.pem",
    "https://sns.us-west-2.amazonaws.com:8443/SimpleNotificationService-f3ec.pem",
    "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ec.pem?x=1",
    "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ec.pem#x",
    "https://sns.us-west-2.amazonaws.com/other/SimpleNotificationService-f3ec.pem",
    "https://sns.us-west-2.amazonaws.com/my-bucket/f3ec.pem",
    "https://s3.us-west-2.amazonaws.com/SimpleNotificationService-f3ec.pem",
    "https://127.0.0.1/SimpleNotificationService-f3ec.pem",
    "https://sns.us-west-2.amazonaws.com\\@example.com/SimpleNotificationService-f3ec.pem",
    "https://[::1/SimpleNotificationService-f3ec.pem",
    "",
]


@pytest.mark.parametrize("url", WRONG_PLACES)
async def test_no_certificate_is_fetched_from_elsewhere(amazon: Amazon, url: str) -> None:
    amazon.pages[url] = certificate(amazon.key, NOW - timedelta(days=1), NOW + timedelta(days=1))
    body = amazon.notification(events_of("ses")["delivery"], SigningCertURL=url)
    with pytest.raises(NotTaken) as caught:
        await Sns(amazon, TERMS).verify(body, [TOPIC], NOW)
    assert fault_of(caught) is DeliveryFault.SIGNATURE_INVALID
    assert amazon.visited == []


async def test_another_topic_is_refused_before_anything_is_fetched(amazon: Amazon) -> None:
    other = "arn:aws:sns:us-west-2:999999999999:MyTopic"
    body = amazon.notification(events_of("ses")["delivery"], TopicArn=other)
    with pytest.raises(NotTaken) as caught:
        await Sns(amazon, TERMS).verify(body, [TOPIC], NOW)
    assert (fault_of(caught), amazon.visited) == (DeliveryFault.WRONG_TOPIC, [])


async def test_a_certificate_has_its_time(amazon: Amazon) -> None:
    [url] = [page for page in amazon.pages if page.endswith(".pem")]
    amazon.pages[url] = certificate(amazon.key, NOW - timedelta(days=2), NOW - SECOND)
    body = amazon.notification(events_of("ses")["delivery"])
    with pytest.raises(NotTaken) as caught:
        await Sns(amazon, TERMS).verify(body, [TOPIC], NOW)
    assert fault_of(caught) is DeliveryFault.SIGNATURE_INVALID
    for page in (b"no certificate", None):
        if page is None:
            del amazon.pages[url]
        else:
            amazon.pages[url] = page
        with pytest.raises(NotTaken) as caught:
            await Sns(amazon, TERMS).verify(body, [TOPIC], NOW)
        assert fault_of(caught) is DeliveryFault.CERTIFICATE_UNAVAILABLE


async def test_certificates_are_fetched_again_after_a_day(amazon: Amazon) -> None:
    sns = Sns(amazon, TERMS)
    await sns.verify(amazon.notification(events_of("ses")["delivery"]), [TOPIC], NOW)
    amazon.now = NOW + TERMS.certificate_kept
    await sns.verify(amazon.notification(events_of("ses")["delivery"]), [TOPIC], amazon.now)
    assert len(amazon.visited) == 2


@pytest.mark.parametrize(("age", "fresh"), [(TERMS.sns_age_max, True), (TERMS.sns_age_max + SECOND, False)])
async def test_amazons_messages_are_fresh_for_a_day(amazon: Amazon, age: timedelta, fresh: bool) -> None:
    body = amazon.notification(events_of("ses")["delivery"])
    if fresh:
        assert (await Sns(amazon, TERMS).verify(body, [TOPIC], NOW + age)).at == NOW
        return
    with pytest.raises(NotTaken) as caught:
        await Sns(amazon, TERMS).verify(body, [TOPIC], NOW + age)
    assert fault_of(caught) is DeliveryFault.STALE


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'{"TopicArn":1}', b'{"TopicArn":"' + TOPIC.encode() + b'"}'],
)
async def test_what_is_no_message_is_malformed(amazon: Amazon, body: bytes) -> None:
    with pytest.raises(NotTaken) as caught:
        await Sns(amazon, TERMS).verify(body, [TOPIC], NOW)
    assert fault_of(caught) is DeliveryFault.PAYLOAD_MALFORMED
    assert amazon.visited == []


CONFIRMING = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=" + TOPIC
WRONG_CONFIRMATIONS = [
    CONFIRMING.replace("https:", "http:"),
    CONFIRMING.replace("us-west-2.amazonaws.com/", "us-west-2.amazonaws.com.example.com/"),
    CONFIRMING.replace("sns.us-west-2", "sns.eu-west-1"),
    CONFIRMING.replace("ConfirmSubscription", "Unsubscribe"),
    CONFIRMING.replace("MyTopic", "Other"),
    CONFIRMING + "&Action=Unsubscribe",
    CONFIRMING.replace("/?", "/elsewhere?"),
    "https://127.0.0.1/?Action=ConfirmSubscription&TopicArn=" + TOPIC,
]


@pytest.mark.parametrize("url", WRONG_CONFIRMATIONS)
async def test_only_this_topics_own_link_is_visited(amazon: Amazon, url: str) -> None:
    amazon.pages[url] = b"confirmed"
    sns = Sns(amazon, TERMS)
    body = amazon.signed(amazon.envelope("confirmation", SubscribeURL=url))
    envelope = await sns.verify(body, [TOPIC], NOW)
    visited = list(amazon.visited)
    with pytest.raises(NotTaken) as caught:
        await sns.confirm(envelope)
    assert (fault_of(caught), amazon.visited) == (DeliveryFault.CONFIRMATION_FAILED, visited)


async def test_a_subscription_is_confirmed(amazon: Amazon) -> None:
    sns = Sns(amazon, TERMS)
    envelope = await sns.verify(amazon.signed(amazon.envelope("confirmation"), "2"), [TOPIC], NOW)
    assert envelope.kind == CONFIRMATION
    await sns.confirm(envelope)
    assert amazon.visited[-1] == envelope.subscribe_url


# ---- credentials

GOOD_KEY = SendGrid().public_key


@pytest.mark.parametrize(
    ("provider", "credential", "fault"),
    [
        ("SENDGRID", None, "MISSING"),
        ("SENDGRID", "", "MISSING"),
        ("SENDGRID", "x", "NOT_A_PUBLIC_KEY"),
        ("SENDGRID", GOOD_KEY[:-8], "NOT_A_PUBLIC_KEY"),
        ("SENDGRID", base64.b64encode(b"0" * 91).decode(), "NOT_A_PUBLIC_KEY"),
        ("SENDGRID", GOOD_KEY, None),
        ("MAILGUN", None, "MISSING"),
        ("MAILGUN", "short", "NOT_A_SIGNING_KEY"),
        ("MAILGUN", "with a blank in it, and long", "NOT_A_SIGNING_KEY"),
        ("MAILGUN", SIGNING_KEY, None),
        ("SES", None, "MISSING"),
        ("SES", "arn:aws:sns:us-west-2:123456789012:My/Topic", "NOT_A_TOPIC_ARN"),
        ("SES", "arn:aws:sqs:us-west-2:123456789012:MyTopic", "NOT_A_TOPIC_ARN"),
        ("SES", "arn:aws:sns:example.com:123456789012:MyTopic", "NOT_A_TOPIC_ARN"),
        ("SES", TOPIC + "\n", "NOT_A_TOPIC_ARN"),
        ("SES", TOPIC, None),
        ("POSTMARK", "x", "NOT_ASKED_FOR"),
        ("POSTMARK", None, None),
    ],
)
def test_a_credential_fits_its_provider(provider: str, credential: str | None, fault: str | None) -> None:
    if fault is None:
        check_credential(EventProvider(provider), credential)
        return
    with pytest.raises(EventCredentialInvalid) as caught:
        check_credential(EventProvider(provider), credential)
    assert caught.value.fault == fault


@pytest.mark.parametrize(
    ("topic", "host"),
    [
        (TOPIC, "sns.us-west-2.amazonaws.com"),
        ("arn:aws-cn:sns:cn-north-1:123456789012:MyTopic", "sns.cn-north-1.amazonaws.com.cn"),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:MyTopic", "sns.us-gov-west-1.amazonaws.com"),
    ],
)
def test_a_topic_has_one_host(topic: str, host: str) -> None:
    check_credential(EventProvider.SES, topic)
    assert sns_host(topic) == host
