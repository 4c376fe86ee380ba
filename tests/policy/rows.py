"""Rows that nobody should have been able to make, with as few words as they need."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, Integer, LargeBinary, insert, update

from server.kit.db import Base, Instant, Sealed
from server.kit.registry import Registry
from server.kit.work import Work
from tests.policy.conftest import World

T = TypeVar("T")
Sabotage = Callable[[Work, World], Any]
CUSTOMER = object()
"""Stands for the customer's id."""
OTHER = object()
"""Stands for the other customer's id."""


def made(model: type[Base], **values: Any) -> Sabotage:
    """A row with these values, and harmless ones where the table wants more. A time is told from now on, and words for
    a sealed column are sealed."""

    def sabotage(work: Work, world: World) -> None:
        columns = model.__table__.columns
        filled = {
            column.name: _harmless(column, work, world)
            for column in columns
            if not column.nullable and column.server_default is None
        }
        given = {name: _value(columns[name], value, work, world) for name, value in values.items()}
        work.execute(insert(model).values(**(filled | given)))

    return sabotage


def changed(model: type[Base], **values: Any) -> Sabotage:
    """All rows of a table get these values."""

    def sabotage(work: Work, world: World) -> None:
        columns = model.__table__.columns
        given = {name: _value(columns[name], value, work, world) for name, value in values.items()}
        work.execute(update(model).values(**given))

    return sabotage


def all_of(*sabotages: Sabotage) -> Sabotage:
    """One after the other."""

    def sabotage(work: Work, world: World) -> None:
        for each in sabotages:
            each(work, world)

    return sabotage


def running_by(kind: type[T], change: Callable[[T], T]) -> Sabotage:
    """The server runs by something else than its profile says, or serves something else."""

    def sabotage(work: Work, _world: World) -> None:
        other = Over(work.house.terms, change(work.terms(kind)))
        work.house = dataclasses.replace(work.house, terms=other)

    return sabotage


def under(terms: object, sabotage: Sabotage) -> Sabotage:
    """The same where the policy says this."""

    def spoil(work: Work, world: World) -> None:
        work.house = dataclasses.replace(work.house, terms=Over(work.house.terms, terms))
        sabotage(work, world)

    return spoil


class Over(Registry):
    """Another registry, but for some of its instances."""

    def __init__(self, base: Registry, *instances: object) -> None:
        super().__init__(*instances)
        self._base = base

    def get(self, kind: type[T]) -> T:
        return super().get(kind) if kind in self._instances else self._base.get(kind)


def _harmless(column: Column[Any], work: Work, world: World) -> Any:
    if column.name in ("account_id", "id") and not column.primary_key:
        return world.customer
    if column.name == "account_id":
        return world.customer
    kind = column.type
    if isinstance(kind, Sealed):
        return _sealed(column, "words", work, world)
    if isinstance(kind, Instant):
        return work.now
    if isinstance(kind, Boolean):
        return False
    if isinstance(kind, Integer):
        return 0
    return b"1" * 32 if isinstance(kind, LargeBinary) else "x"


def _value(column: Column[Any], value: Any, work: Work, world: World) -> Any:
    if value is CUSTOMER or value is OTHER:
        return world.customer if value is CUSTOMER else world.other
    if isinstance(value, timedelta):
        return work.now + value
    if isinstance(column.type, Sealed) and isinstance(value, str):
        return _sealed(column, value, work, world)
    assert not isinstance(column.type, Instant) or value is None or isinstance(value, datetime)
    return value


def _sealed(column: Column[Any], text: str, work: Work, world: World) -> bytes:
    return work.seal(world.customer, "content", f"{column.table.name}.{column.name}", text)
