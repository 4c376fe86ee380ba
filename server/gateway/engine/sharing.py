"""Which subscribers ask for the same thing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from graphql import REMOVE, DocumentNode, FieldNode, Visitor, print_ast, visit

RESUME_ARGUMENT = "after"
"""Where a subscriber joins: the only argument of a root field in which sharers may differ."""


def canonical(document: DocumentNode, roots: Collection[FieldNode]) -> tuple[str, frozenset[str]]:
    """The text of an operation and its fragments without the root fields' `after`, and the variables it uses."""
    stripped = visit(document, _WithoutResume(roots))
    used = _Used()
    visit(stripped, used)
    names = frozenset(used.names)
    return print_ast(visit(stripped, _OnlyVariables(names))), names


class _WithoutResume(Visitor):
    def __init__(self, roots: Collection[FieldNode]) -> None:
        super().__init__()
        self._roots = {id(node) for node in roots}

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        if id(node) not in self._roots:
            return None
        return FieldNode(
            alias=node.alias,
            name=node.name,
            arguments=tuple(each for each in node.arguments or () if each.name.value != RESUME_ARGUMENT),
            directives=node.directives,
            selection_set=node.selection_set,
        )


class _Used(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable_definition(self, *_: Any) -> Any:
        return self.SKIP

    def enter_variable(self, node: Any, *_: Any) -> None:
        self.names.add(node.name.value)


class _OnlyVariables(Visitor):
    def __init__(self, names: Collection[str]) -> None:
        super().__init__()
        self._names = names

    def enter_variable_definition(self, node: Any, *_: Any) -> Any:
        return None if node.variable.name.value in self._names else REMOVE
