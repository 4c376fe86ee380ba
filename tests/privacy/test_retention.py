"""What is over goes in time and not before, what is held stays, and every sweep leaves a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from server import duties
from server.accounts.actions.api_log import prune_api_log
from server.accounts.model import ApiUse
from server.accounts.rules.api_log import ApiLogTerms
from server.accounts.rules.lifecycle import add_months
from server.clocks import CLOCKS
from server.incidents.model import Incident, IncidentAccount, IncidentEntry
from server.kit.audit import AuditEntry
from server.kit.clock import ManualClock
from server.kit.due import DueRunner
from server.kit.personal import Declared
from server.kit.registry import Registry
from server.kit.retention import Hold, Holds, note
from server.kit.work import Call, Read, Units, Work
from server.operations.jobs import seal_audit, verify_audit
from server.policy.adapters.profiles import SHIPPED, load_profile
from server.policy.model import Consent, Disclosure, LegalityCheck
from server.privacy.actions.retention import begin_run, delete_flagged
from server.privacy.jobs import retention as jobs
from server.privacy.jobs.retention import plan, sweep
from server.privacy.reads import retention as reads
from server.privacy.reads.keys import read_back, written
from server.privacy.rules.retention import RetentionTerms
from server.terms import terms_of
from tests.staffed import Staff

ACCOUNT = "acc_lark"


@pytest.fixture
def terms() -> Registry:
    return terms_of(load_profile("mailpro"))


@dataclass
class Sweeping:
    """A database whose rows end, and the sweep."""

    units: Units
    clock: ManualClock

    async def do(self, action: Any) -> Any:
        return await self.units.run_unaudited(action)

    async def sweep(self) -> Mapping[tuple[str, str | None], Any]:
        """A whole sweep, now; what its report says of each table."""
        before = await self.runs()
        await sweep(self.units, "all")
        await DueRunner(self.units, jobs.handlers(), duties.TIMERS).run_due()
        (newest, *_rest) = await self.runs()
        assert len(await self.runs()) == len(before) + 1
        assert newest.ended_at == self.clock.now()
        found = await self.units.read(lambda read: reads.counts_of(read, [newest.id])[newest.id])
        return {(row.name, row.table): row for row in found}

    async def runs(self) -> list[Any]:
        return list(await self.units.read(lambda read: reads.runs(read, 100)))

    async def ids(self, model: Any) -> list[str]:
        return list(
            await self.units.read(
                lambda read: read.execute(select(model.id).order_by(model.id)).scalars().all()
            )
        )


@pytest.fixture
def sweeping(units: Units, clock: ManualClock) -> Sweeping:
    return Sweeping(units, clock)


def used(work: Work, ends: Mapping[str, datetime]) -> None:
    """Uses of a key at these instants, by id."""
    row = {"account_id": ACCOUNT, "key_id": "key_1", "channel": "HTTP", "fields": "viewer", "status": "OK"}
    work.connection.execute(insert(ApiUse), [{"id": name, "at": at, **row} for name, at in ends.items()])


def disclosed(
    work: Work, name: str, at: datetime, account_id: str = ACCOUNT, check: str | None = None
) -> None:
    sealed = work.seal(account_id, "content", "disclosures.recipient", "Carrier Example")
    work.execute(
        insert(Disclosure).values(
            id=name,
            account_id=account_id,
            ground="OPERATION",
            recipient_class="CARRIER",
            recipient=sealed,
            categories="technical",
            legality_check_id=check,
            disclosed_by="ses_1",
            disclosed_at=at,
        )
    )


SECOND = timedelta(seconds=1)


@pytest.mark.rule("B010")
async def test_a_row_goes_at_the_end_of_its_time_and_not_before(sweeping: Sweeping) -> None:
    ends = add_months(sweeping.clock.now(), -120)

    def disclose(work: Work) -> None:
        disclosed(work, "dsc_before", ends - SECOND)
        disclosed(work, "dsc_then", ends)
        disclosed(work, "dsc_after", ends + SECOND)

    await sweeping.do(disclose)
    report = await sweeping.sweep()
    count = report["registers", "disclosures"]
    assert (count.flagged, count.held, count.deleted, count.batches) == (2, 0, 2, 1)
    assert await sweeping.ids(Disclosure) == ["dsc_after"]
    sweeping.clock.advance(SECOND)
    await sweeping.sweep()
    assert await sweeping.ids(Disclosure) == []


async def test_what_a_later_row_stands_on_stays(sweeping: Sweeping) -> None:
    old = add_months(sweeping.clock.now(), -121)

    def disclose(work: Work) -> None:
        for name in ("lgc_1", "lgc_2"):
            sealed = work.seal(ACCOUNT, "content", "legality_checks.reference", "Case 7")
            row = {"account_id": ACCOUNT, "reference": sealed, "lawful": True, "checked_by": "ses_1"}
            work.execute(insert(LegalityCheck).values(id=name, checked_at=old, **row))
        disclosed(work, "dsc_1", work.now, check="lgc_1")
        disclosed(work, "dsc_2", old, check="lgc_2")

    await sweeping.do(disclose)
    await sweeping.sweep()
    assert await sweeping.ids(LegalityCheck) == ["lgc_1"]
    assert await sweeping.ids(Disclosure) == ["dsc_1"]


async def test_an_incident_goes_with_what_was_done_about_it_and_an_open_one_stays(sweeping: Sweeping) -> None:
    ends = add_months(sweeping.clock.now(), -120)

    def open_three(work: Work) -> None:
        for name, opened_at, closed_at in (
            ("inc_over", ends, work.now),
            ("inc_young", ends + SECOND, work.now),
            ("inc_open", ends - SECOND, None),
        ):
            instants = dict.fromkeys(("known_at", "due_at", "opened_at", "updated_at"), opened_at)
            row = {"kind": "LOSS", "source": "STAFF", "status": "REPORTED", "entries": 1, **instants}
            work.execute(insert(Incident).values(id=name, criterion_number=0, closed_at=closed_at, **row))
            theirs = {"incident_id": name, "account_id": ACCOUNT, "status": "WAITING", "added_at": opened_at}
            work.execute(insert(IncidentAccount).values(**theirs))
            entry = {"incident_id": name, "number": 1, "kind": "NOTE", "written_at": opened_at}
            work.execute(insert(IncidentEntry).values(**entry))

    await sweeping.do(open_three)
    report = await sweeping.sweep()
    tables = ("incident_entries", "incident_accounts", "incidents")
    assert [report["incidents", table].deleted for table in tables] == [1, 1, 1]
    assert await sweeping.ids(Incident) == ["inc_open", "inc_young"]


async def test_an_open_case_holds_what_it_needs_and_nothing_else(sweeping: Sweeping) -> None:
    old = add_months(sweeping.clock.now(), -121)
    waiting = select(Consent.account_id).where(Consent.purpose == "case", Consent.withdrawn_at.is_(None))
    registry = sweeping.units.house.terms
    registry.add(Holds((Hold(lambda: waiting, frozenset({"registers"})),)))

    def disclose(work: Work) -> None:
        case = {"account_id": ACCOUNT, "purpose": "case", "policy_version": "1", "given_at": work.now}
        work.execute(insert(Consent).values(id="cns_1", **case))
        disclosed(work, "dsc_held", old)
        disclosed(work, "dsc_other", old, "acc_wren")

    await sweeping.do(disclose)
    report = await sweeping.sweep()
    count = report["registers", "disclosures"]
    assert (count.flagged, count.held, count.deleted) == (1, 1, 1)
    assert await sweeping.ids(Disclosure) == ["dsc_held"]
    assert await sweeping.units.read(lambda read: read.terms(Holds).holds(read, "registers", ACCOUNT))
    assert not await sweeping.units.read(lambda read: read.terms(Holds).holds(read, "sessions", ACCOUNT))
    await sweeping.do(lambda work: work.execute(update(Consent).values(withdrawn_at=work.now)))
    assert (await sweeping.sweep())["registers", "disclosures"].deleted == 1


async def test_what_changed_since_it_was_flagged_stays(sweeping: Sweeping) -> None:
    old = add_months(sweeping.clock.now(), -121)

    def disclose(work: Work) -> None:
        disclosed(work, "dsc_1", old)
        disclosed(work, "dsc_2", old)

    await sweeping.do(disclose)
    clocks = await sweeping.units.read(reads.swept)
    run_id = await sweeping.do(lambda work: begin_run(work, [(clock, (1, 0)) for clock in clocks]))
    while (batch := await sweeping.units.read(lambda read: reads.next_batch(read, run_id))) is not None:
        if batch.at.table == "disclosures":
            assert len(batch.keys) == 2
            moved = (
                update(Disclosure).where(Disclosure.id == "dsc_2").values(disclosed_at=sweeping.clock.now())
            )
            await sweeping.do(lambda work, moved=moved: work.execute(moved))
        await sweeping.do(partial(delete_flagged, batch=batch))
    assert await sweeping.ids(Disclosure) == ["dsc_2"]


async def test_a_sweep_goes_on_where_it_stopped(sweeping: Sweeping) -> None:
    old = add_months(sweeping.clock.now(), -121)
    registry = sweeping.units.house.terms
    registry.add(replace(registry.get(RetentionTerms), rows_a_batch=3, batches_a_step=2))

    def disclose(work: Work) -> None:
        for number in range(10):
            disclosed(work, f"dsc_{number}", old)

    await sweeping.do(disclose)
    await sweep(sweeping.units, "all")  # and no more: as after a crash
    assert len(await sweeping.ids(Disclosure)) in range(4, 11)
    await DueRunner(sweeping.units, jobs.handlers(), duties.TIMERS).run_due()
    (run,) = await sweeping.runs()
    counts = await sweeping.units.read(lambda read: reads.counts_of(read, [run.id])[run.id])
    (count,) = [one for one in counts if one.table == "disclosures"]
    assert (count.flagged, count.deleted, count.batches) == (10, 10, 4)
    assert await sweeping.ids(Disclosure) == []


@pytest.mark.rule("H005", "M140")
async def test_what_slices_delete_themselves_is_in_the_report_and_the_audit(sweeping: Sweeping) -> None:
    kept = sweeping.units.house.terms.get(ApiLogTerms).kept
    now = sweeping.clock.now()
    await sweeping.do(lambda work: used(work, {"use_1": now - kept, "use_2": now - kept + SECOND}))
    await sweeping.do(prune_api_log)
    await sweeping.do(lambda work: note(work, "statistics", 2))
    report = await sweeping.sweep()
    assert report["api_log", None].deleted == 1
    assert report["statistics", None].deleted == 2
    assert ("api_log", None) not in await sweeping.sweep()  # each row is in one report
    said = select(AuditEntry.fields, AuditEntry.subjects).where(AuditEntry.action == "privacy.retention")
    first, *_ = await sweeping.units.read(lambda read: read.rows(said.order_by(AuditEntry.id)))
    (newest, oldest) = await sweeping.runs()
    assert first.subjects == oldest.id
    assert newest.id > oldest.id


async def test_the_preview_says_what_will_go(sweeping: Sweeping) -> None:
    now = sweeping.clock.now()
    await sweeping.do(lambda work: used(work, {"use_1": now, "use_2": now + SECOND}))
    kept = sweeping.units.house.terms.get(ApiLogTerms).kept

    def rows(read: Read, at: datetime) -> int:
        (found,) = [one for one in reads.preview(read, at) if one.table == "api_uses"]
        assert found.by_step == "accounts.api_log"
        return found.rows

    for at, expected in ((now + kept - SECOND, 0), (now + kept, 1), (now + kept + SECOND, 2)):
        assert await sweeping.units.read(partial(rows, at=at)) == expected


@pytest.mark.rule("H015")
async def test_old_audit_entries_go_and_the_log_is_intact(sweeping: Sweeping, tmp_path: Any) -> None:
    seals = tmp_path / "seals"
    for _ in range(3):
        await sweeping.units.run(Call("test"), lambda work: None)
    await seal_audit(sweeping.units, seals)
    sealed_at = sweeping.clock.now()
    sweeping.clock.set(add_months(sealed_at, 120) - SECOND)
    await sweeping.sweep()
    assert (await sweeping.units.read(lambda read: read.scalar(select(func.count(AuditEntry.seal))))) == 3
    sweeping.clock.set(add_months(sealed_at, 120))
    assert (await sweeping.sweep())["audit", "audit_entries"].deleted == 3
    report = await verify_audit(sweeping.units, seals)
    assert (report.faults, report.ended) == ([], 3)


async def test_the_sweep_is_planned_once_and_comes_back_after_a_day(sweeping: Sweeping) -> None:
    await sweeping.do(plan)
    await sweeping.do(plan)
    runner = DueRunner(sweeping.units, jobs.handlers(), duties.TIMERS)
    await runner.run_due()
    assert len(await sweeping.runs()) == 1
    sweeping.clock.advance(timedelta(days=1) - SECOND)
    await runner.run_due()
    assert len(await sweeping.runs()) == 1
    sweeping.clock.advance(SECOND)
    await runner.run_due()
    assert len(await sweeping.runs()) == 2


def test_every_retention_that_is_a_period_has_a_clock() -> None:
    """What has none goes with its account (relationship), with its wallet (billing), or as soon as it is judged."""
    declared = {held.retention for held in terms_of(load_profile("mailpro")).get(Declared).held}
    clocked = {clock.name for clock in CLOCKS.rows} | {step.name for step in CLOCKS.steps}
    for name in SHIPPED:
        kept = terms_of(load_profile(name)).get(RetentionTerms).kept
        assert declared & kept.keys() - clocked == {"billing", "age_evidence"}
        assert {clock.name for clock in CLOCKS.rows} <= kept.keys()


@pytest.mark.parametrize("key", [("a",), ("a", 7), (b"\x00\xff", "b", 3)])
def test_a_key_comes_back_as_it_was(key: tuple[Any, ...]) -> None:
    assert tuple(read_back(written(key))) == key


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_staff_sees_what_goes_and_what_went(staff: Staff) -> None:
    preview = "query($at: DateTime!) { retentionPreview(at: $at) { retention table rows held step } }"
    rows = await staff.ask("ADMIN", preview, at="2027-01-01T00:00:00Z")
    sessions = next(one for one in rows if one["table"] == "sessions")
    assert (sessions["retention"], sessions["step"], sessions["held"]) == ("sessions", None, "0")
    assert int(sessions["rows"]) > 0
    await sweep(staff.postmeter.units, "all")
    runs = """{ retentionRuns(first: 1) { edges { node { id startedAt endedAt counts { retention table flagged held
        deleted batches } } } } }"""
    ((run,),) = [(await staff.ask("ADMIN", runs))["edges"]]
    assert run["node"]["endedAt"] is not None
    assert {
        "retention": "sessions",
        "table": "sessions",
        "flagged": "0",
        "held": "0",
        "deleted": "0",
        "batches": 0,
    } in run["node"]["counts"]
    for query in (runs, preview):
        assert await staff.refused("CUSTOMER", query, at="2027-01-01T00:00:00Z") == "FORBIDDEN"
        assert await staff.refused("SUPPORT", query, at="2027-01-01T00:00:00Z") == "FORBIDDEN"
