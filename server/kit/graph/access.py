"""Access and purpose, declared on every field and checked in one place, the executor (Q010, H012).

A type declares them for all its fields with `@exposes(...)`; one field can differ with
`strawberry.field(metadata=declare(...))`. A field with neither fails the schema check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from server.kit.viewer import Viewer

T = TypeVar("T")

_TYPE_ATTRIBUTE = "__postmeter_access__"


class Who(Enum):
    """The least authority that may read a field."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    STAFF = "staff"


class Denial(Enum):
    """Why a viewer may not read a field; the value is the error's `extensions.code`."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read a field, with which API-key scope, and for which declared purpose (Q010).

    `duty` is the legal duty for which the staff may ask for it of an account that is closed, too; None: it may not
    (M097).
    """

    who: Who
    purpose: str
    scope: str | None = None
    staff_roles: frozenset[str] = frozenset()
    duty: str | None = None

    def denial(self, viewer: Viewer) -> Denial | None:
        if self.who is Who.ANYONE:
            return None
        if not viewer.signed_in and not viewer.staff_roles:
            return Denial.UNAUTHENTICATED
        if self.who is Who.STAFF and not (viewer.staff_roles & self.staff_roles):
            return Denial.FORBIDDEN
        return None if viewer.has_scope(self.scope) else Denial.FORBIDDEN


def exposes(access: Access) -> Callable[[type[T]], type[T]]:
    """Declare the access of all fields of a type that do not declare their own. Goes above `@strawberry.type`."""

    def mark(cls: type[T]) -> type[T]:
        setattr(cls, _TYPE_ATTRIBUTE, access)
        return cls

    return mark


def declare(
    access: Access | None = None,
    *,
    batch: Callable[..., Any] | None = None,
    feed: Callable[..., Any] | None = None,
    cost: int | None = None,
    items: int | None = None,
) -> dict[str, Any]:
    """The `metadata` of a Strawberry field.

    `batch` resolves the field for many parents at once: `batch(parents, info, **arguments)` returns one value a
    parent, in order; the decorated function then only gives the field its type and arguments.
    `feed` opens the live feed of a subscription field: `feed(info, **arguments) -> Feed`.
    `cost` is its price in points for each object that it is asked of, where that is not a usual field's, and `items`
    how long its list usually is, where it is no connection (`gateway/engine/cost.py`).
    """
    entries = {"access": access, "batch": batch, "feed": feed, "cost": cost, "items": items}
    return {name: value for name, value in entries.items() if value is not None}


def access_of(origin: type | None, metadata: Mapping[Any, Any] | None) -> Access | None:
    """The declaration that holds for a field: its own, else the one of the class that owns it, else None."""
    own = (metadata or {}).get("access")
    if own is not None:
        return own
    return getattr(origin, _TYPE_ATTRIBUTE, None)
