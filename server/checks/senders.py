"""Checks of sender IDs and of the documents that prove them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import or_, select

from server.accounts.model import CLOSED, Account
from server.accounts.reads import open_or_none
from server.checks.looking import WRONG_MAX, look
from server.kit.work import Read
from server.orders.model import Invoice
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.publishing import Published
from server.senders.model import Sender, SenderCountry, SenderDocument, SenderDocumentChunk
from server.senders.reads import NAME_COLUMN, effective_sender, is_kept, name_of, senders_of_account
from server.senders.rules import ENDED, SenderStatus, Terms
from server.wallet.model import Posting

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


def senders_reviewed(read: Read) -> Finding:
    """A sender is in a state that the policy lists, or over, and none is accepted that nobody decided about (M071)."""
    listed = [state.upper() for state in read.terms(Published).profile.value("sms.sender_states")]
    known = [*listed, *(status.value for status in ENDED)]
    decided = Sender.status.not_in([SenderStatus.ACCEPTED.value, SenderStatus.REFUSED.value])
    undecided = ~decided & (Sender.decided_at.is_(None) | Sender.submission_id.is_(None))
    return look(read, "senders", Sender, Sender.id, Sender.status.not_in(known) | undecided)


def sender_documents_there(read: Read) -> Finding:
    """No application was submitted without each of the documents that it needs (M072)."""
    lacking = []
    for kind in read.terms(Published).profile.value("sms.sender_documents"):
        stored = select(SenderDocument.id).where(
            SenderDocument.sender_id == Sender.id,
            SenderDocument.kind == kind.upper(),
            SenderDocument.stored_at.is_not(None),
        )
        lacking.append(~stored.exists())
    applied = Sender.submissions > 0
    return look(read, "senders", Sender, Sender.id, applied & or_(*lacking))


def senders_free(read: Read) -> Finding:
    """Nobody was billed, and nothing was taken from a wallet, for a sender or a new submission (M074, M076)."""
    billed = Invoice.subject_id.like("snd%") | Invoice.subject_id.like("sub%")
    taken = select(Posting.reference).where(
        or_(*(Posting.reference.like(f"{mark}%") for mark in ("snd", "sub")))
    )
    return combined(
        {
            "billed": look(read, "invoices", Invoice, Invoice.id, billed),
            "taken": finding(0, "postings", sorted(read.execute(taken.limit(WRONG_MAX)).scalars())),
        }
    )


def sender_countries_decided(read: Read) -> Finding:
    """A sender is allowed country by country, and in none before somebody decided about it (M067)."""
    undecided = select(Sender.id).where(Sender.id == SenderCountry.sender_id, Sender.decided_at.is_(None))
    wrong = SenderCountry.accepted.is_(True) & undecided.exists()
    return look(read, "countries", SenderCountry, SenderCountry.sender_id, wrong)


def refused_names_replaced(read: Read) -> Finding:
    """What a carrier refused shows the policy's default instead, and so does a name that nobody accepted: a message is
    never refused for its sender (M065, M066)."""
    default = read.terms(Published).profile.value("sms.default_sender")
    heeded = SenderCountry.carrier_refused_at > read.now - read.terms(Terms).carrier_refusal_stands
    accepted = Sender.status == SenderStatus.ACCEPTED.value
    among = SenderCountry.__table__.join(Sender.__table__, Sender.id == SenderCountry.sender_id)
    refused = select(Sender.id, Sender.account_id, Sender.name, SenderCountry.country).select_from(among)
    rows = read.rows(refused.where(accepted, heeded).limit(WRONG_MAX))
    asked = [(row.id, row.account_id, open_or_none(read, NAME_COLUMN, row.name), row.country) for row in rows]
    shown = {
        f"{key} {country}": effective_sender(read, account_id, name, country).effective
        for key, account_id, name, country in [*asked, ("nobody", "", "NOBODY", "CH")]
        if name is not None
    }
    return finding(len(shown), "names", [name for name, sender in shown.items() if sender != default])


CHECKS: Mapping[str, Check] = {
    "sender_names_fit": sender_names_fit,
    "senders_end_with_accounts": senders_end_with_accounts,
    "sender_documents_in_time": sender_documents_in_time,
    "senders_reviewed": senders_reviewed,
    "sender_documents_there": sender_documents_there,
    "senders_free": senders_free,
    "sender_countries_decided": sender_countries_decided,
    "refused_names_replaced": refused_names_replaced,
}
