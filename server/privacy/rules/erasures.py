"""How an account is erased: in which scope, when, after which acknowledgement, and what is certified. No I/O."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from server.kit.problems import Refusal

SIGNING_KEY = "erasure_signing"
"""The server's secret that signs certificates."""
_FORMAT = "postmeter-erasure-1"

WARNINGS: Mapping[str, str] = {
    "en": "Everything about this account is deleted for good: its people, keys, messages and statistics, and the "
    "credits and money that are left in it. Nobody can bring it back, not from a backup either.",
    "fr": "Tout ce qui concerne ce compte est supprimé définitivement : ses membres, ses clés, ses messages et ses "
    "statistiques, ainsi que les crédits et l’argent qui y restent. Personne ne peut le rétablir, pas même à partir "
    "d’une sauvegarde.",
}
"""What must be acknowledged before an erasure, in each language (Q024)."""
WARNING_VERSION = hashlib.sha256(json.dumps(WARNINGS, sort_keys=True).encode()).hexdigest()[:16]
"""Stands for exactly these words."""


class ErasureScope(StrEnum):
    """What is erased. ALL_EXCEPT_BILLING leaves amounts, dates and numbers of bills under a pseudonym (C1)."""

    EVERYTHING = "EVERYTHING"
    ALL_EXCEPT_BILLING = "ALL_EXCEPT_BILLING"


class ErasureClock(StrEnum):
    """What an erasure follows from: each is a clock of its own (C2, C24, P033).

    LEGAL_PERIOD ends what an earlier erasure kept for billing, under the pseudonym that it has since (H029).
    """

    REQUEST = "REQUEST"
    CLOSURE = "CLOSURE"
    PREVENTIVE_CLOSURE = "PREVENTIVE_CLOSURE"
    INACTIVITY = "INACTIVITY"
    MINOR = "MINOR"
    LEGAL_PERIOD = "LEGAL_PERIOD"


class ErasureStatus(StrEnum):
    """Where an erasure is. From ERASING on it goes on to its end, whatever stops and starts."""

    PLANNED = "PLANNED"
    NOTIFYING = "NOTIFYING"
    SETTLING = "SETTLING"
    ERASING = "ERASING"
    ERASED = "ERASED"


@dataclass(frozen=True, slots=True)
class ErasureTerms:
    """The numbers of erasures."""

    scope: ErasureScope = ErasureScope.ALL_EXCEPT_BILLING
    request_after: timedelta = timedelta(0)
    """How long after a request the erasure begins (C2)."""
    closure_after: timedelta = timedelta(days=45)
    closure_by: timedelta = timedelta(days=60)
    """When, after its owner closed an account, the erasure begins, and by when it is done (M119)."""
    preventive_after: timedelta = timedelta(days=180)
    preventive_by: timedelta = timedelta(days=195)
    """The same after the company closed it to prevent harm (C24)."""
    minors_after: timedelta = timedelta(0)
    """How long the data of a minor may be kept once it is discovered (P033)."""
    inactivity_scope: ErasureScope = ErasureScope.ALL_EXCEPT_BILLING
    """What goes when nobody used an account for long (C25)."""
    billing_kept_months: int = 120
    """How long after an erasure what it kept for billing goes, too: the legal period (M120, H029)."""
    final_after: timedelta = timedelta(days=35)
    """How long after an erasure backups and copies of the key store live on."""

    work_within: timedelta = timedelta(days=7)
    """How long an erasure that is due at once may take: letters and payments have to come to an end before."""
    notice_wait: timedelta = timedelta(hours=1)
    """How long the notice may be on its way before the address is shredded all the same (C30)."""
    minors_notice_wait: timedelta = timedelta(minutes=10)
    settle_wait: timedelta = timedelta(days=3)
    """How long payments that are in flight are waited for. What comes later is unattributed."""
    look_every: timedelta = timedelta(seconds=15)
    held_look_every: timedelta = timedelta(days=1)
    """How often it is looked whether what is waited for, or the case that holds an erasure, has come to an end."""
    rows_at_once_max: int = 1_000
    """Rows that one transaction deletes."""
    batches_a_step_max: int = 50
    """Transactions of one step of due work, well inside its lease."""


@dataclass(frozen=True, slots=True)
class ErasureDates:
    """When an erasure begins, and by when it must be done."""

    due_at: datetime
    overdue_at: datetime


@dataclass(eq=False)
class ErasureScopeRefused(Refusal):
    """The policy erases in another scope."""

    code = "ERASURE_SCOPE_REFUSED"
    blames = "scope"
    scope: str


@dataclass(eq=False)
class ErasureWarningNotAcknowledged(Refusal):
    """It was not acknowledged that an erasure cannot be undone."""

    code = "ERASURE_WARNING_NOT_ACKNOWLEDGED"
    blames = "acknowledgedWarning"
    version: str


def check_scope(asked: ErasureScope | None, terms: ErasureTerms) -> None:
    """Raises ErasureScopeRefused for another scope than the policy's; none asks for the policy's."""
    if asked is not None and asked is not terms.scope:
        raise ErasureScopeRefused(terms.scope.value)


def check_warning(acknowledged: str) -> None:
    """Raises ErasureWarningNotAcknowledged unless it is of the present words (Q024)."""
    if acknowledged != WARNING_VERSION:
        raise ErasureWarningNotAcknowledged(WARNING_VERSION)


def acknowledgement(losses_digest: str | None) -> str:
    """What is stored of an acknowledgement, as JSON: the words, their version, and what was said to be lost (None: the
    staff acknowledged it).
    """
    said = {"version": WARNING_VERSION, "warning": WARNINGS["en"], "losses": losses_digest}
    return json.dumps(said, sort_keys=True)


def dates(clock: ErasureClock, since: datetime, terms: ErasureTerms) -> ErasureDates:
    """When an erasure by that clock, which began at `since`, is due and when it is overdue."""
    if clock is ErasureClock.CLOSURE:
        return ErasureDates(since + terms.closure_after, since + terms.closure_by)
    if clock is ErasureClock.PREVENTIVE_CLOSURE:
        return ErasureDates(since + terms.preventive_after, since + terms.preventive_by)
    after = terms.minors_after if clock is ErasureClock.MINOR else timedelta(0)
    if clock is ErasureClock.REQUEST:
        after = terms.request_after
    return ErasureDates(since + after, since + after + terms.work_within)


def scope_of(clock: ErasureClock, terms: ErasureTerms) -> ErasureScope:
    """What an erasure by that clock takes."""
    if clock is ErasureClock.LEGAL_PERIOD:
        return ErasureScope.EVERYTHING
    return terms.inactivity_scope if clock is ErasureClock.INACTIVITY else terms.scope


def notice_wait(clock: str, terms: ErasureTerms) -> timedelta:
    """How long its notice may be on its way."""
    return terms.minors_notice_wait if clock == ErasureClock.MINOR else terms.notice_wait


def subject_mark(account_id: str) -> str:
    """By which a certificate says whose erasure it certifies, to who knows the account's id and to nobody else."""
    return hashlib.sha256(f"{_FORMAT} {account_id}".encode()).hexdigest()


def certificate_text(facts: Mapping[str, Any]) -> str:
    """The text that is signed: one canonical JSON object."""
    return json.dumps({"format": _FORMAT, **facts}, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Counted:
    """What an erasure has done so far: rows erased by category, and rows retained by clause."""

    erased: Mapping[str, int]
    retained: Mapping[str, int]

    @classmethod
    def parse(cls, text: str | None) -> Counted:
        said = json.loads(text) if text else {"erased": {}, "retained": {}}
        return cls(said["erased"], said["retained"])

    def with_erased(self, category: str, rows: int) -> Counted:
        return Counted({**self.erased, category: self.erased.get(category, 0) + rows}, self.retained)

    def with_retained(self, clauses: Sequence[tuple[str, int]]) -> Counted:
        kept: dict[str, int] = {}
        for clause, rows in clauses:
            if rows:
                kept[clause] = kept.get(clause, 0) + rows
        return Counted(self.erased, kept)

    def text(self) -> str:
        return json.dumps({"erased": dict(self.erased), "retained": dict(self.retained)}, sort_keys=True)
