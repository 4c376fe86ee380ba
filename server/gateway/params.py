"""The parameters of a GraphQL request, from JSON or from a query string, the same for every transport."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

_QUERY_STRING_FIELDS_MAX = 100


class InvalidParametersError(ValueError):
    """The message says what is wrong with the request, for its sender."""


@dataclass(frozen=True, slots=True)
class Parameters:
    query: str
    operation_name: str | None
    variables: dict[str, Any] | None


def parse_json(raw: bytes | str, depth_max: int) -> Any:
    """Decode strict UTF-8 JSON of bounded depth."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise InvalidParametersError("The request is not valid JSON in UTF-8.") from None
    brackets = (
        raw.count(b"{") + raw.count(b"[") if isinstance(raw, bytes) else raw.count("{") + raw.count("[")
    )
    if brackets > depth_max and _deeper_than(value, depth_max):
        raise InvalidParametersError(f"The JSON is nested more than {depth_max} levels deep.")
    return value


def _deeper_than(value: Any, depth_max: int) -> bool:
    """Breadth-first: the walk must not recurse into what it guards against."""
    level = [value]
    for _ in range(depth_max):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
    return any(isinstance(value, dict | list) for value in level)


def parameters_of(value: Any) -> Parameters:
    """Check the types that the GraphQL-over-HTTP draft demands of the four parameters."""
    if isinstance(value, list):
        raise InvalidParametersError("Batches are not supported: send one request at a time.")
    if not isinstance(value, dict):
        raise InvalidParametersError("The request must be a JSON object.")
    query = value.get("query")
    operation_name = value.get("operationName")
    variables = value.get("variables")
    extensions = value.get("extensions")
    if not isinstance(query, str):
        raise InvalidParametersError("`query` must be a string.")
    if operation_name is not None and not isinstance(operation_name, str):
        raise InvalidParametersError("`operationName` must be a string or null.")
    if variables is not None and not isinstance(variables, dict):
        raise InvalidParametersError("`variables` must be an object or null.")
    if extensions is not None and not isinstance(extensions, dict):
        raise InvalidParametersError("`extensions` must be an object or null.")
    return Parameters(query, operation_name or None, variables)


def parameters_of_query_string(query_string: bytes, depth_max: int) -> Parameters:
    """A GET request: `variables` and `extensions` are JSON text in the query string."""
    fields = query_fields(query_string)
    value: dict[str, Any] = {name: fields[name] for name in ("query", "operationName") if name in fields}
    for name in ("variables", "extensions"):
        if fields.get(name):
            value[name] = parse_json(fields[name], depth_max)
    return parameters_of(value)


def query_fields(query_string: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_QUERY_STRING_FIELDS_MAX,
        )
    except ValueError:
        raise InvalidParametersError("The query string is not valid UTF-8 or has too many fields.") from None
    return dict(pairs)
