"""The one cookie: a session's, out of reach of scripts and other sites."""

from __future__ import annotations

import httpx
import pytest

from server.accounts.adapters.authenticator import SESSION_COOKIE
from tests.servers import RunningServer

SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) { __typename } }"""
PAGES = ("/", "/graphql", "/schema.graphql", "/examples/balance-watcher/", "/healthz")


@pytest.mark.rule("M128")
def test_only_the_session_sets_a_cookie(running_server: RunningServer) -> None:
    customer = running_server.customer()
    own = {"origin": running_server.origin, "accept": "text/html, application/json"}
    with httpx.Client(base_url=running_server.origin, headers=own, trust_env=False) as client:

        def cookies_of(query: str, **given: str) -> list[str]:
            answer = client.post("/graphql", json={"query": query, "variables": {"input": given}})
            assert "errors" not in answer.json(), answer.text
            return answer.headers.get_list("set-cookie")

        assert [client.get(page).headers.get_list("set-cookie") for page in PAGES] == [[] for _ in PAGES]
        who = {"login": customer.login, "password": customer.password}
        assert cookies_of(SIGN_IN, **who, transport="BEARER") == []
        (cookie,) = cookies_of(SIGN_IN, **who, transport="COOKIE")
        name, *attributes = cookie.split("; ")
        assert name.startswith(f"{SESSION_COOKIE}=pms_")
        assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)
        assert cookies_of("{ viewer { session { isCurrent } } }") == []
        (forgotten,) = cookies_of("mutation { signOut { __typename } }")
        assert forgotten.startswith(f"{SESSION_COOKIE}=")
        assert "Max-Age=0" in forgotten
        assert cookies_of("{ viewer { scopes } }") == []
