"""How a callback ends a connection that no longer takes anything."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any

from server.gateway.ports import Scope

ABORT_EXTENSION = "postmeter.abort"
"""An ASGI extension of our HTTP server (`server.py`): its `call` drops the connection at once."""


class Lifeline:
    """Lets callbacks drop a connection that takes nothing any more, not even a polite end.

    The task that serves it enters the lifeline around its waiting. `cut` aborts the connection, which the
    task sees as a disconnect; where the server has no such extension, the task is made to return as if it had
    seen one. A cancellation from elsewhere stays a cancellation.
    """

    __slots__ = ("_abort", "_cut", "_task")

    def __init__(self, scope: Scope) -> None:
        self._abort = (scope.get("extensions") or {}).get(ABORT_EXTENSION)
        self._task: asyncio.Task[Any] | None = None
        self._cut = False

    def __enter__(self) -> None:
        self._task = asyncio.current_task()

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> bool:
        task, self._task = self._task, None
        if task is None or not self._cut or kind is not asyncio.CancelledError:
            return False
        return task.uncancel() == 0

    def cut(self) -> None:
        if self._task is None or self._cut:
            return
        self._cut = True
        if self._abort is not None:
            self._abort["call"]()
        else:
            self._task.cancel()
