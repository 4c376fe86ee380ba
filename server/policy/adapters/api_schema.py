"""From the text of the schema to its places, and the recording of a new one when the server starts (M142)."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from functools import partial

from graphql import language
from graphql.language import ast

from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.policy.actions.api_changes import Release, record_release
from server.policy.reads.api_changes import is_known, newest_release
from server.policy.rules.api_changes import Change, Place, changes_between


async def record_schema(units: Units, text: str) -> int:
    """Record the schema that is served now, with how it differs from the one before; returns the number of changes.

    One that was served before is not recorded again: who goes back to an earlier version announces nothing.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    if await units.read(partial(is_known, digest=digest)):
        return 0
    before = await units.read(newest_release)
    changes: list[Change] = []
    if before is not None:
        changes = await asyncio.to_thread(_compare, before.text, text)
    packed = await asyncio.to_thread(zlib.compress, text.encode())
    release = Release(digest, packed, before.id if before else None, changes)
    return await units.run(Call("recordApiSchema", SYSTEM), partial(record_release, release=release))


def places_of(text: str) -> Mapping[str, Place]:
    """Every place of the schema by its name, such as `Query.node(id:)`."""
    definitions = language.parse(text, no_location=True).definitions
    return {name: place for definition in definitions for name, place in _of_definition(definition)}


def _compare(before: bytes, after: str) -> list[Change]:
    return list(changes_between(places_of(zlib.decompress(before).decode()), places_of(after)))


def _of_definition(definition: ast.DefinitionNode) -> Iterator[tuple[str, Place]]:
    if not isinstance(definition, ast.TypeDefinitionNode):
        return
    name = definition.name.value
    yield name, Place(type=definition.kind.removesuffix("_definition"))
    if isinstance(definition, ast.ObjectTypeDefinitionNode | ast.InterfaceTypeDefinitionNode):
        for field in definition.fields or ():
            yield from _of_field(f"{name}.{field.name.value}", field)
    elif isinstance(definition, ast.InputObjectTypeDefinitionNode):
        for each in definition.fields or ():
            yield f"{name}.{each.name.value}", _given(each)
    elif isinstance(definition, ast.EnumTypeDefinitionNode):
        for value in definition.values or ():
            yield f"{name}.{value.name.value}", Place(deprecated=_reason(value))
    elif isinstance(definition, ast.UnionTypeDefinitionNode):
        for member in definition.types or ():
            yield f"{name}.{member.name.value}", Place()


def _of_field(name: str, field: ast.FieldDefinitionNode) -> Iterator[tuple[str, Place]]:
    yield name, Place(type=language.print_ast(field.type), deprecated=_reason(field))
    for argument in field.arguments or ():
        yield f"{name}({argument.name.value}:)", _given(argument)


def _given(value: ast.InputValueDefinitionNode) -> Place:
    required = isinstance(value.type, ast.NonNullTypeNode) and value.default_value is None
    said = language.print_ast(value.type)
    return Place(type=said, deprecated=_reason(value), given=True, required=required)


def _reason(
    node: ast.FieldDefinitionNode | ast.InputValueDefinitionNode | ast.EnumValueDefinitionNode,
) -> str | None:
    """Why it is deprecated; None while it is not."""
    for directive in node.directives or ():
        if directive.name.value == "deprecated":
            said = [
                argument.value for argument in directive.arguments or () if argument.name.value == "reason"
            ]
            return said[0].value if said and isinstance(said[0], ast.StringValueNode) else ""
    return None
