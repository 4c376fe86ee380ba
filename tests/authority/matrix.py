"""Who may read or do what, as a table: made from the declarations on the fields, written into matrix.md.

    python -m tests.authority.matrix > tests/authority/matrix.md

A row is a field that can be asked for first, or a type: `*` stands for all of its fields that have no row of their own.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from server.gateway.engine import Engine
from server.kit.graph.access import Access, Denial
from server.kit.viewer import Viewer
from server.schema import schema
from tests.authority.roles import ROLES

ROOTS = ("Query", "Mutation", "Subscription")
CELLS = {None: "yes", Denial.FORBIDDEN: "·", Denial.UNAUTHENTICATED: "sign in"}
LEGEND = """# Who may read or do what

Made by `python -m tests.authority.matrix`, and compared with the declarations and with the running server by the tests
beside it. *yes*: allowed (of one's own account; what belongs to another is "not found"). *·*: refused as `FORBIDDEN`.
*sign in*: refused as `UNAUTHENTICATED`. `*` is every field of a type that has no line of its own.
"""


def accesses() -> dict[str, Access]:
    """The declaration of every field of every object type, by its coordinates."""
    declared = {one.coordinates: one.access for one in Engine(schema)._bindings.declared() if not one.open}
    missing = [coordinates for coordinates, access in declared.items() if access is None]
    assert not missing, f"declare an access for {missing}"
    return {coordinates: access for coordinates, access in declared.items() if access is not None}


def verdicts(access: Access, roles: Mapping[str, Viewer] = ROLES) -> tuple[Denial | None, ...]:
    """What each role is told, in the order of the columns."""
    return tuple(access.denial(viewer) for viewer in roles.values())


def table() -> str:
    """The whole file."""
    return LEGEND + "".join(_section(title, rows) for title, rows in _sections())


def _sections() -> Iterator[tuple[str, dict[str, tuple[Denial | None, ...]]]]:
    fields = accesses()
    for root in ROOTS:
        yield root, {name: verdicts(access) for name, access in _of(fields, root)}
    types = sorted({coordinates.split(".")[0] for coordinates in fields} - set(ROOTS))
    rows: dict[str, tuple[Denial | None, ...]] = {}
    for name in types:
        rows |= _type_rows(name, [(field, verdicts(access)) for field, access in _of(fields, name)])
    yield "Types", rows


def _of(fields: Mapping[str, Access], type_name: str) -> Iterator[tuple[str, Access]]:
    for coordinates, access in sorted(fields.items()):
        owner, _, field = coordinates.partition(".")
        if owner == type_name:
            yield field, access


def _type_rows(
    name: str, fields: list[tuple[str, tuple[Denial | None, ...]]]
) -> dict[str, tuple[Denial | None, ...]]:
    """One row for what most of the type's fields have, and one for each that differs."""
    [(usual, _)] = Counter(verdict for _, verdict in fields).most_common(1)
    return {f"{name}.*": usual} | {
        f"{name}.{field}": verdict for field, verdict in fields if verdict != usual
    }


def _section(title: str, rows: Mapping[str, tuple[Denial | None, ...]]) -> str:
    lines = [f"\n## {title}\n", _line(("field", *ROLES)), _line(["---"] * (len(ROLES) + 1))]
    lines += [_line((f"`{name}`", *(CELLS[verdict] for verdict in row))) for name, row in rows.items()]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.stdout.write(table())
