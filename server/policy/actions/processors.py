"""The register of processors: entered as a draft, active only with a contract (P018, H011, M130)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update

from server.accounts.rules.signing import COUNTRIES
from server.kit.ids import is_id
from server.kit.work import Work
from server.policy.actions.events import ProcessorChanged
from server.policy.model import Processor
from server.policy.reads.registers import ProcessorRow, processor
from server.policy.rules.disclosing import (
    AgreementMissing,
    DisclosureTerms,
    NewProcessor,
    ProcessorNotFound,
    ProcessorStatus,
    ProcessorStatusConflict,
    check_processor,
    is_plain,
)


def register_processor(work: Work, new: NewProcessor) -> ProcessorRow:
    """Enter a third party as a draft, which gets no data yet.

    Raises ProcessorInvalid, ProcessorsNotAllowed (C11), MechanismMissing (P041).
    """
    check_processor(new, COUNTRIES, work.terms(DisclosureTerms))
    processor_id = work.ids.new("prc")
    work.execute(
        insert(Processor).values(
            id=processor_id,
            name=new.name,
            role=new.role.value,
            recipient_class=new.recipient_class.value,
            region=new.region,
            categories=" ".join(sorted(new.categories)),
            mechanism=None if new.mechanism is None else new.mechanism.value,
            status=ProcessorStatus.DRAFT.value,
            created_at=work.now,
        )
    )
    return _changed(work, processor_id)


def activate_processor(work: Work, processor_id: str, agreement: str, review_at: datetime) -> ProcessorRow:
    """Let a draft get data, under an agreement that is reviewed at an instant; an active one gets a new review date.

    Raises ProcessorNotFound, ProcessorStatusConflict, AgreementMissing (P018, H011).
    """
    row = _locked(work, processor_id)
    if row.status == ProcessorStatus.ENDED.value:
        raise ProcessorStatusConflict(row.status)
    if not is_plain(agreement) or review_at <= work.now:
        raise AgreementMissing
    work.execute(
        update(Processor)
        .where(Processor.id == row.id)
        .values(
            status=ProcessorStatus.ACTIVE.value,
            agreement=agreement,
            review_at=review_at,
            activated_at=row.activated_at or work.now,
        )
    )
    return _changed(work, row.id)


def end_processor(work: Work, processor_id: str) -> ProcessorRow:
    """Let a processor get no data any more. Raises ProcessorNotFound, ProcessorStatusConflict."""
    row = _locked(work, processor_id)
    if row.status == ProcessorStatus.ENDED.value:
        raise ProcessorStatusConflict(row.status)
    ended = {"status": ProcessorStatus.ENDED.value, "ended_at": work.now}
    work.execute(update(Processor).where(Processor.id == row.id).values(ended))
    return _changed(work, row.id)


def _locked(work: Work, processor_id: str) -> ProcessorRow:
    if is_id(processor_id, "prc"):  # PostgreSQL takes no NUL
        work.first(select(Processor.id).where(Processor.id == processor_id).with_for_update())
    row = processor(work, processor_id)
    if row is None:
        raise ProcessorNotFound
    return row


def _changed(work: Work, processor_id: str) -> ProcessorRow:
    row = processor(work, processor_id)
    assert row is not None, "this transaction wrote it"
    if work.actor.account_id is not None:
        work.record(ProcessorChanged(work.actor.account_id, row.id, row.status))
    return row
