"""Strawberry's input classes, made from coerced values (GraphQL spec §6.4.1) by converters that are compiled once.

Strawberry's own conversion looks up every type and name again for every value: a list of 500 inputs feels that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    get_nullable_type,
)
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition

Convert = Callable[[Any], Any]
Member = tuple[str, str, Convert | None]
"""An argument or a field of an input: its name in requests, its name in Python, and what makes the value that Python
is given; None when that is the coerced value."""

_DEFINITION = "strawberry-definition"


def converted(members: Sequence[Member], values: Mapping[str, Any]) -> dict[str, Any]:
    """The members that were given, by their names in Python."""
    given: dict[str, Any] = {}
    for name, python_name, convert in members:
        if name in values:
            value = values[name]
            given[python_name] = value if convert is None or value is None else convert(value)
    return given


class Inputs:
    """The converters of one schema."""

    def __init__(self) -> None:
        self._objects: dict[str, _Object] = {}

    def members(
        self, coordinates: str, definitions: Mapping[str, GraphQLArgument] | Mapping[str, GraphQLInputField]
    ) -> list[Member]:
        """Raises TypeError for what Strawberry would convert in its own ways: `Maybe`."""
        members: list[Member] = []
        for name, definition in definitions.items():
            described = definition.extensions[_DEFINITION]
            if isinstance(described.type, StrawberryMaybe):
                raise TypeError(f"{coordinates}.{name}: Maybe is not converted")
            members.append((name, described.python_name, self._converter(definition.type)))
        return members

    def _converter(self, type_: GraphQLInputType) -> Convert | None:
        inner = get_nullable_type(type_)
        if isinstance(inner, GraphQLList):
            return _listed(self._converter(inner.of_type))
        return self._object(inner) if isinstance(inner, GraphQLInputObjectType) else None

    def _object(self, type_: GraphQLInputObjectType) -> Convert:
        found = self._objects.get(type_.name)
        if found is None:
            definition: StrawberryObjectDefinition = type_.extensions[_DEFINITION]
            if definition.from_input is not None:
                raise TypeError(f"{type_.name}: an input that builds itself is not converted")
            # Remembered before its members are known: an input may contain itself.
            found = self._objects[type_.name] = _Object(definition)
            found.members = self.members(type_.name, type_.fields)
        return found


class _Object:
    """Makes the instances of one input class. What was not given is its default, or None."""

    __slots__ = ("_absent", "_make", "members")

    def __init__(self, definition: StrawberryObjectDefinition) -> None:
        self.members: Sequence[Member] = ()
        self._make = definition.origin
        self._absent = {
            field.python_name: None
            for field in definition.fields
            if field.default_value is MISSING and field.default_factory is MISSING
        }

    def __call__(self, value: Mapping[str, Any]) -> Any:
        return self._make(**{**self._absent, **converted(self.members, value)})


def _listed(convert: Convert | None) -> Convert:
    """A new list each time: nobody may change the default that other requests get."""
    if convert is None:
        return list
    return lambda values: [None if value is None else convert(value) for value in values]
