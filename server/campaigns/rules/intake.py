"""Events as a customer's engine reports them: checked field by field, with a code for each fault. No I/O."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from server.campaigns.rules.events import BounceClass, Device, EventKind, MessageEvent
from server.campaigns.rules.metrics import code_number, country_number
from server.campaigns.rules.recording import RecordingTerms
from server.kit.problems import Refusal

_SEGMENTS_MAX = 1_000
_CAMPAIGN = re.compile(r"cmp_[0-9a-z]{26}\Z")
_KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
_RECIPIENT = re.compile(r"\+[0-9]{5,15}\Z|[^\s@\x00-\x1f]{1,64}@[^\s@\x00-\x1f]{1,255}\Z")
_LINK = re.compile(r"https?://[^\s\x00-\x1f\x7f]{1,2000}\Z")
_DOMAIN = re.compile(r"[^\s@\x00-\x1f]{1,253}\Z")
_INSTANT_LENGTH_MAX = 40


class EventFault(StrEnum):
    """Why an event cannot be taken in."""

    NOT_JSON = "NOT_JSON"
    TOO_LONG = "TOO_LONG"
    FIELD_UNKNOWN = "FIELD_UNKNOWN"
    KEY_INVALID = "KEY_INVALID"
    CAMPAIGN_INVALID = "CAMPAIGN_INVALID"
    RECIPIENT_INVALID = "RECIPIENT_INVALID"
    KIND_UNKNOWN = "KIND_UNKNOWN"
    INSTANT_INVALID = "INSTANT_INVALID"
    BOUNCE_INVALID = "BOUNCE_INVALID"
    CODE_INVALID = "CODE_INVALID"
    LINK_INVALID = "LINK_INVALID"
    DOMAIN_INVALID = "DOMAIN_INVALID"
    COUNTRY_INVALID = "COUNTRY_INVALID"
    DEVICE_UNKNOWN = "DEVICE_UNKNOWN"
    FLAG_INVALID = "FLAG_INVALID"
    SEGMENTS_INVALID = "SEGMENTS_INVALID"


@dataclass(eq=False)
class EventsInvalid(Refusal):
    """One call has at least one event, and not too many."""

    code = "EVENTS_INVALID"
    blames = "events"
    limit: int


def check_events(count: int, terms: RecordingTerms) -> None:
    """Raises EventsInvalid."""
    if not 1 <= count <= terms.events_a_mutation_max:
        raise EventsInvalid(terms.events_a_mutation_max)


class Faulty(Exception):
    """An event that cannot be taken in."""

    def __init__(self, fault: EventFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


_KINDS = {kind.value: kind for kind in EventKind}
_CLASSES: Mapping[Any, BounceClass] = {each.value: each for each in BounceClass}
_DEVICES: Mapping[Any, Device] = {device.value: device for device in Device}
_FIELDS = frozenset(
    {
        *(
            "key",
            "campaignId",
            "recipient",
            "kind",
            "at",
            "bounce",
            "code",
            "link",
            "domain",
            "country",
            "device",
        ),
        *("machine", "suspectBot", "segments"),
    }
)


def event_of(given: Mapping[str, Any]) -> MessageEvent:
    """The event of a JSON object with the fields of the API's `MessageEventInput`. Raises Faulty."""
    if not _FIELDS.issuperset(given):
        raise Faulty(EventFault.FIELD_UNKNOWN)
    get = given.get
    kind = _KINDS.get(_hashable(get("kind")))
    if kind is None:
        raise Faulty(EventFault.KIND_UNKNOWN)
    return MessageEvent(
        key=_matching(get("key"), _KEY, EventFault.KEY_INVALID),
        campaign_id=_matching(get("campaignId"), _CAMPAIGN, EventFault.CAMPAIGN_INVALID),
        recipient=_matching(get("recipient"), _RECIPIENT, EventFault.RECIPIENT_INVALID),
        kind=kind,
        at=_instant(get("at")),
        bounce=_bounce(get("bounce"), kind),
        code=_code(get("code")),
        link=_optional(get("link"), _LINK, EventFault.LINK_INVALID),
        domain=_optional(get("domain"), _DOMAIN, EventFault.DOMAIN_INVALID),
        country=_country(get("country")),
        device=_device(get("device")),
        machine=_flag(get("machine")),
        suspect_bot=_flag(get("suspectBot")),
        segments=_segments(get("segments")),
    )


def _hashable(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _matching(value: Any, pattern: re.Pattern[str], fault: EventFault) -> str:
    if not isinstance(value, str) or not pattern.match(value):
        raise Faulty(fault)
    return value


def _optional(value: Any, pattern: re.Pattern[str], fault: EventFault) -> str | None:
    return None if value is None else _matching(value, pattern, fault)


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        instant = datetime.fromisoformat(value if len(value) <= _INSTANT_LENGTH_MAX else "")
    except (TypeError, ValueError):
        raise Faulty(EventFault.INSTANT_INVALID) from None
    if instant.tzinfo is None:
        raise Faulty(EventFault.INSTANT_INVALID)
    return instant


def _bounce(value: Any, kind: EventKind) -> BounceClass | None:
    """The class of a bounce; no other event has one."""
    if value is None:
        return BounceClass.UNDETERMINED if kind is EventKind.BOUNCED else None
    found = _CLASSES.get(_hashable(value))
    if found is None or kind is not EventKind.BOUNCED:
        raise Faulty(EventFault.BOUNCE_INVALID)
    return found


def _code(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not code_number(value):
        raise Faulty(EventFault.CODE_INVALID)
    return value


def _country(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not country_number(value):
        raise Faulty(EventFault.COUNTRY_INVALID)
    return value


def _device(value: Any) -> Device | None:
    if value is None:
        return None
    found = _DEVICES.get(_hashable(value))
    if found is None:
        raise Faulty(EventFault.DEVICE_UNKNOWN)
    return found


def _flag(value: Any) -> bool:
    if value is None or value is False:
        return False
    if value is not True:
        raise Faulty(EventFault.FLAG_INVALID)
    return True


def _segments(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _SEGMENTS_MAX:
        raise Faulty(EventFault.SEGMENTS_INVALID)
    return value
