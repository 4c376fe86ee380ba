"""A small world for the transports: a schema, and an engine, authenticator and hub that tests direct."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from itertools import count
from typing import Any

import orjson
import uvicorn
from graphql import (
    ExecutionResult,
    GraphQLError,
    OperationType,
    build_schema,
    execute,
    get_operation_ast,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values
from starlette.applications import Starlette

from server.gateway.engine.errors import RequestError
from server.gateway.gateway import Gateway
from server.gateway.limits import GatewayLimits
from server.gateway.operations import Ports
from server.gateway.ports import Engine, RequestFacts
from server.gateway.server import GracefulServer, uvicorn_options
from server.gateway.tcp_connections import TcpConnections
from server.kit.graph.context import Context, Cookie
from server.kit.graph.sink import CloseReason, Sink
from server.kit.problems import overloaded
from server.kit.registry import Registry
from server.kit.viewer import Credentials, Viewer

SCHEMA = build_schema("""
type Query { hello(name: String! = "world"): String!, echo(value: Int!): Int!, viewer: String,
             language: String!, fails: String, hangs: String }
type Mutation { increase: Int!, hangingIncrease: Int!, signIn: String!, breaks: Int! }
type Subscription { ticks: Int!, refused: Int!, breaks: Int!, hangs: Int! }
""")


@dataclass(frozen=True)
class TestPrepared:
    __test__ = False
    document: Any
    kind: OperationType
    operation_name: str | None
    variables: dict[str, Any]
    field: str
    after: int | None = None
    cost: int = 100

    def resumed(self, after: int) -> TestPrepared:
        return replace(self, after=after)


@dataclass
class TestResult:
    __test__ = False
    result: ExecutionResult
    extensions: dict[str, Any] | None = None
    cost: int = 60

    def encode(self) -> bytes:
        extensions = {"extensions": self.extensions} if self.extensions else {}
        return orjson.dumps({**self.result.formatted, **extensions})


@dataclass
class World:
    """Engine, authenticator and live hub in one, and what tests need to see of them."""

    counter: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)
    valid: dict[str, Viewer] = field(default_factory=dict)
    sinks: list[Sink] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def prepare(
        self, query: str, operation_name: str | None, variables: dict[str, Any] | None, *, request_id: str
    ) -> TestPrepared:
        if "#bug" in query:
            raise ZeroDivisionError("a bug with a secret in it")
        try:
            document = parse(query)
        except GraphQLError as error:
            raise RequestError([error]) from None
        errors = validate(SCHEMA, document)
        operation = get_operation_ast(document, operation_name)
        if not errors and operation is None:
            errors = [GraphQLError("Unknown operation.")]
        if errors or operation is None:
            raise RequestError(errors)
        values = get_variable_values(SCHEMA, operation.variable_definitions or (), variables or {})
        if isinstance(values, list):
            raise RequestError(values)
        first: Any = operation.selection_set.selections[0]
        return TestPrepared(document, operation.operation, operation_name, variables or {}, first.name.value)

    async def execute(self, prepared: TestPrepared, context: Context) -> TestResult:
        result = execute(
            SCHEMA, prepared.document, Root(self), context, prepared.variables, prepared.operation_name
        )
        return TestResult(await result if isawaitable(result) else result)  # type: ignore[arg-type]

    async def authenticate(self, credentials: Credentials) -> Viewer | None:
        if credentials.bearer == "overload":
            raise overloaded("sign-in", 7)
        return self.valid.get(credentials.bearer or credentials.session_cookie or "")

    async def subscribe(self, prepared: TestPrepared, context: Context, sink: Sink) -> Leave:
        if prepared.field == "refused":
            raise GraphQLError("Not yours.", extensions={"code": "FORBIDDEN"})
        if prepared.field == "breaks":
            raise ZeroDivisionError("a bug with a secret in it")
        if prepared.field == "hangs":
            await asyncio.Event().wait()
        if prepared.after is not None:
            sink.send(orjson.dumps({"data": {"ticks": prepared.after + 1}}), prepared.after + 1)
        self.sinks.append(sink)
        await self._tell()
        return Leave(self, sink)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def subscribers(self, number: int) -> None:
        """Wait until there are exactly so many."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: len(self.sinks) == number)

    def publish(self, number: int, filling: str = "") -> None:
        extensions = {"extensions": filling} if filling else {}
        payload = orjson.dumps({"data": {"ticks": number}, **extensions})
        for sink in list(self.sinks):
            sink.send(payload, number)

    def close(self, reason: CloseReason, message: str = "") -> None:
        ended, self.sinks = self.sinks, []
        for sink in ended:
            sink.close(reason, message)
            sink.send(b'{"data":{"ticks":-1}}', 0)  # nothing may come after the end


@dataclass
class Leave:
    world: World
    sink: Sink

    async def cancel(self) -> None:
        if self.sink in self.world.sinks:
            self.world.sinks.remove(self.sink)
            await self.world._tell()


@dataclass
class Root:
    world: World

    def hello(self, info: Any, name: str) -> str:
        return f"Hello {name}"

    def echo(self, info: Any, value: int) -> int:
        return value

    def viewer(self, info: Any) -> str | None:
        return info.context.viewer.account_id  # type: ignore[no-any-return]

    def language(self, info: Any) -> str:
        return info.context.language  # type: ignore[no-any-return]

    def fails(self, info: Any) -> str:
        raise GraphQLError("A field failed.", extensions={"code": "UNAUTHENTICATED"})

    async def hangs(self, info: Any) -> None:
        await self.world.release.wait()

    async def increase(self, info: Any) -> int:
        self.world.counter += 1
        return self.world.counter

    async def hangingIncrease(self, info: Any) -> int:  # noqa: N802
        await self.world.release.wait()
        return await self.increase(info)

    async def breaks(self, info: Any) -> int:
        raise RuntimeError

    async def signIn(self, info: Any) -> str:  # noqa: N802
        info.context.cookies.append(Cookie("postmeter_session", "secret", 3600))
        return "ok"


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what announces itself by no event."""
    for _ in range(2_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


@dataclass
class Running:
    """A gateway behind a real socket."""

    world: World
    gateway: Gateway
    server: uvicorn.Server
    tcp_connections: TcpConnections

    @property
    def port(self) -> int:
        return self.server.servers[0].sockets[0].getsockname()[1]  # type: ignore[no-any-return]

    @property
    def sockets_open(self) -> int:
        """Connections that the HTTP server still keeps a file descriptor for."""
        return len(self.server.server_state.connections)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/graphql"

    @property
    def socket_url(self) -> str:
        return f"ws://{self.host}/graphql"

    async def all_gone(self) -> None:
        """Wait until no connection is left."""
        await until(lambda: self.gateway.connections_open == 0)

    async def mutations_settled(self) -> None:
        await until(lambda: self.gateway.mutations_in_flight == 0)


class QuietServer(GracefulServer):
    """Leaves the signals to pytest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def make_context(viewer: Viewer, facts: RequestFacts) -> Context:
    return Context(
        units=None,  # type: ignore[arg-type]
        services=Registry(),
        viewer=viewer,
        request_id=facts.request_id,
        language=facts.language,
        remote_address=facts.remote_address,
        user_agent=facts.user_agent,
    )


async def ide(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<h1>IDE</h1>"})


@asynccontextmanager
async def serving(
    limits: GatewayLimits | None = None, *, engine: Engine | None = None, **ports: Any
) -> AsyncIterator[Running]:
    limits = limits or GatewayLimits()
    world = World()
    world.valid = {"good": Viewer(account_id="acc_1"), "cookie": Viewer(account_id="acc_2")}
    ids = count(1)
    gateway = Gateway(
        Ports(
            engine=engine or world,
            live=world,
            authenticator=world,
            make_context=make_context,
            new_request_id=lambda: f"req_{next(ids)}",
            limits=limits,
            **ports,
        ),
        ide,
    )
    tcp_connections = TcpConnections(limits.tcp_connections_per_address_max)
    config = uvicorn.Config(
        Starlette(routes=gateway.routes("/graphql")),
        host="127.0.0.1",
        port=0,
        log_level="error",
        lifespan="off",
        **uvicorn_options(limits, tcp_connections),
    )
    server = QuietServer(config, gateway.shutdown)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield Running(world, gateway, server, tcp_connections)
    finally:
        world.release.set()
        server.should_exit = True
        await task
    assert gateway.connections_open == 0
    assert gateway.mutations_in_flight == 0
    assert len(tcp_connections) == 0
