"""Where data may be stored, and where this deployment says that it stores it (C19, H032, M117)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from server.policy.rules.disclosing import EEA

LOCAL = "LOCAL"
"""A machine of one's own, wherever it stands: for who tries the server. Only the policy of the demo allows it."""
_EEA_NAME = "EEA"
_REGION = re.compile(r"[A-Z]{2}\Z")

SETTING = {
    "main": "POSTMETER_REGION",
    "keys": "POSTMETER_KEY_STORE_REGION",
    "backups": "POSTMETER_BACKUP_REGION",
}
"""The setting that tells the region of each store. Exports and uploads lie in the main database; what is signed lies
beside the key store, as does the journal of erasures."""


@dataclass(frozen=True, slots=True)
class StoreTerms:
    """The regions that the policy allows, and that of each store: ISO 3166-1 alpha-2, or LOCAL."""

    allowed: frozenset[str] = frozenset()
    regions: Mapping[str, str] = field(default_factory=dict)


def is_region(text: object) -> bool:
    """Whether a policy can allow it: a country, the EEA, or LOCAL."""
    named = text in (LOCAL, _EEA_NAME)
    return named or (isinstance(text, str) and _REGION.match(text) is not None)


def is_allowed(region: str, allowed: frozenset[str]) -> bool:
    """Whether a store may be there."""
    return region in allowed or (_EEA_NAME in allowed and region in EEA)


def misplaced(terms: StoreTerms) -> list[str]:
    """The stores that are where the policy does not allow it."""
    return [store for store, region in terms.regions.items() if not is_allowed(region, terms.allowed)]


def store_faults(terms: StoreTerms) -> Iterator[str]:
    """Why this deployment must not hold data, as sentences."""
    allowed = ", ".join(sorted(terms.allowed))
    for store in misplaced(terms):
        region = terms.regions[store]
        said = "declares no region" if region == LOCAL else f"is in {region}"
        yield (
            f"the policy stores data in {allowed} only, and the store `{store}` {said}: set {SETTING[store]} to the "
            "country where it is (`stores.allowed_regions`, M117), or move it there"
        )
