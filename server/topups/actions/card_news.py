"""What a gateway tells of saved payment methods by itself. Each may come twice, late, or after the method has gone."""

from __future__ import annotations

from server.kit.due import cancel, schedule
from server.kit.ids import is_id
from server.kit.work import Work
from server.topups.actions.method_changes import (
    PaymentMethodChanged,
    PaymentMethodConfirmed,
    PaymentMethodRemoved,
    change,
    locked_by_id,
)
from server.topups.actions.saving import EXPIRE, FORGOTTEN, SAVE
from server.topups.reads.methods import LAST4_COLUMN, MethodRow
from server.topups.rules.methods import (
    CardAuthenticated,
    CardNews,
    CardRenewed,
    MethodStatus,
    expires_at,
)
from server.topups.rules.outcomes import NextAction


def apply_card_news(work: Work, gateway: str, news: CardNews) -> bool:
    """Take it, if the method is still one of this gateway's. Returns whether it changed anything."""
    method = locked_by_id(work, news.method_id) if is_id(news.method_id, "pm") else None
    if method is None or method.gateway != gateway:
        return False
    if isinstance(news, CardAuthenticated):
        return _ask_again(work, method)
    if isinstance(news, CardRenewed):
        return _renew(work, method, news)
    return _let_go(work, method)


def _ask_again(work: Work, method: MethodRow) -> bool:
    """The payer was at their bank: ask the gateway what came of it."""
    waits = method.status == MethodStatus.PENDING.value
    if not waits or method.next_action != NextAction.AUTHENTICATE.value:
        return False
    schedule(work, SAVE, method.id, work.now)
    change(work, method, PaymentMethodConfirmed, next_action=None, client_secret=None)
    return True


def _renew(work: Work, method: MethodRow, news: CardRenewed) -> bool:
    """The bank gave out a new card. An expiry goes forward only, so the order of the news does not matter."""
    ends = expires_at(news.exp_month, news.exp_year)
    alive = method.status in (MethodStatus.ACTIVE.value, MethodStatus.EXPIRED.value)
    if not alive or method.expires_at is None or ends <= max(method.expires_at, work.now):
        return False
    change(
        work,
        method,
        PaymentMethodChanged,
        status=MethodStatus.ACTIVE.value,
        brand=news.brand,
        last4=work.seal(method.account_id, "billing", LAST4_COLUMN, news.last4),
        exp_month=news.exp_month,
        exp_year=news.exp_year,
        expires_at=ends,
        expiry_told_at=None,
    )
    schedule(work, EXPIRE, method.id, work.now)
    return True


def _let_go(work: Work, method: MethodRow) -> bool:
    """The gateway keeps it no longer, and not because we told it."""
    if method.status not in (MethodStatus.ACTIVE.value, MethodStatus.EXPIRED.value):
        return False
    cancel(work, EXPIRE, method.id)
    removed = MethodStatus.REMOVED.value
    gone = {**FORGOTTEN, "provider_reference": None}
    change(work, method, PaymentMethodRemoved, status=removed, is_default=False, **gone)
    return True
