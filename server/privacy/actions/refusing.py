"""Refusing a new version of the policy: a copy of the data, time to take it along, and the account closes (P049).

Until then it works as before: nobody is locked out for an opinion. Who accepts the version after all stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads as account_reads
from server.accounts.actions.closing import close_after_refusal
from server.accounts.actions.events import PolicyAccepted
from server.accounts.actions.registration import withdraw_acceptance
from server.accounts.reads.lifecycle import LossSources
from server.accounts.rules import PolicyNotInForce
from server.accounts.rules.closing import check_acknowledged
from server.accounts.rules.lifecycle import AccountStatus
from server.kit.due import cancel, schedule
from server.kit.events import DomainEvent
from server.kit.work import Work
from server.privacy.actions.exporting import request_export
from server.privacy.model import PolicyRefusal
from server.privacy.reads import exporting as export_reads
from server.privacy.reads.refusals import RefusalRow, document_of, refusal_of
from server.privacy.rules.exporting import DataExportRunning, ExportScope, ExportStatus
from server.privacy.rules.refusing import RefusalTerms
from server.privacy.rules.requests import PrivacyRequestKind

CLOSE = "privacy.close_after_refusal"
"""The due work that closes the account; its subject is the account."""


@dataclass(frozen=True, slots=True)
class PolicyVersionRefused(DomainEvent):
    """The account's owner refused a version of the policy, and leaves at `closes_at` (ISO 8601).

    The subject is the account.
    """

    document: str
    version: str
    closes_at: str


def refuse_policy(work: Work, version: str, acknowledged: str) -> RefusalRow:
    """Refuse that version of the policy, for the acting account: begin a copy of its data, and plan its closing.
    Twice is as good as once.

    `acknowledged` is the digest of what the closing costs (M086). Raises PolicyNotInForce for a version that is neither
    in force nor announced, LossesNotAcknowledged, StepUpRequired, DataExportForbidden, PrivacyRequestLimitReached.
    """
    account_id = work.actor.account_id
    assert account_id is not None
    document = document_of(work, version)
    if document is None:
        raise PolicyNotInForce
    before = refusal_of(work, account_id)
    if before is not None and before.version == version:
        return before
    check_acknowledged(acknowledged, work.terms(LossSources).losses(work, account_id))
    export_id = _copy(work)
    withdraw_acceptance(work, account_id, document, version)
    closes_at = work.now + work.terms(RefusalTerms).closes_after
    row = RefusalRow(account_id, document, version, export_id, work.now, closes_at)
    newest = upsert(PolicyRefusal).values(row._asdict())
    work.execute(newest.on_conflict_do_update(index_elements=["account_id"], set_=row._asdict()))
    schedule(work, CLOSE, account_id, closes_at)
    work.record(PolicyVersionRefused(account_id, account_id, document, version, closes_at.isoformat()))
    return row


def stay(work: Work, event: PolicyAccepted) -> None:
    """Who accepts what they refused stays."""
    refused = refusal_of(work, event.account_id)
    if refused is None or (refused.document, refused.version) != (event.document, event.version):
        return
    work.execute(delete(PolicyRefusal).where(PolicyRefusal.account_id == event.account_id))
    cancel(work, CLOSE, event.account_id)


def close_refused(work: Work, account_id: str) -> None:
    """The due step: close the account, but not before its copy is made. Repeated, it does nothing more."""
    refused, account = refusal_of(work, account_id), account_reads.account(work, account_id)
    if refused is None or account is None or account.status == AccountStatus.CLOSED.value:
        return
    if work.now < refused.closes_at:
        schedule(work, CLOSE, account_id, refused.closes_at)
        return
    copy = export_reads.export(work, account_id, refused.export_id)
    if copy is not None and copy.status == ExportStatus.BUILDING.value:
        schedule(work, CLOSE, account_id, work.now + work.terms(RefusalTerms).look_every)
        return
    close_after_refusal(work, account_id)


def _copy(work: Work) -> str:
    """A copy of the account's data: the one that is being made, or a new one."""
    try:
        return request_export(work, ExportScope.ACCOUNT, PrivacyRequestKind.PORTABILITY).id
    except DataExportRunning as running:
        return running.export_id
