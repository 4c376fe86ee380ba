"""The account's VAT number: given and taken back by the customer, looked up in its country's register by staff."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads as account_reads
from server.accounts.rules import Terms as AccountTerms
from server.accounts.rules.collecting import Detail, check_collected
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work
from server.orders.actions.vat_number_check import checked_vat_number
from server.orders.model import VatNumber
from server.orders.reads.tax import NUMBER, vat_number, vat_number_text
from server.orders.rules import Terms
from server.orders.rules.problems import VatNumberNotFound
from server.orders.rules.vat_numbers import ValidatedBy

BILLING = "billing"
"""The retention class of what invoices are made from."""


@dataclass(frozen=True, slots=True)
class VatNumberSet(DomainEvent):
    """The account has a VAT number, or another one. The number itself is not in the event."""

    country: str


@dataclass(frozen=True, slots=True)
class VatNumberCleared(DomainEvent):
    """The account has no VAT number any more."""


@dataclass(frozen=True, slots=True)
class VatNumberVerified(DomainEvent):
    """Staff found the number in the register of its country."""


@dataclass(frozen=True, slots=True)
class VatNumberRefused(DomainEvent):
    """Staff did not find the number there; the account has none any more."""


def set_vat_number(work: Work, text: str) -> None:
    """Store the acting account's VAT number, in the place of an earlier one. What is ordered from now on is taxed by
    it (M029). Raises DetailNotCollected (Q002), CountryMissing, VatNumberInvalid."""
    account_id = _acting_account(work)
    check_collected([Detail.VAT_NUMBER], work.terms(AccountTerms).collect)
    account = account_reads.account(work, account_id)
    country = account.country if account is not None else None
    number = checked_vat_number(text, country, work.terms(Terms).tax)
    assert country is not None, "only a number of a country is checked"
    values = {
        "number": work.seal(account_id, BILLING, NUMBER, number),
        "country": country,
        "validated_by": ValidatedBy.FORMAT.value,
        "set_at": work.now,
    }
    stored = upsert(VatNumber).values(account_id=account_id, **values)
    work.execute(stored.on_conflict_do_update(index_elements=["account_id"], set_=values))
    work.record(VatNumberSet(account_id, account_id, country))


def clear_vat_number(work: Work) -> None:
    """Forget the acting account's VAT number. Nothing happens when it has none."""
    account_id = _acting_account(work)
    mine = delete(VatNumber).where(VatNumber.account_id == account_id).returning(VatNumber.account_id)
    if work.first(mine) is not None:
        work.record(VatNumberCleared(account_id, account_id))


def review_vat_number(work: Work, account_id: str, number: str, *, registered: bool) -> None:
    """What staff found in the register of the number's country: it stays, or it goes.

    Raises VatNumberNotFound, also when the account has another number by now.
    """
    mine = VatNumber.account_id == account_id
    row = vat_number(work, account_id) if is_id(account_id, "acc") else None
    if row is None or vat_number_text(work, row) != number:
        raise VatNumberNotFound
    if registered:
        work.execute(update(VatNumber).where(mine).values(validated_by=ValidatedBy.STAFF.value))
        work.record(VatNumberVerified(account_id, account_id))
    else:
        work.execute(delete(VatNumber).where(mine))
        work.record(VatNumberRefused(account_id, account_id))


def _acting_account(work: Work) -> str:
    account_id = work.actor.account_id
    assert account_id is not None, "the fields let only accounts through"
    return account_id
