"""What a stranger learns of the schema: what the settings say, and nothing by way of errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from server.app import Postmeter
from tests.security.test_transport import NEARLY_RIGHT
from tests.test_app import settings
from tests.test_observation import client_of

WHOLE_SCHEMA = "{ __schema { types { name } } }"
BY_VARIABLES = {
    "query": "mutation ($i: RecordUsageInput!) { recordUsage(input: $i) { __typename } }",
    "variables": {"i": {"entrys": [], "idempotencyKey": "x"}},
}


async def asked(client: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response:
    return await client.post("/graphql", json=body, headers={"accept": "application/graphql-response+json"})


@pytest.mark.parametrize(
    ("introspection", "suggestions"), [(False, False), (True, False), (True, True)], ids=str
)
async def test_the_schema_and_suggestions_are_shown_as_the_settings_say(
    tmp_path: Path, introspection: bool, suggestions: bool
) -> None:
    chosen = settings(
        tmp_path, f"sqlite:///{tmp_path}/none", introspection=introspection, suggestions=suggestions
    )
    async with client_of(Postmeter(chosen)) as client:
        assert ((await asked(client, {"query": WHOLE_SCHEMA})).status_code == 200) is introspection
        assert ((await client.get("/schema.graphql")).status_code == 200) is introspection
        assert (await asked(client, {"query": "{ __typename }"})).json()["data"] == {"__typename": "Query"}
        bodies = (*({"query": query} for query in NEARLY_RIGHT), BY_VARIABLES)
        answers = [await asked(client, body) for body in bodies]
        assert {answer.status_code for answer in answers} == {400}
        suggested = ["Did you mean" in answer.text for answer in answers]
        assert (any(suggested), suggested[-1]) == (suggestions, suggestions)


def test_suggestions_are_not_given_to_who_may_not_ask_for_the_schema(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="POSTMETER_SUGGESTIONS"):
        settings(tmp_path, f"sqlite:///{tmp_path}/none", introspection=False, suggestions=True)
