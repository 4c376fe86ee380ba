"""What a person has to do before a session of theirs may do what their role allows (P003, P044)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from server.accounts.rules import ACCOUNT_CLOSE, PRIVACY_WRITE, SELF_WRITE, Terms

STANDING_SCOPES = frozenset({"account:read", SELF_WRITE})
"""What a session may do while something has to be done first."""
AGE_SCOPES = STANDING_SCOPES | {"topups:read", "topups:write", PRIVACY_WRITE, ACCOUNT_CLOSE}
"""The same while only the age has to be verified: a card can be saved, and one's rights exercised."""
_STAFF = "STAFF"


class Requirement(Enum):
    """What has to be done first."""

    SECOND_FACTOR = "SECOND_FACTOR"
    NEW_PASSWORD = "NEW_PASSWORD"  # noqa: S105 - the name of a requirement
    AGE = "AGE"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a session's person: role, second factor in this session, the age of the password, and what
    shows that the account's owner is old enough.
    """

    role: str
    second_factor_at: datetime | None
    password_changed_at: datetime
    age_shown_by: str | None = None


def requirements(terms: Terms, standing: Standing, now: datetime) -> tuple[Requirement, ...]:
    """What has to be done first; nothing in the normal case."""
    found = []
    if standing.role in terms.second_factor_required_for and standing.second_factor_at is None:
        found.append(Requirement.SECOND_FACTOR)
    ends_at = password_ends_at(standing.password_changed_at, terms.password_age_max)
    if ends_at is not None and now >= ends_at:
        found.append(Requirement.NEW_PASSWORD)
    if standing.role != _STAFF and age_is_open(terms, standing.age_shown_by):
        found.append(Requirement.AGE)
    return tuple(found)


def age_is_open(terms: Terms, shown_by: str | None) -> bool:
    """Whether the account waits for its age to be verified (P032): what is only said verifies nothing."""
    return bool(terms.age_verified_by) and shown_by not in terms.age_verified_by


def scopes_while(required: tuple[Requirement, ...]) -> frozenset[str]:
    """What a session may do while these have to be done first."""
    return AGE_SCOPES if required == (Requirement.AGE,) else STANDING_SCOPES


def password_ends_at(changed_at: datetime, age_max: timedelta | None) -> datetime | None:
    """When a password must have been changed; never where the terms set no age (P044)."""
    return None if age_max is None else changed_at + age_max
