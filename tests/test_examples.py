"""The documents of GraphiQL's example tabs: one operation each, accepted by the schema with its variables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution.values import get_variable_values

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "frontend-examples" / "graphiql" / "examples").glob("*.graphql"))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    exported = ROOT / "schema.graphql"
    if not exported.exists():
        pytest.skip("schema.graphql is not exported yet")
    return build_schema(exported.read_text("utf-8"))


def operation_in(path: Path) -> OperationDefinitionNode:
    (operation,) = parse(path.read_text("utf-8")).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def test_there_is_one_for_each_of_the_five_commonest_operations() -> None:
    assert [(found := operation_in(path)).name and found.name.value for path in EXAMPLES] == [
        "SignIn",
        "Dashboard",
        "PlaceOrder",
        "WatchBalance",
        "TopUp",
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_it(path: Path, schema: GraphQLSchema) -> None:
    assert [error.message for error in validate(schema, parse(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_its_variables_have_the_declared_types(path: Path, schema: GraphQLSchema) -> None:
    file = path.with_name(f"{path.stem}.variables.json")
    values = json.loads(file.read_text("utf-8")) if file.exists() else {}
    operation = operation_in(path)
    coerced = get_variable_values(schema, operation.variable_definitions, values)
    assert isinstance(coerced, dict), coerced
    assert set(values) == {definition.variable.name.value for definition in operation.variable_definitions}
