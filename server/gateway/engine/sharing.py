"""Which subscribers ask for the same thing."""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from typing import Any

from graphql import REMOVE, DocumentNode, FieldNode, Visitor, print_ast, visit

RESUME_ARGUMENT = "after"
"""Where a subscriber joins: the only argument of a root field in which sharers may differ."""


def canonical(document: DocumentNode, roots: Collection[FieldNode]) -> tuple[str, frozenset[str]]:
    """An operation with its fragments, without the `after` of its root fields, and the variables it still uses."""
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
        kept = copy(node)
        kept.arguments = tuple(each for each in node.arguments or () if each.name.value != RESUME_ARGUMENT)
        return kept


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
