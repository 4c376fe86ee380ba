"""What the slice refuses, with the numbers that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.problems import Refusal


@dataclass(eq=False)
class ProductUnknown(Refusal):
    """There is no such product in the catalog."""

    code = "PRODUCT_UNKNOWN"
    product: str
    where: str

    @property
    def input_field(self) -> str:
        return self.where


@dataclass(eq=False)
class NotSoldInCurrency(Refusal):
    """Nothing is sold in this currency."""

    code = "NOT_SOLD_IN_CURRENCY"
    currency: str
    where: str

    @property
    def input_field(self) -> str:
        return self.where


@dataclass(eq=False)
class QuantityOutOfRange(Refusal):
    """The quantity is too small or too large."""

    code = "QUANTITY_OUT_OF_RANGE"
    minimum: int
    maximum: int
    where: str

    @property
    def input_field(self) -> str:
        return self.where


@dataclass(eq=False)
class CountryInvalid(Refusal):
    """A country is its two upper-case letters of ISO 3166-1."""

    code = "COUNTRY_INVALID"
    where: str

    @property
    def input_field(self) -> str:
        return self.where


@dataclass(eq=False)
class ReferenceInvalid(Refusal):
    """The reference is too long, has characters that are not allowed, or holds a card number."""

    code = "REFERENCE_INVALID"
    length_max: int
    where: str

    @property
    def input_field(self) -> str:
        return self.where


@dataclass(eq=False)
class TooManyPendingOrders(Refusal):
    """So many orders wait for payment already."""

    code = "TOO_MANY_PENDING_ORDERS"
    limit: int


@dataclass(eq=False)
class OrderNotFound(Refusal):
    """There is no such order."""

    code = "ORDER_NOT_FOUND"
    blames = "orderId"


@dataclass(eq=False)
class OrderNotCancellable(Refusal):
    """An order in this status cannot be cancelled."""

    code = "ORDER_NOT_CANCELLABLE"
    status: str


@dataclass(eq=False)
class OrderNotInProgress(Refusal):
    """Only an active order of a metered product can be fulfilled."""

    code = "ORDER_NOT_IN_PROGRESS"
    status: str


@dataclass(eq=False)
class CreditsUsed(Refusal):
    """Some of the order's credits or units were used: it can no longer be cancelled."""

    code = "CREDITS_USED"
    available: int
    required: int


@dataclass(eq=False)
class PriceOutOfRange(Refusal):
    """A price is positive, as precise as its currency, and not far from the one it replaces; in minor units."""

    code = "PRICE_OUT_OF_RANGE"
    blames = "price"
    currency: str
    minimum_minor: int
    maximum_minor: int


@dataclass(eq=False)
class CountryMissing(Refusal):
    """The tax cannot be known before the account's country is; set the postal address first."""

    code = "COUNTRY_MISSING"


@dataclass(eq=False)
class VatNumberNotFound(Refusal):
    """The account has not, or no longer, this VAT number."""

    code = "VAT_NUMBER_NOT_FOUND"
    blames = "number"


@dataclass(eq=False)
class VatNumberInvalid(Refusal):
    """This is no VAT number of the account's country (ISO 3166-1); the fault is a `VatNumberFault`."""

    code = "VAT_NUMBER_INVALID"
    blames = "number"
    fault: str
    country: str
