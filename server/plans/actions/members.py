"""Members who leave with the end of the cycle (M063).

`removeMember` of accounts locks somebody out at once, for safety. Here a member stays active until the end of the
plan's current cycle, which is paid for, and is definitively withdrawn then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from server.accounts.actions import removable_member, withdraw_member
from server.kit.due import cancel, schedule
from server.kit.ids import is_id
from server.kit.work import Work
from server.plans.actions.events import MemberWithdrawalPlanned, MemberWithdrawalUndone
from server.plans.actions.subscribing import cycle_end, settled_up
from server.plans.model import PlanWithdrawal
from server.plans.rules.problems import WithdrawalNotPlanned

WITHDRAW = "plans.withdraw"


def plan_withdrawal(work: Work, account_id: str, person_id: str) -> datetime:
    """Withdraw a member with the end of the current cycle, or now where the plan has none; returns when.

    Repeated, the first instant stands. Raises MemberNotFound, RoleNotGrantable, StepUpRequired (an owner),
    LastOwner.
    """
    member = removable_member(work, person_id)
    row = settled_up(work, account_id)
    at = cycle_end(work, row) if row is not None and row.number else work.now
    values = {
        "person_id": member.id,
        "account_id": account_id,
        "asked_at": work.now,
        "withdraw_at": at,
    }
    made = insert(PlanWithdrawal).values(values).on_conflict_do_nothing().returning(PlanWithdrawal.person_id)
    if work.first(made) is None:
        before = select(PlanWithdrawal.withdraw_at).where(PlanWithdrawal.person_id == member.id)
        stands: datetime = work.execute(before).scalar_one()
        return stands
    work.record(MemberWithdrawalPlanned(account_id, member.id, at))
    if at <= work.now:
        withdraw(work, member.id)
    else:
        schedule(work, WITHDRAW, member.id, at)
    return at


def undo_withdrawal(work: Work, account_id: str, person_id: str) -> None:
    """The member stays after all. Raises WithdrawalNotPlanned: nothing was planned, or its time has come."""
    if not is_id(person_id, "per"):  # PostgreSQL takes no NUL
        raise WithdrawalNotPlanned
    planned = (
        (PlanWithdrawal.person_id == person_id)
        & (PlanWithdrawal.account_id == account_id)
        & (PlanWithdrawal.withdraw_at > work.now)
    )
    gone = delete(PlanWithdrawal).where(planned).returning(PlanWithdrawal.person_id)
    if work.first(gone) is None:
        raise WithdrawalNotPlanned
    cancel(work, WITHDRAW, person_id)
    work.record(MemberWithdrawalUndone(account_id, person_id))


def withdraw(work: Work, person_id: str) -> None:
    """The time of a member has come: all that they signed in with ends, for good."""
    due = (PlanWithdrawal.person_id == person_id) & (PlanWithdrawal.withdraw_at <= work.now)
    account_id = work.scalar(delete(PlanWithdrawal).where(due).returning(PlanWithdrawal.account_id))
    if account_id is not None:
        withdraw_member(work, account_id, person_id)
