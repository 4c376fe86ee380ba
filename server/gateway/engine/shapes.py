"""Value completion (GraphQL spec §6.4.3), a column at a time.

A column holds a field's values for all parents of a level. A resolver's exception stands in the column in
place of the value. Completing a column gives the response values; what failed is None, and noted as a fault.
The common case of a whole column of one plain type is recognised by its set of classes, in C, and only the
uncommon one is looked at value by value.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from math import isfinite
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import is_iterable
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from strawberry.types.enum import StrawberryEnumDefinition

from server.gateway.engine.errors import InvalidValue

if TYPE_CHECKING:
    from server.gateway.engine.plan import Selection
    from server.gateway.engine.run import Run, Site

Column = list[Any]
_JSON_CLASSES: Mapping[Any, type] = {
    GraphQLString.coerce_output_value: str,
    GraphQLID.coerce_output_value: str,
    GraphQLBoolean.coerce_output_value: bool,
    GraphQLInt.coerce_output_value: int,
    GraphQLFloat.coerce_output_value: float,
}
"""The class whose values a serializer of the specification leaves as they are (§3.5)."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape(ABC):
    """A type as it is completed; `nullable` says whether null may stand here."""

    nullable: bool

    @abstractmethod
    def complete(self, column: Column, run: Run, site: Site) -> Column:
        """The response values of a column, in order."""

    @property
    @abstractmethod
    def plain(self) -> bool:
        """Whether completion reads only attributes, so that it needs no open database read."""

    def absent(self, value: Any, index: int, run: Run, site: Site) -> bool:
        """Whether nothing is there to complete: null, or an exception. Reports the fault, if it is one."""
        if value is None or value is Undefined:
            if not self.nullable:
                run.fault(site, index, InvalidValue("Cannot return null for a non-nullable type."))
            return True
        if isinstance(value, Exception):
            run.fault(site, index, value)
            return True
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Leaf(Shape):
    """A scalar or an enum.

    `convert` completes a column at once: of values of the class `exact` only, or of any when that is None. It
    raises when a value is wrong.
    """

    serialize: Callable[[Any], Any]
    exact: type | None
    convert: Callable[[Column], Column]

    @classmethod
    def of(cls, type_: GraphQLLeafType, nullable: bool) -> Leaf:
        serialize = type_.coerce_output_value
        if exact := _JSON_CLASSES.get(serialize):
            return cls(nullable, serialize, exact, {int: _integers, float: _floats}.get(exact, _unchanged))
        definition = type_.extensions.get("strawberry-definition")
        if isinstance(type_, GraphQLEnumType) and isinstance(definition, StrawberryEnumDefinition):
            members: Iterable[Any] = definition.wrapped_cls
            names = {id(member): serialize(member) for member in members}  # hashing a member is slow
            known = definition.wrapped_cls
            return cls(nullable, serialize, known, lambda c: list(map(names.__getitem__, map(id, c))))
        return cls(nullable, serialize, None, lambda column: _not_null(map(serialize, column)))

    @property
    def plain(self) -> bool:
        return True

    def complete(self, column: Column, run: Run, site: Site) -> Column:
        kinds = set(map(type, column))
        some_null = NoneType in kinds
        if self._usual(kinds) and (self.nullable or not some_null):
            try:
                if not some_null:
                    return self.convert(column)
                return spread(column, self.convert(present(column)))
            except Exception:  # noqa: S110 - the slow way below tells which value is wrong, and why
                pass
        return [self._one(value, index, run, site) for index, value in enumerate(column)]

    def _usual(self, kinds: set[type]) -> bool:
        if self.exact is None:
            return not any(issubclass(kind, Exception) for kind in kinds)
        return kinds == {self.exact} or kinds <= {self.exact, NoneType}

    def _one(self, value: Any, index: int, run: Run, site: Site) -> Any:
        if self.absent(value, index, run, site):
            return None
        try:
            done = self.serialize(value)
        except Exception as exc:
            run.fault(site, index, exc)
            return None
        if done is None or done is Undefined:
            run.fault(site, index, InvalidValue("A value was serialised to null."))
            return None
        return done


@dataclass(frozen=True, slots=True, eq=False)
class ListOf(Shape):
    """A list: its items, of all parents, are completed as one column."""

    item: Shape

    @property
    def plain(self) -> bool:
        return self.item.plain

    def complete(self, column: Column, run: Run, site: Site) -> Column:
        if not set(map(type, column)) <= {list, tuple}:
            column = [self._listed(value, index, run, site) for index, value in enumerate(column)]
        lists = present(column)
        items = self.item.complete(list(chain.from_iterable(lists)), run, site.items(column))
        done, start = [], 0
        for length in map(len, lists):
            done.append(items[start : start + length])
            start += length
        return spread(column, done)

    def _listed(self, value: Any, index: int, run: Run, site: Site) -> Any:
        if self.absent(value, index, run, site):
            return None
        try:
            if is_iterable(value):
                return list(value)
            raise InvalidValue(f"Expected a list, found {type(value).__qualname__}.")
        except Exception as exc:
            run.fault(site, index, exc)
            return None


@dataclass(frozen=True, slots=True, eq=False)
class ObjectOf(Shape):
    """An object type. Values of the class `known` need no look; `accepts` decides about others."""

    selection: Selection
    known: type | None

    @property
    def plain(self) -> bool:
        return self.selection.plain

    def complete(self, column: Column, run: Run, site: Site) -> Column:
        if set(map(type, column)) == {self.known}:
            return run.select(self.selection, column, site)
        column = [self._checked(value, index, run, site) for index, value in enumerate(column)]
        return spread(column, run.select(self.selection, present(column), site))

    def _checked(self, value: Any, index: int, run: Run, site: Site) -> Any:
        if self.absent(value, index, run, site):
            return None
        try:
            accept(self.selection.type, value, site.info(run))
        except Exception as exc:
            run.fault(site, index, exc)
            return None
        return value


@dataclass(frozen=True, slots=True, eq=False)
class AbstractOf(Shape):
    """An interface or a union: `by_class` knows most values, `find` asks Strawberry about others."""

    selections: Mapping[str, Selection]
    by_class: Mapping[type, Selection]
    find: Callable[[Any, Any], Selection]

    @property
    def plain(self) -> bool:
        return all(selection.plain for selection in self.selections.values())

    def complete(self, column: Column, run: Run, site: Site) -> Column:
        kinds = set(map(type, column))
        if len(kinds) == 1 and (only := self.by_class.get(next(iter(kinds)))):
            return run.select(only, column, site)
        done: Column = [None] * len(column)
        for selection, indexes in self._groups(column, run, site).items():
            rows = run.select(selection, [column[index] for index in indexes], site)
            for index, row in zip(indexes, rows, strict=True):
                done[index] = row
        return done

    def _groups(self, column: Column, run: Run, site: Site) -> Mapping[Selection, list[int]]:
        groups: dict[Selection, list[int]] = {}
        for index, value in enumerate(column):
            if self.absent(value, index, run, site):
                continue
            try:
                selection = self.by_class.get(type(value)) or self.find(value, site.info(run))
            except Exception as exc:
                run.fault(site, index, exc)
            else:
                groups.setdefault(selection, []).append(index)
        return groups


def accept(type_: GraphQLObjectType, value: Any, info: Any) -> None:
    """Raise when the type says that the value is not one of its own."""
    if type_.is_type_of is not None and not type_.is_type_of(value, info):
        raise InvalidValue(f"Expected a value of type {type_.name}, found {type(value).__qualname__}.")


def present(column: Column) -> Column:
    return [value for value in column if value is not None]


def spread(column: Column, done: Column) -> Column:
    """The completed values, with the nulls of the column put back between them."""
    if len(done) == len(column):
        return done
    values = iter(done)
    return [None if value is None else next(values) for value in column]


def _unchanged(column: Column) -> Column:
    return column


def _not_null(values: Iterable[Any]) -> Column:
    column = list(values)
    if None in column:
        raise ValueError
    return column


def _integers(column: Column) -> Column:
    """Int is a signed 32-bit number (spec §3.5.1)."""
    if column and (min(column) < GRAPHQL_MIN_INT or max(column) > GRAPHQL_MAX_INT):
        raise ValueError
    return column


def _floats(column: Column) -> Column:
    """Float has no NaN and no infinity (spec §3.5.2)."""
    if not all(map(isfinite, column)):
        raise ValueError
    return column
