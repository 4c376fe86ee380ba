"""The schema and the application: `uvicorn benchmarks.stock.app:app`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.schema.config import StrawberryConfig

from benchmarks.stock.context import Context, Info, account_of
from benchmarks.stock.database import dispose, read_session
from benchmarks.stock.types import (
    SCALARS,
    BalanceUpdate,
    FeedMode,
    RecordUsageInput,
    RecordUsageResult,
    Unit,
    Viewer,
)
from benchmarks.stock.usage import balances, channel, record_usage
from server.wallet.model import Wallet


@strawberry.type
class Query:
    @strawberry.field
    def viewer(self) -> Viewer:
        return Viewer()


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def record_usage(self, info: Info, input: RecordUsageInput) -> RecordUsageResult:
        return await record_usage(info.context.account_id, input)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def balance(
        self, info: Info, unit: Unit, mode: FeedMode = FeedMode.EVERY
    ) -> AsyncGenerator[BalanceUpdate, None]:
        account_id = info.context.account_id
        with balances.listen(channel(account_id, unit.value)) as queue:
            query = select(Wallet).where(Wallet.account_id == account_id, Wallet.unit == unit.value)
            async with read_session() as session:
                snapshot = BalanceUpdate.snapshot((await session.scalars(query)).one())
            yield snapshot
            while True:
                update = await queue.get()
                if update.sequence > snapshot.sequence:
                    yield update


class Application(GraphQL[Context, None]):
    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        account_id = await account_of(request.headers.get("authorization"))
        if account_id is None:
            raise HTTPException(401)
        return Context(account_id)


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    yield
    await dispose()


_config: dict[str, Any] = {"config": StrawberryConfig(scalar_map=SCALARS)}
schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, **_config)
_graphql: Any = Application(schema, graphql_ide=None)

app = Starlette(
    routes=[Route("/graphql", _graphql, methods=["POST"]), WebSocketRoute("/graphql", _graphql)],
    lifespan=_lifespan,
)
