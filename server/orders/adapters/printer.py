"""Makes PDFs in processes of their own: a few at a time, each with a limit, and never inside a transaction."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence

import orjson
import structlog

from server.kit.problems import overloaded
from server.orders.adapters import typesetter
from server.orders.adapters.sheet import Sheet

WAITING_MAX = 20
RETRY_AFTER_SECONDS = 5
TYPESETTER = (sys.executable, "-m", typesetter.__name__)

_log = structlog.get_logger("postmeter.printer")


class PrintFailed(Exception):
    """No PDF was made: the process failed, or took longer than it may."""


class Printer:
    """`at_once` processes of `command` at most; who comes while too many wait is refused."""

    def __init__(
        self, *, at_once: int = 2, seconds_max: float = 15.0, command: Sequence[str] = TYPESETTER
    ) -> None:
        self._command = command
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._seconds_max = seconds_max

    async def pdf(self, sheet: Sheet) -> bytes:
        """The PDF of a sheet. Raises PrintFailed, or PublicError OVERLOADED."""
        if self._waiting >= WAITING_MAX:
            raise overloaded("documents to print", RETRY_AFTER_SECONDS)
        self._waiting += 1
        try:
            async with self._free:
                return await self._typeset(orjson.dumps(sheet))
        finally:
            self._waiting -= 1

    async def _typeset(self, sheet: bytes) -> bytes:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(self._seconds_max):
                made, _said = await process.communicate(sheet)  # what typst says may quote the customer
        except TimeoutError:
            _log.warning("print_timed_out", seconds_max=self._seconds_max)
            raise PrintFailed from None
        finally:
            await _end(process)
        if process.returncode != 0 or not made.startswith(b"%PDF-"):
            _log.warning("print_failed", returncode=process.returncode)
            raise PrintFailed
        return made


async def _end(process: asyncio.subprocess.Process) -> None:
    """Leave no process behind, also when the reader hung up."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
