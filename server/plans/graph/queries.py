"""The catalog, the account's plan and its charges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.accounts.graph.types import Person
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.plans import reads
from server.plans.graph.access import CATALOG, READ
from server.plans.graph.catalog import PlanType
from server.plans.graph.types import AccountPlan, ChargeType, SubscriptionType
from server.plans.rules import Terms


@strawberry.type
class PlanQueries:
    @strawberry.field(
        description="All plans, the free one first and then from the smallest to the largest.",
        metadata=declare(CATALOG),
    )
    def plan_catalog(self, info: Info) -> list[PlanType]:
        terms = info.context.read.terms(Terms)
        return [PlanType.of(plan) for plan in (terms.free, *terms.plans)]


@strawberry.field(description="The plan that the account has at this instant.", metadata=declare(READ))
def plan(account: strawberry.Parent[Account], info: Info) -> AccountPlan:
    return AccountPlan.of_account(info.context.read, account.id)


@strawberry.field(
    description="What the account was charged for plans and extra seats, newest first.",
    metadata=declare(READ),
)
def plan_charges(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[ChargeType]:
    rows = reads.charges_of_account(info.context.read, account.id, rows_wanted(first), key_after(after))
    return page(rows, first, after, ChargeType.of, lambda row: row.id)


def _leave(parents: Sequence[Person], info: Info) -> list[datetime | None]:
    planned = reads.withdrawals(info.context.read, account_of(info))
    return [planned.get(person.id) for person in parents]


@strawberry.field(
    description="When the person is withdrawn from the account, with the end of a cycle; null when that is not "
    "planned (M063).",
    metadata=declare(batch=_leave),
)
def withdrawn_at(person: strawberry.Parent[Person]) -> datetime | None: ...


def _node(info: Info, id: str) -> SubscriptionType | None:
    if READ.denial(info.context.viewer):
        return None
    row = reads.subscription(info.context.read, account_of(info), id)
    return SubscriptionType.of(row) if row is not None else None


EXTENSIONS: list[tuple[type, StrawberryField]] = [
    (Account, plan),
    (Account, plan_charges),
    (Person, withdrawn_at),
]
NODES: Mapping[str, NodeLoader] = {"pls": _node}
