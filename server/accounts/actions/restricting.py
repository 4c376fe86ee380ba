"""Stopping what is done with an account's data, by its owner's right, and letting it go on (P025, M124)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from server.accounts.actions.authority import lock_authority
from server.accounts.actions.lifecycle import restart_sending
from server.accounts.model import Restriction
from server.accounts.reads.restrictions import check_processing
from server.accounts.rules.restricting import (
    ALL,
    API_USE,
    RestrictionNotFound,
    Right,
    may_be_stopped,
)
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Call, Work


@dataclass(frozen=True, slots=True)
class ProcessingStopped(DomainEvent):
    """The account's data is not processed for a purpose any more, empty for all; the subject is the restriction."""

    by_right: str
    purpose: str


@dataclass(frozen=True, slots=True)
class ProcessingReleased(DomainEvent):
    """A restriction or an objection holds no longer; the subject is the restriction."""

    by_right: str
    purpose: str


def restrain(work: Work, call: Call) -> None:
    """What every mutation of a customer begins with: nobody restricted, or objected to, what it is for.

    Whatever an API key does is a use of the API, too. The staff acts for the company: what it does with the data of a
    restricted account its own actions ask. Raises ProcessingRestricted.
    """
    account_id = call.actor.account_id
    if account_id is None or call.actor.staff_roles or not may_be_stopped(call.action, call.purpose):
        return
    check_processing(work, account_id, str(call.purpose))
    if is_id(call.actor.credential_id or "", "key"):
        check_processing(work, account_id, API_USE)


def stop_processing(
    work: Work, account_id: str, right: Right, purposes: Collection[str], request_id: str
) -> None:
    """Stop it for these purposes, without any for all. Nothing that was begun before commits after it; what is
    stopped already stays so. Reactions pause what runs by itself.
    """
    lock_authority(work, account_id)
    for purpose in sorted(purposes) or (ALL,):
        values = {
            "id": work.ids.new("rst"),
            "account_id": account_id,
            "by_right": right.value,
            "purpose": purpose,
            "request_id": request_id,
            "since": work.now,
        }
        once = insert(Restriction).values(values).on_conflict_do_nothing()
        restriction_id = work.scalar(once.returning(Restriction.id))
        if restriction_id is not None:
            work.record(ProcessingStopped(account_id, restriction_id, right.value, purpose))


def release_processing(work: Work, account_id: str, restriction_id: str) -> None:
    """Let go on what was stopped; the clock of sending starts anew, for nothing could be sent.

    Raises RestrictionNotFound, also for another account's (Q014).
    """
    lock_authority(work, account_id)
    mine = (Restriction.id == restriction_id) & (Restriction.account_id == account_id)
    values = {"lifted_at": work.now, "lifted_by": work.actor.credential_id}
    lifted = update(Restriction).where(mine, Restriction.lifted_at.is_(None)).values(values)
    row = None
    if restriction_id.isprintable():  # PostgreSQL takes no NUL
        row = work.first(lifted.returning(Restriction.by_right, Restriction.purpose))
    if row is None:
        raise RestrictionNotFound
    restart_sending(work, account_id)
    work.record(ProcessingReleased(account_id, restriction_id, row.by_right, row.purpose))
