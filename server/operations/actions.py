"""Declaring force majeure and its end (M103), and telling the staff that a queue moved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from server.accounts.reads import team
from server.kit.due import pauses
from server.kit.events import DomainEvent
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class ForceMajeureDeclared(DomainEvent):
    """Contractual timers stand still; the subject is the pause, the account the staff's."""

    starts_at: str


@dataclass(frozen=True, slots=True)
class ForceMajeureEnded(DomainEvent):
    """Contractual timers run again, later by the length of the pause; the subject is the pause."""


class StaffQueue(StrEnum):
    """What waits for the company's own people, and has no feed of its own."""

    PRIVACY_REQUESTS = "PRIVACY_REQUESTS"
    COMPLAINTS = "COMPLAINTS"
    SENDER_REVIEWS = "SENDER_REVIEWS"


@dataclass(frozen=True, slots=True)
class StaffQueueMoved(DomainEvent):
    """Something came into a queue, changed in it, or left it: the account is the staff's, the subject the queue."""


def tell_of_queue(work: Work, queue: StaffQueue) -> None:
    """Let the staff's people know, once there are any. Call it last: their sequence is locked after a customer's."""
    staff_id = team.staff_account_id(work)
    if staff_id is not None:
        work.record(StaffQueueMoved(staff_id, queue.value))


def declare_force_majeure(work: Work, starts_at: datetime | None, reason: str) -> str:
    """Let contractual timers stand still from `starts_at` (None: now); returns the pause's id.

    Statutory timers run on. Raises PauseInvalid, AlreadyPaused.
    """
    since = work.now if starts_at is None else starts_at
    pause_id = pauses.begin(work, since, reason)
    work.record(ForceMajeureDeclared(_staff_account(work), pause_id, since.isoformat()))
    return pause_id


def end_force_majeure(work: Work, contractual: Collection[str]) -> str:
    """Let contractual timers run again, each shifted; returns the pause's id. Raises NotPaused."""
    pause_id = pauses.end(work, contractual)
    work.record(ForceMajeureEnded(_staff_account(work), pause_id))
    return pause_id


def _staff_account(work: Work) -> str:
    assert work.actor.account_id is not None
    return work.actor.account_id
