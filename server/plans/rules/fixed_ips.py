"""Fixed IP addresses of one's own: what they cost, who may have one, and when it may be taken back. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from types import MappingProxyType

from server.kit.money import Currency
from server.kit.problems import Refusal
from server.plans.rules.terms import Cycle

CYCLE = Cycle.YEARLY
"""An address is rented by the year (M055)."""


def _default_prices() -> Mapping[Currency, int]:
    return MappingProxyType(
        {
            Currency["USD"]: 240_00,
            Currency["EUR"]: 225_00,
            Currency["GBP"]: 190_00,
            Currency["CHF"]: 215_00,
            Currency["JPY"]: 36_000,
            Currency["TND"]: 745_000,
            Currency["CAD"]: 325_00,
            Currency["AUD"]: 360_00,
        }
    )


@dataclass(frozen=True)
class FixedIpTerms:
    """The numbers of fixed addresses. Prices are net of tax, a year, in minor units; every currency of the plans."""

    prices: Mapping[Currency, int] = field(default_factory=_default_prices)
    rented_max: int = 10
    """Addresses of one account."""
    cycles_after_cancellation: int = 1
    """How many cycles follow the one in which it is cancelled, before the address is removed (M060)."""
    quarantine: timedelta = timedelta(days=30)
    """How long a returned address rests before somebody else gets it."""


@dataclass(eq=False)
class FixedIpNotFound(Refusal):
    """There is no such fixed address."""

    code = "FIXED_IP_NOT_FOUND"
    blames = "fixedIpId"


@dataclass(eq=False)
class FixedIpLimitReached(Refusal):
    """The account has as many fixed addresses as it may."""

    code = "FIXED_IP_LIMIT_REACHED"
    limit: int


@dataclass(eq=False)
class FixedIpPoolEmpty(Refusal):
    """No address is free at the moment."""

    code = "FIXED_IP_POOL_EMPTY"


@dataclass(eq=False)
class FixedIpNotAnnounced(Refusal):
    """An address is taken back only after an e-mail about it was delivered (M058)."""

    code = "FIXED_IP_NOT_ANNOUNCED"
    email_state: str | None


@dataclass(eq=False)
class IpAddressInvalid(Refusal):
    """This is no address that mail can be sent from."""

    code = "IP_ADDRESS_INVALID"
    blames = "address"


@dataclass(eq=False)
class IpAddressKnown(Refusal):
    """The pool has this address already."""

    code = "IP_ADDRESS_KNOWN"
    blames = "address"


@dataclass(eq=False)
class IpAddressInUse(Refusal):
    """Somebody rents this address."""

    code = "IP_ADDRESS_IN_USE"
    blames = "ipId"


@dataclass(eq=False)
class IpAddressNotFound(Refusal):
    """The pool has no such address."""

    code = "IP_ADDRESS_NOT_FOUND"
    blames = "ipId"


def normal_address(text: str) -> str:
    """The address (IPv4 or IPv6) in its one spelling. Raises IpAddressInvalid."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        raise IpAddressInvalid from None
    unfit = address.is_loopback or address.is_multicast or address.is_unspecified or address.is_link_local
    if unfit or getattr(address, "scope_id", None) is not None:
        raise IpAddressInvalid
    return address.compressed


def check_rented(rented: int, terms: FixedIpTerms) -> None:
    """Raises FixedIpLimitReached."""
    if rented >= terms.rented_max:
        raise FixedIpLimitReached(terms.rented_max)
