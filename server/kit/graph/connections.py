"""Relay connections with keyset cursors: stable under inserts, at most 100 a page, newest first."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from server.kit.graph.access import Access, Who, exposes
from server.kit.problems import PublicError

T = TypeVar("T")
R = TypeVar("R")

PAGE_ROWS_MAX = 100
NUMBER_MAX = 2**63 - 1
"""The largest number that the databases take."""
_STRUCTURE = Access(Who.ANYONE, "api_use")

First = Annotated[int, strawberry.argument(description="How many rows, 1 to 100.")]
After = Annotated[
    str | None, strawberry.argument(description="Continue behind this cursor, from `pageInfo.endCursor`.")
]


@exposes(_STRUCTURE)
@strawberry.type(description="Where this page ends and whether there is more.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are rows behind this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page was asked for with `after`.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first row, null when empty.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last row; give it as `after`.")


@exposes(_STRUCTURE)
@strawberry.type(description="One row of a page.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The row itself.")
    cursor: str = strawberry.field(description="An opaque cursor that points at this row.")


@exposes(_STRUCTURE)
@strawberry.type(description="One page of rows, newest first.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The rows, each with its cursor.")
    page_info: PageInfo = strawberry.field(description="Where this page ends.")


def rows_wanted(first: int) -> int:
    """How many rows to fetch for a page: one more than it shows. Raises PublicError BAD_USER_INPUT."""
    if not 1 <= first <= PAGE_ROWS_MAX:
        raise PublicError("BAD_USER_INPUT", f"`first` is 1 to {PAGE_ROWS_MAX}, not {first}.", first=first)
    return first + 1


def key_after(after: str | None) -> str | None:
    """The key inside a cursor. Raises PublicError BAD_USER_INPUT when it is not one of ours."""
    if after is None:
        return None
    try:
        key = base64.b64decode(after.encode("ascii"), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError, ValueError):
        key = ""
    if not key.isprintable() or not key:  # PostgreSQL takes no NUL
        raise PublicError("BAD_USER_INPUT", "`after` is not a cursor of this API.")
    return key


def number_after(after: str | None) -> int | None:
    """The same, for lists that are ordered by a number."""
    key = key_after(after)
    if key is None:
        return None
    if not key.isdigit() or len(key) > 19 or int(key) > NUMBER_MAX:
        raise PublicError("BAD_USER_INPUT", "`after` is not a cursor of this list.")
    return int(key)


def page(
    rows: Sequence[R], first: int, after: str | None, node: Callable[[R], T], key: Callable[[R], Any]
) -> Connection[T]:
    """A page from the rows that `rows_wanted(first)` fetched; `key` is the unique order of a row."""
    edges = [Edge(node=node(row), cursor=_cursor(key(row))) for row in rows[:first]]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(rows) > first,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def _cursor(key: Any) -> str:
    return base64.urlsafe_b64encode(str(key).encode("ascii")).decode("ascii")
