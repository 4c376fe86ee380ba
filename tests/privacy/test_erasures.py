"""The erasure of an account: what goes, what stays, in which order, and what is certified."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.kit.clock import ManualClock
from server.kit.work import House
from server.privacy.rules.erasures import ErasureScope
from server.wallet.jobs import verify_ledger
from tests.privacy.erasing import Office, office_of


@pytest.fixture
async def office(house: House, clock: ManualClock, tmp_path: Path) -> Office:
    return await office_of(house, clock, tmp_path)


async def test_everything_goes(office: Office) -> None:
    before = await office.totals()
    assert set(await office.readable()) == set(office.columns)
    row = await office.erase(ErasureScope.EVERYTHING)
    assert (row.status, row.account_id) == ("ERASED", None)
    assert await office.rows_left(office.account_id, ErasureScope.EVERYTHING) == {}
    assert await office.totals() == before
    assert (await verify_ledger(office.units)).intact
    print(row.certificate)


async def test_except_billing(office: Office) -> None:
    before = await office.totals()
    row = await office.erase(ErasureScope.ALL_EXCEPT_BILLING)
    assert (row.status, row.account_id) == ("ERASED", None)
    assert await office.rows_left(office.account_id, ErasureScope.EVERYTHING) == {}
    assert await office.totals() == before
    assert (await verify_ledger(office.units)).intact
    print(row.certificate)
