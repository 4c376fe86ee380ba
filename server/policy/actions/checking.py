"""Storing what a check found: the newest result of each stays."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert

from server.kit.work import Work
from server.policy.model import ClauseCheck
from server.policy.rules.checking import Finding


def store_findings(work: Work, found: Mapping[str, Finding]) -> None:
    """Store what checks found, by name."""
    for name, finding in sorted(found.items()):
        _store(work, name, finding)


def _store(work: Work, name: str, finding: Finding) -> None:
    values = {
        "passed": finding.passed,
        "looked_at": finding.looked_at,
        "faults": finding.faults,
        "evidence": finding.evidence,
        "ran_at": work.now,
    }
    new = insert(ClauseCheck).values(name=name, **values)
    work.execute(new.on_conflict_do_update(index_elements=["name"], set_=values))
