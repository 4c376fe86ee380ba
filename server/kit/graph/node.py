"""`Node`, the interface of everything with an id, and how a later slice adds a field to an earlier type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.types.base import get_object_definition
from strawberry.types.field import StrawberryField

from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.context import Info

NodeLoader = Callable[[Info, str], Any]
"""Finds the thing with an id for this viewer: `loader(info, id)`, None when it is not there or not theirs."""


@exposes(Access(Who.SIGNED_IN, "api_use"))
@strawberry.interface(description="Everything that has an id and can be fetched again by `node(id:)`.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="A readable prefix and a UUIDv7, such as ord_01j8…; unique and never used again."
    )


def extend(cls: type, field: StrawberryField) -> None:
    """Add a resolver field to a type of an earlier slice. Only schema.py calls this, before it builds the schema."""
    definition = get_object_definition(cls, strict=True)
    assert field.base_resolver is not None, "only resolver fields can be added"
    field.python_name = field.base_resolver.name
    field.origin = cls
    definition.fields.append(field)
