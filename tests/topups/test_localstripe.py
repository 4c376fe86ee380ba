"""A smoke test against localstripe as a process: somebody else's idea of Stripe understands our calls, and we its.

It ignores idempotency keys and knows no bank that is slow; for those see the tests beside this one.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator

import pytest

from server.kit.money import Currency, Money
from server.kit.work import Units
from server.topups.adapters.stripe.client import Api
from server.topups.adapters.stripe.gateway import Stripe
from server.topups.rules.methods import SavedMethod, SaveRequest
from server.topups.rules.outcomes import ChargeRequest, Declined, RefundRequest, Succeeded
from tests.servers import ROOT, end
from tests.topups.conftest import ACCOUNT

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
EUR_100 = Money(10_000, Currency.EUR)


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    """Its origin."""
    command = [sys.executable, "-m", "tests.topups.localstripe_server"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            end(process)


@pytest.fixture
async def gateway(units: Units, localstripe: str) -> AsyncIterator[Stripe]:
    gateway = Stripe(units, Api("sk_test_12345", localstripe, retries=0))
    yield gateway
    await gateway.close()


async def test_save_charge_and_give_back(gateway: Stripe) -> None:
    card = await gateway.save_method(SaveRequest(ACCOUNT, "pm_1", "pm_card_visa"))
    assert isinstance(card, SavedMethod)
    assert (card.brand, card.last4, card.exp_month) == ("visa", "4242", 12)
    again = await gateway.save_method(SaveRequest(ACCOUNT, "pm_2", "pm_card_visa"))
    assert isinstance(again, SavedMethod)
    customers = {each.provider_reference.partition("/")[0] for each in (card, again)}
    assert len(customers) == 1

    paid = await gateway.charge(ChargeRequest("txn_1", EUR_100, method=card.provider_reference))
    assert isinstance(paid, Succeeded)
    assert paid.received_minor == 10_000
    assert await gateway.find("txn_1") == paid

    part = RefundRequest("txn_1", "rfd_1", Money(2_500, Currency.EUR))
    back = await gateway.refund(part)
    assert isinstance(back, Succeeded)
    assert back.received_minor == 2_500
    assert await gateway.refund(part) == back, "it ignores the key, and is asked before it pays twice"
    await gateway.forget_method(card.provider_reference)


async def test_decline_a_card(gateway: Stripe) -> None:
    refused = await gateway.save_method(SaveRequest(ACCOUNT, "pm_3", "pm_card_visa_chargeDeclined"))
    assert isinstance(refused, Declined)
    once = await gateway.charge(ChargeRequest("txn_2", EUR_100, "pm_card_chargeCustomerFail"))
    assert isinstance(once, Declined)
