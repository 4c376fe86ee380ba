"""The account's postal address, and what its country decides."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts.actions.events import PostalAddressChanged
from server.accounts.model import IDENTITY, Account, PostalAddress
from server.accounts.reads import team
from server.accounts.rules import Terms
from server.accounts.rules.address import Address, PostalAddressMissing, normal_address
from server.accounts.rules.collecting import Detail, check_collected
from server.accounts.rules.signing import contracting_entity
from server.kit.work import Work


def set_postal_address(work: Work, address: Address) -> None:
    """Store where the acting account's letters go (M007); its country becomes the account's.

    Who signed with the customer stays, and is decided now if the country was not known before (M001).
    Raises DetailNotCollected (Q002), PostalAddressInvalid.
    """
    account_id, terms = work.actor.account_id, work.terms(Terms)
    assert account_id is not None
    check_collected([Detail.POSTAL_ADDRESS], terms.collect)
    lines = asdict(normal_address(address, terms.address_line_length_max))
    country = lines.pop("country")
    values = {
        name: work.seal(account_id, IDENTITY, f"postal_addresses.{name}", line)
        for name, line in lines.items()
    } | {"country": country, "updated_at": work.now}
    mine = select(PostalAddress.account_id).where(PostalAddress.account_id == account_id)
    corrects = work.first(mine) is not None
    stored = upsert(PostalAddress).values(account_id=account_id, **values)
    work.execute(stored.on_conflict_do_update(index_elements=["account_id"], set_=values))
    entity = contracting_entity(country, terms.entity_europe, terms.entity_other)
    assert entity is not None
    signed_with = func.coalesce(Account.contracting_entity, entity.code)
    work.execute(
        update(Account)
        .where(Account.id == account_id)
        .values(country=country, contracting_entity=signed_with)
    )
    work.record(PostalAddressChanged(account_id, account_id, corrects))


def check_may_order(work: Work, account_id: str) -> None:
    """Raises PostalAddressMissing where the terms ask for an address and the account has none (M007)."""
    if work.terms(Terms).require_postal_address and not team.has_complete_address(work, account_id):
        raise PostalAddressMissing
