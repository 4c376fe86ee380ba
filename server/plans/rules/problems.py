"""What the slice refuses, with the numbers that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.problems import Refusal


@dataclass(eq=False)
class PlanUnknown(Refusal):
    """The catalog has no such paid plan; to have the free one, cancel."""

    code = "PLAN_UNKNOWN"
    blames = "plan"
    plan: str


@dataclass(eq=False)
class PlanAlreadyRunning(Refusal):
    """The account has a plan already, or one waits for its first payment; change that one."""

    code = "PLAN_ALREADY_RUNNING"
    plan: str
    status: str


@dataclass(eq=False)
class NoPaidPlan(Refusal):
    """The account has the free plan, which has nothing to cancel or change."""

    code = "NO_PAID_PLAN"


@dataclass(eq=False)
class PlanUnchanged(Refusal):
    """The account has this plan in this cycle already."""

    code = "PLAN_UNCHANGED"
    blames = "plan"
    plan: str


@dataclass(eq=False)
class PlanPaymentPending(Refusal):
    """A payment of this subscription waits for its outcome; nothing can be changed until then."""

    code = "PLAN_PAYMENT_PENDING"
    top_up_id: str | None


@dataclass(eq=False)
class PlanEnding(Refusal):
    """The plan was cancelled; take the cancellation back before changing it."""

    code = "PLAN_ENDING"
    plan: str


@dataclass(eq=False)
class NotAnUpgrade(Refusal):
    """Only a larger plan, or the same one by the year, can begin at once; anything else begins with the next cycle."""

    code = "NOT_AN_UPGRADE"
    blames = "when"
    plan: str


@dataclass(eq=False)
class PlanNotCancelled(Refusal):
    """There is no cancellation to take back."""

    code = "PLAN_NOT_CANCELLED"
    status: str


@dataclass(eq=False)
class UsersExceedPlan(Refusal):
    """The account has more people than the plan would allow; remove some, or buy extra seats."""

    code = "USERS_EXCEED_PLAN"
    blames = "plan"
    users_max: int
    used: int


@dataclass(eq=False)
class SeatsOutOfRange(Refusal):
    """So many extra seats cannot be bought or given up at once."""

    code = "SEATS_OUT_OF_RANGE"
    blames = "count"
    minimum: int
    maximum: int


@dataclass(eq=False)
class TooManySeatPurchases(Refusal):
    """So many purchases of seats are running already; end one of them first."""

    code = "TOO_MANY_SEAT_PURCHASES"
    limit: int


@dataclass(eq=False)
class SeatsNotFound(Refusal):
    """The account has no such purchase of extra seats."""

    code = "SEATS_NOT_FOUND"
    blames = "seatsId"


@dataclass(eq=False)
class WithdrawalNotPlanned(Refusal):
    """No withdrawal of this person is planned."""

    code = "WITHDRAWAL_NOT_PLANNED"
    blames = "personId"
