"""Counting what people without an account ask for, so that nobody floods the server with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, insert, select

from server.accounts.model import PublicCall
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class CallsBefore:
    """How many calls of one action there were in the window before this one."""

    from_address: int
    from_everywhere: int


def note_public_call(work: Work, action: str, address: str | None, window: timedelta) -> CallsBefore:
    """Note one call of the action from a network address, and say how many there were in the window.

    What is older is forgotten here: hashes of network addresses are kept until the next call after the window. A
    refusal that follows undoes the noting.
    """
    caller = work.keyed_hash("public_calls", action.encode(), (address or "").encode())
    since = work.now - window
    mine = PublicCall.action == action
    work.execute(delete(PublicCall).where(mine, PublicCall.made_at <= since))
    recent = select(func.count()).where(mine, PublicCall.made_at > since)
    before = CallsBefore(
        int(work.scalar(recent.where(PublicCall.caller_hash == caller)) or 0), int(work.scalar(recent) or 0)
    )
    values = {"id": work.ids.new("pub"), "action": action, "caller_hash": caller, "made_at": work.now}
    work.execute(insert(PublicCall).values(values))
    return before
