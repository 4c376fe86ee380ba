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
from server.policy.rules.checking import EVIDENCE_LENGTH_MAX, Compliance, checks_of, compliance_of
from server.policy.rules.profile import Clause, ClauseState
from server.policy.rules.publishing import Published


@dataclass(frozen=True, slots=True)
class ClauseProof:
    """A clause with the checks that look at it. `last_run` is of the oldest result, or when it was attested."""

    clause: Clause
    checks: tuple[str, ...]
    compliance: Compliance
    evidence: str | None
    last_run: datetime | None


def compliance(read: Read) -> Sequence[ClauseProof]:
    """Every clause of the policy, with what its check last found; nothing is checked here."""
    last = {row.name: row for row in read.rows(select(ClauseCheck.__table__))}
    attested = {state.kind: state for state in attestations(read)}
    published = read.terms(Published)
    proofs = []
    for clause in published.profile.clauses.values():
        checks = checks_of(clause, published.numbered)
        if clause.state is ClauseState.ATTESTED:
            proofs.append(_attested(clause, attested[clause.attestation or ""]))
        else:
            proofs.append(_proof(clause, checks, [last[name] for name in checks if name in last]))
    return proofs


def _attested(clause: Clause, state: AttestationState) -> ClauseProof:
    when = state.newest.attested_at if state.newest is not None else None
    review = f"review due {state.newest.review_at.date()}" if state.newest is not None else "never attested"
    passed = Compliance.FAILED if state.overdue else Compliance.PASSED
    return ClauseProof(clause, (), passed, review, when)


def _proof(clause: Clause, checks: tuple[str, ...], results: Sequence[Row[Any]]) -> ClauseProof:
    """One fault is enough to fail; to pass, every check must have run."""
    failed = [row for row in results if not row.passed]
    complete = bool(checks) and len(results) == len(checks)
    passed = False if failed else True if complete else None
    evidence = "; ".join(row.evidence for row in failed or results)[:EVIDENCE_LENGTH_MAX]
    ran_at = min((row.ran_at for row in results), default=None)
    return ClauseProof(clause, checks, compliance_of(clause, passed), evidence or None, ran_at)
