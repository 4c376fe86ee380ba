"""What other slices tell about an account's life: what it would lose, and when it last sent something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from server.accounts import reads
from server.accounts.model import AccountActivity, AccountClosure
from server.accounts.reads.restrictions import is_stopped
from server.accounts.rules.closing import Loss
from server.accounts.rules.lifecycle import AccountStatus
from server.accounts.rules.restricting import ORDERS
from server.kit.work import Read


@dataclass(frozen=True, slots=True)
class LossSources:
    """Of each slice what an account would lose by closing; app.py lists them."""

    sources: tuple[Callable[[Read, str], Sequence[Loss]], ...] = ()

    def losses(self, read: Read, account_id: str) -> list[Loss]:
        """All that the account would lose now."""
        return sorted(
            (loss for source in self.sources for loss in source(read, account_id)),
            key=lambda loss: (loss.kind, loss.unit or "", loss.subject_id or ""),
        )


@dataclass(frozen=True, slots=True)
class SendSources:
    """Of each slice when an account last sent something, None for never; app.py lists them.

    Asked for when a clock may have run out, at most a few times a month and account: nothing is written per send.
    """

    sources: tuple[Callable[[Read, str], datetime | None], ...] = ()

    def last_send(self, read: Read, account_id: str) -> datetime | None:
        """When the account last sent something."""
        found = [source(read, account_id) for source in self.sources]
        return max((at for at in found if at is not None), default=None)


def may_be_charged(read: Read, account_id: str) -> bool:
    """Whether renewals and automatic top-ups may charge the account: nobody pays for what they may not use.

    Not while it is disabled, deactivated or suspended (M083, M087, M088), nor while its owner restricts it (P025). Of
    one that is gone nothing is held back.
    """
    found = reads.account(read, account_id)
    active = found is None or found.status == AccountStatus.ACTIVE.value
    return active and not is_stopped(read, account_id, ORDERS)


def activity(read: Read, account_id: str) -> Row[Any] | None:
    """Since when the account's clocks run; None for the company's own account."""
    return read.first(select(AccountActivity.__table__).where(AccountActivity.account_id == account_id))


def closure(read: Read, account_id: str) -> Row[Any] | None:
    """Who closed the account, when, and from when on its data may be erased; None while it is open."""
    return read.first(select(AccountClosure.__table__).where(AccountClosure.account_id == account_id))
