"""The erasure of an account: what goes and what stays, when, in which order, and whatever stops it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from server.accounts.rules.lifecycle import AccountStatusConflict
from server.housekeeping import rotate_signing
from server.kit import personal
from server.kit.clock import ManualClock
from server.kit.crypto import Shredded
from server.kit.db import Base
from server.kit.due import DueWork
from server.kit.events import DomainEvent
from server.kit.work import House, Work
from server.notices.model import OutboxMessage
from server.orders.model import Invoice
from server.plans.model import IpAddress
from server.privacy.actions.erasures import call_off_erasure
from server.privacy.adapters.erasing import POINTS
from server.privacy.model import PrivacyRequest
from server.privacy.reads import erasures as reads
from server.privacy.reads.declared import Declarations
from server.privacy.rules.erasures import (
    ErasureClock,
    ErasureScope,
    ErasureTerms,
    subject_mark,
)
from server.privacy.rules.requests import HoldGround
from server.schema import HELD
from server.topups.model import TopUp
from server.wallet.jobs import verify_ledger
from tests.conftest import START
from tests.privacy.erasing import Office, Stopped, office_of

EVERYTHING, EXCEPT_BILLING = ErasureScope
SCOPES = pytest.mark.parametrize("scope", list(ErasureScope))
ON_SQLITE = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
SECOND = timedelta(seconds=1)


@pytest.fixture
async def office(house: House, clock: ManualClock, tmp_path: Path) -> Office:
    return await office_of(house, clock, tmp_path)


@SCOPES
@pytest.mark.rule("Q022", "P026", "H030", "H031", "M091", "M092")
async def test_nothing_readable_stays_and_the_books_are_as_before(
    office: Office, scope: ErasureScope
) -> None:
    before = await office.totals()
    theirs = await office.readable(office.neighbour)
    assert set(await office.readable(office.account_id)) == set(office.columns)
    row = await office.erase(scope)
    assert (row.status, row.account_id) == ("ERASED", None)
    assert await office.readable(office.account_id) == []
    assert await office.rows_left(office.account_id, EVERYTHING) == {}
    kept = {} if row.pseudonym is None else await office.rows_left(row.pseudonym, EVERYTHING)
    assert {"wallets", "postings", "orders", "invoices", "top_ups"} <= kept.keys() or not kept
    assert bool(kept) == (scope is EXCEPT_BILLING)
    assert await office.readable(office.neighbour) == theirs, "nobody else lost anything"
    assert await office.totals() == before
    assert (await verify_ledger(office.units)).intact
    with pytest.raises(Shredded):
        await office.do(lambda work: work.seal(office.account_id, "identity", "people.login", "again"))


@ON_SQLITE
async def test_a_bill_keeps_its_amounts_and_loses_its_customer(office: Office) -> None:
    query = select(Invoice.number, Invoice.gross_minor).order_by(Invoice.number)
    before = await office.read(lambda read: read.rows(query))
    row = await office.erase(EXCEPT_BILLING)
    assert await office.read(lambda read: read.rows(query)) == before
    mine = select(Invoice.customer).where(Invoice.account_id == row.pseudonym)
    assert await office.read(lambda read: read.rows(mine)) == [(None,)]


@ON_SQLITE
async def test_what_is_the_companys_stays_and_lets_go(office: Office) -> None:
    """An address of the pool does not go with the plan that had it."""
    before = await office.read(lambda read: read.scalar(select(func.count()).select_from(IpAddress)))
    await office.erase(EVERYTHING)
    rows = await office.read(lambda read: read.rows(select(IpAddress.subscription_id)))
    assert len(rows) == before
    assert sum(row.subscription_id is None for row in rows) == 1


@SCOPES
async def test_stopped_between_any_two_steps_it_comes_to_the_same_end(
    office: Office, scope: ErasureScope
) -> None:
    """Each start gets one point further than the one before it."""
    erasure_id = await office.plan(scope=scope)
    before = await office.totals()
    for point in POINTS:
        with pytest.raises(Stopped):
            await replace(office, reached=_stop_at(point)).go_on(erasure_id)
        assert (await office.row(erasure_id)).status == "ERASING"
    await office.go_on(erasure_id)
    row = await office.row(erasure_id)
    assert (row.status, row.account_id) == ("ERASED", None)
    assert await office.rows_left(office.account_id, EVERYTHING) == {}
    assert await office.totals() == before
    assert (await verify_ledger(office.units)).intact
    kinds = [entry["kind"] for entry in office.journal.entries()]
    assert kinds == ["erase", "certificate"], "each once, however often it was begun"
    assert json.loads(str(row.certificate))["erased"] == await _erased_at_once(office, scope)


async def _erased_at_once(office: Office, scope: ErasureScope) -> dict[str, int]:
    """What an erasure that nothing stops counts: the neighbour had the same."""
    again = replace(office, account_id=office.neighbour)
    return dict(json.loads(str((await again.erase(scope)).certificate))["erased"])


def _stop_at(wanted: str) -> Any:
    def reached(point: str) -> None:
        if point == wanted:
            raise Stopped

    return reached


@ON_SQLITE
async def test_the_journal_comes_before_the_keys_and_the_keys_before_the_rows(office: Office) -> None:
    seen: dict[str, tuple[int, bool]] = {}

    def look(point: str) -> None:
        journalled = sum(1 for _ in office.journal.entries())
        seen[point] = (journalled, office.units.house.keys.is_erased(office.account_id))

    erasure_id = await office.plan()
    await replace(office, reached=look).go_on(erasure_id)
    assert list(seen) == list(POINTS)
    assert [seen[point] for point in ("ordered", "journalled", "keys")] == [
        (0, False),
        (1, False),
        (1, True),
    ]


@ON_SQLITE
@pytest.mark.parametrize(
    ("clock_", "after", "by"),
    [
        (ErasureClock.REQUEST, timedelta(0), timedelta(days=7)),
        (ErasureClock.CLOSURE, timedelta(days=45), timedelta(days=60)),
        (ErasureClock.PREVENTIVE_CLOSURE, timedelta(days=180), timedelta(days=195)),
        (ErasureClock.MINOR, timedelta(0), timedelta(days=7)),
    ],
)
@pytest.mark.rule("M119", "C2", "C24")
async def test_each_clock_begins_when_it_is_due_and_not_a_second_before(
    office: Office, clock_: ErasureClock, after: timedelta, by: timedelta
) -> None:
    erasure_id = await office.plan(clock_)
    row = await office.row(erasure_id)
    assert (row.due_at, row.overdue_at) == (START + after, START + by)
    if after:
        office.clock.set(START + after - SECOND)
        await office.runner.run_due()
        assert (await office.row(erasure_id)).status == "PLANNED"
    office.clock.set(START + after)
    await office.runner.run_due()
    assert (await office.row(erasure_id)).status == "NOTIFYING"
    await office.work_through()
    done = await office.row(erasure_id)
    assert done.status == "ERASED"
    assert done.live_erased_at is not None
    assert done.live_erased_at < done.overdue_at


@ON_SQLITE
async def test_of_two_clocks_the_earlier_counts(office: Office) -> None:
    first = await office.plan(ErasureClock.CLOSURE)
    assert await office.plan(ErasureClock.PREVENTIVE_CLOSURE) == first
    assert (await office.row(first)).due_at == START + timedelta(days=45)
    assert await office.plan(ErasureClock.REQUEST) == first
    assert (await office.row(first)).due_at == START


@ON_SQLITE
async def test_an_erasure_is_called_off_only_before_it_begins(office: Office) -> None:
    await office.plan(ErasureClock.CLOSURE)
    await office.do(lambda work: call_off_erasure(work, office.account_id))
    assert await office.read(lambda read: reads.erasure_of(read, office.account_id)) is None
    office.clock.advance(timedelta(days=61))
    await office.runner.run_due()
    assert await office.readable(office.account_id) != []
    await office.plan(ErasureClock.REQUEST)
    await office.runner.run_due()
    with pytest.raises(AccountStatusConflict):
        await office.do(lambda work: call_off_erasure(work, office.account_id))


@ON_SQLITE
@pytest.mark.rule("C30", "M125")
async def test_the_notice_leaves_before_the_address_is_shredded_or_its_time_is_over(office: Office) -> None:
    wait = ErasureTerms().notice_wait
    erasure_id = await office.plan()
    await office.runner.run_due()
    assert office.told == [erasure_id]
    office.clock.advance(wait - SECOND)
    await office.runner.run_due()
    assert (await office.row(erasure_id)).status == "NOTIFYING"
    assert "outbox_messages.address" in await office.readable(office.account_id)
    mine = update(OutboxMessage).where(OutboxMessage.account_id == office.account_id)
    settled = {"state": "DELIVERED", "address": None, "secrets": None}
    await office.do(lambda work: work.execute(mine.values(settled)))
    office.clock.advance(ErasureTerms().look_every)
    await office.runner.run_due()
    assert (await office.row(erasure_id)).status == "ERASED"


@ON_SQLITE
async def test_payments_in_flight_come_to_their_end_first_or_their_time_is_over(office: Office) -> None:
    mine = update(TopUp).where(TopUp.account_id == office.account_id)
    await office.do(lambda work: work.execute(mine.values(status="PROCESSING")))
    erasure_id = await office.plan()
    await office.work_through()
    assert (await office.row(erasure_id)).status == "SETTLING"
    begun = office.clock.now()
    office.clock.set(begun + ErasureTerms().settle_wait - SECOND)
    await office.runner.run_due()
    assert (await office.row(erasure_id)).status == "SETTLING"
    office.clock.advance(SECOND + ErasureTerms().look_every)
    await office.runner.run_due()
    assert (await office.row(erasure_id)).status == "ERASED"


@ON_SQLITE
@pytest.mark.rule("C23", "P033")
async def test_an_open_case_holds_an_erasure_but_not_that_of_a_minor(office: Office) -> None:
    held = reads.HoldSources({HoldGround.COMPLAINT: lambda _read, _account_id: True})
    office.units.house.terms.add(held)
    erasure_id = await office.plan()
    await office.runner.run_due()
    query = select(PrivacyRequest.status, PrivacyRequest.hold_ground).where(PrivacyRequest.kind == "ERASURE")
    assert (await office.row(erasure_id)).status == "PLANNED"
    assert await office.read(lambda read: read.rows(query)) == [("HELD", "COMPLAINT")]
    office.units.house.terms.add(reads.HoldSources())
    office.clock.advance(ErasureTerms().held_look_every)
    await office.work_through()
    assert (await office.row(erasure_id)).status == "ERASED"
    assert await office.read(lambda read: read.rows(query)) == [("FULFILLED", None)]
    office.units.house.terms.add(held)
    child = replace(office, account_id=office.neighbour)
    erasure_id = await child.plan(ErasureClock.MINOR)
    await child.work_through()
    assert (await child.row(erasure_id)).status == "ERASED"


@ON_SQLITE
async def test_an_erasure_of_many_rows_takes_many_transactions(office: Office) -> None:
    terms = office.units.house.terms
    terms.add(replace(terms.get(ErasureTerms), rows_at_once_max=7, batches_a_step_max=3))

    def events(work: Work) -> None:
        for _ in range(100):
            work.record(DomainEvent(office.account_id, "can_1"))

    await office.do(events)
    row = await office.erase(EVERYTHING)
    assert row.status == "ERASED"
    assert json.loads(str(row.certificate))["erased"]["activity"] > 100
    assert await office.rows_left(office.account_id, EVERYTHING) == {}


@ON_SQLITE
async def test_what_was_planned_for_the_account_is_forgotten(office: Office) -> None:
    planned = [("test.account", office.account_id), ("test.campaign", await _campaign(office))]
    for kind, subject in planned:
        due = {
            "id": f"due_{kind}",
            "kind": kind,
            "subject_id": subject,
            "due_at": START + timedelta(days=900),
        }
        await office.do(lambda work, due=due: work.execute(insert(DueWork).values(due)))  # type: ignore[misc]
    await office.erase(EVERYTHING)
    kinds = await office.read(lambda read: read.execute(select(DueWork.kind)).scalars().all())
    assert not {"test.account", "test.campaign"} & set(kinds)


async def _campaign(office: Office) -> str:
    table = Base.metadata.tables["campaigns"]
    query = select(table.c.id).where(table.c.account_id == office.account_id)
    return str(await office.read(lambda read: read.scalar(query)))


# ---- the certificate


@pytest.mark.rule("Q023")
async def test_a_certificate_says_what_went_and_what_stays_and_its_signature_outlives_its_key(
    office: Office,
) -> None:
    row = await office.erase(EXCEPT_BILLING)
    said = json.loads(str(row.certificate))
    assert said["account"] == subject_mark(office.account_id)
    assert office.account_id not in str(row.certificate)
    assert (said["scope"], said["policy"]["profile"]) == ("ALL_EXCEPT_BILLING", "mailpro")
    assert said["erased"].keys() == {"identification", "technical", "activity", "financial"}
    assert [kept["clause"] for kept in said["retained"]] == [
        "retain.audit",
        "retain.billing",
        "retain.incidents",
        "retain.registers",
    ]
    assert all(kept["until"].startswith("2036-03-02") and kept["why"] for kept in said["retained"])
    assert said["liveErasedAt"] < said["finalAt"]
    await rotate_signing(office.units)
    assert await office.read(lambda read: reads.is_genuine(read, str(row.certificate), row.signature or b""))
    forged = str(row.certificate).replace("ALL_EXCEPT_BILLING", "EVERYTHING")
    assert not await office.read(lambda read: reads.is_genuine(read, forged, row.signature or b""))


@ON_SQLITE
async def test_the_night_after_it_the_master_key_of_the_time_is_destroyed(office: Office) -> None:
    erasure_id = (await office.erase(EVERYTHING)).id
    keys = office.folder / "keys" / "master.key"
    assert list(json.loads(keys.read_text())["versions"]) == ["1"]
    office.clock.set(START.replace(hour=0, minute=0) + timedelta(days=1) - SECOND)
    await office.runner.run_due()
    assert (await office.row(erasure_id)).rewrapped_at is None
    office.clock.advance(SECOND)
    await office.runner.run_due()
    assert list(json.loads(keys.read_text())["versions"]) == ["2"]
    assert (await office.row(erasure_id)).rewrapped_at == office.clock.now()
    assert await office.readable(office.neighbour) != [], "the survivors can still be read"


# ---- declarations


def test_every_row_that_stays_names_nobody_who_goes() -> None:
    assert list(Declarations(HELD).faults()) == []


def test_what_stays_under_a_pseudonym_has_a_clause_with_an_end() -> None:
    kept = {held.retention for held in HELD if held.erasure == "keep_pseudonymous" and held.owner is not None}
    assert kept <= {"audit", "billing", "incidents", "registers"}


def test_a_row_of_nobody_is_a_fault() -> None:
    column = replace(HELD[0], owner=("nobody_id",))
    assert any("does not say whose a row is" in fault for fault in personal.faults([column]))
