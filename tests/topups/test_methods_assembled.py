"""The assembled server: cards that expire are told of, and staff in finance gives payments back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from server.accounts.rules.staff import StaffRole
from server.app import Postmeter
from server.kit.audit import AuditEntry
from server.kit.clock import ManualClock
from server.staffing import Asked, add
from server.topups.adapters import sandbox
from tests.notices.test_reactions import notices
from tests.staffed import set_up_second_factor
from tests.test_app import SIGN_IN, WHO, post, register, settings, sign_in

SAVE = """mutation($input: SavePaymentMethodInput!) { savePaymentMethod(input: $input) { __typename } }"""
TOP_UP = """mutation($input: CreateTopUpInput!) { createTopUp(input: $input) { ... on TopUpCreated {
    topUp { id } } } }"""
REFUND = """mutation($input: RefundTopUpInput!) { refundTopUp(input: $input) { __typename
    ... on TopUpRefundOrdered { replayed refund { id status amount { amount currency } } }
    ... on RefundTooLarge { left { amount } } ... on InsufficientBalance { available required }
    ... on Problem { code field } } }"""
REFUNDED = """query($id: ID!) { topUp(id: $id) { refunded { amount } refunds {
    status reason failureCode amount { amount } } } }"""
CLERK = {"login": "finance.clerk", "password": WHO["password"]}


async def test_a_card_that_expires_is_told_of(database_url: str, tmp_path: Path, clock: ManualClock) -> None:
    chosen = settings(tmp_path, database_url)
    chosen.sandbox_mark_file.touch()
    postmeter = Postmeter(chosen, clock=clock)
    async with postmeter.storage():
        await register(postmeter)
        token = await sign_in(postmeter)
        given = {"token": sandbox.EXPIRES_SOON, "savedFor": "AUTO_TOP_UP", "idempotencyKey": "save-1"}
        await post(postmeter, SAVE, {"input": given}, token)
        await postmeter.due.run_due()
        told = await notices(postmeter, token)
        assert told.keys() == {"PAYMENT_METHOD_EXPIRING"}
        assert "Sandbox •••• 0000" in told["PAYMENT_METHOD_EXPIRING"]
        clock.set(datetime(2026, 4, 1, tzinfo=UTC))
        await postmeter.due.run_due()
        told = await notices(postmeter, await sign_in(postmeter))
        assert {"PAYMENT_METHOD_EXPIRING", "PAYMENT_METHOD_EXPIRED"} <= told.keys()
        assert "Sandbox •••• 0000" in told["PAYMENT_METHOD_EXPIRED"]


async def test_staff_in_finance_gives_a_payment_back(
    database_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    chosen = settings(tmp_path, database_url)
    chosen.sandbox_mark_file.touch()
    postmeter = Postmeter(chosen, clock=clock)
    async with postmeter.storage():
        await register(postmeter)
        token = await sign_in(postmeter)
        money = {"amount": "100.00", "currency": "EUR"}
        order = {"amount": money, "payment": {"token": sandbox.OK}, "idempotencyKey": "pay-1"}
        made: Any = await post(postmeter, TOP_UP, {"input": order}, token)
        top_up_id = made["createTopUp"]["topUp"]["id"]
        await postmeter.due.run_due()
        clerk = await sign_in_clerk(postmeter)

        async def give_back(amount: str, key: str, signed_in: str = clerk) -> Any:
            asked = {"amount": amount, "currency": "EUR"}
            given = {"topUpId": top_up_id, "amount": asked, "reason": "DUPLICATE", "idempotencyKey": key}
            data: Any = await post(postmeter, REFUND, {"input": given}, signed_in)
            return data["refundTopUp"]

        assert (await give_back("100.01", "back-1"))["left"] == {"amount": "100.00"}
        assert (await give_back("-1", "back-2"))["code"] == "AMOUNT_INVALID"
        ordered = await give_back("40.00", "back-3")
        assert ordered["refund"]["status"] == "PENDING"
        assert (await give_back("40.00", "back-3"))["replayed"] is True
        await postmeter.due.run_due()
        shown: Any = await post(postmeter, REFUNDED, {"id": top_up_id}, token)
        assert shown["topUp"] == {
            "refunded": {"amount": "40.00"},
            "refunds": [
                {
                    "status": "SUCCEEDED",
                    "reason": "DUPLICATE",
                    "failureCode": None,
                    "amount": {"amount": "40.00"},
                }
            ],
        }
        told = await notices(postmeter, token)
        assert "€40.00" in told["TOPUP_REFUNDED"]
        clock.advance(timedelta(hours=1))
        assert (await give_back("1.00", "back-4"))["code"] == "STEP_UP_REQUIRED"
        entries = select(AuditEntry.outcome).where(AuditEntry.action == "refundTopUp").order_by(AuditEntry.id)
        audited = await postmeter.units.read(lambda read: [row.outcome for row in read.rows(entries)])
    assert audited == ["REFUND_TOO_LARGE", "AMOUNT_INVALID", "OK", "OK", "STEP_UP_REQUIRED"]


async def sign_in_clerk(postmeter: Postmeter) -> str:
    """Somebody of finance, with a session that has just proved the password and a second factor."""
    asked = Asked(CLERK["login"], (StaffRole.FINANCE,), "refunds", "2026-01", 30, None)
    await add(postmeter, asked, lambda: CLERK["password"])
    data: Any = await post(postmeter, SIGN_IN, {"input": {**CLERK, "transport": "BEARER"}})
    token: str = data["signIn"]["token"]

    async def ask(query: str, **variables: Any) -> Any:
        (value,) = (await post(postmeter, query, variables, token)).values()
        return value

    await set_up_second_factor(ask, postmeter.house.clock.now())
    return token
