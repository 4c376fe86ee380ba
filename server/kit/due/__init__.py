"""Due work: rows with an instant, taken under a lease, one idempotent step a time (DESIGN §2).

Never a timer in memory: what is due survives a crash, and several processes may share the queue. A step may run
again after a crash at any point, so handlers must be safe to repeat.
"""

from server.kit.due.model import DueWork, Pause
from server.kit.due.overview import DueState
from server.kit.due.queue import (
    LEASE_SECONDS,
    TOPIC,
    Leased,
    being_done,
    cancel,
    finish,
    next_due,
    postpone,
    renew,
    retry,
    schedule,
    schedule_unless_planned,
    take,
)
from server.kit.due.runner import DueRunner, Handler, Swept
from server.kit.due.timers import Timer, Timers

__all__ = [
    "LEASE_SECONDS",
    "TOPIC",
    "DueRunner",
    "DueState",
    "DueWork",
    "Handler",
    "Leased",
    "Pause",
    "Swept",
    "Timer",
    "Timers",
    "being_done",
    "cancel",
    "finish",
    "next_due",
    "postpone",
    "renew",
    "retry",
    "schedule",
    "schedule_unless_planned",
    "take",
]
