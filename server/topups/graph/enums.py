"""The slice's enumerations, each value with its meaning. Their names are those of the rules."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="TopUpStatus", description="Where a top-up is.")
class TopUpStatusEnum(Enum):
    PENDING = strawberry.enum_value("PENDING", description="It is ordered; the gateway was not asked yet.")
    PROCESSING = strawberry.enum_value(
        "PROCESSING", description="The gateway works on it, or waits for `nextAction`."
    )
    SUCCEEDED = strawberry.enum_value(
        "SUCCEEDED", description="The money came, and what came is in the balance."
    )
    FAILED = strawberry.enum_value(
        "FAILED", description="No money came. Should it come after all, it is credited and this is SUCCEEDED."
    )
    ERRORED = strawberry.enum_value(
        "ERRORED", description="It is not known whether money came; the gateway is being asked."
    )
    REVERSED = strawberry.enum_value(
        "REVERSED",
        description="The money went again and was taken out of the balance. Should the bank give it back, "
        "this is SUCCEEDED again.",
    )


@strawberry.enum(name="TopUpFailureCode", description="Why a top-up is FAILED, ERRORED or REVERSED.")
class FailureCodeEnum(Enum):
    DECLINED = strawberry.enum_value("DECLINED", description="The payer's bank said no.")
    STEP_UP_FAILED = strawberry.enum_value(
        "STEP_UP_FAILED", description="Too many wrong codes, or the payer's bank did not recognise them."
    )
    STEP_UP_EXPIRED = strawberry.enum_value("STEP_UP_EXPIRED", description="Nobody entered the code in time.")
    NOTHING_RECEIVED = strawberry.enum_value(
        "NOTHING_RECEIVED", description="The payment went through, but fees ate all of it."
    )
    NOT_CHARGED = strawberry.enum_value(
        "NOT_CHARGED", description="The request to the gateway was lost; nothing was charged."
    )
    TOKEN_GONE = strawberry.enum_value(
        "TOKEN_GONE", description="The payment token was erased before it could be used."
    )
    METHOD_GONE = strawberry.enum_value(
        "METHOD_GONE",
        description="The saved payment method expired or was removed before it could be charged.",
    )
    OUTCOME_UNKNOWN = strawberry.enum_value(
        "OUTCOME_UNKNOWN", description="The gateway did not answer; it is being asked."
    )
    CHARGED_BACK = strawberry.enum_value("CHARGED_BACK", description="The payer's bank took the money back.")
    FAILED_LATE = strawberry.enum_value(
        "FAILED_LATE", description="The payment failed after it had been reported as received."
    )
    REFUNDED = strawberry.enum_value("REFUNDED", description="All of it was given back to the payer.")
    AMOUNT_UNSUPPORTED = strawberry.enum_value(
        "AMOUNT_UNSUPPORTED", description="The gateway cannot charge this amount; nothing was charged."
    )


@strawberry.enum(
    name="TopUpNextAction",
    description="What the payer has to do before a top-up, or the saving of a payment method, goes on.",
)
class NextActionEnum(Enum):
    ENTER_CODE = strawberry.enum_value(
        "ENTER_CODE",
        description="Give the code that the payer's bank sent to `confirmTopUp` or `confirmPaymentMethod`.",
    )
    AUTHENTICATE = strawberry.enum_value(
        "AUTHENTICATE",
        description="Authenticate with the bank, in the gateway's own browser library: it takes `clientSecret`.",
    )


@strawberry.enum(name="TopUpPurpose", description="What a top-up is for.")
class TopUpPurposeEnum(Enum):
    MANUAL = strawberry.enum_value("MANUAL", description="Somebody ordered it.")
    AUTO_TOP_UP = strawberry.enum_value("AUTO_TOP_UP", description="The balance fell below its threshold.")
    PLAN = strawberry.enum_value("PLAN", description="It pays for a plan.")


@strawberry.enum(name="PaymentMethodPurpose", description="Why a payment method is kept.")
class SavedForEnum(Enum):
    ONE_CLICK = strawberry.enum_value("ONE_CLICK", description="To pay again without typing anything.")
    AUTO_TOP_UP = strawberry.enum_value("AUTO_TOP_UP", description="For automatic top-ups.")
    PLAN = strawberry.enum_value("PLAN", description="For the renewals of a plan.")


@strawberry.enum(name="PaymentMethodStatus", description="Where a payment method is.")
class MethodStatusEnum(Enum):
    PENDING = strawberry.enum_value(
        "PENDING", description="The gateway is being asked to keep it, or waits for `nextAction`."
    )
    ACTIVE = strawberry.enum_value("ACTIVE", description="It can be charged.")
    FAILED = strawberry.enum_value("FAILED", description="It was not saved. Final.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="Its card has expired. Save the new one.")
    REMOVED = strawberry.enum_value("REMOVED", description="It was removed. Final.")


@strawberry.enum(name="PaymentMethodFailureCode", description="Why a payment method was not saved.")
class MethodFailureEnum(Enum):
    DECLINED = strawberry.enum_value("DECLINED", description="The payer's bank said no.")
    CARD_EXPIRED = strawberry.enum_value("CARD_EXPIRED", description="The card had expired already.")
    STEP_UP_FAILED = strawberry.enum_value("STEP_UP_FAILED", description="Too many wrong codes.")
    STEP_UP_EXPIRED = strawberry.enum_value("STEP_UP_EXPIRED", description="Nobody entered the code in time.")
    TOKEN_GONE = strawberry.enum_value(
        "TOKEN_GONE", description="The payment token was erased before it could be used."
    )
    GATEWAY_SILENT = strawberry.enum_value(
        "GATEWAY_SILENT", description="The gateway did not answer, however often it was asked."
    )


@strawberry.enum(name="TopUpRefundStatus", description="Where a refund is.")
class RefundStatusEnum(Enum):
    PENDING = strawberry.enum_value("PENDING", description="The gateway is being asked, or works on it.")
    SUCCEEDED = strawberry.enum_value("SUCCEEDED", description="The payer gets the money.")
    FAILED = strawberry.enum_value(
        "FAILED", description="It was declined; the money is in the balance again."
    )
    ERRORED = strawberry.enum_value(
        "ERRORED", description="The gateway does not say what became of it; a person has to look."
    )


@strawberry.enum(name="TopUpRefundReason", description="Why a payment is given back.")
class RefundReasonEnum(Enum):
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="It was paid twice.")
    SERVICE_FAILURE = strawberry.enum_value("SERVICE_FAILURE", description="The service did not do its part.")
    STATUTORY = strawberry.enum_value("STATUTORY", description="The law asks for it.")
    FRAUD = strawberry.enum_value("FRAUD", description="Somebody else's means of payment was used.")
    GOODWILL = strawberry.enum_value("GOODWILL", description="A kindness, without any duty.")


@strawberry.enum(name="AmountFault", description="Why an amount cannot be meant.")
class AmountFaultEnum(Enum):
    NOT_A_NUMBER = strawberry.enum_value("NOT_A_NUMBER", description="It is no finite number.")
    TOO_PRECISE = strawberry.enum_value(
        "TOO_PRECISE", description="It has more decimals than the currency has."
    )
    TOO_LARGE = strawberry.enum_value("TOO_LARGE", description="No balance can hold it.")
    NEGATIVE = strawberry.enum_value("NEGATIVE", description="It is below zero.")
