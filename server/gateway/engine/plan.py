"""From an operation to a plan: which fields, of which types, completed how (GraphQL spec §6.3.2).

A plan depends on the document, the chosen operation and the variables of `@skip` and `@include`, not on other
variables and not on the viewer. Merging of fields, fragments and conditions is all done here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    default_type_resolver,
    is_abstract_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_directive_values
from strawberry.types.base import StrawberryObjectDefinition

from server.gateway.engine.binding import Binding, Bindings, Source, definition_of
from server.gateway.engine.cache import Recent
from server.gateway.engine.cost import Pricing, own_cost, size_variable
from server.gateway.engine.document import Document, Limits
from server.gateway.engine.errors import DENIED, Denied, refused
from server.gateway.engine.shapes import AbstractOf, ListOf, ObjectOf, Shape, accept
from server.gateway.engine.sharing import canonical
from server.gateway.engine.values import fixed, frozen
from server.kit.graph.access import Denial
from server.kit.viewer import Viewer


@dataclass(slots=True, eq=False)
class Field:
    """One response key of a selection, with all the nodes that were merged into it."""

    key: str
    nodes: tuple[FieldNode, ...]
    binding: Binding
    shape: Shape
    fixed: bool
    """Whether the first request's arguments are those of all."""
    cost: int = 0
    """Points for each object that it is asked of, without what is below it."""
    arguments: dict[str, Any] | None = None
    """Those of the first request, if they are fixed."""


@dataclass(slots=True, eq=False)
class Selection:
    """What is asked of one object type at one place."""

    type: GraphQLObjectType
    fields: list[Field] = field(default_factory=list)
    keys: tuple[str, ...] = ()
    cost: int = 0
    """Points for each object: the sum of the fields' own."""
    plain: bool = True
    """Whether everything below is attributes: completed without a database read."""


Verdict = Mapping[Field, Denied]
"""The fields that a viewer may not read."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A compiled operation."""

    operation: OperationDefinitionNode
    document: Document
    root: Selection
    fields: Sequence[Field]
    """All fields, of all levels and of every type that a value may turn out to have."""
    verdicts: Recent[Any, Verdict]
    costs: Recent[Any, int]

    @property
    def kind(self) -> OperationType:
        return self.operation.operation

    @property
    def reads(self) -> bool:
        """Whether a query needs an open read: introspection alone does not."""
        return any(not field.binding.open for field in self.root.fields)

    def verdict(self, viewer: Viewer) -> Verdict:
        """What this viewer may not read. Access looks at scopes and roles, never at whose account it is."""
        key = (viewer.signed_in, viewer.scopes, viewer.staff_roles)
        return self.verdicts.get(key, lambda: self._judge(viewer))

    def cost(self, variables: Mapping[str, Any]) -> int:
        """The points that the operation may cost with these variables, of which only sizes of pages matter."""
        sizes = tuple(frozen(variables.get(name)) for name in self.size_variables)
        return self.costs.get(sizes, lambda: Pricing(variables).selection(self.root))

    @cached_property
    def size_variables(self) -> tuple[str, ...]:
        names = (size_variable(field.nodes[0]) for field in self.fields)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    @cached_property
    def canonical(self) -> tuple[str, frozenset[str]]:
        """The operation without what sharers may differ in, and the variables it then uses."""
        fragments = (node for _, node in sorted(self.document.fragments.items()))
        node = DocumentNode(definitions=(self.operation, *fragments))
        return canonical(node, [node for field in self.root.fields for node in field.nodes])

    def _judge(self, viewer: Viewer) -> Verdict:
        denied = {}
        for each in self.fields:
            if not each.binding.open:
                access = each.binding.access
                if denial := access.denial(viewer) if access else Denial.FORBIDDEN:
                    denied[each] = DENIED[denial]
        return denied


def compile_plan(
    bindings: Bindings,
    document: Document,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    limits: Limits,
) -> Plan:
    """Compile an operation of a valid document. Raises RequestError when it grows beyond `plan_fields_max`."""
    root = bindings.core.get_root_type(operation.operation)
    assert root is not None, "the document was validated"
    compiler = _Compiler(bindings, document.fragments, variables, limits.plan_fields_max)
    selection = compiler.selection(root, [operation.selection_set])
    verdicts: Recent[Any, Verdict] = Recent(limits.cached_verdicts_max)
    return Plan(operation, document, selection, compiler.fields, verdicts, Recent(limits.cached_costs_max))


class _Compiler:
    """Compiles one operation; `fields` are those compiled so far."""

    def __init__(
        self,
        bindings: Bindings,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
        fields_max: int,
    ) -> None:
        self.fields: list[Field] = []
        self._bindings = bindings
        self._schema = bindings.core
        self._fragments = fragments
        self._variables = variables
        self._fields_max = fields_max
        self._selections: dict[tuple[str, tuple[int, ...]], Selection] = {}

    def selection(self, type_: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> Selection:
        """The merged selection on one object type. The same one met again, below another type, is compiled once:
        without that, an interface within an interface would multiply by the number of types at every level."""
        key = (type_.name, tuple(map(id, sets)))
        if key not in self._selections:
            collected: dict[str, list[FieldNode]] = {}
            visited: set[str] = set()
            for each in sets:
                self._collect(type_, each, collected, visited)
            selection = self._selections[key] = Selection(type_)
            selection.fields = [self._field(type_, key, nodes) for key, nodes in collected.items()]
            selection.keys = tuple(collected)
            selection.cost = sum(field.cost for field in selection.fields)
            selection.plain = all(
                f.binding.source in (Source.ATTRIBUTE, Source.TYPENAME) and f.shape.plain
                for f in selection.fields
            )
        return self._selections[key]

    def _collect(
        self,
        type_: GraphQLObjectType,
        selections: SelectionSetNode,
        collected: dict[str, list[FieldNode]],
        visited: set[str],
    ) -> None:
        """Spec §6.3.2, CollectFields."""
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                collected.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(node.type_condition, type_):
                    self._collect(type_, node.selection_set, collected, visited)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
                visited.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._applies(fragment.type_condition, type_):
                    self._collect(type_, fragment.selection_set, collected, visited)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(self, condition: Any, type_: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == type_.name:
            return True
        other = self._schema.get_type(condition.name.value)
        return is_abstract_type(other) and self._schema.is_sub_type(other, type_)

    def _field(self, owner: GraphQLObjectType, key: str, nodes: Sequence[FieldNode]) -> Field:
        if len(self.fields) >= self._fields_max:
            raise refused("The operation asks for too many fields of too many types.", "FIELDS_LIMIT")
        binding = self._bindings.get(owner, nodes[0].name.value)
        sets = [node.selection_set for node in nodes if node.selection_set]
        shape = self._shape(binding.definition.type, sets)
        cost = own_cost(binding, is_mutation=owner is self._schema.mutation_type)
        compiled = Field(key, tuple(nodes), binding, shape, fixed(binding, nodes[0]), cost)
        self.fields.append(compiled)
        return compiled

    def _shape(self, type_: GraphQLOutputType, sets: Sequence[SelectionSetNode]) -> Shape:
        nullable = not isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(inner, GraphQLList):
            return ListOf(nullable, self._shape(inner.of_type, sets))
        if is_leaf_type(inner):
            return self._bindings.leaf(inner, nullable)
        if isinstance(inner, GraphQLObjectType):
            return ObjectOf(nullable, self.selection(inner, sets), _class_of(inner))
        return self._abstract(cast(GraphQLAbstractType, inner), nullable, sets)

    def _abstract(
        self, type_: GraphQLAbstractType, nullable: bool, sets: Sequence[SelectionSetNode]
    ) -> Shape:
        possible = self._schema.get_possible_types(type_)
        selections = {each.name: self.selection(each, sets) for each in possible}
        resolve_type = type_.resolve_type or default_type_resolver

        def find(value: Any, info: Any) -> Selection:
            """Spec §6.4.3, ResolveAbstractType, for a value whose class alone does not tell."""
            selection = selections[cast(str, resolve_type(value, info, type_))]
            accept(selection.type, value, info)
            return selection

        return AbstractOf(nullable, selections, _classes(type_, possible, selections), find)


def _classes(
    type_: GraphQLAbstractType, possible: Iterable[GraphQLObjectType], selections: Mapping[str, Selection]
) -> dict[type, Selection]:
    """The possible types that a value's class alone tells: not those made from a generic class."""
    definition = definition_of(type_) if isinstance(type_, GraphQLInterfaceType) else None
    if definition and definition.resolve_type:
        return {}
    told = {each.name: _class_of(each) for each in possible if not _generic(each)}
    return {known: selections[name] for name, known in told.items() if known}


def _class_of(type_: GraphQLNamedType) -> type | None:
    """The class whose very instances are of this type, unless the type wants to look at each value."""
    definition = definition_of(type_)
    if definition is None or definition.is_type_of:
        return None
    generic = _generic(type_)
    return generic.origin if generic else definition.origin


def _generic(type_: GraphQLNamedType) -> StrawberryObjectDefinition | None:
    """The generic class that a type was made from, such as Edge[T] for OrderEdge."""
    definition = definition_of(type_)
    generic = definition.concrete_of if definition else None
    return generic if isinstance(generic, StrawberryObjectDefinition) else None
