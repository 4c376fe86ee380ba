"""Every id of one customer, guessed by another in every field that takes an id: it reads as one that is not there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLSchema, build_client_schema, get_introspection_query

from tests.faults.client import Api, connected, customer
from tests.security.generator import Generator, wants_an_id
from tests.servers import RunningServer

SENT_BY_THE_VICTIM = """{ viewer { session { id } person { id } account { id wallets { id }
  orders { edges { node { id } } } topUps { edges { node { id } } } invoices { edges { node { id } } }
  paymentMethods { id } apiKeys { edges { node { id } } } senders { edges { node { id } } } } } }"""
CHANGING = re.compile(
    r'"extensions": \{"cost".*\}\}\}|[0-9a-z]+_[0-9a-z]{26}|req_[0-9a-z]+|\d{4}-\d\d-\d\dT[^"]*'
)
"""What differs between two answers that say the same: ids and instants."""
FIELDS_MIN = 40


def fields_with_ids(schema: GraphQLSchema) -> Iterator[tuple[str, str, GraphQLField]]:
    """(kind, name, field) of all root fields over HTTP with an id somewhere in their arguments."""
    for kind, root in (("query", schema.query_type), ("mutation", schema.mutation_type)):
        assert root is not None
        for name, field in root.fields.items():
            if any(wants_an_id(argument.type) for argument in field.args.values()):
                yield kind, name, field


@pytest.mark.rule("Q014")
async def test_a_guessed_id_reads_as_one_that_is_not_there(running_server: RunningServer) -> None:
    async with connected(running_server.origin) as http:
        victim, attacker = await customer(http), await customer(http)
        victims_ids = await ids_of(victim)
        schema = build_client_schema(
            await attacker.ask(get_introspection_query(input_value_deprecation=True))
        )
        before = await victim.ask(SENT_BY_THE_VICTIM)
        fields = list(fields_with_ids(schema))
        generator = Generator(schema, Random(1))
        for kind, name, field in fields:
            asked = [one for identifier in victims_ids for one in (identifier, absent(identifier))]
            told = await all_said(attacker, generator, (kind, name, field), asked)
            for theirs, nobodys, identifier in zip(told[::2], told[1::2], victims_ids, strict=True):
                assert theirs == nobodys, f"{name} tells {identifier} from {absent(identifier)}"
        assert await victim.ask(SENT_BY_THE_VICTIM) == before, "and nothing of the victim's has changed"
    assert len(fields) >= FIELDS_MIN, "the schema has far more of them"


def absent(identifier: str) -> str:
    """An id of the same kind that nobody has."""
    return identifier[:-4] + ("zzzz" if identifier[-4:] != "zzzz" else "yyyy")


async def ids_of(api: Api) -> list[str]:
    """One id of each kind that the victim has."""
    hold = await api.do("placeHold", {"unit": "EMAIL", "quantity": "1", "idempotencyKey": "hold"})
    await api.api_key("BALANCE_READ")
    found: dict[str, str] = {}

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            if "id" in value:
                found.setdefault(value["id"].partition("_")[0], value["id"])
            for each in value.values():
                collect(each)
        elif isinstance(value, list):
            for each in value:
                collect(each)

    collect([await api.ask(SENT_BY_THE_VICTIM), hold["hold"]])
    assert {"acc", "per", "ses", "ord", "key", "hld"} <= found.keys()
    return list(found.values())


async def all_said(
    api: Api, generator: Generator, field: tuple[str, str, GraphQLField], identifiers: list[str]
) -> list[str]:
    """What the field answers to each, all in one request; one by one where a refusal takes all along."""
    answer = (await api.post(*generator.calls(*field, identifiers))).json()
    if answer.get("data") is not None or len(identifiers) == 1:
        return [said(answer, f"f{number}") for number in range(len(identifiers))]
    if [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]:
        return ["FORBIDDEN"] * len(identifiers)
    return [(await all_said(api, generator, field, [one]))[0] for one in identifiers]


def said(answer: Any, alias: str) -> str:
    """What one of the fields answered, without what differs in any case."""
    errors = [error for error in answer.get("errors", ()) if error.get("path", [alias])[0] == alias]
    told = [(error["message"], error["extensions"]) for error in errors]
    return CHANGING.sub("…", json.dumps([(answer.get("data") or {}).get(alias), told]))
