"""The words of plans as the API spells them."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="PlanCycle", description="How long one cycle is, by the calendar in UTC.")
class CycleEnum(Enum):
    MONTHLY = strawberry.enum_value("MONTHLY", description="One month; a short month gives its last day.")
    YEARLY = strawberry.enum_value("YEARLY", description="One year.")


@strawberry.enum(name="PlanStatus", description="Where a plan, or a purchase of extra seats, is.")
class StatusEnum(Enum):
    FREE = strawberry.enum_value("FREE", description="The account has the free plan, which does not end.")
    PENDING_PAYMENT = strawberry.enum_value(
        "PENDING_PAYMENT", description="The first payment is awaited; nothing has begun."
    )
    ACTIVE = strawberry.enum_value("ACTIVE", description="It is paid, and renews.")
    CANCELLING = strawberry.enum_value("CANCELLING", description="It is paid, and ends with its cycle.")
    ENDED = strawberry.enum_value(
        "ENDED", description="The customer cancelled it, and its last cycle is over."
    )
    LAPSED = strawberry.enum_value("LAPSED", description="It was not paid any more.")
    FAILED = strawberry.enum_value("FAILED", description="The first payment did not come: it never began.")


@strawberry.enum(name="PlanProduct", description="What is subscribed to.")
class ProductEnum(Enum):
    PLAN = strawberry.enum_value("PLAN", description="A plan.")
    SEATS = strawberry.enum_value("SEATS", description="Extra seats, by a cycle of their own.")
    FIXED_IP = strawberry.enum_value("FIXED_IP", description="A fixed IP address, by the year.")


@strawberry.enum(name="PlanStopReason", description="Why no cycle follows.")
class StopReasonEnum(Enum):
    CUSTOMER = strawberry.enum_value("CUSTOMER", description="The customer cancelled.")
    NO_PAYMENT_METHOD = strawberry.enum_value(
        "NO_PAYMENT_METHOD", description="The last valid card was removed, or has expired."
    )
    PAYMENT_FAILED = strawberry.enum_value("PAYMENT_FAILED", description="The card was not charged.")
    CHARGED_BACK = strawberry.enum_value("CHARGED_BACK", description="The bank took a payment back.")
    ACCOUNT_CLOSED = strawberry.enum_value("ACCOUNT_CLOSED", description="The account was closed.")
    PLAN_ENDED = strawberry.enum_value("PLAN_ENDED", description="The plan that it was rented with is over.")
    RECLAIMED = strawberry.enum_value("RECLAIMED", description="It was taken back for misuse.")


@strawberry.enum(name="PlanChargeReason", description="What a charge is for.")
class ChargeReasonEnum(Enum):
    START = strawberry.enum_value("START", description="The first cycle.")
    RENEWAL = strawberry.enum_value("RENEWAL", description="The next cycle.")
    UPGRADE = strawberry.enum_value("UPGRADE", description="A larger plan, whose first cycle begins at once.")


@strawberry.enum(name="PlanChargeStatus", description="Where a charge is.")
class ChargeStatusEnum(Enum):
    PENDING = strawberry.enum_value("PENDING", description="The card is asked, or will be asked again.")
    PAID = strawberry.enum_value("PAID", description="It is paid.")
    FAILED = strawberry.enum_value("FAILED", description="It is not paid, and will not be.")


@strawberry.enum(name="PlanChargeFailure", description="Why a charge failed for good.")
class ChargeFailureEnum(Enum):
    DECLINED = strawberry.enum_value("DECLINED", description="The card was declined, the last time too.")
    NO_PAYMENT_METHOD = strawberry.enum_value(
        "NO_PAYMENT_METHOD", description="There was no valid card left to ask again."
    )
    OUTCOME_UNKNOWN = strawberry.enum_value(
        "OUTCOME_UNKNOWN", description="The gateway never said what became of it."
    )
    UNDERPAID = strawberry.enum_value(
        "UNDERPAID",
        description="Too little came, after fees of banks and what was owed; it is in the balance.",
    )
    SUPERSEDED = strawberry.enum_value(
        "SUPERSEDED", description="The subscription ended before; what comes is in the balance."
    )


@strawberry.enum(name="PlanChangeTime", description="When another plan begins.")
class ChangeTimeEnum(Enum):
    NOW = strawberry.enum_value(
        "NOW",
        description="At once, with a cycle of its own at its full price; nothing is given for the rest of the old "
        "one. For larger plans only.",
    )
    CYCLE_END = strawberry.enum_value(
        "CYCLE_END", description="With the next cycle; nothing is charged before."
    )


@strawberry.enum(description="What happened to a plan, or to extra seats.")
class PlanChange(Enum):
    ORDERED = strawberry.enum_value(
        "PlanOrdered", description="A plan was chosen; its first payment is awaited."
    )
    NOT_PAID = strawberry.enum_value(
        "PlanNotPaid", description="The first payment failed: the plan never began."
    )
    STARTED = strawberry.enum_value(
        "PlanStarted", description="The first payment came: the plan holds from now on."
    )
    TERM_SET = strawberry.enum_value(
        "PlanTermSet",
        description="The service was used for the first time, and the first cycle begins with it.",
    )
    RENEWAL_SOON = strawberry.enum_value(
        "PlanRenewalSoon", description="The next cycle will be charged soon."
    )
    RENEWED = strawberry.enum_value(
        "PlanRenewed",
        description="The next cycle was paid, and has begun. A change that was planned for it holds from now on.",
    )
    RENEWAL_FAILED = strawberry.enum_value(
        "PlanRenewalFailed",
        description="The card was not charged for the cycle that is due; it will be asked again.",
    )
    CHANGE_PLANNED = strawberry.enum_value(
        "PlanChangePlanned",
        description="The next cycle will be another plan's, or of another length; or that was taken back.",
    )
    UPGRADED = strawberry.enum_value(
        "PlanUpgraded", description="A larger plan was paid, and its first cycle began at once."
    )
    UPGRADE_FAILED = strawberry.enum_value(
        "PlanUpgradeFailed", description="The upgrade was not paid; everything stays as it was."
    )
    CANCELLED = strawberry.enum_value(
        "PlanCancelled",
        description="It will end at `ends_at`, the end of a cycle; `stop_reason` tells whose doing that is.",
    )
    RESUMED = strawberry.enum_value(
        "PlanResumed", description="The cancellation was taken back: it renews again."
    )
    ENDED = strawberry.enum_value(
        "PlanEnded", description="The last cycle of a cancelled plan is over: the account is free."
    )
    LAPSED = strawberry.enum_value("PlanLapsed", description="It was not paid any more: the account is free.")
    SEATS_ORDERED = strawberry.enum_value(
        "SeatsOrdered", description="Extra seats were chosen; their first payment is awaited."
    )
    SEATS_NOT_PAID = strawberry.enum_value(
        "SeatsNotPaid", description="The first payment failed: the seats were never there."
    )
    SEATS_STARTED = strawberry.enum_value(
        "SeatsStarted", description="The first payment came: the seats are there from now on."
    )
    SEATS_RENEWED = strawberry.enum_value(
        "SeatsRenewed", description="The next cycle was paid, and has begun, with `seats` seats."
    )
    SEATS_RENEWAL_FAILED = strawberry.enum_value(
        "SeatsRenewalFailed",
        description="The card was not charged for the cycle that is due; it will be asked again.",
    )
    SEATS_CHANGE_PLANNED = strawberry.enum_value(
        "SeatsChangePlanned", description="The next cycle will have fewer seats."
    )
    SEATS_CANCELLED = strawberry.enum_value(
        "SeatsCancelled", description="The seats will go at `ends_at`, the end of a cycle."
    )
    SEATS_RESUMED = strawberry.enum_value(
        "SeatsResumed", description="The cancellation was taken back: the seats stay."
    )
    SEATS_ENDED = strawberry.enum_value("SeatsEnded", description="The last cycle of the seats is over.")
    SEATS_LAPSED = strawberry.enum_value("SeatsLapsed", description="The seats were not paid any more.")
    FIXED_IP_ORDERED = strawberry.enum_value(
        "FixedIpOrdered", description="A fixed address was set aside; its first payment is awaited."
    )
    FIXED_IP_NOT_PAID = strawberry.enum_value(
        "FixedIpNotPaid", description="The first payment failed: the address was never there."
    )
    FIXED_IP_STARTED = strawberry.enum_value(
        "FixedIpStarted", description="The first payment came: the address is the account's from now on."
    )
    FIXED_IP_RENEWED = strawberry.enum_value(
        "FixedIpRenewed", description="The next year was paid, and has begun."
    )
    FIXED_IP_RENEWAL_FAILED = strawberry.enum_value(
        "FixedIpRenewalFailed",
        description="The card was not charged for the year that is due; it will be asked again.",
    )
    FIXED_IP_CANCELLED = strawberry.enum_value(
        "FixedIpCancelled", description="The address will go at `ends_at`, the end of a cycle."
    )
    FIXED_IP_RESUMED = strawberry.enum_value(
        "FixedIpResumed", description="The cancellation was taken back: the address stays."
    )
    FIXED_IP_ENDED = strawberry.enum_value(
        "FixedIpEnded", description="The address is the account's no more; `stop_reason` tells why."
    )
    FIXED_IP_LAPSED = strawberry.enum_value(
        "FixedIpLapsed",
        description="The address was not paid any more.",
    )
