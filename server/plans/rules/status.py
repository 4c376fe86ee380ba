"""Where a subscription and a charge may be, and when a subscription is over."""

from __future__ import annotations

from datetime import datetime
from enum import Enum


class Product(Enum):
    """What is subscribed to. Each is billed by its own cycle (M062)."""

    PLAN = "PLAN"
    SEATS = "SEATS"
    FIXED_IP = "FIXED_IP"


class Status(Enum):
    """PENDING_PAYMENT -> ACTIVE <-> CANCELLING -> ENDED or LAPSED; PENDING_PAYMENT -> FAILED."""

    PENDING_PAYMENT = "PENDING_PAYMENT"
    ACTIVE = "ACTIVE"
    CANCELLING = "CANCELLING"
    ENDED = "ENDED"
    LAPSED = "LAPSED"
    FAILED = "FAILED"


RUNNING = (Status.ACTIVE, Status.CANCELLING)
LIVE = (Status.PENDING_PAYMENT, *RUNNING)


class StopReason(Enum):
    """Why no cycle follows."""

    CUSTOMER = "CUSTOMER"
    NO_PAYMENT_METHOD = "NO_PAYMENT_METHOD"
    PAYMENT_FAILED = "PAYMENT_FAILED"
    CHARGED_BACK = "CHARGED_BACK"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    PLAN_ENDED = "PLAN_ENDED"
    RECLAIMED = "RECLAIMED"


class ChargeReason(Enum):
    """What a charge is for. All but a renewal start their cycle with their payment."""

    START = "START"
    RENEWAL = "RENEWAL"
    UPGRADE = "UPGRADE"


class ChargeStatus(Enum):
    """Where a charge is. PAID and FAILED are final."""

    PENDING = "PENDING"
    PAID = "PAID"
    FAILED = "FAILED"


class ChargeFailure(Enum):
    """Why a charge failed for good."""

    DECLINED = "DECLINED"
    NO_PAYMENT_METHOD = "NO_PAYMENT_METHOD"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    UNDERPAID = "UNDERPAID"
    SUPERSEDED = "SUPERSEDED"


def is_over(ends_at: datetime | None, now: datetime) -> bool:
    """Whether a cancelled subscription has reached its end, also when nobody came by to say so (M043, M045)."""
    return ends_at is not None and now >= ends_at


def final_status(reason: StopReason) -> Status:
    """What becomes of a subscription that stops: somebody ended it, or it was not paid and lapsed (M041, M045)."""
    unpaid = (StopReason.NO_PAYMENT_METHOD, StopReason.PAYMENT_FAILED, StopReason.CHARGED_BACK)
    return Status.LAPSED if reason in unpaid else Status.ENDED
