"""What a stranger, a foreign web page or a scanner sends to the HTTP server itself.

Slow heads, bodies and readers are in tests/gateway/test_protocols.py, sockets that misbehave in
tests/gateway/test_websocket.py: there the limits are short.
"""

from __future__ import annotations

import json
import re
import socket
from typing import Any

import httpx
import pytest

from tests.security.conftest import Target, codes_of

SIGN_OUT = "mutation { signOut { __typename } }"
CANARY = "canary-3f9a"


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        ("application/x-www-form-urlencoded", b"query=mutation%20%7B%20signOut%20%7B%20__typename%20%7D%20%7D"),
        ("multipart/form-data; boundary=x", b'--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n{a}\r\n--x--'),
        ("text/plain", json.dumps({"query": SIGN_OUT}).encode()),
        ("application/graphql", SIGN_OUT.encode()),
        ("application/json; charset=utf-7", json.dumps({"query": SIGN_OUT}).encode()),
        ("", json.dumps({"query": SIGN_OUT}).encode()),
    ],
)  # fmt: skip
def test_what_a_foreign_form_can_send_is_no_request(
    target: Target, content_type: str, content: bytes
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = target.server.client.post("/graphql", content=content, headers=headers)
    assert (answer.status_code, codes_of(answer)) == (415, {"UNSUPPORTED_MEDIA_TYPE"})


def test_a_link_runs_no_mutation_and_a_foreign_page_has_no_cookie(target: Target) -> None:
    client = target.server.client
    by_link = client.get("/graphql", params={"query": SIGN_OUT})
    assert (by_link.status_code, by_link.headers["allow"]) == (405, "POST")
    cookie = {"cookie": f"postmeter_session={target.customer.token}"}
    for site in ({}, {"origin": "http://evil.example.com"}, {"sec-fetch-site": "cross-site"}):
        for ask in (
            lambda headers: client.get("/graphql", params={"query": "{ __typename }"}, headers=headers),
            lambda headers: client.post("/graphql", json={"query": SIGN_OUT}, headers=headers),
        ):
            assert codes_of(ask(cookie | site)) == {"CROSS_ORIGIN"}
    assert target.customer.ask("{ viewer { __typename } }"), "nobody signed out"


def test_preflights_allow_no_foreign_origin(target: Target) -> None:
    headers = {"origin": "http://evil.example.com", "access-control-request-method": "POST"}
    answer = target.server.client.options("/graphql", headers=headers)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "CONNECT"])
def test_other_methods_say_what_is_allowed_and_repeat_nothing(target: Target, method: str) -> None:
    answer = raw(target, f"{method} /graphql HTTP/1.1\r\nhost: a\r\nx-canary: {CANARY}\r\n\r\n".encode())
    assert re.match(rb"HTTP/1.1 40[05] ", answer), answer[:100]
    assert CANARY.encode() not in answer


SCANNED = [
    "/.env", "/.git/config", "/admin", "/altair", "/api", "/api/graphql", "/console", "/debug", "/debug/pprof",
    "/explorer", "/graphiql", "/graphql/../keys/master.key", "/graphql/%2e%2e/%2e%2e/keys/master.key",
    "/graphql/console", "/graphql/schema.json", "/metrics", "/playground", "/server-status", "/v1/graphql", "/voyager",
]  # fmt: skip


@pytest.mark.parametrize("path", SCANNED)
def test_scanners_find_nothing(target: Target, path: str) -> None:
    answer = raw(target, f"GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 404 "), answer[:100]
    assert b"Traceback" not in answer


def test_the_page_for_people_runs_nothing_inline_and_asks_nothing_elsewhere(target: Target) -> None:
    page = target.server.client.get("/graphql", headers={"accept": "text/html"})
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in re.sub(r"style-src [^;]*", "", policy)
    assert "http:" not in policy
    assert "https:" not in policy


@pytest.mark.parametrize(
    ("headers", "extensions"),
    [
        ({"apollo-tracing": "1", "x-debug": "1", "x-apollo-tracing": "1"}, {"tracing": True, "debug": True}),
        ({"apollo-federation-include-trace": "ftv1"}, {"persistedQuery": {"version": 1, "sha256Hash": "0"}}),
    ],
)
def test_asking_for_traces_or_debugging_changes_nothing(
    target: Target, headers: dict[str, str], extensions: dict[str, Any]
) -> None:
    body = {"query": "{ __typename }", "extensions": extensions}
    answer = target.server.client.post("/graphql?debug=1&trace=1", json=body, headers=headers)
    assert answer.json()["data"] == {"__typename": "Query"}
    assert set(answer.json()["extensions"]) == {"cost"}
    assert "server" not in answer.headers
    assert "x-powered-by" not in answer.headers


NEARLY_RIGHT = [
    "{ viewr { account { id } } }",
    "{ viewer { acount { id } } }",
    '{ node(idd: "x") { id } }',
    "query ($i: PlaceOrderInptu!) { __typename }",
    "{ viewer { account { balance(unit: EUT) { available } } } }",
    "mutation { recordUsage(input: {entrys: [], idempotencyKey: \"x\"}) { __typename } }",
    "mutation { signOut { ... on SigndOut { __typename } } }",
    "{ __typename @includ(if: true) }",
]  # fmt: skip


@pytest.mark.parametrize("document", NEARLY_RIGHT)
def test_what_is_nearly_right_gets_no_suggestion(target: Target, document: str) -> None:
    answer = target.post(document)
    assert answer.status_code == 400
    assert "Did you mean" not in answer.text


def test_suggestions_do_not_come_by_variables_either(target: Target) -> None:
    query = "mutation ($i: RecordUsageInput!) { recordUsage(input: $i) { __typename } }"
    answer = target.post(query, {"i": {"entrys": [], "idempotencyKey": "x"}})
    assert answer.status_code == 400
    assert "Did you mean" not in answer.text
    wrong_unit = target.post(
        "query ($u: Unit!) { viewer { account { balance(unit: $u) { at } } } }", {"u": "EUT"}
    )
    assert "Did you mean" not in wrong_unit.text


INJECTED = [
    b"a\x1b[31m",
    b"a\tb",
    b"a\xff\xfe",
    b"a;b,c:d",
    b'{"level":"error"}',
    b"x" * 500,
    b"%0d%0aset-cookie:a=b",
]


@pytest.mark.parametrize("value", INJECTED)
def test_a_header_goes_into_no_log_and_no_answer_as_it_is(target: Target, value: bytes) -> None:
    value = value + CANARY.encode()
    headers = [
        (b"x-request-id", value),
        (b"user-agent", value),
        (b"accept-language", value),
        (b"authorization", b"Bearer " + value),
        (b"x-forwarded-for", value),
        (b"accept", b"application/json"),
    ]
    answer = target.server.client.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert answer.status_code in (200, 400, 401)
    assert CANARY not in str(answer.headers)
    assert CANARY not in answer.text
    assert CANARY.encode() not in target.log.read_bytes()


@pytest.mark.parametrize(
    "head",
    [
        b"x-request-id: a\r\n set-cookie: b=c",
        b"x-request-id: a\nset-cookie: b=c",
        b"x-request-id : a",
        b"content-length: 2\r\ncontent-length: 3",
        b"content-length: 2\r\ntransfer-encoding: chunked",
        b"content-length: -1",
        b"content-length: 1e3",
        b"transfer-encoding: chunked, identity",
        b"\x00: a",
    ],
)
def test_a_head_that_two_servers_could_read_differently_is_refused(target: Target, head: bytes) -> None:
    answer = raw(target, b"POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\n" + head + b"\r\n\r\n{}")
    assert re.match(rb"HTTP/1.1 4\d\d ", answer), answer[:100]
    assert b"set-cookie" not in answer.lower()


def test_a_body_over_the_limit_is_not_read(target: Target) -> None:
    head = b"POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n"
    assert raw(target, head).startswith(b"HTTP/1.1 413 ")


def test_a_head_over_the_limit_is_not_kept(target: Target) -> None:
    head = b"GET /graphql HTTP/1.1\r\nhost: a\r\n" + b"x-a: " + b"a" * 200_000
    assert raw(target, head).startswith(b"HTTP/1.1 431 ")


def test_texts_with_line_breaks_make_no_line_of_the_log(target: Target) -> None:
    login = f'{CANARY}\n{{"event":"forged","level":"error"}}\x1b[2J'
    query = "mutation ($i: SignInInput!) { signIn(input: $i) { __typename } }"
    target.post(query, {"i": {"login": login, "password": login, "transport": "BEARER"}})
    target.post(f'{{ node(id: "{CANARY}\\n\\u001b") {{ id }} }}')
    log = target.log.read_text()
    assert CANARY not in log
    assert "\x1b[2J" not in log
    assert "forged" not in log


def raw(target: Target, request: bytes) -> bytes:
    """The first that the server says to these bytes."""
    url = httpx.URL(target.origin)
    with socket.create_connection((url.host, url.port or 80), timeout=10) as connection:
        try:
            connection.sendall(request)
            return connection.recv(65_536)
        except ConnectionError:
            return b""
