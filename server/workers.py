"""Several identical server processes on one port: started together, replaced when one ends, and stopped together."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess

import structlog

REPLACED_AFTER_SECONDS = 1.0
"""A worker that ended is replaced so long after it, at the earliest."""
_BACKLOG = 2_048

_context = multiprocessing.get_context("fork")
_log = structlog.get_logger("postmeter.workers")

Work = Callable[[int, Connection], None]
"""Serve as the worker of that number. Sends something over the connection once it listens, and stops when it finds
the connection closed: then the process that started it is gone."""


class Workers:
    """The process that starts workers and does nothing else; so it must not have begun an event loop or a thread."""

    def __init__(
        self, count: int, work: Work, ready: Callable[[], None], before_end: Callable[[], None]
    ) -> None:
        self._count = count
        self._work = work
        self._ready = ready
        # Lets go of what they share, so that they alone say until when connections are taken.
        self._before_end = before_end
        self._running: dict[int, tuple[ForkProcess, Connection]] = {}
        self._listening: set[int] = set()
        self._due: dict[int, float] = {}

    def run(self, *, stop_seconds_max: float) -> int:
        """Until interrupted or told to stop (SIGTERM); the exit status, 1 when a worker ends before all listen once."""
        signal.signal(signal.SIGTERM, _stop)
        try:
            for number in range(self._count):
                self._start(number)
            while True:
                if not self._look():
                    return 1
        except (KeyboardInterrupt, SystemExit):
            return 0
        finally:
            self._before_end()
            self._end(stop_seconds_max)

    def _look(self) -> bool:
        """Wait for what happens next, and see to it; False when the start has failed."""
        now = time.monotonic()
        for number in [number for number, at in self._due.items() if at <= now]:
            del self._due[number]
            self._start(number)
        unheard = {pipe: number for number, (_, pipe) in self._running.items()}
        ends = {process.sentinel: number for number, (process, _) in self._running.items()}
        until = min(self._due.values(), default=None)
        happened = wait([*unheard, *ends], None if until is None else max(0.0, until - now))
        for one in happened:
            if isinstance(one, Connection):
                self._hear(one, unheard[one])
        buried = [self._bury(ends[one]) for one in happened if isinstance(one, int)]
        return all(buried)

    def _start(self, number: int) -> None:
        ours, theirs = _context.Pipe()
        process = _context.Process(target=self._in_worker, args=(number, ours, theirs))
        process.start()
        theirs.close()
        self._running[number] = (process, ours)

    def _in_worker(self, number: int, ours: Connection, theirs: Connection) -> None:
        """Without the ends of this process's pipes, which would keep the other workers from seeing it go."""
        for pipe in (ours, *(pipe for _, pipe in self._running.values())):
            pipe.close()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self._work(number, theirs)

    def _hear(self, pipe: Connection, number: int) -> None:
        try:
            pipe.recv_bytes()
        except (EOFError, OSError):
            return  # it ends: its process tells the rest
        was_complete = len(self._listening) == self._count
        self._listening.add(number)
        if not was_complete and len(self._listening) == self._count:
            self._ready()

    def _bury(self, number: int) -> bool:
        """Plan another in the place of one that ended; False when not all of the first ones have listened."""
        process, pipe = self._running.pop(number)
        process.join()
        pipe.close()
        _log.error("worker_ended", worker=number, status=process.exitcode)
        if len(self._listening) < self._count:
            return False
        self._due[number] = time.monotonic() + REPLACED_AFTER_SECONDS
        return True

    def _end(self, seconds_max: float) -> None:
        """Let all of them stop in good order, and end who does not."""
        for process, _ in self._running.values():
            process.terminate()
        until = time.monotonic() + seconds_max
        for process, pipe in self._running.values():
            process.join(max(0.0, until - time.monotonic()))
            if process.exitcode is None:
                process.kill()
                process.join()
            pipe.close()


def bound(host: str, port: int) -> socket.socket:
    """A socket that all workers accept from; whoever is free takes the next connection. Raises SystemExit."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise SystemExit(f"Postmeter cannot listen on {host}, port {port}: {error.strerror}.") from None


def _stop(_signal: int, _frame: object) -> None:
    # Once: while the workers end, a second one must not interrupt that.
    with suppress(ValueError):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)
