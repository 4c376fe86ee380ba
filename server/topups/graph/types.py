"""Top-ups as the API shows them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from server.kit.crypto import Shredded
from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.feed import FeedEventKind
from server.kit.graph.node import Node
from server.kit.graph.scalars import BigInt, MoneyType
from server.kit.money import Currency, Money
from server.kit.work import Read
from server.topups.graph.enums import FailureCodeEnum, NextActionEnum, TopUpPurposeEnum, TopUpStatusEnum
from server.topups.reads import CLIENT_SECRET_COLUMN, TopUpRow

READ = Access(Who.SIGNED_IN, "balance_and_orders", "topups:read")
WRITE = Access(Who.SIGNED_IN, "balance_and_orders", "topups:write")
OWN = Access(Who.SIGNED_IN, "balance_and_orders")
"""For the fields of a top-up: whoever was let through a field that leads to it may read it, the payload of a mutation
included."""
OPEN = Access(Who.ANYONE, "balance_and_orders")


@exposes(OWN)
@strawberry.type(name="TopUp", description="One payment into the balance.")
class TopUpType(Node):
    transaction_id: strawberry.ID = strawberry.field(
        description="The payment's own id, unique like the top-up's; the gateway knows it too."
    )
    created_at: datetime = strawberry.field(description="When it was ordered.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    amount: MoneyType = strawberry.field(description="What was ordered.")
    received: MoneyType | None = strawberry.field(
        description="What came, after the fees of banks; exactly this was credited. Null until something came."
    )
    status: TopUpStatusEnum = strawberry.field(description="Where it is.")
    failure_code: FailureCodeEnum | None = strawberry.field(
        description="Why, when it is FAILED, ERRORED or REVERSED."
    )
    next_action: NextActionEnum | None = strawberry.field(
        description="What the payer has to do before it goes on; null when nothing."
    )
    purpose: TopUpPurposeEnum = strawberry.field(description="What it is for.")
    payment_method_id: strawberry.ID | None = strawberry.field(
        description="The saved payment method that it charges; null when a token was given for it alone."
    )
    refunded: MoneyType = strawberry.field(
        description="What was given back of it, or is on its way back; see `refunds`."
    )
    reversed: MoneyType = strawberry.field(
        description="What the payer's bank or a refund at the gateway took out of the balance again."
    )

    sealed_secret: strawberry.Private[bytes | None] = None

    @strawberry.field(
        description="What the gateway's browser library needs for `nextAction` AUTHENTICATE; null otherwise. It lets "
        "its holder see this payment at the gateway and complete it: hand it to nobody but the payer.",
        metadata=declare(WRITE),
    )
    def client_secret(self, info: Info) -> str | None:
        return opened(info.context.read, CLIENT_SECRET_COLUMN, self.sealed_secret)

    @classmethod
    def of(cls, top_up: TopUpRow) -> TopUpType:
        currency = Currency[top_up.currency]
        received_minor, failure, action = top_up.received_minor, top_up.failure_code, top_up.next_action
        method_id = top_up.method_id
        return cls(
            id=strawberry.ID(top_up.id),
            transaction_id=strawberry.ID(top_up.transaction_id),
            created_at=top_up.created_at,
            updated_at=top_up.updated_at,
            amount=MoneyType.of(Money(top_up.amount_minor, currency)),
            received=None if received_minor is None else MoneyType.of(Money(received_minor, currency)),
            status=TopUpStatusEnum[top_up.status],
            failure_code=None if failure is None else FailureCodeEnum[failure],
            next_action=None if action is None else NextActionEnum[action],
            sealed_secret=top_up.client_secret,
            purpose=TopUpPurposeEnum[top_up.purpose],
            payment_method_id=None if method_id is None else strawberry.ID(method_id),
            refunded=MoneyType.of(Money(top_up.refunded_minor, currency)),
            reversed=MoneyType.of(Money(top_up.reversed_minor, currency)),
        )


@exposes(OWN)
@strawberry.type(description="One message of `topUpChanged`.")
class TopUpUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(
        description="The account's sequence of this message; give it as `after` to resume behind it."
    )
    top_up: TopUpType | None = strawberry.field(
        description="The top-up as it was right after this change. In a snapshot or a reset the one that was asked "
        "for as it is now, null when all are watched."
    )
    newest: list[TopUpType] = strawberry.field(
        description="In a snapshot or a reset of all top-ups the 20 newest; else empty."
    )


@exposes(OPEN)
@strawberry.type(description="A payment token of the sandbox gateway, and the story that it plays.")
class SandboxToken:
    token: str = strawberry.field(description="Give it as the token of a payment or of `savePaymentMethod`.")
    description: str = strawberry.field(description="What happens to the payment.")


def opened(read: Read, column: str, sealed: bytes | None) -> str | None:
    """A sealed text; None when there is none, or it was erased."""
    try:
        return read.open(column, sealed) if sealed is not None else None
    except Shredded:
        return None
