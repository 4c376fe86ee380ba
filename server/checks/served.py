"""What the running server serves and keeps, as the composition root made it: for checks, beside the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_required_input_field,
)

from server.gateway.engine import Engine
from server.gateway.throttle import ThrottleTerms
from server.kit.due import Timers
from server.kit.graph.access import Access
from server.kit.graph.node import NodeLoader
from server.kit.journal import Journal


@dataclass(frozen=True, slots=True)
class ServedField:
    """A field that can be asked for: what it declares (None: nothing), and the name of the type that it returns."""

    access: Access | None
    returns: str


@dataclass(frozen=True, slots=True)
class Offer:
    """The schema that is served. Fields are by their coordinates, `Type.field`.

    `inputs` says of each field of an input type whether it has to be given.
    """

    fields: Mapping[str, ServedField]
    inputs: Mapping[str, Mapping[str, bool]]
    enums: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, engine: Engine) -> Offer:
        """What this engine serves."""
        fields, inputs, enums = {}, {}, {}
        declared = engine.declared()
        for name, kind in engine.core.type_map.items():
            if isinstance(kind, GraphQLObjectType):
                for field_name, field in kind.fields.items():
                    coordinates = f"{name}.{field_name}"
                    if coordinates in declared:
                        returns = get_named_type(field.type).name
                        fields[coordinates] = ServedField(declared[coordinates], returns)
            elif isinstance(kind, GraphQLInputObjectType):
                inputs[name] = {key: is_required_input_field(one) for key, one in kind.fields.items()}
            elif isinstance(kind, GraphQLEnumType):
                enums[name] = frozenset(kind.values)
        return cls(fields, inputs, enums)


@dataclass(frozen=True, slots=True)
class Transport:
    """How the server is reached.

    `over_tls`: its own TLS, or that of a proxy in front of it. `refuses_plain`: what comes in plain from elsewhere is
    refused. `loopback`: it listens where nothing leaves the machine. `cookies` are the headers that set each of its
    cookies over TLS.
    """

    over_tls: bool
    refuses_plain: bool
    loopback: bool
    throttle: ThrottleTerms
    cookies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Served:
    """All of it. `nodes` finds the thing with an id, by the id's prefix; `timers` says which kinds of due work a pause
    may hold up; the journal is that of erasures.
    """

    offer: Offer
    transport: Transport
    nodes: Mapping[str, NodeLoader]
    timers: Timers
    journal: Journal
