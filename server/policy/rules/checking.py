"""What a check of the live database finds, and what that says of a clause."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from server.policy.rules.profile import Clause, ClauseState

EVIDENCE_LENGTH_MAX = 400
IN_FORCE = "in_force/"
"""Begins the names of the checks that compare what a clause says with what the server runs by; its key follows."""
_NAMED_MAX = 5


class Compliance(StrEnum):
    """Whether a clause is kept, as far as it was looked at."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    NOT_RUN = "NOT_RUN"
    STATEMENT = "STATEMENT"
    NOT_YET = "NOT_YET"


@dataclass(frozen=True, slots=True)
class Finding:
    """How many things were looked at, how many were wrong, and which: opaque ids and names of columns only."""

    looked_at: int
    faults: int
    evidence: str

    @property
    def passed(self) -> bool:
        return self.faults == 0


Check = Callable[[Any], Finding]
"""Looks at a `Read` of the database. It changes nothing, and names nobody."""


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of this server, by name."""

    by_name: Mapping[str, Check]


def checks_of(clause: Clause, numbered: Collection[str]) -> tuple[str, ...]:
    """The names of the checks that look at a clause: its own, and for one of those that set a number of a slice that
    the number is the one in force.
    """
    if clause.state is not ClauseState.ENFORCED:
        return ()
    own = () if clause.check is None else (clause.check,)
    return (f"{IN_FORCE}{clause.key}", *own) if clause.key in numbered else own


def finding(looked_at: int, what: str, wrong: list[str]) -> Finding:
    """The finding in words: `what` is looked at, `wrong` names what is not as it should be, by ids."""
    if not wrong:
        return Finding(looked_at, 0, f"{looked_at} {what}, none wrong")
    named = ", ".join(wrong[:_NAMED_MAX]) + (", …" if len(wrong) > _NAMED_MAX else "")
    return Finding(
        looked_at, len(wrong), f"{looked_at} {what}, {len(wrong)} wrong: {named}"[:EVIDENCE_LENGTH_MAX]
    )


def combined(findings: Mapping[str, Finding]) -> Finding:
    """Several findings as one."""
    return Finding(
        sum(one.looked_at for one in findings.values()),
        sum(one.faults for one in findings.values()),
        "; ".join(one.evidence for one in findings.values())[:EVIDENCE_LENGTH_MAX],
    )


def compliance_of(clause: Clause, passed: bool | None) -> Compliance:
    """Where a clause stands; `passed` is what its checks last found, None before the first run."""
    if clause.state is ClauseState.NOT_YET:
        return Compliance.NOT_YET
    if clause.state is ClauseState.TEXT:
        return Compliance.STATEMENT
    if passed is None:
        return Compliance.NOT_RUN
    return Compliance.PASSED if passed else Compliance.FAILED
