"""What a deployment may ask of API keys: a session beside them, support to make them, a policy behind them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.accounts import actions, reads
from server.accounts.actions import WantedKey
from server.accounts.rules import (
    API_KEYS_AND_CREDENTIALS,
    ApiKeysIssuedBySelf,
    ApiKeysIssuedBySupport,
    PrivacyPolicyUrlInvalid,
    Terms,
    normal_policy_url,
)
from server.accounts.rules.lifecycle import AccountNotFound
from server.kit.clock import ManualClock
from server.kit.viewer import Credentials, Viewer
from server.kit.work import Call, Units
from tests.accounts.conftest import Accounts
from tests.accounts.test_staff import STAFF, authorise, mandate
from tests.kit.test_card_numbers import card_number

NO_STAFF_FACTOR = frozenset[str]()


@pytest.mark.rule("M137")
async def test_with_both_asked_for_one_is_not_enough(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    owner = await accounts.signed_in()
    session = await accounts.sign_in()
    key = await accounts.create_key(owner, "balance:read", "usage:write")
    theirs = await accounts.create_key(await accounts.signed_in("somebody.else"))
    units.house.terms.add(Terms(api_auth=API_KEYS_AND_CREDENTIALS))

    async def viewer(bearer: str, api_key: str | None = None) -> Viewer | None:
        return await accounts.authenticator.authenticate(Credentials(bearer=bearer, api_key=api_key))

    for alone in (session.secret, key.secret):
        assert await viewer(alone) is None
    cookie = Credentials(session_cookie=session.secret)
    assert await accounts.authenticator.authenticate(cookie) is not None
    for pair in (
        (key.secret, key.secret),
        (session.secret, session.secret),
        (key.secret, session.secret),
        (session.secret, theirs.secret),
        (session.secret, ""),
    ):
        assert await viewer(*pair) is None, pair
    both = await viewer(session.secret, key.secret)
    assert both is not None
    assert (both.account_id, both.credential_id, both.second_credential_id) == (
        owner.account_id,
        key.id,
        session.id,
    )
    assert both.scopes == {"balance:read", "usage:write"}
    assert both.expires_at == clock.now() + Terms().session_age_max
    assert await units.read(lambda read: reads.still_valid(read, [both])) == {key.id}
    await units.run(Call("revokeSession", owner), lambda work: actions.revoke_session(work, session.id))
    assert await units.read(lambda read: reads.still_valid(read, [both])) == set()
    assert await viewer(session.secret, key.secret) is None


@pytest.mark.rule("M137")
async def test_staff_have_no_keys_and_need_none(accounts: Accounts, units: Units, clock: ManualClock) -> None:
    await authorise(accounts, mandate(clock.now()))
    units.house.terms.add(Terms(api_auth=API_KEYS_AND_CREDENTIALS))
    viewer = await accounts.viewer((await accounts.sign_in(STAFF)).secret)
    assert viewer is not None
    assert viewer.account_id is not None


@pytest.mark.rule("M138", "C16")
async def test_where_support_makes_keys_nobody_else_does(
    accounts: Accounts, units: Units, clock: ManualClock
) -> None:
    owner = await accounts.signed_in()
    await authorise(accounts, mandate(clock.now()))
    support = await accounts.viewer((await accounts.sign_in(STAFF)).secret)
    assert support is not None
    wanted = WantedKey("nightly import", ["balance:read"], clock.now() + timedelta(days=30))

    async def issue(account_id: str | None) -> str:
        issued = await units.run(
            Call("issueApiKey", support), lambda work: actions.issue_api_key(work, account_id or "", wanted)
        )
        return issued.secret

    with pytest.raises(ApiKeysIssuedBySelf):
        await issue(owner.account_id)
    units.house.terms.add(Terms(api_keys_issued_by="support", second_factor_required_for=NO_STAFF_FACTOR))
    with pytest.raises(ApiKeysIssuedBySupport):
        await accounts.create_key(owner)
    for nobody in ("acc_00000000000000000000000000", "nonsense\x00", support.account_id):
        with pytest.raises(AccountNotFound):
            await issue(nobody)
    key = await accounts.viewer(await issue(owner.account_id))
    assert key is not None
    assert (key.account_id, key.scopes) == (owner.account_id, {"balance:read"})
    await units.run(
        Call("revokeApiKey", owner), lambda work: actions.revoke_api_key(work, key.credential_id or "")
    )


@pytest.mark.rule("M141")
@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.com/privacy", True),
        (" https://www.example.com:8443/p?lang=fr ", True),
        ("", False),
        (None, False),
        ("http://example.com/privacy", False),
        ("javascript:alert(1)//https://example.com", False),
        ("https://user:pass@example.com/", False),
        ("https://localhost/privacy", False),
        ("https://127.0.0.1/privacy", False),
        ("https://[::1]/privacy", False),
        ("https://example.com:0/", False),
        ("https://example.com:99999/", False),
        ("https://exa mple.com/", False),
        ("https://example.com/\x00", False),
        (f"https://example.com/{card_number('4', 16)}", False),
        ("https://example.com/" + "a" * 500, False),
    ],
)
def test_a_privacy_policy_is_at_a_public_https_address(url: str | None, good: bool) -> None:
    if good:
        assert normal_policy_url(Terms(), url, required=True) == (url or "").strip()
        return
    with pytest.raises(PrivacyPolicyUrlInvalid) as caught:
        normal_policy_url(Terms(), url, required=True)
    assert (caught.value.required, caught.value.length_max) == (True, 500)


@pytest.mark.rule("M141")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_where_the_terms_ask_a_key_needs_a_privacy_policy(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    await accounts.create_key(owner)
    units.house.terms.add(Terms(api_keys_require_policy_url=True))
    with pytest.raises(PrivacyPolicyUrlInvalid):
        await accounts.create_key(owner)
    url = "https://example.com/privacy"
    issued = await units.run(
        Call("createApiKey", owner),
        lambda work: actions.create_api_key(work, "import", ["balance:read"], None, url),
    )
    row = (await units.read(lambda read: reads.api_keys_by_id(read, [issued.id])))[issued.id]
    assert (
        await units.read(lambda read: read.open("api_keys.privacy_policy_url", row.privacy_policy_url)) == url
    )
