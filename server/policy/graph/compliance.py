"""For the staff: every clause with what proves it, and attestations."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.prices import PROOF
from server.kit.work import Work
from server.policy.actions.attestations import record_attestation
from server.policy.actions.checking import store_findings
from server.policy.graph.problems import AttestationInvalid, AttestationUnknown
from server.policy.graph.published import ClauseType
from server.policy.graph.types import OFFICERS, WATCHERS, Attestation
from server.policy.jobs import find
from server.policy.reads.compliance import ClauseProof, compliance
from server.policy.reads.registers import attestations
from server.policy.rules.checking import Checks

_ASKED = strawberry.argument(description="What is asked for.")


@strawberry.enum(name="Compliance", description="Whether a clause is kept, as far as it was looked at.")
class ComplianceEnum(Enum):
    PASSED = strawberry.enum_value("PASSED", description="Its check, or its attestation, is good.")
    FAILED = strawberry.enum_value(
        "FAILED", description="Its check found a fault, or its attestation is overdue."
    )
    NOT_RUN = strawberry.enum_value("NOT_RUN", description="It has a check that never ran here.")
    STATEMENT = strawberry.enum_value("STATEMENT", description="It is a statement that needs no proof.")
    NOT_YET = strawberry.enum_value("NOT_YET", description="This server does not enforce it yet.")


@exposes(WATCHERS)
@strawberry.type(description="A clause with what proves it.")
class ClauseCompliance:
    clause: ClauseType = strawberry.field(description="The clause.")
    compliance: ComplianceEnum = strawberry.field(description="Whether it is kept.")
    check: str | None = strawberry.field(
        description="The checks that look, with commas between them; null where none does."
    )
    evidence: str | None = strawberry.field(
        description="What was looked at, and what was wrong, by opaque ids; null before the first run."
    )
    last_run: datetime | None = strawberry.field(description="When the check ran, or when it was attested.")

    @classmethod
    def of(cls, proof: ClauseProof) -> ClauseCompliance:
        return cls(
            clause=ClauseType.of(proof.clause),
            compliance=ComplianceEnum[proof.compliance.value],
            check=", ".join(proof.checks) or None,
            evidence=proof.evidence,
            last_run=proof.last_run,
        )


@strawberry.input(description="What an office of the company attests.")
class RecordAttestationInput:
    kind: str = strawberry.field(description="What, as `attestations` lists it.")
    owner: str = strawberry.field(
        description="The office that answers for it, such as `security.officer`; no person's name."
    )
    reference: str = strawberry.field(description="Where the proof is kept, at most 200 characters.")
    attested_at: datetime | None = strawberry.field(
        default=None, description="When it was made; null for now."
    )


@exposes(OUTCOME)
@strawberry.type(description="The attestation is in the register.")
class AttestationRecorded:
    attestation: Attestation = strawberry.field(description="How it stands.")


@exposes(OUTCOME)
@strawberry.type(description="Every check ran.")
class PolicyChecked:
    passed: int = strawberry.field(description="How many checks found nothing wrong.")
    failed: int = strawberry.field(description="How many found a fault.")
    compliance: list[ClauseCompliance] = strawberry.field(description="Every clause with what proves it.")


RecordAttestationResult = Annotated[
    AttestationRecorded | AttestationUnknown | AttestationInvalid,
    strawberry.union("RecordAttestationResult", description="The attestation, or why there is none."),
]


@strawberry.type
class ComplianceQueries:
    @strawberry.field(
        metadata=declare(WATCHERS),
        description="For staff: every clause of the policy with what proves it, and what its check last found.",
    )
    def policy_compliance(self, info: Info) -> list[ClauseCompliance]:
        return [ClauseCompliance.of(proof) for proof in compliance(info.context.read)]


@strawberry.type
class ComplianceMutations:
    @strawberry.mutation(
        metadata=declare(OFFICERS),
        description="For staff: enter an attestation; its next review follows from it.",
    )
    async def record_attestation(
        self, info: Info, input: Annotated[RecordAttestationInput, _ASKED]
    ) -> RecordAttestationResult:
        def record(work: Work) -> str:
            at = input.attested_at or work.now
            return record_attestation(work, input.kind, input.owner, input.reference, at)

        def present(work: Work, _attestation_id: str) -> AttestationRecorded:
            (state,) = [each for each in attestations(work) if each.kind == input.kind]
            return AttestationRecorded(attestation=Attestation.of(state))

        return await run(info, record, present)

    @strawberry.mutation(
        metadata=declare(OFFICERS, cost=PROOF),
        description="For staff: run every check of the policy now, on the live database.",
    )
    async def check_policy(self, info: Info) -> PolicyChecked:
        found = await find(info.context.units, info.context.services.get(Checks))

        def present(work: Work, _none: None) -> PolicyChecked:
            passed = sum(finding.passed for finding in found.values())
            proofs = [ClauseCompliance.of(proof) for proof in compliance(work)]
            return PolicyChecked(passed=passed, failed=len(found) - passed, compliance=proofs)

        return await run(info, lambda work: store_findings(work, found), present)
