"""Checks of what is over by the policy, and should be gone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import func, select

from server.checks.looking import WRONG_MAX, look
from server.checks.storage import stored_columns
from server.kit.personal import Declared
from server.kit.retention import Clocks
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.processing import RETAIN
from server.policy.rules.publishing import Published
from server.policy.rules.validation import FOREVER, RELATIONSHIP
from server.privacy.model import MinorReport
from server.privacy.reads.keys import keys_of, shown
from server.privacy.reads.retention import held_rows, over_by
from server.privacy.rules.retention import RetentionTerms

_JUDGEMENT = frozenset(f"age_judgements.{name}" for name in ("account_id", "verdict", "method", "judged_at"))


def kept_in_time(read: Read, name: str) -> Finding:
    """No row of this retention is there long after its time, but for those that an open case holds (H005, M120)."""
    total, wrong, at = 0, [], read.now - read.terms(RetentionTerms).late_after
    for clock in read.terms(Clocks).rows:
        if clock.name != name:
            continue
        total += int(read.scalar(select(func.count()).select_from(clock.model)) or 0)
        late = select(*keys_of(clock.model)).where(over_by(read, clock, at), ~held_rows(read, clock))
        wrong += [f"{clock.table} {shown(key)}" for key in read.rows(late.limit(WRONG_MAX))]
    return finding(total, "rows", wrong)


def periods_named(read: Read) -> Finding:
    """Whatever is held has a named period in the policy (Q025)."""
    clauses = read.terms(Published).profile.clauses
    names = {held.retention for held in read.terms(Declared).held}
    return finding(
        len(names), "retentions", sorted(name for name in names if f"{RETAIN}{name}" not in clauses)
    )


def nothing_forever(read: Read) -> Finding:
    """No period is endless, and what lasts as long as the relationship ends by inactivity at the latest (B010, C20)."""
    profile = read.terms(Published).profile
    said = {key: clause.value for key, clause in profile.clauses.items() if key.startswith(RETAIN)}
    lasting = [key for key, value in said.items() if value == RELATIONSHIP]
    wrong = [key for key, value in said.items() if value == FOREVER]
    wrong += lasting if "inactivity.erase" not in profile.clauses else []
    return finding(len(said), "periods", wrong)


def age_evidence_gone(read: Read) -> Finding:
    """Of somebody's age the judgement is there and nothing that it came from, and no report of a minor that was judged
    has its words still."""
    stored = {".".join(row) for row in read.rows(stored_columns(read))}
    columns = {name for name in stored if name.startswith("age_judgements.")}
    words = MinorReport.named.is_not(None) | MinorReport.text.is_not(None)
    judged = MinorReport.judged_at.is_not(None)
    return combined(
        {
            "columns": finding(len(columns), "columns", sorted(columns - _JUDGEMENT)),
            "reports": look(read, "reports", MinorReport, MinorReport.id, judged & words),
        }
    )


NAMES = (
    "sessions",
    "registers",
    "audit",
    "api_log",
    "repetitions",
    "until_settled",
    "exports",
    "support",
    "incidents",
)

CHECKS: Mapping[str, Check] = {
    "periods_named": periods_named,
    "nothing_forever": nothing_forever,
    "age_evidence_gone": age_evidence_gone,
    **{f"{name}_in_time": partial(kept_in_time, name=name) for name in NAMES},
}
