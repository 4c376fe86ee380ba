"""From text to a document that is small enough, valid, and has one chosen operation (spec §5, §6.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values

from server.gateway.engine.cache import Recent
from server.gateway.engine.errors import (
    BAD_USER_INPUT,
    PARSE_FAILED,
    VALIDATION_FAILED,
    RequestError,
    coded,
    refused,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may ask for. Counts of fields, aliases and depth are those after expanding fragments.

    Validation compares equal response keys in pairs, so what it costs grows with the square of `fields_max`
    and of `tokens_max`: the defaults keep the worst document to a tenth of a second or two.
    """

    characters_max: int = 100_000
    tokens_max: int = 2_500
    depth_max: int = 20
    fields_max: int = 500
    plan_fields_max: int = 20_000
    """Fields of all concrete types that the values of interfaces and unions may have."""
    aliases_max: int = 100
    root_fields_max: int = 30
    cost_max: int = 10_000
    """Points that one operation may cost (`cost.py`)."""
    errors_max: int = 100
    cached_characters_max: int = 200_000
    """Of the documents kept, which take about 200 bytes of memory a character."""
    cached_plan_fields_max: int = 100_000
    """Of the plans kept, which take about 300 bytes of memory a field."""
    cached_verdicts_max: int = 16
    """For each plan: one for every combination of scopes and staff roles."""
    cached_costs_max: int = 16
    """For each plan: one for every combination of page sizes."""


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document. `conditions` names the variables that `@skip` and `@include` read."""

    node: DocumentNode
    hash: str
    operations: Mapping[str | None, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]
    conditions: tuple[str, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation to run (spec §6.1, GetOperation)."""
        if name is None or name == "":
            if len(self.operations) == 1:
                return next(iter(self.operations.values()))
            raise refused("Name the operation to run: the document has not exactly one.", BAD_USER_INPUT)
        if name not in self.operations:
            raise refused("The document has no operation of the requested name.", BAD_USER_INPUT)
        return self.operations[name]


class Documents:
    """Reads documents, and remembers those that were valid."""

    def __init__(
        self, schema: GraphQLSchema, limits: Limits, *, introspection: bool, suggestions: bool
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._hide_suggestions = not suggestions
        self._rules = (
            specified_rules if introspection else (*specified_rules, NoSchemaIntrospectionCustomRule)
        )
        self._recent: Recent[str, Document] = Recent(limits.cached_characters_max, lambda text, _: len(text))

    def get(self, query: str) -> Document:
        return self._recent.get(query, lambda: self._read(query))

    def variables(
        self, operation: OperationDefinitionNode, given: Mapping[str, Any] | None
    ) -> VariableValues:
        """Coerce the variables (spec §6.1.2)."""
        definitions = operation.variable_definitions
        if not definitions:
            return VariableValues({}, {})
        values = get_variable_values(
            self._schema,
            definitions,
            dict(given or {}),
            self._limits.errors_max,
            hide_suggestions=self._hide_suggestions,
        )
        if isinstance(values, list):
            raise RequestError(coded(values, BAD_USER_INPUT))
        return values

    def _read(self, query: str) -> Document:
        node = self._parse(query)
        operations = {
            d.name.value if d.name else None: d
            for d in node.definitions
            if isinstance(d, OperationDefinitionNode)
        }
        fragments = {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)}
        try:
            for operation in operations.values():
                _check_size(operation, fragments, self._limits)
        except RecursionError:
            raise refused("The document's fragments are nested too deeply.", "DEPTH_LIMIT") from None
        errors = validate(
            self._schema,
            node,
            self._rules,
            self._limits.errors_max,
            hide_suggestions=self._hide_suggestions,
        )
        if errors:
            raise RequestError(coded(errors, VALIDATION_FAILED))
        return Document(
            node,
            sha256(query.encode(errors="surrogatepass")).hexdigest(),
            operations,
            fragments,
            _conditions(node),
        )

    def _parse(self, query: str) -> DocumentNode:
        limits = self._limits
        if len(query) > limits.characters_max:
            raise refused(
                f"The document is longer than {limits.characters_max} characters.", "DOCUMENT_TOO_LARGE"
            )
        try:
            return parse(query, max_tokens=limits.tokens_max)
        except GraphQLError as error:
            too_large = f"more than {limits.tokens_max} tokens" in error.message
            raise RequestError(coded([error], "DOCUMENT_TOO_LARGE" if too_large else PARSE_FAILED)) from None


@dataclass(slots=True)
class _Size:
    """What a selection set amounts to once its fragments are expanded."""

    fields: int = 0
    aliases: int = 0
    depth: int = 0
    root_fields: int = 0

    def add(self, other: _Size, deeper: int) -> None:
        self.fields += other.fields
        self.aliases += other.aliases
        self.depth = max(self.depth, other.depth + deeper)
        self.root_fields += 0 if deeper else other.root_fields


def _check_size(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits
) -> None:
    """Refuse what would cost too much, before validation: each fragment is measured once."""
    measured: dict[str, _Size] = {}

    def measure(selections: SelectionSetNode | None) -> _Size:
        size = _Size()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                size.add(_Size(1, 1 if node.alias else 0, 0, 1), 0)
                size.add(measure(node.selection_set), 1)
            elif isinstance(node, InlineFragmentNode):
                size.add(measure(node.selection_set), 0)
            elif isinstance(node, FragmentSpreadNode):
                size.add(measure_fragment(node.name.value), 0)
        return size

    def measure_fragment(name: str) -> _Size:
        if name not in measured:
            measured[name] = _Size()  # what a cycle, which validation refuses, finds instead of itself
            fragment = fragments.get(name)
            measured[name] = measure(fragment.selection_set) if fragment else _Size()
        return measured[name]

    size = measure(operation.selection_set)
    for got, most, what, code in (
        (size.depth, limits.depth_max, "levels deep", "DEPTH_LIMIT"),
        (size.root_fields, limits.root_fields_max, "root fields", "ROOT_FIELDS_LIMIT"),
        (size.aliases, limits.aliases_max, "aliases", "ALIASES_LIMIT"),
        (size.fields, limits.fields_max, "fields", "FIELDS_LIMIT"),
    ):
        if got > most:
            raise refused(
                f"The operation asks for {min(got, 10**9)} {what}; at most {most} are allowed.", code
            )


def _conditions(document: DocumentNode) -> tuple[str, ...]:
    """The variables that decide which fields a document selects."""
    names: dict[str, None] = {}

    class Conditions(Visitor):
        def enter_directive(self, node: Any, *_: Any) -> None:
            if node.name.value in ("skip", "include"):
                names.update(dict.fromkeys(_variables(node)))

    visit(document, Conditions())
    return tuple(names)


def _variables(directive: Any) -> Iterator[str]:
    for argument in directive.arguments:
        if isinstance(argument.value, VariableNode):
            yield argument.value.name.value
