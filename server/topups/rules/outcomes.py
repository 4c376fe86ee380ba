"""Where a top-up is, what a gateway can say about it, and what that makes of it. Minor units, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from server.kit.money import Money
from server.kit.problems import Refusal


class TopUpStatus(Enum):
    """Where a top-up is (Kill Bill's payment states)."""

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    ERRORED = "ERRORED"
    REVERSED = "REVERSED"


class TopUpPurpose(Enum):
    """What a top-up is for: ordered by a person, or charged by the server as was agreed."""

    MANUAL = "MANUAL"
    AUTO_TOP_UP = "AUTO_TOP_UP"
    PLAN = "PLAN"


class FailureCode(Enum):
    """Why no money came, why it went again, or why nobody knows. Gateways translate theirs into these."""

    DECLINED = "DECLINED"
    STEP_UP_FAILED = "STEP_UP_FAILED"
    STEP_UP_EXPIRED = "STEP_UP_EXPIRED"
    NOTHING_RECEIVED = "NOTHING_RECEIVED"
    NOT_CHARGED = "NOT_CHARGED"
    TOKEN_GONE = "TOKEN_GONE"  # noqa: S105 - a code, not a secret
    METHOD_GONE = "METHOD_GONE"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    CHARGED_BACK = "CHARGED_BACK"
    FAILED_LATE = "FAILED_LATE"
    REFUNDED = "REFUNDED"
    AMOUNT_UNSUPPORTED = "AMOUNT_UNSUPPORTED"


class NextAction(Enum):
    """What the payer has to do before the payment can go on."""

    ENTER_CODE = "ENTER_CODE"
    AUTHENTICATE = "AUTHENTICATE"


MOVES: Mapping[TopUpStatus, frozenset[TopUpStatus]] = {
    TopUpStatus.PENDING: frozenset({TopUpStatus.PROCESSING, TopUpStatus.FAILED}),
    TopUpStatus.PROCESSING: frozenset(
        {TopUpStatus.SUCCEEDED, TopUpStatus.FAILED, TopUpStatus.ERRORED, TopUpStatus.REVERSED}
    ),
    TopUpStatus.ERRORED: frozenset(
        {TopUpStatus.PROCESSING, TopUpStatus.SUCCEEDED, TopUpStatus.FAILED, TopUpStatus.REVERSED}
    ),
    # A payment that comes in after all is the customer's money, whatever was said before.
    TopUpStatus.FAILED: frozenset({TopUpStatus.SUCCEEDED, TopUpStatus.REVERSED}),
    TopUpStatus.SUCCEEDED: frozenset({TopUpStatus.REVERSED}),
    # A dispute was won: what was taken comes back, or the gateway is asked for what never was credited.
    TopUpStatus.REVERSED: frozenset({TopUpStatus.SUCCEEDED, TopUpStatus.ERRORED}),
}
"""Which status may follow which. By an answer of the gateway SUCCEEDED is entered at most once (see `destination`), so
a top-up is credited at most once."""

UNRESOLVED = frozenset({TopUpStatus.PENDING, TopUpStatus.PROCESSING, TopUpStatus.ERRORED})
"""The states in which the payment token is still needed."""


@dataclass(eq=False)
class TopUpStatusConflict(Refusal):
    """The top-up is not in a status that allows this."""

    code = "TOP_UP_STATUS_CONFLICT"
    status: str


def check_move(status: TopUpStatus, to: TopUpStatus) -> None:
    """Raises TopUpStatusConflict when `to` may not follow `status`."""
    if to not in MOVES[status]:
        raise TopUpStatusConflict(status.value)


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """An order to charge. `transaction_id` is the idempotency key: one charge, however often it is sent.

    Charged is exactly one of two: a token that the payer just gave, or a saved `method` by the gateway's reference.
    The latter is off-session: nobody may be there to answer a challenge.
    """

    transaction_id: str
    money: Money
    token: str | None = field(default=None, repr=False)
    method: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmRequest:
    """The payer's answer to a challenge. `confirmation_id` is the idempotency key of this one answer."""

    transaction_id: str
    confirmation_id: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """An order to give a part of a charge back. `refund_id` is the idempotency key of this one refund."""

    transaction_id: str
    refund_id: str
    money: Money


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The money is here: `received_minor` of it, after the fees of banks (M031), in the ordered currency."""

    received_minor: int
    provider_reference: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Declined:
    """No money will come; or, after a success, it went again."""

    code: FailureCode
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class NeedsStepUp:
    """The payer must authenticate first. To AUTHENTICATE, the gateway's browser library takes the secret."""

    challenge: NextAction
    occurred_at: datetime
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Processing:
    """Accepted; the outcome comes later."""

    provider_reference: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ChargedBack:
    """The payer's bank took the money back: all of it, or `amount_minor` of `currency` where it says so.

    `dispute_id` is the gateway's, where it has one: what is told of one dispute twice is taken once.
    """

    occurred_at: datetime
    dispute_id: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Reinstated:
    """The payer's bank gave back what it had taken for this dispute."""

    dispute_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Refunded:
    """`refunded_minor` of the money, all in all, was given back to the payer at the gateway."""

    refunded_minor: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class NotFound:
    """The gateway has never heard of this transaction."""


Outcome = Succeeded | Declined | ChargedBack | Refunded | Reinstated
ChargeResult = Outcome | NeedsStepUp | Processing
RefundResult = Succeeded | Declined | Processing
"""Of a refund `Succeeded.received_minor` is what the payer gets."""


@dataclass(frozen=True, slots=True)
class ProviderNotice:
    """One event that a gateway reports by itself. `event_id` is the gateway's, and unique with it."""

    gateway: str
    event_id: str
    transaction_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """An event of a gateway, whatever it is about. `content` is what a repetition of the event must repeat.

    `transaction_id` and `outcome` are None when it tells nothing about a transaction of ours.
    """

    gateway: str
    event_id: str
    content: bytes = field(repr=False)
    transaction_id: str | None
    outcome: Outcome | None


def destination(status: TopUpStatus, result: ChargeResult) -> TopUpStatus | None:
    """The status that the gateway's answer leads to; None when it changes nothing (repeated, or overtaken).

    What became of a payment that was taken back only the end of its dispute changes.
    """
    if status is TopUpStatus.REVERSED or isinstance(result, Reinstated):
        return None
    if isinstance(result, Succeeded):
        wanted = TopUpStatus.SUCCEEDED if result.received_minor > 0 else TopUpStatus.FAILED
    elif isinstance(result, ChargedBack | Refunded):
        wanted = TopUpStatus.REVERSED
    elif isinstance(result, Declined):
        wanted = TopUpStatus.REVERSED if status is TopUpStatus.SUCCEEDED else TopUpStatus.FAILED
    else:
        wanted = TopUpStatus.PROCESSING
    return wanted if wanted in MOVES[status] else None


def is_stale(result: ChargeResult, outcome_at: datetime | None) -> bool:
    """Whether the gateway said this before what is already known: its messages may arrive in any order.

    A decline of the same instant as a known outcome counts as the earlier one, so that it never takes money back.
    """
    if outcome_at is None:
        return False
    if isinstance(result, Declined):
        return result.occurred_at <= outcome_at
    return result.occurred_at < outcome_at


def failure_of(status: TopUpStatus, result: Outcome) -> FailureCode | None:
    """The failure code of a top-up in `status` that gets this outcome."""
    if isinstance(result, Succeeded):
        return None if result.received_minor > 0 else FailureCode.NOTHING_RECEIVED
    if isinstance(result, ChargedBack):
        return FailureCode.CHARGED_BACK
    if isinstance(result, Refunded):
        return FailureCode.REFUNDED
    if isinstance(result, Reinstated):
        return None
    return FailureCode.FAILED_LATE if status is TopUpStatus.SUCCEEDED else result.code
