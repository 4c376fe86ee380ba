"""What an account would lose of its plan, seats and fixed IP addresses by closing."""

from __future__ import annotations

from collections.abc import Sequence

from server.accounts.rules.closing import Loss, LossKind
from server.kit.work import Read
from server.plans.reads import SubscriptionRow, live_plan, live_seats
from server.plans.reads.fixed_ips import rentals


def losses(read: Read, account_id: str) -> Sequence[Loss]:
    """Each with the end of the cycle that is paid; nothing is given back for the rest of it (M085)."""
    plan = live_plan(read, account_id)
    subscriptions = (*([plan] if plan is not None else []), *live_seats(read, account_id))
    plans = [_loss(LossKind.PLAN, row) for row in subscriptions]
    return [*plans, *(_loss(LossKind.DEDICATED_IP, row) for row in rentals(read, account_id))]


def _loss(kind: LossKind, row: SubscriptionRow) -> Loss:
    until = row.period_end.isoformat() if row.period_end is not None else None
    return Loss(kind.value, None, max(1, row.seats), row.id, until)
