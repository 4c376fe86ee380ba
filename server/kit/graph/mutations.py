"""What every mutation field does: run one action as one unit of work, answer with its result or its problem."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types import get_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.union import StrawberryUnion
from strawberry.utils.str_converters import to_camel_case

from server.kit.graph.access import Access, Who, access_of
from server.kit.graph.context import Info
from server.kit.graph.problems import Problem, problem, problem_of
from server.kit.idempotency import (
    IdempotencyInProgress,
    IdempotencyKeyInvalid,
    IdempotencyMismatch,
    Once,
    Receipt,
)
from server.kit.problems import Refusal
from server.kit.work import Call, Work

T = TypeVar("T")

IDEMPOTENCY_KEY_DESCRIPTION = (
    "A string of your choice, 1 to 255 visible ASCII characters, that names this one intention: a repetition with "
    "the same input gets the first outcome again and changes nothing."
)
REPLAYED_DESCRIPTION = (
    "Whether this is the stored outcome of an earlier request with the same idempotency key."
)


async def run(info: Info, action: Callable[[Work], T], present: Callable[[Work, T], Any]) -> Any:
    """Run `action`; `present` makes the payload from what it returned, in the same transaction.

    The answer is a member of the field's result union: the payload, or the problem of the refusal.
    """
    try:
        return await info.context.units.run(_call(info), lambda work: present(work, action(work)))
    except Refusal as refusal:
        return problem_of(refusal)


async def run_once(
    info: Info, data: Any, action: Callable[[Work], Receipt], present: Callable[[Work, Receipt], Any]
) -> Any:
    """The same, at most once for `data.idempotency_key` and this account (DESIGN §2).

    `data` is the mutation's Strawberry input; what it says beside the key must be the same in a repetition.
    """
    try:
        once = Once.of(data.idempotency_key, canonical(data))
        return await info.context.units.run_once(_call(info), once, action, present)
    except Refusal as refusal:
        return problem_of(refusal)


def refuse_too(root: type[Any], problem_type: type[Problem], which: Callable[[str, Access], bool]) -> None:
    """Let all mutations of `root` that `which` picks, by name and declaration, answer with one more problem.

    For a refusal that comes before every action (`House.restraint`), so that no slice has to name it. Fields that share
    a union share its problems.
    """
    fields = get_object_definition(root, strict=True).fields
    unions = [(field, field.type) for field in fields if isinstance(field.type, StrawberryUnion)]
    picked = {union.graphql_name for field, union in unions if _is_picked(field, which)}
    for _, union in unions:
        if union.graphql_name in picked and problem_type not in union.types:
            union.type_annotations += (StrawberryAnnotation(problem_type),)


def _is_picked(field: StrawberryField, which: Callable[[str, Access], bool]) -> bool:
    access = access_of(None, field.metadata)
    name = field.graphql_name or to_camel_case(field.python_name)
    return access is not None and which(name, access)


def canonical(data: Any) -> dict[str, Any]:
    """The input as plain values in which equal intentions are equal: 10.0 and 10.00 are one amount."""
    return {
        field.name: _plain(getattr(data, field.name))
        for field in dataclasses.fields(data)
        if field.name != "idempotency_key"
    }


def _plain(value: Any) -> Any:
    if value is strawberry.UNSET:
        return None
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Enum):
        return value.name
    if dataclasses.is_dataclass(value):
        return canonical(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _call(info: Info) -> Call:
    context = info.context
    access = access_of(None, info._field.metadata)
    purpose = None if access is None else access.purpose
    return Call(info.field_name, context.viewer, context.request_id, purpose, context.remote_address)


@problem(IdempotencyMismatch)
@strawberry.type(
    name="IdempotencyMismatch",
    description="The idempotency key was used before with another input; the first outcome stands.",
)
class IdempotencyMismatchProblem(Problem):
    pass


@problem(IdempotencyInProgress)
@strawberry.type(
    name="IdempotencyInProgress",
    description="A request with this idempotency key is still running. Retry in a moment with the same key.",
)
class IdempotencyInProgressProblem(Problem):
    pass


@problem(IdempotencyKeyInvalid)
@strawberry.type(
    name="IdempotencyKeyInvalid",
    description="The idempotency key is empty, longer than 255 characters, or not visible ASCII.",
)
class IdempotencyKeyInvalidProblem(Problem):
    pass


OUTCOME = Access(Who.ANYONE, "api_use")
"""For payload types: who was allowed to call the mutation may read its answer."""
