"""Reporting that somebody else may act for the account, or has what is its own (P047, H020, H025)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal


class ReportKind(Enum):
    """What is suspected: somebody got in, something got lost, or somebody misuses what they may do."""

    UNAUTHORISED_ACCESS = "UNAUTHORISED_ACCESS"
    LOSS = "LOSS"
    MISUSE = "MISUSE"


@dataclass(eq=False)
class ReportNoteInvalid(Refusal):
    """A note is visible text of limited length without a card number in it."""

    code = "REPORT_NOTE_INVALID"
    blames = "note"
    length_max: int


def normal_note(note: str | None, length_max: int) -> str | None:
    """The note without blanks around it, None for an empty one. Raises ReportNoteInvalid (M115)."""
    text = (note or "").strip()
    visible = all(line.isprintable() for line in text.splitlines())
    if len(text) > length_max or not visible or holds_card_number(text):
        raise ReportNoteInvalid(length_max)
    return text or None
