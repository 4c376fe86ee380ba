"""Checks of customers' requests about their data, and of what they restricted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from server.accounts.model import CLOSED, Account, Restriction
from server.accounts.rules.restricting import CAMPAIGNS, ORDERS, RestrictionTerms, stopped_by
from server.campaigns.model import Campaign
from server.campaigns.rules import CampaignStatus
from server.checks.looking import WRONG_MAX, look
from server.kit.work import Read
from server.orders.model import Order
from server.policy.rules.checking import Check, Finding, combined, finding
from server.privacy.model import DataExport, PolicyRefusal, PrivacyRequest
from server.privacy.reads.requests import due_date
from server.privacy.rules.regimes import Regime
from server.privacy.rules.requests import (
    GROUNDS,
    TRUSTED,
    PrivacyRequestKind,
    PrivacyRequestSource,
    PrivacyRequestStatus,
    PrivacyRequestTerms,
    is_offered,
)

_requests = PrivacyRequest.__table__.c
_verified = _requests.queue_rank == 0
_REGIMES = frozenset(each.value for each in Regime)
_standard = _requests.source != PrivacyRequestSource.CLOSURE.value
_DAY = timedelta(days=1)
"""How late the due work may be before it counts as not done."""


def requests_in_time(read: Read) -> Finding:
    """No verified request is open after its due date, and none is due later than the policy says (H039, B018). What the
    closing of an account asks for has a clock of its own."""
    latest = _dated(read, _requests.queue_rank.is_not(None) & _standard)
    late = [row.id for row in latest if _is_late(read, row)]
    overdue = _verified & (_requests.due_at <= read.now)
    return look(read, "requests", PrivacyRequest, _requests.id, overdue | _requests.id.in_(late))


def requests_extended_once(read: Read) -> Finding:
    """What was extended was so in time, and not by more than the policy says (C26)."""
    rows = _dated(read, _requests.extended_at.is_not(None))
    wrong = [
        row.id
        for row in rows
        if _is_late(read, row) or row.extended_at >= due_date(read, row.received_at, row.regime)
    ]
    return finding(len(rows), "extended requests", wrong)


def requests_by_regime(read: Read) -> Finding:
    """Every open request names the law by which it is answered, and none is due later than that law says, or than any
    does where the policy gives everybody the strictest (P040, P042)."""
    rows = _dated(read, _requests.queue_rank.is_not(None) & _standard)
    return finding(len(rows), "open requests", [row.id for row in rows if _is_late(read, row)])


def _is_late(read: Read, row: Row[Any]) -> bool:
    """Whether the request is due later than it may be, or under no law that there is."""
    if row.regime not in _REGIMES:
        return True
    extended = row.extended_at is not None
    return bool(row.due_at > due_date(read, row.received_at, row.regime, extended=extended))


def access_through_channels(read: Read) -> Finding:
    """What the staff entered of their own accord came on a way that the policy offers (P023, M121)."""
    shut = [
        source.value
        for source in PrivacyRequestSource
        if not is_offered(PrivacyRequestKind.ACCESS, source, read.terms(PrivacyRequestTerms))
    ]
    access = _requests.kind == PrivacyRequestKind.ACCESS.value
    return look(read, "requests", PrivacyRequest, _requests.id, access & _requests.source.in_(shut))


def _dated(read: Read, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The dates of those requests that are due last."""
    dates = select(
        _requests.id, _requests.received_at, _requests.due_at, _requests.extended_at, _requests.regime
    )
    return read.rows(dates.where(which).order_by(_requests.due_at.desc()).limit(10 * WRONG_MAX))


def requests_grounded(read: Read) -> Finding:
    """Nothing was refused, or done in part, but on a legal ground of its kind (P028)."""
    lawful = or_(
        *(
            and_(_requests.kind == kind.value, _requests.ground.in_([ground.value for ground in grounds]))
            for kind, grounds in GROUNDS.items()
        )
    )
    cut = [PrivacyRequestStatus.REFUSED.value, PrivacyRequestStatus.PARTLY_FULFILLED.value]
    return look(read, "requests", PrivacyRequest, _requests.id, _requests.status.in_(cut) & ~lawful)


def requests_identified(read: Read) -> Finding:
    """Of nothing that came by the staff or by mail was more done than the law allows before it was known who asks: each
    such request that is verified says how and by whom (H038, P030)."""
    told = _requests.source.not_in([source.value for source in TRUSTED]) & _requests.verified_at.is_not(None)
    unknown = _requests.proof.is_(None) | _requests.verified_by.is_(None)
    return look(read, "requests", PrivacyRequest, _requests.id, told & unknown)


def restrictions_respected(read: Read) -> Finding:
    """Nothing was ordered or launched of whom restricted it, since they did (P025, M124)."""
    named = read.execute(select(Restriction.purpose).where(Restriction.lifted_at.is_(None)).distinct())
    purposes = list(named.scalars())
    terms = read.terms(RestrictionTerms)

    def stopping(processing: str) -> list[str]:
        return [purpose for purpose in purposes if stopped_by((purpose,), processing, terms)]

    held = Restriction.lifted_at.is_(None)
    ordered = select(Restriction.id).where(
        held,
        Restriction.account_id == Order.account_id,
        Restriction.purpose.in_(stopping(ORDERS)),
        Restriction.since < Order.placed_at,
    )
    sent = select(Restriction.id).where(
        held,
        Restriction.account_id == Campaign.account_id,
        Restriction.purpose.in_(stopping(CAMPAIGNS)),
    )
    sending = Campaign.status == CampaignStatus.SENDING.value
    return combined(
        {
            "ordered": look(read, "orders", Order, Order.id, ordered.exists()),
            "sent": look(read, "campaigns", Campaign, Campaign.id, sending & sent.exists()),
        }
    )


def refusals_followed(read: Read) -> Finding:
    """Who refused a version of the policy has a copy of their data, or had, and left in time (P049)."""
    left = select(Account.id).where(Account.id == PolicyRefusal.account_id, Account.status == CLOSED)
    copied = select(DataExport.id).where(
        DataExport.id == PolicyRefusal.export_id, DataExport.account_id == PolicyRefusal.account_id
    )
    late = (PolicyRefusal.closes_at <= read.now - _DAY) & ~left.exists()
    return look(
        read, "refusals", PolicyRefusal, PolicyRefusal.account_id, late | ~or_(copied.exists(), left.exists())
    )


CHECKS: Mapping[str, Check] = {
    "requests_in_time": requests_in_time,
    "requests_extended_once": requests_extended_once,
    "requests_by_regime": requests_by_regime,
    "access_through_channels": access_through_channels,
    "requests_grounded": requests_grounded,
    "requests_identified": requests_identified,
    "restrictions_respected": restrictions_respected,
    "refusals_followed": refusals_followed,
}
