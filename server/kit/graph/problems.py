"""Refusals as members of result unions: every one implements `Problem` and carries its numbers (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Self, TypeVar

import strawberry
from strawberry.types import get_object_definition
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition

from server.kit.graph.access import Access, Who, exposes
from server.kit.problems import Refusal

T = TypeVar("T", bound="Problem")

_types: dict[type[Refusal], type[Problem]] = {}


@exposes(Access(Who.ANYONE, "api_use"))
@strawberry.interface(description="Why a request was refused. Nothing was changed.")
class Problem:
    code: str = strawberry.field(description="A stable upper-case code, for programs.")
    message: str = strawberry.field(description="One sentence, for people.")
    field: str | None = strawberry.field(
        description="The input field to blame, as a dotted path; null when it is none in particular."
    )

    @classmethod
    def of(cls, refusal: Any) -> Self:
        """The problem for a refusal with its numbers. Types that show them in another form override it."""
        shown = common(refusal)
        own = (
            field
            for field in get_object_definition(cls, strict=True).fields
            if field.python_name not in shown
        )
        return cls(
            **shown,
            **{each.python_name: _shown(each.type, getattr(refusal, each.python_name)) for each in own},
        )


def _shown(shape: object, kept: Any) -> Any:
    """A value as refusals keep it, plain enough to be stored with an idempotency key, in the shape of its field."""
    if isinstance(shape, StrawberryOptional):
        return None if kept is None else _shown(shape.of_type, kept)
    if isinstance(shape, StrawberryList):
        return [_shown(shape.of_type, each) for each in kept.split()]
    if isinstance(shape, StrawberryEnumDefinition):
        return shape.wrapped_cls[kept]
    return datetime.fromisoformat(kept) if shape is datetime else kept


def common(refusal: Refusal) -> dict[str, Any]:
    """The fields that every problem has."""
    return {"code": refusal.code, "message": refusal.message, "field": refusal.input_field}


def problem(*refusals: type[Refusal]) -> Callable[[type[T]], type[T]]:
    """Let a Strawberry type stand for these refusals in result unions. Goes above `@strawberry.type`."""

    def register(cls: type[T]) -> type[T]:
        for refusal in refusals:
            _types[refusal] = cls
        return cls

    return register


def problem_of(refusal: Refusal) -> Any:
    """The union member for a refusal. Raises the refusal when no type stands for it: a bug in the slice."""
    cls = _types.get(type(refusal))
    if cls is None:
        raise refusal
    return cls.of(refusal)
