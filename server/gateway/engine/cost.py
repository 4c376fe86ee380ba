"""What an operation may cost: one point for each value that its answer may have (M143).

A field costs a point for each object it is asked of, a mutation ten; a field may declare another price
(`declare(cost=...)`). A connection is asked for `first` rows; of another list nobody knows the length before, and it
is taken to have ten items, or what the field declares. Of what an interface or a union may be, the dearest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graphql import FieldNode, IntValueNode, Undefined, VariableNode

from server.gateway.engine.binding import Binding, Source
from server.gateway.engine.shapes import AbstractOf, ListOf, ObjectOf, Shape
from server.kit.graph.connections import PAGE_ROWS_MAX

if TYPE_CHECKING:
    from server.gateway.engine.plan import Field, Selection

FIELD = 1
MUTATION = 10
INTROSPECTION = {"Query.__schema": 1_000, "Query.__type": 50}
"""At once for all that is below it: the schema is large and always the same."""
LIST_ITEMS = 10
COST_MAX = 10**9
"""What any higher cost is counted as."""
SIZE_ARGUMENT = "first"


def own_cost(binding: Binding, is_mutation: bool) -> int:
    """The price of one field for one object, without what is selected below it."""
    declared = binding.field.metadata.get("cost") if binding.field else None
    if declared is not None:
        return int(declared)
    if binding.open:
        return FIELD if binding.source is Source.TYPENAME else INTROSPECTION.get(binding.coordinates, 0)
    return MUTATION if is_mutation else FIELD


def size_variable(node: FieldNode) -> str | None:
    """The variable that says how many rows a connection is asked for, where one does."""
    for argument in node.arguments or ():
        if argument.name.value == SIZE_ARGUMENT and isinstance(argument.value, VariableNode):
            return argument.value.name.value
    return None


class Pricing:
    """Prices the selections of one plan for one set of sizes; each selection once."""

    def __init__(self, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._known: dict[tuple[int, int | None], int] = {}

    def selection(self, selection: Selection, rows: int | None = None) -> int:
        """`rows`: how many were asked of the connection that this is an object of."""
        key = (id(selection), rows)
        if key not in self._known:
            cost = sum(self._field(field, rows) for field in selection.fields)
            self._known[key] = min(cost, COST_MAX)
        return self._known[key]

    def _field(self, field: Field, rows: int | None) -> int:
        asked = self._rows_asked(field)
        items = asked or rows
        if items is None:
            items = (
                field.binding.field.metadata.get("items", LIST_ITEMS) if field.binding.field else LIST_ITEMS
            )
        return field.cost + self._below(field.shape, items, asked)

    def _below(self, shape: Shape, items: int, asked: int | None) -> int:
        if isinstance(shape, ListOf):
            return items * self._below(shape.item, LIST_ITEMS, None)
        if isinstance(shape, ObjectOf):
            return self.selection(shape.selection, asked)
        if isinstance(shape, AbstractOf):
            return max((self.selection(each, asked) for each in shape.selections.values()), default=0)
        return 0

    def _rows_asked(self, field: Field) -> int | None:
        definition = field.binding.definition.args.get(SIZE_ARGUMENT)
        if definition is None:
            return None
        size: Any = Undefined
        for argument in field.nodes[0].arguments or ():
            if argument.name.value == SIZE_ARGUMENT:
                size = self._value(argument.value)
        if size is Undefined:
            size = definition.default_value
        return max(1, min(size, PAGE_ROWS_MAX)) if isinstance(size, int) else PAGE_ROWS_MAX

    def _value(self, node: Any) -> Any:
        if isinstance(node, VariableNode):
            return self._variables.get(node.name.value, Undefined)
        return int(node.value) if isinstance(node, IntValueNode) else Undefined
