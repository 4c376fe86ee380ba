"""Steps in any time zone, rates, the numbers of moments and facets, and the faults of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.campaigns.rules.events import BounceClass, EventKind
from server.campaigns.rules.exports import ExportInvalid, ExportKind, check_subject
from server.campaigns.rules.intake import EventFault, EventsInvalid, Faulty, check_events, event_of
from server.campaigns.rules.metrics import (
    COLUMNS,
    bucket_of,
    code_number,
    country_code,
    country_number,
    free_number,
    status_code,
)
from server.campaigns.rules.rates import Counts, Rate
from server.campaigns.rules.recording import RecordingTerms, Untimely, untimely
from server.campaigns.rules.series import SeriesTooLong, Step, TimeZoneUnknown, boundaries, buckets, zone
from server.kit.sheets import defused
from tests.campaigns.recounting import NOON

ZONES = (
    "UTC",
    "Europe/Zurich",
    "America/New_York",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
    "Pacific/Chatham",
)
TERMS = RecordingTerms()


@given(
    minutes=st.integers(0, 3 * 365 * 24 * 60),
    hours=st.integers(1, 200),
    step=st.sampled_from(Step),
    name=st.sampled_from(ZONES),
)
def test_steps_follow_each_other_and_hold_every_quarter_hour_once(
    minutes: int, hours: int, step: Step, name: str
) -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    until = start + timedelta(hours=hours)
    found = boundaries(start, until, step, zone(name))
    assert found[0] <= start
    assert found[-2] < until <= found[-1]
    assert all(one < two for one, two in pairwise(found))
    assert all(instant.timestamp() % 900 == 0 for instant in found)
    ranges = buckets(found)
    assert [last for _, last in ranges[:-1]] == [first for first, _ in ranges[1:]]
    assert boundaries(found[-2], until, step, zone(name))[0] == found[-2]


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Zurich", datetime(2026, 3, 29, 11, tzinfo=UTC), 23),
        ("Europe/Zurich", datetime(2026, 10, 25, 11, tzinfo=UTC), 25),
        ("Europe/Zurich", datetime(2026, 6, 1, 11, tzinfo=UTC), 24),
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 3, tzinfo=UTC), 23.5),
        ("America/Havana", datetime(2026, 3, 8, 17, tzinfo=UTC), 23),
        ("Asia/Kathmandu", datetime(2026, 6, 1, 11, tzinfo=UTC), 24),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(name: str, day: datetime, hours: float) -> None:
    first, last = boundaries(day, day, Step.DAY, zone(name))
    assert last - first == timedelta(hours=hours)
    assert first.astimezone(zone(name)).hour in (0, 1)  # 1 where midnight is skipped


def test_an_hour_of_kathmandu_begins_at_a_quarter_past() -> None:
    first, *_ = boundaries(datetime(2026, 6, 1, 11, 20, tzinfo=UTC), NOON, Step.HOUR, zone("Asia/Kathmandu"))
    assert first == datetime(2026, 6, 1, 11, 15, tzinfo=UTC)


def test_a_series_has_a_limit_and_a_zone_that_exists() -> None:
    with pytest.raises(SeriesTooLong) as refused:
        boundaries(NOON, NOON + timedelta(days=40), Step.QUARTER_HOUR, zone("UTC"))
    assert refused.value.points_max == 3_000
    for name in ("Mars/Olympus", "", "../../etc/passwd", "a" * 65, "Zürich"):
        with pytest.raises(TimeZoneUnknown):
            zone(name)


def test_rates_are_exact_fractions_of_recipients() -> None:
    numbers = {
        "accepted_unique": 3,
        "delivered_unique": 3,
        "opened_human_unique": 2,
        "clicked_human_unique": 1,
    }
    counts = Counts([numbers.get(name, 0) for name in COLUMNS])
    assert counts.delivery() == Rate(3, 3)
    assert counts.click_through() == Rate(1, 3)
    assert counts.click_through().value == Decimal("0.333333")
    assert counts.click_to_open().value == Decimal("0.500000")
    assert counts.complaint() == Rate(0, 3)
    assert Counts.none().delivery().value is None
    assert Rate(5, 10_000_000).value == Decimal("0.000000")  # half to even
    assert Rate(15, 10_000_000).value == Decimal("0.000002")


@given(st.integers(1, 676))
def test_countries_have_numbers(number: int) -> None:
    assert country_number(country_code(number)) == number


def test_facets_that_are_none_have_the_number_0() -> None:
    assert [country_number(each) for each in (None, "", "C", "CHE", "C1", "ÄÖ")] == [0] * 6
    assert [
        code_number(each) for each in (None, "", "5.1", "550", "5.1.1.1", "3.1.1", "5.x.1", "5.1.1000")
    ] == [0] * 8
    assert [status_code(code_number(each)) for each in ("5.1.1", "4.2.2", "5.7.510")] == [
        "5.1.1",
        "4.2.2",
        "5.7.510",
    ]
    taken = {free_number(b"\0\0\0\0", set())}
    assert taken == {1}
    assert free_number(b"\0\0\0\1", taken) == 2


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (NOON - TERMS.event_age_max, None),
        (NOON - TERMS.event_age_max - timedelta(seconds=1), Untimely.TOO_OLD),
        (NOON + TERMS.event_ahead_max, None),
        (NOON + TERMS.event_ahead_max + timedelta(seconds=1), Untimely.IN_THE_FUTURE),
    ],
)
def test_what_is_too_old_or_from_the_future_is_not_counted(at: datetime, found: Untimely | None) -> None:
    assert untimely(at, NOON, TERMS, bounced=False, launched_at=None) == found


def test_a_bounce_long_after_the_launch_is_not_counted() -> None:
    launched_at = NOON - TERMS.bounce_after_launch_max
    late = NOON + timedelta(seconds=1)
    assert untimely(NOON, NOON, TERMS, bounced=True, launched_at=launched_at) is None
    assert untimely(late, NOON, TERMS, bounced=True, launched_at=launched_at) is Untimely.TOO_OLD
    assert untimely(late, NOON, TERMS, bounced=False, launched_at=launched_at) is None


GIVEN = {
    "key": "event-1",
    "campaignId": "cmp_01jnzz3qv5e4t8qz7m6f0x9k2a",
    "recipient": "reader@example.com",
    "kind": "BOUNCED",
    "at": "2026-03-02T09:00:00Z",
    "bounce": "HARD",
    "code": "5.1.1",
}


def test_an_event_is_read_as_it_was_meant() -> None:
    event = event_of(GIVEN)
    assert (event.kind, event.bounce, event.code, event.at) == (
        EventKind.BOUNCED,
        BounceClass.HARD,
        "5.1.1",
        NOON,
    )
    assert event_of({**GIVEN, "bounce": None}).bounce is BounceClass.UNDETERMINED
    assert event_of({**GIVEN, "at": "2026-03-02T10:00:00+01:00"}).at == NOON
    assert event_of({**GIVEN, "recipient": "+41790000000"}).recipient == "+41790000000"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"colour": "red"}, EventFault.FIELD_UNKNOWN),
        ({"key": ""}, EventFault.KEY_INVALID),
        ({"key": "a" * 201}, EventFault.KEY_INVALID),
        ({"key": 7}, EventFault.KEY_INVALID),
        ({"campaignId": "cmp_1"}, EventFault.CAMPAIGN_INVALID),
        ({"recipient": "nobody"}, EventFault.RECIPIENT_INVALID),
        ({"recipient": "0790000000"}, EventFault.RECIPIENT_INVALID),
        ({"kind": "SENT"}, EventFault.KIND_UNKNOWN),
        ({"kind": ["OPENED"]}, EventFault.KIND_UNKNOWN),
        ({"at": "2026-03-02T09:00:00"}, EventFault.INSTANT_INVALID),
        ({"at": "yesterday"}, EventFault.INSTANT_INVALID),
        ({"at": 1772442000}, EventFault.INSTANT_INVALID),
        ({"bounce": "RUBBER"}, EventFault.BOUNCE_INVALID),
        ({"kind": "OPENED"}, EventFault.BOUNCE_INVALID),
        ({"code": "550"}, EventFault.CODE_INVALID),
        ({"link": "javascript:alert(1)"}, EventFault.LINK_INVALID),
        ({"link": f"https://www.example.com/{'a' * 2_000}"}, EventFault.LINK_INVALID),
        ({"domain": "a b"}, EventFault.DOMAIN_INVALID),
        ({"country": "Switzerland"}, EventFault.COUNTRY_INVALID),
        ({"device": "FRIDGE"}, EventFault.DEVICE_UNKNOWN),
        ({"machine": "yes"}, EventFault.FLAG_INVALID),
        ({"segments": 0}, EventFault.SEGMENTS_INVALID),
        ({"segments": True}, EventFault.SEGMENTS_INVALID),
    ],
)
def test_each_fault_of_an_event_has_its_code(changed: dict[str, Any], fault: EventFault) -> None:
    with pytest.raises(Faulty) as faulty:
        event_of({**GIVEN, **changed})
    assert faulty.value.fault is fault


def test_a_call_has_1_to_1000_events() -> None:
    for count in (1, 1_000):
        check_events(count, TERMS)
    for count in (0, 1_001):
        with pytest.raises(EventsInvalid):
            check_events(count, TERMS)


@pytest.mark.parametrize("text", ["=1+1", "+41", "-1", "@a", "\ta", "\ra"])
def test_no_cell_is_taken_for_a_formula(text: str) -> None:
    assert defused(text) == f"'{text}"
    assert defused(f"a{text}") == f"a{text}"


def test_files_are_of_one_campaign_or_of_all() -> None:
    check_subject(ExportKind.STATISTICS, None)
    check_subject(ExportKind.SERIES, "cmp_1")
    for kind, campaign_id in ((ExportKind.SERIES, None), (ExportKind.MESSAGES, "cmp_1")):
        with pytest.raises(ExportInvalid):
            check_subject(kind, campaign_id)


def test_quarter_hours_are_numbered_since_1970() -> None:
    assert bucket_of(datetime(1970, 1, 1, 0, 15, tzinfo=UTC)) == 1
