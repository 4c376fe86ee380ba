"""Resellers: only by contract, only what the managed account allowed, only reading, and all of it in the audit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from server.accounts import actions, reads
from server.accounts.reads import resellers
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import AccountNotFound
from server.accounts.rules.people import Role
from server.accounts.rules.resale import ResalePolicy, ResaleReason
from server.accounts.rules.resellers import (
    AlreadyManaged,
    ManagementNotFound,
    NoPowers,
    NotAReseller,
    Power,
    ResaleNotPermitted,
    delegated,
    stored_powers,
)
from server.kit.audit import AuditEntry
from server.kit.problems import PublicError
from server.kit.registry import Registry
from server.kit.viewer import Credentials, Viewer
from server.kit.work import Call, Units
from tests.accounts.conftest import Accounts

URL = "https://reseller.example.com/privacy"
POWERS = {Power.READ_BALANCE, Power.READ_ORDERS}


@pytest.fixture
def terms(terms: Registry) -> Registry:
    terms.add(replace(terms.get(Terms), resale=ResalePolicy.PER_CONTRACT))
    return terms


async def permit(accounts: Accounts, reseller: Viewer, *, permitted: bool = True) -> None:
    """Let the contract with the account say whether it may act for others."""
    account_id = reseller.account_id or ""
    reason = ResaleReason.CONTRACT_SIGNED if permitted else ResaleReason.CONTRACT_ENDED
    await accounts.units.run(
        Call("setResalePermission"),
        lambda work: actions.set_resale_permission(work, account_id, permitted=permitted, reason=reason),
    )


async def offer(accounts: Accounts, reseller: Viewer, customer: Viewer, powers: set[Power]) -> str:
    await permit(accounts, reseller)
    await accounts.act(reseller, lambda work: actions.become_reseller(work, URL))
    account_id = customer.account_id or ""
    return await accounts.act(reseller, lambda work: actions.offer_management(work, account_id, powers))


async def managed(accounts: Accounts) -> tuple[Viewer, Viewer, str]:
    """A reseller, a customer, and the management between them."""
    reseller, customer = await accounts.signed_in("the.reseller"), await accounts.signed_in()
    management_id = await offer(accounts, reseller, customer, POWERS)
    await accounts.act(customer, lambda work: actions.accept_management(work, management_id))
    return reseller, customer, management_id


async def on_behalf(accounts: Accounts, token: str, account_id: str | None) -> Viewer | None:
    return await accounts.authenticator.authenticate(Credentials(bearer=token, on_behalf_of=account_id))


@pytest.mark.rule("B014")
def test_powers_are_an_explicit_list_and_no_more_than_ones_own() -> None:
    assert stored_powers(POWERS) == "balance:read orders:read"
    assert delegated("balance:read orders:read", None) == {"balance:read", "orders:read"}
    assert delegated("balance:read orders:read", frozenset({"orders:read", "orders:write"})) == {
        "orders:read"
    }
    assert {power.value.rpartition(":")[2] for power in Power} == {"read"}
    with pytest.raises(NoPowers):
        stored_powers([])


@pytest.mark.rule("M009", "C27")
async def test_nobody_acts_for_others_without_a_contract_that_says_so(accounts: Accounts) -> None:
    reseller, customer, _ = await managed(accounts)
    token = (await accounts.sign_in("the.reseller")).secret
    assert await on_behalf(accounts, token, customer.account_id) is not None
    await permit(accounts, reseller, permitted=False)
    assert await on_behalf(accounts, token, customer.account_id) is None
    with pytest.raises(ResaleNotPermitted):
        await accounts.act(reseller, lambda work: actions.become_reseller(work, URL))


@pytest.mark.rule("B013")
async def test_a_reseller_reads_what_its_powers_name_and_every_request_is_in_the_audit(
    accounts: Accounts, units: Units
) -> None:
    reseller, customer, management_id = await managed(accounts)
    token = (await accounts.sign_in("the.reseller")).secret
    viewer = await on_behalf(accounts, token, customer.account_id)
    assert viewer is not None
    assert (viewer.account_id, viewer.scopes) == (customer.account_id, {"balance:read", "orders:read"})
    assert (viewer.staff_roles, viewer.management_id) == (frozenset(), management_id)
    await on_behalf(accounts, token, customer.account_id)
    query = select(AuditEntry.credential_id, AuditEntry.outcome).where(
        AuditEntry.action == "readOnBehalf", AuditEntry.account_id == customer.account_id
    )
    rows = await units.read(lambda read: read.rows(query))
    assert [tuple(row) for row in rows] == [(viewer.credential_id, "OK")] * 2
    with pytest.raises(PublicError) as caught:
        await accounts.act(viewer, lambda work: None)
    assert caught.value.code == "FORBIDDEN"
    key = await accounts.create_key(reseller, "balance:read", "usage:write")
    with_key = await on_behalf(accounts, key.secret, customer.account_id)
    assert with_key is not None
    assert with_key.scopes == {"balance:read"}


@pytest.mark.rule("B013", "Q014")
async def test_other_accounts_are_as_if_they_were_not_there(accounts: Accounts) -> None:
    reseller, customer, management_id = await managed(accounts)
    stranger = await accounts.signed_in("somebody.else")
    tokens = {who: (await accounts.sign_in(who)).secret for who in ("the.reseller", "somebody.else")}
    assert await on_behalf(accounts, tokens["the.reseller"], stranger.account_id) is None
    for nobody in ("", "nonsense\x00", "acc_00000000000000000000000000"):
        assert await on_behalf(accounts, tokens["the.reseller"], nobody) is None
    assert await on_behalf(accounts, tokens["somebody.else"], customer.account_id) is None
    for action in (actions.end_management, actions.accept_management):
        with pytest.raises(ManagementNotFound):
            await accounts.act(stranger, lambda work, act=action: act(work, management_id))
    with pytest.raises(AccountNotFound):
        await offer_to(accounts, reseller, reseller.account_id)
    with pytest.raises(AlreadyManaged):
        await offer_to(accounts, reseller, customer.account_id)
    with pytest.raises(NotAReseller):
        await offer_to(accounts, stranger, customer.account_id)


async def offer_to(accounts: Accounts, reseller: Viewer, account_id: str | None) -> None:
    await accounts.act(
        reseller, lambda work: actions.offer_management(work, account_id or "", {Power.READ_BALANCE})
    )


@pytest.mark.rule("B014", "B015")
async def test_the_managed_account_sees_who_may_what_and_where_the_policy_is(
    accounts: Accounts, units: Units
) -> None:
    reseller, customer = await accounts.signed_in("the.reseller"), await accounts.signed_in()
    first = await offer(accounts, reseller, customer, {Power.READ_BALANCE})
    second = await offer(accounts, reseller, customer, POWERS)  # instead of the first
    with pytest.raises(ManagementNotFound):
        await accounts.act(customer, lambda work: actions.accept_management(work, first))
    token = (await accounts.sign_in("the.reseller")).secret
    assert await on_behalf(accounts, token, customer.account_id) is None  # not accepted yet
    await accounts.act(customer, lambda work: actions.accept_management(work, second))
    rows = await units.read(
        lambda read: resellers.page_of(read, resellers.of_account(customer.account_id or ""), None, 10)
    )
    assert [(row.id, row.powers, row.ended_at is None) for row in rows] == [
        (second, "balance:read orders:read", True),
        (first, "balance:read", False),
    ]
    row = await units.read(lambda read: resellers.reseller(read, reseller.account_id or ""))
    assert row is not None
    assert await units.read(lambda read: read.open("resellers.policy_url", row.policy_url)) == URL
    another = await accounts.signed_in("another.reseller")
    rival = await offer(accounts, another, customer, POWERS)
    with pytest.raises(AlreadyManaged):
        await accounts.act(customer, lambda work: actions.accept_management(work, rival))


@pytest.mark.rule("B013")
@pytest.mark.parametrize("who", ["customer", "reseller", "session"])
async def test_its_end_ends_the_reseller_at_once(accounts: Accounts, units: Units, who: str) -> None:
    """Also when it is the reseller's session that ends: live feeds of the managed account look again."""
    reseller, customer, management_id = await managed(accounts)
    session = await accounts.sign_in("the.reseller")
    viewer = await on_behalf(accounts, session.secret, customer.account_id)
    assert viewer is not None
    woken: list[int] = []
    units.house.bus.listen(reads.authority_topic(customer.account_id or ""), lambda: woken.append(1))
    before = await units.read(lambda read: reads.epoch(read, customer.account_id or ""))
    if who == "session":
        await units.run(
            Call("revokeSession", reseller), lambda work: actions.revoke_session(work, session.id)
        )
    else:
        actor = customer if who == "customer" else reseller
        await accounts.act(actor, lambda work: actions.end_management(work, management_id))
    assert woken == [1]
    assert await units.read(lambda read: reads.epoch(read, customer.account_id or "")) == before + 1
    assert await units.read(lambda read: reads.still_valid(read, [viewer])) == set()
    assert await on_behalf(accounts, session.secret, customer.account_id) is None


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_only_an_owner_lets_a_reseller_in(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    admin = await accounts.joined(owner, Role.ADMIN)
    assert owner.has_scope("management:write")
    assert not admin.has_scope("management:write")
