"""What customers paid in, and what they spent, in a span of time."""

from __future__ import annotations

from collections import Counter as Sums
from datetime import datetime
from enum import Enum

from sqlalchemy import case, func, select

from server.kit.work import Read
from server.wallet.model import Posting, Wallet
from server.wallet.rules import PostingKind

PAID_IN = (
    PostingKind.TOP_UP,
    PostingKind.TOP_UP_REVERSED,
    PostingKind.TOP_UP_REINSTATED,
    PostingKind.TOP_UP_REFUNDED,
    PostingKind.TOP_UP_REFUND_FAILED,
)
SPENT = (
    PostingKind.ORDER,
    PostingKind.PLAN,
    PostingKind.TAX,
    PostingKind.CANCELLATION_FEE,
    PostingKind.USAGE,
    PostingKind.HOLD_CAPTURED,
)


class Flow(Enum):
    """IN: payments that were captured, less what of payments went back. SPENT: what was debited for the service."""

    IN = "IN"
    SPENT = "SPENT"


Turnover = Sums[tuple[Flow, str]]
"""By flow and unit, in the smallest part of the unit."""


def turnover(read: Read, since: datetime, until: datetime) -> Turnover:
    """Sums over the postings with `since <= at < until`, found by their time. Where nothing was posted is no sum."""
    paid = Posting.kind.in_([kind.value for kind in PAID_IN])
    flow = case((paid, Flow.IN.value), else_=Flow.SPENT.value).label("flow")
    query = (
        select(flow, Wallet.unit, func.sum(Posting.posted_delta).label("sum"))
        .join(Wallet, Wallet.id == Posting.wallet_id)
        .where(Posting.at >= since, Posting.at < until)
        .where(Posting.kind.in_([kind.value for kind in (*PAID_IN, *SPENT)]))
        .group_by(flow, Wallet.unit)
    )
    found = [(Flow(row.flow), row.unit, int(row.sum)) for row in read.rows(query)]
    return Sums({(one, unit): total if one is Flow.IN else -total for one, unit, total in found})
