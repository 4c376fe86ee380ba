"""A complaint from its report to its end: 48 hours to the second, whatever races, and what is forfeited and given
back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.accounts.actions import reinstate_account, suspend_account
from server.accounts.model import PublicCall
from server.accounts.reads.lifecycle import closure
from server.accounts.rules import Terms as AccountTerms
from server.campaigns.actions.complaints import LAPSE, Said, classify_complaint, open_complaint, report_abuse
from server.campaigns.actions.complaints_deciding import appeal_complaint
from server.campaigns.actions.complaints_proof import lapse
from server.campaigns.actions.complaints_rate import JUDGE_RATE, judge_rate, note_complaint
from server.campaigns.actions.launching import check_may_launch
from server.campaigns.actions.recording import record_events
from server.campaigns.model import ComplaintDecision, ComplaintEvidence, ComplaintReport
from server.campaigns.reads.complaints import CaseRow, ComplaintCounts
from server.campaigns.rules import CampaignNotFound
from server.campaigns.rules.complaints import ComplaintCategory, ComplaintTerms, Finding, RejectionReason
from server.campaigns.rules.complaints_refusals import (
    AbuseReportLimitReached,
    ComplaintAppealRefused,
    ComplaintAppealTooLate,
    ComplaintDecidedBefore,
    ComplaintNotFound,
    ComplaintOpen,
    ComplaintProofTooLate,
    ComplaintStatusConflict,
)
from server.campaigns.rules.events import EventKind, MessageEvent
from server.kit.clock import ManualClock
from server.kit.due import DueWork, pauses
from server.kit.work import House
from tests.campaigns.complaining import CONSENT, SPAM, Desk, desk_of, exists, launched

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
PROOF = timedelta(hours=48)
SAID = Said("reader@example.com", "I never asked for this.")
FORFEITED = [("EMAIL", "FORFEITED", -5_000, "FORFEITS"), ("EUR", "FORFEITED", -20_00, "FORFEITS")]
RETURNED = [("EMAIL", "FORFEIT_RETURNED", 5_000, "FORFEITS"), ("EUR", "FORFEIT_RETURNED", 20_00, "FORFEITS")]


@pytest.fixture
async def desk(house: House, clock: ManualClock) -> Desk:
    return await desk_of(house, clock)


async def appeal(desk: Desk, case_id: str, code: str | None = None) -> CaseRow:
    given = await desk.code(case_id) if code is None else code
    return await desk.act(lambda work: appeal_complaint(work, case_id, given, "It was another sender."))


# ---- the clock


@pytest.mark.rule("M022", "M024", "M026")
async def test_without_a_proof_the_account_closes_at_48_hours_to_the_second(desk: Desk) -> None:
    asked_at = desk.clock.now()
    row = await desk.complain(said=SAID)
    assert (row.campaign_id, row.status) == (desk.campaign_id, "AWAITING_PROOF")
    assert await desk.at(asked_at + PROOF - SECOND) == "ACTIVE"
    assert (await desk.case(row.id)).status == "AWAITING_PROOF"
    assert await desk.at(asked_at + PROOF) == "CLOSED"
    ended = await desk.case(row.id)
    assert (ended.status, ended.ended_at, ended.closed_account) == ("LAPSED", asked_at + PROOF, True)
    assert await desk.postings() == FORFEITED, "nothing goes silently, and nothing is refunded"
    assert await desk.intact()
    assert await desk.told() == ["Opened", "Lapsed"]
    assert await desk.campaign_status() == "CANCELLED"
    assert await desk.notices() == [
        "campaign_paused",
        "complaint_opened",
        "complaint_closed",
        "account_closed",
    ]
    await desk.act(lambda work: lapse(work, row.id))
    assert await desk.postings() == FORFEITED, "a step that runs again does nothing"


@pytest.mark.rule("M024")
async def test_a_proof_a_second_before_the_end_stops_the_clock_for_good(desk: Desk) -> None:
    asked_at = desk.clock.now()
    row = await desk.complain()
    desk.clock.set(asked_at + PROOF - SECOND)
    submitted = await desk.prove(row.id)
    assert (submitted.status, submitted.submitted_at) == ("PROOF_SUBMITTED", desk.clock.now())
    assert await desk.at(asked_at + PROOF + SECOND) == "ACTIVE"
    assert await desk.at(asked_at + 100 * PROOF) == "ACTIVE"
    assert (await desk.case(row.id)).status == "PROOF_SUBMITTED"
    with pytest.raises(ComplaintStatusConflict):
        await desk.prove(row.id)


@pytest.mark.rule("M024")
@pytest.mark.parametrize("late", [timedelta(0), SECOND])
async def test_a_proof_at_the_end_or_behind_it_is_too_late(desk: Desk, late: timedelta) -> None:
    due_at = desk.clock.now() + PROOF
    row = await desk.complain()
    desk.clock.set(due_at + late)
    with pytest.raises(ComplaintProofTooLate) as refused:  # although no step closed the account yet
        await desk.prove(row.id)
    assert refused.value.due_at == due_at.isoformat()
    assert await desk.at(desk.clock.now()) == "CLOSED"


@pytest.mark.rule("M024")
@pytest.mark.parametrize(
    ("before_the_end", "winner"), [(SECOND, "PROOF_SUBMITTED"), (timedelta(0), "LAPSED")]
)
async def test_of_proofs_and_closings_that_race_only_one_wins(
    desk: Desk, before_the_end: timedelta, winner: str
) -> None:
    due_at = desk.clock.now() + PROOF
    row = await desk.complain()
    desk.clock.set(due_at - before_the_end)
    closings = [desk.act(lambda work: lapse(work, row.id)) for _ in range(3)]
    proofs = [desk.prove(row.id) for _ in range(3)]
    outcomes = await asyncio.gather(proofs[0], *closings, *proofs[1:], return_exceptions=True)
    in_time = winner == "PROOF_SUBMITTED"
    assert len([one for one in outcomes if isinstance(one, CaseRow)]) == (1 if in_time else 0)
    refused = {type(one) for one in outcomes if isinstance(one, Exception)}
    assert refused <= {ComplaintStatusConflict, ComplaintProofTooLate}
    assert (await desk.case(row.id)).status == winner
    assert await desk.status() == ("ACTIVE" if in_time else "CLOSED")
    assert await desk.postings() == ([] if in_time else FORFEITED)


@pytest.mark.rule("M024", "M103")
async def test_a_pause_moves_the_end(desk: Desk) -> None:
    asked_at = desk.clock.now()
    row = await desk.complain()
    desk.clock.set(asked_at + 47 * HOUR)
    await desk.act(lambda work: pauses.begin(work, work.now, "The data centre is flooded."))
    assert await desk.at(asked_at + 60 * HOUR) == "ACTIVE"
    contractual = desk.runner.timers.contractual
    assert LAPSE in contractual
    await desk.act(lambda work: pauses.end(work, contractual))
    due_at = asked_at + 61 * HOUR
    assert await desk.at(due_at - SECOND) == "ACTIVE"
    assert await desk.at(due_at) == "CLOSED"
    assert (await desk.case(row.id)).ended_at == due_at


# ---- what stands still meanwhile


@pytest.mark.rule("M024")
async def test_while_a_complaint_is_open_nothing_is_sent_or_launched(desk: Desk) -> None:
    await desk.act(lambda work: check_may_launch(work, desk.account_id))
    due_at = desk.clock.now() + PROOF
    row = await desk.complain()
    assert await desk.campaign_status() == "PAUSED"
    for deadline in (due_at.isoformat(), None):
        with pytest.raises(ComplaintOpen) as refused:
            await desk.act(lambda work: check_may_launch(work, desk.account_id))
        assert (refused.value.case_id, refused.value.due_at) == (row.id, deadline)
        if deadline is not None:
            await desk.prove(row.id)
    await desk.decide(row.id)
    await desk.act(lambda work: check_may_launch(work, desk.account_id))
    assert await desk.campaign_status() == "PAUSED", "the customer resumes it"


@pytest.mark.rule("M015")
@pytest.mark.parametrize("finding", [Finding(True, False), Finding(False, True), Finding(False, False)])
async def test_what_is_not_both_closes_nothing(desk: Desk, finding: Finding) -> None:
    row = await desk.complain(finding)
    assert (row.status, row.unsolicited, row.bulk) == ("NOT_SPAM", finding.unsolicited, finding.bulk)
    assert await desk.at(desk.clock.now() + 2 * PROOF) == "ACTIVE"
    assert await desk.campaign_status() == "SENDING"
    assert (await desk.told(), await desk.notices(), await desk.open_cases()) == (["Dismissed"], [], [])


# ---- reports


@pytest.mark.rule("M015", "M016", "M022")
async def test_a_public_report_waits_until_somebody_looks(desk: Desk) -> None:
    async def report(
        said: Said = SAID, category: Any = ComplaintCategory.SPAM, address: str = "192.0.2.1"
    ) -> str:
        return await desk.act(lambda work: report_abuse(work, desk.campaign_id, category, said, address))

    receipts = [await report(), await report(Said(None, None))]
    assert len(set(receipts)) == 2
    (case_id,) = await desk.open_cases()
    row = await desk.case(case_id)
    assert (row.status, row.reports, row.source) == ("RECEIVED", 2, "REPORT")
    assert not await desk.units.read(lambda read: exists(read, case_id)), "anybody can report anything"
    assert await desk.at(desk.clock.now() + 2 * PROOF) == "ACTIVE"
    assert await desk.campaign_status() == "SENDING"
    await report(category=ComplaintCategory.CONTENT)
    assert len(await desk.open_cases()) == 2, "another category is another complaint"
    asked = await desk.act(lambda work: classify_complaint(work, case_id, SPAM), desk.staff[0])
    assert asked.status == "AWAITING_PROOF"
    assert await desk.units.read(lambda read: exists(read, case_id))
    with pytest.raises(ComplaintStatusConflict):
        await desk.act(lambda work: classify_complaint(work, case_id, SPAM), desk.staff[0])


async def test_reports_are_limited_and_forget_where_they_came_from(desk: Desk, house: House) -> None:
    house.terms.add(replace(ComplaintTerms(), reports_per_address_max=2, reports_per_case_max=2))

    async def report(address: str) -> str:
        spam = ComplaintCategory.SPAM
        return await desk.act(lambda work: report_abuse(work, desk.campaign_id, spam, SAID, address))

    for _ in range(2):
        await report("192.0.2.1")
    with pytest.raises(AbuseReportLimitReached):
        await report("192.0.2.1")
    await report("192.0.2.2")
    (case_id,) = await desk.open_cases()
    assert (await desk.case(case_id)).reports == 3
    rows = await desk.units.read(lambda read: read.rows(select(ComplaintReport.complainant)))
    assert len(rows) == 2, "the third is counted and not kept"
    assert all(b"example" not in row.complainant for row in rows)
    desk.clock.advance(HOUR)
    await report("192.0.2.1")
    left = await desk.units.read(lambda read: read.rows(select(PublicCall.made_at)))
    assert [row.made_at for row in left] == [desk.clock.now()], "older calls are forgotten"
    spam = ComplaintCategory.SPAM
    for campaign_id in ("cmp_1", "nothing\x00"):
        with pytest.raises(CampaignNotFound):
            await desk.act(lambda work: report_abuse(work, campaign_id, spam, SAID, "192.0.2.9"))  # noqa: B023


# ---- the proof and what is decided


@pytest.mark.rule("M023", "M025")
async def test_a_proof_is_kept_sealed_and_only_its_account_submits_it(desk: Desk) -> None:
    row = await desk.complain()
    mine, desk.account_id = desk.account_id, "acc_other"
    with pytest.raises(ComplaintNotFound):
        await desk.prove(row.id)
    desk.account_id = mine
    await desk.prove(row.id)
    (kept,) = await desk.units.read(lambda read: read.rows(select(ComplaintEvidence.__table__)))
    assert (kept.kind, kept.case_id) == (CONSENT[0].kind.value, row.id)
    assert b"ticked" not in kept.text
    facts = await desk.decide(row.id)
    assert facts == {"case_id": row.id, "account_closed": False, "account_reopened": False}
    assert (await desk.case(row.id)).status == "ACCEPTED"
    (decision,) = await desk.units.read(lambda read: read.rows(select(ComplaintDecision.__table__)))
    assert (decision.stage, decision.accepted, decision.credential_id) == (
        "PROOF",
        True,
        desk.staff[0].credential_id,
    )
    assert decision.decided_by.startswith("per_")
    assert await desk.open_cases() == []
    assert "complaint_accepted" in await desk.notices()
    with pytest.raises(ComplaintStatusConflict):
        await desk.decide(row.id)


@pytest.mark.rule("M025", "M026")
async def test_a_rejected_proof_closes_the_account_by_a_recorded_decision(desk: Desk) -> None:
    row = await desk.complain()
    with pytest.raises(ComplaintStatusConflict):
        await desk.decide(row.id, RejectionReason.LIST_NOT_OWN)
    await desk.prove(row.id)
    facts = await desk.decide(row.id, RejectionReason.LIST_NOT_OWN)
    assert facts["account_closed"] is True
    assert (await desk.status(), (await desk.case(row.id)).status) == ("CLOSED", "REJECTED")
    assert await desk.postings() == FORFEITED
    (decision,) = await desk.units.read(lambda read: read.rows(select(ComplaintDecision.__table__)))
    assert (decision.accepted, decision.reason_code) == (False, "LIST_NOT_OWN")


@pytest.mark.rule("C24")
async def test_a_preventive_closing_has_an_erase_clock_of_its_own(desk: Desk, house: House) -> None:
    assert await desk.units.read(lambda read: closure(read, desk.account_id)) is None
    row = await desk.complain()
    closed_at = desk.clock.now() + PROOF
    await desk.at(closed_at)
    found = await desk.units.read(lambda read: closure(read, desk.account_id))
    assert found is not None
    erase_at = closed_at + house.terms.get(AccountTerms).preventive_erase_after
    assert (found.closing, found.closed_at, found.erase_at) == ("PREVENTIVE", closed_at, erase_at)
    assert (await desk.case(row.id)).ended_at == closed_at


# ---- appeals


@pytest.mark.rule("M026")
async def test_an_appeal_that_convinces_somebody_else_gives_everything_back(desk: Desk) -> None:
    row = await desk.complain()
    await desk.prove(row.id)
    await desk.decide(row.id, RejectionReason.CONSENT_NOT_SHOWN)
    with pytest.raises(ComplaintAppealRefused):
        await appeal(desk, row.id, "0" * 32)
    with pytest.raises(ComplaintAppealRefused):
        await appeal(desk, "cpl_1", "0" * 32)
    assert (await appeal(desk, row.id)).status == "APPEALED"
    with pytest.raises(ComplaintStatusConflict):
        await appeal(desk, row.id)
    with pytest.raises(ComplaintDecidedBefore):
        await desk.decide(row.id)
    facts = await desk.decide(row.id, who=1)
    assert facts["account_reopened"] is True
    assert (await desk.status(), (await desk.case(row.id)).status) == ("ACTIVE", "OVERTURNED")
    assert await desk.postings() == [
        posting for pair in zip(FORFEITED, RETURNED, strict=True) for posting in pair
    ]
    assert await desk.intact()
    assert await desk.told() == ["Opened", "ProofSubmitted", "Rejected", "Appealed", "Overturned"]
    assert await desk.units.read(lambda read: closure(read, desk.account_id)) is None
    assert await desk.open_cases() == []


async def test_an_appeal_that_does_not_convince_changes_nothing(desk: Desk) -> None:
    row = await desk.complain()
    await desk.at(desk.clock.now() + PROOF)
    await appeal(desk, row.id)
    facts = await desk.decide(row.id, RejectionReason.NOTHING_NEW)
    assert (facts["account_closed"], facts["account_reopened"]) == (False, False)
    assert (await desk.status(), (await desk.case(row.id)).status) == ("CLOSED", "UPHELD")
    assert await desk.postings() == FORFEITED


@pytest.mark.rule("C23")
async def test_an_erasure_waits_for_a_complaint_until_nobody_can_appeal_any_more(desk: Desk) -> None:
    row = await desk.complain()
    ended_at = desk.clock.now() + PROOF
    assert await desk.open_cases() == [row.id]
    await desk.at(ended_at)
    last = ended_at + timedelta(days=30)
    desk.clock.set(last - SECOND)
    assert await desk.open_cases() == [row.id]
    for instant in (last, last + SECOND):
        desk.clock.set(instant)
        assert await desk.open_cases() == []
        with pytest.raises(ComplaintAppealTooLate) as refused:
            await appeal(desk, row.id)
        assert refused.value.due_at == last.isoformat()


async def test_another_complaint_keeps_the_account_closed(desk: Desk) -> None:
    first = await desk.complain()
    await desk.act(lambda work: launched(work, desk.account_id))
    desk.clock.advance(HOUR)
    second = await desk.complain()
    await desk.at(desk.clock.now() + PROOF)
    assert [(await desk.case(row.id)).closed_account for row in (first, second)] == [True, False]
    for row, reopened in ((first, False), (second, True)):
        await appeal(desk, row.id)
        facts = await desk.decide(row.id)
        assert facts["account_reopened"] is reopened
    assert await desk.status() == "ACTIVE"
    assert await desk.intact()


# ---- the rate


@pytest.mark.parametrize(
    ("counts", "opens", "warned"),
    [((299, 100_000), False, 1), ((300, 100_000), True, 0), ((79, 100_000), False, 0), ((9, 199), False, 0)],
)
async def test_many_complaints_open_a_case_by_themselves(
    desk: Desk, house: House, counts: tuple[int, int], opens: bool, warned: int
) -> None:
    asked: list[datetime] = []

    def count(_read: Any, account_id: str, since: datetime) -> tuple[int, int]:
        assert account_id == desk.account_id
        asked.append(since)
        return counts

    house.terms.add(ComplaintCounts(count))
    for _ in range(3):
        await desk.act(lambda work: note_complaint(work, desk.account_id))
    plan = select(DueWork.due_at).where(DueWork.kind == JUDGE_RATE)
    assert await desk.units.read(lambda read: list(read.execute(plan).scalars())) == [
        desk.clock.now() + timedelta(minutes=1)
    ]
    desk.clock.advance(timedelta(minutes=1))
    for _ in range(2):  # what is judged again is not told again
        await desk.runner.run_due()
        await desk.act(lambda work: judge_rate(work, desk.account_id))
    assert set(asked) == {desk.clock.now() - timedelta(days=7)}
    cases = [await desk.case(case_id) for case_id in await desk.open_cases()]
    assert [(row.source, row.status, row.unsolicited, row.bulk) for row in cases] == (
        [("AUTOMATIC", "AWAITING_PROOF", True, True)] if opens else []
    )
    assert (await desk.notices()).count("complaint_rate_warning") == warned
    assert await desk.campaign_status() == ("PAUSED" if opens else "SENDING")


async def test_what_recipients_report_is_counted_and_judged(desk: Desk) -> None:
    """Through the statistics of the server: 199 recipients are too few, and one complaint of 200 is too many."""
    sent_at = desk.clock.now()
    delivered = [
        MessageEvent(f"d{number}", desk.campaign_id, f"r{number}@example.com", EventKind.DELIVERED, sent_at)
        for number in range(200)
    ]
    complained = replace(delivered[0], key="c", kind=EventKind.COMPLAINED)

    async def record(*events: MessageEvent) -> None:
        await desk.act(lambda work: record_events(work, "test", events, account_id=None, billable=False))
        desk.clock.advance(timedelta(minutes=1))
        await desk.runner.run_due()

    await record(*delivered[:199], complained)
    assert await desk.open_cases() == []
    await record(delivered[199], replace(complained, key="c2", recipient="r1@example.com"))
    (case_id,) = await desk.open_cases()
    row = await desk.case(case_id)
    assert (row.source, row.status, row.asked_at) == ("AUTOMATIC", "AWAITING_PROOF", desk.clock.now())


async def test_what_was_settled_counts_no_more(desk: Desk, house: House) -> None:
    since: list[datetime] = []

    def count(_read: Any, _account_id: str, at: datetime) -> tuple[int, int]:
        since.append(at)
        return 300, 100_000

    house.terms.add(ComplaintCounts(count))
    await desk.act(lambda work: judge_rate(work, desk.account_id))
    (case_id,) = await desk.open_cases()
    await desk.prove(case_id)
    desk.clock.advance(HOUR)
    await desk.decide(case_id)
    settled_at = desk.clock.now()
    desk.clock.advance(HOUR)
    await desk.act(lambda work: judge_rate(work, desk.account_id))
    assert since == [settled_at - HOUR - timedelta(days=7), settled_at]
    (case_id,) = await desk.open_cases()
    await desk.prove(case_id)
    await desk.decide(case_id)
    await desk.act(lambda work: suspend_account(work, desk.account_id))
    desk.clock.advance(HOUR)
    await desk.act(lambda work: reinstate_account(work, desk.account_id))
    reinstated_at = desk.clock.now()
    desk.clock.advance(HOUR)
    await desk.act(lambda work: judge_rate(work, desk.account_id))
    assert since[-1] == reinstated_at


async def test_a_complaint_of_no_campaign_names_an_account(desk: Desk) -> None:
    content, found = ComplaintCategory.CONTENT, Finding(founded=True)
    opened = await desk.act(
        lambda work: open_complaint(work, desk.account_id, None, content, found, SAID), desk.staff[0]
    )
    row = await desk.case(opened.facts["case_id"])
    assert (row.account_id, row.campaign_id, row.status) == (desk.account_id, None, "AWAITING_PROOF")
