"""Looks for canaries: in the bytes of files, and in what the API answers to every query that needs no arguments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

DEPTH = 4


def files_with(needle: str, *folders: Path) -> list[str]:
    """The files below these folders in whose bytes the text stands, plain or in UTF-16."""
    needles = (needle.encode(), needle.encode("utf-16-le"))
    files = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.name for path in files if any(one in path.read_bytes() for one in needles)]


def queries(schema: GraphQLSchema) -> Iterator[str]:
    """One query for each root field that needs no argument, with everything below it that needs none."""
    assert schema.query_type is not None
    for name, field in schema.query_type.fields.items():
        if not any(is_required_argument(argument) for argument in field.args.values()):
            yield f"{{ {_selected(name, field, DEPTH)} }}"


def _selected(name: str, field: GraphQLField, depth: int) -> str:
    named = get_named_type(field.type)
    if is_leaf_type(named):
        return name
    below = _below(named, depth - 1)
    arguments = "(first: 5)" if "first" in field.args else ""
    return f"{name}{arguments} {{ __typename {below} }}"


def _below(named: object, depth: int) -> str:
    if isinstance(named, GraphQLUnionType):
        return " ".join(f"... on {one.name} {{ {_leaves(one)} }}" for one in named.types)
    assert isinstance(named, GraphQLObjectType | GraphQLInterfaceType)
    return " ".join(
        _selected(name, field, depth)
        for name, field in named.fields.items()
        if (depth > 0 or is_leaf_type(get_named_type(field.type)))
        and not any(is_required_argument(argument) for argument in field.args.values())
    )


def _leaves(one: GraphQLObjectType) -> str:
    names = [name for name, field in one.fields.items() if is_leaf_type(get_named_type(field.type))]
    return " ".join(names) or "__typename"
