"""Queries about saved payment methods."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from server.kit.crypto import Shredded
from server.kit.ids import is_id
from server.kit.work import Read
from server.topups.model import PaymentMethod
from server.topups.rules.methods import KEPT, MethodStatus

REFERENCE_COLUMN = "payment_methods.provider_reference"
LAST4_COLUMN = "payment_methods.last4"
CLIENT_SECRET_COLUMN = "payment_methods.client_secret"  # noqa: S105 - a column's name

_methods = PaymentMethod.__table__.c


class MethodRow(NamedTuple):
    """A payment method: the columns of its table, by the same names."""

    id: str
    account_id: str
    gateway: str
    provider_reference: bytes | None
    payment_token: bytes | None
    step_up_code: bytes | None
    client_secret: bytes | None
    brand: str | None
    last4: bytes | None
    exp_month: int | None
    exp_year: int | None
    expires_at: datetime | None
    status: str
    next_action: str | None
    failure_code: str | None
    saved_for: str
    is_default: bool
    wants_default: bool
    confirmations: int
    tries: int
    expiry_told_at: datetime | None
    created_at: datetime
    updated_at: datetime


def valid_method(read: Read, account_id: str, method_id: str | None = None) -> MethodRow | None:
    """The given method of the account, or its default one, if it can be charged now (M053).

    A card can be charged to the last instant of its expiry month, whether or not the due work came by since.
    """
    which = _methods.id == method_id if method_id is not None else _methods.is_default
    row = read.first(select(*_columns).where(_methods.account_id == account_id, which, *_valid(read)))
    return MethodRow._make(row) if row is not None else None


def has_valid_method(read: Read, account_id: str) -> bool:
    """Whether any method of the account can be charged now."""
    some = select(_methods.id).where(_methods.account_id == account_id, *_valid(read)).limit(1)
    return read.first(some) is not None


def newest_valid_method(read: Read, account_id: str) -> MethodRow | None:
    """The valid method that was saved last."""
    query = select(*_columns).where(_methods.account_id == account_id, *_valid(read))
    row = read.first(query.order_by(_methods.id.desc()).limit(1))
    return MethodRow._make(row) if row is not None else None


def method(read: Read, account_id: str, method_id: str) -> MethodRow | None:
    """The account's method; None when there is none or it is another account's (Q014)."""
    return methods(read, account_id, [method_id]).get(method_id) if is_id(method_id, "pm") else None


def methods(read: Read, account_id: str, method_ids: Collection[str]) -> Mapping[str, MethodRow]:
    """Those of these methods that are the account's, by id."""
    query = select(*_columns).where(_methods.account_id == account_id, _methods.id.in_(method_ids))
    return {row.id: MethodRow._make(row) for row in read.rows(query)}


def methods_of_account(read: Read, account_id: str, limit: int) -> Sequence[MethodRow]:
    """The account's methods that are being saved, can be charged or have expired, the newest first."""
    query = select(*_columns).where(_methods.account_id == account_id, _methods.status.in_(_kept))
    return [MethodRow._make(row) for row in read.rows(query.order_by(_methods.id.desc()).limit(limit))]


def methods_kept(read: Read, account_id: str) -> int:
    """How many methods the account has."""
    query = select(func.count()).where(_methods.account_id == account_id, _methods.status.in_(_kept))
    return int(read.scalar(query))


def methods_since(read: Read, account_id: str, since: datetime) -> int:
    """How many methods the account tried to save after that instant."""
    query = select(func.count()).where(_methods.account_id == account_id, _methods.created_at > since)
    return int(read.scalar(query))


def last4(read: Read, row: MethodRow) -> str | None:
    """The last four digits of the card; None when they are not kept."""
    try:
        return read.open(LAST4_COLUMN, row.last4) if row.last4 is not None else None
    except Shredded:
        return None


def _valid(read: Read) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _methods.status == MethodStatus.ACTIVE.value, _methods.expires_at > read.now


_kept = sorted(status.value for status in KEPT)
_columns = [_methods[name] for name in MethodRow._fields]
