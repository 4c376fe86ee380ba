"""An incident from the first report to its end: what it wants on the way, its clock to the second, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from server.accounts.actions.events import CompromiseReported
from server.accounts.model import Account, AuthorityEpoch, Person, Session
from server.incidents import reads
from server.incidents.actions.deciding import advance, note
from server.incidents.actions.opening import open_reported
from server.incidents.actions.scoping import name_accounts, scan
from server.incidents.actions.telling import tell
from server.incidents.model import Incident, IncidentAccount, IncidentEntry
from server.incidents.rules.lifecycle import (
    Criteria,
    Criterion,
    EntryKind,
    Exemption,
    IncidentKind,
    IncidentStatus,
    IncidentTerms,
    Risk,
)
from server.incidents.rules.refusals import (
    IncidentAccountTold,
    IncidentAccountUnknown,
    IncidentAuthorityNotified,
    IncidentDecisionFinal,
    IncidentDelayUnexplained,
    IncidentEntryLimitReached,
    IncidentIncomplete,
    IncidentNotFound,
    IncidentSkipUnexplained,
    IncidentStatusConflict,
    IncidentTextInvalid,
)
from server.kit import metrics
from server.kit.clock import ManualClock
from server.kit.due import pauses
from server.kit.work import House
from tests.conftest import START
from tests.incidents.registering import MESSAGE, Register, close_account, register_of
from tests.kit.test_card_numbers import card_number

S = IncidentStatus
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
DUE = START + timedelta(hours=72)


@pytest.fixture
async def register(house: House, clock: ManualClock) -> Register:
    return await register_of(house, clock)


def overdue_so_far() -> float:
    return metrics.REGISTRY.get_sample_value("postmeter_incidents_overdue_total") or 0


@pytest.mark.rule("H021", "H022", "H023", "H024")
async def test_an_incident_goes_through_its_states_and_each_wants_what_the_policy_says(
    register: Register,
) -> None:
    incident = await register.open(account_ids=(register.account_id,))
    await register.move(incident, S.INVESTIGATING)
    await register.move(incident, S.ASSESSED)
    for attempt in (register.move(incident, S.MITIGATED), register.decide(incident)):
        with pytest.raises(IncidentIncomplete) as refused:
            await attempt
        assert refused.value.lacks == "ASSESSMENT"
    await register.assess(incident)
    with pytest.raises(IncidentSkipUnexplained):
        await register.move(incident, S.NOTIFIED)
    with pytest.raises(IncidentIncomplete) as refused:
        await register.move(incident, S.NOTIFIED, "It does no harm any more.")
    assert refused.value.lacks == "AUTHORITY_NOTICE DECISION"
    assert (await register.row(incident)).entries == 3, "a refusal writes nothing"
    await register.notify_authority(incident)
    with pytest.raises(IncidentTextInvalid):
        await register.do(note, incident, EntryKind.NOTE, f"Their card is {card_number('4', 16)}.")
    await register.decide(incident)
    with pytest.raises(IncidentIncomplete) as refused:
        await register.move(incident, S.NOTIFIED, "It does no harm any more.")
    assert refused.value.lacks == "CUSTOMERS_TOLD"
    await register.due()
    await register.move(incident, S.NOTIFIED, "It does no harm any more.")
    await register.move(incident, S.CORRECTED)
    with pytest.raises(IncidentIncomplete) as refused:
        await register.move(incident, S.CLOSED)
    assert refused.value.lacks == "CORRECTION"
    await register.correct(incident)
    closed = await register.move(incident, S.CLOSED)
    assert (closed.status, closed.queue_rank, closed.closed_at) == ("CLOSED", None, START)
    reached = [("REACHED", state.value) for state in (S.REPORTED, S.INVESTIGATING, S.ASSESSED)]
    later = [("REACHED", "NOTIFIED"), ("REACHED", "CORRECTED"), ("CORRECTION", None), ("REACHED", "CLOSED")]
    assert await register.entries(incident) == [*reached, ("SKIPPED", "MITIGATED"), *later]
    assert await register.red() == []
    for changing in (
        register.assess(incident),
        register.correct(incident),
        register.find(incident, Criteria(Criterion.EVERYONE)),
        register.do(name_accounts, incident, register.others, []),
        register.notify_authority(incident),
        register.decide(incident),
        register.move(incident, S.CLOSED),
    ):
        with pytest.raises(IncidentStatusConflict):
            await changing
    assert await register.row(incident) == closed, "a closed incident never changes"
    with pytest.raises(IncidentNotFound):
        await register.correct("inc_01j00000000000000000000000")


async def test_what_staff_write_is_sealed_under_a_key_of_the_incident(register: Register) -> None:
    incident = await register.open(account_ids=(register.account_id,), message_id="<1@example.com>")
    await register.assess(incident)
    await register.notify_authority(incident)
    row = await register.decide(incident)
    texts = {name: getattr(row, name) for name in ("summary", "consequences", "message", "authority")}
    assert all(text is not None and b"laptop" not in text for text in texts.values())
    opened = await register.post.units.read(lambda read: read.open("incidents.message", row.message or b""))
    assert opened == MESSAGE
    await register.post.units.run_unaudited(lambda work: work.keys.destroy(incident, ["content"]))
    gone = await register.post.units.read(lambda read: reads.incident(read, incident))
    assert gone is not None, "the row outlives its words"


@pytest.mark.rule("C26", "M103")
async def test_the_clock_runs_from_when_it_was_known_whatever_is_paused(register: Register) -> None:
    incident = await register.open()
    assert (await register.row(incident)).due_at == DUE
    counted = overdue_so_far()
    await register.post.units.run_unaudited(lambda work: pauses.begin(work, work.now, "A flood."))
    await register.due(DUE - 24 * HOUR - SECOND)
    assert (await register.row(incident)).reminded_at is None
    await register.due(DUE - 24 * HOUR)
    assert (await register.row(incident)).reminded_at == DUE - 24 * HOUR
    for instant in (DUE - SECOND, DUE):
        await register.due(instant)
        assert (await register.row(incident)).overdue_at is None, instant
        assert await register.red() == []
    await register.due(DUE + SECOND)
    overdue = await register.row(incident)
    assert overdue.overdue_at == DUE + SECOND
    assert overdue_so_far() == counted + 1
    assert await register.red() == ["authority_told_in_time"]
    assert await register.post.act(lambda work: advance(work, incident)) is False
    assert await register.row(incident) == overdue, "a step that runs again does nothing"
    assert await register.told_staff() == ["Opened", "Reminded", "Overdue"]
    staff = str(register.post.staff[0].account_id)
    assert await register.notices(staff) == ["incident_opened", "incident_reminder", "incident_overdue"]
    with pytest.raises(IncidentDelayUnexplained):
        await register.notify_authority(incident)
    late = await register.notify_authority(incident, delay_reason="We were flooded.")
    assert (late.authority_notified_at, late.overdue_at) == (DUE + SECOND, DUE + SECOND)
    assert await register.red() == []
    with pytest.raises(IncidentAuthorityNotified):
        await register.notify_authority(incident, delay_reason="Again.")


async def test_what_is_entered_late_is_late_and_what_is_no_risk_has_no_clock(register: Register) -> None:
    old = await register.open(known_at=START - timedelta(days=4))
    await register.due()
    assert (await register.row(old)).overdue_at == START
    harmless = await register.open()
    row = await register.assess(harmless, Risk.NONE, people=0)
    assert (row.queue_rank, row.categories) == (1, "")
    queue = await register.post.units.read(lambda read: reads.queue(read, 10))
    assert [each.id for each in queue] == [old, harmless]
    behind = (0, 0, "")
    assert len(await register.post.units.read(lambda read: reads.queue(read, 10, behind))) == 2
    await register.due(DUE + SECOND)
    assert (await register.row(harmless)).overdue_at is None
    await register.assess(harmless, Risk.RISK)
    await register.due(DUE + 2 * SECOND)
    assert (await register.row(harmless)).overdue_at == DUE + 2 * SECOND, "the clock never stood still"


@pytest.mark.rule("H023")
async def test_a_decision_has_a_reason_and_falls_with_a_worse_assessment(register: Register) -> None:
    incident = await register.open(account_ids=(register.account_id,))
    await register.assess(incident, Risk.NONE)
    silent = await register.decide(incident, notify=False)
    assert (silent.notify, silent.notify_reason is not None) == (False, True)
    await register.due()
    assert await register.affected(incident) == {register.account_id: "WAITING"}
    assert (await register.assess(incident, Risk.RISK)).notify is None
    exempt = await register.decide(incident, notify=False, exemption=Exemption.UNINTELLIGIBLE)
    same = await register.assess(incident, Risk.RISK, people=13)
    assert (same.notify, same.exemption) == (False, exempt.exemption)
    assert (await register.assess(incident, Risk.HIGH_RISK)).exemption is None
    with pytest.raises(IncidentTextInvalid):
        await register.decide(incident, message=" ")


@pytest.mark.rule("H023")
async def test_the_affected_are_found_and_told_some_at_a_time_and_once(register: Register) -> None:
    terms = register.post.units.house.terms
    terms.add(replace(terms.get(IncidentTerms), accounts_a_step=2))
    first, second = register.others
    incident = await register.open(account_ids=(second,))
    await register.assess(incident)
    await register.find(incident, Criteria(Criterion.SIGNED_IN, since=START - HOUR, until=START))
    await register.due()
    assert await register.affected(incident) == {second: "WAITING"}, "nobody signed in before"
    register.clock.advance(SECOND)
    await close_account(register, first)
    await register.find(incident, Criteria(Criterion.EVERYONE))
    await register.decide(incident)
    await register.due()
    told = dict.fromkeys(sorted([register.account_id, first, second]), "TOLD")
    assert await register.affected(incident) == told
    row = await register.row(incident)
    assert (row.scanned_at, row.told_at) == (START + SECOND, START + SECOND)
    assert [await register.notices(each) for each in told] == [["incident_affects_you"]] * 3
    letters = [kind for kind, _ in await register.post.letters() if kind == "incident_affects_you"]
    assert len(letters) == 1, "of those who have an address"
    with pytest.raises(IncidentAccountTold):
        await register.do(name_accounts, incident, [], [first])
    with pytest.raises(IncidentDecisionFinal):
        await register.decide(incident, notify=False)
    again = await register.find(incident, Criteria(Criterion.HELD, "identification"))
    assert again.told_at is None
    await register.due()
    await register.post.act(lambda work: scan(work, incident))
    await register.post.act(lambda work: tell(work, incident))
    assert await register.affected(incident) == told
    assert (await register.row(incident)).told_at == START + SECOND
    assert await register.notices(first) == ["incident_affects_you"], "nobody is told twice"
    mine = await register.post.units.read(lambda read: reads.told_of_account(read, first, 10))
    assert [(each.id, each.told_at) for each in mine] == [(incident, START + SECOND)]


async def test_another_criterion_takes_the_place_of_the_one_before(register: Register) -> None:
    first, second = register.others
    incident = await register.open(account_ids=(second,))
    await register.find(incident, Criteria(Criterion.EVERYONE))
    await register.due()
    assert set(await register.affected(incident)) == {register.account_id, first, second}
    await register.find(incident, Criteria(Criterion.HELD, "financial"))
    await register.due()
    assert set(await register.affected(incident)) == {register.account_id, second}, "it has a wallet"
    await register.do(name_accounts, incident, [first], [])
    await register.find(incident, None)
    with pytest.raises(IncidentIncomplete) as refused:
        await register.move(incident, S.MITIGATED, "It is done.")
    assert refused.value.lacks == "ASSESSMENT SCAN"
    await register.due()
    assert set(await register.affected(incident)) == {first, second}, "the named stay"
    await register.do(name_accounts, incident, [], [first])
    assert set(await register.affected(incident)) == {second}
    with pytest.raises(IncidentAccountUnknown):
        await register.do(name_accounts, incident, [str(register.post.staff[0].account_id)], [])


async def test_who_is_erased_before_is_not_told_and_holds_nothing_up(register: Register) -> None:
    gone, _ = register.others
    incident = await register.open(account_ids=(gone, register.account_id))
    await register.assess(incident)

    def erase(work: Any) -> None:
        for table in (Session, Person, AuthorityEpoch):
            work.execute(delete(table).where(table.account_id == gone))
        work.execute(delete(Account).where(Account.id == gone))

    await register.post.units.run_unaudited(erase)
    await register.decide(incident)
    await register.due()
    assert await register.affected(incident) == {gone: "GONE", register.account_id: "TOLD"}
    assert (await register.row(incident)).told_at == START


@pytest.mark.rule("P047")
async def test_a_report_opens_one_incident_with_its_account_in_scope(register: Register) -> None:
    report = "srp_01j00000000000000000000000"
    event = CompromiseReported(register.account_id, report, IncidentKind.MISUSE.value)
    await register.post.act(lambda work: work.record(event))
    (row,) = await register.post.units.read(lambda read: reads.newest(read, 10))
    assert (row.kind, row.source, row.report_id, row.known_at) == ("MISUSE", "REPORT", report, START)
    assert await register.affected(row.id) == {register.account_id: "WAITING"}
    again = await register.post.act(
        lambda work: open_reported(work, register.account_id, report, IncidentKind.MISUSE)
    )
    assert again == row.id
    assert await register.told_staff() == ["Opened"]
    assert row.summary is None, "what the customer said stays with the report"


@pytest.mark.rule("C23")
async def test_an_erasure_waits_until_the_account_is_told_and_no_longer_than_the_clock(
    register: Register,
) -> None:
    async def held(account_id: str) -> bool:
        return await register.post.units.read(lambda read: reads.holds_erasure(read, account_id))

    first, second = register.others
    incident = await register.open(account_ids=(first, second))
    assert [await held(each) for each in (register.account_id, first)] == [False, True]
    await register.assess(incident)
    exempt = await register.open(account_ids=(first,))
    await register.assess(exempt)
    await register.decide(exempt, notify=False, exemption=Exemption.RISK_AVERTED)
    register.clock.set(DUE - SECOND)
    assert await held(first)
    register.clock.set(DUE)
    assert not await held(first), "from then on it is overdue, and holds nobody's erasure"
    register.clock.set(DUE - SECOND)
    await register.decide(incident)
    await register.due()
    assert not await held(first), "it was told"


async def test_entries_have_a_limit_that_leaves_room_for_the_states(register: Register) -> None:
    terms = register.post.units.house.terms
    terms.add(replace(terms.get(IncidentTerms), entries_max=9))
    incident = await register.open()
    await register.correct(incident)
    with pytest.raises(IncidentEntryLimitReached) as refused:
        await register.correct(incident)
    assert refused.value.limit == 2
    await register.assess(incident, Risk.NONE, people=0)
    await register.decide(incident, notify=False)
    closed = await register.move(incident, S.CLOSED, "It was a false alarm.")
    assert closed.entries == 8
    assert await register.red() == []
    rows = await register.post.units.read(
        lambda read: [len(read.rows(select(each))) for each in (Incident, IncidentAccount, IncidentEntry)]
    )
    assert rows == [1, 0, 8]
