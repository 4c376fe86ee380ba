"""The words of the ledger as the API spells them."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum(description="What a wallet is counted in: whole credits, or a currency in whole units.")
class Unit(Enum):
    EMAIL = strawberry.enum_value("EMAIL", description="E-mail credits: one is one message to one recipient.")
    SMS = strawberry.enum_value("SMS", description="SMS credits: one is one message part.")
    AUD = strawberry.enum_value("AUD", description="Australian dollars.")
    BRL = strawberry.enum_value("BRL", description="Brazilian reais.")
    CAD = strawberry.enum_value("CAD", description="Canadian dollars.")
    CHF = strawberry.enum_value("CHF", description="Swiss francs.")
    CZK = strawberry.enum_value("CZK", description="Czech korunas.")
    DKK = strawberry.enum_value("DKK", description="Danish kroner.")
    EUR = strawberry.enum_value("EUR", description="Euros.")
    GBP = strawberry.enum_value("GBP", description="Pounds sterling.")
    JPY = strawberry.enum_value("JPY", description="Japanese yen.")
    MXN = strawberry.enum_value("MXN", description="Mexican pesos.")
    NOK = strawberry.enum_value("NOK", description="Norwegian kroner.")
    PLN = strawberry.enum_value("PLN", description="Polish zlotys.")
    SEK = strawberry.enum_value("SEK", description="Swedish kronor.")
    TND = strawberry.enum_value("TND", description="Tunisian dinars.")
    USD = strawberry.enum_value("USD", description="US dollars.")


@strawberry.enum(name="CounterAccount", description="The other side of a posting.")
class CounterAccount(Enum):
    PAYMENTS = strawberry.enum_value("PAYMENTS", description="Payments that customers made.")
    REVENUE = strawberry.enum_value("REVENUE", description="What the service earned.")
    REFUNDS = strawberry.enum_value("REFUNDS", description="What the service gave back.")
    FEES = strawberry.enum_value("FEES", description="Fees, such as for a cancellation.")
    TAX = strawberry.enum_value("TAX", description="Taxes collected.")
    FORFEITS = strawberry.enum_value("FORFEITS", description="What customers lost by the terms.")
    CREDITS_SOLD = strawberry.enum_value("CREDITS_SOLD", description="Credits sold, and the money for them.")
    CREDITS_USED = strawberry.enum_value("CREDITS_USED", description="Credits used up by sending.")
    CHARGEBACKS = strawberry.enum_value("CHARGEBACKS", description="Payments that a bank took back.")
    ADJUSTMENTS = strawberry.enum_value("ADJUSTMENTS", description="Corrections by staff.")
    UNATTRIBUTED = strawberry.enum_value("UNATTRIBUTED", description="What belongs to no open account.")


@strawberry.enum(name="PostingKind", description="Why a wallet changed.")
class PostingKindEnum(Enum):
    TOP_UP = strawberry.enum_value("TOP_UP", description="A payment was credited.")
    TOP_UP_REVERSED = strawberry.enum_value(
        "TOP_UP_REVERSED", description="A payment, or a part of it, was charged back."
    )
    TOP_UP_REINSTATED = strawberry.enum_value(
        "TOP_UP_REINSTATED", description="What was charged back came back: a dispute was won."
    )
    TOP_UP_REFUNDED = strawberry.enum_value(
        "TOP_UP_REFUNDED", description="A part of a payment was given back."
    )
    TOP_UP_REFUND_FAILED = strawberry.enum_value(
        "TOP_UP_REFUND_FAILED", description="What was to be given back came back."
    )
    ORDER = strawberry.enum_value("ORDER", description="An order was paid.")
    ORDER_CREDITS = strawberry.enum_value("ORDER_CREDITS", description="The credits that an order bought.")
    ORDER_CANCELLED = strawberry.enum_value("ORDER_CANCELLED", description="A cancelled order was undone.")
    CANCELLATION_FEE = strawberry.enum_value("CANCELLATION_FEE", description="The fee of a cancellation.")
    PLAN = strawberry.enum_value("PLAN", description="A cycle of a plan, or of extra seats, was paid.")
    TAX = strawberry.enum_value("TAX", description="The tax on what was bought.")
    TAX_REFUNDED = strawberry.enum_value("TAX_REFUNDED", description="Tax came back with what was undone.")
    USAGE = strawberry.enum_value("USAGE", description="The service was used.")
    USAGE_REFUNDED = strawberry.enum_value("USAGE_REFUNDED", description="Charged usage was given back.")
    HOLD_PLACED = strawberry.enum_value("HOLD_PLACED", description="A quantity was set aside.")
    HOLD_CAPTURED = strawberry.enum_value("HOLD_CAPTURED", description="A part of a hold was spent.")
    HOLD_RELEASED = strawberry.enum_value("HOLD_RELEASED", description="What was left of a hold came back.")
    HOLD_EXPIRED = strawberry.enum_value("HOLD_EXPIRED", description="A hold's time ended; it came back.")
    FORFEITED = strawberry.enum_value("FORFEITED", description="The balance was lost by the terms.")
    FORFEIT_RETURNED = strawberry.enum_value(
        "FORFEIT_RETURNED", description="What was lost was given back, because the reason for it fell away."
    )
    ADJUSTMENT = strawberry.enum_value("ADJUSTMENT", description="Staff corrected the balance.")


@strawberry.enum(name="HoldState", description="Where a hold is. All but OPEN are final.")
class HoldStateEnum(Enum):
    OPEN = strawberry.enum_value("OPEN", description="It sets its remaining quantity aside.")
    CAPTURED = strawberry.enum_value("CAPTURED", description="It was spent; what it did not need came back.")
    RELEASED = strawberry.enum_value("RELEASED", description="What was left of it was given back.")
    EXPIRED = strawberry.enum_value("EXPIRED", description="Its time ended; what was left of it came back.")
