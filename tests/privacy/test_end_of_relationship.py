"""The end of a relationship, and of what the law keeps after it: by whose clock data goes, to the second."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from server.accounts import jobs as account_jobs
from server.accounts.actions import note_activity
from server.accounts.actions.lifecycle import start_clocks
from server.accounts.model import ACTIVE, CUSTOMER, Account, AccountActivity, AccountClosure
from server.accounts.rules.lifecycle import add_months
from server.housekeeping import rotate_master
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.work import House, Work
from server.privacy.actions.erasures import drop_planned
from server.privacy.jobs import erasing as jobs
from server.privacy.jobs.erasing import plan_ends
from server.privacy.reads import erasures as reads
from server.privacy.reads.erasures import ErasureRow, HoldSources
from server.privacy.rules.erasures import ErasureClock, ErasureScope, ErasureTerms
from server.wallet.jobs import verify_ledger
from tests.conftest import START
from tests.privacy.erasing import Office, office_of

ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.fixture
async def office(house: House, clock: ManualClock, tmp_path: Path) -> Office:
    return await office_of(house, clock, tmp_path)


@pytest.mark.rule("H029", "M120")
async def test_what_was_kept_for_billing_goes_when_the_legal_period_ends(office: Office) -> None:
    before = await office.totals()
    row = await office.erase(ErasureScope.ALL_EXCEPT_BILLING)
    assert row.live_erased_at is not None
    assert row.pseudonym is not None
    ends_at = add_months(row.live_erased_at, 120)
    planned = await office.read(lambda read: reads.erasure_of(read, str(row.pseudonym)))
    assert planned is not None
    assert (planned.due_at, planned.clock, planned.scope) == (ends_at, "LEGAL_PERIOD", "EVERYTHING")
    kept = await office.rows_left(row.pseudonym, ErasureScope.EVERYTHING)
    office.clock.set(ends_at - SECOND)
    await office.runner.run_due()
    assert await office.rows_left(row.pseudonym, ErasureScope.EVERYTHING) == kept != {}
    office.clock.set(ends_at)
    await office.runner.run_due()
    assert await office.rows_left(row.pseudonym, ErasureScope.EVERYTHING) == {}
    assert (await office.row(planned.id)).status == "ERASED"
    assert (await office.row(row.id)).pseudonym is None, "nothing is kept under it any more"
    office.clock.advance(SECOND)
    assert await office.runner.run_due() == 0
    assert await office.totals() == before, "the books are whole without it"
    assert (await verify_ledger(office.units)).intact


@ON_SQLITE
async def test_the_end_is_planned_of_what_an_earlier_server_kept(office: Office) -> None:
    row = await office.erase(ErasureScope.ALL_EXCEPT_BILLING)
    planned = await _planned(office, str(row.pseudonym))
    assert planned is not None
    await office.do(lambda work: drop_planned(work, planned.id))
    assert await office.do(lambda work: plan_ends(work, 10)) == 1
    again = await _planned(office, str(row.pseudonym))
    assert again is not None
    assert again.due_at == planned.due_at
    assert await office.do(lambda work: plan_ends(work, 10)) == 0


@ON_SQLITE
@pytest.mark.rule("M089", "M118", "B009", "C25")
async def test_data_stays_while_an_account_is_used_and_goes_when_the_relationship_is_over(
    office: Office,
) -> None:
    await office.do(lambda work: _begin(work, office.account_id))
    used_at = add_months(START, 11)
    await _until(office, used_at)
    await office.do(lambda work: note_activity(work, office.account_id))
    ends_at = add_months(used_at, 12)
    await _until(office, ends_at - SECOND)
    assert await _planned(office, office.account_id) is None, "the clock began anew"
    await _until(office, ends_at)
    begun = await _planned(office, office.account_id)
    assert begun is not None
    assert (begun.clock, begun.status) == (ErasureClock.INACTIVITY, "NOTIFYING")
    await _until(office, ends_at + ErasureTerms().notice_wait)
    done = await office.row(begun.id)
    assert (done.status, done.scope) == ("ERASED", "ALL_EXCEPT_BILLING")
    assert await office.readable(office.account_id) == []


@ON_SQLITE
@pytest.mark.rule("C4")
async def test_who_comes_back_while_a_case_holds_the_erasure_keeps_the_account(office: Office) -> None:
    office.units.house.terms.add(HoldSources((lambda _read, _account_id: True,)))
    await office.do(lambda work: _begin(work, office.account_id))
    ends_at = add_months(START, 12)
    await _until(office, ends_at)
    held = await _planned(office, office.account_id)
    assert held is not None
    assert held.status == "PLANNED"
    await office.do(lambda work: note_activity(work, office.account_id))
    office.units.house.terms.add(HoldSources())
    await _until(office, ends_at + DAY)
    assert await _planned(office, office.account_id) is None
    assert await office.readable(office.account_id) != []


def _begin(work: Work, account_id: str) -> None:
    """Let it be an open account whose clocks begin."""
    for model in (AccountActivity, AccountClosure):
        work.execute(delete(model).where(model.account_id == account_id))
    work.execute(update(Account).where(Account.id == account_id).values(kind=CUSTOMER, status=ACTIVE))
    start_clocks(work, account_id)


async def _planned(office: Office, account_id: str) -> ErasureRow | None:
    return await office.read(lambda read: reads.erasure_of(read, account_id))


async def _until(office: Office, instant: datetime) -> None:
    """Do what is due at the instant, and what would have been before it, each in its turn."""
    steps = {**account_jobs.handlers(), **jobs.handlers(office.eraser, rotate_master)}
    office.clock.set(instant)
    await DueRunner(office.units, steps).run_due()
