"""Headers, credentials and cookies, where a real socket would need TLS or a proxy."""

from __future__ import annotations

import pytest

from server.gateway.identity import (
    credentials_of,
    credentials_of_init,
    headers_of,
    set_cookie_headers,
)
from server.gateway.origins import may_connect, may_use_cookie
from server.kit.graph.context import Cookie
from server.kit.viewer import Credentials


def test_over_tls_only_the_host_bound_cookie_counts() -> None:
    headers = {b"cookie": b"s=planted; __Host-s=own"}
    assert credentials_of(headers, "s", secure=True) == Credentials(session_cookie="own")
    assert credentials_of(headers, "s", secure=False) == Credentials(session_cookie="planted")
    assert not credentials_of({b"cookie": b"s=planted"}, "s", secure=True).presented


def test_over_tls_a_cookie_is_bound_to_the_host() -> None:
    ((name, value),) = set_cookie_headers([Cookie("s", "v", 60)], secure=True)
    assert name == b"set-cookie"
    assert value == b"__Host-s=v; HttpOnly; Max-Age=60; Path=/; SameSite=Strict; Secure"


def test_a_bearer_token_hides_the_cookie() -> None:
    headers = {b"authorization": b"Bearer t", b"cookie": b"s=v"}
    assert credentials_of(headers, "s", secure=False) == Credentials(bearer="t")


@pytest.mark.rule("M137")
def test_a_key_may_stand_beside_a_token_and_name_a_managed_account() -> None:
    both = {b"authorization": b"Bearer t", b"x-api-key": b" k ", b"x-on-behalf-of": b"acc_1"}
    pair = Credentials(bearer="t", api_key="k", on_behalf_of="acc_1")
    assert credentials_of(both, "s", secure=True) == pair
    payload = {"Authorization": "Bearer t", "apiKey": "k", "onBehalfOf": "acc_1"}
    assert credentials_of_init(payload) == pair
    alone = {b"x-api-key": b"k", b"cookie": b"__Host-s=v"}
    assert credentials_of(alone, "s", secure=True) == Credentials(bearer="k")
    assert credentials_of_init({"apiKey": "k"}) == Credentials(bearer="k")
    for value in (7, None, "x" * 513):
        assert credentials_of_init({"apiKey": value}).bearer in ("", None)


def test_repeated_headers_are_joined() -> None:
    pairs = [(b"accept", b"a/b"), (b"cookie", b"a=1"), (b"accept", b"c/d"), (b"cookie", b"b=2")]
    assert headers_of({"headers": pairs}) == {b"accept": b"a/b, c/d", b"cookie": b"a=1; b=2"}


def test_two_hosts_or_two_origins_match_nothing() -> None:
    assert not may_connect({b"host": b"a.example, b.example", b"origin": b"https://a.example"}, ())
    assert not may_use_cookie({b"host": b"a.example", b"origin": b"https://a.example, https://b.example"}, ())


def test_a_default_port_may_be_left_out_behind_a_proxy_that_ends_tls() -> None:
    for host in (b"mail.example", b"mail.example:443", b"MAIL.example"):
        assert may_connect({b"host": host, b"origin": b"https://mail.example"}, ())
    assert not may_connect({b"host": b"mail.example:8443", b"origin": b"https://mail.example"}, ())
    assert may_connect({b"host": b"[::1]:80", b"origin": b"http://[::1]"}, ())
    for origin in (b"file://mail.example", b"https://", b"https://mail.example:x", b""):
        assert not may_connect({b"host": b"mail.example", b"origin": origin}, ())
