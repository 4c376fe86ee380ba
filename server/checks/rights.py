"""Checks of what becomes of requests: of recipients, of erasure, of copies; and of what customers are told."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from server.accounts.model import Account
from server.accounts.rules.lifecycle import add_months
from server.checks.looking import NEWEST_MAX, look
from server.kit.work import Read
from server.notices.model import Notice
from server.policy.rules.checking import Check, Finding
from server.policy.rules.publishing import Published
from server.privacy.model import DataExport, DataExportFile, Erasure, PrivacyRequest, RecipientRequest
from server.privacy.rules.erasures import ErasureStatus
from server.privacy.rules.exporting import ExportStatus
from server.privacy.rules.recipient_requests import RecipientRequestTerms
from server.privacy.rules.requests import (
    PrivacyRequestKind,
    PrivacyRequestSource,
    PrivacyRequestStatus,
)

_TOLD = ("privacy_request_fulfilled", "privacy_request_partly_fulfilled")
_DONE = (PrivacyRequestStatus.FULFILLED.value, PrivacyRequestStatus.PARTLY_FULFILLED.value)
_TOLD_OF = (PrivacyRequestKind.RECTIFICATION.value, PrivacyRequestKind.RESTRICTION.value)
_BY_ITSELF = (PrivacyRequestSource.SELF.value, PrivacyRequestSource.CLOSURE.value)
_BEGUN = (ErasureStatus.NOTIFYING.value, ErasureStatus.SETTLING.value)
_there = select(Account.id)


def recipient_requests_in_time(read: Read) -> Finding:
    """No request of a recipient is due later than the policy says (M011); of the newest."""
    months = read.terms(RecipientRequestTerms).due_months
    requests = RecipientRequest.__table__.c
    newest = select(requests.id, requests.received_at, requests.due_at).order_by(requests.id.desc())
    late = [
        row.id
        for row in read.rows(newest.limit(NEWEST_MAX))
        if row.due_at > add_months(row.received_at, months)
    ]
    return look(read, "requests of recipients", RecipientRequest, requests.id, requests.id.in_(late))


def erasures_follow_requests(read: Read) -> Finding:
    """Whoever asked to be erased is going to be: each such request that is open has a planned erasure (H030, P026)."""
    planned = select(Erasure.id).where(Erasure.account_id == PrivacyRequest.account_id)
    asked = (
        (PrivacyRequest.kind == PrivacyRequestKind.ERASURE.value)
        & PrivacyRequest.source.in_(_BY_ITSELF)
        & PrivacyRequest.ended_at.is_(None)
    )
    return look(read, "requests", PrivacyRequest, PrivacyRequest.id, asked & ~planned.exists())


def ends_told(read: Read) -> Finding:
    """Whoever had data corrected, or its processing restricted, was told at that instant (M125)."""
    told = select(Notice.id).where(
        Notice.account_id == PrivacyRequest.account_id,
        Notice.kind.in_(_TOLD),
        Notice.created_at == PrivacyRequest.ended_at,
    )
    done = (
        PrivacyRequest.kind.in_(_TOLD_OF)
        & PrivacyRequest.status.in_(_DONE)
        & PrivacyRequest.account_id.in_(_there)
    )
    return look(read, "requests", PrivacyRequest, PrivacyRequest.id, done & ~told.exists())


def erasures_told(read: Read) -> Finding:
    """Of no account anything is erased before it was told, while there is somebody to tell (C30, M125)."""
    told = select(Notice.id).where(Notice.account_id == Erasure.account_id, Notice.kind == "account_erased")
    begun = Erasure.status.in_(_BEGUN)
    return look(read, "erasures", Erasure, Erasure.id, begun & ~told.exists())


def copies_in_each_form(read: Read) -> Finding:
    """Each copy of data that can be fetched has the forms that the policy lists (P029, M126)."""
    forms = read.terms(Published).profile.value("portability.formats")
    lacking = [
        ~select(DataExportFile.number)
        .where(DataExportFile.export_id == DataExport.id, DataExportFile.name.like(f"%.{form}"))
        .exists()
        for form in forms
    ]
    ready = DataExport.status == ExportStatus.READY.value
    return look(read, "copies", DataExport, DataExport.id, ready & or_(*lacking))


CHECKS: Mapping[str, Check] = {
    "recipient_requests_in_time": recipient_requests_in_time,
    "erasures_follow_requests": erasures_follow_requests,
    "ends_told": ends_told,
    "erasures_told": erasures_told,
    "copies_in_each_form": copies_in_each_form,
}
