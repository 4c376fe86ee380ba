"""What goes wrong, and what a client is told of it (GraphQL spec §7.1.2, "Errors")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from traceback import format_exception
from typing import Any

import structlog
from graphql import GraphQLError, Node, get_location

from server.kit.graph.access import Denial
from server.kit.problems import PublicError

log = structlog.get_logger("postmeter.engine")

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL = "INTERNAL"

_DENIALS = {Denial.UNAUTHENTICATED: "Not signed in.", Denial.FORBIDDEN: "Not allowed."}
_INNER_ERROR = re.compile(r", but encountered error '.*'; found", re.DOTALL)


class RequestError(Exception):
    """The request was refused before a field ran: no `data` (spec §7.1.2, "Request errors")."""

    def __init__(self, errors: Sequence[GraphQLError]) -> None:
        super().__init__(errors[0].message if errors else "The request was refused.")
        self.errors = list(errors)

    def payload(self) -> dict[str, Any]:
        return {"errors": [error.formatted for error in self.errors]}


class Denied(Exception):
    """The viewer may not read the field (Q010)."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(_DENIALS[denial])
        self.denial = denial


DENIED = {denial: Denied(denial) for denial in Denial}
"""Never raised, only reported, so that one of each will do."""


class InvalidValue(Exception):
    """A resolver returned what its field's type does not allow: a bug of ours."""


def refused(message: str, code: str) -> RequestError:
    return RequestError([GraphQLError(message, extensions={"code": code})])


def coded(errors: Sequence[GraphQLError], code: str) -> list[GraphQLError]:
    """The same errors with a code, without the text of exceptions that a scalar's parser let through."""
    return [
        GraphQLError(
            _INNER_ERROR.sub(", found", error.message),
            nodes=error.nodes,
            source=error.source,
            positions=error.positions,
            path=error.path,
            extensions={"code": code, **(error.extensions or {})},
        )
        for error in errors
    ]


def public_error(exc: BaseException) -> tuple[str, str, Mapping[str, Any]] | None:
    """Code, message and further extensions of an exception that is meant for the client, else None."""
    return (exc.code, exc.message, exc.extensions) if isinstance(exc, PublicError) else None


class Reporter:
    """Turns the exceptions of one execution into response errors, and logs each bug once."""

    def __init__(self, request_id: str, errors_max: int) -> None:
        self._request_id = request_id
        self._errors_max = errors_max
        self._logged: set[tuple[str | None, type[BaseException]]] = set()
        self._left_out = 0
        self._errors: list[dict[str, Any]] = []

    def add(
        self,
        exc: BaseException,
        path: list[str | int] | None = None,
        nodes: Sequence[Node] = (),
        field: str | None = None,
    ) -> None:
        """Report `exc`, raised at `path` by the field of those coordinates (`Order.total`)."""
        message, extensions = self.describe(exc, field)
        if len(self._errors) >= self._errors_max:
            self._left_out += 1
            return
        error: dict[str, Any] = {"message": message}
        if locations := [_location(node) for node in nodes if node.loc is not None]:
            error["locations"] = locations
        if path is not None:
            error["path"] = path
        self._errors.append(error | {"extensions": extensions})

    def errors(self) -> list[dict[str, Any]] | None:
        """All that was reported; what the limit left out is told as a number."""
        if self._left_out:
            message = f"{self._left_out} more errors are not listed."
            return [*self._errors, {"message": message, "extensions": {"code": "TOO_MANY_ERRORS"}}]
        return self._errors or None

    def describe(self, exc: BaseException, field: str | None = None) -> tuple[str, dict[str, Any]]:
        """The message and the extensions that a client gets; a bug is masked, and logged."""
        if isinstance(exc, Denied):
            return str(exc), {"code": exc.denial.value}
        if isinstance(exc, GraphQLError) and "code" in (exc.extensions or {}):
            return exc.message, dict(exc.extensions or {})
        if (public := public_error(exc)) is not None:
            code, message, extensions = public
            return message, {**extensions, "code": code}
        self._log(exc, field)
        extensions = {"code": INTERNAL, "requestId": self._request_id}
        if isinstance(exc, GraphQLError):
            return exc.message, extensions
        return f"Internal error. Quote the request id {self._request_id} when you report it.", extensions

    def _log(self, exc: BaseException, field: str | None) -> None:
        if (field, type(exc)) not in self._logged:
            self._logged.add((field, type(exc)))
            text = "".join(format_exception(exc))  # a renderer of `exc_info` may add local variables
            log.error("field_failed", field=field, request_id=self._request_id, exception=text)


def _location(node: Node) -> dict[str, int]:
    assert node.loc is not None
    place = get_location(node.loc.source, node.loc.start)
    return {"line": place.line, "column": place.column}
