"""Where a campaign can go, and what has to be declared and present before it goes there. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from server.campaigns.rules import (
    CampaignIncomplete,
    CampaignNameInvalid,
    CampaignScheduleInvalid,
    CampaignStatus,
    CampaignStatusConflict,
    ListSourceRefused,
    Terms,
)
from server.kit.card_numbers import holds_card_number


class LawfulBasis(StrEnum):
    """Why the customer may write to these people (GDPR article 6; EXISTING_CUSTOMER is the exception for one's own
    customers of Directive 2002/58/EC, article 13(2))."""

    CONSENT = "CONSENT"
    EXISTING_CUSTOMER = "EXISTING_CUSTOMER"
    CONTRACT = "CONTRACT"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST"


class ListSource(StrEnum):
    """Where the addresses come from. The terms say which sources are refused (M019)."""

    OWN_SUBSCRIBERS = "OWN_SUBSCRIBERS"
    OWN_CUSTOMERS = "OWN_CUSTOMERS"
    OWN_MEMBERS = "OWN_MEMBERS"
    OWN_EVENTS = "OWN_EVENTS"
    PURCHASED = "PURCHASED"
    RENTED = "RENTED"
    THIRD_PARTY = "THIRD_PARTY"


class PauseReason(StrEnum):
    """Why a campaign is paused."""

    CUSTOMER = "CUSTOMER"
    ACCOUNT_RESTRICTED = "ACCOUNT_RESTRICTED"
    COMPLAINT = "COMPLAINT"


_ENDS = frozenset({CampaignStatus.COMPLETED, CampaignStatus.CANCELLED, CampaignStatus.FAILED})
MOVES: Mapping[CampaignStatus, frozenset[CampaignStatus]] = {
    CampaignStatus.DRAFT: frozenset(
        {CampaignStatus.SCHEDULED, CampaignStatus.SENDING, CampaignStatus.CANCELLED}
    ),
    CampaignStatus.SCHEDULED: frozenset(
        {
            CampaignStatus.DRAFT,
            CampaignStatus.SCHEDULED,
            CampaignStatus.SENDING,
            CampaignStatus.CANCELLED,
            CampaignStatus.FAILED,
        }
    ),
    CampaignStatus.SENDING: _ENDS | {CampaignStatus.PAUSED},
    CampaignStatus.PAUSED: _ENDS | {CampaignStatus.SENDING},
    CampaignStatus.COMPLETED: frozenset(),
    CampaignStatus.CANCELLED: frozenset(),
    CampaignStatus.FAILED: frozenset(),
}
"""Which status may follow which."""

ENDED = _ENDS
RUNNING = frozenset({CampaignStatus.SENDING, CampaignStatus.PAUSED})
"""While a campaign holds credits."""


def check_move(status: CampaignStatus, to: CampaignStatus) -> None:
    """Raises CampaignStatusConflict when `to` may not follow `status`."""
    if to not in MOVES[status]:
        raise CampaignStatusConflict(status.value)


def check_editable(status: CampaignStatus) -> None:
    """Raises CampaignStatusConflict for all but drafts."""
    if status is not CampaignStatus.DRAFT:
        raise CampaignStatusConflict(status.value)


def check_name(name: str, terms: Terms) -> None:
    """Raises CampaignNameInvalid."""
    plain = name.strip() == name and name.isprintable() and not holds_card_number(name)
    if not plain or not 1 <= len(name) <= terms.name_length_max:
        raise CampaignNameInvalid(terms.name_length_max)


def check_source(source: ListSource, terms: Terms) -> None:
    """Raises ListSourceRefused (M019)."""
    if source.value in terms.list_sources_refused:
        raise ListSourceRefused(source.value)


def check_complete(recipients: int, declared_at: datetime | None) -> None:
    """Raises CampaignIncomplete: nothing is sent to nobody, or without a declaration (M014)."""
    if not recipients or declared_at is None:
        raise CampaignIncomplete(recipients=not recipients, declaration=declared_at is None)


def check_schedule(at: datetime, now: datetime, terms: Terms) -> None:
    """Raises CampaignScheduleInvalid."""
    if not now < at <= now + terms.schedule_ahead_max:
        raise CampaignScheduleInvalid(terms.schedule_ahead_max.days)
