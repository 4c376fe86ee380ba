"""The public API as a program sees it."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from server.kit.problems import PublicError

KEY_SCOPES = [
    "ACCOUNT_READ",
    "BALANCE_READ",
    "LEDGER_READ",
    "TOPUPS_READ",
    "TOPUPS_WRITE",
    "ORDERS_READ",
    "ORDERS_WRITE",
    "USAGE_WRITE",
    "CAMPAIGNS_READ",
    "CAMPAIGNS_WRITE",
]


class Api:
    """The public API, as a program sees it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.key = ""

    def as_bearer(self, key: str) -> Api:
        """The same server, asked with another key."""
        other = Api(self._client)
        other.key = key
        return other

    async def signed_in(self, login: str, password: str) -> Api:
        """The same server, asked by a person in a new session."""
        who = {"login": login, "password": password, "transport": "BEARER"}
        nobody = self.as_bearer("")  # an expired session opens no new one
        signed_in = await nobody.do("signIn", "SignInInput", who, "... on SignedIn { token }")
        return self.as_bearer(signed_in["token"])

    async def report(self, events: list[dict[str, Any]]) -> None:
        """Tell what became of messages. Raises PublicError unless each event is counted now or was before."""
        lines = b"".join(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in events)
        headers = self._headers() | {"Content-Type": "application/x-ndjson"}
        answer = (await self._client.post("/campaigns/events", content=lines, headers=headers)).json()
        if answer.get("accepted", 0) + answer.get("duplicates", 0) != len(events):
            raise PublicError(answer.get("code", "EVENTS_NOT_COUNTED"), str(answer))

    async def put(self, url: str, headers: dict[str, str], content: bytes) -> None:
        """Upload to a link that the API gave."""
        (await self._client.put(url, headers=headers, content=content)).raise_for_status()

    async def ask(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run an operation. Raises PublicError with the first error's code."""
        body = {"query": query, "variables": variables or {}}
        answer = (await self._client.post("/graphql", json=body, headers=self._headers())).json()
        if answer.get("errors"):
            first = answer["errors"][0]
            raise PublicError(first.get("extensions", {}).get("code", "ERROR"), first["message"])
        data: dict[str, Any] = answer["data"]
        return data

    async def do(
        self, field: str, input_type: str, data: dict[str, Any], selection: str = ""
    ) -> dict[str, Any]:
        """Run one mutation; a refusal is raised as PublicError."""
        document = (
            f"mutation($input: {input_type}!) {{ {field}(input: $input) "
            f"{{ __typename {selection} ... on Problem {{ code message }} }} }}"
        )
        answer: dict[str, Any] = (await self.ask(document, {"input": data}))[field]
        if "code" in answer:
            raise PublicError(answer["code"], f"{field}: {answer['message']}")
        return answer

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}
