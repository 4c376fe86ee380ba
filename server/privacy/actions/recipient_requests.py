"""How a recipient's request begins: filed without an account or entered by the staff, shown to be the person's, and
relayed to the customer who sent the message (M011)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from server.accounts.actions.issuing import new_one_time_code
from server.accounts.actions.public_calls import note_public_call
from server.accounts.reads import account
from server.accounts.rules.people import Sent, TooManyMails, one_more_mail
from server.campaigns.actions.recipients import drop_recipient
from server.campaigns.actions.retention import forget_recipient
from server.campaigns.actions.suppression import suppress
from server.campaigns.actions.validating import address_of
from server.campaigns.reads import launched_campaign
from server.campaigns.reads.addresses import address_hash
from server.campaigns.reads.suppression import unsubscribing_of
from server.campaigns.rules import MessageChannel
from server.campaigns.rules.complaints import text_fault
from server.campaigns.rules.suppression import SuppressionReason, SuppressionSource, UnsubscribeLinkUnknown
from server.kit.work import Work
from server.privacy.actions.recipient_events import (
    RecipientCodeAsked,
    RecipientRequestRelayed,
    locked,
    move,
    plan,
    write,
)
from server.privacy.model import RecipientRequest
from server.privacy.reads.recipient_requests import (
    ADDRESS_COLUMN,
    MESSAGE_ID_COLUMN,
    TEXT_COLUMN,
    RequestRow,
)
from server.privacy.reads.regimes import account_regime, due_by_law
from server.privacy.rules.recipient_requests import (
    QUEUE,
    STOPS_MESSAGES,
    RecipientRequestTerms,
    RequestKind,
    RequestSource,
    RequestStatus,
    check_filings,
    check_move,
    check_received,
)
from server.privacy.rules.refusals import (
    RecipientAddressInvalid,
    RecipientCodeInvalid,
    RecipientLinkRequired,
    RecipientSenderUnknown,
    RecipientTextInvalid,
)
from server.privacy.rules.regimes import RegimeTerms

FILE = "fileRecipientRequest"
"""What public requests are counted as."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recipient asks, of whom. Either the campaign or the token of the unsubscribe link names the sender."""

    kind: RequestKind
    address: str
    text: str | None
    campaign_id: str | None
    link_token: str | None


@dataclass(frozen=True, slots=True)
class _Found:
    """Who sent the message, and the address as it is kept. `linked`: the message's own link says it was sent there."""

    account_id: str
    campaign_id: str
    channel: MessageChannel
    address: str
    address_hash: bytes
    linked: bool


def file_request(work: Work, asked: Asked, caller: str | None) -> RequestRow:
    """Take in what somebody without an account asks; `caller` is their network address.

    Nothing is relayed before the address is shown to be theirs: by the code that goes there, or, of a phone number,
    by the link. What the link may do anyway, stopping the messages, is done at once. The same request again gives
    the first one back, and tells nobody that there was one.

    Raises RecipientSenderUnknown, RecipientAddressInvalid, RecipientLinkRequired, RecipientTextInvalid or
    RecipientRequestLimitReached.
    """
    terms = work.terms(RecipientRequestTerms)
    before = note_public_call(work, FILE, caller, terms.filings_window)
    check_filings(before.from_address, before.from_everywhere, terms)
    found = _found(work, asked)
    by_phone = found.channel is MessageChannel.SMS
    if by_phone and not found.linked:
        raise RecipientLinkRequired
    row = _open(work, asked, found, RequestSource.PUBLIC, work.now, None)
    if found.linked and asked.kind in STOPS_MESSAGES:
        _stop_messages(work, row, found.address_hash)
    if row.status != RequestStatus.RECEIVED.value:
        return row
    return _relay(work, row) if by_phone else _send_code(work, row, found.address, asked.text)


def enter_request(work: Work, asked: Asked, received_at: datetime, message_id: str | None) -> RequestRow:
    """Enter what came to the staff by mail: the clock starts at its receipt (B018). A code goes to an e-mail address.

    Raises as `file_request` does, without its limit, and RecipientReceivedAtInvalid.
    """
    terms = work.terms(RecipientRequestTerms)
    check_received(received_at, work.now, terms)
    _check_text(message_id, terms.message_id_length_max)
    found = _found(work, asked)
    row = _open(work, asked, found, RequestSource.MAIL, received_at, message_id)
    by_email = found.channel is MessageChannel.EMAIL
    waits = row.status == RequestStatus.RECEIVED.value
    return _send_code(work, row, found.address, asked.text) if waits and by_email else row


def verify_request(work: Work, receipt: str, code: str) -> RequestRow | RecipientCodeInvalid:
    """Relay a request whose code came back.

    A wrong code is returned: raised here, it would undo the counting of attempts (see `Units.run`).
    Raises RecipientRequestNotFound or RecipientRequestStatusConflict.
    """
    row = locked(work, receipt)
    check_move(RequestStatus(row.status), RequestStatus.RELAYED)
    in_time = row.code_expires_at is not None and work.now < row.code_expires_at
    if row.code_hash is None or row.code_attempts_left <= 0 or not in_time:
        return RecipientCodeInvalid(0)
    if not hmac.compare_digest(_hash(work, row.id, code.strip()), row.code_hash):
        left = row.code_attempts_left - 1
        write(work, row, code_attempts_left=left)
        return RecipientCodeInvalid(left)
    return _relay(work, row)


def confirm_request(work: Work, request_id: str) -> RequestRow:
    """Relay a request whose person showed the acting member of the staff who they are (H038).

    Raises RecipientRequestNotFound or RecipientRequestStatusConflict.
    """
    return _relay(work, locked(work, request_id), verified_by=work.actor.credential_id)


def _relay(work: Work, row: RequestRow, verified_by: str | None = None) -> RequestRow:
    """Tell the customer, and do at once what needs no answer: stop the messages, and delete the address (M011).

    Campaigns are locked before the first event, as whoever changes a campaign does.
    """
    check_move(RequestStatus(row.status), RequestStatus.RELAYED)
    assert row.address_hash is not None, "only what is over is forgotten"
    if row.kind in STOPS_MESSAGES:
        _stop_messages(work, row, row.address_hash)
    if row.kind == RequestKind.ERASURE.value:
        drop_recipient(work, row.account_id, row.address_hash)
        forget_recipient(work, row.account_id, row.address_hash)
    return move(
        work,
        row,
        RequestStatus.RELAYED,
        RecipientRequestRelayed,
        verified_at=work.now,
        verified_by=verified_by,
        code_hash=None,
        code_expires_at=None,
    )


def _stop_messages(work: Work, row: RequestRow, hashed: bytes) -> None:
    """The hash stays among the suppressed after an erasure, too: without it the next upload would write again (C21)."""
    suppress(
        work,
        row.account_id,
        MessageChannel(row.channel),
        [hashed],
        SuppressionReason.OBJECTED,
        SuppressionSource.PRIVACY_REQUEST,
        row.campaign_id,
    )


def _open(
    work: Work,
    asked: Asked,
    found: _Found,
    source: RequestSource,
    received_at: datetime,
    message_id: str | None,
) -> RequestRow:
    """The open request, new or the one that is there already, locked. An earlier receipt moves its clock."""
    terms = work.terms(RecipientRequestTerms)
    _check_text(asked.text, terms.text_length_max)
    parts = (found.account_id.encode(), found.address_hash, asked.kind.value.encode())
    open_key = work.keyed_hash("recipient_requests", *parts)
    regime = account_regime(work, found.account_id)
    due_at = due_by_law(received_at, terms.due_months, regime, work.terms(RegimeTerms))
    values = {
        "id": work.ids.new("rrq"),
        "account_id": found.account_id,
        "campaign_id": found.campaign_id,
        "channel": found.channel.value,
        "kind": asked.kind.value,
        "source": source.value,
        "status": RequestStatus.RECEIVED.value,
        "address_hash": found.address_hash,
        "open_key": open_key,
        "address": work.seal(found.account_id, "content", ADDRESS_COLUMN, found.address),
        "text": _sealed(work, found.account_id, TEXT_COLUMN, asked.text),
        "message_id": _sealed(work, found.account_id, MESSAGE_ID_COLUMN, message_id),
        "code_attempts_left": 0,
        "codes_sent": 0,
        "received_at": received_at,
        "filed_at": work.now,
        "due_at": due_at,
        "queue_rank": QUEUE[RequestStatus.RECEIVED],
        "updated_at": work.now,
    }
    once = insert(RecipientRequest).values(values).on_conflict_do_nothing(index_elements=["open_key"])
    new = work.first(once.returning(*RecipientRequest.__table__.c))
    if new is not None:
        row = RequestRow(**new._mapping)
        plan(work, row)
        return row
    query = select(RecipientRequest.id).where(RecipientRequest.open_key == open_key)
    row = locked(work, str(work.scalar(query)))
    earlier = received_at < row.received_at
    return write(work, row, received_at=received_at, due_at=due_at) if earlier else row


def _found(work: Work, asked: Asked) -> _Found:
    """Raises RecipientSenderUnknown or RecipientAddressInvalid."""
    linked = None
    if asked.link_token is not None:
        try:
            linked = unsubscribing_of(work, asked.link_token)
        except UnsubscribeLinkUnknown:
            raise RecipientSenderUnknown from None
    campaign = launched_campaign(work, asked.campaign_id or "") if linked is None else None
    sender = linked or campaign
    if sender is None or account(work, sender.account_id) is None:
        raise RecipientSenderUnknown
    channel = MessageChannel(sender.channel)
    address = address_of(channel, asked.address)
    if address is None:
        raise RecipientAddressInvalid
    hashed = address_hash(work, sender.account_id, channel, address.text)
    if linked is not None and not hmac.compare_digest(hashed, linked.address_hash):
        raise RecipientAddressInvalid
    campaign_id = linked.campaign_id if linked is not None else str(asked.campaign_id)
    return _Found(sender.account_id, campaign_id, channel, address.text, hashed, linked is not None)


def _send_code(work: Work, row: RequestRow, email: str, text: str | None) -> RequestRow:
    """Send a new code; the one before is of no use, and neither is what was said before it: it may be another's.

    Too many are silently not sent: nobody learns that there were.
    """
    terms = work.terms(RecipientRequestTerms)
    before = Sent(row.codes_sent, row.codes_since) if row.codes_since is not None else None
    try:
        sent = one_more_mail(before, work.now, terms.codes_max, terms.codes_window)
    except TooManyMails:
        return row
    code = new_one_time_code(work)
    changed = write(
        work,
        row,
        code_hash=_hash(work, row.id, code),
        code_attempts_left=terms.code_attempts_max,
        code_expires_at=work.now + terms.code_age_max,
        codes_sent=sent.count,
        codes_since=sent.since,
        text=_sealed(work, row.account_id, TEXT_COLUMN, text),
    )
    work.record(RecipientCodeAsked(row.account_id, row.id, email, code))
    return changed


def _check_text(text: str | None, length_max: int) -> None:
    """Raises RecipientTextInvalid, also for a card number (M115)."""
    if text is not None and (fault := text_fault(text, length_max)):
        raise RecipientTextInvalid(fault.value, length_max)


def _sealed(work: Work, account_id: str, column: str, text: str | None) -> bytes | None:
    return None if text is None else work.seal(account_id, "content", column, text)


def _hash(work: Work, request_id: str, code: str) -> bytes:
    """Keyed: eight digits could be guessed from a plain hash."""
    return work.keyed_hash("one_time_code", request_id.encode(), code.encode(errors="surrogatepass"))
