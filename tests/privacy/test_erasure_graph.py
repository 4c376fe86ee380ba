"""Erasing an account through the API of the assembled server, and the certificate that anybody can verify."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select

from server.accounts.model import Person
from server.accounts.reads.lifecycle import closure
from server.checks import CHECKS
from server.kit.clock import ManualClock
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from server.policy.jobs import find
from server.policy.rules.checking import Checks
from server.privacy.actions.requests import Filing, file_request, verify_identity
from server.privacy.reads.erasures import erasure_of
from server.privacy.reads.requests import any_request
from server.privacy.rules.erasures import ErasureTerms
from server.privacy.rules.requests import IdentityProof, PrivacyRequestKind, PrivacyRequestSource
from server.wallet.actions import Transfer, post
from server.wallet.rules import Counter, PostingKind
from tests.staffed import Staff
from tests.test_app import WHO

ME = "{ viewer { account { id } } }"
PREVIEW = (
    """{ erasurePreview { scope warning warningVersion lossesDigest dueAt losses { kind unit quantity } } }"""
)
CONFIRM = "mutation($password: String!) { confirmPassword(input: {password: $password}) { __typename } }"
REQUEST = """mutation($scope: ErasureScope, $losses: String!, $warning: String!, $key: String!) {
    requestErasure(input: {scope: $scope, acknowledgedLosses: $losses, acknowledgedWarning: $warning,
        idempotencyKey: $key}) { __typename
    ... on ErasureRequested { erasure { id state scope dueAt overdueAt certificate { text } } }
    ... on ErasureScopeRefused { scope } ... on ErasureWarningNotAcknowledged { version }
    ... on Problem { code field } } }"""
ERASURE = """query($id: ID!) { erasure(id: $id) { state scope liveErasedAt finalAt
    certificate { text signature publicKey genuine } } }"""
GENUINE = """query($text: String!, $signature: String!) {
    erasureCertificateGenuine(text: $text, signature: $signature) }"""
ON_REQUEST = """mutation($id: ID!, $warning: String!, $key: String!) {
    eraseOnRequest(input: {requestId: $id, acknowledgedWarning: $warning, idempotencyKey: $key}) { __typename
    ... on ErasureOrdered { erasure { id state } } ... on Problem { code field } } }"""
DAY = timedelta(days=1)
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)


async def funded(staff: Staff) -> str:
    account_id = str((await staff.ask("CUSTOMER", ME))["account"]["id"])
    transfer = Transfer(account_id, "EMAIL", 500, Counter.PAYMENTS, PostingKind.TOP_UP, "top_1")
    await staff.postmeter.units.run(Call("test", SYSTEM), lambda work: post(work, [transfer]))
    return account_id


async def acknowledged(staff: Staff) -> dict[str, Any]:
    await staff.ask("CUSTOMER", CONFIRM, password=WHO["password"])
    shown = await staff.ask("CUSTOMER", PREVIEW)
    assert [(loss["kind"], loss["quantity"]) for loss in shown["losses"]] == [("CREDITS", "500")]
    assert "Nobody can bring it back" in shown["warning"]
    return {"losses": shown["lossesDigest"], "warning": shown["warningVersion"]}


async def nobodys(staff: Staff, query: str, **variables: Any) -> Any:
    """The answer to somebody who is not signed in."""
    transport = httpx.ASGITransport(app=staff.postmeter.asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = await client.post("/graphql", json={"query": query, "variables": variables})
    (value,) = answer.json()["data"].values()
    return value


@pytest.mark.rule("Q022", "Q024", "P026")
async def test_an_owner_acknowledges_what_it_means_and_everything_goes(
    staff: Staff, clock: ManualClock
) -> None:
    account_id = await funded(staff)
    known = await acknowledged(staff)
    unread = await staff.ask("CUSTOMER", REQUEST, **{**known, "warning": "I agree"}, key="one")
    assert (unread["__typename"], unread["field"]) == ("ErasureWarningNotAcknowledged", "acknowledgedWarning")
    assert unread["version"] == known["warning"]
    other = await staff.ask("CUSTOMER", REQUEST, **{**known, "losses": "nothing"}, key="two")
    assert other["__typename"] == "LossesNotAcknowledged"
    wider = await staff.ask("CUSTOMER", REQUEST, **known, scope="EVERYTHING", key="three")
    assert (wider["__typename"], wider["scope"]) == ("ErasureScopeRefused", "ALL_EXCEPT_BILLING")
    asked = await staff.ask("CUSTOMER", REQUEST, **known, key="four")
    assert asked["__typename"] == "ErasureRequested"
    assert (asked["erasure"]["state"], asked["erasure"]["certificate"]) == ("PLANNED", None)
    row = await staff.postmeter.units.read(lambda read: erasure_of(read, account_id))
    assert row is not None
    stored = json.loads(str(row.acknowledged))
    assert (stored["version"], stored["losses"]) == (known["warning"], known["losses"])
    assert "Nobody can bring it back" in stored["warning"]
    assert await staff.refused("CUSTOMER", ME) == "UNAUTHENTICATED"
    await staff.postmeter.due.run_due()
    clock.advance(
        ErasureTerms().look_every
    )  # the gateway may forget who paid a moment after the erasure looked
    await staff.postmeter.due.run_due()
    await check_certificate(staff, asked["erasure"]["id"])
    people = select(func.count()).where(Person.account_id == account_id)
    assert await staff.postmeter.units.read(lambda read: read.scalar(people)) == 0
    report = await staff.postmeter.verify_ledger(lambda _done, _total: None)
    assert report.intact


async def check_certificate(staff: Staff, erasure_id: str) -> None:
    """By everybody: through the API, without the server's copy, and without the server."""
    found = await nobodys(staff, ERASURE, id=erasure_id)
    assert (found["state"], found["certificate"]["genuine"]) == ("ERASED", True)
    assert found["liveErasedAt"] < found["finalAt"]
    text, signature = found["certificate"]["text"], found["certificate"]["signature"]
    assert await nobodys(staff, GENUINE, text=text, signature=signature)
    assert not await nobodys(staff, GENUINE, text=text + " ", signature=signature)
    assert not await nobodys(staff, GENUINE, text=text, signature="not base64!")
    keys = await nobodys(staff, "{ erasureCertificateKeys }")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(keys[0]))
    key.verify(base64.b64decode(signature), text.encode())
    assert keys[0] == found["certificate"]["publicKey"]


@ON_SQLITE
async def test_without_a_fresh_proof_nothing_is_asked(staff: Staff, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=1))
    shown = await staff.ask("CUSTOMER", PREVIEW)
    known = {"losses": shown["lossesDigest"], "warning": shown["warningVersion"]}
    asked = await staff.ask("CUSTOMER", REQUEST, **known, key="one")
    assert asked["__typename"] == "StepUpRequired"
    assert await nobodys(staff, ERASURE, id="ers_00000000000000000000000000") is None
    assert await nobodys(staff, ERASURE, id="\0") is None


@ON_SQLITE
@pytest.mark.rule("P026", "H030", "H027", "H028")
async def test_staff_erase_on_a_verified_request_only(staff: Staff, clock: ManualClock) -> None:
    account_id = await funded(staff)
    version = (await staff.ask("CUSTOMER", PREVIEW))["warningVersion"]
    filing = Filing(account_id, PrivacyRequestKind.ERASURE, PrivacyRequestSource.STAFF)

    def file(work: Work) -> str:
        return file_request(work, filing).id

    request_id = await staff.postmeter.units.run(Call("test", SYSTEM), file)
    asked = {"id": request_id, "warning": version}
    unverified = await staff.ask("SUPPORT", ON_REQUEST, **asked, key="one")
    assert unverified["__typename"] == "PrivacyRequestStatusConflict"

    def verify(work: Work) -> None:
        verify_identity(work, request_id, IdentityProof.CALL_BACK)

    await staff.postmeter.units.run(Call("test", SYSTEM), verify)
    assert await staff.refused("CUSTOMER", ON_REQUEST, **asked, key="one") == "FORBIDDEN"
    unread = await staff.ask("SUPPORT", ON_REQUEST, id=request_id, warning="", key="two")
    assert unread["__typename"] == "ErasureWarningNotAcknowledged"
    unknown = await staff.ask("SUPPORT", ON_REQUEST, id="dsr_1", warning=version, key="three")
    assert unknown["__typename"] == "PrivacyRequestNotFound"
    ordered = await staff.ask("SUPPORT", ON_REQUEST, **asked, key="four")
    assert ordered["__typename"] == "ErasureOrdered"
    await staff.postmeter.due.run_due()  # closes the account; the gateways have to forget who paid
    clock.advance(ErasureTerms().look_every)
    await staff.postmeter.due.run_due()
    assert (await nobodys(staff, ERASURE, id=ordered["erasure"]["id"]))["state"] == "ERASED"
    assert await staff.postmeter.units.read(lambda read: closure(read, account_id)) is None
    found = await find(staff.postmeter.units, Checks(CHECKS))
    assert [name for name, one in found.items() if not one.passed] == [], "an erasure as it should be"


@ON_SQLITE
@pytest.mark.rule("M119", "M123")
async def test_closing_an_account_opens_a_request_and_starts_its_clock(
    staff: Staff, clock: ManualClock
) -> None:
    account_id = await funded(staff)
    await staff.ask("CUSTOMER", CONFIRM, password=WHO["password"])
    digest = (await staff.ask("CUSTOMER", "{ closurePreview { digest } }"))["digest"]
    close = f"""mutation {{ closeAccount(input: {{acknowledgedLosses: "{digest}", idempotencyKey: "one"}}) {{
        __typename }} }}"""
    assert (await staff.ask("CUSTOMER", close))["__typename"] == "AccountClosed"
    row = await staff.postmeter.units.read(lambda read: erasure_of(read, account_id))
    assert row is not None
    assert (row.due_at, row.overdue_at) == (clock.now() + 45 * DAY, clock.now() + 60 * DAY)
    asked = await staff.postmeter.units.read(lambda read: any_request(read, str(row.request_id)))
    assert asked is not None
    assert (asked.kind, asked.source, asked.status) == ("ERASURE", "CLOSURE", "RECEIVED")
    assert asked.due_at == row.overdue_at
    found = await find(staff.postmeter.units, Checks(CHECKS))
    assert [name for name, one in found.items() if not one.passed] == [], "a closing as it should be"
