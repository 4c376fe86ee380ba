"""Checks of tickets and defects, and of what the staff read of closed accounts."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from server.accounts.model import CLOSED, Account
from server.accounts.model.accesses import DataAccess
from server.accounts.reads import customers_among
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.accesses import LegalDuty, Reader
from server.checks.looking import look
from server.checks.served import Served
from server.gateway.observed import STAFF_READ
from server.kit.audit import AuditEntry
from server.kit.crypto import Shredded, key_id_of
from server.kit.graph.access import Who
from server.kit.ids import prefix_of
from server.kit.work import Read
from server.notices.model import Notice
from server.policy.rules.checking import Check, Finding, combined, finding
from server.policy.rules.publishing import Published
from server.schema import HELD
from server.support import rules
from server.support.model import Ticket, TicketMessage
from server.support.rules import TicketKind

_NEWEST = 1_000
"""So many of the newest messages are looked at."""
_PROVIDED = {
    "name": "postal_addresses.name",
    "company": "postal_addresses.name",
    "contact": "postal_addresses.street",
    "email": "people.email",
    "support": "ticket_messages.text",
    "billing": "invoices.customer",
}
"""Where what people provide is, by the names that a policy gives to it."""


def support_owned(read: Read) -> Finding:
    """Every message belongs to whom its ticket belongs, and is sealed by that account's key, or by the ticket's own: so
    it is exported and erased with its subject (P010, H001)."""
    among = TicketMessage.__table__.join(Ticket.__table__, Ticket.id == TicketMessage.ticket_id)
    other = TicketMessage.account_id.is_distinct_from(Ticket.account_id)
    strange = TicketMessage.person_id.is_distinct_from(Ticket.person_id)
    newest = select(TicketMessage.id, TicketMessage.ticket_id, TicketMessage.account_id, TicketMessage.text)
    rows = read.rows(newest.order_by(TicketMessage.id.desc()).limit(_NEWEST))
    wrong = [
        row.id for row in rows if _sealed_for(read, row.text) not in (None, row.account_id or row.ticket_id)
    ]
    return combined(
        {
            "owned": look(read, "messages", TicketMessage, TicketMessage.id, or_(other, strange), among),
            "sealed": finding(len(rows), "newest messages", wrong),
        }
    )


def provided_declared(read: Read) -> Finding:
    """What the policy says that people provide is declared where it is held, sealed, and part of their copy (H004)."""
    clause = read.terms(Published).profile.clauses.get("categories.provided")
    value = tuple(_PROVIDED) if clause is None else clause.value
    named = list(value) if isinstance(value, tuple) else []
    declared = {name for held in HELD if held.exported and held.retention_class for name in held.names()}
    wrong = [each for each in named if _PROVIDED.get(each) not in declared]
    return finding(len(named), "kinds of data", wrong)


def defects_receipted(read: Read) -> Finding:
    """Every report of a defect has its receipt among the account's notices (M100)."""
    receipt = select(Notice.id).where(
        Notice.account_id == Ticket.account_id,
        Notice.dedupe_key == Ticket.id,
        Notice.kind == "defect_received",
    )
    return look(read, "tickets", Ticket, Ticket.id, _DEFECT & ~receipt.exists())


def defects_undated(read: Read) -> Finding:
    """No defect has a due date where the policy guarantees no time, and each has one where it does (M101)."""
    promised = read.terms(rules.Terms).defect_answered_within is not None
    wrong = Ticket.due_at.is_(None) if promised else Ticket.due_at.is_not(None)
    return look(read, "tickets", Ticket, Ticket.id, _DEFECT & wrong)


def closed_accounts_unread(read: Read) -> Finding:
    """Since an account was closed, nobody of the staff read of it without a legal duty (M097); it has no reseller."""
    if not read.terms(AccountTerms).closed_accounts_denied:
        return finding(0, "accesses that would be forbidden", [])
    among = DataAccess.__table__.join(Account.__table__, Account.id == DataAccess.account_id)
    since = (Account.status == CLOSED) & (DataAccess.at > Account.status_since)
    wrong = since & (DataAccess.reader == Reader.STAFF.value) & DataAccess.duty.is_(None)
    return look(read, "accesses", DataAccess, DataAccess.id, wrong, among)


def readings_shown(read: Read) -> Finding:
    """Of the newest readings by the staff, those that named an account are in what that account sees."""
    audited = select(AuditEntry.id, AuditEntry.at, AuditEntry.fields, AuditEntry.subjects)
    newest = audited.where(AuditEntry.action == STAFF_READ).order_by(AuditEntry.id.desc()).limit(_NEWEST)
    rows = [row for row in read.rows(newest) if _shows_of_somebody(read, (row.fields or "").split())]
    named = {row.id: {one for one in (row.subjects or "").split() if prefix_of(one) == "acc"} for row in rows}
    there = customers_among(read, set().union(*named.values()))
    since = min((row.at for row in rows), default=read.now)
    shown = select(DataAccess.account_id, DataAccess.at).where(
        DataAccess.account_id.in_(sorted(there)), DataAccess.at >= since
    )
    noted = {(row.account_id, row.at) for row in read.rows(shown)}
    wrong = [row.id for row in rows if any((one, row.at) not in noted for one in named[row.id] & there)]
    return finding(len(rows), "newest readings", wrong)


def _shows_of_somebody(read: Read, fields: list[str]) -> bool:
    """Whether one of them is a field for the staff that shows more than how the server operates."""
    offered = read.terms(Served).offer.fields
    accesses = [offered[name].access for name in fields if name in offered]
    return any(
        access is not None and access.who is Who.STAFF and access.duty != LegalDuty.OPERATION.value
        for access in accesses
    )


def _sealed_for(read: Read, sealed: bytes) -> str | None:
    """Under whose key a value is sealed; None where that key is gone."""
    try:
        return read.keys.key_by_id(key_id_of(sealed)).owner_id
    except Shredded:
        return None


_DEFECT = Ticket.kind == TicketKind.DEFECT.value
CHECKS: Mapping[str, Check] = {
    "support_owned": support_owned,
    "provided_declared": provided_declared,
    "defects_receipted": defects_receipted,
    "defects_undated": defects_undated,
    "closed_accounts_unread": closed_accounts_unread,
    "readings_shown": readings_shown,
}
