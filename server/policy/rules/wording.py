"""How a clause reads in a language: its kind's title, its sentence, and its value in words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from server.policy.rules.periods import is_period, period
from server.policy.rules.profile import Clause, ClauseState, Document, Profile

FALLBACK = "en"
_VALUE = "{value}"

_SINGULAR = {"fr": (0, 1)}
"""Which counts take the singular, where it is not 1 alone."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language: `kinds` are the titles, `units` singular and plural, `words` what values say."""

    language: str
    kinds: Mapping[str, str]
    units: Mapping[str, tuple[str, str]]
    words: Mapping[str, str]
    page: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Wordings:
    """The languages in which a policy can be written."""

    by_language: Mapping[str, Wording] = field(default_factory=dict)

    def of(self, language: str) -> Wording:
        """The words of the language, or English ones."""
        return self.by_language.get(language) or self.by_language[FALLBACK]


def title(clause: Clause, wording: Wording) -> str:
    """What the clause is about, as a heading."""
    return wording.kinds.get(clause.kind, clause.kind)


def text(clause: Clause, wording: Wording) -> str | None:
    """The sentence that users read; None where nobody wrote it in this language."""
    said = clause.texts.get(wording.language)
    return None if said is None else said.replace(_VALUE, shown(clause.value, wording))


def shown(value: Any, wording: Wording) -> str:
    """A value in words: periods with their units, money as amount and currency, lists with commas."""
    if isinstance(value, bool):
        return wording.words["yes" if value else "no"]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _period(value, wording) if is_period(value) else _word(value, wording)
    if isinstance(value, Mapping):
        if set(value) == {"amount", "currency"}:
            return f"{value['amount']} {value['currency']}"
        return ", ".join(f"{_word(key, wording)} {shown(one, wording)}" for key, one in value.items())
    return ", ".join(shown(one, wording) for one in value) or wording.words["nothing"]


def remark(clause: Clause, wording: Wording) -> str | None:
    """What readers must know of a clause beside its text; None for what the server enforces, and for statements."""
    if clause.state is ClauseState.NOT_YET:
        return wording.page["not_yet"]
    return wording.page["attested"] if clause.state is ClauseState.ATTESTED else None


def document_text(profile: Profile, document: Document, wording: Wording, *, remarks: bool = False) -> str:
    """The whole document, one clause a line, without those that nobody wrote in this language.

    With `remarks` it says of each clause how it is kept. Those are about the server, and no part of the document.
    """
    lines = [document.titles.get(wording.language) or document.name]
    heading = None
    for clause in by_kind(profile, document):
        sentence = text(clause, wording)
        if sentence is None:
            continue
        if clause.kind != heading:
            heading = clause.kind
            lines += ["", title(clause, wording)]
        said = remark(clause, wording) if remarks else None
        lines.append(f"- {sentence}" if said is None else f"- {sentence} ({said})")
    return "\n".join(lines) + "\n"


def by_kind(profile: Profile, document: Document) -> list[Clause]:
    """The clauses of a document as they are printed: together with those of the same kind, in the order of kinds."""
    clauses = profile.of_document(document.name)
    order = list(dict.fromkeys(clause.kind for clause in clauses))
    return sorted(clauses, key=lambda clause: order.index(clause.kind))


def authentic_hash(profile: Profile, document: Document, wordings: Wordings) -> str:
    """SHA-256 of the text in the authentic language, hexadecimal: what an acceptance is of (M107)."""
    authentic = document_text(profile, document, wordings.of(profile.authentic))
    return hashlib.sha256(authentic.encode()).hexdigest()


def _period(said: str, wording: Wording) -> str:
    counts = period(said).counts or ((0, "days"),)
    return " ".join(_counted(count, unit, wording) for count, unit in counts)


def _counted(count: int, unit: str, wording: Wording) -> str:
    singular, plural = wording.units[unit]
    return f"{count} {singular if count in _SINGULAR.get(wording.language, (1,)) else plural}"


def _word(said: str, wording: Wording) -> str:
    return wording.words.get(said) or said.replace("_", " ")
