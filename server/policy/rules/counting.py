"""What is counted of the use of the service, without saying whose it is. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

ANALYTICS = "analytics"
"""The purpose that an account consents to where the policy asks for it (P021)."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CountedEvent(StrEnum):
    """What an account did for the first time on a day."""

    SIGN_IN = "SIGN_IN"
    REGISTRATION = "REGISTRATION"
    FIRST_TOP_UP = "FIRST_TOP_UP"
    CAMPAIGN_LAUNCH = "CAMPAIGN_LAUNCH"


@dataclass(frozen=True, slots=True)
class CountingTerms:
    """The numbers of counting."""

    group_min: int = 10
    """Fewer accounts than that are not shown as a number (P019, M132)."""
    days_caught_up_max: int = 31
    """Days before yesterday that are counted when they were not."""
    days_shown_max: int = 92


def day_of(instant: datetime) -> int:
    """The number of its day since 1970, UTC."""
    return (instant - _EPOCH).days


def begin_of(day: int) -> datetime:
    """The first instant of a day."""
    return _EPOCH + timedelta(days=day)


def shown(accounts: int, terms: CountingTerms) -> int | None:
    """The number as it may be shown; None where it stands for too few."""
    return accounts if accounts >= terms.group_min else None
