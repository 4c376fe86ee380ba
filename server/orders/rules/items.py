"""What can be ordered and what can be used, each with its typed parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from server.kit.money import Currency
from server.orders.rules.terms import Metered


@dataclass(frozen=True, slots=True)
class CreditPackItem:
    """So many packs of credits."""

    kind: ClassVar[str] = "CREDIT_PACK"
    code: str
    packs: int


@dataclass(frozen=True, slots=True)
class EmailVerificationItem:
    """The check of a list of addresses; the list itself is uploaded to the service that checks it."""

    kind: ClassVar[str] = "EMAIL_VERIFICATION"
    addresses: int
    check_mailbox: bool
    list_name: str | None


@dataclass(frozen=True, slots=True)
class NumberLookupItem:
    """The look-up of the carriers of telephone numbers of one country (ISO 3166-1 alpha-2)."""

    kind: ClassVar[str] = "NUMBER_LOOKUP"
    numbers: int
    country: str


@dataclass(frozen=True, slots=True)
class AutomaticCreditsItem:
    """Credits that an automatic top-up orders: at least so many, and no whole packs (`unit` is EMAIL or SMS)."""

    kind: ClassVar[str] = "AUTOMATIC_CREDITS"
    unit: str
    credits: int

    @property
    def product(self) -> str:
        """Its product code. Nothing else is sold under it, so it tells an automatic order (M054)."""
        return f"{_AUTOMATIC}{self.unit}"


_AUTOMATIC = "AUTO_TOP_UP_"


def is_automatic(product: str) -> bool:
    """Whether an order of this product was placed by an automatic top-up."""
    return product.startswith(_AUTOMATIC)


Item = CreditPackItem | EmailVerificationItem | NumberLookupItem | AutomaticCreditsItem
_ITEMS: Mapping[str, type[Item]] = {
    item.kind: item
    for item in (CreditPackItem, EmailVerificationItem, NumberLookupItem, AutomaticCreditsItem)
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The operational parameters of an order, as its registry keeps them (Q009)."""

    item: Item
    reference: str | None
    """The customer's own name for the order, such as a purchase number: free text."""

    def document(self) -> dict[str, Any]:
        return {"kind": self.item.kind, "reference": self.reference, **dataclasses.asdict(self.item)}

    @staticmethod
    def restore(document: Mapping[str, Any]) -> Parameters:
        values = dict(document)
        kind, reference = values.pop("kind"), values.pop("reference")
        return Parameters(_ITEMS[kind](**values), reference)


@dataclass(frozen=True, slots=True)
class EmailSend:
    """Messages handed over for delivery."""

    messages: int


@dataclass(frozen=True, slots=True)
class SmsSend:
    """Message segments sent to one country (ISO 3166-1 alpha-2)."""

    segments: int
    country: str


@dataclass(frozen=True, slots=True)
class ApiCalls:
    """Calls of a metered product, paid with money."""

    product: Metered
    calls: int
    currency: Currency


Operation = EmailSend | SmsSend | ApiCalls


@dataclass(frozen=True, slots=True)
class Usage:
    """One thing that was used, and the caller's opaque name for it."""

    operation: Operation
    reference: str
