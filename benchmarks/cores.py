"""Who computes where: the servers on one core and the load on another, so that neither takes the other's."""

from __future__ import annotations

import os

SERVERS, LOAD = 0, 1


def pin(index: int, pid: int = 0) -> None:
    """Keep a process (0: this one) on the first or second core that we may use.

    Only on Linux, and only where there are two; elsewhere the system decides.
    """
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            os.sched_setaffinity(pid, {cores[index]})
