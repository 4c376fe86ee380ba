"""The schema as a contract: committed, described, declared (DESIGN §5, Q003, Q010)."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from strawberry.schema.schema import Schema

from server.gateway.engine import Engine
from server.kit import personal
from server.schema import HELD, schema

ROOT = Path(__file__).parent.parent


def test_the_committed_schema_is_what_the_code_says() -> None:
    assert (ROOT / "schema.graphql").read_text() == schema.as_str() + "\n", (
        "run: postmeter schema > schema.graphql"
    )


@pytest.mark.rule("Q010", "H012")
def test_every_field_declares_who_may_read_it_and_for_which_purpose() -> None:
    assert Engine(schema).undeclared() == []


@pytest.mark.rule("Q003")
def test_every_column_is_declared_exactly_once_in_one_category() -> None:
    assert personal.faults(HELD) == []
    assert {held.category for held in HELD} <= {"identification", "technical", "financial", "activity"}


def test_everything_in_the_schema_is_described() -> None:
    assert undescribed(schema) == []


def undescribed(of: Schema) -> list[str]:
    """Types, fields, arguments and enum values without a description, as coordinates."""
    missing = []
    for name, kind in of._schema.type_map.items():
        if name.startswith("__") or name in ("Int", "String", "Boolean", "Float", "ID"):
            continue
        if not kind.description:
            missing.append(name)
        if isinstance(kind, GraphQLEnumType) and name != "Currency":
            missing += [f"{name}.{value}" for value, one in kind.values.items() if not one.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                if not field.description:
                    missing.append(f"{name}.{field_name}")
                arguments = getattr(field, "args", {})
                missing += [
                    f"{name}.{field_name}({one}:)" for one in arguments if not arguments[one].description
                ]
    return missing


@pytest.mark.rule("Q018", "Q012")
def test_no_type_shows_a_password_or_a_hash() -> None:
    shown = [
        f"{name}.{field}"
        for name, kind in schema._schema.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__")
        for field in kind.fields
        if "password" in field.lower() or "hash" in field.lower()
    ]
    # The instant of the last change, and the verbs that take one, show nothing.
    assert set(shown) <= {"Person.passwordChangedAt", "Mutation.changePassword"}
