"""How soon a password would be guessed, by zxcvbn's estimate, knowing what the guesser knows of its person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from zxcvbn import zxcvbn

_LENGTH_MAX = 48
"""The estimate takes time that grows faster than the password: what comes after so many characters is not judged."""


@dataclass(frozen=True, slots=True)
class Strength:
    """`score` is from 0 (guessed at once) to 4; `hint`, in English, says what would be better."""

    score: int
    hint: str


def strength(password: str, personal: Iterable[str]) -> Strength:
    """The estimate, where `personal` is what everybody who knows the person would try first."""
    found = zxcvbn(password[:_LENGTH_MAX], user_inputs=list(personal))
    feedback = found["feedback"]
    said = [text for text in (feedback["warning"], *feedback["suggestions"]) if text]
    return Strength(int(found["score"]), " ".join(dict.fromkeys(said)))
