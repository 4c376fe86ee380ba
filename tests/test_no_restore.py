"""Backups restore whole systems: nothing in the API or on the command line brings one account's data back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
import typer.main
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema, get_named_type

from server.cli import app
from server.schema import schema

BRINGS_BACK = re.compile(
    r"restore(?!d_?per_?second)|undelete|unerase|undo|rewind|roll_?back|recover(?!y_?codes?\b)", re.IGNORECASE
)
NAMES_ONE = re.compile(r"account|customer|login|owner|person|tenant|wallet", re.IGNORECASE)


@pytest.mark.rule("M013")
def test_no_field_of_the_api_brings_data_back() -> None:
    assert list(fields_that_bring_back(schema._schema)) == []


@pytest.mark.rule("M013")
def test_no_command_brings_one_accounts_data_back() -> None:
    command = typer.main.get_command(app)
    assert "staff" in dict(commands(command)), "the commands are seen"
    assert list(commands_for_one(command)) == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ("restoreAccount(id: ID!): Int", ["Mutation.restoreAccount"]),
        ("undeleteCampaign: Int", ["Mutation.undeleteCampaign"]),
        ("importBackup(input: In!): Int", ["In.recoverFrom"]),
        ("createRecoveryCodes: Int resetPasswordWithCode: Int", []),
        ("setApiLimits(restoredPerSecond: Int): Int", []),  # a bucket of points
    ],
)
def test_such_a_field_would_be_found(fields: str, found: list[str]) -> None:
    other = build_schema(
        f"type Query {{ a: Int }} input In {{ recoverFrom: ID }} type Mutation {{ {fields} }}"
    )
    assert list(fields_that_bring_back(other)) == found


def test_such_a_command_would_be_found() -> None:
    whole = click.Command("restore", params=[click.Argument(["folder"])])
    one = click.Command("restore", params=[click.Argument(["folder"]), click.Option(["--account-id"])])
    told = click.Command("restore-account")
    group = click.Group("backup", commands={"whole": whole, "restore": one, "restore-account": told})
    assert list(commands_for_one(group)) == ["restore", "restore-account"]


def fields_that_bring_back(of: GraphQLSchema) -> Iterator[str]:
    """The mutations, and fields of their inputs, whose names say that something comes back, as coordinates."""
    assert of.mutation_type is not None
    seen: set[str] = set()
    waiting: list[GraphQLObjectType | GraphQLInputObjectType] = [of.mutation_type]
    while waiting:
        kind = waiting.pop()
        for name, field in kind.fields.items():
            if BRINGS_BACK.search(name):
                yield f"{kind.name}.{name}"
            inputs = [argument.type for argument in getattr(field, "args", {}).values()] or [field.type]
            for named in map(get_named_type, inputs):
                if isinstance(named, GraphQLInputObjectType) and named.name not in seen:
                    seen.add(named.name)
                    waiting.append(named)


def commands(command: click.Command) -> Iterator[tuple[str, click.Command]]:
    """Every command below this one, by name."""
    for name, each in getattr(command, "commands", {}).items():
        yield name, each
        yield from commands(each)


def commands_for_one(command: click.Command) -> Iterator[str]:
    """The commands that bring something back, and take or name whose it is."""
    for name, each in commands(command):
        words = [name, *(option for one in each.params for option in (one.name or "", *one.opts))]
        if BRINGS_BACK.search(name) and any(NAMES_ONE.search(word) for word in words):
            yield name
