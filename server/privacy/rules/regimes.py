"""Which law protects an account, and within what time that law wants a request answered (P040, P042). No I/O."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Regime(StrEnum):
    """The law that protects an account. GDPR: of the EU and the EEA. FADP: of Switzerland. OWN: what the policy
    promises by itself, where neither holds.
    """

    GDPR = "GDPR"
    FADP = "FADP"
    OWN = "OWN"


class RegimeChoice(StrEnum):
    """Whose deadlines an account has: those of its own country's law, or the shortest of all; as profiles write it."""

    BY_COUNTRY = "by_country"
    STRICTEST = "strictest"


@dataclass(frozen=True, slots=True)
class RegimeTerms:
    """Whether the law follows from the country, and whose deadlines apply. The policy's own apply in any case."""

    by_region: bool = True
    apply: RegimeChoice = RegimeChoice.BY_COUNTRY


@dataclass(frozen=True, slots=True)
class Limit:
    """A time to answer as a law gives it: calendar months, and days."""

    months: int = 0
    days: int = 0


ANSWERED: Mapping[Regime, Limit] = {
    Regime.GDPR: Limit(months=1),  # article 12(3)
    Regime.FADP: Limit(days=30),  # article 25(7)
}
"""Within what time after its receipt each law wants a request answered."""

EXTENDED: Mapping[Regime, Limit] = {Regime.GDPR: Limit(months=3)}
"""The same of a request that was extended. The FADP names no end: there the policy's own is the only one."""


def regime_of(country: str | None, eea: Collection[str], terms: RegimeTerms) -> Regime:
    """The law of an account in this country, ISO 3166-1 alpha-2. Who named none is protected by the GDPR."""
    if not terms.by_region:
        return Regime.OWN
    if country == "CH":
        return Regime.FADP
    return Regime.GDPR if country is None or country in eea else Regime.OWN


def limits(regime: Regime, terms: RegimeTerms, *, extended: bool) -> Collection[Limit]:
    """The times that hold beside the policy's own: that of the account's law, or of every law (P042)."""
    given = EXTENDED if extended else ANSWERED
    holding = given.keys() if terms.apply is RegimeChoice.STRICTEST else given.keys() & {regime}
    return [given[each] for each in holding]
