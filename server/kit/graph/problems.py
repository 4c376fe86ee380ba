"""Refusals as members of result unions: every one implements `Problem` and carries its numbers (DESIGN §5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Self, TypeVar

import strawberry

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
        own = (field.name for field in dataclasses.fields(cls))
        return cls(**shown, **{name: getattr(refusal, name) for name in own if name not in shown})


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
