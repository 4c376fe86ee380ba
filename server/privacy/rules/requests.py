"""What customers ask about their own data, by when it is answered, and on which grounds it may be refused. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.privacy.rules.recipient_requests import GROUNDS as RECIPIENT_GROUNDS
from server.privacy.rules.recipient_requests import RefusalGround
from server.privacy.rules.request_refusals import (
    PrivacyRequestChannelClosed,
    PrivacyRequestGroundInvalid,
    PrivacyRequestNotExtendable,
    PrivacyRequestPurposesInvalid,
    PrivacyRequestReceivedAtInvalid,
    PrivacyRequestStatusConflict,
)

SELF_SERVICE, SUPPORT, MAIL = "self", "support", "mail"
"""The ways by which one asks: in the account, by telling the staff, and by mail or letter."""


@dataclass(frozen=True, slots=True)
class PrivacyRequestTerms:
    """The numbers of customers' requests. Lengths count characters."""

    respond_months: int = 1
    """Calendar months from the receipt to the due date (C26, GDPR article 12(3))."""
    extend_months: int = 2
    """By how many more months the due date may be moved, once and with a reason."""
    access_channels: frozenset[str] = frozenset({SELF_SERVICE, SUPPORT})
    """On which ways a copy can be asked for. By mail it always can, for who cannot sign in (P023, M121)."""
    remind_before: timedelta = timedelta(days=7)
    """How long before the due date the staff is reminded."""
    verify_within: timedelta = timedelta(days=30)
    """How long after it was filed somebody can show who they are; then the request lapses."""
    received_before_max: timedelta = timedelta(days=365)
    """How old a request may be that came by mail."""

    text_length_max: int = 2_000
    answer_length_max: int = 500
    message_id_length_max: int = 254
    open_max: int = 50
    """Open requests of one account. Their repetitions are one each, so only concerns and corrections count up."""


class PrivacyRequestKind(StrEnum):
    """What is asked for, by article of the GDPR: 15, 16, 17, 18, 20, 21, 7(3), and 38(4) for any other concern."""

    ACCESS = "ACCESS"
    RECTIFICATION = "RECTIFICATION"
    ERASURE = "ERASURE"
    RESTRICTION = "RESTRICTION"
    PORTABILITY = "PORTABILITY"
    OBJECTION = "OBJECTION"
    CONSENT_WITHDRAWAL = "CONSENT_WITHDRAWAL"
    CONCERN = "CONCERN"


class PrivacyRequestSource(StrEnum):
    """How it came. SELF: by somebody who is signed in. STAFF: told to the staff. MAIL: by mail or letter (B018).
    TICKET: written to support, and taken whatever the channels are, as mail is.
    CLOSURE: by closing the account. REPORT: somebody reported that the data is of a minor (P034).
    """

    SELF = "SELF"
    STAFF = "STAFF"
    MAIL = "MAIL"
    TICKET = "TICKET"
    CLOSURE = "CLOSURE"
    REPORT = "REPORT"


class PrivacyRequestStatus(StrEnum):
    """Where a request is. UNVERIFIED: nobody showed yet who they are. HELD: an open case keeps it from being done.

    FULFILLED, PARTLY_FULFILLED, REFUSED, WITHDRAWN and LAPSED are final.
    """

    UNVERIFIED = "UNVERIFIED"
    RECEIVED = "RECEIVED"
    IN_PROGRESS = "IN_PROGRESS"
    HELD = "HELD"
    FULFILLED = "FULFILLED"
    PARTLY_FULFILLED = "PARTLY_FULFILLED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


class ExtensionReason(StrEnum):
    """Why more time is needed: nothing else extends it (GDPR article 12(3))."""

    COMPLEXITY = "COMPLEXITY"
    NUMBER_OF_REQUESTS = "NUMBER_OF_REQUESTS"


class HoldGround(StrEnum):
    """Which open case keeps a request from being done (C23)."""

    COMPLAINT = "COMPLAINT"
    INCIDENT = "INCIDENT"
    LEGAL_REQUEST = "LEGAL_REQUEST"


class IdentityProof(StrEnum):
    """How somebody showed who they are. What they showed is not kept."""

    SESSION = "SESSION"
    CODE_TO_ADDRESS = "CODE_TO_ADDRESS"
    CALL_BACK = "CALL_BACK"
    DOCUMENT = "DOCUMENT"


_CHANNELS = {PrivacyRequestSource.SELF: SELF_SERVICE, PrivacyRequestSource.STAFF: SUPPORT}

_S = PrivacyRequestStatus
_ENDS = frozenset({_S.FULFILLED, _S.PARTLY_FULFILLED, _S.REFUSED, _S.WITHDRAWN})
MOVES: Mapping[PrivacyRequestStatus, frozenset[PrivacyRequestStatus]] = {
    _S.UNVERIFIED: frozenset({_S.RECEIVED, _S.REFUSED, _S.WITHDRAWN, _S.LAPSED}),
    _S.RECEIVED: _ENDS | {_S.IN_PROGRESS, _S.HELD},
    _S.IN_PROGRESS: _ENDS | {_S.HELD},
    _S.HELD: _ENDS | {_S.IN_PROGRESS},
    _S.FULFILLED: frozenset(),
    _S.PARTLY_FULFILLED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.WITHDRAWN: frozenset(),
    _S.LAPSED: frozenset(),
}
"""Which status may follow which. What is not verified is never done."""

QUEUE: Mapping[PrivacyRequestStatus, int] = {_S.RECEIVED: 0, _S.IN_PROGRESS: 0, _S.HELD: 0, _S.UNVERIFIED: 1}
"""The order of the staff's queue, before the due date: what is not verified delays nothing that is."""

TRUSTED = frozenset({PrivacyRequestSource.SELF, PrivacyRequestSource.CLOSURE, PrivacyRequestSource.REPORT})
"""The sources that need no proof of identity any more: a session has shown it, or the server asks by itself."""

REPEATABLE = frozenset({PrivacyRequestKind.RECTIFICATION, PrivacyRequestKind.CONCERN})
"""Each of these has words of its own, so that two open ones are never the same."""

OF_PURPOSES = frozenset(
    {PrivacyRequestKind.RESTRICTION, PrivacyRequestKind.OBJECTION, PrivacyRequestKind.CONSENT_WITHDRAWAL}
)
"""These may be about some purposes only; without any they are about all."""

BY_HAND = frozenset({*OF_PURPOSES, PrivacyRequestKind.RECTIFICATION, PrivacyRequestKind.CONCERN})
"""These are done at once, or by people. The others are done by jobs, which say so themselves."""

_G = RefusalGround
_ALWAYS = frozenset({_G.NOT_IDENTIFIED, _G.MANIFESTLY_UNFOUNDED, _G.EXCESSIVE})
GROUNDS: Mapping[PrivacyRequestKind, frozenset[RefusalGround]] = {
    **{PrivacyRequestKind[kind.name]: grounds for kind, grounds in RECIPIENT_GROUNDS.items()},
    PrivacyRequestKind.PORTABILITY: _ALWAYS | {_G.RIGHTS_OF_OTHERS},  # 20(4)
    PrivacyRequestKind.CONSENT_WITHDRAWAL: frozenset({_G.NOT_IDENTIFIED}),  # 7(3): at any time
    PrivacyRequestKind.CONCERN: _ALWAYS,
}
"""On which legal grounds each kind may be refused, or fulfilled in part (P028)."""


class Step(StrEnum):
    """What happens by itself."""

    LAPSE = "LAPSE"
    REMIND = "REMIND"
    OVERDUE = "OVERDUE"


@dataclass(frozen=True, slots=True)
class RequestStanding:
    """What decides about the next step."""

    status: PrivacyRequestStatus
    filed_at: datetime
    due_at: datetime
    reminded: bool = False
    overdue: bool = False


def check_move(status: PrivacyRequestStatus, to: PrivacyRequestStatus) -> None:
    """Raises PrivacyRequestStatusConflict when `to` may not follow `status`."""
    if to not in MOVES[status]:
        raise PrivacyRequestStatusConflict(status.value)


def months_to_answer(terms: PrivacyRequestTerms, *, extended: bool) -> int:
    """In how many calendar months after its receipt the policy has a request answered (C26)."""
    return terms.respond_months + (terms.extend_months if extended else 0)


def check_extendable(status: PrivacyRequestStatus, due_at: datetime, extended: bool, now: datetime) -> None:
    """Whether the due date may be moved: once, before it passed, and of what is open and verified.

    Raises PrivacyRequestStatusConflict or PrivacyRequestNotExtendable.
    """
    if QUEUE.get(status) != 0:
        raise PrivacyRequestStatusConflict(status.value)
    if extended or now >= due_at:
        raise PrivacyRequestNotExtendable(extended, due_at.isoformat())


def is_offered(kind: PrivacyRequestKind, source: PrivacyRequestSource, terms: PrivacyRequestTerms) -> bool:
    """Whether the policy takes such a request on this way (P023, M121)."""
    channel = _CHANNELS.get(source)
    return kind is not PrivacyRequestKind.ACCESS or channel is None or channel in terms.access_channels


def check_channel(kind: PrivacyRequestKind, source: PrivacyRequestSource, terms: PrivacyRequestTerms) -> None:
    """Raises PrivacyRequestChannelClosed, with the ways that are open."""
    if not is_offered(kind, source, terms):
        raise PrivacyRequestChannelClosed(" ".join(sorted({*terms.access_channels, MAIL})))


def check_ground(kind: PrivacyRequestKind, ground: RefusalGround | None, *, needed: bool) -> None:
    """Raises PrivacyRequestGroundInvalid: a refusal, or what is done in part, has a legal ground of its kind (P028)."""
    fits = ground in GROUNDS[kind] if needed else ground is None
    if not fits:
        raise PrivacyRequestGroundInvalid(kind.value)


def check_purposes(kind: PrivacyRequestKind, purposes: frozenset[str], known: frozenset[str]) -> None:
    """Raises PrivacyRequestPurposesInvalid for a purpose that is none, or of a kind that has none."""
    if not purposes <= (known if kind in OF_PURPOSES else frozenset()):
        raise PrivacyRequestPurposesInvalid(" ".join(sorted(known)))


def check_received(received_at: datetime, now: datetime, terms: PrivacyRequestTerms) -> None:
    """Raises PrivacyRequestReceivedAtInvalid for the future, and for what is too old."""
    if not now - terms.received_before_max <= received_at <= now:
        raise PrivacyRequestReceivedAtInvalid(terms.received_before_max.days)


def next_step(standing: RequestStanding, terms: PrivacyRequestTerms) -> tuple[Step, datetime] | None:
    """What happens next by itself, and when; None when nothing does. A request that is held has its clock, too."""
    if standing.status is PrivacyRequestStatus.UNVERIFIED:
        return Step.LAPSE, standing.filed_at + terms.verify_within
    if QUEUE.get(standing.status) is None or standing.overdue:
        return None
    remind_at = standing.due_at - terms.remind_before
    if not standing.reminded and standing.filed_at < remind_at:
        return Step.REMIND, remind_at
    return Step.OVERDUE, standing.due_at
