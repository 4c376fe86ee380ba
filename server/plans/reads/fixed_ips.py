"""Fixed addresses: those of an account, and the provider's pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from server.kit.ids import is_id
from server.kit.money import Currency
from server.kit.work import Read
from server.orders.reads.tax import tax_status
from server.orders.rules import Terms as OrderTerms
from server.orders.rules.tax import Taxed, tax
from server.plans.model import IpAddress, IpAssignment, PlanSubscription
from server.plans.reads import SubscriptionRow
from server.plans.reads.prices import unit_price_at
from server.plans.rules.fixed_ips import CYCLE
from server.plans.rules.status import LIVE, Product

_subscriptions = PlanSubscription.__table__.c
_LIVE = [status.value for status in LIVE]


class PoolRow(NamedTuple):
    """An address of the pool with who has it, None when nobody."""

    id: str
    address: str
    subscription_id: str | None
    available_at: datetime
    added_at: datetime
    retired_at: datetime | None
    account_id: str | None
    assigned_at: datetime | None
    notice_id: str | None


def fixed_ip_price(read: Read, account_id: str, currency: Currency) -> Taxed:
    """What a year of one address costs the account today, and the tax on it."""
    net_minor = unit_price_at(read, Product.FIXED_IP, "", CYCLE, currency, read.now)
    return tax(net_minor, tax_status(read, account_id), read.terms(OrderTerms))


def rentals(read: Read, account_id: str) -> Sequence[SubscriptionRow]:
    """The account's fixed addresses that are pending, active or cancelling, the oldest first."""
    mine = (_subscriptions.account_id == account_id) & (_subscriptions.product == Product.FIXED_IP.value)
    query = select(*[_subscriptions[name] for name in SubscriptionRow._fields])
    live = query.where(mine, _subscriptions.status.in_(_LIVE)).order_by(_subscriptions.id)
    return [SubscriptionRow._make(row) for row in read.rows(live)]


def addresses(read: Read, subscription_ids: Sequence[str]) -> Mapping[str, str]:
    """The address that each subscription has, by subscription."""
    query = select(IpAddress.subscription_id, IpAddress.address)
    rows = read.rows(query.where(IpAddress.subscription_id.in_(subscription_ids)))
    return {row.subscription_id: row.address for row in rows}


def assignment(read: Read, subscription_id: str) -> Row[Any] | None:
    """The address that the subscription has or had, from when until when."""
    query = select(IpAssignment.__table__, IpAddress.address).join(
        IpAddress, IpAddress.id == IpAssignment.ip_id
    )
    return read.first(query.where(IpAssignment.subscription_id == subscription_id))


def pool(read: Read, limit: int, before_id: str | None = None) -> Sequence[PoolRow]:
    """All addresses of the pool, newest first, older than `before_id`."""
    query = _pool()
    if before_id is not None:
        query = query.where(IpAddress.id < before_id)
    return [PoolRow._make(row) for row in read.rows(query.order_by(IpAddress.id.desc()).limit(limit))]


def pool_address(read: Read, ip_id: str) -> PoolRow | None:
    """One address of the pool."""
    row = read.first(_pool().where(IpAddress.id == ip_id)) if is_id(ip_id, "ipa") else None
    return None if row is None else PoolRow._make(row)


def free_addresses(read: Read) -> int:
    """How many addresses could be rented at this instant."""
    query = select(func.count()).where(
        IpAddress.subscription_id.is_(None),
        IpAddress.retired_at.is_(None),
        IpAddress.available_at <= read.now,
    )
    return int(read.scalar(query) or 0)


def _pool() -> Any:
    return select(
        IpAddress.id,
        IpAddress.address,
        IpAddress.subscription_id,
        IpAddress.available_at,
        IpAddress.added_at,
        IpAddress.retired_at,
        IpAssignment.account_id,
        IpAssignment.assigned_at,
        IpAssignment.notice_id,
    ).join(IpAssignment, IpAssignment.subscription_id == IpAddress.subscription_id, isouter=True)
