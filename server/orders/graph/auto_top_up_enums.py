"""The words of automatic top-ups as the API spells them."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="AutoTopUpState", description="Where an automatic top-up is.")
class AutoTopUpStateEnum(Enum):
    OFF = strawberry.enum_value("OFF", description="Switched off.")
    READY = strawberry.enum_value("READY", description="It acts when the balance falls below its limit.")
    IN_FLIGHT = strawberry.enum_value(
        "IN_FLIGHT", description="One is on its way; there is never a second one."
    )
    COOLING = strawberry.enum_value("COOLING", description="The last one failed: it waits until `nextTryAt`.")
    SUSPENDED = strawberry.enum_value(
        "SUSPENDED", description="It rests until something is done about `suspension`."
    )


@strawberry.enum(name="AutoTopUpSuspension", description="Why an automatic top-up is suspended.")
class AutoTopUpSuspensionEnum(Enum):
    METHOD_GONE = strawberry.enum_value(
        "METHOD_GONE",
        description="Its payment method was removed. One that is saved for automatic top-ups resumes it.",
    )
    METHOD_EXPIRED = strawberry.enum_value(
        "METHOD_EXPIRED",
        description="Its card has expired. A method that is saved for automatic top-ups resumes it.",
    )
    TOO_MANY_FAILURES = strawberry.enum_value(
        "TOO_MANY_FAILURES", description="It failed too often in a row."
    )
    CHARGED_BACK = strawberry.enum_value("CHARGED_BACK", description="The payer's bank took a payment back.")
    CHANNEL_GONE = strawberry.enum_value(
        "CHANNEL_GONE", description="The account has no API key any more to send with."
    )
    NOT_SOLD = strawberry.enum_value("NOT_SOLD", description="What it adds is not sold any more.")


@strawberry.enum(name="AutoTopUpVerdict", description="What was decided about an automatic top-up.")
class AutoTopUpVerdictEnum(Enum):
    OFF = strawberry.enum_value("OFF", description="It is switched off.")
    ENOUGH = strawberry.enum_value(
        "ENOUGH", description="There is enough: at exactly the limit nothing happens."
    )
    START = strawberry.enum_value("START", description="The payment method is charged.")
    PAY_FROM_BALANCE = strawberry.enum_value(
        "PAY_FROM_BALANCE",
        description="The money balance pays for the credits, so that nothing has to be charged.",
    )
    IN_FLIGHT = strawberry.enum_value("IN_FLIGHT", description="One is on its way already.")
    COOLING = strawberry.enum_value("COOLING", description="It waits after a failure.")
    DAY_CAP = strawberry.enum_value("DAY_CAP", description="It would pass `capPerDay`.")
    MONTH_CAP = strawberry.enum_value("MONTH_CAP", description="It would pass `capPerMonth`.")
    TOO_OFTEN = strawberry.enum_value(
        "TOO_OFTEN", description="It was started as often as is allowed in a day."
    )
    STOPPED = strawberry.enum_value("STOPPED", description="The service holds all automatic top-ups back.")
    ACCOUNT_RESTRICTED = strawberry.enum_value(
        "ACCOUNT_RESTRICTED",
        description="The account is suspended, disabled or deactivated: nothing is charged until it is active.",
    )
    SUSPEND = strawberry.enum_value("SUSPEND", description="Something is missing: it is suspended.")
    SUSPENDED = strawberry.enum_value("SUSPENDED", description="It is suspended already.")


@strawberry.enum(name="AutoTopUpRunStatus", description="How one automatic top-up ended.")
class AutoTopUpRunStatusEnum(Enum):
    IN_FLIGHT = strawberry.enum_value("IN_FLIGHT", description="It has not ended.")
    SUCCEEDED = strawberry.enum_value("SUCCEEDED", description="It is paid, and what it added is there.")
    UNSPENT = strawberry.enum_value(
        "UNSPENT",
        description="The payment came, but too little of it or too late for its order: it is in the money balance.",
    )
    FAILED = strawberry.enum_value("FAILED", description="No payment came.")
    REVERSED = strawberry.enum_value("REVERSED", description="The payer's bank took the payment back.")


@strawberry.enum(description="What happened to an automatic top-up.")
class AutoTopUpChange(Enum):
    SET = strawberry.enum_value("AutoTopUpSet", description="It was set up, or set to something else.")
    DISABLED = strawberry.enum_value("AutoTopUpDisabled", description="It was switched off.")
    RESUMED = strawberry.enum_value("AutoTopUpResumed", description="It is no longer suspended.")
    DECIDED = strawberry.enum_value(
        "AutoTopUpDecided", description="It was decided anew, and nothing was started."
    )
    STARTED = strawberry.enum_value("AutoTopUpStarted", description="One is in flight.")
    SUCCEEDED = strawberry.enum_value("AutoTopUpSucceeded", description="One ended well.")
    FAILED = strawberry.enum_value("AutoTopUpFailed", description="One failed.")
    SUSPENDED = strawberry.enum_value("AutoTopUpSuspended", description="It is suspended.")
