"""Refusals, which keep plain values, in the shapes of the types that stand for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import ClassVar

import strawberry

from server.kit.graph.problems import Problem, problem, problem_of
from server.kit.problems import Refusal


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Spilt(Refusal):
    code: ClassVar[str] = "SPILT"
    colour: str
    others: str
    before: str | None
    at: str
    count: int

    @property
    def message(self) -> str:
        return "Something was spilt."


@problem(Spilt)
@strawberry.type
class SpiltProblem(Problem):
    colour: Colour
    others: list[Colour]
    before: Colour | None
    at: datetime
    count: int


def test_enums_lists_and_instants_are_made_of_what_a_refusal_keeps() -> None:
    shown = problem_of(Spilt("RED", "BLUE RED", None, "2026-03-02T09:00:00+00:00", 3))
    assert isinstance(shown, SpiltProblem)
    assert (shown.code, shown.message, shown.field) == ("SPILT", "Something was spilt.", None)
    assert (shown.colour, shown.others, shown.before) == (Colour.RED, [Colour.BLUE, Colour.RED], None)
    assert (shown.at, shown.count) == (datetime(2026, 3, 2, 9, tzinfo=UTC), 3)
    assert problem_of(Spilt("RED", "", "BLUE", "2026-03-02T09:00:00+00:00", 3)).before is Colour.BLUE
