"""The slice's enumerations, each value with its meaning."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(name="OrderStatus", description="Where an order is. The last two are final.")
class OrderStatusEnum(Enum):
    PENDING = strawberry.enum_value("PENDING", description="It waits for its payment.")
    ACTIVE = strawberry.enum_value(
        "ACTIVE", description="It is paid: credits are in the wallet, a job is being done."
    )
    COMPLETED = strawberry.enum_value("COMPLETED", description="All units of a metered order are done.")
    CANCELLED = strawberry.enum_value(
        "CANCELLED", description="It was cancelled before use, and refunded less the fee."
    )


@strawberry.enum(name="CreditUnit", description="What a credit pack contains.")
class CreditUnitEnum(Enum):
    EMAIL = strawberry.enum_value("EMAIL", description="E-mail credits.")
    SMS = strawberry.enum_value("SMS", description="SMS credits.")


@strawberry.enum(name="MeteredProductCode", description="What is paid with money by the unit.")
class MeteredCode(Enum):
    EMAIL_VERIFICATION = strawberry.enum_value(
        "EMAIL_VERIFICATION", description="Whether an e-mail address can receive mail."
    )
    NUMBER_LOOKUP = strawberry.enum_value(
        "NUMBER_LOOKUP", description="Which carrier a telephone number belongs to."
    )


@strawberry.enum(
    name="CancellationReason", description="Why an order is cancelled; it decides whether there is a fee."
)
class CancellationReasonEnum(Enum):
    CUSTOMER_ERROR = strawberry.enum_value(
        "CUSTOMER_ERROR", description="The customer ordered by mistake: the cancellation fee is due."
    )
    DUPLICATE = strawberry.enum_value("DUPLICATE", description="The service made the order twice: no fee.")
    SERVICE_FAULT = strawberry.enum_value(
        "SERVICE_FAULT", description="The service could not deliver: no fee."
    )


@strawberry.enum(name="OrderChange", description="What happened to an order.")
class OrderChange(Enum):
    PLACED = strawberry.enum_value("OrderPlaced", description="It was registered and waits for its payment.")
    ACTIVATED = strawberry.enum_value("OrderActivated", description="It was paid.")
    PROGRESSED = strawberry.enum_value("OrderProgressed", description="Some of its units were done.")
    COMPLETED = strawberry.enum_value("OrderCompleted", description="The last of its units were done.")
    CANCELLED = strawberry.enum_value("OrderCancelled", description="It was cancelled.")
