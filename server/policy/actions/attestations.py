"""Attestations: who answers for what no code can enforce, since when, and until when (Q020, P004, P005, M113)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from server.accounts.rules.lifecycle import add_months
from server.kit.work import Work
from server.policy.actions.events import AttestationRecorded
from server.policy.model import Attestation
from server.policy.rules.consenting import AttestationTerms, check_attestation


def record_attestation(work: Work, kind: str, owner: str, reference: str, attested_at: datetime) -> str:
    """Enter that `owner`, an office, attests something; its next review follows from the policy.

    `reference` says where the proof is kept. Returns the id. Raises AttestationUnknown, AttestationInvalid.
    """
    terms = work.terms(AttestationTerms)
    check_attestation(kind, owner, reference, attested_at, work.now, terms)
    after = terms.review_after[kind]
    attestation_id = work.ids.new("att")
    work.execute(
        insert(Attestation).values(
            id=attestation_id,
            kind=kind,
            owner=owner,
            reference=reference,
            attested_at=attested_at,
            review_at=add_months(attested_at, after.months) + after.time,
            recorded_by=work.actor.credential_id,
        )
    )
    if work.actor.account_id is not None:
        work.record(AttestationRecorded(work.actor.account_id, attestation_id, kind))
    return attestation_id
