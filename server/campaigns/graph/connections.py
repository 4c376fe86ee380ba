"""Connections of providers: the account's own, and for the staff the operator's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.campaigns.actions import connections as actions
from server.campaigns.adapters.postmark import USER
from server.campaigns.graph.connection_types import (
    OPERATOR,
    READ,
    WRITE,
    EventConnectionLimitReached,
    EventConnectionNotFound,
    EventConnectionType,
    EventCredentialInvalid,
    EventProviderEnum,
)
from server.campaigns.reads import connections as reads
from server.campaigns.rules.connections import EventProvider
from server.kit.graph.access import declare, exposes
from server.kit.graph.connections import After, Connection, First, key_after, page, rows_wanted
from server.kit.graph.context import Info
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.node import NodeLoader
from server.kit.work import Work

_ASKED = strawberry.argument(description="What is asked for.")
_CREDENTIAL = (
    "What the provider shows to verify its deliveries by: SendGrid's verification key, Mailgun's webhook signing key, "
    "or the ARN of the topic of Amazon SNS. Null for Postmark, whose password is made here."
)


@strawberry.input(description="Which provider shall report.")
class CreateEventConnectionInput:
    provider: EventProviderEnum = strawberry.field(description="The provider.")
    credential: str | None = strawberry.field(default=None, description=_CREDENTIAL)


@strawberry.input(description="Which connection gets another secret. The old one is good for another hour.")
class RotateEventConnectionSecretInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection, not revoked.")
    credential: str | None = strawberry.field(default=None, description=_CREDENTIAL)


@strawberry.input(description="Which connection is ended, with both of its secrets.")
class RevokeEventConnectionInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection, not revoked.")


@exposes(OUTCOME)
@strawberry.type(description="User name and password of the webhook's URL. They are shown this once.")
class EventConnectionLogin:
    user: str = strawberry.field(description="The user name.")
    secret: str = strawberry.field(description="The password, 256 random bits.")


@exposes(OUTCOME)
@strawberry.type(description="The provider may report; let it post to the connection's `path`.")
class EventConnectionOpened:
    connection: EventConnectionType = strawberry.field(description="The connection.")
    login: EventConnectionLogin | None = strawberry.field(
        description="What Postmark must send (HTTP basic authentication); null for the others, which sign."
    )

    @classmethod
    def of(cls, opened: actions.Opened) -> EventConnectionOpened:
        password = opened.password
        login = None if password is None else EventConnectionLogin(user=USER, secret=password)
        return cls(connection=EventConnectionType.of(opened.row), login=login)


@exposes(OUTCOME)
@strawberry.type(description="Nothing is taken over the connection any more.")
class EventConnectionRevoked:
    connection: EventConnectionType = strawberry.field(description="The connection.")


CreateEventConnectionResult = Annotated[
    EventConnectionOpened | EventCredentialInvalid | EventConnectionLimitReached,
    strawberry.union("CreateEventConnectionResult", description="The connection, or why there is none."),
]
RotateEventConnectionSecretResult = Annotated[
    EventConnectionOpened | EventCredentialInvalid | EventConnectionNotFound,
    strawberry.union(
        "RotateEventConnectionSecretResult", description="The connection, or why it is as it was."
    ),
]
RevokeEventConnectionResult = Annotated[
    EventConnectionRevoked | EventConnectionNotFound,
    strawberry.union("RevokeEventConnectionResult", description="What became of `revokeEventConnection`."),
]


@strawberry.type
class ConnectionQueries:
    @strawberry.field(
        description="The operator's own connections, whose events decide bills, newest first. For the staff.",
        metadata=declare(OPERATOR),
    )
    def operator_event_connections(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[EventConnectionType]:
        return _page(info, None, first, after)


@strawberry.type
class ConnectionMutations:
    @strawberry.mutation(
        description="Let a provider report what became of messages of the account's own campaigns.",
        metadata=declare(WRITE),
    )
    async def create_event_connection(
        self, info: Info, input: Annotated[CreateEventConnectionInput, _ASKED]
    ) -> CreateEventConnectionResult:
        return await _create(info, _account_of(info), input)

    @strawberry.mutation(
        description="Let a provider report for the operator: of all campaigns, and what it accepts is paid for. For "
        "the staff.",
        metadata=declare(OPERATOR),
    )
    async def create_operator_event_connection(
        self, info: Info, input: Annotated[CreateEventConnectionInput, _ASKED]
    ) -> CreateEventConnectionResult:
        return await _create(info, None, input)

    @strawberry.mutation(
        description="Give a connection of the account another secret.", metadata=declare(WRITE)
    )
    async def rotate_event_connection_secret(
        self, info: Info, input: Annotated[RotateEventConnectionSecretInput, _ASKED]
    ) -> RotateEventConnectionSecretResult:
        return await _rotate(info, _account_of(info), input)

    @strawberry.mutation(
        description="Give a connection of the operator another secret. For the staff.",
        metadata=declare(OPERATOR),
    )
    async def rotate_operator_event_connection_secret(
        self, info: Info, input: Annotated[RotateEventConnectionSecretInput, _ASKED]
    ) -> RotateEventConnectionSecretResult:
        return await _rotate(info, None, input)

    @strawberry.mutation(description="End a connection of the account at once.", metadata=declare(WRITE))
    async def revoke_event_connection(
        self, info: Info, input: Annotated[RevokeEventConnectionInput, _ASKED]
    ) -> RevokeEventConnectionResult:
        return await _revoke(info, _account_of(info), input)

    @strawberry.mutation(
        description="End a connection of the operator at once. For the staff.", metadata=declare(OPERATOR)
    )
    async def revoke_operator_event_connection(
        self, info: Info, input: Annotated[RevokeEventConnectionInput, _ASKED]
    ) -> RevokeEventConnectionResult:
        return await _revoke(info, None, input)


@strawberry.field(
    description="The webhooks over which the account's providers report, newest first.",
    metadata=declare(READ),
)
def event_connections(
    account: strawberry.Parent[Account], info: Info, first: First = 20, after: After = None
) -> Connection[EventConnectionType]:
    return _page(info, account.id, first, after)


async def _create(info: Info, account_id: str | None, asked: CreateEventConnectionInput) -> Any:
    provider = EventProvider[asked.provider.name]

    def create(work: Work) -> actions.Opened:
        return actions.create_connection(work, account_id, provider, asked.credential)

    return await run(info, create, _opened)


async def _rotate(info: Info, account_id: str | None, asked: RotateEventConnectionSecretInput) -> Any:
    def rotate(work: Work) -> actions.Opened:
        return actions.rotate_secret(work, account_id, asked.connection_id, asked.credential)

    return await run(info, rotate, _opened)


async def _revoke(info: Info, account_id: str | None, asked: RevokeEventConnectionInput) -> Any:
    def revoke(work: Work) -> reads.ConnectionRow:
        return actions.revoke_connection(work, account_id, asked.connection_id)

    def present(_work: Work, row: reads.ConnectionRow) -> EventConnectionRevoked:
        return EventConnectionRevoked(connection=EventConnectionType.of(row))

    return await run(info, revoke, present)


def _opened(_work: Work, opened: actions.Opened) -> EventConnectionOpened:
    return EventConnectionOpened.of(opened)


def _page(
    info: Info, account_id: str | None, first: int, after: str | None
) -> Connection[EventConnectionType]:
    rows = reads.connections_of(info.context.read, account_id, rows_wanted(first), key_after(after))
    return page(rows, first, after, EventConnectionType.of, lambda row: row.id)


def _node(info: Info, id: str) -> EventConnectionType | None:
    viewer = info.context.viewer
    row = reads.connection(info.context.read, id)
    if row is None:
        return None
    is_own = row.account_id == viewer.account_id and READ.denial(viewer) is None
    is_operators = row.account_id is None and OPERATOR.denial(viewer) is None
    return EventConnectionType.of(row) if is_own or is_operators else None


def _account_of(info: Info) -> str:
    account_id = info.context.viewer.account_id
    assert account_id is not None, "these fields are for the signed-in"
    return account_id


EXTENSIONS: list[tuple[type, StrawberryField]] = [(Account, event_connections)]
NODES: Mapping[str, NodeLoader] = {reads.PREFIX: _node}
