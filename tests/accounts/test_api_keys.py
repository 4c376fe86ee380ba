"""API keys: made by a person, shown once, limited to their scopes, gone when revoked or expired."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.accounts import actions, reads
from server.accounts.model import ApiKey
from server.accounts.rules import (
    SCOPES,
    AcceptanceMissing,
    AcceptanceMode,
    ApiKeyExpiryInvalid,
    ApiKeyLimitReached,
    ApiKeyNameInvalid,
    ApiKeyNotFound,
    PolicyVersion,
    ScopeNotGrantable,
    Terms,
)
from server.kit.clock import ManualClock
from server.kit.events import StoredEvent
from server.kit.viewer import Credentials
from server.kit.work import Call, Units
from tests.accounts.conftest import Accounts


async def test_a_key_acts_within_its_scopes(accounts: Accounts) -> None:
    owner = await accounts.signed_in()
    key = await accounts.create_key(owner, "orders:write", "balance:read", "balance:read")
    viewer = await accounts.viewer(key.secret)
    assert viewer is not None
    assert (viewer.account_id, viewer.credential_id) == (owner.account_id, key.id)
    assert viewer.scopes == {"orders:write", "balance:read"}
    assert viewer.has_scope("balance:read")
    assert not viewer.has_scope("keys:write")


async def test_a_key_in_a_cookie_is_nobody(accounts: Accounts) -> None:
    key = await accounts.create_key(await accounts.signed_in())
    assert await accounts.authenticator.authenticate(Credentials(session_cookie=key.secret)) is None


@pytest.mark.rule("Q012")
async def test_a_secret_is_shown_once_and_stored_as_its_hash(accounts: Accounts, units: Units) -> None:
    key = await accounts.create_key(await accounts.signed_in())
    assert len(key.secret) == len("pm_") + 52
    assert key.secret not in repr(key)
    row, events = await units.read(
        lambda read: (read.first(select(ApiKey.__table__)), read.rows(select(StoredEvent.data)))
    )
    assert row is not None
    assert row.prefix == key.secret[:7]
    assert not any(key.secret[7:] in str(value) for value in row)
    assert not any(key.secret[3:] in event.data for event in events)


@pytest.mark.rule("Q007")
async def test_no_two_accounts_hold_the_same_key(accounts: Accounts, units: Units) -> None:
    first = await accounts.create_key(await accounts.signed_in())
    other = await accounts.signed_in("somebody.else")
    second = await accounts.create_key(other)
    assert first.secret != second.secret

    def copy(work: object) -> None:
        hash_of_first = select(ApiKey.secret_hash).where(ApiKey.id == first.id).scalar_subquery()
        row = ApiKey.__table__
        work.execute(row.update().where(row.c.id == second.id).values(secret_hash=hash_of_first))  # type: ignore[attr-defined]

    with pytest.raises(IntegrityError):
        await units.run(Call("copy", other), copy)


@pytest.mark.parametrize("scopes", [["keys:write"], ["balance:read", "keys:write"], ["nonsense"], []])
async def test_scopes_that_no_key_may_have_are_refused(
    accounts: Accounts, units: Units, scopes: list[str]
) -> None:
    owner = await accounts.signed_in()
    with pytest.raises(ScopeNotGrantable):
        await units.run(
            Call("createApiKey", owner), lambda work: actions.create_api_key(work, "any", scopes, None)
        )
    assert "keys:write" not in SCOPES


@pytest.mark.parametrize("name", ["", " padded", "two\nlines", "x" * 81, "\ud800"])
async def test_unusable_names_are_refused(accounts: Accounts, units: Units, name: str) -> None:
    owner = await accounts.signed_in()
    with pytest.raises(ApiKeyNameInvalid):
        await units.run(
            Call("createApiKey", owner), lambda work: actions.create_api_key(work, name, SCOPES, None)
        )


async def test_a_key_expires_at_its_instant(accounts: Accounts, clock: ManualClock) -> None:
    owner = await accounts.signed_in()
    expires_at = clock.now() + timedelta(days=1)
    key = await accounts.create_key(owner, expires_at=expires_at)
    clock.set(expires_at - timedelta(seconds=1))
    assert await accounts.viewer(key.secret) is not None
    clock.set(expires_at)
    assert await accounts.viewer(key.secret) is None


@pytest.mark.parametrize("days", [-1, 0, 3651])
async def test_expiry_lies_ahead_and_not_too_far(accounts: Accounts, clock: ManualClock, days: int) -> None:
    owner = await accounts.signed_in()
    with pytest.raises(ApiKeyExpiryInvalid):
        await accounts.create_key(owner, expires_at=clock.now() + timedelta(days=days))


async def test_revoking_a_key_ends_it_once(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    key = await accounts.create_key(owner)
    await units.run(Call("revokeApiKey", owner), lambda work: actions.revoke_api_key(work, key.id))
    assert await accounts.viewer(key.secret) is None
    assert await units.read(lambda read: reads.epoch(read, owner.account_id or "")) == 2
    with pytest.raises(ApiKeyNotFound):
        await units.run(Call("revokeApiKey", owner), lambda work: actions.revoke_api_key(work, key.id))
    assert await units.read(lambda read: reads.epoch(read, owner.account_id or "")) == 2


@pytest.mark.rule("Q014")
async def test_another_accounts_key_is_not_found(accounts: Accounts, units: Units) -> None:
    mine, theirs = await accounts.signed_in(), await accounts.signed_in("somebody.else")
    key = await accounts.create_key(theirs)
    for key_id in (key.id, "key_00000000000000000000000000"):
        with pytest.raises(ApiKeyNotFound):
            await units.run(
                Call("revokeApiKey", mine), lambda work, id=key_id: actions.revoke_api_key(work, id)
            )
    assert await accounts.viewer(key.secret) is not None


async def test_concurrent_keys_do_not_pass_the_limit(accounts: Accounts, units: Units) -> None:
    units.house.terms.add(Terms(api_keys_max=3))
    owner = await accounts.signed_in()
    results = await asyncio.gather(*(accounts.create_key(owner) for _ in range(8)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, ApiKeyLimitReached)]
    assert [refusal.limit for refusal in refused] == [3] * 5
    keys = await units.read(lambda read: reads.api_keys(read, owner.account_id or "", None, 100))
    assert len(keys) == 3


@pytest.mark.rule("M020")
async def test_a_policy_of_its_own_is_accepted_before_the_first_key(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    api_policy = PolicyVersion("api_policy", "2026-01-01", units.house.clock.now())
    units.house.terms.add(Terms(key_policies=(api_policy,)))
    with pytest.raises(AcceptanceMissing) as caught:
        await accounts.create_key(owner)
    assert caught.value.document == "api_policy"
    await units.run(
        Call("accept", owner),
        lambda work: actions.accept(work, owner.account_id or "", api_policy, AcceptanceMode.EXPLICIT),
    )
    assert await accounts.create_key(owner)
