"""Orders and their parameters as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import Node
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.orders import reads
from server.orders.graph.access import OWN
from server.orders.graph.enums import (
    CancellationReasonEnum,
    CreditUnitEnum,
    OrderStatusEnum,
    TaxTreatmentEnum,
)
from server.orders.reads import OrderRow
from server.orders.rules.items import (
    AutomaticCreditsItem,
    CreditPackItem,
    EmailVerificationItem,
    Parameters,
)
from server.orders.rules.tax import percent_of
from server.orders.rules.terms import Terms

_REFERENCE = "The customer's own name for the order, null when none was given."


@exposes(OWN)
@strawberry.type(description="What was ordered: packs of credits.")
class CreditPackParameters:
    code: str = strawberry.field(description="The pack's code in the catalog.")
    packs: int = strawberry.field(description="How many packs.")
    reference: str | None = strawberry.field(description=_REFERENCE)


@exposes(OWN)
@strawberry.type(description="What was ordered: the check of a list of e-mail addresses.")
class EmailVerificationParameters:
    addresses: int = strawberry.field(description="How many addresses.")
    check_mailbox: bool = strawberry.field(
        description="Whether the receiving server is asked for each mailbox, and not for the domain only."
    )
    list_name: str | None = strawberry.field(description="The customer's name for the list.")
    reference: str | None = strawberry.field(description=_REFERENCE)


@exposes(OWN)
@strawberry.type(description="What was ordered: the look-up of telephone numbers of one country.")
class NumberLookupParameters:
    numbers: int = strawberry.field(description="How many numbers.")
    country: str = strawberry.field(description="The country, as two letters of ISO 3166-1.")
    reference: str | None = strawberry.field(description=_REFERENCE)


@exposes(OWN)
@strawberry.type(description="What was ordered: credits, by an automatic top-up. They are not refunded.")
class AutomaticCreditsParameters:
    unit: CreditUnitEnum = strawberry.field(description="Which credits.")
    at_least: int = strawberry.field(description="How many were to be added at least.")
    reference: str | None = strawberry.field(description=_REFERENCE)


OrderParameters = Annotated[
    CreditPackParameters | EmailVerificationParameters | NumberLookupParameters | AutomaticCreditsParameters,
    strawberry.union("OrderParameters", description="The operational parameters of an order, by its kind."),
]


def _parameters(parameters: Parameters) -> Any:
    item, reference = parameters.item, parameters.reference
    if isinstance(item, CreditPackItem):
        return CreditPackParameters(code=item.code, packs=item.packs, reference=reference)
    if isinstance(item, EmailVerificationItem):
        return EmailVerificationParameters(
            addresses=item.addresses,
            check_mailbox=item.check_mailbox,
            list_name=item.list_name,
            reference=reference,
        )
    if isinstance(item, AutomaticCreditsItem):
        return AutomaticCreditsParameters(
            unit=CreditUnitEnum[item.unit], at_least=item.credits, reference=reference
        )
    return NumberLookupParameters(numbers=item.numbers, country=item.country, reference=reference)


def _parameters_of(parents: Sequence[Order], info: Info) -> list[Any]:
    opened = reads.parameters_of(info.context.read, {parent.id for parent in parents})
    return [_parameters(opened[parent.id]) if parent.id in opened else None for parent in parents]


@exposes(OWN)
@strawberry.type(
    description="How an order was cancelled. Fee and refund add up to what was paid, tax included."
)
class Cancellation:
    reason: CancellationReasonEnum = strawberry.field(description="Why it was cancelled.")
    fee: MoneyType = strawberry.field(description="What the service kept.")
    refund: MoneyType = strawberry.field(description="What went back to the balance.")
    at: datetime = strawberry.field(description="When it was cancelled.")
    transfer_id: strawberry.ID | None = strawberry.field(
        description="The transfer of its postings; null when nothing had been paid."
    )


@exposes(OWN)
@strawberry.type(description="What cancelling an order now would cost, for one reason.")
class CancellationCost:
    reason: CancellationReasonEnum = strawberry.field(description="Why it would be cancelled.")
    fee: MoneyType = strawberry.field(description="What the service would keep.")
    refund: MoneyType = strawberry.field(description="What would go back to the balance.")


def _cancellation_costs_of(parents: Sequence[Order], info: Info) -> list[list[CancellationCost]]:
    account_id = account_of(info)
    rows = reads.orders(info.context.read, account_id, {parent.id for parent in parents})
    terms = info.context.read.terms(Terms)
    return [_cancellation_costs(rows.get(parent.id), terms) for parent in parents]


def _cancellation_costs(row: OrderRow | None, terms: Terms) -> list[CancellationCost]:
    if row is None:  # erased while somebody watched
        return []
    return [
        CancellationCost(
            reason=CancellationReasonEnum[reason.value],
            fee=_money(split.fee_minor, row),
            refund=_money(split.refund_minor, row),
        )
        for reason, split in row.settlements(terms).items()
    ]


@exposes(OWN)
@strawberry.type(description="Something bought from the balance, at the price of the moment it was placed.")
class Order(Node):
    status: OrderStatusEnum = strawberry.field(description="Where the order is.")
    product: str = strawberry.field(description="The product's code in the catalog.")
    quantity: int = strawberry.field(description="How many packs, or units of a metered product.")
    fulfilled: int = strawberry.field(description="How much of the quantity is delivered or done.")
    unit_price: MoneyType = strawberry.field(description="The price of `pricedUnits` of the quantity, net.")
    priced_units: int = strawberry.field(description="How many units the unit price is for: 1 or 1,000.")
    net: MoneyType = strawberry.field(description="What the order costs, without tax.")
    tax: MoneyType = strawberry.field(description="The tax on it, rounded half up once.")
    tax_rate: Decimal = strawberry.field(description="The rate of the tax in percent, such as 8.1.")
    tax_treatment: TaxTreatmentEnum = strawberry.field(description="Why it has this tax.")
    gross: MoneyType = strawberry.field(description="What the balance pays: net and tax.")
    credit_unit: CreditUnitEnum | None = strawberry.field(
        description="The credits it brings; null for a metered product."
    )
    credits: int = strawberry.field(description="How many credits it brings; 0 for a metered product.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    activated_at: datetime | None = strawberry.field(description="When it was paid; null while PENDING.")
    completed_at: datetime | None = strawberry.field(description="When the last of its units was done.")
    transfer_id: strawberry.ID | None = strawberry.field(
        description="The transfer that links its payment and its credits; null while PENDING."
    )
    cancellation: Cancellation | None = strawberry.field(
        description="How it was cancelled; null while it stands."
    )

    @strawberry.field(
        description=(
            "What it would cost to cancel it now, for each reason; empty when it cannot be cancelled. Whether its "
            "credits are unused is seen when it is cancelled."
        ),
        metadata=declare(batch=_cancellation_costs_of, items=3),
    )
    def cancellation_costs(self) -> list[CancellationCost]: ...  # type: ignore[empty-body]

    @strawberry.field(
        description="What was ordered; null once the person's content was erased.",
        metadata=declare(batch=_parameters_of),
    )
    def parameters(self) -> OrderParameters | None: ...

    @classmethod
    def of(cls, row: OrderRow) -> Order:
        return cls(
            id=strawberry.ID(row.id),
            status=OrderStatusEnum[row.status],
            product=row.product,
            quantity=row.quantity,
            fulfilled=row.fulfilled,
            unit_price=_money(row.unit_price_minor, row),
            priced_units=row.priced_units,
            net=_money(row.net_minor, row),
            tax=_money(row.tax_minor, row),
            tax_rate=percent_of(row.tax_rate_basis_points),
            tax_treatment=TaxTreatmentEnum[row.tax_treatment],
            gross=_money(row.taxed.gross_minor, row),
            credit_unit=CreditUnitEnum[row.credit_unit] if row.credit_unit else None,
            credits=row.credits,
            placed_at=row.placed_at,
            activated_at=row.activated_at,
            completed_at=row.completed_at,
            transfer_id=_id(row.payment_transfer_id),
            cancellation=_cancellation(row),
        )


def _cancellation(row: OrderRow) -> Cancellation | None:
    if row.cancelled_at is None or row.cancel_reason is None:
        return None
    return Cancellation(
        reason=CancellationReasonEnum[row.cancel_reason],
        fee=_money(row.fee_minor, row),
        refund=_money(row.refund_minor, row),
        at=row.cancelled_at,
        transfer_id=_id(row.refund_transfer_id),
    )


def _money(minor: int, row: OrderRow) -> MoneyType:
    return MoneyType.of(Money(minor, Currency[row.currency]))


def _id(text: str | None) -> strawberry.ID | None:
    return strawberry.ID(text) if text is not None else None
