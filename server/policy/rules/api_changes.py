"""How two schemas of the API differ, and which differences break what an integration does. No I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class ApiChangeKind(StrEnum):
    """What became of a place of the schema."""

    ADDED = "ADDED"
    DEPRECATED = "DEPRECATED"
    CHANGED = "CHANGED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class Place:
    """What the schema says at one place: a type, field, argument, input field, enum value or member of a union.

    `type` is empty where a place has none; `deprecated` is the reason. `given` marks what callers give (arguments and
    input fields), `required` that they must.
    """

    type: str = ""
    deprecated: str | None = None
    given: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A difference at a place. `detail` is the reason of a deprecation, or the types before and after."""

    kind: ApiChangeKind
    place: str
    breaking: bool
    detail: str | None = None


def changes_between(before: Mapping[str, Place], after: Mapping[str, Place]) -> Sequence[Change]:
    """All differences, by place; of what was added or removed only the outermost."""
    return [change for place in sorted({*before, *after}) for change in _at(place, before, after)]


def concerns(changes: Sequence[Change]) -> bool:
    """Whether who uses the API has to be told (M142): something may fail, or will be taken away."""
    return any(change.breaking or change.kind is ApiChangeKind.DEPRECATED for change in changes)


def _at(place: str, before: Mapping[str, Place], after: Mapping[str, Place]) -> Iterator[Change]:
    was, now = before.get(place), after.get(place)
    if was is None and now is not None:
        if _outer(place) is None or _outer(place) in before:
            yield Change(ApiChangeKind.ADDED, place, breaking=now.given and now.required)
    elif was is not None and now is None:
        if _outer(place) is None or _outer(place) in after:
            yield Change(ApiChangeKind.REMOVED, place, breaking=True)
    elif was is not None and now is not None:
        if was.type != now.type or was.required != now.required:
            detail = f"{was.type} → {now.type}" if was.type != now.type else None
            yield Change(ApiChangeKind.CHANGED, place, breaking=not _is_compatible(was, now), detail=detail)
        if now.deprecated is not None and was.deprecated is None:
            yield Change(ApiChangeKind.DEPRECATED, place, breaking=False, detail=now.deprecated)


def _is_compatible(was: Place, now: Place) -> bool:
    """Callers may be asked for less and be given more: null is refused less often, and answered less often."""
    if was.given:
        return was.type in (now.type, f"{now.type}!") and not (now.required and not was.required)
    return now.type in (was.type, f"{was.type}!")


def _outer(place: str) -> str | None:
    """The place that this one is part of: `Query.node` of `Query.node(id:)`, `Query` of that."""
    if "(" in place:
        return place.partition("(")[0]
    return place.partition(".")[0] if "." in place else None
