"""Two servers of one database as processes, and the bus between them, which passes a relay that can be harmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.databases import Databases
from tests.faults.client import Api, connected, customer
from tests.faults.processes import Process
from tests.fleet.engines import NatsServer, Relay

BUSES = ("postgresql", "nats")


@dataclass
class Wires:
    """One bus: `url` leads through the relay, `direct_url` does not."""

    bus: str
    url: str
    direct_url: str
    relay: Relay
    nats: NatsServer | None = None

    def kill(self) -> None:
        """NATS itself goes; PostgreSQL, which has the data as well, is only not to be reached as bus."""
        self.relay.cut()
        if self.nats is not None:
            self.nats.kill()

    def restart(self) -> None:
        if self.nats is not None:
            self.nats.start()
        self.relay.mend()


@dataclass
class Fleet:
    """Two servers, and a customer of both."""

    wires: Wires
    database_url: str
    one: Process
    other: Process
    token: str = ""
    login: str = field(default="", repr=False)

    @asynccontextmanager
    async def apis(self, *, fresh: bool = False) -> AsyncIterator[tuple[Api, Api]]:
        """The same customer at each of the servers; a new one where the balance matters."""
        async with connected(self.one.origin) as here, connected(self.other.origin) as there:
            if fresh:
                api = await customer(here)
            else:
                api = Api(here, self.token, self.login)
            yield api, Api(there, api.token, api.login)


@pytest.fixture(scope="session")
def nats_server() -> Iterator[NatsServer]:
    """A NATS of this test session."""
    server = NatsServer()
    server.start()
    yield server
    server.kill()


@contextmanager
def new_database(postgres_server: str, databases: Databases) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database, for fixtures that are not asynchronous."""
    with asyncio.Runner() as runner:
        made = databases.postgres(postgres_server)
        yield runner.run(made.__aenter__())
        runner.run(made.__aexit__(None, None, None))


@contextmanager
def wires_of(bus: str, database_url: str, nats_server: NatsServer) -> Iterator[Wires]:
    """The bus of that kind, behind a relay."""
    if bus == "nats":
        relay = Relay("127.0.0.1", nats_server.port)
        wires = Wires(bus, f"nats://127.0.0.1:{relay.port}", nats_server.url, relay, nats_server)
    else:
        parts = urlsplit(database_url)
        relay = Relay(f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432")
        through = f"postgresql://postgres@127.0.0.1:{relay.port}{parts.path}?ssl=disable"
        wires = Wires(bus, through, database_url, relay)
    yield wires
    relay.stop()


@pytest.fixture(scope="module", params=BUSES)
def fleet(
    request: pytest.FixtureRequest,
    postgres_server: str,
    nats_server: NatsServer,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Fleet]:
    """Two servers that the tests of a module share, on each of the buses."""
    folder = tmp_path_factory.mktemp("fleet")
    with (
        new_database(postgres_server, databases) as url,
        new_database(postgres_server, databases) as keys_url,
        wires_of(request.param, url, nats_server) as wires,
    ):
        fleet = Fleet(wires, url, *(_server(folder, url, keys_url, wires) for _ in range(2)))
        try:
            fleet.one.start()
            fleet.other.start()
            asyncio.run(_give_customer(fleet))
            yield fleet
        finally:
            fleet.one.end()
            fleet.other.end()


def _server(folder: Path, url: str, keys_url: str, wires: Wires) -> Process:
    variables = {"POSTMETER_KEY_STORE_URL": keys_url, "POSTMETER_BUS_URL": wires.url}
    return Process(folder, url, variables=variables)


async def _give_customer(fleet: Fleet) -> None:
    async with connected(fleet.one.origin) as http:
        api = await customer(http, "5000.00")
        fleet.token, fleet.login = api.token, api.login
