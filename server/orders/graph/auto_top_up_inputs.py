"""What a caller sets an automatic top-up to, and what that means to the domain."""

from __future__ import annotations

from decimal import Decimal

import strawberry

from server.kit.money import AMOUNT_MINOR_MAX, AmountError, Currency, to_minor
from server.orders.rules.auto_top_up import Caps, Setting
from server.orders.rules.auto_top_up_terms import AutoTopUpTerms
from server.orders.rules.problems import AutoTopUpQuantityInvalid
from server.wallet.graph import Unit
from server.wallet.rules import CREDIT_UNITS, HoldQuantityInvalid, quantity_of


@strawberry.input(description="What to top up, when, by how much, and who pays.")
class AutoTopUpInput:
    unit: Unit = strawberry.field(description="Which balance; one automatic top-up each.")
    currency: Currency = strawberry.field(description="The currency to charge; for a money balance its own.")
    below: Decimal | None = strawberry.field(
        default=None,
        description="Act when less than this is available, in whole units. For credits 100 when left out.",
    )
    add: Decimal | None = strawberry.field(
        default=None,
        description="How much to add at least, in whole units; no less than `below`. For credits 2000 when left out.",
    )
    method_id: strawberry.ID | None = strawberry.field(
        default=None, description="The payment method to charge; whichever is the default one when left out."
    )
    cap_per_day: Decimal | None = strawberry.field(
        default=None, description="The most to spend in a day (UTC), in whole units of the currency."
    )
    cap_per_month: Decimal | None = strawberry.field(
        default=None, description="The most to spend in a month (UTC), in whole units of the currency."
    )

    def setting(self, terms: AutoTopUpTerms) -> Setting:
        """Raises AutoTopUpQuantityInvalid."""
        unit, in_credits = self.unit.name, self.unit.name in CREDIT_UNITS
        return Setting(
            unit=unit,
            below=_quantity(unit, self.below, terms.below_default if in_credits else None, "below"),
            add=_quantity(unit, self.add, terms.add_default if in_credits else None, "add"),
            currency=self.currency,
            method_id=None if self.method_id is None else str(self.method_id),
            caps=Caps(
                _cap_minor(self.cap_per_day, self.currency, "capPerDay"),
                _cap_minor(self.cap_per_month, self.currency, "capPerMonth"),
            ),
        )


@strawberry.input(description="An automatic top-up to try out.")
class SimulateAutoTopUpInput:
    setting: AutoTopUpInput = strawberry.field(description="What it would be set to.")
    available: Decimal | None = strawberry.field(
        default=None,
        description="With how much available, in whole units; with what there is now when left out.",
    )

    def quantity(self) -> int | None:
        """The balance to try it with, in parts of its unit. Raises AutoTopUpQuantityInvalid."""
        if self.available is None:
            return None
        return _quantity(self.setting.unit.name, self.available, None, "available")


@strawberry.input(description="One of the account's automatic top-ups.")
class AutoTopUpUnitInput:
    unit: Unit = strawberry.field(description="Which balance it watches.")


def _quantity(unit: str, amount: Decimal | None, default: int | None, where: str) -> int:
    if amount is None and default is not None:
        return default
    try:
        if amount is not None:
            return quantity_of(unit, amount)
    except HoldQuantityInvalid:
        pass
    raise AutoTopUpQuantityInvalid(unit, 1, AMOUNT_MINOR_MAX, where)


def _cap_minor(amount: Decimal | None, currency: Currency, where: str) -> int | None:
    if amount is None:
        return None
    try:
        return to_minor(amount, currency)
    except AmountError:
        raise AutoTopUpQuantityInvalid(currency.code, 1, AMOUNT_MINOR_MAX, where) from None
