"""Forgetting what was kept of failed sign-ins, unanswered challenges and devices of long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select

from server.accounts.model import KnownDevice, SignInChallenge, SignInCounter
from server.accounts.rules import Terms
from server.kit.due import schedule, schedule_unless_planned
from server.kit.retention import note
from server.kit.work import Work

PRUNING = "accounts.prune_sign_ins"
_EVERY = timedelta(minutes=10)


def plan_pruning(work: Work, *, again: bool = False) -> None:
    """Plan the next round; what is planned already stays where it is, unless the round is over (`again`)."""
    if again:
        schedule(work, PRUNING, "all", work.now + _EVERY)
    else:
        schedule_unless_planned(work, PRUNING, "all", work.now)


def prune(work: Work, rows_max: int) -> int:
    """Delete at most so many rows of each kind that are of no use any more; returns how many it were."""
    terms = work.terms(Terms)
    patience = (terms.patience_with_client, terms.patience_with_login, terms.patience_with_address)
    forgotten_at = work.now - max(one.window for one in patience)
    counters = _delete(
        work, SignInCounter, SignInCounter.counted, SignInCounter.last_failed_at <= forgotten_at, rows_max
    )
    challenges = _delete(
        work, SignInChallenge, SignInChallenge.token_hash, SignInChallenge.expires_at <= work.now, rows_max
    )
    old = KnownDevice.last_used_at <= work.now - terms.known_device_age_max
    devices = _delete(work, KnownDevice, KnownDevice.mark, old, rows_max)
    counters += _delete_surplus(work, terms.sign_in_counters_max, rows_max)
    note(work, "sign_in_failures", counters + challenges)
    note(work, "sessions", devices)
    return counters + challenges + devices


def _delete_surplus(work: Work, counters_max: int, rows_max: int) -> int:
    """The counters beyond the limit, those that failed longest ago first."""
    surplus = work.scalar(select(func.count()).select_from(SignInCounter)) - counters_max
    if surplus <= 0:
        return 0
    oldest = (
        select(SignInCounter.counted).order_by(SignInCounter.last_failed_at).limit(min(surplus, rows_max))
    )
    gone = delete(SignInCounter).where(SignInCounter.counted.in_(oldest))
    return len(work.rows(gone.returning(SignInCounter.counted)))


def _delete(work: Work, table: Any, key: Any, which: ColumnElement[bool], rows_max: int) -> int:
    some = select(key).where(which).limit(rows_max)
    return len(work.rows(delete(table).where(which, key.in_(some)).returning(key)))
