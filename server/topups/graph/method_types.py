"""Payment methods as the API shows them, as lists of the account and by id."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from server.accounts.graph import Account
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import Node
from server.kit.work import Read
from server.topups.graph.enums import MethodFailureEnum, MethodStatusEnum, NextActionEnum, SavedForEnum
from server.topups.graph.types import OWN, READ, WRITE, opened
from server.topups.reads.methods import (
    CLIENT_SECRET_COLUMN,
    MethodRow,
    last4,
    method,
    methods_of_account,
    valid_method,
)
from server.topups.rules import Terms


@exposes(OWN)
@strawberry.type(
    name="PaymentMethod",
    description="A payment method that a gateway keeps for later payments. The card's number is not known here.",
)
class PaymentMethodType(Node):
    status: MethodStatusEnum = strawberry.field(description="Where it is.")
    saved_for: SavedForEnum = strawberry.field(description="Why it is kept.")
    is_default: bool = strawberry.field(
        description="Whether it is charged where no other is named. One of the account's active ones is."
    )
    next_action: NextActionEnum | None = strawberry.field(
        description="What the payer has to do before it is saved; null when nothing."
    )
    failure_code: MethodFailureEnum | None = strawberry.field(description="Why it was not saved.")
    brand: str | None = strawberry.field(description="The card's scheme; null until it is saved.")
    last4: str | None = strawberry.field(description="The last four digits of the card; null until saved.")
    exp_month: int | None = strawberry.field(description="The month in which the card expires, 1 to 12.")
    exp_year: int | None = strawberry.field(description="The year in which the card expires.")
    expires_at: datetime | None = strawberry.field(
        description="The first instant at which it cannot be charged any more."
    )
    created_at: datetime = strawberry.field(description="When it was given.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    sealed_secret: strawberry.Private[bytes | None] = None

    @strawberry.field(
        description="What the gateway's browser library needs for `nextAction` AUTHENTICATE; null otherwise. Hand it "
        "to nobody but the payer.",
        metadata=declare(WRITE),
    )
    def client_secret(self, info: Info) -> str | None:
        return opened(info.context.read, CLIENT_SECRET_COLUMN, self.sealed_secret)

    @classmethod
    def of(cls, read: Read, row: MethodRow) -> PaymentMethodType:
        failure, action = row.failure_code, row.next_action
        return cls(
            id=strawberry.ID(row.id),
            status=MethodStatusEnum[row.status],
            saved_for=SavedForEnum[row.saved_for],
            is_default=row.is_default,
            next_action=None if action is None else NextActionEnum[action],
            failure_code=None if failure is None else MethodFailureEnum[failure],
            brand=row.brand,
            last4=last4(read, row),
            exp_month=row.exp_month,
            exp_year=row.exp_year,
            expires_at=row.expires_at,
            created_at=row.created_at,
            updated_at=row.updated_at,
            sealed_secret=row.client_secret if action is not None else None,
        )


@strawberry.type
class PaymentMethodQueries:
    @strawberry.field(
        description="One payment method of the signed-in account; null when there is no such one.",
        metadata=declare(READ),
    )
    def payment_method(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The payment method's id, `pm_…`.")],
    ) -> PaymentMethodType | None:
        return load(info, id)


@strawberry.field(
    description="The account's payment methods, the newest first: active, expired, and those that are being saved.",
    metadata=declare(READ),
)
def payment_methods(account: strawberry.Parent[Account], info: Info) -> list[PaymentMethodType]:
    return listed(info.context.read, account.id)


@strawberry.field(
    description="The payment method that is charged where no other is named; null when none can be charged.",
    metadata=declare(READ),
)
def default_payment_method(account: strawberry.Parent[Account], info: Info) -> PaymentMethodType | None:
    row = valid_method(info.context.read, account.id)
    return PaymentMethodType.of(info.context.read, row) if row is not None else None


def listed(read: Read, account_id: str) -> list[PaymentMethodType]:
    """What `paymentMethods` shows."""
    rows = methods_of_account(read, account_id, read.terms(Terms).payment_methods_max)
    return [PaymentMethodType.of(read, row) for row in rows]


def load(info: Info, id: str) -> PaymentMethodType | None:
    """The signed-in account's payment method."""
    row = method(info.context.read, account_of(info), id)
    return PaymentMethodType.of(info.context.read, row) if row is not None else None
