"""The documented payloads of each provider, and what they mean here."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from server.campaigns.adapters import mailgun, postmark, sendgrid, ses
from server.campaigns.adapters.mailgun import Signed
from server.campaigns.adapters.payloads import Batch, NotTaken
from server.campaigns.adapters.sns import Envelope
from server.campaigns.rules.events import BounceClass, Device, EventKind, MessageEvent
from server.campaigns.rules.machines import MachineTerms
from tests.campaigns.webhooks import CAMPAIGN, TOPIC, Payload, documented, events_of

TERMS = MachineTerms()
AT = datetime(2026, 3, 2, tzinfo=UTC)
PROVIDERS = ("sendgrid", "mailgun", "postmark", "ses")


def read(provider: str, event: Any) -> Batch:
    if provider == "sendgrid":
        return sendgrid.events(orjson.dumps([event]), TERMS)
    if provider == "mailgun":
        return mailgun.events(Signed("token", AT, event), TERMS)
    if provider == "postmark":
        return postmark.events(orjson.dumps(event), TERMS)
    return ses.events(envelope(orjson.dumps(event).decode()), TERMS)


def envelope(message: str) -> Envelope:
    return Envelope("Notification", "19ba9823-d7f2-53c1-860e-cb10e0d13dfc", TOPIC, AT, message, None)


def only(provider: str, name: str) -> MessageEvent:
    batch = read(provider, events_of(provider)[name])
    [event] = [one for one in batch.events if one.kind is not EventKind.ACCEPTED] or batch.events
    return event


KINDS = {
    "sendgrid": {
        "processed": EventKind.ACCEPTED,
        "deferred": EventKind.DEFERRED,
        "delivered": EventKind.DELIVERED,
        "open": EventKind.OPENED,
        "machine_open": EventKind.OPENED,
        "click": EventKind.CLICKED,
        "bounce": EventKind.BOUNCED,
        "blocked": EventKind.BOUNCED,
        "dropped": EventKind.DROPPED,
        "spamreport": EventKind.COMPLAINED,
        "unsubscribe": EventKind.UNSUBSCRIBED,
        "group_unsubscribe": EventKind.UNSUBSCRIBED,
        "group_resubscribe": None,
    },
    "mailgun": {
        "accepted": EventKind.ACCEPTED,
        "rejected": EventKind.DROPPED,
        "delivered": EventKind.DELIVERED,
        "failed_permanent": EventKind.BOUNCED,
        "failed_temporary": EventKind.DEFERRED,
        "failed_suppressed": EventKind.DROPPED,
        "opened": EventKind.OPENED,
        "opened_apple": EventKind.OPENED,
        "clicked": EventKind.CLICKED,
        "clicked_scanner": EventKind.CLICKED,
        "unsubscribed": EventKind.UNSUBSCRIBED,
        "complained": EventKind.COMPLAINED,
    },
    "postmark": {
        "bounce": EventKind.BOUNCED,
        "delayed": EventKind.DEFERRED,
        "auto_reply": None,
        "delivery": EventKind.DELIVERED,
        "open": EventKind.OPENED,
        "open_gmail": EventKind.OPENED,
        "click": EventKind.CLICKED,
        "spam_complaint": EventKind.COMPLAINED,
        "unsubscribe": EventKind.UNSUBSCRIBED,
        "resubscribe": None,
    },
    "ses": {
        "send": EventKind.ACCEPTED,
        "reject": EventKind.DROPPED,
        "rendering_failure": EventKind.DROPPED,
        "delivery": EventKind.DELIVERED,
        "bounce": EventKind.BOUNCED,
        "bounce_without_report": EventKind.BOUNCED,
        "complaint": EventKind.COMPLAINED,
        "delay": EventKind.DEFERRED,
        "open": EventKind.OPENED,
        "click": EventKind.CLICKED,
        "subscription": EventKind.UNSUBSCRIBED,
    },
}
EVENTS = [(provider, name) for provider in PROVIDERS for name in events_of(provider)]


@pytest.mark.parametrize(("provider", "name"), EVENTS)
def test_every_documented_event_has_its_kind(provider: str, name: str) -> None:
    batch = read(provider, events_of(provider)[name])
    expected = KINDS[provider][name]
    if expected is None:
        assert (list(batch.events), batch.unknown) == ([], 1)
        return
    assert expected in {event.kind for event in batch.events}
    assert batch.unknown == 0
    for event in batch.events:
        assert event.campaign_id == CAMPAIGN
        assert event.recipient.endswith("@example.com")
        assert event.at.tzinfo is not None
        assert 0 < len(event.key) <= 80
        assert "@" not in event.key


def test_each_file_names_its_source() -> None:
    for provider in PROVIDERS:
        assert documented(provider)["source"].startswith("https://")


@pytest.mark.parametrize(("provider", "name"), EVENTS)
def test_a_repetition_has_the_same_keys_and_another_event_others(provider: str, name: str) -> None:
    first = read(provider, events_of(provider)[name])
    assert [event.key for event in first.events] == [
        event.key for event in read(provider, events_of(provider)[name]).events
    ]
    assert len({event.key for event in first.events}) == len(first.events)


@pytest.mark.parametrize(
    ("provider", "name", "code", "bounce"),
    [
        ("sendgrid", "bounce", "5.0.0", BounceClass.HARD),  # SendGrid's own "Invalid Address" settles 5.0.0
        ("sendgrid", "blocked", "5.7.1", BounceClass.BLOCK),
        ("mailgun", "failed_permanent", "5.1.1", BounceClass.HARD),
        ("postmark", "bounce", "5.1.1", BounceClass.HARD),
        ("ses", "bounce", "5.1.1", BounceClass.HARD),
    ],
)
def test_bounces_have_code_and_class(provider: str, name: str, code: str, bounce: BounceClass) -> None:
    event = only(provider, name)
    assert (event.kind, event.code, event.bounce) == (EventKind.BOUNCED, code, bounce)


def test_amazon_names_several_recipients_at_once() -> None:
    batch = read("ses", events_of("ses")["bounce_without_report"])
    assert [event.recipient for event in batch.events] == ["jane@example.com", "richard@example.com"]
    assert {event.bounce for event in batch.events} == {BounceClass.UNDETERMINED}
    assert len({event.key for event in batch.events}) == 2


def test_amazon_does_not_tell_who_of_several_opened_it() -> None:
    event = events_of("ses")["open"]
    event["mail"]["destination"].append("mary@example.com")
    assert read("ses", event).unknown == 1


def test_amazons_campaign_may_be_in_a_header() -> None:
    event = events_of("ses")["delivery"]
    del event["mail"]["tags"]
    assert read("ses", event).unknown == 1
    event["mail"]["headers"].append({"name": "X-Postmeter-Campaign", "value": CAMPAIGN})
    assert read("ses", event).events[0].campaign_id == CAMPAIGN


def test_amazons_plain_text_means_nothing() -> None:
    said = "Successfully validated SNS topic for Amazon SES event publishing."
    assert ses.events(envelope(said), TERMS).unknown == 1


def test_postmark_accepted_what_it_delivered_once() -> None:
    delivery, bounce = events_of("postmark")["delivery"], events_of("postmark")["bounce"]
    accepted = [
        event.key
        for payload in (delivery, delivery | {"DeliveredAt": "2014-08-02T00:00:00Z"}, bounce)
        for event in read("postmark", payload).events
        if event.kind is EventKind.ACCEPTED
    ]
    assert (len(accepted), len(set(accepted))) == (3, 2)


@pytest.mark.parametrize(
    ("provider", "name", "machine", "suspect", "device"),
    [
        ("sendgrid", "open", False, False, Device.MOBILE),
        ("sendgrid", "machine_open", True, False, None),
        ("sendgrid", "click", False, False, Device.DESKTOP),
        ("mailgun", "opened", False, False, Device.DESKTOP),
        ("mailgun", "opened_apple", True, False, None),
        ("mailgun", "clicked", False, False, Device.DESKTOP),
        ("mailgun", "clicked_scanner", False, True, None),
        ("postmark", "open", False, False, Device.DESKTOP),
        ("postmark", "open_gmail", True, False, None),
        ("postmark", "click", False, False, Device.DESKTOP),
        ("ses", "open", False, False, Device.MOBILE),
        ("ses", "click", False, False, Device.DESKTOP),
    ],
)
def test_machines_are_marked(
    provider: str, name: str, machine: bool, suspect: bool, device: Device | None
) -> None:
    event = only(provider, name)
    assert (event.machine, event.suspect_bot, event.device) == (machine, suspect, device)


@pytest.mark.parametrize(
    ("provider", "name", "link", "country"),
    [
        ("sendgrid", "click", "http://www.example.com/", None),
        ("mailgun", "clicked", "http://example.com/signup", "US"),
        ("postmark", "click", "https://example.com", "RS"),
        ("ses", "click", "http://docs.aws.amazon.com/ses/latest/DeveloperGuide/send-email-smtp.html", None),
    ],
)
def test_clicks_have_a_link_and_a_country_where_it_is_told(
    provider: str, name: str, link: str, country: str | None
) -> None:
    event = only(provider, name)
    assert (event.link, event.country) == (link, country)


def test_instants_are_those_of_the_events() -> None:
    assert only("sendgrid", "open").at == datetime(2017, 12, 15, 0, 59, 29, tzinfo=UTC)
    assert only("mailgun", "opened").at == datetime(2018, 3, 16, 23, 35, 39, 873676, tzinfo=UTC)
    assert only("postmark", "bounce").at == datetime(2016, 4, 27, 20, 28, 50, 396393, tzinfo=UTC)
    assert only("ses", "click").at == datetime(2017, 8, 9, 23, 51, 25, 570000, tzinfo=UTC)
    assert only("ses", "reject").at == AT


def _without(event: Payload, path: tuple[str, ...]) -> Payload:
    changed = copy.deepcopy(event)
    inner = changed
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return changed


@pytest.mark.parametrize(
    ("provider", "name", "path"),
    [
        ("sendgrid", "open", ("postmeter_campaign",)),
        ("sendgrid", "open", ("sg_event_id",)),
        ("sendgrid", "open", ("email",)),
        ("sendgrid", "open", ("timestamp",)),
        ("mailgun", "opened", ("user-variables", "postmeter_campaign")),
        ("mailgun", "opened", ("id",)),
        ("mailgun", "opened", ("recipient",)),
        ("postmark", "open", ("Metadata",)),
        ("postmark", "open", ("Recipient",)),
        ("postmark", "open", ("ReceivedAt",)),
        ("ses", "open", ("mail",)),
        ("ses", "open", ("open", "timestamp")),
    ],
)
def test_what_is_not_whole_is_counted_as_unknown(provider: str, name: str, path: tuple[str, ...]) -> None:
    batch = read(provider, _without(events_of(provider)[name], path))
    assert (list(batch.events), batch.unknown) == ([], 1)


ODD: list[Any] = [
    None,
    1,
    "x",
    [],
    {},
    True,
    {"event": []},
    {"event": "open", "email": 5},
    "\x00" * 500,
    1e308,
]


@pytest.mark.parametrize(("provider", "name"), EVENTS)
def test_no_odd_value_breaks_the_reading(provider: str, name: str) -> None:
    event = events_of(provider)[name]
    for field in event:
        for value in ODD:
            batch = read(provider, event | {field: value})
            assert batch.unknown + len(batch.events) >= 1
            for found in batch.events:
                assert (found.link or "").isprintable()


def test_one_odd_event_keeps_no_other_out() -> None:
    open_, click = events_of("sendgrid")["open"], events_of("sendgrid")["click"]
    batch = sendgrid.events(orjson.dumps([open_, None, {"event": "open"}, click]), TERMS)
    assert ([event.kind for event in batch.events], batch.unknown) == (
        [EventKind.OPENED, EventKind.CLICKED],
        2,
    )


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"1", b"null", b"\xff", b'[{"event":', b"[" * 5_000])
def test_what_is_no_batch_is_malformed(body: bytes) -> None:
    with pytest.raises(NotTaken, match="PAYLOAD_MALFORMED"):
        sendgrid.events(body, TERMS)
