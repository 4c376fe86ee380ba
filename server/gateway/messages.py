"""The messages of the graphql-transport-ws protocol: checked when they come in, encoded when they go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson
from graphql import GraphQLError

from server.gateway.errors import formatted_errors
from server.gateway.params import InvalidParametersError, Parameters, parameters_of, parse_json

SUBPROTOCOL = "graphql-transport-ws"
_ID_LENGTH_MAX = 128
_REASON_BYTES_MAX = 123
"""RFC 6455 §5.5: a control frame carries 125 bytes, of which the code takes two."""


class CloseCode(IntEnum):
    """Why the server closes a socket; the 44xx codes are those of the protocol.

    After 1012, 1013, 4403, 4408 and 4499 the usual clients connect again by themselves, after the others not.
    """

    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    """Too many connections, or this client reads too slowly."""
    POLICY_VIOLATION = 1008
    """Too many messages."""
    MESSAGE_TOO_BIG = 1009
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    CONNECTION_INIT_TIMEOUT = 4408
    SUBSCRIBER_ALREADY_EXISTS = 4409
    TOO_MANY_INITIALISATION_REQUESTS = 4429
    PONG_TIMEOUT = 4499
    INTERNAL_SERVER_ERROR = 4500


class BadMessageError(Exception):
    """The socket is to be closed with 4400, or another code, and this reason."""

    def __init__(self, reason: str, code: CloseCode = CloseCode.BAD_REQUEST) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message of a known type whose parts have the types that the protocol demands."""

    type: str
    id: str = ""
    payload: dict[str, Any] | None = None
    parameters: Parameters | None = None


def parse_message(raw: str | bytes, bytes_max: int, depth_max: int) -> Incoming:
    size = len(raw) if isinstance(raw, bytes) or raw.isascii() else len(raw.encode())
    if size > bytes_max:
        raise BadMessageError(f"A message has at most {bytes_max} bytes", CloseCode.MESSAGE_TOO_BIG)
    try:
        return _checked(parse_json(raw, depth_max))
    except InvalidParametersError as invalid:
        raise BadMessageError(str(invalid)) from None


def _checked(message: Any) -> Incoming:
    if not isinstance(message, dict):
        raise BadMessageError("A message must be a JSON object")
    kind = message.get("type")
    if kind in ("connection_init", "ping", "pong"):
        return Incoming(kind, payload=_payload(message))
    if kind == "subscribe":
        return Incoming(kind, id=_id(message), parameters=parameters_of(message.get("payload")))
    if kind == "complete":
        return Incoming(kind, id=_id(message))
    raise BadMessageError("The message has no type that a client may send")


def _payload(message: dict[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise BadMessageError("The payload must be an object or left out")
    return payload


def _id(message: dict[str, Any]) -> str:
    identifier = message.get("id")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= _ID_LENGTH_MAX:
        raise BadMessageError(f"The id must be a string of 1 to {_ID_LENGTH_MAX} characters")
    return identifier


def short_reason(reason: str) -> str:
    """Cut to what a close frame can carry, never inside a character."""
    return reason.encode()[:_REASON_BYTES_MAX].decode(errors="ignore")


CONNECTION_ACK = '{"type":"connection_ack"}'
PING = '{"type":"ping"}'


def pong(payload: dict[str, Any] | None) -> str:
    message = {"type": "pong"} if payload is None else {"type": "pong", "payload": payload}
    return orjson.dumps(message).decode()


def next_prefix(identifier: str) -> str:
    """Everything of a `next` message before its payload; `}` closes it."""
    return f'{{"id":{_text(identifier)},"type":"next","payload":'


def complete(identifier: str) -> str:
    return f'{{"id":{_text(identifier)},"type":"complete"}}'


def error(identifier: str, errors: Sequence[GraphQLError]) -> str:
    payload = orjson.dumps(formatted_errors(errors), default=str).decode()
    return f'{{"id":{_text(identifier)},"type":"error","payload":{payload}}}'


def _text(value: str) -> str:
    return orjson.dumps(value).decode()
