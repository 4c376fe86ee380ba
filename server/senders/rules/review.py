"""What a reviewer may decide about a sender. No I/O."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal
from server.senders.rules import Terms


class ReasonCode(StrEnum):
    """Why a sender is refused."""

    DOCUMENTS_UNREADABLE = "DOCUMENTS_UNREADABLE"
    DOCUMENTS_DO_NOT_MATCH = "DOCUMENTS_DO_NOT_MATCH"
    NAME_NOT_YOURS = "NAME_NOT_YOURS"
    NAME_MISLEADING = "NAME_MISLEADING"
    COUNTRY_NOT_SERVED = "COUNTRY_NOT_SERVED"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer says. `countries` where it is accepted; a refusal has none, and a reason."""

    accept: bool
    countries: Sequence[str]
    reason: ReasonCode | None
    note: str | None


class DecisionFault(StrEnum):
    """What is wrong with a decision."""

    COUNTRIES_NOT_REQUESTED = "COUNTRIES_NOT_REQUESTED"
    COUNTRIES_MISSING = "COUNTRIES_MISSING"
    REASON_MISSING = "REASON_MISSING"
    REASON_OF_ACCEPTANCE = "REASON_OF_ACCEPTANCE"
    NOTE_NOT_PLAIN = "NOTE_NOT_PLAIN"


@dataclass(eq=False)
class SenderReviewOutdated(Refusal):
    """The application was submitted anew since; look at it again."""

    code = "SENDER_REVIEW_OUTDATED"
    blames = "submissionId"


@dataclass(eq=False)
class SenderDecisionInvalid(Refusal):
    """An acceptance names requested countries and no reason; a refusal names a reason; a note is short and plain."""

    code = "SENDER_DECISION_INVALID"
    fault: str


def check_decision(decision: Decision, requested: Collection[str], terms: Terms) -> None:
    """Raises SenderDecisionInvalid."""
    if fault := _decision_fault(decision, requested, terms):
        raise SenderDecisionInvalid(fault)


def _decision_fault(decision: Decision, requested: Collection[str], terms: Terms) -> DecisionFault | None:
    if decision.accept and not decision.countries:
        return DecisionFault.COUNTRIES_MISSING
    if not set(decision.countries) <= (set(requested) if decision.accept else set()):
        return DecisionFault.COUNTRIES_NOT_REQUESTED
    if decision.accept and decision.reason is not None:
        return DecisionFault.REASON_OF_ACCEPTANCE
    if not decision.accept and decision.reason is None:
        return DecisionFault.REASON_MISSING
    if decision.note is not None and not _is_plain(decision.note, terms.note_length_max):
        return DecisionFault.NOTE_NOT_PLAIN
    return None


def _is_plain(note: str, length_max: int) -> bool:
    """Whether it may be kept and shown: visible, short, and no card number in it (M115)."""
    return (
        bool(note.strip()) and len(note) <= length_max and note.isprintable() and not holds_card_number(note)
    )
