"""Which personal details may be asked for, beside login and password (Q002, P007, M109)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.kit.problems import Refusal


class Detail(StrEnum):
    """A personal detail that customers can give; the value is its name in a policy profile."""

    EMAIL = "email"
    POSTAL_ADDRESS = "postal_address"
    COUNTRY = "country"
    INDUSTRY = "industry"
    PROFESSIONAL_USE = "professional_use"
    VAT_NUMBER = "vat_number"


NEEDED_FOR: Mapping[Detail, str] = {
    Detail.EMAIL: "identification",
    Detail.POSTAL_ADDRESS: "balance_and_orders",
    Detail.COUNTRY: "identification",
    Detail.INDUSTRY: "identification",
    Detail.PROFESSIONAL_USE: "identification",
    Detail.VAT_NUMBER: "balance_and_orders",
}
"""The declared purpose that needs each detail: what none needs is not asked for (H003)."""


@dataclass(eq=False)
class DetailNotCollected(Refusal):
    """This service does not collect this detail; leave it out."""

    code = "DETAIL_NOT_COLLECTED"
    detail: str


def check_collected(given: Collection[Detail], collected: Collection[Detail]) -> None:
    """Raises DetailNotCollected for the first detail that the policy does not list (Q002)."""
    for detail in Detail:
        if detail in given and detail not in collected:
            raise DetailNotCollected(detail.value)
