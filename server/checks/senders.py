"""Checks of sender IDs and of the documents that prove them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from server.accounts.model import CLOSED, Account
from server.checks.looking import WRONG_MAX, look
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, combined, finding
from server.senders.model import Sender, SenderDocument, SenderDocumentChunk
from server.senders.reads import is_kept, name_of, senders_of_account
from server.senders.rules import SenderStatus, Terms

_GRACE = timedelta(hours=1)
"""How late the due work that deletes may be before it counts as not done."""


def sender_names_fit(read: Read) -> Finding:
    """Every accepted name has as many letters and digits as the policy allows, and nothing else (M068 to M070)."""
    accepted = select(Sender.account_id).where(Sender.status == SenderStatus.ACCEPTED.value).distinct()
    longest, looked_at, wrong = read.terms(Terms).name_length_max, 0, []
    for account_id in read.connection.execute(accepted.limit(10 * WRONG_MAX)).scalars().all():
        for row in senders_of_account(read, account_id, WRONG_MAX):
            name = name_of(read, row) if row.status == SenderStatus.ACCEPTED.value else None
            if name is None:
                continue
            looked_at += 1
            if len(name) > longest or not (name.isascii() and name.isalnum()):
                wrong.append(row.id)
    return finding(looked_at, "accepted senders", wrong)


def senders_end_with_accounts(read: Read) -> Finding:
    """No accepted sender is of an account that is closed (M075)."""
    closed = select(Account.id).where(Account.status == CLOSED)
    accepted = Sender.status == SenderStatus.ACCEPTED.value
    return look(read, "senders", Sender, Sender.id, accepted & Sender.account_id.in_(closed))


def sender_documents_in_time(read: Read) -> Finding:
    """No document outlives the decision, or its waiting, by more than the policy says (M073)."""
    terms = read.terms(Terms)
    decided_by = read.now - terms.documents_kept_after_decision - _GRACE
    waited_since = read.now - terms.documents_kept_unsubmitted - _GRACE
    among = SenderDocument.__table__.join(Sender.__table__, Sender.id == SenderDocument.sender_id)
    decided = (Sender.decided_at <= decided_by) & (SenderDocument.stored_at <= Sender.decided_at)
    waiting = (Sender.status == SenderStatus.DRAFT.value) & (Sender.updated_at <= waited_since)
    late = is_kept() & (decided | (waiting & (SenderDocument.stored_at <= waited_since)))
    left = select(SenderDocumentChunk.document_id).where(SenderDocumentChunk.document_id == SenderDocument.id)
    deleted = SenderDocument.deleted_at.is_not(None) & left.exists()
    return combined(
        {
            "late": look(read, "documents", SenderDocument, SenderDocument.id, late, among),
            "left": look(read, "deleted documents", SenderDocument, SenderDocument.id, deleted),
        }
    )


CHECKS: Mapping[str, Check] = {
    "sender_names_fit": sender_names_fit,
    "senders_end_with_accounts": senders_end_with_accounts,
    "sender_documents_in_time": sender_documents_in_time,
}
