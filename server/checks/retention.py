"""Checks of what is over by the policy, and should be gone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sqlalchemy import func, select

from server.checks.looking import WRONG_MAX
from server.kit.retention import Clocks
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, finding
from server.privacy.reads.keys import keys_of, shown
from server.privacy.reads.retention import held_rows, over_by
from server.privacy.rules.retention import RetentionTerms


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


NAMES = ("sessions", "registers", "incidents", "audit", "api_log", "repetitions", "until_settled", "exports")

CHECKS: Mapping[str, Check] = {f"{name}_in_time": partial(kept_in_time, name=name) for name in NAMES}
