"""What proves each clause, and what it last found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from server.kit.work import Read
from server.policy.model import ClauseCheck
from server.policy.reads.registers import AttestationState, attestations
from server.policy.rules.checking import Compliance, compliance_of
from server.policy.rules.profile import Clause, ClauseState
from server.policy.rules.publishing import Published


@dataclass(frozen=True, slots=True)
class ClauseProof:
    """A clause with what proves it. `last_run` is of its check, or when it was attested."""

    clause: Clause
    compliance: Compliance
    evidence: str | None
    last_run: datetime | None


def compliance(read: Read) -> Sequence[ClauseProof]:
    """Every clause of the policy, with what its check last found; nothing is checked here."""
    last = {row.name: row for row in read.rows(select(ClauseCheck.__table__))}
    attested = {state.kind: state for state in attestations(read)}
    clauses = read.terms(Published).profile.clauses.values()
    return [_proof(clause, last.get(clause.check or ""), attested) for clause in clauses]


def _proof(clause: Clause, last: Row[Any] | None, attested: dict[str, AttestationState]) -> ClauseProof:
    if clause.state is ClauseState.ATTESTED:
        state = attested[clause.attestation or ""]
        when = state.newest.attested_at if state.newest is not None else None
        review = (
            f"review due {state.newest.review_at.date()}" if state.newest is not None else "never attested"
        )
        return ClauseProof(clause, Compliance.FAILED if state.overdue else Compliance.PASSED, review, when)
    passed = None if last is None else last.passed
    evidence, ran_at = (None, None) if last is None else (last.evidence, last.ran_at)
    return ClauseProof(clause, compliance_of(clause, passed), evidence, ran_at)
