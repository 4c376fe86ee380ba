"""Top-ups in the API: order one, answer its challenge, list them, and follow them live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Annotated, Any

import orjson
import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.events import StoredEvent
from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import FeedEventKind, FeedMode
from server.kit.graph.mutations import (
    IDEMPOTENCY_KEY_DESCRIPTION,
    OUTCOME,
    REPLAYED_DESCRIPTION,
    IdempotencyInProgressProblem,
    IdempotencyKeyInvalidProblem,
    IdempotencyMismatchProblem,
    run_once,
)
from server.kit.graph.node import NodeLoader
from server.kit.graph.scalars import BigInt, MoneyInput
from server.kit.idempotency import Receipt
from server.kit.work import Read, Work
from server.topups import actions, reads, rules
from server.topups.actions.changes import CHANGES
from server.topups.adapters.gateway import Gateways
from server.topups.adapters.sandbox import TOKENS, Sandbox
from server.topups.graph.problems import (
    AmountInvalid,
    AmountTooLarge,
    AmountTooSmall,
    ConfirmationCodeInvalid,
    ConfirmationsTooMany,
    CurrencyNotOffered,
    GatewayUnavailable,
    PaymentTokenInvalid,
    TopUpNotFound,
    TopUpStatusConflict,
    TopUpsTooMany,
)
from server.topups.graph.types import OPEN, READ, WRITE, SandboxToken, TopUpType, TopUpUpdate
from server.topups.rules.outcomes import TopUpStatus


@exposes(OUTCOME)
@strawberry.type(description="The top-up is ordered; `topUpChanged` tells what becomes of it.")
class TopUpCreated:
    top_up: TopUpType = strawberry.field(description="The top-up, as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


@exposes(OUTCOME)
@strawberry.type(description="The answer is on its way to the gateway; `topUpChanged` tells what it says.")
class TopUpConfirmed:
    top_up: TopUpType = strawberry.field(description="The top-up, as it is now.")
    replayed: bool = strawberry.field(description=REPLAYED_DESCRIPTION)


CreateTopUpResult = Annotated[
    TopUpCreated
    | AmountInvalid
    | AmountTooSmall
    | AmountTooLarge
    | CurrencyNotOffered
    | PaymentTokenInvalid
    | GatewayUnavailable
    | TopUpsTooMany
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("CreateTopUpResult", description="What became of `createTopUp`."),
]
ConfirmTopUpResult = Annotated[
    TopUpConfirmed
    | ConfirmationCodeInvalid
    | TopUpNotFound
    | TopUpStatusConflict
    | ConfirmationsTooMany
    | IdempotencyMismatchProblem
    | IdempotencyInProgressProblem
    | IdempotencyKeyInvalidProblem,
    strawberry.union("ConfirmTopUpResult", description="What became of `confirmTopUp`."),
]


@strawberry.input(description="A payment into the balance.")
class CreateTopUpInput:
    amount: MoneyInput = strawberry.field(description="What to pay. What comes of it is credited.")
    payment_token: str = strawberry.field(
        description="A token that a gateway made for a payment method; see `sandboxTokens`. Never a card number."
    )
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


@strawberry.input(description="The payer's answer to a challenge.")
class ConfirmTopUpInput:
    top_up_id: strawberry.ID = strawberry.field(description="The top-up whose `nextAction` is ENTER_CODE.")
    code: str = strawberry.field(description="The code that the payer got, 4 to 12 letters and digits.")
    idempotency_key: str = strawberry.field(description=IDEMPOTENCY_KEY_DESCRIPTION)


class TopUpFeed(EventFeed):
    """The changes of one top-up, or of all of the account."""

    events = CHANGES

    def may_watch(self, read: Read) -> bool:
        return self.subject_id is None or reads.top_up(read, self.account_id, self.subject_id) is not None

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> TopUpUpdate:
        top_up = reads.top_up(read, self.account_id, self.subject_id) if self.subject_id is not None else None
        shown = TopUpType.of(top_up) if top_up is not None else None
        return TopUpUpdate(kind=kind, sequence=BigInt(sequence), top_up=shown)

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[TopUpUpdate]:
        top_ups = reads.top_ups(read, self.account_id, {event.subject_id for event in stored})
        return [
            TopUpUpdate(
                kind=FeedEventKind.CHANGE,
                sequence=BigInt(event.sequence),
                top_up=TopUpType.at(top_ups[event.subject_id], event.at, orjson.loads(event.data)),
            )
            for event in stored
        ]


def _watch(
    info: Info, id: str | None = None, after: int | None = None, mode: FeedMode = FeedMode.EVERY
) -> TopUpFeed:
    return TopUpFeed(_account_id(info), id, after, mode)


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


@strawberry.type
class TopUpMutations:
    @strawberry.mutation(
        description="Order a payment into the balance. It returns at once; the payment runs behind it.",
        metadata=declare(WRITE),
    )
    async def create_top_up(
        self,
        info: Info,
        input: Annotated[CreateTopUpInput, strawberry.argument(description="The payment.")],
    ) -> CreateTopUpResult:
        account_id = _account_id(info)
        gateways = info.context.services.get(Gateways)

        def create(work: Work) -> Receipt:
            money = rules.amount_of(input.amount.amount, input.amount.currency, work.terms(rules.Terms))
            gateway = gateways.of_token(input.payment_token).name
            top_up = actions.create_top_up(work, account_id, money, input.payment_token, gateway)
            return Receipt({"top_up_id": top_up.id})

        return await run_once(info, input, create, _present(account_id, TopUpCreated))  # type: ignore[return-value]

    @strawberry.mutation(
        description="Answer a top-up's challenge with the code that the payer got.", metadata=declare(WRITE)
    )
    async def confirm_top_up(
        self,
        info: Info,
        input: Annotated[ConfirmTopUpInput, strawberry.argument(description="The answer.")],
    ) -> ConfirmTopUpResult:
        account_id = _account_id(info)

        def confirm(work: Work) -> Receipt:
            top_up = actions.confirm_top_up(work, account_id, input.top_up_id, input.code)
            return Receipt({"top_up_id": top_up.id})

        return await run_once(info, input, confirm, _present(account_id, TopUpConfirmed))  # type: ignore[return-value]


@strawberry.type
class TopUpSubscriptions:
    @strawberry.subscription(
        description="Every change of one top-up, or of all of the account, in order and once.",
        metadata=declare(READ, feed=_watch),
    )
    def top_up_changed(
        self,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this top-up; all when null.")
        ] = None,
        after: Annotated[
            BigInt | None,
            strawberry.argument(description="Resume behind this sequence; a snapshot comes first when null."),
        ] = None,
        mode: Annotated[
            FeedMode,
            strawberry.argument(
                description="LATEST skips intermediate changes; without `id`, those of other top-ups too."
            ),
        ] = FeedMode.EVERY,
    ) -> AsyncIterator[TopUpUpdate]: ...


@strawberry.field(description="The account's top-ups, newest first.", metadata=declare(READ))
def top_ups(
    self: strawberry.Parent[Account],
    info: Info,
    first: First = 20,
    after: After = None,
    status: Annotated[
        TopUpStatus | None, strawberry.argument(description="Only those that are in this status.")
    ] = None,
) -> Connection[TopUpType]:
    rows = reads.top_ups_of_account(info.context.read, self.id, rows_wanted(first), key_after(after), status)
    return page(rows, first, after, TopUpType.of, lambda row: row.id)


def _present(account_id: str, payload: type[Any]) -> Callable[[Work, Receipt], Any]:
    def present(work: Work, receipt: Receipt) -> Any:
        top_up = reads.top_up(work, account_id, receipt.facts["top_up_id"])
        assert top_up is not None, "an idempotency key lives no longer than what it made"
        return payload(top_up=TopUpType.of(top_up), replayed=receipt.replayed)

    return present


def _load(info: Info, id: str) -> TopUpType | None:
    top_up = reads.top_up(info.context.read, _account_id(info), id)
    return TopUpType.of(top_up) if top_up is not None else None


def _account_id(info: Info) -> str:
    account_id = info.context.viewer.account_id
    assert account_id is not None, "the fields are for the signed-in"
    return account_id


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, top_ups)]
NODES: Mapping[str, NodeLoader] = {"top": _load}
