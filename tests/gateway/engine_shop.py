"""A small schema with access, batches, mutations and a subscription, and a way to run it."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any

import pytest
import strawberry

from server.gateway.engine import Engine, RequestError, Result
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Context
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from tests.gateway.engine_schema import MEMBERS, OPEN, STAFF, context

MEMBER = Viewer(account_id="acc_1")
CLERK = Viewer(account_id="acc_2", staff_roles=frozenset({"support"}))


@dataclass
class Calls:
    """What the resolvers of this module did, registered as a service of the context."""

    seen: list[Any] = field(default_factory=list)


def calls(info: strawberry.Info) -> list[Any]:
    seen: list[Any] = info.context.services.get(Calls).seen
    return seen


def prices(parents: Sequence[Item], info: strawberry.Info, currency: str) -> list[Any]:
    calls(info).append([item.name for item in parents])
    return [ValueError("no price") if item.name == "free" else f"{item.name} {currency}" for item in parents]


def short(parents: Sequence[Item], info: strawberry.Info) -> list[str]:
    return ["only one"]


def busy(parents: Sequence[Item], info: strawberry.Info) -> list[str]:
    raise PublicError("OVERLOADED", "Try again.", retryAfterSeconds=3)


@strawberry.enum
class Size(enum.Enum):
    SMALL = "s"


@exposes(OPEN)
@strawberry.type
class Item:
    name: str
    amount: Decimal = Decimal("1.10")
    secret: str = strawberry.field(default="s", metadata=declare(MEMBERS))
    margin: str | None = strawberry.field(default="m", metadata=declare(STAFF))

    @strawberry.field(metadata=declare(batch=prices))
    def price(self, currency: str = "EUR") -> str | None: ...

    @strawberry.field(metadata=declare(batch=short))
    def short(self) -> str | None: ...

    @strawberry.field(metadata=declare(batch=busy))
    def busy(self) -> str | None: ...

    @strawberry.field
    def from_read(self, info: strawberry.Info[Context, None]) -> str:
        return type(info.context.read).__name__

    @strawberry.field
    def buggy(self) -> str | None:
        raise KeyError("password is hunter2")


@strawberry.type
class Bare:
    forgotten: str = "x"


@exposes(MEMBERS)
@strawberry.type
class Vault:
    gold: int = 5


@strawberry.input
class MakeItem:
    name: str
    size: Size = Size.SMALL


@exposes(OPEN)
@strawberry.type
class NameTaken:
    name: str


Made = Annotated[Item | NameTaken, strawberry.union("Made")]


@exposes(OPEN)
@strawberry.type
class Query:
    @strawberry.field
    def items(self, info: strawberry.Info) -> list[Item | None]:
        return [Item(name="pen"), None, Item(name="free"), Item(name="ink")]

    @strawberry.field(metadata=declare(MEMBERS))
    def vault(self, info: strawberry.Info) -> Vault | None:
        calls(info).append("vault")
        return Vault()

    @strawberry.field
    def bare(self) -> Bare | None:
        return Bare()

    @strawberry.field
    def made(self) -> Made:
        return Item(name="pen")

    @strawberry.field
    def selected(self, info: strawberry.Info, number: int = 1) -> list[str]:
        return [child.name for child in info.selected_fields[0].selections] + [
            str(info.variable_values), str(info.path.as_list()), info.operation.operation.value
        ]  # fmt: skip


@exposes(OPEN)
@strawberry.type
class Mutation:
    @strawberry.mutation
    async def make(self, info: strawberry.Info, input: MakeItem) -> Made:
        await asyncio.sleep(0)
        calls(info).append((input.name, input.size))
        if input.name == "broken":
            raise RuntimeError("broken")
        return NameTaken(name=input.name) if input.name == "taken" else Item(name=input.name)

    @strawberry.mutation
    async def maybe(self, info: strawberry.Info, input: MakeItem) -> Item | None:
        calls(info).append(input.name)
        if input.name == "busy":
            raise PublicError("OVERLOADED", "Try again.", retryAfterSeconds=3)
        return Item(name=input.name)

    @strawberry.mutation(metadata=declare(MEMBERS))
    async def guarded(self, info: strawberry.Info) -> bool | None:
        calls(info).append("guarded")
        return True


def open_feed(info: strawberry.Info, wallet: str, after: int | None = None) -> Any:
    if wallet == "none":
        raise PublicError("NOT_FOUND", "No such wallet.")
    if wallet == "bug":
        raise RuntimeError("bug")
    return SimpleNamespace(key=wallet, after=after)


@exposes(MEMBERS)
@strawberry.type
class Subscription:
    @strawberry.subscription(metadata=declare(feed=open_feed))
    def item(self, wallet: str, after: int | None = None) -> AsyncIterator[Item]: ...


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
engine = Engine(schema)


async def run(
    query: str, viewer: Viewer = MEMBER, at: Context | None = None, **variables: Any
) -> tuple[Result, list[Any]]:
    at = at or context(viewer)
    seen = Calls()
    at.services.add(seen)
    return await engine.execute(engine.prepare(query, None, variables), at), seen.seen


def codes(result: Result) -> list[tuple[Any, ...]]:
    return [(*error["path"], error["extensions"]["code"]) for error in result.errors or ()]


def refusal(query: Any, name: Any = None, variables: Any = None, using: Engine = engine) -> tuple[str, str]:
    with pytest.raises(RequestError) as refused:
        using.prepare(query, name, variables)
    error = refused.value.errors[0]
    assert refused.value.payload()["errors"][0]["message"] == error.message
    return (error.extensions or {})["code"], error.message
