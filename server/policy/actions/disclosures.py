"""The register of disclosures: nothing is given to anybody without an entry here (Q016, M010, M129, P020)."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads as account_reads
from server.accounts.reads import team
from server.accounts.reads.restrictions import check_processing
from server.accounts.rules.lifecycle import AccountNotFound
from server.accounts.rules.restricting import DISCLOSING
from server.kit.ids import is_id
from server.kit.work import Work
from server.notices import actions as notices
from server.notices.rules import Channel
from server.policy.actions.events import DisclosureRecorded, RecipientAnnounced
from server.policy.model import CONTENT, Consent, Disclosure, LegalityCheck, Processor, RecipientNotice
from server.policy.reads.registers import REFERENCE_COLUMN, found_lawful, told_of
from server.policy.rules.disclosing import (
    LEGAL,
    TEXT_LENGTH_MAX,
    ConsentMissing,
    DisclosureFault,
    DisclosureIncomplete,
    DisclosureTerms,
    Ground,
    LegalityNotChecked,
    ProcessorNotActive,
    ProcessorStatus,
    Recipient,
    RecipientClass,
    RecipientNotAnnounced,
    check_disclosure,
    is_plain,
)


def check_legality(work: Work, account_id: str, reference: str, lawful: bool) -> str:
    """Note that a request for the account's data was checked, and with which outcome; returns the check's id (P020).

    Raises AccountNotFound, DisclosureIncomplete.
    """
    _check_account(work, account_id)
    if not is_plain(reference):
        raise DisclosureIncomplete(DisclosureFault.REFERENCE.value, TEXT_LENGTH_MAX)
    check_id = work.ids.new("lgc")
    work.execute(
        insert(LegalityCheck).values(
            id=check_id,
            account_id=account_id,
            reference=work.seal(account_id, CONTENT, REFERENCE_COLUMN, reference),
            lawful=lawful,
            checked_by=_credential(work),
            checked_at=work.now,
        )
    )
    return check_id


def record_disclosure(work: Work, wanted: Recipient) -> str:
    """Enter that data of an account is given to somebody, and so allow it; returns the entry's id.

    Raises AccountNotFound, GroundNotAllowed, DisclosureIncomplete, LegalityNotChecked (P020), ConsentMissing (P017),
    ProcessorNotActive (P018), RecipientNotAnnounced (M129), ProcessingRestricted (P025): who lets data be stored only
    lets nothing be given away but by law.
    """
    terms = work.terms(DisclosureTerms)
    _check_account(work, wanted.account_id)
    check_disclosure(wanted, terms)
    if wanted.ground not in LEGAL:
        check_processing(work, wanted.account_id, DISCLOSING)
    _check_standing(work, wanted, terms)
    if terms.notify_before and not told_of(work, wanted.account_id, wanted.recipient_class.value):
        raise RecipientNotAnnounced(wanted.recipient_class.value)
    disclosure_id = work.ids.new("dsc")
    work.execute(
        insert(Disclosure).values(
            id=disclosure_id,
            account_id=wanted.account_id,
            ground=wanted.ground.value,
            recipient_class=wanted.recipient_class.value,
            recipient=_sealed(work, wanted, "recipient"),
            authority=_sealed(work, wanted, "authority"),
            legal_basis=_sealed(work, wanted, "legal_basis"),
            reference=_sealed(work, wanted, "reference"),
            categories=" ".join(sorted(wanted.categories)),
            legality_check_id=wanted.legality_check_id,
            consent_id=wanted.consent_id,
            processor_id=wanted.processor_id,
            disclosed_by=_credential(work),
            disclosed_at=work.now,
        )
    )
    event = DisclosureRecorded(
        wanted.account_id, disclosure_id, wanted.ground.value, wanted.recipient_class.value
    )
    work.record(event)
    return disclosure_id


def announce_recipient(work: Work, account_id: str, recipient_class: RecipientClass) -> str:
    """Tell the account that its data may go to this class of recipients; returns the notice's id (M129).

    Twice is as good as once. Raises AccountNotFound.
    """
    _check_account(work, account_id)
    email = team.billing_email(work, account_id)
    notice_id = notices.notify(
        work,
        account_id,
        "recipient_announced",
        {"recipients": recipient_class.value.lower().replace("_", " ")},
        channels=(Channel.IN_APP,) if email is None else (Channel.IN_APP, Channel.EMAIL),
        email=email,
        dedupe_key=f"recipient:{recipient_class.value}",
    )
    told = upsert(RecipientNotice).values(
        account_id=account_id, recipient_class=recipient_class.value, notice_id=notice_id, told_at=work.now
    )
    if work.first(told.on_conflict_do_nothing().returning(RecipientNotice.account_id)) is not None:
        work.record(RecipientAnnounced(account_id, notice_id, recipient_class.value))
    return notice_id


def _check_standing(work: Work, wanted: Recipient, terms: DisclosureTerms) -> None:
    """What the disclosure stands on must be there, and be this account's."""
    lawful = found_lawful(work, wanted.legality_check_id, wanted.account_id)
    needs_check = wanted.ground in LEGAL and terms.legality_check
    if (needs_check or wanted.legality_check_id is not None) and not lawful:
        raise LegalityNotChecked
    needs_consent = wanted.ground is Ground.CONSENT and terms.consent_reference
    if (needs_consent or wanted.consent_id is not None) and not _is_live(work, wanted):
        raise ConsentMissing
    if wanted.processor_id is not None and not _may_get(work, wanted):
        raise ProcessorNotActive


def _is_live(work: Work, wanted: Recipient) -> bool:
    """Whether the consent is given; it is locked, so that a withdrawal waits or comes first (P017)."""
    if wanted.consent_id is None or not is_id(wanted.consent_id, "cns"):
        return False
    query = select(Consent.withdrawn_at).where(
        Consent.id == wanted.consent_id, Consent.account_id == wanted.account_id
    )
    row = work.first(query.with_for_update())
    return row is not None and row.withdrawn_at is None


def _may_get(work: Work, wanted: Recipient) -> bool:
    if not is_id(wanted.processor_id or "", "prc"):
        return False
    query = select(Processor.status, Processor.categories).where(Processor.id == wanted.processor_id)
    row = work.first(query.with_for_update())
    active = row is not None and row.status == ProcessorStatus.ACTIVE.value
    return active and row is not None and set(wanted.categories) <= set(row.categories.split())


def _check_account(work: Work, account_id: str) -> None:
    if not is_id(account_id, "acc") or account_reads.account(work, account_id) is None:
        raise AccountNotFound


def _sealed(work: Work, wanted: Recipient, name: str) -> bytes | None:
    text = getattr(wanted, name)
    return None if text is None else work.seal(wanted.account_id, CONTENT, f"disclosures.{name}", text)


def _credential(work: Work) -> str:
    """Who is accountable: the credential that acts."""
    return work.actor.credential_id or "system"
