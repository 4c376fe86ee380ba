"""The events of automatic top-ups, and the only writer of their rules: what a customer sees change is one event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import insert, select, update

from server.kit.events import DomainEvent
from server.kit.work import Work
from server.orders.model import AutoTopUp, AutoTopUpRun
from server.orders.reads.auto_top_up import AutoTopUpRow, RunRow
from server.orders.rules.auto_top_up import Decision, RunStatus, Standing, check_move


@dataclass(frozen=True, slots=True)
class AutoTopUpChange(DomainEvent):
    """What every event of a rule tells: the rule as it stands from then on, by the columns of its table, and the
    automatic top-up that it is about, if it is about one."""

    state: str
    run_id: str | None
    rule: Mapping[str, Any]

    @classmethod
    def of(cls, rule: AutoTopUpRow, run_id: str | None) -> Self:
        return cls(rule.account_id, rule.id, rule.state.value, run_id, rule._asdict())


class AutoTopUpSet(AutoTopUpChange):
    """It was set up, or set to something else."""


class AutoTopUpDisabled(AutoTopUpChange):
    """The customer switched it off; one that is in flight ends as it would."""


class AutoTopUpResumed(AutoTopUpChange):
    """It is no longer suspended."""


class AutoTopUpDecided(AutoTopUpChange):
    """It was looked at, and nothing was started: `verdict` says why."""


class AutoTopUpStarted(AutoTopUpChange):
    """A top-up is in flight."""


class AutoTopUpSucceeded(AutoTopUpChange):
    """The top-up is paid for and what it added is in the wallet."""


class AutoTopUpFailed(AutoTopUpChange):
    """The top-up failed; it is tried again, or the rule is suspended."""


class AutoTopUpSuspended(AutoTopUpChange):
    """Nothing more is topped up until somebody does something about `suspension`."""


AUTO_TOP_UP_CHANGES: tuple[type[AutoTopUpChange], ...] = (
    AutoTopUpSet,
    AutoTopUpDisabled,
    AutoTopUpResumed,
    AutoTopUpDecided,
    AutoTopUpStarted,
    AutoTopUpSucceeded,
    AutoTopUpFailed,
    AutoTopUpSuspended,
)


def locked(work: Work, auto_top_up_id: str) -> AutoTopUpRow | None:
    """The rule, locked for the rest of the transaction. Wallets are locked before it, never after."""
    query = select(AutoTopUp.__table__).where(AutoTopUp.id == auto_top_up_id).with_for_update()
    row = work.first(query)
    return AutoTopUpRow(**row._mapping) if row is not None else None


def locked_run(work: Work, run_id: str) -> tuple[AutoTopUpRow, RunRow] | None:
    """One automatic top-up and its rule, both locked."""
    of_run = select(AutoTopUpRun.auto_top_up_id).where(AutoTopUpRun.id == run_id)
    rule = locked(work, work.scalar(of_run) or "")
    if rule is None:
        return None
    row = work.first(select(AutoTopUpRun.__table__).where(AutoTopUpRun.id == run_id).with_for_update())
    assert row is not None, "a rule keeps its runs"
    return rule, RunRow(**row._mapping)


def move(
    work: Work,
    rule: AutoTopUpRow,
    event: type[AutoTopUpChange],
    standing: Standing | None = None,
    *,
    about: str | None = None,
    **changes: Any,
) -> AutoTopUpRow:
    """Write columns of a locked rule and record the event that tells it, `about` a run, else the one in flight.

    Where a `standing` leads is checked: see `check_move`.
    """
    if standing is not None:
        changes |= _columns(standing)
    changed = write(work, rule, updated_at=work.now, **changes)
    check_move(rule.standing, changed.standing)
    work.record(event.of(changed, about or changed.run_id))
    return changed


def write(work: Work, rule: AutoTopUpRow, **changes: Any) -> AutoTopUpRow:
    """Write columns that no event tells."""
    statement = update(AutoTopUp).where(AutoTopUp.id == rule.id).values(**changes)
    row = work.first(statement.returning(*AutoTopUp.__table__.c))
    assert row is not None, "a locked row stays"
    return AutoTopUpRow(**row._mapping)


def decided(
    work: Work, rule: AutoTopUpRow, decision: Decision, available: int, amount_minor: int | None
) -> dict[str, Any]:
    """The columns of the last decision, with the numbers that it was made by."""
    return {
        "verdict": decision.verdict.value,
        "decided_at": work.now,
        "decided_available": available,
        "decided_below": rule.below,
        "decided_amount_minor": amount_minor,
        "decided_next_at": decision.next_at,
    }


def open_run(work: Work, rule: AutoTopUpRow, run_id: str, amount_minor: int) -> None:
    """Write the one that is in flight. The database refuses a second one of the rule."""
    work.execute(
        insert(AutoTopUpRun).values(
            id=run_id,
            auto_top_up_id=rule.id,
            account_id=rule.account_id,
            status=RunStatus.IN_FLIGHT.value,
            currency=rule.currency,
            amount_minor=amount_minor,
            started_at=work.now,
        )
    )


def write_run(work: Work, run_id: str, **changes: Any) -> None:
    """Write columns of a run."""
    work.execute(update(AutoTopUpRun).where(AutoTopUpRun.id == run_id).values(**changes))


def close_run(work: Work, run: RunRow, status: RunStatus, failure_code: str | None = None) -> None:
    """End a run, or end it otherwise than it was thought."""
    ended_at = run.ended_at or work.now
    write_run(work, run.id, status=status.value, failure_code=failure_code, ended_at=ended_at)


def _columns(standing: Standing) -> dict[str, Any]:
    columns = {
        "enabled": standing.enabled,
        "suspension": standing.suspension.value if standing.suspension is not None else None,
        "failures": standing.failures,
        "next_try_at": standing.next_try_at,
    }
    return columns if standing.in_flight else {**columns, "run_id": None}
