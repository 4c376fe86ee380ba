"""What a postal address is (M007)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from server.accounts.rules.signing import COUNTRIES
from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal


@dataclass(frozen=True, slots=True)
class Address:
    """Where letters go. `name` is a person's or a company's, `country` ISO 3166-1 alpha-2."""

    name: str
    street: str
    number: str
    postal_code: str
    city: str
    country: str


@dataclass(eq=False)
class PostalAddressInvalid(Refusal):
    """A line of a postal address is visible text of limited length, and no card number."""

    code = "POSTAL_ADDRESS_INVALID"
    where: str
    length_max: int

    @property
    def input_field(self) -> str:
        return self.where


@dataclass(eq=False)
class PostalAddressMissing(Refusal):
    """An order needs the account's postal address with street and number; set it first."""

    code = "POSTAL_ADDRESS_MISSING"


_API_NAMES = {"postal_code": "postalCode"}


def normal_address(address: Address, length_max: int) -> Address:
    """The address without blanks around its lines. Raises PostalAddressInvalid, also for a card number (M115)."""
    lines = {field.name: getattr(address, field.name).strip() for field in fields(address)}
    for name, line in lines.items():
        fits = len(line) <= length_max and line.isprintable() and not holds_card_number(line)
        # Not every country has postal codes (Panama, Hong Kong).
        present = bool(line) or name == "postal_code"
        if not fits or not present:
            raise PostalAddressInvalid(_API_NAMES.get(name, name), length_max)
    if lines["country"] not in COUNTRIES:
        raise PostalAddressInvalid("country", 2)
    return replace(address, **lines)


def address_complete(address: Address | None) -> bool:
    """Whether letters can be delivered there: with street and number (M007)."""
    return address is not None and bool(address.street and address.number and address.city)
