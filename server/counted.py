"""What is counted of the use of the service: which accounts did what, of the slices that know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from server.accounts.model import Account, Session
from server.campaigns.model import Campaign
from server.policy.reads.counting import CountSources
from server.policy.rules.counting import CountedEvent
from server.topups.model import TopUp


def _registered(begin: datetime, end: datetime) -> Select[Any]:
    return select(Account.id.label("account_id")).where(Account.created_at >= begin, Account.created_at < end)


def _signed_in(begin: datetime, end: datetime) -> Select[Any]:
    return select(Session.account_id).where(Session.created_at >= begin, Session.created_at < end)


def _paid_first(begin: datetime, end: datetime) -> Select[Any]:
    paid = select(TopUp.account_id).where(TopUp.status == "SUCCEEDED").group_by(TopUp.account_id)
    first = func.min(TopUp.created_at)
    return paid.having((first >= begin) & (first < end))


def _launched(begin: datetime, end: datetime) -> Select[Any]:
    return select(Campaign.account_id).where(Campaign.launched_at >= begin, Campaign.launched_at < end)


COUNTED = CountSources(
    {
        CountedEvent.SIGN_IN: _signed_in,
        CountedEvent.REGISTRATION: _registered,
        CountedEvent.FIRST_TOP_UP: _paid_first,
        CountedEvent.CAMPAIGN_LAUNCH: _launched,
    }
)
"""The sources of all counts."""
