"""Two servers behind nginx, by the file of the deployment guide: what clients see, and what they do not notice."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from tests.databases import Databases
from tests.faults.client import WAIT_SECONDS_MAX, Api, Socket, connected, customer, open_stream
from tests.faults.processes import Process
from tests.faults.test_live import EVERY
from tests.faults.test_revocation import FORBIDDEN, ending, refused_everywhere
from tests.faults.test_shutdown import SERVICE_RESTART
from tests.fleet.conftest import new_database
from tests.fleet.nginx import NAME, PROGRAM, Nginx
from tests.fleet.test_two_servers import Watcher, spend
from tests.privacy.test_erasure_graph import CONFIRM, ERASURE, PREVIEW, REQUEST

pytestmark = pytest.mark.skipif(
    PROGRAM is None and os.environ.get("CI") != "true", reason="needs Debian's nginx"
)

SERVER = {
    "POSTMETER_TLS_TERMINATED_BY_PROXY": "true",
    "POSTMETER_DRAIN_SECONDS": "600",  # until it is told again: a test knows when it has been left
}
SIGN_IN = "mutation($i: SignInInput!) { signIn(input: $i) { __typename } }"
ELSEWHERE = "127.0.0.2"
FORGED = "203.0.113.9"
_keys = count(1)


@dataclass
class Site:
    """nginx, and the servers behind it."""

    nginx: Nginx
    database_url: str
    servers: tuple[Process, Process]
    tls: ssl.SSLContext = field(repr=False)
    token: str = field(repr=False)
    login: str = ""

    @asynccontextmanager
    async def client(self, address: str = "127.0.0.1") -> AsyncIterator[httpx.AsyncClient]:
        """One that comes from that address of this machine."""
        transport = httpx.AsyncHTTPTransport(verify=self.tls, local_address=address, trust_env=False)
        async with httpx.AsyncClient(base_url=self.nginx.origin, transport=transport, timeout=60) as http:
            yield http

    async def until_left(self, server: Process) -> None:
        """Ask at `/readyz` until nginx has been told by that server that it leaves."""
        await self._ask_until(f"{urlsplit(server.origin).netloc}, ", " 503, 200 ")

    async def until_back(self, server: Process) -> None:
        """Until nginx sends requests to it again."""
        await asyncio.to_thread(self.nginx.reload)
        await self._ask_until(f" {urlsplit(server.origin).netloc} ", " 200 ")

    async def _ask_until(self, *said: str) -> None:
        """Until nginx has written all that of one question; the answer is good whoever gives it."""
        name = f"ask-{next(_keys)}"
        async with self.client() as http, asyncio.timeout(WAIT_SECONDS_MAX):
            while not any(all(part in line for part in said) for line in self._lines(name)):
                answer = await http.get("/readyz", headers={"x-request-id": name})
                assert answer.status_code == 200, answer.text

    def _lines(self, name: str) -> list[str]:
        return [line for line in self.nginx.log.read_text().splitlines() if line.endswith(f" {name}")]


@pytest.fixture(scope="module")
def site(
    postgres_server: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """What the tests of this module share."""
    folder = tmp_path_factory.mktemp("site")
    with (
        new_database(postgres_server, databases) as url,
        new_database(postgres_server, databases) as keys_url,
    ):
        variables = {**SERVER, "POSTMETER_KEY_STORE_URL": keys_url}
        one, other = (Process(folder, url, variables=variables) for _ in range(2))
        nginx = None
        try:
            for server in (one, other):
                server.start()
                server.port = urlsplit(server.origin).port or 0
            nginx = Nginx(folder, (one.origin, other.origin))
            nginx.wait_started()
            yield Site(nginx, url, (one, other), nginx.tls(), *asyncio.run(new_customer(one)))
        finally:
            for each in (one, other):
                each.end()
            if nginx is not None:
                nginx.stop()


async def new_customer(server: Process) -> tuple[str, str]:
    """Somebody's token and login."""
    async with connected(server.origin) as http:
        api = await customer(http)
        return api.token, api.login


@pytest.fixture(autouse=True)
def trusting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """For clients of WebSockets, which take the certificates that OpenSSL is told of."""
    monkeypatch.setenv("SSL_CERT_FILE", str(site.nginx.certificate))


@pytest.fixture
async def api(site: Site) -> AsyncIterator[Api]:
    """The customer, who comes through nginx."""
    async with site.client() as http:
        yield Api(http, site.token, site.login)


async def test_it_is_reached_over_tls_only(site: Site) -> None:
    async with httpx.AsyncClient(trust_env=False) as plain, site.client() as http:
        moved = await plain.get(f"{site.nginx.plain_origin}/graphql?query=x")
        assert (moved.status_code, moved.headers["location"]) == (301, f"https://{NAME}/graphql?query=x")
        answer = await http.post("/graphql", json={"query": "{ __typename }"})
        assert answer.json()["data"] == {"__typename": "Query"}
        assert answer.headers["strict-transport-security"]
        assert answer.headers["server"] == "nginx", "and no version"
    context = site.nginx.tls()
    context.set_alpn_protocols(["h2", "http/1.1"])
    _, writer = await asyncio.open_connection(NAME, urlsplit(site.nginx.origin).port, ssl=context)
    chosen = writer.get_extra_info("ssl_object")
    assert (chosen.selected_alpn_protocol(), chosen.version()) == ("h2", "TLSv1.3")
    writer.transport.abort()


async def test_sockets_and_event_streams_pass_as_they_come(api: Api) -> None:
    last = int((await api.balance("EMAIL"))["sequence"])
    async with api.socket() as socket, open_stream(api, EVERY, {"after": str(last)}) as stream:
        await socket.subscribe(EVERY, {"after": str(last)})
        watcher = Watcher(socket, last)
        for _ in range(2):
            head = await spend(api, 2)
            await watcher.see(head)
            while (await sequence(stream)) < head:
                pass


async def sequence(stream: AsyncIterator[tuple[str, Any]]) -> int:
    """Of the next event; the stream goes on behind it."""
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        name, payload = await anext(stream)
    assert name == "next"
    return int(payload["data"]["balance"]["sequence"])


async def test_the_server_knows_who_asks_and_that_it_was_over_tls(site: Site, api: Api) -> None:
    who = {"login": api.login, "password": api.password, "transport": "COOKIE"}
    body = {"query": SIGN_IN, "variables": {"i": who}}
    asked = {"true": (ELSEWHERE, {}), "other": ("127.0.0.1", {})}
    asked["forged"] = (
        ELSEWHERE,
        {
            "x-forwarded-for": FORGED,
            "forwarded": f"for={FORGED}",
            "x-real-ip": FORGED,
            "x-forwarded-proto": "http",
        },
    )
    asked["as the other"] = (ELSEWHERE, {"x-forwarded-for": "127.0.0.1"})
    names = {f"{next(_keys)}-from": said for said in asked}
    for name, said in names.items():
        address, headers = asked[said]
        async with site.client(address) as http:
            own = {"origin": site.nginx.origin, "x-request-id": name}
            answer = await http.post("/graphql", json=body, headers=headers | own)
        cookie = answer.headers["set-cookie"]
        assert (cookie.startswith("__Host-postmeter_session=pms_"), "; Secure" in cookie) == (True, True), (
            said
        )
    connection = await asyncpg.connect(site.database_url)
    rows = await connection.fetch("SELECT request_id, origin FROM audit_entries WHERE action = 'signIn'")
    await connection.close()
    origins = {names[row["request_id"]]: row["origin"] for row in rows if row["request_id"] in names}
    assert len(origins) == len(asked)
    assert origins["true"] == origins["forged"] == origins["as the other"] != origins["other"]


async def test_a_body_that_is_too_large_is_refused_as_the_server_does_it(api: Api) -> None:
    content_type = {"content-type": "application/json"}
    refused = await api.http.post("/graphql", content=b" " * 1_048_577, headers=content_type)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["extensions"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    padded = {"query": "{ __typename }" + " " * 1_000_000}
    assert (await api.http.post("/graphql", json=padded)).status_code == 200


@pytest.mark.rule("Q022")
async def test_what_is_erased_through_one_server_is_gone_from_the_other(site: Site) -> None:
    """It is closed at once for both, and deleted behind that (test_erasure.py)."""
    one, other = site.servers
    async with connected(one.origin) as here, connected(other.origin) as there:
        mine = await customer(here)
        elsewhere = Api(there, mine.token, mine.login)
        async with elsewhere.socket() as socket:
            await socket.subscribe(EVERY)
            await socket.data()
            await mine.ask(CONFIRM, {"password": mine.password})
            shown = (await mine.ask(PREVIEW))["erasurePreview"]
            assert shown["losses"]
            known = {"losses": shown["lossesDigest"], "warning": shown["warningVersion"], "key": "erase"}
            asked = (await mine.ask(REQUEST, known))["requestErasure"]
            assert asked["__typename"] == "ErasureRequested"
            await refused_everywhere(elsewhere)
            assert (await elsewhere.sign_in())["code"] == "CREDENTIALS_INVALID"
            assert await ending(socket) == ([], "UNAUTHENTICATED", FORBIDDEN)
        erasure = await Api(there).ask(ERASURE, {"id": asked["erasure"]["id"]})
        assert erasure["erasure"]["state"] in ("PLANNED", "ERASING", "ERASED")


@asynccontextmanager
async def asking(api: Api) -> AsyncIterator[list[str]]:
    """Queries and mutations at once and without a pause, until the block ends; what was answered amiss is an error."""
    answered: list[str] = []
    ended = asyncio.Event()

    async def ask(client: int) -> None:
        while not ended.is_set():
            key = f"asking-{client}-{next(_keys)}"
            answered.append((await api.spend(1, key))["__typename"])
            await api.balance("EMAIL")

    clients = [asyncio.create_task(ask(client)) for client in range(4)]
    try:
        yield answered
    finally:
        ended.set()
        await asyncio.gather(*clients)


async def test_a_server_that_is_stopped_is_left_before_anybody_notices(site: Site, api: Api) -> None:
    one, _ = site.servers
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(api.socket()) for _ in range(4)]
        async with asking(api) as answered, connected(one.origin) as direct:
            one.ask_to_stop()
            await site.until_left(one)
            assert (await direct.get("/readyz")).status_code == 503
            assert (await direct.get("/healthz")).status_code == 200
            assert answered
            one.ask_to_stop()
            assert (await asyncio.to_thread(one.wait_stopped))[0] == 0
            codes = [await sent_away(socket) for socket in sockets]
            head = await spend(api, 6)
        assert set(answered) == {"UsageRecorded"}
        assert set(codes) == {SERVICE_RESTART, None}, "the other server keeps its own"
    async with api.socket() as again:
        await again.subscribe(EVERY, {"after": str(head - 6)})
        await Watcher(again, head - 6).see(await spend(api, 2))


async def sent_away(socket: Socket) -> int | None:
    """The code that the server has closed it with; None when it stays."""
    try:
        await socket.send({"type": "ping"})
        assert (await socket.receive())["type"] == "pong"
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else None
    return None


async def test_a_server_that_is_killed_is_left_out(site: Site, api: Api) -> None:
    one, other = site.servers
    await asyncio.to_thread(one.start)
    await site.until_back(one)
    other.kill()
    for number in range(6):
        assert (await api.spend(1, f"killed-{number}"))["__typename"] == "UsageRecorded"
        await api.balance("EMAIL")
