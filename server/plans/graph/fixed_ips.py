"""Fixed addresses in the API: what one costs, those of the account, and renting, giving up and keeping one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run,
    run_once,
)
from server.kit.graph.problems import Problem, problem
from server.kit.graph.scalars import MoneyType
from server.kit.idempotency import Receipt
from server.kit.money import Money
from server.kit.work import Read, Work
from server.orders.graph.problems import CountryMissingProblem
from server.plans import reads
from server.plans.actions import fixed_ips as actions
from server.plans.actions.subscribing import currency
from server.plans.graph.access import OWN, READ, WRITE
from server.plans.graph.problems import NoPaidPlanProblem, PlanEndingProblem, PlanNotCancelledProblem
from server.plans.graph.types import SubscriptionType
from server.plans.reads import SubscriptionRow
from server.plans.reads.fixed_ips import addresses, fixed_ip_price, rentals
from server.plans.rules import fixed_ips as rules
from server.topups.graph.problems import NoValidPaymentMethod, TooManyTopUps

_ASKED = strawberry.argument(description="What is asked for.")


@exposes(OWN)
@strawberry.type(description="What a year of one fixed address costs, by the prices and the tax of today.")
class FixedIpPrice:
    net: MoneyType = strawberry.field(description="Without tax.")
    tax: MoneyType = strawberry.field(description="The tax on it.")
    gross: MoneyType = strawberry.field(description="What the card is charged.")


@exposes(OWN)
@strawberry.type(
    description="A fixed IP address that the account rents by the year, with its plan. It stays the provider's."
)
class FixedIp:
    id: strawberry.ID = strawberry.field(description="Its subscription's id, `pls_…`.")
    address: str | None = strawberry.field(description="The address; null once it went back.")
    subscription: SubscriptionType = strawberry.field(
        description="How it is paid, until when, and if it renews."
    )

    @classmethod
    def many(cls, read: Read, rows: Sequence[SubscriptionRow]) -> list[FixedIp]:
        had = addresses(read, [row.id for row in rows])
        return [
            cls(id=strawberry.ID(row.id), address=had.get(row.id), subscription=SubscriptionType.of(row))
            for row in rows
        ]

    @classmethod
    def of(cls, read: Read, row: SubscriptionRow) -> FixedIp:
        return cls.many(read, [row])[0]


@problem(rules.FixedIpNotFound)
@strawberry.type(name="FixedIpNotFound", description="There is no such fixed address.")
class FixedIpNotFoundProblem(Problem):
    pass


@problem(rules.FixedIpLimitReached)
@strawberry.type(name="FixedIpLimitReached", description="The account has as many fixed addresses as it may.")
class FixedIpLimitReachedProblem(Problem):
    limit: int = strawberry.field(description="How many that is.")


@problem(rules.FixedIpPoolEmpty)
@strawberry.type(name="FixedIpPoolEmpty", description="No address is free at the moment.")
class FixedIpPoolEmptyProblem(Problem):
    pass


@strawberry.input(description="An address to rent.")
class RentFixedIpInput:
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)
    payment_method_id: strawberry.ID | None = strawberry.field(
        default=None, description="The saved card that pays; the account's default one when left out."
    )


@strawberry.input(description="An address to give up.")
class CancelFixedIpInput:
    fixed_ip_id: strawberry.ID = strawberry.field(description="The rental, `pls_…`.")


@strawberry.input(description="An address to keep.")
class KeepFixedIpInput:
    fixed_ip_id: strawberry.ID = strawberry.field(description="The rental, `pls_…`.")


@exposes(OUTCOME)
@strawberry.type(
    description="An address is set aside. It is the account's when the card has paid for its first year."
)
class FixedIpOrdered:
    fixed_ip: FixedIp = strawberry.field(description="The address.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(
    description="The address will be removed at `subscription.endsAt`, the end of the next cycle, which is charged as "
    "usual."
)
class FixedIpCancelled:
    fixed_ip: FixedIp = strawberry.field(description="The address.")


@exposes(OUTCOME)
@strawberry.type(description="The cancellation was taken back.")
class FixedIpKept:
    fixed_ip: FixedIp = strawberry.field(description="The address.")


RentFixedIpResult = Annotated[
    FixedIpOrdered
    | NoPaidPlanProblem
    | PlanEndingProblem
    | FixedIpLimitReachedProblem
    | FixedIpPoolEmptyProblem
    | NoValidPaymentMethod
    | TooManyTopUps
    | CountryMissingProblem
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("RentFixedIpResult", description="The address, or why there is none."),
]
CancelFixedIpResult = Annotated[
    FixedIpCancelled | FixedIpNotFoundProblem,
    strawberry.union("CancelFixedIpResult", description="What became of `cancelFixedIp`."),
]
KeepFixedIpResult = Annotated[
    FixedIpKept | FixedIpNotFoundProblem | PlanNotCancelledProblem | NoValidPaymentMethod,
    strawberry.union("KeepFixedIpResult", description="What became of `keepFixedIp`."),
]


@strawberry.type
class FixedIpMutations:
    @strawberry.mutation(
        description="Rent a fixed IP address by the year; it takes a paid plan, and renews with it.",
        metadata=declare(WRITE),
    )
    async def rent_fixed_ip(
        self, info: Info, input: Annotated[RentFixedIpInput, _ASKED]
    ) -> RentFixedIpResult:
        account_id = account_of(info)

        def present(work: Work, receipt: Receipt) -> FixedIpOrdered:
            row = reads.subscription(work, account_id, receipt.facts["subscription_id"])
            assert row is not None, "an idempotency key lives no longer than what it made"
            return FixedIpOrdered(fixed_ip=FixedIp.of(work, row), replayed=receipt.replayed)

        return await run_once(
            info, input, lambda work: actions.rent_ip(work, account_id, input.payment_method_id), present
        )

    @strawberry.mutation(
        description="Give a fixed address up, with the end of its next cycle; nothing is given back.",
        metadata=declare(WRITE),
    )
    async def cancel_fixed_ip(
        self, info: Info, input: Annotated[CancelFixedIpInput, _ASKED]
    ) -> CancelFixedIpResult:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: actions.cancel_ip(work, account_id, input.fixed_ip_id),
            lambda work, row: FixedIpCancelled(fixed_ip=FixedIp.of(work, row)),
        )

    @strawberry.mutation(
        description="Take back that a fixed address was given up, while it is there.", metadata=declare(WRITE)
    )
    async def keep_fixed_ip(
        self, info: Info, input: Annotated[KeepFixedIpInput, _ASKED]
    ) -> KeepFixedIpResult:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: actions.keep_ip(work, account_id, input.fixed_ip_id),
            lambda work, row: FixedIpKept(fixed_ip=FixedIp.of(work, row)),
        )


@strawberry.field(
    description="The fixed addresses that are pending, active or cancelling, the oldest first.",
    metadata=declare(READ),
)
def fixed_ips(account: strawberry.Parent[Account], info: Info) -> list[FixedIp]:
    return FixedIp.many(info.context.read, rentals(info.context.read, account.id))


@strawberry.field(
    name="fixedIpPrice",
    description="What a year of one fixed address costs the account today.",
    metadata=declare(READ),
)
def price_of_fixed_ip(account: strawberry.Parent[Account], info: Info) -> FixedIpPrice:
    read = info.context.read
    billed_in = currency(read, account.id)
    taxed = fixed_ip_price(read, account.id, billed_in)
    net, tax, gross = (
        MoneyType.of(Money(minor, billed_in))
        for minor in (taxed.net_minor, taxed.tax_minor, taxed.gross_minor)
    )
    return FixedIpPrice(net=net, tax=tax, gross=gross)


FIXED_IP_EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, fixed_ips), (Account, price_of_fixed_ip)]
