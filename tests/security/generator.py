"""Operations made from a schema: of any field with any arguments, valid as a document, senseless as a wish."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import count
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

_numbers = count(1)
DEPTH_MAX = 6
CALL_DEPTH_MAX = 1
FIELDS_MAX = 4
TEXTS = [
    "",
    "x",
    "é\u202e",
    "a" * 300,
    "\x00",
    "'; --",
    "EUR",
    "pm_card",
    "tok_sandbox_ok",
    "2026-01-01",
    "null",
    "CH",
]
NUMBERS = [0, 1, 2, 7, 100, -1, 2**31 - 1, -(2**31)]
BAD: list[Any] = [None, "x", -1, 2**40, 1.5, True, [], {}, [[]], {"a": 1}, "\ud7ff"]


class Generator:
    """`ids`: some that exist, so that not everything ends at a thing that is not there."""

    def __init__(self, schema: GraphQLSchema, random: Random, ids: Sequence[str] = ()) -> None:
        self._schema = schema
        self._random = random
        self._optional = 0.6
        """How often an argument is given that may be left out."""
        self._ids = [*ids, "ord_", "x", "", "ord_01h455vb4pex5vsknk084sn02q"]
        self._variables: dict[str, tuple[Any, Any]] = {}

    def operation(self, skipped: frozenset[str] = frozenset()) -> tuple[str, dict[str, Any]]:
        """A query or a mutation of one to three root fields, with its variables."""
        queries, mutations = self._schema.query_type, self._schema.mutation_type
        assert queries is not None
        assert mutations is not None
        kind, root = self._random.choice([("query", queries), ("query", queries), ("mutation", mutations)])
        names = [name for name in root.fields if name not in skipped]
        chosen = self._random.sample(names, self._random.randint(1, 3))
        return self._document(kind, [(name, root.fields[name]) for name in chosen])

    def calls(
        self, kind: str, name: str, field: GraphQLField, identifiers: Sequence[str]
    ) -> tuple[str, dict[str, Any]]:
        """That one field as `f0`, `f1` and so on: the same each time, but for the id wherever one is wanted."""
        before = self._random, self._ids, self._optional
        self._variables, self._optional = {}, 0.0
        parts = []
        for number, identifier in enumerate(identifiers):
            self._random, self._ids = Random(name), [identifier]
            parts.append(f"f{number}: {self._field(name, field, CALL_DEPTH_MAX)}")
        self._random, self._ids, self._optional = before
        return self._complete(kind, " ".join(parts))

    def broken(self, document: str) -> str:
        """The same with some characters taken out, doubled or moved."""
        for _ in range(self._random.randint(1, 4)):
            start = self._random.randrange(len(document))
            end = min(len(document), start + self._random.randint(1, 12))
            part = self._random.choice(
                ["", document[start:end] * 2, "{", "}", "\u0000", '"""', "...", "$x", "@skip"]
            )
            document = document[:start] + part + document[end:]
        return document

    def _document(self, kind: str, fields: list[tuple[str, GraphQLField]]) -> tuple[str, dict[str, Any]]:
        self._variables = {}
        parts = (
            f"f{number}: {self._field(name, field, DEPTH_MAX)}" for number, (name, field) in enumerate(fields)
        )
        return self._complete(kind, " ".join(parts))

    def _complete(self, kind: str, body: str) -> tuple[str, dict[str, Any]]:
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self._variables.items())
        head = f"{kind} Q({declared})" if declared else f"{kind} Q"
        return f"{head} {{ {body} }}", {name: value for name, (_, value) in self._variables.items()}

    def _field(self, name: str, field: GraphQLField, depth: int) -> str:
        given = []
        for argument_name, argument in field.args.items():
            wanted = is_required_argument(argument) or wants_an_id(argument.type)
            if wanted or self._random.random() < self._optional:
                variable = f"v{len(self._variables)}"
                self._variables[variable] = argument.type, self._value(argument.type)
                given.append(f"{argument_name}: ${variable}")
        arguments = f"({', '.join(given)})" if given else ""
        return f"{name}{arguments}{self._selection(get_named_type(field.type), depth - 1)}"

    def _selection(self, type_: GraphQLNamedType, depth: int) -> str:
        if is_leaf_type(type_):
            return ""
        if depth <= 0:
            return " { __typename }"
        if is_abstract_type(type_):
            possible = list(self._schema.get_possible_types(type_))
            some = self._random.sample(possible, min(len(possible), 3))
            parts = [f"... on {each.name}{self._selection(each, depth)}" for each in some]
            return f" {{ __typename {' '.join(parts)} }}"
        assert isinstance(type_, GraphQLObjectType)
        names = list(type_.fields)
        chosen = self._random.sample(names, min(len(names), self._random.randint(1, FIELDS_MAX)))
        # Aliases by type: two members of a union may have fields of one name and different types.
        parts = [f"{type_.name}_{name}: {self._field(name, type_.fields[name], depth)}" for name in chosen]
        return f" {{ __typename {' '.join(parts)} }}"

    def _value(self, kind: Any) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type)
        if isinstance(kind, GraphQLList):
            return [self._value(kind.of_type) for _ in range(self._random.randint(0, 2))]
        if isinstance(kind, GraphQLEnumType):
            return self._random.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._object(kind)
        return self._scalar(kind.name)

    def _object(self, kind: GraphQLInputObjectType) -> dict[str, Any]:
        names = list(kind.fields)
        if kind.is_one_of:
            names = [self._random.choice(names)]
        return {
            # A key that was used before would be all that the server looks at.
            name: f"key-{next(_numbers)}" if name == "idempotencyKey" else self._value(kind.fields[name].type)
            for name in names
            if kind.is_one_of or is_required_input_field(kind.fields[name]) or self._random.random() < 0.7
        }

    def _scalar(self, name: str) -> Any:
        random = self._random
        makers: dict[str, Callable[[], Any]] = {
            "ID": lambda: random.choice(self._ids),
            "Int": lambda: random.choice(NUMBERS),
            "BigInt": lambda: str(random.choice([*NUMBERS, 2**62])),
            "Decimal": lambda: random.choice(["1", "0.01", "10.00", "-1", "0", "999999999999"]),
            "DateTime": lambda: random.choice(["2027-01-01T00:00:00Z", "2020-02-29T12:00:00+01:00"]),
            "Boolean": lambda: random.random() < 0.5,
            "Float": lambda: random.random(),
        }
        return makers.get(name, lambda: random.choice(TEXTS))()


def spoilt(variables: dict[str, Any], random: Random) -> dict[str, Any]:
    """The variables with one value, at any depth, exchanged for one of another kind."""
    copied: dict[str, Any] = json.loads(json.dumps(variables))
    place: Any = copied
    while place:
        key = random.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if isinstance(place[key], dict | list) and place[key] and random.random() < 0.7:
            place = place[key]
            continue
        place[key] = random.choice(BAD)
        break
    return copied


def wants_an_id(kind: Any) -> bool:
    """Whether a value of this type has an id in it somewhere."""
    named = get_named_type(kind)
    if isinstance(named, GraphQLInputObjectType):
        return any(wants_an_id(field.type) for field in named.fields.values())
    return str(named.name) == "ID"
