"""What an account's tax depends on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from server.accounts import reads as account_reads
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.signing import contracting_entity
from server.kit.crypto import Shredded
from server.kit.db import Prepared
from server.kit.work import Read
from server.orders.model import VatNumber
from server.orders.rules import Terms
from server.orders.rules.tax import TaxStatus
from server.orders.rules.vat_numbers import ValidatedBy

NUMBER = "vat_numbers.number"
"""The sealed column, as the key store authenticates it."""


class VatNumberRow(NamedTuple):
    """An account's VAT number: the columns of its table, by the same names."""

    account_id: str
    number: bytes
    country: str
    validated_by: str
    set_at: datetime


def tax_status(read: Read, account_id: str) -> TaxStatus:
    """The account's country, whether it is a business with a VAT number there, and who sells to it (M001).

    A number counts only while the account is in the country that issued it.
    """
    account = account_reads.account(read, account_id)
    if account is None or account.country is None:
        return TaxStatus(None, vat_number_valid=False)
    terms = read.terms(AccountTerms)
    entities = (terms.entity_europe, terms.entity_other)
    signed = next((entity for entity in entities if entity.code == account.contracting_entity), None)
    seller = signed or contracting_entity(account.country, *entities)
    assert seller is not None, "the country is known"
    valid = _has_valid_number(read, account_id, account.country)
    return TaxStatus(account.country, vat_number_valid=valid, seller_country=seller.country)


def vat_number(read: Read, account_id: str) -> VatNumberRow | None:
    found = _vat_number.rows(read.connection, VatNumberRow._make, account_id=account_id)
    return found[0] if found else None


def vat_numbers(
    read: Read, validated_by: ValidatedBy | None, before_id: str | None, limit: int
) -> Sequence[VatNumberRow]:
    """All accounts' VAT numbers, those of the newest accounts first, from behind the account `before_id`."""
    query = select(*_columns).order_by(VatNumber.account_id.desc()).limit(limit)
    if validated_by is not None:
        query = query.where(VatNumber.validated_by == validated_by.value)
    if before_id is not None:
        query = query.where(VatNumber.account_id < before_id)
    return [VatNumberRow._make(row) for row in read.rows(query)]


def vat_number_text(read: Read, row: VatNumberRow) -> str | None:
    """The number itself; None once its key was destroyed."""
    try:
        return read.open(NUMBER, row.number)
    except Shredded:
        return None


def _has_valid_number(read: Read, account_id: str, country: str) -> bool:
    terms = read.terms(Terms).tax
    if country not in terms.reverse_charge:
        return False
    row = vat_number(read, account_id)
    if row is None or row.country != country:
        return False
    return row.validated_by == ValidatedBy.STAFF.value or not terms.verified_numbers_only


_columns = [VatNumber.__table__.c[name] for name in VatNumberRow._fields]
_vat_number = Prepared(select(*_columns).where(VatNumber.account_id == bindparam("account_id")))
