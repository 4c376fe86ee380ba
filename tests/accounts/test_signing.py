"""What is said at registration, and the postal address: entity, industry, professional use, currency."""

from __future__ import annotations

import pytest

from server.accounts import actions, reads
from server.accounts.reads import AccountRow, team
from server.accounts.rules import Terms
from server.accounts.rules.address import Address, PostalAddressInvalid, address_complete
from server.accounts.rules.signing import (
    EXCLUDED_INDUSTRIES,
    NOTHING_SAID,
    Industry,
    IndustryExcluded,
    ProfessionalUseOnly,
    Signing,
    UnknownCountry,
    currency_of,
)
from server.kit.money import Currency
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from tests.accounts.conftest import ACCEPTED, LOGIN, PASSWORD, Accounts
from tests.kit.test_card_numbers import card_number

HOME = Address("Marigold Works", "Rue du Lac", "12", "1200", "Genève", "CH")


async def register(accounts: Accounts, signing: Signing) -> AccountRow:
    prepared = await accounts.passwords.prepare(LOGIN, PASSWORD)
    account_id = await accounts.units.run(
        Call("register"), lambda work: actions.register(work, LOGIN, prepared, ACCEPTED, signing)
    )
    return await stored(accounts.units, account_id)


async def stored(units: Units, account_id: str) -> AccountRow:
    row = await units.read(lambda read: reads.account(read, account_id))
    assert row is not None
    return row


async def set_address(accounts: Accounts, actor: Viewer, address: Address) -> None:
    await accounts.act(actor, lambda work: actions.set_postal_address(work, address))


@pytest.mark.rule("M001")
@pytest.mark.parametrize(
    ("country", "entity"),
    [
        ("CH", "SWISS_COMPANY"),
        ("FR", "SWISS_COMPANY"),
        ("GB", "SWISS_COMPANY"),
        ("US", "PANAMANIAN_COMPANY"),
        ("PA", "PANAMANIAN_COMPANY"),
        ("JP", "PANAMANIAN_COMPANY"),
        (None, None),
    ],
)
async def test_the_contracting_entity_follows_the_region(
    accounts: Accounts, country: str | None, entity: str | None
) -> None:
    account = await register(accounts, Signing(country=country))
    assert (account.country, account.contracting_entity) == (country, entity)


@pytest.mark.rule("M001")
async def test_who_signed_stays_when_the_customer_moves(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    for country, entity in (("CH", "SWISS_COMPANY"), ("US", "SWISS_COMPANY")):
        await set_address(accounts, owner, Address("M", "Main Street", "1", "1", "Town", country))
        account = await stored(units, owner.account_id or "")
        assert (account.country, account.contracting_entity) == (country, entity)


@pytest.mark.rule("M027")
async def test_nine_industries_are_refused(accounts: Accounts) -> None:
    assert len(EXCLUDED_INDUSTRIES) == 9
    for industry in sorted(EXCLUDED_INDUSTRIES, key=lambda one: one.value):
        with pytest.raises(IndustryExcluded) as caught:
            await register(accounts, Signing(industry=industry))
        assert caught.value.industry == industry.value
    assert (await register(accounts, Signing(industry=Industry.FINANCE))).industry == "FINANCE"


@pytest.mark.rule("M004")
async def test_where_accounts_are_for_business_it_is_declared(accounts: Accounts, units: Units) -> None:
    units.house.terms.add(Terms(business_only=True))
    with pytest.raises(ProfessionalUseOnly):
        await register(accounts, NOTHING_SAID)
    account = await register(accounts, Signing(professional_use=True))
    assert account.professional_since == units.house.clock.now()


@pytest.mark.parametrize("country", ["", "ch", "XX", "CHE", "\ud800"])
async def test_unknown_countries_are_refused(accounts: Accounts, country: str) -> None:
    with pytest.raises(UnknownCountry):
        await register(accounts, Signing(country=country))


@pytest.mark.rule("M028")
@pytest.mark.parametrize(
    ("country", "currency"),
    [("CH", "CHF"), ("FR", "EUR"), ("TN", "TND"), ("JP", "JPY"), ("IN", "USD"), (None, "USD")],
)
def test_the_currency_follows_the_country(country: str | None, currency: str) -> None:
    assert currency_of(country, Terms().default_currency) == currency
    assert currency in Currency.__members__


@pytest.mark.rule("M007")
async def test_an_address_is_kept_and_kept_current(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    account_id = owner.account_id or ""
    assert await units.read(lambda read: team.postal_address(read, account_id)) is None
    await set_address(
        accounts, owner, Address(" Marigold Works", "Rue du Lac ", "12", "1200", "Genève", "CH")
    )
    assert await units.read(lambda read: team.postal_address(read, account_id)) == HOME
    moved = Address("Marigold Works", "Main Street", "1b", "", "Panama", "PA")
    await set_address(accounts, owner, moved)
    assert await units.read(lambda read: team.postal_address(read, account_id)) == moved
    assert address_complete(moved)
    units.house.keys.destroy(account_id)
    assert await units.read(lambda read: team.postal_address(read, account_id)) is None


@pytest.mark.rule("M007", "M115")
@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("street", ""),
        ("number", " "),
        ("name", ""),
        ("city", "x" * 121),
        ("country", "ch"),
        ("country", "XX"),
        ("street", "two\nlines"),
        ("postal_code", "\x00"),
        ("name", card_number("4", 16)),
    ],
)
async def test_an_address_without_its_lines_is_refused(accounts: Accounts, line: str, text: str) -> None:
    owner = await accounts.signed_in()
    lines = {name: getattr(HOME, name) for name in Address.__dataclass_fields__} | {line: text}
    with pytest.raises(PostalAddressInvalid) as caught:
        await set_address(accounts, owner, Address(**lines))
    assert caught.value.input_field == {"postal_code": "postalCode"}.get(line, line)
