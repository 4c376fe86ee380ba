"""Rates of a campaign, as exact fractions of recipients. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from server.campaigns.rules.metrics import COLUMN, WIDTH

_PLACES = Decimal("0.000001")


class Rate(NamedTuple):
    """A fraction: exact by its two numbers, and rounded half to even to six places."""

    of: int
    base: int

    @property
    def value(self) -> Decimal | None:
        """Between 0 and 1 where the one is part of the other; None without a base."""
        if not self.base:
            return None
        return (Decimal(self.of) / Decimal(self.base)).quantize(_PLACES, ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Counts:
    """A row of sums, in the order of COLUMNS."""

    row: Sequence[int]

    @classmethod
    def none(cls) -> Counts:
        """Where nothing was counted."""
        return cls((0,) * WIDTH)

    def __getitem__(self, column: str) -> int:
        return self.row[COLUMN[column]]

    def bounced(self, *, unique: bool = False) -> int:
        """Bounces of all classes; or recipients, each by the class of its first bounce."""
        suffix = "_unique" if unique else ""
        return sum(self[f"bounced_{each}{suffix}"] for each in ("hard", "soft", "block", "undetermined"))

    def human(self, kind: str) -> int:
        """Those of `opened` or `clicked` that neither a machine nor a suspected bot made."""
        return self[kind] - self[f"{kind}_machine"] - self[f"{kind}_bot"]

    def add(self, other: Counts) -> Counts:
        """The sums of both."""
        return Counts(tuple(one + two for one, two in zip(self.row, other.row, strict=True)))

    # ---- rates: of recipients, not of events, so that none is counted twice

    def delivery(self) -> Rate:
        """Delivered of accepted."""
        return Rate(self["delivered_unique"], self["accepted_unique"])

    def bounce(self) -> Rate:
        """Bounced of accepted."""
        return Rate(self.bounced(unique=True), self["accepted_unique"])

    def opening(self) -> Rate:
        """Opened by a human, of delivered."""
        return Rate(self["opened_human_unique"], self["delivered_unique"])

    def click_through(self) -> Rate:
        """CTR: clicked by a human, of delivered."""
        return Rate(self["clicked_human_unique"], self["delivered_unique"])

    def click_to_open(self) -> Rate:
        """CTOR: clicked by a human, of opened by a human."""
        return Rate(self["clicked_human_unique"], self["opened_human_unique"])

    def unsubscribing(self) -> Rate:
        """Unsubscribed of delivered."""
        return Rate(self["unsubscribed_unique"], self["delivered_unique"])

    def complaint(self) -> Rate:
        """Complained of delivered."""
        return Rate(self["complained_unique"], self["delivered_unique"])
