"""What recipients may ask, how it may be answered, and what happens when it is not. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.privacy.rules.refusals import (
    RecipientAnswerInvalid,
    RecipientReceivedAtInvalid,
    RecipientRequestLimitReached,
    RecipientRequestStatusConflict,
)


@dataclass(frozen=True, slots=True)
class RecipientRequestTerms:
    """The numbers of recipients' requests. Lengths count characters."""

    due_months: int = 1
    """Calendar months from the receipt to the due date (M011, C26: GDPR article 12(3))."""
    remind_before: timedelta = timedelta(days=7)
    """How long before the due date the customer is reminded."""
    verify_within: timedelta = timedelta(days=14)
    """How long after it was filed a request can be verified; then it lapses."""
    kept_after_end: timedelta = timedelta(days=30)
    """How long after its end address and words are kept."""
    received_before_max: timedelta = timedelta(days=365)
    """How old a request may be that came by mail."""

    text_length_max: int = 2_000
    answer_length_max: int = 500
    message_id_length_max: int = 254
    code_attempts_max: int = 5
    code_age_max: timedelta = timedelta(hours=24)
    codes_max: int = 3
    """Codes for one request in any window of `codes_window`."""
    codes_window: timedelta = timedelta(hours=24)
    filings_per_address_max: int = 5
    """Requests from one network address in any window of `filings_window`."""
    filings_max: int = 1_000
    """Requests from everywhere in any window of `filings_window`."""
    filings_window: timedelta = timedelta(hours=1)


class RequestKind(StrEnum):
    """What is asked for, by article of the GDPR: 15, 16, 17, 21, 18."""

    ACCESS = "ACCESS"
    RECTIFICATION = "RECTIFICATION"
    ERASURE = "ERASURE"
    OBJECTION = "OBJECTION"
    RESTRICTION = "RESTRICTION"


class RequestSource(StrEnum):
    """How it came: by the API without an account, or by mail to the staff (B018)."""

    PUBLIC = "PUBLIC"
    MAIL = "MAIL"


class RequestStatus(StrEnum):
    """Where a request is. ANSWERED, CLOSED and LAPSED are final.

    RECEIVED: nobody showed yet that the address is theirs. CLOSED: the staff ended what the customer did not answer.
    LAPSED: it was not verified in time.
    """

    RECEIVED = "RECEIVED"
    RELAYED = "RELAYED"
    ESCALATED = "ESCALATED"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"
    LAPSED = "LAPSED"


_S = RequestStatus
MOVES: Mapping[RequestStatus, frozenset[RequestStatus]] = {
    _S.RECEIVED: frozenset({_S.RELAYED, _S.LAPSED}),
    _S.RELAYED: frozenset({_S.ANSWERED, _S.ESCALATED}),
    _S.ESCALATED: frozenset({_S.ANSWERED, _S.CLOSED}),
    _S.ANSWERED: frozenset(),
    _S.CLOSED: frozenset(),
    _S.LAPSED: frozenset(),
}
"""Which status may follow which."""

QUEUE: Mapping[RequestStatus, int] = {_S.ESCALATED: 0, _S.RELAYED: 1, _S.RECEIVED: 2}
"""The order of the staff's queue, before the due date: what is verified comes before what is not."""

STOPS_MESSAGES = frozenset({RequestKind.ERASURE, RequestKind.OBJECTION})
"""After these the customer may not write to the address any more, whatever the answer."""


class RequestOutcome(StrEnum):
    """What the customer did."""

    DONE = "DONE"
    NOTHING_HELD = "NOTHING_HELD"
    REFUSED = "REFUSED"


class RefusalGround(StrEnum):
    """Why the law lets a request be refused; the articles are those of the GDPR."""

    NOT_IDENTIFIED = "NOT_IDENTIFIED"
    MANIFESTLY_UNFOUNDED = "MANIFESTLY_UNFOUNDED"
    EXCESSIVE = "EXCESSIVE"
    RIGHTS_OF_OTHERS = "RIGHTS_OF_OTHERS"
    DATA_ACCURATE = "DATA_ACCURATE"
    FREE_EXPRESSION = "FREE_EXPRESSION"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    LEGAL_CLAIMS = "LEGAL_CLAIMS"
    COMPELLING_GROUNDS = "COMPELLING_GROUNDS"
    NO_CASE_OF_RESTRICTION = "NO_CASE_OF_RESTRICTION"


_G = RefusalGround
_ALWAYS = frozenset({_G.NOT_IDENTIFIED, _G.MANIFESTLY_UNFOUNDED, _G.EXCESSIVE})  # articles 11(2) and 12(5)
GROUNDS: Mapping[RequestKind, frozenset[RefusalGround]] = {
    RequestKind.ACCESS: _ALWAYS | {_G.RIGHTS_OF_OTHERS},  # 15(4)
    RequestKind.RECTIFICATION: _ALWAYS | {_G.DATA_ACCURATE},  # 16
    RequestKind.ERASURE: _ALWAYS | {_G.FREE_EXPRESSION, _G.LEGAL_OBLIGATION, _G.LEGAL_CLAIMS},  # 17(3)
    RequestKind.OBJECTION: _ALWAYS | {_G.COMPELLING_GROUNDS, _G.LEGAL_CLAIMS},  # 21(1)
    RequestKind.RESTRICTION: _ALWAYS | {_G.NO_CASE_OF_RESTRICTION},  # 18(1)
}
"""On which grounds each kind may be refused."""


class Step(StrEnum):
    """What happens by itself."""

    LAPSE = "LAPSE"
    REMIND = "REMIND"
    ESCALATE = "ESCALATE"
    FORGET = "FORGET"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about the next step."""

    status: RequestStatus
    filed_at: datetime
    due_at: datetime
    verified_at: datetime | None = None
    reminded: bool = False
    ended_at: datetime | None = None
    forgotten: bool = False


def check_move(status: RequestStatus, to: RequestStatus) -> None:
    """Raises RecipientRequestStatusConflict when `to` may not follow `status`."""
    if to not in MOVES[status]:
        raise RecipientRequestStatusConflict(status.value)


def next_step(standing: Standing, terms: RecipientRequestTerms) -> tuple[Step, datetime] | None:
    """What happens next by itself, and when; None when nothing does.

    Who was told of the request within the time of the reminder is not reminded.
    """
    if standing.status is RequestStatus.RECEIVED:
        return Step.LAPSE, standing.filed_at + terms.verify_within
    if standing.status is RequestStatus.RELAYED:
        remind_at = standing.due_at - terms.remind_before
        told_before = standing.verified_at is not None and standing.verified_at < remind_at
        if told_before and not standing.reminded:
            return Step.REMIND, remind_at
        return Step.ESCALATE, standing.due_at
    if standing.ended_at is not None and not standing.forgotten:
        return Step.FORGET, standing.ended_at + terms.kept_after_end
    return None


def check_answer(
    kind: RequestKind, outcome: RequestOutcome, ground: RefusalGround | None, text: str | None
) -> None:
    """Raises RecipientAnswerInvalid: a refusal, and only that, has a ground, one of its kind, and says why."""
    refused = outcome is RequestOutcome.REFUSED
    fits = ground in GROUNDS[kind] and text is not None if refused else ground is None
    if not fits:
        raise RecipientAnswerInvalid(kind.value)


def check_received(received_at: datetime, now: datetime, terms: RecipientRequestTerms) -> None:
    """Raises RecipientReceivedAtInvalid for the future, and for what is too old."""
    if not now - terms.received_before_max <= received_at <= now:
        raise RecipientReceivedAtInvalid(terms.received_before_max.days)


def check_filings(from_address: int, from_everywhere: int, terms: RecipientRequestTerms) -> None:
    """Whether one more request may come after so many in the window. Raises RecipientRequestLimitReached."""
    if from_address >= terms.filings_per_address_max or from_everywhere >= terms.filings_max:
        raise RecipientRequestLimitReached(int(terms.filings_window.total_seconds()))
