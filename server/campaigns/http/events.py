"""POST /campaigns/events: events of messages as lines of JSON, of any number, counted as they come.

Each line is an object with the fields of `MessageEventInput`. Lines are counted in batches, each a transaction of its
own; an invalid one is named in the answer and stops nothing. Whoever was interrupted sends everything again: what was
counted is known by its key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from server.campaigns.actions.recording import API_SOURCE, Recorded, record_events
from server.campaigns.rules.events import MessageEvent
from server.campaigns.rules.intake import EventFault, Faulty, event_of
from server.campaigns.rules.recording import RecordingTerms
from server.kit.problems import PublicError
from server.kit.viewer import Credentials, Viewer
from server.kit.work import Call, Units

PATH = "/campaigns/events"
SCOPE = "events:write"
OPERATOR_SOURCE = "operator"
_OPERATORS = frozenset({"ADMIN"})
_ACTION = "recordMessageEvents"
_RETRY_AFTER_SECONDS = 5
_MEDIA_TYPES = frozenset({"application/x-ndjson", "application/jsonl"})
_PRIVATE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Authenticate = Callable[[Credentials], Awaitable[Viewer | None]]


class _Refused(Exception):
    """An answer other than 200. What was counted until then stays counted."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class _Progress:
    """What became of the lines so far. `lines` counts those that are behind us for good."""

    lines: int = 0
    recorded: Recorded = field(default_factory=Recorded)
    invalid: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def answer(self) -> dict[str, Any]:
        recorded = self.recorded
        return {
            "lines": self.lines,
            "accepted": recorded.accepted,
            "duplicates": recorded.duplicates,
            "unknown": recorded.unknown,
            "outdated": recorded.outdated,
            "restricted": recorded.restricted,
            "invalid": self.invalid,
            "errors": self.errors,
        }


def routes(units: Units, authenticate: Authenticate) -> list[BaseRoute]:
    """The route of the streaming endpoint."""
    return [Route(PATH, Intake(units, authenticate).post, methods=["POST"])]


class Intake:
    """Takes streams of events in, a bounded number at a time, each line and each batch within its limits."""

    def __init__(self, units: Units, authenticate: Authenticate) -> None:
        self._units = units
        self._authenticate = authenticate
        self._terms = units.house.terms.get(RecordingTerms)
        self._running = 0

    async def post(self, request: Request) -> Response:
        progress = _Progress()
        try:
            viewer = await self._viewer(request)
            if self._running >= self._terms.streams_at_once_max:
                raise _Refused(503, "OVERLOADED", "Too many streams are running; try again.", **_later())
            self._running += 1
            try:
                await self._take_in(request, viewer, progress)
            finally:
                self._running -= 1
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        except _Refused as refused:
            said = {"code": refused.code, "message": refused.message, **progress.answer()}
            return JSONResponse(said, refused.status, headers=_PRIVATE | refused.headers)
        return JSONResponse(progress.answer(), headers=_PRIVATE)

    async def _viewer(self, request: Request) -> Viewer:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        credentials = Credentials(bearer=token.strip() if scheme.lower() == "bearer" else None)
        try:
            viewer = await self._authenticate(credentials)
        except PublicError as fault:
            raise _refusal(fault) from fault
        if viewer is None or viewer.account_id is None:
            raise _Refused(
                401, "UNAUTHENTICATED", "Send an API key as a bearer token.", WWW_Authenticate="Bearer"
            )
        if not (viewer.has_scope(SCOPE) or _is_operator(viewer)):
            raise _Refused(403, "FORBIDDEN", f"The credential lacks the scope {SCOPE}.")
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in _MEDIA_TYPES or "content-encoding" in request.headers:
            raise _Refused(415, "UNSUPPORTED_MEDIA_TYPE", "Send application/x-ndjson, not compressed.")
        return viewer

    async def _take_in(self, request: Request, viewer: Viewer, progress: _Progress) -> None:
        """Raises _Refused or ClientDisconnect."""
        batch: list[MessageEvent] = []
        read = 0
        async for line in self._lines(request):
            read += 1
            if line is None or line.strip():
                try:
                    batch.append(_event(line))
                except Faulty as faulty:
                    self._note(progress, read, faulty.fault)
            if len(batch) == self._terms.events_a_batch:
                await self._record(viewer, batch, progress)
                progress.lines, batch = read, []
        if batch:
            await self._record(viewer, batch, progress)
        progress.lines = read

    async def _lines(self, request: Request) -> AsyncIterator[bytes | None]:
        """The lines; None for one that is too long, of which no more is kept than the limit and one piece."""
        limit, left = self._terms.line_bytes_max, self._terms.stream_bytes_max
        rest, skipping = b"", False
        async for piece in self._pieces(request):
            left -= len(piece)
            if left < 0:
                raise _Refused(413, "STREAM_TOO_LARGE", "Send the rest in another request.")
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield None if skipping or len(line) > limit else line
                skipping = False
            if len(rest) > limit:
                rest, skipping = b"", True
        if rest or skipping:
            yield None if skipping else rest

    async def _pieces(self, request: Request) -> AsyncIterator[bytes]:
        stream, clock = request.stream(), asyncio.get_running_loop().time
        ends = clock() + self._terms.stream_seconds_max
        while True:
            try:
                async with asyncio.timeout_at(min(ends, clock() + self._terms.stream_stall_seconds_max)):
                    piece = await anext(stream, None)
            except TimeoutError:
                raise _Refused(408, "TOO_SLOW", "Send the rest in another request.") from None
            if piece is None:
                return
            yield piece

    async def _record(self, viewer: Viewer, batch: list[MessageEvent], progress: _Progress) -> None:
        operator = _is_operator(viewer)
        action = partial(
            record_events,
            source=OPERATOR_SOURCE if operator else API_SOURCE,
            events=batch,
            account_id=None if operator else viewer.account_id,
            billable=operator,
        )
        try:
            progress.recorded += await self._units.run(Call(_ACTION, viewer), action)
        except PublicError as fault:
            raise _refusal(fault) from fault

    def _note(self, progress: _Progress, line: int, fault: EventFault) -> None:
        progress.invalid += 1
        if len(progress.errors) < self._terms.errors_shown_max:
            progress.errors.append({"line": line, "code": fault.value})


def _event(line: bytes | None) -> MessageEvent:
    """Raises Faulty."""
    if line is None:
        raise Faulty(EventFault.TOO_LONG)
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise Faulty(EventFault.NOT_JSON) from None
    if not isinstance(given, dict):
        raise Faulty(EventFault.NOT_JSON)
    return event_of(given)


def _is_operator(viewer: Viewer) -> bool:
    """Whether the operator's own engine reports: of any account, and what it reports is paid for."""
    return bool(viewer.staff_roles & _OPERATORS)


def _refusal(fault: PublicError) -> _Refused:
    if fault.code in ("UNAUTHENTICATED", "FORBIDDEN"):
        return _Refused(401 if fault.code == "UNAUTHENTICATED" else 403, fault.code, fault.message)
    return _Refused(503, fault.code, fault.message, **_later())


def _later() -> dict[str, str]:
    return {"Retry_After": str(_RETRY_AFTER_SECONDS)}
