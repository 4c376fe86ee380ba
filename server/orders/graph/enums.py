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


@strawberry.enum(name="TaxTreatment", description="Why a sale has the tax that it has.")
class TaxTreatmentEnum(Enum):
    STANDARD = strawberry.enum_value("STANDARD", description="The value added tax of the customer's country.")
    REVERSE_CHARGE = strawberry.enum_value(
        "REVERSE_CHARGE", description="A business with a VAT number in another country accounts for the tax."
    )
    OUTSIDE_SCOPE = strawberry.enum_value(
        "OUTSIDE_SCOPE", description="No tax: the country has none of it here, or is not known."
    )


@strawberry.enum(name="PriceChangeReason", description="What a new price follows.")
class PriceChangeReasonEnum(Enum):
    FX = strawberry.enum_value("FX", description="Rates of exchange.")
    INTENSIVE_USE = strawberry.enum_value("INTENSIVE_USE", description="Intensive use of the service.")
    OTHER = strawberry.enum_value("OTHER", description="Something else.")


@strawberry.enum(name="VatNumberFault", description="What is wrong with a VAT number.")
class VatNumberFaultEnum(Enum):
    OTHER_COUNTRY = strawberry.enum_value(
        "OTHER_COUNTRY", description="It does not begin as the numbers of the account's country do."
    )
    MALFORMED = strawberry.enum_value(
        "MALFORMED", description="It has not the form of that country's numbers."
    )
    CHECK_DIGITS = strawberry.enum_value(
        "CHECK_DIGITS", description="Its check digits do not fit the others."
    )


@strawberry.enum(name="VatNumberValidation", description="How far a VAT number was looked at.")
class VatNumberValidation(Enum):
    FORMAT = strawberry.enum_value("FORMAT", description="Its form and check digits are right.")
    STAFF = strawberry.enum_value("STAFF", description="Staff found it in the register of its country.")


@strawberry.enum(name="OrderChange", description="What happened to an order.")
class OrderChange(Enum):
    PLACED = strawberry.enum_value("OrderPlaced", description="It was registered and waits for its payment.")
    ACTIVATED = strawberry.enum_value("OrderActivated", description="It was paid.")
    PROGRESSED = strawberry.enum_value("OrderProgressed", description="Some of its units were done.")
    COMPLETED = strawberry.enum_value("OrderCompleted", description="The last of its units were done.")
    CANCELLED = strawberry.enum_value("OrderCancelled", description="It was cancelled.")
