"""A customer's request from its filing to its end. Who does what was asked calls `begin_request` and `fulfil_request`.

The clock starts at the receipt, around the clock (P038, B018); neither a hold nor a pause stops it (M103).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from server.accounts import reads as account_reads
from server.accounts.reads import team
from server.campaigns.rules.complaints import text_fault
from server.kit.ids import is_id
from server.kit.work import Work
from server.privacy.actions.request_changes import (
    PrivacyRequestBegun,
    PrivacyRequestExtended,
    PrivacyRequestFiled,
    PrivacyRequestFulfilled,
    PrivacyRequestHeld,
    PrivacyRequestLapsed,
    PrivacyRequestOverdue,
    PrivacyRequestRefused,
    PrivacyRequestReleased,
    PrivacyRequestReminded,
    PrivacyRequestVerified,
    PrivacyRequestWithdrawn,
    locked,
    move,
    plan,
    step_of,
    write,
)
from server.privacy.model import PrivacyRequest
from server.privacy.reads import requests as reads
from server.privacy.reads.regimes import account_regime
from server.privacy.reads.requests import (
    ANSWER_COLUMN,
    MESSAGE_ID_COLUMN,
    PREFIX,
    TEXT_COLUMN,
    PrivacyRequestRow,
    due_date,
)
from server.privacy.rules.recipient_requests import RefusalGround
from server.privacy.rules.request_refusals import (
    PrivacyRequestAccountUnknown,
    PrivacyRequestLimitReached,
    PrivacyRequestNotFound,
    PrivacyRequestTextInvalid,
)
from server.privacy.rules.requests import (
    QUEUE,
    REPEATABLE,
    TRUSTED,
    ExtensionReason,
    HoldGround,
    IdentityProof,
    PrivacyRequestKind,
    PrivacyRequestSource,
    PrivacyRequestStatus,
    PrivacyRequestTerms,
    Step,
    check_channel,
    check_extendable,
    check_ground,
    check_received,
)

_S = PrivacyRequestStatus


@dataclass(frozen=True, slots=True)
class Filing:
    """What is asked, for whom, and how it came.

    `purposes` narrow it; without any it is about all. `received_at` is now where nothing else is said. `due_at` is
    the due date of a clause with a clock of its own, such as that of a minor's data or of a closed account.
    """

    account_id: str
    kind: PrivacyRequestKind
    source: PrivacyRequestSource
    person_id: str | None = None
    purposes: frozenset[str] = frozenset()
    text: str | None = None
    received_at: datetime | None = None
    due_at: datetime | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done: all that was asked, or a part, then on which legal ground not the rest; and what is said of it."""

    ground: RefusalGround | None = None
    answer: str | None = None


DONE = Outcome()
"""All that was asked, and nothing is said of it."""


def file_request(work: Work, filing: Filing) -> PrivacyRequestRow:
    """Take in a request. Who files one that is open already gets that one back.

    An earlier receipt or due date moves its clock; who is signed in verifies by that what others had filed, and what
    they say takes the place of what was said in their name.

    Raises PrivacyRequestChannelClosed, PrivacyRequestAccountUnknown, PrivacyRequestTextInvalid,
    PrivacyRequestReceivedAtInvalid or PrivacyRequestLimitReached.
    """
    terms = work.terms(PrivacyRequestTerms)
    check_channel(filing.kind, filing.source, terms)
    _check_account(work, filing.account_id)
    received_at = filing.received_at or work.now
    check_received(received_at, work.now, terms)
    _check_text(filing.text, terms.text_length_max)
    _check_text(filing.message_id, terms.message_id_length_max)
    new = _insert(work, filing, received_at)
    if new is None:
        query = select(PrivacyRequest.id).where(PrivacyRequest.open_key == _open_key(work, filing))
        return _repeated(work, locked(work, str(work.scalar(query))), filing, received_at)
    if reads.open_count(work, new) > terms.open_max:
        raise PrivacyRequestLimitReached(terms.open_max)
    plan(work, new)
    work.record(PrivacyRequestFiled.of(new))
    return new


def verify_identity(work: Work, request_id: str, proof: IdentityProof) -> PrivacyRequestRow:
    """Say that the person showed the acting member of the staff who they are (H038).

    Raises PrivacyRequestNotFound or PrivacyRequestStatusConflict.
    """
    return _verified(work, locked(work, request_id), proof)


def begin_request(work: Work, request_id: str) -> PrivacyRequestRow:
    """Say that it is being done; again it changes nothing. Raises PrivacyRequestNotFound or
    PrivacyRequestStatusConflict.
    """
    row = locked(work, request_id)
    if row.status == _S.IN_PROGRESS.value:
        return row
    if row.status == _S.HELD.value:
        return move(work, row, _S.IN_PROGRESS, PrivacyRequestReleased, hold_ground=None)
    return move(work, row, _S.IN_PROGRESS, PrivacyRequestBegun, begun_at=work.now)


def hold_request(work: Work, request_id: str, ground: HoldGround) -> PrivacyRequestRow:
    """Let an open case keep it from being done; `begin_request` releases it. The due date stays.

    Raises PrivacyRequestNotFound or PrivacyRequestStatusConflict.
    """
    row = locked(work, request_id)
    if row.status == _S.HELD.value:
        return write(work, row, hold_ground=ground.value)
    return move(work, row, _S.HELD, PrivacyRequestHeld, hold_ground=ground.value)


def extend_request(work: Work, request_id: str, reason: ExtensionReason) -> PrivacyRequestRow:
    """Move the due date, once and in time; the customer is told why (article 12(3)).

    Raises PrivacyRequestNotFound, PrivacyRequestStatusConflict or PrivacyRequestNotExtendable.
    """
    row = locked(work, request_id)
    check_extendable(_S(row.status), row.due_at, row.extended_at is not None, work.now)
    changed = write(
        work,
        row,
        due_at=due_date(work, row.received_at, row.regime, extended=True),
        extended_at=work.now,
        extension_reason=reason.value,
        reminded_at=None,
    )
    work.record(PrivacyRequestExtended.of(changed))
    return changed


def fulfil_request(work: Work, request_id: str, outcome: Outcome = DONE) -> PrivacyRequestRow:
    """Say that it is done; with a ground, that it is done in part, and why the law lets the rest be (P028).

    Raises PrivacyRequestNotFound, PrivacyRequestStatusConflict, PrivacyRequestGroundInvalid or
    PrivacyRequestTextInvalid.
    """
    row = locked(work, request_id)
    in_part = outcome.ground is not None
    check_ground(PrivacyRequestKind(row.kind), outcome.ground, needed=in_part)
    to = _S.PARTLY_FULFILLED if in_part else _S.FULFILLED
    return move(work, row, to, PrivacyRequestFulfilled, hold_ground=None, **_said(work, row, outcome))


def refuse_request(work: Work, request_id: str, ground: RefusalGround, answer: str) -> PrivacyRequestRow:
    """Refuse it on a legal ground, and say why (P028). Raises as `fulfil_request` does."""
    row = locked(work, request_id)
    check_ground(PrivacyRequestKind(row.kind), ground, needed=True)
    said = _said(work, row, Outcome(ground, answer))
    return move(work, row, _S.REFUSED, PrivacyRequestRefused, hold_ground=None, **said)


def withdraw_request(work: Work, account_id: str, request_id: str) -> PrivacyRequestRow:
    """Ask no more. Raises PrivacyRequestNotFound (also for another account's, Q014) or PrivacyRequestStatusConflict."""
    if reads.request(work, account_id, request_id) is None:
        raise PrivacyRequestNotFound
    return move(work, locked(work, request_id), _S.WITHDRAWN, PrivacyRequestWithdrawn, hold_ground=None)


def advance(work: Work, request_id: str) -> None:
    """The due step: whatever happens by itself at this instant. Repeated, it does nothing."""
    try:
        row = locked(work, request_id)
    except PrivacyRequestNotFound:  # erased with its account
        return
    step = step_of(work, row)
    if step is None:
        return
    if work.now < step[1]:
        plan(work, row)
    elif step[0] is Step.LAPSE:
        move(work, row, _S.LAPSED, PrivacyRequestLapsed, text=None, message_id=None)
    elif step[0] is Step.REMIND:
        write(work, row, reminded_at=work.now)
        work.record(PrivacyRequestReminded(row.account_id, row.id))
    else:
        write(work, row, overdue_at=work.now)
        work.record(PrivacyRequestOverdue(row.account_id, row.id))


def _insert(work: Work, filing: Filing, received_at: datetime) -> PrivacyRequestRow | None:
    """The new request; None when the same one is open already."""
    trusted = filing.source in TRUSTED
    regime = account_regime(work, filing.account_id)
    status = _S.RECEIVED if trusted else _S.UNVERIFIED
    values = {
        "id": work.ids.new(PREFIX),
        "account_id": filing.account_id,
        "person_id": filing.person_id,
        "kind": filing.kind.value,
        "source": filing.source.value,
        "status": status.value,
        "purposes": " ".join(sorted(filing.purposes)),
        "open_key": _open_key(work, filing),
        "text": _sealed(work, filing.account_id, TEXT_COLUMN, filing.text),
        "message_id": _sealed(work, filing.account_id, MESSAGE_ID_COLUMN, filing.message_id),
        "received_at": received_at,
        "regime": regime.value,
        "filed_at": work.now,
        "filed_by": work.actor.credential_id,
        "due_at": filing.due_at or due_date(work, received_at, regime.value),
        "queue_rank": QUEUE[status],
        "verified_at": work.now if trusted else None,
        "verified_by": work.actor.credential_id if trusted else None,
        "proof": IdentityProof.SESSION.value if filing.source is PrivacyRequestSource.SELF else None,
        "updated_at": work.now,
    }
    once = insert(PrivacyRequest).values(values).on_conflict_do_nothing(index_elements=["open_key"])
    new = work.first(once.returning(*PrivacyRequest.__table__.c))
    return None if new is None else PrivacyRequestRow(**new._mapping)


def _repeated(work: Work, row: PrivacyRequestRow, filing: Filing, received_at: datetime) -> PrivacyRequestRow:
    """The open request after somebody asked for the same again. What was extended stays extended."""
    first = min(received_at, row.received_at)
    extended = row.extended_at is not None
    due_at = min(row.due_at, filing.due_at or due_date(work, first, row.regime, extended=extended))
    if (first, due_at) != (row.received_at, row.due_at):
        row = write(work, row, received_at=first, due_at=due_at)
    if row.status != _S.UNVERIFIED.value or filing.source not in TRUSTED:
        return row
    words = _sealed(work, row.account_id, TEXT_COLUMN, filing.text)
    return _verified(work, write(work, row, text=words, person_id=filing.person_id), IdentityProof.SESSION)


def _verified(work: Work, row: PrivacyRequestRow, proof: IdentityProof) -> PrivacyRequestRow:
    by = work.actor.credential_id
    changes = {"verified_at": work.now, "verified_by": by, "proof": proof.value}
    return move(work, row, _S.RECEIVED, PrivacyRequestVerified, **changes)


def _said(work: Work, row: PrivacyRequestRow, outcome: Outcome) -> dict[str, str | bytes | None]:
    """The columns of an outcome. Raises PrivacyRequestTextInvalid."""
    _check_text(outcome.answer, work.terms(PrivacyRequestTerms).answer_length_max)
    ground = None if outcome.ground is None else outcome.ground.value
    return {"ground": ground, "answer": _sealed(work, row.account_id, ANSWER_COLUMN, outcome.answer)}


def _open_key(work: Work, filing: Filing) -> bytes | None:
    """By what the same request is known while it is open; None where each is one of its own."""
    if filing.kind in REPEATABLE:
        return None
    purposes = " ".join(sorted(filing.purposes))
    parts = (filing.account_id.encode(), filing.kind.value.encode(), purposes.encode())
    return work.keyed_hash("privacy_requests", *parts)


def _check_account(work: Work, account_id: str) -> None:
    found = account_reads.account(work, account_id) if is_id(account_id, "acc") else None
    if found is None or account_id == team.staff_account_id(work):
        raise PrivacyRequestAccountUnknown


def _check_text(text: str | None, length_max: int) -> None:
    """Raises PrivacyRequestTextInvalid, also for a card number (M115)."""
    if text is not None and (fault := text_fault(text, length_max)):
        raise PrivacyRequestTextInvalid(fault.value, length_max)


def _sealed(work: Work, account_id: str, column: str, text: str | None) -> bytes | None:
    return None if text is None else work.seal(account_id, "content", column, text)
