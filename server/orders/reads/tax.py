"""What an account's tax depends on."""

from __future__ import annotations

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
    found = None
    if account.country in read.terms(Terms).tax.reverse_charge:
        found = vat_number(read, account_id)
    valid = found is not None and found.country == account.country
    return TaxStatus(account.country, vat_number_valid=valid, seller_country=seller.country)


def vat_number(read: Read, account_id: str) -> VatNumberRow | None:
    found = _vat_number.rows(read.connection, VatNumberRow._make, account_id=account_id)
    return found[0] if found else None


def vat_number_text(read: Read, row: VatNumberRow) -> str | None:
    """The number itself; None once its key was destroyed."""
    try:
        return read.open(NUMBER, row.number)
    except Shredded:
        return None


_columns = [VatNumber.__table__.c[name] for name in VatNumberRow._fields]
_vat_number = Prepared(select(*_columns).where(VatNumber.account_id == bindparam("account_id")))
