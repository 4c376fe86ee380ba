"""What somebody wrote to support that is a request about their data: it becomes one, and its clock began with it."""

from __future__ import annotations

from collections.abc import Sequence

from server.kit.work import Work
from server.privacy.actions.limiting import check_filing
from server.privacy.actions.requests import Filing, file_request
from server.privacy.reads.requests import PrivacyRequestRow
from server.privacy.rules.request_refusals import PrivacyRequestAccountUnknown
from server.privacy.rules.requests import PrivacyRequestKind, PrivacyRequestSource
from server.support import reads as support_reads
from server.support.rules import TicketMessageNotFound


def request_from_message(
    work: Work, message_id: str, kind: PrivacyRequestKind, purposes: Sequence[str]
) -> PrivacyRequestRow:
    """File what a customer wrote in a ticket, as of when it was received (B018). Who they are is verified as for all
    that was told to the staff (H038); the ticket stays.

    Raises TicketMessageNotFound, PrivacyRequestAccountUnknown for what is no customer's, or what `file_request` and
    `check_filing` raise.
    """
    message = support_reads.message(work, message_id)
    if message is None or message.from_staff:
        raise TicketMessageNotFound
    if message.account_id is None:
        raise PrivacyRequestAccountUnknown
    filing = Filing(
        message.account_id,
        kind,
        PrivacyRequestSource.TICKET,
        person_id=message.person_id,
        purposes=frozenset(purposes),
        text=work.open(support_reads.TEXT_COLUMN, message.text),
        received_at=message.received_at,
        message_id=message.id,
    )
    check_filing(work, filing)
    return file_request(work, filing)
