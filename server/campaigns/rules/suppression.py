"""Why an address gets nothing more, who said so, and what it takes to write to it again. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from server.campaigns.rules import Terms
from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal


class SuppressionReason(StrEnum):
    """Why an address is suppressed."""

    UNSUBSCRIBED = "UNSUBSCRIBED"
    COMPLAINED = "COMPLAINED"
    HARD_BOUNCE = "HARD_BOUNCE"
    MANUAL = "MANUAL"
    OBJECTED = "OBJECTED"


class SuppressionSource(StrEnum):
    """Where it is known from: an event of a message, the recipient's own click, the customer, or what the recipient
    asked about their data."""

    EVENT = "EVENT"
    UNSUBSCRIBE_LINK = "UNSUBSCRIBE_LINK"
    CUSTOMER = "CUSTOMER"
    PRIVACY_REQUEST = "PRIVACY_REQUEST"


@dataclass(eq=False)
class SuppressionsInvalid(Refusal):
    """One call has at least one address, and not too many."""

    code = "SUPPRESSIONS_INVALID"
    blames = "addresses"
    limit: int


@dataclass(eq=False)
class SuppressionNotFound(Refusal):
    """There is no such suppression."""

    code = "SUPPRESSION_NOT_FOUND"
    blames = "suppressionId"


@dataclass(eq=False)
class RemovalReasonInvalid(Refusal):
    """Who writes to an address again says why: one line, not too long, without a card number."""

    code = "REMOVAL_REASON_INVALID"
    blames = "reason"
    length_max: int


@dataclass(eq=False)
class UnsubscribeLinkUnknown(Refusal):
    """This link leads nowhere."""

    code = "UNSUBSCRIBE_LINK_UNKNOWN"


def check_removal(reason: str, terms: Terms) -> None:
    """Raises RemovalReasonInvalid."""
    plain = reason.strip() == reason and reason.isprintable() and not holds_card_number(reason)
    if not plain or not 1 <= len(reason) <= terms.removal_reason_length_max:
        raise RemovalReasonInvalid(terms.removal_reason_length_max)


def check_addresses(count: int, terms: Terms) -> None:
    """Raises SuppressionsInvalid."""
    if not 1 <= count <= terms.suppressions_a_call_max:
        raise SuppressionsInvalid(terms.suppressions_a_call_max)
