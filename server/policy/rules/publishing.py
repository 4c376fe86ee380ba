"""Versions of the policy: what is published, which one is in force, and whether it was announced in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.policy.rules.profile import Document, Profile
from server.policy.rules.wording import Wordings


class Telling(StrEnum):
    """How changes of the policy are told; the values are those of profiles."""

    EMAIL = "email"
    IN_APP = "in_app"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class ChangeTerms:
    """How, and how long before it takes effect, a change is told (M002, P035, C14)."""

    telling: frozenset[Telling] = frozenset({Telling.IN_APP})
    notice: timedelta = timedelta(0)
    accounts_a_step: int = 200
    api_telling: frozenset[Telling] = frozenset({Telling.EMAIL, Telling.WEB})
    """How changes of the API are told to those who have keys (M142); the page shows them in any case."""


@dataclass(frozen=True, slots=True)
class Published:
    """The profile that this server runs by, the next one where it was announced, and the words of both.

    `numbered` are the keys of the clauses that set a number of a slice.
    """

    profile: Profile
    wordings: Wordings
    upcoming: Profile | None = None
    numbered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """A version of a document that was recorded before."""

    document: str
    version: str
    effective_at: datetime
    recorded_at: datetime
    text_hash: str


def version_faults(
    document: Document, text_hash: str, known: list[KnownVersion], now: datetime, terms: ChangeTerms
) -> list[str]:
    """Why this version cannot be the one in force at this instant, as sentences; empty when it can (M105, M108)."""
    named = f"{document.name} {document.version}"
    same = [one for one in known if one.version == document.version]
    faults = _same_faults(named, document, text_hash, same)
    if document.effective_at > now:
        faults.append(
            f"{named} is not in force until {document.effective_at.isoformat()}: announce it as "
            "POSTMETER_POLICY_NEXT, and run by it from then on"
        )
    others = [one for one in known if one.version != document.version and one.effective_at <= now]
    later = [one for one in others if one.effective_at >= document.effective_at]
    if later:
        faults.append(
            f"{named} was superseded by {later[-1].version}: run by that one, or give this a new version and date"
        )
    announced_at = same[0].recorded_at if same else now
    if others and announced_at + terms.notice > document.effective_at and terms.notice:
        faults.append(
            f"{named} takes effect less than {terms.notice.days} days after it was announced: move `effective` and "
            "announce it as POSTMETER_POLICY_NEXT (P035)"
        )
    return faults


def upcoming_faults(
    document: Document, text_hash: str, known: list[KnownVersion], now: datetime, terms: ChangeTerms
) -> list[str]:
    """Why this version cannot be announced now, as sentences."""
    named = f"{document.name} {document.version}"
    same = [one for one in known if one.version == document.version]
    faults = _same_faults(named, document, text_hash, same)
    announced_at = same[0].recorded_at if same else now
    if document.effective_at < announced_at + terms.notice:
        faults.append(
            f"{named} must take effect {terms.notice.days} days or more after it is announced; move `effective` (P035)"
        )
    return faults


def _same_faults(named: str, document: Document, text_hash: str, same: list[KnownVersion]) -> list[str]:
    if same and (same[0].text_hash, same[0].effective_at) != (text_hash, document.effective_at):
        return [
            f"{named} was published with another text or date: a changed policy is a new version, so give it a new "
            "`version` and `effective` (M105)"
        ]
    return []
