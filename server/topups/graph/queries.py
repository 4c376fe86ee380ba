"""Top-ups by id, as a list of the account, and the sandbox's tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.topups import reads
from server.topups.adapters.sandbox import TOKENS, Sandbox
from server.topups.graph.enums import TopUpStatusEnum
from server.topups.graph.method_types import (
    PaymentMethodType,
    default_payment_method,
    load,
    payment_methods,
)
from server.topups.graph.refunds import refunds
from server.topups.graph.types import OPEN, READ, SandboxToken, TopUpType
from server.topups.rules.outcomes import TopUpStatus


@strawberry.type
class TopUpQueries:
    @strawberry.field(
        description="One top-up of the signed-in account; null when there is no such one.",
        metadata=declare(READ),
    )
    def top_up(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The top-up's id, `top_…`.")],
    ) -> TopUpType | None:
        return _load(info, id)

    @strawberry.field(
        description="The payment tokens of the sandbox gateway; empty where it is switched off.",
        metadata=declare(OPEN),
    )
    def sandbox_tokens(self, info: Info) -> list[SandboxToken]:
        if not info.context.services.get(Sandbox).enabled:
            return []
        return [SandboxToken(token=token, description=story) for token, story in TOKENS.items()]


@strawberry.field(description="The account's top-ups, newest first.", metadata=declare(READ))
def top_ups(
    account: strawberry.Parent[Account],
    info: Info,
    first: First = 20,
    after: After = None,
    status: Annotated[
        TopUpStatusEnum | None, strawberry.argument(description="Only those that are in this status.")
    ] = None,
) -> Connection[TopUpType]:
    only = TopUpStatus[status.name] if status is not None else None
    rows = reads.top_ups_of_account(info.context.read, account.id, rows_wanted(first), key_after(after), only)
    return page(rows, first, after, TopUpType.of, lambda row: row.id)


def _node(info: Info, id: str) -> TopUpType | None:
    return None if READ.denial(info.context.viewer) else _load(info, id)


def _load(info: Info, id: str) -> TopUpType | None:
    top_up = reads.top_up(info.context.read, account_of(info), id)
    return TopUpType.of(top_up) if top_up is not None else None


def _method_node(info: Info, id: str) -> PaymentMethodType | None:
    return None if READ.denial(info.context.viewer) else load(info, id)


EXTENSIONS: list[tuple[type, StrawberryField]] = [
    (Account, top_ups),
    (Account, payment_methods),
    (Account, default_payment_method),
    (TopUpType, refunds),
]
NODES: Mapping[str, NodeLoader] = {"top": _node, "pm": _method_node}
