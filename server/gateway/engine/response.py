"""What becomes of a finished execution: a response, its errors located and its nulls propagated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from server.gateway.engine.errors import Reporter
from server.gateway.engine.plan import Field
from server.gateway.engine.shapes import Leaf, ListOf, Shape

if TYPE_CHECKING:
    from server.gateway.engine.run import Frame, Site

Row = dict[str, Any]


class Result:
    """A response: `data` with `errors` (spec §7.1)."""

    __slots__ = ("cost", "data", "encoded", "errors", "extensions")

    def __init__(
        self,
        data: Row | None,
        errors: list[dict[str, Any]] | None = None,
        extensions: dict[str, Any] | None = None,
        cost: int = 0,
    ) -> None:
        """`cost`: the points of the values that were asked for, found or not."""
        self.data = data
        self.errors = errors
        self.extensions = extensions
        self.cost = cost
        self.encoded: Callable[[int], None] | None = None
        """Told the size in bytes, once it is known."""

    def payload(self) -> dict[str, Any]:
        """The response map; errors come first, so that a person sees them (§7.1)."""
        payload: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        payload["data"] = self.data
        if self.extensions:
            payload["extensions"] = self.extensions
        return payload

    def encode(self) -> bytes:
        body = orjson.dumps(self.payload())
        if self.encoded is not None:
            self.encoded(len(body))
        return body


class Settlement:
    """Faults become errors with a path, and nulls propagate to the nearest nullable type (§6.4.4).

    The walk is depth first in document order and stops in a selection that turned null, so that the errors
    are those, in the order, that a depth-first execution reports.
    """

    def __init__(
        self, frames: Sequence[Frame], faults: Sequence[tuple[Site, int, Exception]], reporter: Reporter
    ) -> None:
        self._reporter = reporter
        self._selections = {id(row): frame.selection for frame in frames for row in frame.rows}
        self._faults: dict[tuple[int, str], dict[tuple[int, ...], Exception]] = {}
        for site, index, exc in faults:
            row, positions = site.place(index)
            if row < len(site.frame.rows):
                key = (id(site.frame.rows[row]), site.field.key)
                self._faults.setdefault(key, {})[positions] = exc

    def row(self, row: Row, path: list[str | int]) -> bool:
        """Settle the fields of a row; False when the row itself turns null."""
        for field in self._selections[id(row)].fields:
            faults = self._faults.get((id(row), field.key), {})
            value = self._value(field, field.shape, row[field.key], faults, (), [*path, field.key])
            if value is None and not field.shape.nullable:
                return False
            row[field.key] = value
        return True

    def _value(
        self,
        field: Field,
        shape: Shape,
        value: Any,
        faults: dict[tuple[int, ...], Exception],
        positions: tuple[int, ...],
        path: list[str | int],
    ) -> Any:
        if positions in faults:
            self._reporter.add(faults[positions], path, field.nodes, field.binding.coordinates)
            return None
        if value is None or isinstance(shape, Leaf):
            return value
        if not isinstance(shape, ListOf):
            return value if self.row(value, path) else None
        for index, item in enumerate(value):
            settled = self._value(field, shape.item, item, faults, (*positions, index), [*path, index])
            if settled is None and not shape.item.nullable:
                return None
            value[index] = settled
        return value
