"""The life of an account through the API of the assembled server: what is lost, kept, refused and told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from server.accounts import reads
from server.accounts.model import Person
from server.accounts.reads.lifecycle import LossSources
from server.accounts.rules import Terms
from server.accounts.rules.closing import Loss
from server.kit.audit import AuditEntry
from server.kit.clock import ManualClock
from server.kit.events import after
from server.kit.money import Currency, Money
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Read, Work
from server.notices.model import Notice
from server.orders.actions import place_order
from server.orders.actions.usage import record_usage
from server.orders.rules.items import EmailSend, EmailVerificationItem, Usage
from server.topups.actions import create_top_up
from server.wallet.actions import Transfer, post
from server.wallet.model import Posting, Wallet
from server.wallet.reads import lifecycle as wallet_lifecycle
from server.wallet.reads.proof import verify_account
from server.wallet.rules import Counter, PostingKind
from tests.staffed import Staff, token_of

DAY = timedelta(days=1)
ME = "{ viewer { account { id status statusSince statusReason } scopes } }"
PREVIEW = "{ closurePreview { digest losses { kind unit quantity subjectId until } } }"
CLOSE = """mutation($digest: String!, $key: String!) {
    closeAccount(input: {acknowledgedLosses: $digest, idempotencyKey: $key}) { __typename
    ... on AccountClosed { accountId closedAt } ... on Problem { code field }
    ... on LossesNotAcknowledged { digest losses { kind unit quantity } } } }"""
REACTIVATE = "mutation { reactivateAccount { __typename ... on Problem { code } } }"
CONFIRM = """mutation($password: String!) { confirmPassword(input: {password: $password}) { __typename } }"""
SUSPEND = """mutation($id: ID!, $reason: SuspensionReason) { suspendAccount(input: {accountId: $id, reason: $reason}) {
    __typename ... on AccountSuspended { suspendedAt } ... on AccountStatusConflict { status }
    ... on Problem { code field } } }"""
UNSUSPEND = """mutation($id: ID!) { unsuspendAccount(input: {accountId: $id}) { __typename
    ... on Problem { code } } }"""
PREVENT = """mutation($id: ID!, $key: String!, $reason: SuspensionReason) {
    closePreventively(input: {accountId: $id, idempotencyKey: $key, reason: $reason}) { __typename
    ... on AccountClosedPreventively { accountId replayed } ... on Problem { code } } }"""
ORDER = """mutation($code: String!, $key: String!) { placeOrder(input: {currency: EUR, idempotencyKey: $key,
    item: {creditPack: {code: $code, packs: 1}}}) { __typename ... on Problem { code }
    ... on StepUpRequired { minutes } } }"""
TOP_UP = """mutation($key: String!) { createTopUp(input: {amount: {amount: "20.00", currency: EUR},
    paymentToken: "tok_sandbox_ok", idempotencyKey: $key}) { __typename } }"""
USE = """mutation($key: String!) { recordUsage(input: {idempotencyKey: $key,
    entries: [{operation: {emailSend: {messages: 1}}, reference: "a"}]}) { __typename } }"""
KEY = """mutation { createApiKey(input: {name: "nightly", scopes: [USAGE_WRITE, ACCOUNT_READ, ORDERS_WRITE]}) {
    ... on ApiKeyCreated { secret } } }"""


class Customer:
    """The customer of the staffed server, with money and credits."""

    def __init__(self, staff: Staff, account_id: str) -> None:
        self.staff = staff
        self.account_id = account_id

    async def ask(self, query: str, **variables: Any) -> Any:
        return await self.staff.ask("CUSTOMER", query, **variables)

    async def give(self, **amounts: int) -> None:
        def give(work: Work) -> None:
            for unit, amount in amounts.items():
                reference = work.ids.new("top")
                kind = PostingKind.TOP_UP
                post(work, [Transfer(self.account_id, unit, amount, Counter.PAYMENTS, kind, reference)])

        await self.staff.postmeter.units.run(Call("test", SYSTEM), give)

    async def postings(self, kind: PostingKind) -> list[tuple[str, int, str | None]]:
        query = (
            select(Wallet.unit, Posting.posted_delta, Posting.counter)
            .join(Wallet, Wallet.id == Posting.wallet_id)
            .where(Wallet.account_id == self.account_id, Posting.kind == kind.value)
            .order_by(Wallet.unit)
        )
        rows = await self.staff.postmeter.units.read(lambda read: read.rows(query))
        return [(row.unit, row.posted_delta, row.counter) for row in rows]

    async def intact(self) -> bool:
        return await self.staff.postmeter.units.read(
            lambda read: verify_account(read, self.account_id).intact
        )

    async def notices(self) -> list[str]:
        query = select(Notice.kind).where(Notice.account_id == self.account_id).order_by(Notice.id)
        return await self.staff.postmeter.units.read(lambda read: list(read.execute(query).scalars()))

    async def run_due(self) -> None:
        await self.staff.postmeter.due.run_due()


@pytest.fixture
async def customer(staff: Staff) -> Customer:
    found = (await staff.ask("CUSTOMER", ME))["account"]
    return Customer(staff, found["id"])


@pytest.mark.rule("M026", "M084", "M085", "M086")
async def test_closing_shows_forfeits_and_refunds_nothing(customer: Customer) -> None:
    terms = customer.staff.postmeter.house.terms
    plan = Loss("PLAN", None, 1, "pls_1", "2026-12-01T00:00:00+00:00")
    terms.add(LossSources((*terms.get(LossSources).sources, lambda _read, _account_id: [plan])))
    await customer.give(EMAIL=1_000, EUR=12_50)
    shown = await customer.ask(PREVIEW)
    assert [(loss["kind"], loss["unit"], Decimal(loss["quantity"])) for loss in shown["losses"]] == [
        ("CREDITS", "EMAIL", 1_000),
        ("MONEY", "EUR", Decimal("12.50")),
        ("PLAN", None, 1),
    ]
    await customer.give(EMAIL=1)
    refused = await customer.ask(CLOSE, digest=shown["digest"], key="one")
    assert (refused["__typename"], refused["field"]) == ("LossesNotAcknowledged", "acknowledgedLosses")
    assert refused["losses"][0] == {"kind": "CREDITS", "unit": "EMAIL", "quantity": "1001"}
    closed = await customer.ask(CLOSE, digest=refused["digest"], key="two")
    assert (closed["__typename"], closed["accountId"]) == ("AccountClosed", customer.account_id)
    assert await customer.postings(PostingKind.FORFEITED) == [
        ("EMAIL", -1_001, "FORFEITS"),
        ("EUR", -12_50, "FORFEITS"),
    ]
    assert await customer.intact()
    assert await customer.staff.refused("CUSTOMER", ME) == "UNAUTHENTICATED"
    assert (await customer.notices())[-2:] == ["account_closed", "privacy_request_received"]


async def test_open_payments_and_jobs_are_among_the_losses(customer: Customer) -> None:
    await customer.give(EUR=1000_00)

    def order(work: Work) -> None:
        item = EmailVerificationItem(5_000, check_mailbox=False, list_name=None)
        place_order(work, customer.account_id, item, Currency.EUR)
        create_top_up(work, customer.account_id, Money(20_00, Currency.EUR), "tok_sandbox_ok", "sandbox")

    await customer.staff.postmeter.units.run(Call("test", SYSTEM), order)
    losses = {loss["kind"]: loss for loss in (await customer.ask(PREVIEW))["losses"]}
    assert sorted(losses) == ["MONEY", "ORDER", "PAYMENT_IN_FLIGHT"]
    assert losses["ORDER"]["quantity"] == "5000"
    assert losses["ORDER"]["subjectId"].startswith("ord_")
    assert (losses["PAYMENT_IN_FLIGHT"]["unit"], losses["PAYMENT_IN_FLIGHT"]["quantity"]) == ("EUR", "20.00")


@pytest.mark.rule("M026", "M083")
async def test_staff_suspend_and_close_and_every_step_is_audited(customer: Customer) -> None:
    staff, who = customer.staff, customer.account_id
    await customer.give(SMS=7, EUR=1_00)
    secret = (await customer.ask(KEY))["secret"]
    staff.tokens["KEY"] = secret
    assert (await staff.ask("SUPPORT", SUSPEND, id=who, reason="ABUSE"))["__typename"] == "AccountSuspended"
    again = await staff.ask("ADMIN", SUSPEND, id=who)
    assert (again["__typename"], again["status"]) == ("AccountStatusConflict", "SUSPENDED")
    me = await customer.ask(ME)
    assert (me["account"]["status"], me["account"]["statusReason"]) == ("SUSPENDED", "ABUSE")
    assert await staff.refused("KEY", ME) == "UNAUTHENTICATED"
    assert await staff.refused("CUSTOMER", USE, key="use") == "FORBIDDEN"
    assert (await customer.ask(TOP_UP, key="pay"))["__typename"] == "TopUpCreated", "what is owed may be paid"
    assert (await customer.ask(REACTIVATE))["code"] == "ACCOUNT_STATUS_CONFLICT"
    assert (await staff.ask("SUPPORT", UNSUSPEND, id=who))["__typename"] == "AccountUnsuspended"
    assert (await staff.ask("KEY", ME))["account"]["status"] == "ACTIVE"
    for replayed in (False, True):
        closed = await staff.ask("ADMIN", PREVENT, id=who, key="harm", reason="COMPLAINT")
        assert closed == {
            "__typename": "AccountClosedPreventively",
            "accountId": who,
            "replayed": replayed,
        }
    assert await customer.postings(PostingKind.FORFEITED) == [
        ("EUR", -1_00, "FORFEITS"),
        ("SMS", -7, "FORFEITS"),
    ]
    assert not await customer.postings(PostingKind.ORDER_CANCELLED)
    assert await customer.notices() == [
        "api_key_created",
        "account_suspended",
        "account_reactivated",
        "account_closed",
    ]
    await _audited(customer)


async def _audited(customer: Customer) -> None:
    """Who of the staff did it is in the audit; what was done to whom, by which credential, in the events."""

    def look(read: Read) -> tuple[list[tuple[str, str]], list[Any]]:
        staff_only = AuditEntry.action.in_(("suspendAccount", "unsuspendAccount", "closePreventively"))
        rows = read.rows(select(AuditEntry.__table__).where(staff_only).order_by(AuditEntry.id))
        kinds = ["AccountSuspended", "AccountReinstated", "AccountClosed"]
        events = after(read.connection, customer.account_id, 0, kinds, 10)
        assert {event.data.count('"by":"ses_') for event in events} == {1}
        return [(row.action, row.outcome) for row in rows], [event.kind for event in events]

    audited, events = await customer.staff.postmeter.units.read(look)
    assert audited == [
        ("suspendAccount", "OK"),
        ("suspendAccount", "ACCOUNT_STATUS_CONFLICT"),
        ("unsuspendAccount", "OK"),
        ("closePreventively", "OK"),
        ("closePreventively", "OK"),
    ]
    assert events == ["AccountSuspended", "AccountReinstated", "AccountClosed"]


async def test_only_support_and_administrators_do_that(customer: Customer) -> None:
    who = customer.account_id
    for one in ("CUSTOMER", "FINANCE"):
        assert await customer.staff.refused(one, SUSPEND, id=who) == "FORBIDDEN"
        assert await customer.staff.refused(one, UNSUSPEND, id=who) == "FORBIDDEN"
        assert await customer.staff.refused(one, PREVENT, id=who, key="k") == "FORBIDDEN"
    unknown = await customer.staff.ask("SUPPORT", SUSPEND, id="acc_1")
    assert (unknown["code"], unknown["field"]) == ("ACCOUNT_NOT_FOUND", "accountId")
    assert await customer.staff.refused("SUPPORT", PREVIEW) == "FORBIDDEN", (
        "theirs is not an account to close"
    )


@pytest.mark.rule("M047", "M048", "C4")
async def test_a_year_without_sign_in_costs_the_credits_and_not_the_money(
    customer: Customer, clock: ManualClock
) -> None:
    """Where the staff decides about the data (C4); otherwise the account ends at that instant."""
    terms = customer.staff.postmeter.house.terms
    terms.add(replace(terms.get(Terms), erase_inactive=False))
    await customer.give(EMAIL=500, SMS=20, EUR=30_00)
    start = clock.now()
    year = start.replace(year=start.year + 1)
    for instant in (start + 30 * DAY, start + 180 * DAY, year - 30 * DAY, year - timedelta(seconds=1)):
        clock.set(instant)
        await customer.run_due()
    assert await customer.postings(PostingKind.FORFEITED) == []
    clock.set(year)
    await customer.run_due()
    assert await customer.postings(PostingKind.FORFEITED) == [
        ("EMAIL", -500, "FORFEITS"),
        ("SMS", -20, "FORFEITS"),
    ]
    assert await customer.intact()
    assert await customer.notices() == [
        "account_disabled",
        "account_deactivated",
        "account_inactivity_warning",
    ]
    customer.staff.tokens["CUSTOMER"] = await token_of(customer.staff.postmeter, "somebody")
    me = (await customer.ask(ME))["account"]
    assert (me["status"], me["statusReason"]) == ("DEACTIVATED", "NO_SENDING")
    assert (await customer.ask(REACTIVATE))["__typename"] == "AccountReactivated"
    assert (await customer.ask(ME))["account"]["status"] == "ACTIVE"


@pytest.mark.rule("M088", "M090")
async def test_a_send_is_seen_in_the_ledger_and_a_payment_is_activity(
    customer: Customer, clock: ManualClock
) -> None:
    await customer.give(EMAIL=500, EUR=500_00)
    start = clock.now()
    clock.set(start + 20 * DAY)
    usage = [Usage(EmailSend(1), "mail_1")]
    units = customer.staff.postmeter.units
    await units.run(Call("test", SYSTEM), lambda work: record_usage(work, customer.account_id, usage))
    seen = await units.read(lambda read: wallet_lifecycle.last_send(read, customer.account_id))
    assert seen == start + 20 * DAY
    clock.set(start + 50 * DAY - timedelta(seconds=1))
    await customer.run_due()
    assert (await _row(customer)).status == "ACTIVE"
    item = EmailVerificationItem(1_000, check_mailbox=False, list_name=None)
    await units.run(
        Call("test", SYSTEM), lambda work: place_order(work, customer.account_id, item, Currency.EUR)
    )
    clock.set(start + 50 * DAY)
    await customer.run_due()
    assert (await _row(customer)).status == "DISABLED"
    clock.set(start.replace(year=start.year + 1) + 10 * DAY)
    await customer.run_due()
    assert await customer.postings(PostingKind.FORFEITED) == [], "the order was 50 days later"


async def _row(customer: Customer) -> reads.AccountRow:
    row = await customer.staff.postmeter.units.read(lambda read: reads.account(read, customer.account_id))
    assert row is not None
    return row


@pytest.mark.rule("M032")
async def test_sms_credits_need_a_fresh_proof(customer: Customer, clock: ManualClock) -> None:
    staff = customer.staff
    await customer.give(EUR=500_00)
    staff.tokens["KEY"] = (await customer.ask(KEY))["secret"]
    refused = await staff.ask("KEY", ORDER, code="SMS_100", key="by key")
    assert refused == {"__typename": "StepUpRequired", "code": "STEP_UP_REQUIRED", "minutes": 15}
    assert (await staff.ask("KEY", ORDER, code="EMAIL_1K", key="mail"))["__typename"] == "OrderPlaced"
    assert (await customer.ask(ORDER, code="SMS_100", key="fresh"))["__typename"] == "OrderPlaced"
    clock.advance(timedelta(minutes=15) - timedelta(seconds=1))
    assert (await customer.ask(ORDER, code="SMS_100", key="a second left"))["__typename"] == "OrderPlaced"
    clock.advance(timedelta(seconds=1))
    assert (await customer.ask(ORDER, code="SMS_100", key="stale"))["__typename"] == "StepUpRequired"
    await customer.ask(CONFIRM, password="a long enough phrase")
    assert (await customer.ask(ORDER, code="SMS_100", key="fresh again"))["__typename"] == "OrderPlaced"


async def test_owners_with_a_verified_address_are_told_by_mail(customer: Customer) -> None:
    units = customer.staff.postmeter.units

    def verify(work: Work) -> None:
        sealed = work.seal(customer.account_id, "identity", "people.email", "owner@example.com")
        mine = update(Person).where(Person.account_id == customer.account_id)
        work.execute(mine.values(email=sealed, email_verified_at=work.now))

    await units.run_unaudited(verify)
    await customer.staff.ask("SUPPORT", SUSPEND, id=customer.account_id)
    query = select(Notice.in_app, Notice.emailing).where(Notice.kind == "account_suspended")
    rows = await units.read(lambda read: read.rows(query.order_by(Notice.id)))
    assert [(row.in_app, row.emailing) for row in rows] == [(True, "NOT_ASKED"), (False, "NO_RELAY")]


async def test_a_new_device_is_told_once_a_day_and_without_saying_which(
    customer: Customer, clock: ManualClock
) -> None:
    postmeter = customer.staff.postmeter
    await token_of(postmeter, "somebody")
    assert await customer.notices() == [], "the same program from the same address"
    for browser in ("Firefox/140.0", "Edg/140.0", "Safari/604.1"):
        await token_of(postmeter, "somebody", agent=browser)
        clock.advance(timedelta(minutes=1))
    assert await customer.notices() == ["new_sign_in"]
    clock.advance(DAY)
    await token_of(postmeter, "somebody", agent="Chrome/140.0")
    assert await customer.notices() == ["new_sign_in", "new_sign_in"]


async def test_the_runner_knows_the_accounts_clock(staff: Staff) -> None:
    assert "accounts.inactivity" in staff.postmeter.due.timers.contractual
