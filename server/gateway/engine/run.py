"""The execution of a plan (GraphQL spec §6.3, §6.4).

`select` takes all parents that one selection has and gets each field for all of them at once: a column. Below
a field, its values become the parents. So a level costs a call a field, however many rows it has, and a field
declared with `declare(batch=...)` can ask the database once. The rows are put together from the columns.

Faults are only noted while columns are completed. Afterwards, and only if there are any, `Settlement` walks
the response in document order, gives every fault its path, and lets nulls propagate (§6.4.4).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry
from graphql.execution.values import VariableValues
from graphql.pyutils import Path

from server.gateway.engine.binding import Binding, Bindings, Source
from server.gateway.engine.errors import InvalidValue, Reporter
from server.gateway.engine.plan import Field, Plan, Selection, Verdict
from server.gateway.engine.response import Result, Row, Settlement
from server.gateway.engine.shapes import Column
from server.gateway.engine.values import RawInfo, arguments_of
from server.kit.db.base import DATABASE_ERRORS
from server.kit.graph.context import Context


class Frame:
    """One selection, executed for some parents at one place; `site` is the field that led here."""

    __slots__ = ("rows", "selection", "site")

    def __init__(self, selection: Selection, site: Site | None) -> None:
        self.selection = selection
        self.site = site
        self.rows: list[Row] = []

    def path(self) -> Path | None:
        return self.site.path() if self.site else None


class Site:
    """Where a column belongs: a field of a frame, or within it the items of an outer column's lists."""

    __slots__ = ("field", "frame", "lists", "outer")

    def __init__(
        self, frame: Frame, field: Field, outer: Site | None = None, lists: Column | None = None
    ) -> None:
        self.frame = frame
        self.field = field
        self.outer = outer
        self.lists = lists

    def items(self, lists: Column) -> Site:
        return Site(self.frame, self.field, self, lists)

    def place(self, index: int) -> tuple[int, tuple[int, ...]]:
        """The row of the frame, and the positions in its lists, that this index of the column stands for."""
        if self.outer is None:
            return index, ()
        for position, items in enumerate(self.lists or ()):
            if items is not None:
                if index < len(items):
                    row, above = self.outer.place(position)
                    return row, (*above, index)
                index -= len(items)
        raise IndexError(index)

    def path(self) -> Path:
        """The response keys that lead here, without list positions."""
        return Path(self.frame.path(), self.field.key, self.frame.selection.type.name)

    def info(self, run: Run) -> RawInfo:
        return run.raw_info(self)


class Run:
    """One execution: the plan, the viewer's verdict, and the faults so far."""

    def __init__(
        self,
        bindings: Bindings,
        plan: Plan,
        variables: VariableValues,
        context: Context,
        denied: Verdict,
        reporter: Reporter,
    ) -> None:
        self.context = context
        self.variables = variables
        self.reporter = reporter
        self._bindings = bindings
        self._plan = plan
        self._denied = denied
        self._frames: list[Frame] = []
        self._faults: list[tuple[Site, int, Exception]] = []

    def fault(self, site: Site, index: int, exc: Exception) -> None:
        """Note that a value failed; the caller puts None in its place.

        Raises what the database raised: its snapshot is of no more use, and who reads may try again.
        """
        if isinstance(exc, DATABASE_ERRORS):
            raise exc
        self._faults.append((site, index, exc))

    def root(self) -> Frame:
        frame = Frame(self._plan.root, None)
        self._frames.append(frame)
        return frame

    def select(self, selection: Selection, parents: Column, site: Site) -> Column:
        """Execute a selection for all its parents (§6.3.3, ExecuteSelectionSet): one row each, in order."""
        if not parents:
            return []
        frame = Frame(selection, site)
        self._frames.append(frame)
        return self.assemble(
            frame, [self.column(field, parents, frame) for field in selection.fields], len(parents)
        )

    def assemble(self, frame: Frame, columns: list[Column], count: int) -> list[Row]:
        """Put the rows together; their keys are in document order (§6.3.2)."""
        rows: list[Row] = [{} for _ in range(count)]
        for key, column in zip(frame.selection.keys, columns, strict=True):
            for row, value in zip(rows, column, strict=True):
                row[key] = value
        frame.rows = rows
        return rows

    def column(self, field: Field, parents: Column, frame: Frame) -> Column:
        """Execute one field for all parents (§6.4, ExecuteField)."""
        return self.complete(field, self._resolve(field, parents, frame), frame)

    def complete(self, field: Field, values: Column, frame: Frame) -> Column:
        return field.shape.complete(values, self, Site(frame, field))

    def finish(self, frame: Frame) -> Result:
        """The result whose root row is in `frame`."""
        data: Row | None = frame.rows[0]
        if self._faults and not Settlement(self._frames, self._faults, self.reporter).row(frame.rows[0], []):
            data = None
        cost = sum(each.selection.cost * len(each.rows) for each in self._frames)
        return Result(data, self.reporter.errors(), cost=cost)

    def denial(self, field: Field) -> Exception | None:
        return self._denied.get(field)

    def arguments(self, field: Field) -> dict[str, Any]:
        """The coerced arguments, for the caller to keep. Raises GraphQLError for a bad value."""
        if field.arguments is None:
            arguments = arguments_of(field.binding, field.nodes[0], self.variables)
            if not field.fixed:
                return arguments
            field.arguments = arguments
        return dict(field.arguments)

    def info(self, field: Field, frame: Frame) -> Any:
        """The `info` of a resolver: Strawberry's for a Strawberry field."""
        raw = self.raw_info(Site(frame, field))
        strawberry_field = field.binding.field
        return strawberry.Info(raw, strawberry_field) if strawberry_field else raw  # type: ignore[arg-type]

    def raw_info(self, site: Site) -> RawInfo:
        """What graphql-core's resolvers, and those that tell a value's type, know of the execution."""
        return RawInfo(
            site.field.nodes[0].name.value,
            list(site.field.nodes),
            site.field.binding.definition.type,
            site.frame.selection.type,
            site,
            self._bindings.core,
            self._plan.document.fragments,
            self._plan.operation,
            self.variables.coerced,
            self.context,
        )

    def _resolve(self, field: Field, parents: Column, frame: Frame) -> Column:
        """The raw values of a column; an exception stands for the value it kept from being."""
        binding = field.binding
        if self._denied and field in self._denied:
            return [self._denied[field]] * len(parents)
        if binding.source is Source.ATTRIBUTE:
            try:
                return list(map(binding.call, parents))
            except Exception:
                return [_attempt(binding.call, parent) for parent in parents]
        if binding.source is Source.TYPENAME:
            return [frame.selection.type.name] * len(parents)
        info = self.info(field, frame)
        try:
            arguments = self.arguments(field)
            if binding.source is Source.BATCH:
                return _batch(binding, parents, info, arguments)
        except Exception as exc:
            return [exc] * len(parents)
        return call_each(binding, parents, info, arguments)


def call_each(binding: Binding, parents: Column, info: Any, arguments: dict[str, Any]) -> Column:
    """Call a field's resolver for each parent."""
    call = binding.call
    if binding.source is Source.CORE:
        return [_attempt(call, parent, info, **arguments) for parent in parents]
    if binding.info_name:
        arguments[binding.info_name] = info
    if binding.parent_name:
        name = binding.parent_name
        return [_attempt(call, *_self(binding, parent), **{name: parent}, **arguments) for parent in parents]
    if binding.takes_self:
        return [_attempt(call, parent, **arguments) for parent in parents]
    return [_attempt(call, **arguments) for _ in parents]


def _self(binding: Binding, parent: Any) -> tuple[Any, ...]:
    return (parent,) if binding.takes_self else ()


def _attempt(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return call(*args, **kwargs)
    except Exception as exc:
        return exc


def _batch(binding: Binding, parents: Column, info: Any, arguments: dict[str, Any]) -> Column:
    values = list(binding.call(parents, info, **arguments))
    if len(values) != len(parents):
        raise InvalidValue(
            f"{binding.coordinates}: the batch gave {len(values)} values for {len(parents)} parents."
        )
    return values
