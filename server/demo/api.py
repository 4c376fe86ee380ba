"""The public API as a program sees it, and repeatable numbers."""

from __future__ import annotations

from typing import Any

import httpx

from server.kit.ids import SeededEntropy
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

    async def put(self, url: str, headers: dict[str, str], content: bytes) -> None:
        """Upload to a link that the API gave."""
        (await self._client.put(url, headers=headers, content=content)).raise_for_status()

    async def ask(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run an operation. Raises PublicError with the first error's code."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        body = {"query": query, "variables": variables or {}}
        answer = (await self._client.post("/graphql", json=body, headers=headers)).json()
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


class Dice:
    """Repeatable numbers for a made-up company."""

    def __init__(self, seed: int) -> None:
        self._entropy = SeededEntropy(seed)

    def between(self, low: int, high: int) -> int:
        return low + int.from_bytes(self._entropy.bytes(4), "big") % (high - low + 1)
