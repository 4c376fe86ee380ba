"""How each field of the schema gets its value: decided once, from Strawberry's definitions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from inspect import iscoroutinefunction
from operator import attrgetter
from typing import Any, cast

import strawberry
from graphql import (
    GraphQLField,
    GraphQLLeafType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    is_introspection_type,
)
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from server.gateway.engine.inputs import Inputs, Member
from server.gateway.engine.shapes import Leaf
from server.kit.graph.access import Access, access_of

_DEFINITION = "strawberry-definition"


class Source(Enum):
    """Where a field's value comes from."""

    TYPENAME = auto()
    ATTRIBUTE = auto()
    """An attribute of the parent."""
    FUNCTION = auto()
    """A Strawberry resolver, called for each parent."""
    BATCH = auto()
    """`declare(batch=...)`, called once for all parents."""
    CORE = auto()
    """graphql-core's own resolver: introspection, and the types that describe the schema."""


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A field of an object type, bound to what resolves it."""

    coordinates: str
    definition: GraphQLField
    source: Source
    call: Callable[..., Any]
    access: Access | None = None
    open: bool = False
    """Introspection: needs no declaration."""
    field: StrawberryField | None = None
    takes_self: bool = False
    parent_name: str | None = None
    info_name: str | None = None
    arguments: Sequence[Member] = ()
    """How the coerced arguments become those of the resolver; not for graphql-core's own."""

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.coordinates.rpartition(".")[2]

    @property
    def feed(self) -> Callable[..., Any] | None:
        return self.field.metadata.get("feed") if self.field else None


class Bindings:
    """The bindings and leaf types of a schema."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self.core: GraphQLSchema = schema._schema
        self._bindings: dict[tuple[str, str], Binding] = {}
        self._leaves: dict[tuple[str, bool], Leaf] = {}
        self._inputs = Inputs()
        for binding in self.declared():
            self._check(binding)

    def get(self, owner: GraphQLObjectType, name: str) -> Binding:
        key = (owner.name, name)
        if key not in self._bindings:
            self._bindings[key] = self._bind(owner, name)
        return self._bindings[key]

    def leaf(self, type_: GraphQLLeafType, nullable: bool) -> Leaf:
        key = (type_.name, nullable)
        if key not in self._leaves:
            self._leaves[key] = Leaf.of(type_, nullable)
        return self._leaves[key]

    def declared(self) -> Iterator[Binding]:
        """The fields of all object types but introspection."""
        for type_ in self.core.type_map.values():
            if isinstance(type_, GraphQLObjectType) and not is_introspection_type(type_):
                yield from (self.get(type_, name) for name in type_.fields)

    def _bind(self, owner: GraphQLObjectType, name: str) -> Binding:
        definition = self.core.get_field(owner, name)
        assert definition is not None, "the document was validated"
        coordinates = f"{owner.name}.{name}"
        if name == "__typename":
            return Binding(coordinates, definition, Source.TYPENAME, str, open=True)
        field = definition.extensions.get(_DEFINITION)
        if not isinstance(field, StrawberryField):
            assert definition.resolve is not None
            introspection = is_introspection_type(owner) or name.startswith("__")
            return Binding(coordinates, definition, Source.CORE, definition.resolve, open=introspection)
        origin = definition_of(owner)
        access = access_of(origin.origin if origin else None, field.metadata)
        arguments = self._inputs.members(coordinates, definition.args)
        if batch := field.metadata.get("batch"):
            return Binding(
                coordinates, definition, Source.BATCH, batch, access, field=field, arguments=arguments
            )
        resolver = field.base_resolver
        if resolver is None:
            return Binding(
                coordinates, definition, Source.ATTRIBUTE, attrgetter(field.python_name), access, field=field
            )
        parent = resolver.parent_parameter or resolver.root_parameter
        info = resolver.info_parameter
        return Binding(
            coordinates,
            definition,
            Source.FUNCTION,
            cast(Callable[..., Any], resolver.wrapped_func),
            access,
            field=field,
            # A function of an earlier type may call its `Parent` parameter self, and is given it once.
            takes_self=resolver.self_parameter is not None and parent is None,
            parent_name=parent.name if parent else None,
            info_name=info.name if info else None,
            arguments=arguments,
        )

    def _check(self, binding: Binding) -> None:
        """Refuse, when the server starts, what this engine does not run."""
        field = binding.field
        if field is None:
            return
        owner = binding.coordinates.split(".")[0]
        mutation, subscription = self.core.mutation_type, self.core.subscription_type
        if field.extensions or field.permission_classes:
            raise TypeError(f"{binding.coordinates}: field extensions and permission classes are not run")
        if mutation and owner == mutation.name:
            if binding.source is not Source.FUNCTION or not field.is_async:
                raise TypeError(f"{binding.coordinates}: a mutation is a coroutine function")
        elif subscription and owner == subscription.name:
            if binding.feed is None:
                raise TypeError(f"{binding.coordinates}: a subscription declares its feed")
        elif field.is_async or iscoroutinefunction(binding.call):
            raise TypeError(f"{binding.coordinates}: only mutations may be coroutine functions")


def definition_of(type_: GraphQLNamedType) -> StrawberryObjectDefinition | None:
    """The Strawberry class behind an object or interface type."""
    definition = type_.extensions.get(_DEFINITION)
    return definition if isinstance(definition, StrawberryObjectDefinition) else None
