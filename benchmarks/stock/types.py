"""The types of the measured part of the API, with Postmeter's names and forms of values."""

from __future__ import annotations

import base64
import enum
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Generic, NewType, TypeVar

import strawberry
from sqlalchemy import select
from strawberry.types.scalar import ScalarDefinition

from benchmarks.stock.context import Info
from benchmarks.stock.database import read_session
from server.accounts.model import Account as AccountRow
from server.kit.money import Currency, to_decimal
from server.orders.model import Order as OrderRow
from server.orders.rules.cancellation import CancellationReason
from server.orders.rules.status import OrderStatus
from server.orders.rules.terms import CreditUnit
from server.topups.model import TopUp as TopUpRow
from server.topups.rules.outcomes import FailureCode, NextAction, TopUpStatus
from server.wallet.model import Posting as PostingRow
from server.wallet.model import Wallet as WalletRow

T = TypeVar("T")
R = TypeVar("R")

BigInt = NewType("BigInt", int)


def _instant(value: datetime) -> str:
    return (
        value.astimezone(UTC)
        .isoformat(timespec="microseconds" if value.microsecond else "seconds")
        .replace("+00:00", "Z")
    )


SCALARS: dict[object, ScalarDefinition] = {
    BigInt: strawberry.scalar(name="BigInt", serialize=str, parse_value=int),
    datetime: strawberry.scalar(name="DateTime", serialize=_instant, parse_value=datetime.fromisoformat),
}

strawberry.enum(Currency)
strawberry.enum(OrderStatus)
strawberry.enum(CreditUnit)
strawberry.enum(CancellationReason)
strawberry.enum(TopUpStatus)
strawberry.enum(FailureCode, name="TopUpFailureCode")
strawberry.enum(NextAction, name="TopUpNextAction")


@strawberry.enum
class Unit(enum.Enum):
    EMAIL = "EMAIL"
    SMS = "SMS"
    USD = "USD"


@strawberry.enum
class AccountStatus(enum.Enum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


def quantity(unit: str, minor: int) -> Decimal:
    """Whole credits, or money with its currency's decimals."""
    return Decimal(minor) if unit in CreditUnit.__members__ else to_decimal(minor, Currency[unit])


@strawberry.type
class Money:
    amount: Decimal
    currency: Currency

    @classmethod
    def of(cls, minor: int, currency: str) -> Money:
        return cls(amount=to_decimal(minor, Currency[currency]), currency=Currency[currency])


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    node: T
    cursor: str


@strawberry.type
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo


def page(rows: Sequence[R], first: int, node: Callable[[R], T], key: Callable[[R], str]) -> Connection[T]:
    edges = [
        Edge(node=node(row), cursor=base64.urlsafe_b64encode(key(row).encode()).decode())
        for row in rows[:first]
    ]
    end = edges[-1].cursor if edges else None
    return Connection(edges=edges, page_info=PageInfo(has_next_page=len(rows) > first, end_cursor=end))


@strawberry.type
class Balance:
    unit: Unit
    posted: Decimal
    held: Decimal
    available: Decimal
    sequence: BigInt
    at: datetime

    @classmethod
    def of(cls, row: WalletRow) -> Balance:
        return cls(
            unit=Unit(row.unit),
            posted=quantity(row.unit, row.posted),
            held=quantity(row.unit, row.held),
            available=quantity(row.unit, row.posted - row.held),
            sequence=BigInt(row.sequence),
            at=row.changed_at,
        )


@strawberry.type
class Cancellation:
    reason: CancellationReason
    fee: Money
    refund: Money
    at: datetime

    @classmethod
    def of(cls, row: OrderRow) -> Cancellation | None:
        if row.cancelled_at is None or row.cancel_reason is None:
            return None
        return cls(
            reason=CancellationReason[row.cancel_reason],
            fee=Money.of(row.fee_minor, row.currency),
            refund=Money.of(row.refund_minor, row.currency),
            at=row.cancelled_at,
        )


@strawberry.type
class Order:
    id: strawberry.ID
    status: OrderStatus
    product: str
    quantity: int
    fulfilled: int
    unit_price: Money
    net: Money
    credit_unit: CreditUnit | None
    credits: int
    placed_at: datetime
    activated_at: datetime | None
    completed_at: datetime | None
    transfer_id: strawberry.ID | None
    cancellation: Cancellation | None

    @classmethod
    def of(cls, row: OrderRow) -> Order:
        return cls(
            id=strawberry.ID(row.id),
            status=OrderStatus[row.status],
            product=row.product,
            quantity=row.quantity,
            fulfilled=row.fulfilled,
            unit_price=Money.of(row.unit_price_minor, row.currency),
            net=Money.of(row.net_minor, row.currency),
            credit_unit=CreditUnit[row.credit_unit] if row.credit_unit else None,
            credits=row.credits,
            placed_at=row.placed_at,
            activated_at=row.activated_at,
            completed_at=row.completed_at,
            transfer_id=strawberry.ID(row.payment_transfer_id) if row.payment_transfer_id else None,
            cancellation=Cancellation.of(row),
        )


@strawberry.type
class TopUp:
    id: strawberry.ID
    transaction_id: strawberry.ID
    status: TopUpStatus
    amount: Money
    received: Money | None
    failure_code: FailureCode | None
    next_action: NextAction | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: TopUpRow) -> TopUp:
        return cls(
            id=strawberry.ID(row.id),
            transaction_id=strawberry.ID(row.transaction_id),
            status=TopUpStatus[row.status],
            amount=Money.of(row.amount_minor, row.currency),
            received=None if row.received_minor is None else Money.of(row.received_minor, row.currency),
            failure_code=FailureCode[row.failure_code] if row.failure_code else None,
            next_action=NextAction[row.next_action] if row.next_action else None,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


@strawberry.type
class Account:
    id: strawberry.ID
    status: AccountStatus
    created_at: datetime

    @classmethod
    def of(cls, row: AccountRow) -> Account:
        return cls(id=strawberry.ID(row.id), status=AccountStatus(row.status), created_at=row.created_at)

    @strawberry.field
    async def balances(self, info: Info) -> list[Balance]:
        return [Balance.of(row) for row in await info.context.wallets.load(self.id)]

    @strawberry.field
    async def orders(self, first: int = 20) -> Connection[Order]:
        query = (
            select(OrderRow)
            .where(OrderRow.account_id == self.id)
            .order_by(OrderRow.id.desc())
            .limit(first + 1)
        )
        async with read_session() as session:
            rows = (await session.scalars(query)).all()
        return page(rows, first, Order.of, lambda row: row.id)

    @strawberry.field
    async def top_ups(self, first: int = 20) -> Connection[TopUp]:
        query = (
            select(TopUpRow)
            .where(TopUpRow.account_id == self.id)
            .order_by(TopUpRow.id.desc())
            .limit(first + 1)
        )
        async with read_session() as session:
            rows = (await session.scalars(query)).all()
        return page(rows, first, TopUp.of, lambda row: row.id)


@strawberry.type
class Viewer:
    @strawberry.field
    async def account(self, info: Info) -> Account:
        return Account.of(await info.context.accounts.load(info.context.account_id))


@strawberry.enum
class FeedEventKind(enum.Enum):
    SNAPSHOT = "snapshot"
    CHANGE = "change"


@strawberry.enum
class FeedMode(enum.Enum):
    LATEST = "latest"
    EVERY = "every"


@strawberry.type
class Posting:
    kind: str
    amount: Decimal


@strawberry.type
class BalanceUpdate:
    kind: FeedEventKind
    sequence: BigInt
    posted: Decimal
    held: Decimal
    available: Decimal
    at: datetime
    posting: Posting | None

    @classmethod
    def snapshot(cls, row: WalletRow) -> BalanceUpdate:
        return cls(
            kind=FeedEventKind.SNAPSHOT,
            sequence=BigInt(row.sequence),
            posted=quantity(row.unit, row.posted),
            held=quantity(row.unit, row.held),
            available=quantity(row.unit, row.posted - row.held),
            at=row.changed_at,
            posting=None,
        )

    @classmethod
    def change(cls, unit: str, row: PostingRow) -> BalanceUpdate:
        return cls(
            kind=FeedEventKind.CHANGE,
            sequence=BigInt(row.sequence),
            posted=quantity(unit, row.posted_after),
            held=quantity(unit, row.held_after),
            available=quantity(unit, row.posted_after - row.held_after),
            at=row.at,
            posting=Posting(kind=row.kind, amount=quantity(unit, row.posted_delta)),
        )


@strawberry.interface
class Problem:
    code: str
    field: str | None


@strawberry.type
class InsufficientBalance(Problem):
    available: Decimal
    required: Decimal


@strawberry.type
class QuantityOutOfRange(Problem):
    minimum: int
    maximum: int


@strawberry.type
class IdempotencyMismatch(Problem):
    pass


@strawberry.type
class UsagePosting:
    reference: str
    unit: str
    amount: Decimal
    sequence: BigInt


@strawberry.type
class UsageBalance:
    unit: str
    posted: Decimal
    held: Decimal
    available: Decimal
    sequence: BigInt


@strawberry.type
class UsageRecorded:
    postings: list[UsagePosting]
    balances: list[UsageBalance]
    replayed: bool


RecordUsageResult = Annotated[
    UsageRecorded | InsufficientBalance | QuantityOutOfRange | IdempotencyMismatch,
    strawberry.union("RecordUsageResult"),
]


@strawberry.input
class EmailSendInput:
    messages: int


@strawberry.input
class UsageOperationInput:
    email_send: EmailSendInput


@strawberry.input
class UsageEntryInput:
    operation: UsageOperationInput
    reference: str


@strawberry.input
class RecordUsageInput:
    entries: list[UsageEntryInput]
    idempotency_key: str
