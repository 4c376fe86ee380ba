"""Pauses of the contractual timers (M103): begun, ended, and what they add to a term.

While a pause lasts, nothing contractual that fell due since its begin is done; at its end all of it moves by the
pause's length, and what was scheduled in between by the part that came after. A pause may be declared for a begin in
the past: what was done since then stays done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Row, case, insert, select, type_coerce, update

from server.kit.card_numbers import holds_card_number
from server.kit.clock import to_micros
from server.kit.due.model import DueWork, Pause
from server.kit.due.queue import TOPIC
from server.kit.due.timers import Standstill, shifted
from server.kit.problems import Refusal
from server.kit.work import Read, Work

REASON_LENGTH_MAX = 200
BACKDATED_DAYS_MAX = 30
PAUSES_MAX = 1_000
"""So many are read; a company with more has other worries."""
_LOCK_KEY = 0x70617573  # "paus": two who begin or end a pause take turns


@dataclass(eq=False)
class PauseInvalid(Refusal):
    """A pause has a reason, no card number in it, and begins now or some days ago, behind the one before it."""

    code = "PAUSE_INVALID"
    reason_length_max: int
    backdated_days_max: int


@dataclass(eq=False)
class AlreadyPaused(Refusal):
    """The contractual timers are paused already."""

    code = "ALREADY_PAUSED"


@dataclass(eq=False)
class NotPaused(Refusal):
    """The contractual timers are not paused."""

    code = "NOT_PAUSED"


def begin(work: Work, starts_at: datetime, reason: str) -> str:
    """Let contractual timers stand still from that instant; returns the pause's id.

    Raises PauseInvalid, AlreadyPaused.
    """
    _take_turns(work)
    newest = _newest(work)
    if newest is not None and newest.ends_at is None:
        raise AlreadyPaused
    backdated_max = timedelta(days=BACKDATED_DAYS_MAX)
    in_time = work.now - backdated_max <= starts_at <= work.now
    behind = newest is None or starts_at >= newest.ends_at
    said = 1 <= len(reason.strip()) <= REASON_LENGTH_MAX and reason.isprintable()
    if not in_time or not behind or not said or holds_card_number(reason):
        raise PauseInvalid(REASON_LENGTH_MAX, BACKDATED_DAYS_MAX)
    pause_id = work.ids.new("pau")
    work.execute(
        insert(Pause).values(id=pause_id, starts_at=starts_at, reason=reason.strip(), declared_at=work.now)
    )
    work.wake(TOPIC)
    return pause_id


def end(work: Work, contractual: Collection[str]) -> str:
    """End the pause now and shift what it held up; returns the pause's id. Raises NotPaused."""
    _take_turns(work)
    pause = _newest(work)
    if pause is None or pause.ends_at is not None:
        raise NotPaused
    work.execute(update(Pause).where(Pause.id == pause.id).values(ends_at=work.now))
    stood_since = case(
        (DueWork.scheduled_at > pause.starts_at, _micros(DueWork.scheduled_at)),
        else_=to_micros(pause.starts_at),
    )
    length = to_micros(work.now) - stood_since
    moved = update(DueWork).where(DueWork.kind.in_(contractual), DueWork.due_at >= pause.starts_at)
    work.execute(moved.values(due_at=_micros(DueWork.due_at) + length))
    work.wake(TOPIC)
    return str(pause.id)


def pauses(read: Read) -> Sequence[Row[Any]]:
    """Every pause, the oldest first."""
    return read.rows(select(Pause.__table__).order_by(Pause.starts_at).limit(PAUSES_MAX))


def pause(read: Read, pause_id: str) -> Row[Any]:
    """A pause that is known to be there."""
    row = read.first(select(Pause.__table__).where(Pause.id == pause_id))
    assert row is not None
    return row


def end_of_term(read: Read, since: datetime, due_at: datetime) -> datetime:
    """When a contractual term that began at `since` ends, if it would end at `due_at` without any pause.

    For handlers that decide by an instant in their own rows: while a pause lasts, the end moves with the clock and
    so is never reached.
    """
    return ends_of_terms(read, [(since, due_at)])[0]


def ends_of_terms(read: Read, terms: Sequence[tuple[datetime, datetime]]) -> Sequence[datetime]:
    """The same of many terms, each its begin and its end without any pause, with one look-up."""
    if not terms:
        return []
    over = Pause.ends_at.is_(None) | (Pause.ends_at > min(since for since, _ in terms))
    rows = read.rows(select(Pause.__table__).where(over).order_by(Pause.starts_at).limit(PAUSES_MAX))
    standstills = [Standstill(row.starts_at, row.ends_at) for row in rows]
    return [shifted(due_at, since, standstills, read.now) for since, due_at in terms]


def _newest(work: Work) -> Row[Any] | None:
    return work.first(select(Pause.__table__).order_by(Pause.starts_at.desc()).limit(1))


def _take_turns(work: Work) -> None:
    if work.connection.dialect.name == "postgresql":
        work.connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_KEY})")


def _micros(column: Any) -> Any:
    return type_coerce(column, BigInteger)
