"""Arguments as a resolver wants them (GraphQL spec §6.4.1), and what else it is told."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableNode,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from graphql.pyutils import Path

from server.gateway.engine.binding import Binding
from server.gateway.engine.errors import BAD_USER_INPUT, coded
from server.gateway.engine.inputs import converted
from server.kit.graph.context import Context

if TYPE_CHECKING:
    from server.gateway.engine.run import Site


@dataclass(slots=True)
class RawInfo:
    """What `strawberry.Info` reads from. One for all parents of a level, so `path` has no list positions."""

    field_name: str
    field_nodes: list[FieldNode]
    return_type: GraphQLOutputType
    parent_type: GraphQLObjectType
    site: Site
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    operation: OperationDefinitionNode
    variable_values: Mapping[str, Any]
    context: Context
    root_value: None = None

    @property
    def path(self) -> Path:
        return self.site.path()


def arguments_of(binding: Binding, node: FieldNode, variables: VariableValues) -> dict[str, Any]:
    """The coerced arguments, converted to Strawberry's input classes. Raises GraphQLError for a bad value."""
    if not binding.definition.args:
        return {}
    try:
        values = get_argument_values(binding.definition, node, variables, hide_suggestions=True)
        return values if binding.field is None else converted(binding.arguments, values)
    except GraphQLError as error:
        raise coded([error], BAD_USER_INPUT)[0] from error


def fixed(binding: Binding, node: FieldNode) -> bool:
    """Whether the arguments are equal in all requests and safe to share: leaves, written out in the document."""
    written = [argument.value for argument in node.arguments or ()]
    return not any(
        isinstance(value, VariableNode | ListValueNode | ObjectValueNode) for value in written
    ) and all(is_leaf_type(get_nullable_type(argument.type)) for argument in binding.definition.args.values())


def frozen(value: Any) -> Hashable:
    """A coerced value as a key: values that differ, if only in their class, give keys that differ."""
    if isinstance(value, Mapping):
        return ("{}", tuple(sorted((name, frozen(item)) for name, item in value.items())))
    if isinstance(value, list | tuple):
        return ("[]", tuple(map(frozen, value)))
    return (type(value), value)
