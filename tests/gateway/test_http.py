"""GraphQL over HTTP, on a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport

from server.gateway.limits import GatewayLimits
from tests.gateway.world import Running, serving

pytestmark = pytest.mark.anyio

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
LIMITS = GatewayLimits(body_bytes_max=10_000, request_timeout_seconds=0.3)


@pytest.fixture(scope="module")
async def running() -> AsyncIterator[Running]:
    async with serving(LIMITS, allowed_origins=frozenset({"https://app.example"})) as server:
        yield server


@pytest.fixture(scope="module")
async def client(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(headers={"accept": RESPONSE}) as http:
        yield http


def code_of(response: httpx.Response) -> str:
    return response.json()["errors"][0]["extensions"]["code"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (RESPONSE, RESPONSE),
        (f"{RESPONSE}, {JSON};q=0.9", RESPONSE),
        (f"{JSON}, {RESPONSE}", RESPONSE),
        (f"{RESPONSE};q=0.5, {JSON}", JSON),
        (f"{RESPONSE};q=0, */*;q=0.1", JSON),
        (f"{RESPONSE}, {JSON}, text/event-stream, multipart/mixed", RESPONSE),
    ],
)
async def test_the_accept_header_chooses_the_media_type(
    running: Running, accept: str | None, content_type: str
) -> None:
    async with httpx.AsyncClient() as http:
        del http.headers["accept"]
        headers = {"accept": accept} if accept is not None else {}
        answer = await http.post(running.url, json={"query": "{ hello }"}, headers=headers)
    assert answer.headers["content-type"] == f"{content_type}; charset=utf-8"
    assert answer.json() == {"data": {"hello": "Hello world"}}
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize("accept", ["image/png", f"{JSON};q=0", "text/html"])
async def test_nothing_acceptable_is_406(running: Running, client: httpx.AsyncClient, accept: str) -> None:
    answer = await client.post(running.url, json={"query": "{ hello }"}, headers={"accept": accept})
    assert answer.status_code == 406


@pytest.mark.parametrize(
    "request_",
    [
        {"query": "{"},
        {"query": "{ unknown }"},
        {"query": "query ($v: Int!) { echo(value: $v) }", "variables": {"v": None}},
        {"query": "{ hello }", "operationName": "Other"},
    ],
)
async def test_request_errors_are_400_or_200_by_media_type(
    running: Running, client: httpx.AsyncClient, request_: dict[str, Any]
) -> None:
    new = await client.post(running.url, json=request_)
    old = await client.post(running.url, json=request_, headers={"accept": JSON})
    assert (new.status_code, old.status_code) == (400, 200)
    assert new.json() == old.json()
    assert "data" not in new.json()
    assert new.json()["errors"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b'"x"',
        b"5",
        b"[]",
        b'[{"query":"{ hello }"}]',
        b"\xff\xfe",
        b'{"query":"\xff"}',
        b'{"query":"\\ud800"}',
        b'{"query": "{ hello }", "variables": NaN}',
        b'{"not json',
        b"[" * 5_000,
        b"[" * 2_000 + b"]" * 2_000,
        b'{"query":"{ hello }","variables":{"a":' + b"[" * 100 + b"]" * 100 + b"}}",
        b'{"query":7}',
        b'{"query":null}',
        b'{"query":"{ hello }","operationName":7}',
        b'{"query":"{ hello }","variables":[]}',
        b'{"query":"{ hello }","variables":"{}"}',
        b'{"query":"{ hello }","extensions":[]}',
    ],
)
@pytest.mark.parametrize("accept", [JSON, RESPONSE])
async def test_what_is_no_graphql_request_is_400_with_a_json_error(
    running: Running, client: httpx.AsyncClient, body: bytes, accept: str
) -> None:
    headers = {"content-type": JSON, "accept": accept}
    answer = await client.post(running.url, content=body, headers=headers)
    assert answer.status_code == 400
    assert code_of(answer) == "BAD_REQUEST"


async def test_null_parameters_count_as_absent(running: Running, client: httpx.AsyncClient) -> None:
    request = {"query": "{ hello }", "variables": None, "operationName": None, "extensions": None}
    assert (await client.post(running.url, json=request)).status_code == 200


async def test_field_errors_stay_200(running: Running, client: httpx.AsyncClient) -> None:
    answer = await client.post(running.url, json={"query": "{ fails }"})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"fails": None}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "multipart/form-data"},
        {"content-type": JSON, "content-encoding": "gzip"},
    ],
)
async def test_other_content_types_are_415(
    running: Running, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post(running.url, content=b'{"query":"{ hello }"}', headers=headers)
    assert answer.status_code == 415
    assert code_of(answer) == "UNSUPPORTED_MEDIA_TYPE"


async def test_a_declared_charset_of_utf8_is_taken(running: Running, client: httpx.AsyncClient) -> None:
    headers = {"content-type": 'Application/JSON; Charset="UTF-8"'}
    body = orjson.dumps({"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": "Zoë 🏃"}})
    answer = await client.post(running.url, content=body, headers=headers)
    assert answer.json() == {"data": {"hello": "Hello Zoë 🏃"}}


async def test_a_large_body_is_413_before_it_is_read(running: Running, client: httpx.AsyncClient) -> None:
    answer = await client.post(running.url, content=b" " * 10_001, headers={"content-type": JSON})
    assert (answer.status_code, code_of(answer)) == (413, "PAYLOAD_TOO_LARGE")
    chunk = b"3e8\r\n" + b" " * 1_000 + b"\r\n"
    assert await status_of_unfinished(running, chunk * 11) == 413


async def test_a_body_that_does_not_arrive_is_408(running: Running) -> None:
    assert await status_of_unfinished(running, b"1\r\n{\r\n") == 408


async def status_of_unfinished(running: Running, chunks: bytes) -> int:
    """Send the beginning of a chunked body, and read the status of the answer that comes nevertheless."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    head = f"POST /graphql HTTP/1.1\r\nhost: {running.host}\r\ncontent-type: application/json\r\n"
    writer.write(head.encode() + b"transfer-encoding: chunked\r\n\r\n" + chunks)
    async with asyncio.timeout(5):
        status_line = await reader.readline()
    writer.close()
    return int(status_line.split()[1])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_405_with_allow(
    running: Running, client: httpx.AsyncClient, method: str
) -> None:
    answer = await client.request(method, running.url)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


async def test_get_runs_queries_only(running: Running, client: httpx.AsyncClient) -> None:
    params = {"query": "query ($v: Int!) { echo(value: $v) }", "variables": '{"v": 3}', "extensions": ""}
    answer = await client.get(running.url, params=params)
    assert answer.json() == {"data": {"echo": 3}}
    refused = await client.get(running.url, params={"query": "mutation { increase }"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert running.world.counter == 0


@pytest.mark.parametrize(
    "query_string", ["", "query=%ff", "query={hello}&variables=[]", "query={hello}&variables=x"]
)
async def test_a_malformed_get_is_400(running: Running, client: httpx.AsyncClient, query_string: str) -> None:
    assert (await client.get(f"{running.url}?{query_string}")).status_code == 400


async def test_a_page_visit_gets_the_ide_and_a_query_in_the_address_does_not(
    running: Running, client: httpx.AsyncClient
) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert (await client.get(running.url, headers=browser)).text == "<h1>IDE</h1>"
    asked = await client.get(running.url, params={"query": "{ hello }"}, headers=browser)
    assert asked.json() == {"data": {"hello": "Hello world"}}


async def test_a_query_that_takes_too_long_is_given_up(running: Running, client: httpx.AsyncClient) -> None:
    answer = await client.post(running.url, json={"query": "{ hangs }"})
    assert (answer.status_code, code_of(answer)) == (504, "TIMEOUT")


async def test_a_mutation_that_takes_too_long_has_an_unknown_outcome_and_still_ends(
    running: Running, client: httpx.AsyncClient
) -> None:
    before = running.world.counter
    answer = await client.post(running.url, json={"query": "mutation { hangingIncrease }"})
    assert (answer.status_code, code_of(answer)) == (504, "OUTCOME_UNKNOWN")
    assert running.gateway.mutations_in_flight == 1
    running.world.release.set()
    await running.mutations_settled()
    running.world.release.clear()
    assert running.world.counter == before + 1


async def test_the_request_id_is_kept_when_plain_and_made_otherwise(
    running: Running, client: httpx.AsyncClient
) -> None:
    body = {"query": "{ hello }"}
    kept = await client.post(running.url, json=body, headers={"x-request-id": "abc-1.2_3"})
    assert kept.headers["x-request-id"] == "abc-1.2_3"
    for odd in ("a b", "x" * 65, 'id"}'):
        made = await client.post(running.url, json=body, headers={"x-request-id": odd})
        assert made.headers["x-request-id"].startswith("req_")


async def test_bearer_credentials(running: Running, client: httpx.AsyncClient) -> None:
    body = {"query": "{ viewer }"}
    assert (await client.post(running.url, json=body)).json() == {"data": {"viewer": None}}
    good = await client.post(running.url, json=body, headers={"authorization": "bearer good"})
    assert good.json() == {"data": {"viewer": "acc_1"}}
    for presented in ("Bearer bad", "Bearer", "Basic Z29vZA==", "Bearer " + "x" * 600):
        refused = await client.post(running.url, json=body, headers={"authorization": presented})
        assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")
        assert refused.headers["www-authenticate"] == "Bearer"


async def test_an_overloaded_authenticator_says_when_to_come_back(
    running: Running, client: httpx.AsyncClient
) -> None:
    headers = {"authorization": "Bearer overload"}
    answer = await client.post(running.url, json={"query": "{ viewer }"}, headers=headers)
    assert (answer.status_code, code_of(answer)) == (503, "OVERLOADED")
    assert answer.headers["retry-after"] == "7"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"origin": "http://{host}"}, True),
        ({"origin": "https://app.example"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://{host}.evil.example"}, False),
        ({"origin": "http://127.0.0.1:1"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"origin": "http://evil.example", "authorization": "Bearer good"}, True),
    ],
)
async def test_a_cookie_works_from_our_own_pages_only(
    running: Running, client: httpx.AsyncClient, headers: dict[str, str], allowed: bool
) -> None:
    headers = {name: value.format(host=running.host) for name, value in headers.items()}
    headers["cookie"] = "other=1; postmeter_session=cookie"
    answer = await client.post(running.url, json={"query": "{ viewer }"}, headers=headers)
    if allowed:
        expected = "acc_1" if "authorization" in headers else "acc_2"
        assert answer.json() == {"data": {"viewer": expected}}
    else:
        assert (answer.status_code, code_of(answer)) == (403, "CROSS_ORIGIN")


async def test_a_stale_cookie_is_refused_and_removed(running: Running, client: httpx.AsyncClient) -> None:
    headers = {"cookie": "postmeter_session=stale", "sec-fetch-site": "same-origin"}
    answer = await client.post(running.url, json={"query": "{ viewer }"}, headers=headers)
    assert answer.status_code == 401
    assert "postmeter_session=" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_a_mutation_sets_a_cookie_that_scripts_and_other_sites_cannot_use(running: Running) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(running.url, json={"query": "mutation { signIn }"})
    assert answer.headers["set-cookie"] == (
        "postmeter_session=secret; HttpOnly; Max-Age=3600; Path=/; SameSite=Strict"
    )


async def test_a_bug_is_masked_and_traceable(running: Running, client: httpx.AsyncClient) -> None:
    answer = await client.post(running.url, json={"query": "{ hello } #bug"})
    assert (answer.status_code, code_of(answer)) == (500, "INTERNAL")
    assert answer.json()["errors"][0]["extensions"]["requestId"] == answer.headers["x-request-id"]
    assert b"secret" not in answer.content


async def test_the_python_client_gql(running: Running) -> None:
    transport = HTTPXAsyncTransport(running.url, headers={"authorization": "Bearer good"})
    async with Client(transport=transport) as session:
        assert await session.execute(gql("{ viewer }")) == {"viewer": "acc_1"}
        with pytest.raises(TransportQueryError, match="Cannot query"):
            await session.execute(gql("{ unknown }"))


async def test_the_language_is_told(running: Running, client: httpx.AsyncClient) -> None:
    headers = {"accept-language": "fr;q=0.5, de-CH, *;q=0.1"}
    answer = await client.post(running.url, json={"query": "{ language }"}, headers=headers)
    assert answer.json() == {"data": {"language": "de-ch"}}


async def test_a_subscription_needs_a_stream(running: Running, client: httpx.AsyncClient) -> None:
    answer = await client.post(running.url, json={"query": "subscription { ticks }"})
    assert (answer.status_code, code_of(answer)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("accept_encoding", "query", "name", "encoding"),
    [
        ("gzip", "{q}", "x" * 2_048, "gzip"),
        ("br, GZIP;q=0.1", "{q}", "x" * 90_000, "gzip"),
        ("*", "{q}", "x" * 2_048, "gzip"),
        ("gzip", "{q}", "short", None),
        ("gzip;q=0, *", "{q}", "x" * 2_048, None),
        ("identity", "{q}", "x" * 2_048, None),
        ("", "{q}", "x" * 2_048, None),
        ("gzip", "mutation A {{ increase }} query B{q}", "x" * 2_048, "gzip"),
    ],
)
async def test_large_answers_to_queries_are_compressed_for_who_takes_it(
    accept_encoding: str, query: str, name: str, encoding: str | None
) -> None:
    document = query.format(q="($n: String!) { hello(name: $n) }")
    document = document if document.startswith("mutation") else f"query B{document}"
    asked = {"query": document, "operationName": "B", "variables": {"n": name}}
    async with serving() as roomy, httpx.AsyncClient() as http:
        answer = await http.post(roomy.url, json=asked, headers={"accept-encoding": accept_encoding})
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert answer.json() == {"data": {"hello": f"Hello {name}"}}


async def test_a_mutation_s_answer_which_may_hold_secrets_is_never_compressed() -> None:
    limits = GatewayLimits(compress_bytes_min=1)
    async with serving(limits) as eager, httpx.AsyncClient(headers={"accept-encoding": "gzip"}) as http:
        query = await http.post(eager.url, json={"query": "{ hello }"})
        mutation = await http.post(eager.url, json={"query": "mutation { signIn }"})
    assert query.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in mutation.headers
