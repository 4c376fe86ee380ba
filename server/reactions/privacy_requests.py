"""Who is told of what a customer asks about their own data: the account and its owners, and the staff near the end."""

from __future__ import annotations

from collections.abc import Callable

from server.accounts import reads as account_reads
from server.accounts.actions.events import PostalAddressChanged
from server.accounts.reads import team
from server.kit.events import DomainEvent, Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.policy.actions.events import ConsentWithdrawn
from server.privacy.actions.request_changes import (
    PrivacyRequestChange,
    PrivacyRequestExtended,
    PrivacyRequestFiled,
    PrivacyRequestFulfilled,
    PrivacyRequestOverdue,
    PrivacyRequestRefused,
    PrivacyRequestReminded,
    PrivacyRequestVerified,
)
from server.privacy.actions.requests import Filing, file_request, fulfil_request
from server.privacy.reads import requests as reads
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.requests import (
    OF_PURPOSES,
    PrivacyRequestKind,
    PrivacyRequestSource,
    PrivacyRequestStatus,
)
from server.reactions.telling import tell_owners

_EXTENDED = {
    "COMPLEXITY": "privacy_request_extended",
    "NUMBER_OF_REQUESTS": "privacy_request_extended_many",
}


def register(registered: Reactions) -> None:
    registered.on(PostalAddressChanged, _tell_of_correction)
    registered.on(ConsentWithdrawn, _note_withdrawal)
    registered.on(PrivacyRequestFiled, _tell_of_receipt)
    registered.on(PrivacyRequestVerified, _tell_of_receipt)
    registered.on(PrivacyRequestExtended, _tell_of_extension)
    registered.on(PrivacyRequestFulfilled, _tell_of_end)
    registered.on(PrivacyRequestRefused, _tell_of_end)
    registered.on(PrivacyRequestReminded, _tell_staff("privacy_request_reminder"))
    registered.on(PrivacyRequestOverdue, _tell_staff("privacy_request_overdue"))


def _tell_of_correction(work: Work, event: PostalAddressChanged) -> None:
    """What somebody corrects by themselves is told as what the staff corrects for them is (M125)."""
    if event.corrects:
        tell_owners(work, event.account_id, "data_corrected", {"at": work.now.isoformat()})


def _note_withdrawal(work: Work, event: ConsentWithdrawn) -> None:
    """Who takes a consent back finds that among their requests, as those do for whom the staff does it."""
    if work.actor.account_id != event.account_id:
        return
    kind, source = PrivacyRequestKind.CONSENT_WITHDRAWAL, PrivacyRequestSource.SELF
    filing = Filing(event.account_id, kind, source, purposes=frozenset({event.purpose}))
    fulfil_request(work, file_request(work, filing).id)


def _tell_of_receipt(work: Work, event: PrivacyRequestChange) -> None:
    source = PrivacyRequestSource(_row(work, event).source)
    at_once = event.request_kind in OF_PURPOSES and source is PrivacyRequestSource.SELF
    if at_once or source is PrivacyRequestSource.REPORT:
        return  # that it is done is told; and nobody of the account asked for what a report asks
    unverified = event.status == PrivacyRequestStatus.UNVERIFIED.value
    template = "privacy_request_entered" if unverified else "privacy_request_received"
    tell_owners(work, event.account_id, template, _request_and_due_date(work, event))


def _tell_of_extension(work: Work, event: PrivacyRequestExtended) -> None:
    template = _EXTENDED[str(_row(work, event).extension_reason)]
    tell_owners(work, event.account_id, template, _request_and_due_date(work, event))


def _tell_of_end(work: Work, event: PrivacyRequestChange) -> None:
    """Who erases tells of it before the address is gone (M125): afterwards there is nobody to tell."""
    row = _row(work, event)
    refused = row.status == PrivacyRequestStatus.REFUSED.value
    if row.kind == PrivacyRequestKind.ERASURE.value and not refused:
        return
    answer = account_reads.open_or_none(work, reads.ANSWER_COLUMN, row.answer)
    data = {"request": row.id, "answer": answer or "–"}
    tell_owners(work, row.account_id, f"privacy_request_{row.status.lower()}", data)


def _tell_staff(template: str) -> Callable[[Work, DomainEvent], None]:
    def tell(work: Work, event: DomainEvent) -> None:
        staff_id = team.staff_account_id(work)
        if staff_id is not None:
            notice_actions.notify(work, staff_id, template, _request_and_due_date(work, event))

    return tell


def _request_and_due_date(work: Work, event: DomainEvent) -> dict[str, str | int]:
    row = _row(work, event)
    return {"request": row.id, "at": row.due_at.isoformat()}


def _row(work: Work, event: DomainEvent) -> PrivacyRequestRow:
    row = reads.any_request(work, event.subject_id)
    assert row is not None, "it changed in this transaction"
    return row
