"""What a check of the live database finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

EVIDENCE_LENGTH_MAX = 400
_NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """How many things were looked at, how many were wrong, and which: opaque ids and names of columns only."""

    looked_at: int
    faults: int
    evidence: str

    @property
    def passed(self) -> bool:
        return self.faults == 0


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


Check = Callable[[Any], Finding]
"""Looks at a `Read` of the database. It changes nothing, and names nobody."""
