"""The staff's side of fixed addresses: filling the pool, and taking an address back on misuse."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from server.accounts.reads.team import billing_email
from server.kit.ids import is_id
from server.kit.work import Work
from server.notices.actions import notify
from server.notices.reads import email_state
from server.notices.rules import Channel, OutboxState
from server.plans.actions.changes import locked
from server.plans.actions.subscribing import end_now
from server.plans.model import IpAddress, IpAssignment
from server.plans.reads import SubscriptionRow
from server.plans.reads.fixed_ips import PoolRow, assignment, pool_address
from server.plans.rules.fixed_ips import (
    FixedIpNotAnnounced,
    FixedIpNotFound,
    IpAddressInUse,
    IpAddressKnown,
    IpAddressNotFound,
    normal_address,
)
from server.plans.rules.status import LIVE, Product, Status, StopReason

MISUSE_NOTICE = "fixed_ip_misuse"


def add_ip(work: Work, address: str) -> PoolRow:
    """Put an address into the pool; it stays the provider's, whoever rents it (M056).

    Raises IpAddressInvalid or IpAddressKnown.
    """
    values = {"id": work.ids.new("ipa"), "address": normal_address(address)}
    new = insert(IpAddress).values(available_at=work.now, added_at=work.now, **values)
    made = work.scalar(new.on_conflict_do_nothing(index_elements=["address"]).returning(IpAddress.id))
    if made is None:
        raise IpAddressKnown
    return _found(work, made)


def retire_ip(work: Work, ip_id: str) -> PoolRow:
    """Take an address out of the pool for good; repeated, it changes nothing.

    Raises IpAddressNotFound or IpAddressInUse.
    """
    free = (IpAddress.id == ip_id) & IpAddress.subscription_id.is_(None) & IpAddress.retired_at.is_(None)
    work.execute(update(IpAddress).where(free).values(retired_at=work.now))
    row = _found(work, ip_id)
    if row.retired_at is None:
        raise IpAddressInUse
    return row


def announce_reclaim(work: Work, fixed_ip_id: str) -> str:
    """Tell the customer, by e-mail too, that the address will be taken back for misuse; returns the notice's id.

    It may be said again, for example when the first e-mail could not be delivered. Raises FixedIpNotFound.
    """
    row = _locked(work, fixed_ip_id)
    found = assignment(work, row.id)
    assert found is not None, "a live rental has an address"
    notice_id = notify(
        work,
        row.account_id,
        MISUSE_NOTICE,
        {"address": found.address},
        channels=(Channel.IN_APP, Channel.EMAIL),
        email=billing_email(work, row.account_id),
    )
    mine = IpAssignment.subscription_id == row.id
    work.execute(update(IpAssignment).where(mine).values(notice_id=notice_id))
    return notice_id


def reclaim_ip(work: Work, fixed_ip_id: str) -> SubscriptionRow:
    """Take an address back, at once and without refund (M057).

    Raises FixedIpNotFound, or FixedIpNotAnnounced unless the relay has taken the e-mail that announces it (M058).
    """
    row = _locked(work, fixed_ip_id)
    found = assignment(work, row.id)
    notice_id = found.notice_id if found is not None else None
    state = email_state(work, notice_id) if notice_id is not None else None
    if state is not OutboxState.DELIVERED:
        raise FixedIpNotAnnounced(None if state is None else state.value)
    end_now(work, row, StopReason.RECLAIMED)
    ended = locked(work, row.id)
    assert ended is not None, "subscriptions stay"
    return ended


def _locked(work: Work, fixed_ip_id: str) -> SubscriptionRow:
    row = locked(work, fixed_ip_id) if is_id(fixed_ip_id, "pls") else None
    if row is None or row.product != Product.FIXED_IP.value or Status(row.status) not in LIVE:
        raise FixedIpNotFound
    return row


def _found(work: Work, ip_id: str) -> PoolRow:
    row = pool_address(work, ip_id)
    if row is None:
        raise IpAddressNotFound
    return row
