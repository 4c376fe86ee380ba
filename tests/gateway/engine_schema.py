"""A schema with everything that execution must get right, for comparison with graphql-core's own executor."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from server.kit.graph.access import Access, Who, exposes
from server.kit.graph.context import Context
from server.kit.registry import Registry
from server.kit.viewer import ANONYMOUS, Viewer

OPEN = Access(Who.ANYONE, purpose="tests")
MEMBERS = Access(Who.SIGNED_IN, purpose="tests")
STAFF = Access(Who.STAFF, purpose="tests", staff_roles=frozenset({"support"}))

T = TypeVar("T")


class Reads:
    """A stand-in for `Units`: counts its reads, and can fail one."""

    def __init__(self) -> None:
        self.count = 0
        self.failure: Exception | None = None
        self.opened: frozenset[str] = frozenset()

    async def read(self, function: Callable[[Any], T]) -> T:
        self.count += 1
        if self.failure:
            raise self.failure
        return function(self)


def context(viewer: Viewer = ANONYMOUS) -> Context:
    return Context(units=Reads(), services=Registry(), viewer=viewer, request_id="req_1")  # type: ignore[arg-type]


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


@exposes(OPEN)
@strawberry.interface
class Named:
    name: str
    motto: str | None = None

    @strawberry.field
    def shout(self, times: int = 2) -> str:
        return (self.name.upper() + "!") * times

    @strawberry.field
    def friend(self) -> Named | None:
        return None


@exposes(OPEN)
@strawberry.type
class Cat(Named):
    lives: int = 9
    colour: Colour = Colour.RED

    @strawberry.field
    def friend(self) -> Named | None:
        return Dog(name="Rex", motto="Bark", owner=Person(name="Ada")) if self.lives > 5 else None

    @strawberry.field
    def purr(self) -> str:
        if self.lives < 3:
            raise ValueError("too weak")
        return "prr"


@exposes(OPEN)
@strawberry.type
class Dog(Named):
    owner: Person | None = None
    good: bool = True

    @strawberry.field
    def bark(self) -> str | None:
        raise RuntimeError("hoarse")


@exposes(OPEN)
@strawberry.type
class Person:
    name: str
    age: int | None = 36

    @strawberry.field
    def pets(self) -> list[Named]:
        return zoo()[:2]

    @strawberry.field
    def strict_name(self) -> str:
        if self.name.startswith("A"):
            return None  # type: ignore[return-value]
        return self.name


Thing = Annotated[Cat | Dog | Person, strawberry.union("Thing")]


def zoo() -> list[Any]:
    return [
        Cat(name="Tom", lives=9),
        Dog(name="Rex", owner=Person(name="Bob", age=None)),
        Cat(name="Old", lives=1, colour=Colour.GREEN),
        Dog(name="Ace", owner=Person(name="Ada")),
    ]


@exposes(OPEN)
@strawberry.type
class Node:
    """A tree whose null and failing values sit at every depth, behind nullable and non-null types."""

    level: int

    @strawberry.field
    def maybe(self) -> Node | None:
        return Node(level=self.level + 1)

    @strawberry.field
    def must(self) -> Node:
        return Node(level=self.level + 1)

    @strawberry.field
    def many(self) -> list[Node]:
        return [Node(level=self.level + 1), Node(level=self.level + 2)]

    @strawberry.field
    def holes(self) -> list[Node | None] | None:
        return [Node(level=self.level + 1), None, Node(level=self.level + 2)]

    @strawberry.field
    def broken_list(self) -> list[Node] | None:
        return [Node(level=self.level + 1), None]  # type: ignore[list-item]

    @strawberry.field
    def fails(self) -> str | None:
        raise RuntimeError("fails")

    @strawberry.field
    def fails_hard(self) -> str:
        raise RuntimeError("fails hard")

    @strawberry.field
    def odd_fails(self) -> str:
        if self.level % 2:
            raise RuntimeError("odd")
        return "even"

    @strawberry.field
    def null_hard(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def big(self) -> int | None:
        return 2**31 if self.level % 2 else 7

    @strawberry.field
    def ratio(self) -> float | None:
        return float("nan") if self.level % 2 else 0.5

    @strawberry.field
    def whole_ratio(self) -> float:
        return 2

    @strawberry.field
    def matrix(self) -> list[list[int | None] | None] | None:
        return [[1, None, 2**40], None, [], [self.level]]

    @strawberry.field
    def tight(self) -> list[list[int]] | None:
        return [[1, 2], [3, None if self.level % 2 else 4]]  # type: ignore[list-item]

    @strawberry.field
    def not_a_list(self) -> list[int] | None:
        return 5  # type: ignore[return-value]

    @strawberry.field
    def generated(self) -> list[int]:
        return (n for n in range(self.level))  # type: ignore[return-value]

    @strawberry.field
    def wrong_type(self) -> Thing | None:
        return Node(level=0)  # type: ignore[return-value]


@strawberry.input
class Point:
    x: int
    y: int = 5
    label: str | None = None
    colours: list[Colour] = strawberry.field(default_factory=list)


@strawberry.input(one_of=True)
class Shape:
    circle: int | None = strawberry.UNSET
    square: Point | None = strawberry.UNSET


class Kitten(Cat):
    """Not a type of the schema: its instances are cats."""


class Record:
    """A value of another library, told apart by what it holds."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = f"the {kind}"


@exposes(OPEN)
@strawberry.interface
class Stored:
    kind: str

    @classmethod
    def resolve_type(cls, value: Any, info: Any, abstract: Any) -> str | None:
        return {"file": "File", "folder": "Folder", "lie": "Cat", "file?": "File"}.get(value.kind)


@exposes(OPEN)
@strawberry.type
class File(Stored):
    name: str

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        return isinstance(value, Record) and value.kind in ("file", "folder")


@exposes(OPEN)
@strawberry.type
class Folder(Stored):
    name: str

    @classmethod
    def is_type_of(cls, value: Any, info: Any) -> bool:
        return isinstance(value, Record) and info.schema is schema._schema


@exposes(OPEN)
@strawberry.type
class Page(Generic[T]):
    items: list[T]
    size: int | None = 2


@exposes(OPEN)
@strawberry.type
class Box(Named, Generic[T]):
    content: T


Pages = Annotated[Page[Cat] | Page[int] | Cat | Box[int], strawberry.union("Pages")]


@exposes(OPEN)
@strawberry.type
class Query:
    @strawberry.field
    def pages(self) -> list[Pages]:
        boxes = [Box(name="b", content=3), Box(name="c", content=4)]
        return [Page(items=[Cat(name="Tom")]), Page(items=[1]), Cat(name="Tom"), Page(items=[]), *boxes]

    @strawberry.field
    def boxes(self) -> list[Box[int]]:
        return [Box(name="b", content=3), Box(name="c", content=4)]

    @strawberry.field
    def kitten(self) -> Named:
        return Kitten(name="Kit")

    @strawberry.field
    def strays(self) -> list[Named | None]:
        return [Kitten(name="Kit"), Cat(name="Tom"), Record("file"), None]  # type: ignore[list-item]

    @strawberry.field
    def one_cat(self) -> Cat:
        return Kitten(name="Kit")

    @strawberry.field
    def not_a_cat(self) -> Cat | None:
        return Dog(name="Rex")  # type: ignore[return-value]

    @strawberry.field
    def stored(self) -> list[Stored | None]:
        return [Record(kind) for kind in ("file", "folder", "lie", "nothing", "file?")]  # type: ignore[misc]

    @strawberry.field
    def file(self) -> File | None:
        return Record("file?")  # type: ignore[return-value]

    @strawberry.field
    def cat_page(self) -> Page[Cat]:
        return Page(items=[Cat(name="Tom"), Kitten(name="Kit")])

    @strawberry.field
    def number_pages(self) -> list[Page[int] | None]:
        return [Page(items=[1, 2]), None, Page(items=[], size=None)]

    @strawberry.field
    def node(self, level: int = 0) -> Node:
        return Node(level=level)

    @strawberry.field
    def maybe_node(self, level: int | None = None) -> Node | None:
        return None if level is None else Node(level=level)

    @strawberry.field
    def animals(self) -> list[Named]:
        return zoo()

    @strawberry.field
    def things(self) -> list[Thing | None]:
        return [*zoo(), None, Person(name="Bob"), Person(name="Ada")]

    @strawberry.field
    def cats(self) -> list[Cat]:
        return [animal for animal in zoo() if isinstance(animal, Cat)]

    @strawberry.field
    def no_cats(self) -> list[Cat]:
        return []

    @strawberry.field
    def place(self, point: Point | None = None, at: list[int] | None = None) -> str:
        return f"{point} {at}"

    @strawberry.field
    def default_place(self, point: Point = Point(x=1)) -> str:  # noqa: B008 - what is tested
        return f"{point}"

    @strawberry.field
    def area(self, shape: Shape) -> str:
        return f"{shape.circle!r} {shape.square!r}"

    @strawberry.field
    def colour(self, colour: Colour = Colour.GREEN) -> Colour:
        assert isinstance(colour, Colour)
        return colour

    @strawberry.field
    def wrong_colour(self) -> Colour | None:
        return "blue"  # type: ignore[return-value]

    @strawberry.field
    def price(self, amount: Decimal = Decimal("1.50")) -> Decimal:
        return amount

    @strawberry.field
    def day(self, day: date | None = None) -> date:
        return day or date(2026, 3, 2)

    @strawberry.field
    def id(self) -> strawberry.ID:
        return 7  # type: ignore[return-value]

    @strawberry.field
    def field_path(self, info: strawberry.Info) -> str:
        return f"{info.field_name} {info.path.key} {info.python_name}"

    @strawberry.field
    def total_failure(self) -> str | None:
        raise RuntimeError("total")


schema = strawberry.Schema(query=Query, types=[Cat, Dog, File, Folder])
