"""Balances, postings and holds as the API shows them: exact decimals in their unit, sequences as BigInt."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.connections import (
    After,
    Connection,
    First,
    key_after,
    number_after,
    page,
    rows_wanted,
)
from server.kit.graph.context import Info
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt
from server.wallet import reads
from server.wallet.graph.enums import CounterAccount, HoldStateEnum, PostingKindEnum, Unit
from server.wallet.reads import BalanceRow
from server.wallet.rules import Counter, HoldState, PostingKind, amount_of

BALANCE_READ = Access(Who.SIGNED_IN, "balance_and_orders", "balance:read")
LEDGER_READ = Access(Who.SIGNED_IN, "balance_and_orders", "ledger:read")
SPEND = Access(Who.SIGNED_IN, "balance_and_orders", "usage:write")
OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""Types that are reached only through fields with a scope of their own."""


AsOf = Annotated[
    BigInt | None,
    strawberry.argument(
        description="As it was right after the change with this sequence; now when left out."
    ),
]


@exposes(OWN)
@strawberry.type(description="What there is of one unit. `available` = `posted` - `held`, never below zero.")
class Balance:
    unit: Unit = strawberry.field(description="What it is counted in.")
    posted: Decimal = strawberry.field(description="The sum of all postings, in whole units.")
    held: Decimal = strawberry.field(description="What open holds set aside, in whole units.")
    available: Decimal = strawberry.field(description="What can be spent, in whole units.")
    sequence: BigInt = strawberry.field(
        description="The number of the wallet's newest change in it, 0 before the first."
    )
    at: datetime | None = strawberry.field(description="When that change was; null before the first.")

    @classmethod
    def of(cls, row: BalanceRow) -> Balance:
        return cls(
            unit=Unit[row.unit],
            posted=amount_of(row.unit, row.posted),
            held=amount_of(row.unit, row.held),
            available=amount_of(row.unit, row.available),
            sequence=BigInt(row.sequence),
            at=row.at,
        )


@exposes(LEDGER_READ)
@strawberry.type(description="One change of a wallet. It is never changed or removed.")
class Posting:
    unit: Unit = strawberry.field(description="What it is counted in.")
    sequence: BigInt = strawberry.field(
        description="Its number in the wallet: 1, 2, 3 and so on, without gaps."
    )
    kind: PostingKindEnum = strawberry.field(description="Why the wallet changed.")
    amount: Decimal = strawberry.field(
        description="What was added (negative: taken), in whole units; 0 where only holds changed."
    )
    held_change: Decimal = strawberry.field(
        description="What was set aside (negative: freed), in whole units."
    )
    posted_after: Decimal = strawberry.field(description="`posted` right after it, in whole units.")
    held_after: Decimal = strawberry.field(description="`held` right after it, in whole units.")
    counter_account: CounterAccount | None = strawberry.field(
        description="The other side; null where only holds changed."
    )
    transfer_id: strawberry.ID | None = strawberry.field(
        description="Shared by postings that are one business fact; null where only holds changed."
    )
    hold_id: strawberry.ID | None = strawberry.field(description="The hold that it is about, if one.")
    reference: str = strawberry.field(description="The id of what caused it, such as an order or a top-up.")
    at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def of(cls, unit: str, row: Any) -> Posting:
        return cls(
            unit=Unit[unit],
            sequence=BigInt(row.sequence),
            kind=PostingKindEnum[PostingKind(row.kind).name],
            amount=amount_of(unit, row.posted_delta),
            held_change=amount_of(unit, row.held_delta),
            posted_after=amount_of(unit, row.posted_after),
            held_after=amount_of(unit, row.held_after),
            counter_account=CounterAccount[Counter(row.counter).name] if row.counter else None,
            transfer_id=row.transfer_id,
            hold_id=strawberry.ID(row.hold_id) if row.hold_id else None,
            reference=row.reference,
            at=row.at,
        )


@exposes(OWN)
@strawberry.type(
    description="A part of a wallet that is set aside until it is captured, released or expires."
)
class Hold(Node):
    unit: Unit = strawberry.field(description="What it is counted in.")
    quantity: Decimal = strawberry.field(description="What was set aside, in whole units.")
    captured: Decimal = strawberry.field(description="What of it was spent, in whole units.")
    released: Decimal = strawberry.field(description="What of it was given back, in whole units.")
    remaining: Decimal = strawberry.field(description="What it still sets aside, in whole units.")
    state: HoldStateEnum = strawberry.field(description="Where it is.")
    reference: str = strawberry.field(description="The id of what it is for; its own where it has no other.")
    placed_at: datetime = strawberry.field(description="When it was placed.")
    expires_at: datetime = strawberry.field(description="When it ends by itself.")
    resolved_at: datetime | None = strawberry.field(description="When it ended; null while it is open.")

    @classmethod
    def of(cls, row: Any) -> Hold:
        return cls(
            id=row.id,
            unit=Unit[row.unit],
            quantity=amount_of(row.unit, row.quantity),
            captured=amount_of(row.unit, row.captured),
            released=amount_of(row.unit, row.released),
            remaining=amount_of(row.unit, row.quantity - row.captured - row.released),
            state=HoldStateEnum[HoldState(row.state).name],
            reference=row.reference,
            placed_at=row.placed_at,
            expires_at=row.expires_at,
            resolved_at=row.resolved_at,
        )


@exposes(OWN)
@strawberry.type(description="What an account has of one unit, with its history.")
class Wallet(Node):
    unit: Unit = strawberry.field(description="What it is counted in.")
    opened_at: datetime = strawberry.field(description="When it was opened.")
    account_id: strawberry.Private[str]

    @strawberry.field(description="What it has.", metadata=declare(BALANCE_READ))
    def balance(self, info: Info, as_of: AsOf = None) -> Balance:
        return Balance.of(reads.balance(info.context.read, self.account_id, self.unit.name, as_of))

    @strawberry.field(description="Its changes, newest first.", metadata=declare(LEDGER_READ))
    def postings(self, info: Info, first: First = 20, after: After = None) -> Connection[Posting]:
        before = number_after(after)
        rows = reads.postings_before(info.context.read, self.id, before, rows_wanted(first))
        unit = self.unit.name
        return page(rows, first, after, lambda row: Posting.of(unit, row), lambda row: row.sequence)

    @strawberry.field(description="Its holds, newest first.", metadata=declare(LEDGER_READ))
    def holds(self, info: Info, first: First = 20, after: After = None) -> Connection[Hold]:
        rows = reads.holds_before(info.context.read, self.id, key_after(after), rows_wanted(first))
        return page(rows, first, after, Hold.of, lambda row: row.id)

    @classmethod
    def of(cls, row: Any) -> Wallet:
        return cls(id=row.id, unit=Unit[row.unit], opened_at=row.opened_at, account_id=row.account_id)
