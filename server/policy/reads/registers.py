"""The registers: processors, disclosures, consents and attestations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, select

from server.kit.crypto import Shredded
from server.kit.ids import is_id
from server.kit.work import Read
from server.policy.model import Attestation, Consent, Disclosure, LegalityCheck, Processor, RecipientNotice
from server.policy.rules.consenting import AttestationTerms

REFERENCE_COLUMN = "legality_checks.reference"


class ProcessorRow(NamedTuple):
    """A processor: the columns of its table, by the same names."""

    id: str
    name: str
    role: str
    recipient_class: str
    region: str
    categories: str
    mechanism: str | None
    status: str
    agreement: str | None
    review_at: datetime | None
    created_at: datetime
    activated_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class AttestationState:
    """The newest attestation of a kind, None before the first; overdue once its review is due."""

    kind: str
    newest: Row[Any] | None
    overdue: bool


def processor(read: Read, processor_id: str) -> ProcessorRow | None:
    """The processor with this id."""
    if not is_id(processor_id, "prc"):  # PostgreSQL takes no NUL
        return None
    row = read.first(_processors().where(Processor.id == processor_id))
    return None if row is None else ProcessorRow._make(row)


def processors(read: Read, limit: int, before_id: str | None = None) -> Sequence[ProcessorRow]:
    """All processors, the newest first, older than `before_id`."""
    query = _processors()
    if before_id is not None:
        query = query.where(Processor.id < before_id)
    return [ProcessorRow._make(row) for row in read.rows(query.order_by(Processor.id.desc()).limit(limit))]


def disclosures(
    read: Read, limit: int, before_id: str | None = None, account_id: str | None = None
) -> Sequence[Row[Any]]:
    """The register, of one account or of all, the newest first."""
    query = select(Disclosure.__table__)
    if account_id is not None:
        query = query.where(Disclosure.account_id == account_id)
    if before_id is not None:
        query = query.where(Disclosure.id < before_id)
    return read.rows(query.order_by(Disclosure.id.desc()).limit(limit))


def disclosure(read: Read, disclosure_id: str) -> Row[Any]:
    """An entry that is there."""
    row = read.first(select(Disclosure.__table__).where(Disclosure.id == disclosure_id))
    assert row is not None, "entries of the register stay"
    return row


def found_lawful(read: Read, check_id: str | None, account_id: str) -> bool:
    """Whether this is a legality check of the account with a good end (P020)."""
    if check_id is None or not is_id(check_id, "lgc"):
        return False
    mine = (LegalityCheck.id == check_id) & (LegalityCheck.account_id == account_id)
    return read.scalar(select(LegalityCheck.lawful).where(mine)) is True


def told_of(read: Read, account_id: str, recipient_class: str) -> bool:
    """Whether the account knows that its data goes to this class of recipients (M129)."""
    told = (RecipientNotice.account_id == account_id) & (RecipientNotice.recipient_class == recipient_class)
    return read.first(select(RecipientNotice.told_at).where(told)) is not None


def live_consent(read: Read, account_id: str, purpose: str) -> Row[Any] | None:
    """The consent of the account to the purpose, None while there is none that is given."""
    return read.first(
        select(Consent.__table__).where(
            Consent.account_id == account_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
        )
    )


def live_purposes(read: Read, account_id: str) -> Sequence[str]:
    """The purposes that the account consents to now."""
    given = (Consent.account_id == account_id) & Consent.withdrawn_at.is_(None)
    query = select(Consent.purpose).where(given).order_by(Consent.purpose)
    return read.execute(query).scalars().all()


def is_consented(read: Read, account_id: str, purpose: str) -> bool:
    """Whether what is for this purpose may be done for the account: off until it consents (B004, M135)."""
    return live_consent(read, account_id, purpose) is not None


def consent(read: Read, consent_id: str) -> Row[Any]:
    """A consent that is there."""
    row = read.first(select(Consent.__table__).where(Consent.id == consent_id))
    assert row is not None, "consents stay"
    return row


def consents_of(read: Read, account_id: str, limit: int) -> Sequence[Row[Any]]:
    """All consents of the account, given and taken back, the newest first."""
    mine = select(Consent.__table__).where(Consent.account_id == account_id)
    return read.rows(mine.order_by(Consent.id.desc()).limit(limit))


def attestations(read: Read) -> list[AttestationState]:
    """Where each attestation of the policy stands, red when it is missing or its review is due (P004)."""
    return [_attestation(read, kind) for kind in sorted(read.terms(AttestationTerms).review_after)]


def attestations_made(read: Read, kind: str, limit: int) -> Sequence[Row[Any]]:
    """Earlier attestations of a kind, the newest first."""
    of_kind = select(Attestation.__table__).where(Attestation.kind == kind)
    return read.rows(of_kind.order_by(Attestation.attested_at.desc(), Attestation.id.desc()).limit(limit))


def text_of(read: Read, row: Row[Any], column: str) -> str | None:
    """What a disclosure says in a sealed column; None without it, and once it was erased."""
    sealed = getattr(row, column)
    try:
        return None if sealed is None else read.open(f"disclosures.{column}", sealed)
    except Shredded:
        return None


def active_processors(read: Read) -> Sequence[ProcessorRow]:
    """Those that may get data."""
    return [ProcessorRow._make(row) for row in read.rows(_processors().where(Processor.status == "ACTIVE"))]


def _attestation(read: Read, kind: str) -> AttestationState:
    newest = next(iter(attestations_made(read, kind, 1)), None)
    return AttestationState(kind, newest, newest is None or newest.review_at <= read.now)


def _processors() -> Select[Any]:
    return select(*[Processor.__table__.c[name] for name in ProcessorRow._fields])
