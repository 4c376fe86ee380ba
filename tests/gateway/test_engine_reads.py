"""Resolvers read the real database: one snapshot a query, closed when the query is done."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
import strawberry
from sqlalchemy import column, literal, select, table, union_all

from server.gateway.engine import Engine
from server.kit.db import Prepared
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Context, Info
from server.kit.registry import Registry
from server.kit.work import Units
from tests.gateway.engine_schema import OPEN

pytestmark = pytest.mark.anyio


def squares(parents: Sequence[Number], info: Info) -> list[int]:
    statement = union_all(*(select(literal(each.value) * literal(each.value)) for each in parents))
    return [row[0] for row in info.context.read.rows(statement)]


@exposes(OPEN)
@strawberry.type
class Number:
    value: int

    @strawberry.field(metadata=declare(batch=squares))
    def square(self) -> int: ...


@exposes(OPEN)
@strawberry.type
class Query:
    @strawberry.field
    def numbers(self, info: Info) -> list[Number]:
        return [Number(value=info.context.read.scalar(select(literal(n)))) for n in (1, 2, 3)]

    @strawberry.field
    def one_instant(self, info: Info) -> bool:
        return info.context.read.now is info.context.read.now

    @strawberry.field
    def away_from_the_loop(self) -> bool:
        return threading.current_thread() is not threading.main_thread()

    @strawberry.field
    def broken(self, info: Info, prepared: bool) -> int | None:
        if prepared:
            return len(_nowhere.run(info.context.read.connection))
        return len(info.context.read.rows(_from_nowhere))


_from_nowhere = select(column("x")).select_from(table("nowhere"))
_nowhere = Prepared(_from_nowhere)
engine = Engine(strawberry.Schema(query=Query))


async def test_a_query_reads_the_database_through_one_read(units: Units, engine_name: str) -> None:
    context = Context(units=units, services=Registry())
    prepared = engine.prepare("{ numbers { value square } oneInstant awayFromTheLoop }")
    result = await engine.execute(prepared, context)
    assert result.payload() == {
        "data": {
            "numbers": [{"value": n, "square": n * n} for n in (1, 2, 3)],
            "oneInstant": True,
            "awayFromTheLoop": engine_name == "sqlite",
        }
    }
    with pytest.raises(RuntimeError, match="no read is open"):
        _ = context.read


@pytest.mark.parametrize("prepared", ["true", "false"])
async def test_when_the_database_fails_so_does_the_whole_query(units: Units, prepared: str) -> None:
    query = f"{{ numbers {{ value }} broken(prepared: {prepared}) }}"
    result = await engine.execute(engine.prepare(query), Context(units=units, services=Registry()))
    assert result.data is None
    assert [error.keys() for error in result.errors or []] == [{"message", "extensions"}]
