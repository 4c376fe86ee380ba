"""People through the API: address, step-up, team and recovery, and who may see and do what."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from server.accounts.actions.events import EmailVerificationAsked, PasswordResetAsked
from server.accounts.adapters.authenticator import SESSION_COOKIE
from server.accounts.rules import Terms
from server.kit.clock import ManualClock
from server.kit.viewer import Credentials, Viewer
from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import LOGIN, PASSWORD, Accounts
from tests.accounts.test_graph import REGISTER, SIGN_IN, Api, api, registration, sign_in  # noqa: F401

NEW_PASSWORD = "seven tired postmen whistle"
ADDRESS = {
    "name": "Marigold Works",
    "street": "Rue du Lac",
    "number": "12",
    "postalCode": "1200",
    "city": "Genève",
    "country": "CH",
}
ACCOUNT = """{ viewer { account { country currency contractingEntity industry professionalSince
    postalAddress { name street number postalCode city country } } } }"""
PEOPLE = """{ viewer { pendingEmail recoveryCodesLeft staff { roles } person { role email emailVerifiedAt }
    account { people { edges { node { login role } } } invitations { edges { node { id role email } } } } } }"""


def do(mutation: str, kind: str, selection: str = "") -> str:
    return (
        f"mutation($input: {kind}!) {{ {mutation}(input: $input) "
        f"{{ __typename ... on Problem {{ code field }} {selection} }} }}"
    )


SET_EMAIL, VERIFY = do("setEmail", "SetEmailInput"), do("verifyEmail", "VerifyEmailInput")
INVITE = do("inviteMember", "InviteMemberInput", "... on MemberInvited { token invitation { id role } }")
ACCEPT = do("acceptInvitation", "AcceptInvitationInput", "... on MemberJoined { personId }")
CHANGE_ROLE = do("changeRole", "ChangeRoleInput", "... on RoleChanged { person { role } }")


async def member(api: Api, owner: Viewer, role: str) -> tuple[Viewer, str]:  # noqa: F811
    invited = await api.data(INVITE, owner, input={"role": role})
    given = {"token": invited["token"], "login": "second.person", "password": PASSWORD}
    joined = await api.data(ACCEPT, input=given)
    token = (await api.data(SIGN_IN, input=sign_in(login="second.person")))["token"]
    viewer = await api.authenticator.authenticate(Credentials(bearer=token))
    assert viewer is not None
    return viewer, joined["personId"]


async def test_an_address_is_verified_and_resets_a_password(api: Api, accounts: Accounts) -> None:  # noqa: F811
    owner = await api.signed_in()
    sent, links = accounts.told(EmailVerificationAsked), accounts.told(PasswordResetAsked)
    bad = await api.data(SET_EMAIL, owner, input={"email": "nonsense"})
    assert bad == {"__typename": "EmailInvalid", "code": "EMAIL_INVALID", "field": "email"}
    assert (await api.data(SET_EMAIL, owner, input={"email": "a@example.com"}))[
        "__typename"
    ] == "EmailCodeSent"
    shown = await api.data(PEOPLE, owner)
    assert (shown["pendingEmail"], shown["person"]["email"], shown["staff"]) == ("a@example.com", None, None)
    wrong = await api.data(VERIFY, owner, input={"code": "wrong"})
    assert wrong["__typename"] == "EmailCodeInvalid"
    assert (await api.data(VERIFY, owner, input={"code": sent[0].code}))["__typename"] == "EmailVerified"
    person = (await api.data(PEOPLE, owner))["person"]
    assert person == {"role": "OWNER", "email": "a@example.com", "emailVerifiedAt": "2026-03-02T09:00:00Z"}
    ask = do(
        "requestPasswordReset", "RequestPasswordResetInput", "... on PasswordResetRequested { expiresAt }"
    )
    answers = [await api.data(ask, input={"email": email}) for email in ("a@example.com", "b@example.com")]
    assert answers[0] == answers[1]
    reset = do("resetPassword", "ResetPasswordInput")
    given = {"token": links[0].token, "password": NEW_PASSWORD}
    assert (await api.data(reset, input=given))["__typename"] == "PasswordWasReset"
    assert (await api.data(reset, input=given))["__typename"] == "ResetTokenInvalid"
    assert (await api.data(SIGN_IN, input=sign_in(password=NEW_PASSWORD)))["__typename"] == "SignedIn"


async def test_recovery_codes_ask_for_a_fresh_proof(api: Api, clock: ManualClock) -> None:  # noqa: F811
    owner = await api.signed_in()
    clock.advance(Terms().step_up_age_max)
    create = (
        "mutation { createRecoveryCodes { __typename ... on RecoveryCodesCreated { codes } "
        "... on StepUpRequired { minutes } } }"
    )
    assert await api.data(create, owner) == {"__typename": "StepUpRequired", "minutes": 15}
    confirm = do("confirmPassword", "ConfirmPasswordInput")
    assert (await api.data(confirm, owner, input={"password": "x"}))["__typename"] == "CredentialsInvalid"
    assert (await api.data(confirm, owner, input={"password": PASSWORD}))["__typename"] == "PasswordConfirmed"
    codes = (await api.data(create, owner))["codes"]
    reset = do("resetPasswordWithCode", "ResetPasswordWithCodeInput")
    for login, typename in (("nobody!", "RecoveryCodeInvalid"), (LOGIN.upper(), "PasswordWasReset")):
        given = {"login": login, "code": codes[0], "password": NEW_PASSWORD}
        assert (await api.data(reset, input=given))["__typename"] == typename


@pytest.mark.rule("H018")
async def test_a_team_is_listed_and_limited_by_role(api: Api) -> None:  # noqa: F811
    owner = await api.signed_in()
    viewer, person_id = await member(api, owner, "VIEWER")
    await api.data(INVITE, owner, input={"role": "BILLING", "email": "b@example.com"})
    shown = (await api.data(PEOPLE, owner))["account"]
    assert [edge["node"]["role"] for edge in shown["people"]["edges"]] == ["VIEWER", "OWNER"]
    [invitation] = [edge["node"] for edge in shown["invitations"]["edges"]]
    assert (invitation["role"], invitation["email"]) == ("BILLING", "b@example.com")
    for operation, given in (
        (INVITE, {"role": "VIEWER"}),
        (CHANGE_ROLE, {"personId": person_id, "role": "OWNER"}),
    ):
        assert await api.codes(operation, viewer, input=given) == ["FORBIDDEN"]
    assert "FORBIDDEN" in await api.codes(PEOPLE, viewer)
    node = "query($id: ID!) { node(id: $id) { id } }"
    assert await api.data(node, viewer, id=invitation["id"]) is None
    assert await api.data(node, owner, id=invitation["id"]) == {"id": invitation["id"]}
    changed = await api.data(CHANGE_ROLE, owner, input={"personId": person_id, "role": "ADMIN"})
    assert changed["person"] == {"role": "ADMIN"}
    revoke = do("revokeInvitation", "RevokeInvitationInput")
    for typename in ("InvitationRevoked", "InvitationNotFound"):
        assert (await api.data(revoke, owner, input={"id": invitation["id"]}))["__typename"] == typename
    remove = do("removeMember", "RemoveMemberInput")
    for typename in ("MemberRemoved", "MemberNotFound"):
        assert (await api.data(remove, owner, input={"personId": person_id}))["__typename"] == typename


@pytest.mark.rule("M001", "M027", "M028")
async def test_signing_decides_entity_and_currency(api: Api) -> None:  # noqa: F811
    refused: list[tuple[dict[str, Any], str]] = [
        ({"industry": "CASINO"}, "IndustryExcluded"),
        ({"country": "XX"}, "UnknownCountry"),
    ]
    for changes, typename in refused:
        assert (await api.data(REGISTER, input=registration(**changes)))["__typename"] == typename
    said = registration(country="US", industry="RETAIL", professionalUse=True)
    assert (await api.data(REGISTER, input=said))["__typename"] == "Registered"
    token = (await api.data(SIGN_IN, input=sign_in()))["token"]
    owner = await api.authenticator.authenticate(Credentials(bearer=token))
    assert owner is not None
    assert (await api.data(ACCOUNT, owner))["account"] == {
        "country": "US",
        "currency": "USD",
        "contractingEntity": "PANAMANIAN_COMPANY",
        "industry": "RETAIL",
        "professionalSince": "2026-03-02T09:00:00Z",
        "postalAddress": None,
    }
    store = do("setPostalAddress", "PostalAddressInput", "... on PostalAddressSet { postalAddress { city } }")
    bad = await api.data(store, owner, input=ADDRESS | {"number": ""})
    assert bad == {"__typename": "PostalAddressInvalid", "code": "POSTAL_ADDRESS_INVALID", "field": "number"}
    assert (await api.data(store, owner, input=ADDRESS))["postalAddress"] == {"city": "Genève"}
    account = (await api.data(ACCOUNT, owner))["account"]
    assert (account["currency"], account["contractingEntity"]) == ("CHF", "PANAMANIAN_COMPANY")
    assert account["postalAddress"] == ADDRESS


@pytest.mark.rule("P003", "P045")
async def test_a_second_factor_through_the_api(api: Api, clock: ManualClock) -> None:  # noqa: F811
    owner = await api.signed_in()
    state = "{ viewer { requirements secondFactor { totpSince isRequired isAdvised passkeys { id name } } } }"
    assert (await api.data(state, owner)) == {
        "requirements": [],
        "secondFactor": {"totpSince": None, "isRequired": False, "isAdvised": True, "passkeys": []},
    }
    offered = await api.data("mutation { enrolTotp { ... on TotpOffered { secret uri qrSvg } } }", owner)
    assert offered["qrSvg"].startswith("<svg ")
    confirm = do("confirmTotp", "ConfirmTotpInput", "... on TotpConfirmed { recoveryCodes }")
    totp = pyotp.TOTP(offered["secret"])
    confirmed = await api.data(confirm, owner, input={"code": totp.at(clock.now())})
    assert len(confirmed["recoveryCodes"]) == 10
    shown = (await api.data(state, owner))["secondFactor"]
    assert (shown["totpSince"], shown["isAdvised"]) == ("2026-03-02T09:00:00Z", False)

    sign_in_again = SIGN_IN.replace(
        "... on SignedIn",
        "... on SecondFactorRequired { challenge factors passkey { rpId } } ... on SignedIn",
    )
    asked = await api.data(sign_in_again, input=sign_in(transport="COOKIE"))
    assert (asked["factors"], asked["passkey"]) == (["TOTP", "RECOVERY_CODE"], None)
    assert api.cookies == {}
    complete = do(
        "completeSignIn", "CompleteSignInInput", "... on SignedIn { token deviceToken requirements }"
    )
    clock.advance(timedelta(seconds=30))
    given = {"challenge": asked["challenge"], "transport": "COOKIE"}
    wrong = await api.data(complete, input=given | {"factor": {"code": "000000"}})
    assert wrong["__typename"] == "SecondFactorInvalid"
    done = await api.data(complete, input=given | {"factor": {"code": totp.at(clock.now())}})
    assert (done["token"], done["requirements"]) == (None, [])
    assert done["deviceToken"].startswith("pmd_")
    assert set(api.cookies) == {SESSION_COOKIE}
    assert (await api.data(complete, input=given | {"factor": {"code": "000000"}}))["__typename"] == (
        "ChallengeInvalid"
    )


@pytest.mark.rule("P013")
async def test_a_passkey_through_the_api(api: Api) -> None:  # noqa: F811
    owner, device = await api.signed_in(), Authenticator()
    begin = """mutation { startPasskeyRegistration { ... on PasskeyRegistrationStarted { creation {
        token challenge rpId userName algorithms excludedCredentialIds } } } }"""
    creation = (await api.data(begin, owner))["creation"]
    assert (creation["rpId"], creation["userName"]) == ("app.example.com", LOGIN)
    made = device.create(from_base64url(creation["challenge"]))
    register = do(
        "registerPasskey", "RegisterPasskeyInput", "... on PasskeyRegistered { passkey { id name } }"
    )
    given = {
        "challenge": creation["token"],
        "name": "key ring",
        "credentialId": made.credential_id,
        "clientDataJson": made.client_data_json,
        "attestationObject": made.attestation_object,
    }
    passkey = (await api.data(register, owner, input=given))["passkey"]
    assert passkey["name"] == "key ring"
    assert (await api.data(register, owner, input=given))["__typename"] == "PasskeyInvalid"
    node = "query($id: ID!) { node(id: $id) { id } }"
    assert await api.data(node, owner, id=passkey["id"]) == {"id": passkey["id"]}
    other, _ = await member(api, owner, "ADMIN")
    assert await api.data(node, other, id=passkey["id"]) is None

    begin = (
        """mutation { startPasskeySignIn { ... on PasskeySignInStarted { request { token challenge } } } }"""
    )
    request = (await api.data(begin))["request"]
    signed = device.sign(from_base64url(request["challenge"]))
    answer = {
        "challenge": request["token"],
        "credentialId": signed.credential_id,
        "clientDataJson": signed.client_data_json,
        "authenticatorData": signed.authenticator_data,
        "signature": signed.signature,
    }
    enter = do("signInWithPasskey", "SignInWithPasskeyInput", "... on SignedIn { token }")
    entered = await api.data(enter, input={"passkey": answer, "transport": "BEARER"})
    viewer = await api.authenticator.authenticate(Credentials(bearer=entered["token"]))
    assert viewer is not None
    assert viewer.account_id == owner.account_id


def from_base64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.rule("P014")
async def test_who_guesses_is_told_how_long_to_wait(api: Api) -> None:  # noqa: F811
    await api.signed_in("somebody.else")
    query = SIGN_IN.replace("... on Problem", "... on TooManyAttempts { retryAfterSeconds } ... on Problem")
    wrong = sign_in(login="nobody.here", password="not the right password")
    answers = [await api.data(query, input=wrong) for _ in range(6)]
    assert [answer["__typename"] for answer in answers] == ["CredentialsInvalid"] * 5 + ["TooManyAttempts"]
    assert answers[-1]["retryAfterSeconds"] == 30
    weak = await api.data(
        REGISTER.replace("fault lengthMin", "fault score scoreMin hint"),
        input=registration(login="another.one", password="passwordpassword"),
    )
    assert (weak["fault"], weak["score"], weak["scoreMin"]) == ("GUESSABLE", 0, 3)
    assert "guess" in weak["hint"]
