"""Headers, credentials and cookies, where a real socket would need TLS or a proxy."""

from __future__ import annotations

from server.gateway.identity import credentials_of, headers_of, set_cookie_headers
from server.gateway.origins import may_connect, may_use_cookie
from server.gateway.ports import Credentials
from server.kit.graph.context import Cookie


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
