"""The life of a sender: applied for, proved, reviewed, used, and ended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from server.kit.clock import ManualClock
from server.senders import actions, reads
from server.senders.actions.review import report_carrier_refusal
from server.senders.model import SenderDocument, SenderDocumentChunk, SenderName
from server.senders.reads import SenderRow
from server.senders.rules import (
    Effective,
    FallBack,
    SenderExists,
    SenderLimitReached,
    SenderNotFound,
    SenderStatus,
    SenderStatusConflict,
)
from server.senders.rules.documents import DocumentKind, SenderDocumentsMissing
from server.senders.rules.review import SenderReviewOutdated
from tests.senders.conftest import ACCEPT, ACCOUNT, REFUSE, STAFF, Office

OTHER_ACCOUNT = "acc_other"


async def shown(office: Office, requested: str | None, country: str, account_id: str = ACCOUNT) -> Effective:
    return await office.units.read(lambda read: reads.effective_sender(read, account_id, requested, country))


@pytest.mark.rule("M071")
async def test_a_name_is_validated_before_its_first_use(office: Office) -> None:
    row = await office.submitted()
    assert row.status == "SUBMITTED"
    assert await shown(office, "Marigold", "CH") == Effective(
        "Marigold", "mailpro.com", FallBack.NOT_ACCEPTED
    )
    await office.decide(row)
    assert await shown(office, "Marigold", "CH") == Effective("Marigold", "Marigold", None)
    assert await office.told() == [
        "Created",
        "DocumentStored",
        "DocumentStored",
        "Submitted",
        "Accepted",
        "DocumentsDeleted",
    ]


@pytest.mark.rule("M064", "M065")
async def test_only_an_accounts_own_accepted_name_is_shown(office: Office) -> None:
    await office.accepted()
    assert (await shown(office, "Marigold", "CH", OTHER_ACCOUNT)).effective == "mailpro.com"
    assert await shown(office, None, "CH") == Effective(None, "mailpro.com", None)
    assert await shown(office, "marigold", "FR") == Effective("marigold", "Marigold", None)
    assert (await shown(office, "", "CH")).fell_back_because is FallBack.NOT_ACCEPTED


@pytest.mark.rule("M067")
async def test_a_name_is_allowed_country_by_country(office: Office) -> None:
    row = await office.submitted()
    await office.decide(row, replace(ACCEPT, countries=("CH",)))
    assert (await shown(office, "Marigold", "CH")).effective == "Marigold"
    for country in ("FR", "DE"):
        assert await shown(office, "Marigold", country) == Effective(
            "Marigold", "mailpro.com", FallBack.NOT_IN_COUNTRY
        )


@pytest.mark.rule("M066")
async def test_a_carriers_refusal_falls_back_there_and_nowhere_else(
    office: Office, clock: ManualClock
) -> None:
    await office.accepted()
    told = await office.act(lambda work: report_carrier_refusal(work, ACCOUNT, "Marigold", "FR"))
    assert told == Effective("Marigold", "mailpro.com", FallBack.CARRIER_REFUSED)
    assert await shown(office, "Marigold", "FR") == told
    assert (await shown(office, "Marigold", "CH")).effective == "Marigold"
    assert (await office.told())[-1] == "RefusedByCarrier"
    clock.advance(timedelta(days=30))
    assert (await shown(office, "Marigold", "FR")).effective == "Marigold"


async def test_a_carrier_that_refuses_what_nobody_has_changes_nothing(office: Office) -> None:
    told = await office.act(lambda work: report_carrier_refusal(work, ACCOUNT, "Nobody", "FR"))
    assert told.fell_back_because is FallBack.NOT_ACCEPTED
    await office.accepted()
    before = await office.told()
    await office.act(lambda work: report_carrier_refusal(work, ACCOUNT, "Marigold", "DE"))
    assert await office.told() == before


@pytest.mark.rule("M072")
async def test_a_submission_needs_both_documents(office: Office) -> None:
    sender_id = await office.begin()
    with pytest.raises(SenderDocumentsMissing) as refused:
        await office.submit(sender_id)
    assert (refused.value.company_registration, refused.value.identity) == (True, True)
    await office.upload(sender_id, DocumentKind.IDENTITY)
    with pytest.raises(SenderDocumentsMissing) as refused:
        await office.submit(sender_id)
    assert (refused.value.company_registration, refused.value.identity) == (True, False)
    await office.upload(sender_id, DocumentKind.COMPANY_REGISTRATION)
    assert (await office.submit(sender_id)).submissions == 1


@pytest.mark.rule("M073")
@pytest.mark.parametrize("decision", [ACCEPT, REFUSE])
async def test_documents_go_with_the_decision(office: Office, decision: object) -> None:
    row = await office.submitted()
    assert await office.kept(row.id) == (2, True)
    await office.decide(row, decision)  # type: ignore[arg-type]
    assert await office.kept(row.id) == (0, False)
    assert await office.count(SenderDocument) == 2, "the rows stay, as proof"
    assert await office.runner.run_due() == 0


@pytest.mark.rule("M073")
@pytest.mark.parametrize(("seconds", "kept"), [(-1, True), (0, False), (1, False)])
@pytest.mark.parametrize("decision", [ACCEPT, REFUSE])
async def test_documents_outlive_the_decision_as_long_as_the_terms_say(
    office: Office, clock: ManualClock, seconds: int, kept: bool, decision: object
) -> None:
    office.terms(documents_kept_after_decision=timedelta(days=2))
    row = await office.decide(await office.submitted(), decision)  # type: ignore[arg-type]
    assert row.decided_at is not None
    clock.set(row.decided_at + timedelta(days=2, seconds=seconds))
    await office.runner.run_due()
    assert await office.kept(row.id) == ((2, True) if kept else (0, False))
    assert ((await office.told())[-1] == "DocumentsDeleted") is not kept


@pytest.mark.rule("M073")
@pytest.mark.parametrize(("seconds", "kept"), [(-1, True), (0, False), (1, False)])
async def test_documents_that_nobody_submits_go_too(
    office: Office, clock: ManualClock, seconds: int, kept: bool
) -> None:
    sender_id = await office.begin()
    await office.upload(sender_id)
    clock.advance(timedelta(days=30, seconds=seconds))
    await office.runner.run_due()
    assert await office.kept(sender_id) == ((2, True) if kept else (0, False))


@pytest.mark.rule("M073")
async def test_documents_stay_while_somebody_reviews_them(office: Office, clock: ManualClock) -> None:
    row = await office.submitted()
    clock.advance(timedelta(days=400))
    await office.runner.run_due()
    assert await office.kept(row.id) == (2, True)


@pytest.mark.rule("M073")
async def test_a_new_document_replaces_all_that_were_refused(office: Office, clock: ManualClock) -> None:
    office.terms(documents_kept_after_decision=timedelta(days=2))
    row = await office.decide(await office.submitted(), REFUSE)
    clock.advance(timedelta(hours=1))
    await office.upload(row.id, DocumentKind.IDENTITY)
    assert await office.kept(row.id) == (1, True)
    clock.advance(timedelta(days=2))
    await office.runner.run_due()
    assert await office.kept(row.id) == (1, True)


@pytest.mark.rule("M074", "M076")
async def test_a_refused_application_is_changed_and_resubmitted_free_of_charge(office: Office) -> None:
    row = await office.submitted("Marygold")
    sender_id = row.id
    for round_number in range(2, 5):
        row = await office.decide(row, REFUSE)
        assert (row.status, row.reason_code) == ("REFUSED", "NAME_NOT_YOURS")
        await office.act(lambda work: actions.update_sender(work, ACCOUNT, sender_id, "Marigold", ["FR"]))
        await office.upload(sender_id)
        row = await office.submit(sender_id)
        assert (row.submissions, row.reason_code, row.note) == (round_number, None, None)
        office.clock.advance(timedelta(days=2))
    await office.decide(row, replace(ACCEPT, countries=("FR",)))
    assert (await shown(office, "Marigold", "FR")).effective == "Marigold"
    assert (await shown(office, "Marygold", "FR")).effective == "mailpro.com"
    assert await office.postings() == 0


@pytest.mark.rule("M075", "M076")
async def test_an_accepted_name_stays_until_its_account_is_closed(office: Office, clock: ManualClock) -> None:
    row = await office.accepted()
    waiting = await office.submitted("Second")
    draft = await office.begin("Third")
    await office.upload(draft, DocumentKind.IDENTITY)
    clock.advance(timedelta(days=10 * 366))
    await office.runner.run_due()
    assert (await shown(office, "Marigold", "CH")).effective == "Marigold"
    with pytest.raises(SenderStatusConflict):
        await office.act(lambda work: actions.withdraw_sender(work, ACCOUNT, row.id))
    for _ in range(2):
        await office.act(lambda work: actions.deactivate_all(work, ACCOUNT))
        statuses = [await office.status(each) for each in (row.id, waiting.id, draft)]
        assert statuses == ["DEACTIVATED", "WITHDRAWN", "WITHDRAWN"]
    assert (await shown(office, "Marigold", "CH")).fell_back_because is FallBack.NOT_ACCEPTED
    assert (await office.told()).count("Deactivated") == 1
    assert await office.count(SenderDocumentChunk) == await office.count(SenderName) == 0
    assert await office.postings() == 0, "free while it lasted, and nothing is refunded"
    await office.begin("Marigold")


async def test_closing_one_account_leaves_the_others(office: Office) -> None:
    await office.accepted("Marigold", OTHER_ACCOUNT)
    await office.accepted("Marigold")
    await office.act(lambda work: actions.deactivate_all(work, OTHER_ACCOUNT))
    assert (await shown(office, "Marigold", "CH")).effective == "Marigold"


@pytest.mark.rule("M073")
async def test_withdrawing_deletes_the_documents(office: Office) -> None:
    row = await office.submitted()
    await office.act(lambda work: actions.withdraw_sender(work, ACCOUNT, row.id))
    assert await office.kept(row.id) == (0, False)
    with pytest.raises(SenderStatusConflict):
        await office.decide(row)
    await office.begin("Marigold")


async def test_two_reviewers_at_once_decide_once(office: Office) -> None:
    row = await office.submitted()
    outcomes = await asyncio.gather(
        office.decide(row, ACCEPT), office.decide(row, REFUSE), return_exceptions=True
    )
    decided = [outcome for outcome in outcomes if isinstance(outcome, SenderRow)]
    late = [outcome for outcome in outcomes if isinstance(outcome, SenderStatusConflict)]
    assert (len(decided), len(late)) == (1, 1)
    assert late[0].status == decided[0].status == await office.status(row.id)
    assert len([kind for kind in await office.told() if kind in ("Accepted", "Refused")]) == 1


async def test_a_decision_is_about_the_submission_that_was_looked_at(office: Office) -> None:
    first = await office.submitted()
    await office.decide(first, REFUSE)
    await office.upload(first.id)
    second = await office.submit(first.id)
    with pytest.raises(SenderReviewOutdated):
        await office.decide(first)
    assert (await office.decide(second)).status == "ACCEPTED"


async def test_the_longest_waiting_is_reviewed_first(office: Office, clock: ManualClock) -> None:
    office.terms(upload_links_per_account_max=100)
    rows = []
    for name in ("Alpha", "Beta", "Gamma"):
        rows.append(await office.submitted(name))
        clock.advance(timedelta(minutes=1))
    await office.decide(rows[0], REFUSE)
    await office.upload(rows[0].id)
    await office.submit(rows[0].id)
    queue = await office.units.read(lambda read: reads.to_review(read, 10))
    assert [row.id for row in queue] == [rows[1].id, rows[2].id, rows[0].id]
    behind = await office.units.read(lambda read: reads.to_review(read, 10, queue[0].submission_id))
    assert behind == queue[1:]


async def test_two_accounts_may_have_one_name_and_the_reviewer_knows(office: Office) -> None:
    await office.accepted("Marigold", OTHER_ACCOUNT)
    row = await office.submitted("MARIGOLD")
    assert await office.units.read(lambda read: reads.others_accepted(read, row)) == 1
    await office.decide(row)
    assert (await shown(office, "Marigold", "CH")).effective == "MARIGOLD"
    assert (await shown(office, "Marigold", "CH", OTHER_ACCOUNT)).effective == "Marigold"


async def test_an_account_has_a_name_once(office: Office) -> None:
    begun = await asyncio.gather(*(office.begin("Marigold") for _ in range(6)), return_exceptions=True)
    assert len([one for one in begun if isinstance(one, str)]) == 1
    assert len([one for one in begun if isinstance(one, SenderExists)]) == 5
    other = await office.begin("Second")
    with pytest.raises(SenderExists):
        await office.act(lambda work: actions.update_sender(work, ACCOUNT, other, "MARIGOLD", ["CH"]))
    unchanged = await office.row(other)
    assert await office.units.read(lambda read: reads.name_of(read, unchanged)) == "Second"
    await office.act(lambda work: actions.update_sender(work, ACCOUNT, other, "SECOND", ["CH"]))


async def test_an_account_has_so_many_senders(office: Office) -> None:
    office.terms(senders_max=2)
    first = await office.begin("Alpha")
    await office.begin("Beta")
    with pytest.raises(SenderLimitReached) as refused:
        await office.begin("Gamma")
    assert refused.value.limit == 2
    await office.act(lambda work: actions.withdraw_sender(work, ACCOUNT, first))
    await office.begin("Gamma")


@pytest.mark.parametrize("status", [SenderStatus.SUBMITTED, SenderStatus.ACCEPTED])
async def test_nobody_changes_what_is_reviewed_or_accepted(office: Office, status: SenderStatus) -> None:
    row = await office.submitted()
    if status is SenderStatus.ACCEPTED:
        await office.decide(row)
    for action in (
        lambda work: actions.update_sender(work, ACCOUNT, row.id, "Other", ["CH"]),
        lambda work: actions.submit_sender(work, ACCOUNT, row.id),
    ):
        with pytest.raises(SenderStatusConflict) as refused:
            await office.act(action)
        assert refused.value.status == status.value


@pytest.mark.rule("Q014")
async def test_another_accounts_sender_is_not_there(office: Office) -> None:
    row = await office.submitted()
    for action in (
        lambda work: actions.update_sender(work, OTHER_ACCOUNT, row.id, "Other", ["CH"]),
        lambda work: actions.submit_sender(work, OTHER_ACCOUNT, row.id),
        lambda work: actions.withdraw_sender(work, OTHER_ACCOUNT, row.id),
    ):
        with pytest.raises(SenderNotFound):
            await office.act(action)
    with pytest.raises(SenderNotFound):
        await office.link(row.id, account_id=OTHER_ACCOUNT)
    with pytest.raises(SenderNotFound):
        await office.act(lambda work: actions.submit_sender(work, ACCOUNT, "snd_none"), STAFF)


async def test_names_and_notes_are_kept_encrypted(office: Office) -> None:
    row = await office.decide(await office.submitted(), REFUSE)
    kept = row.name + (row.note or b"")
    assert b"Marigold" not in kept
    assert b"registry" not in kept
    assert await office.units.read(lambda read: reads.note_of(read, row)) == REFUSE.note
    office.house.keys.destroy(ACCOUNT)
    assert await office.units.read(lambda read: reads.name_of(read, row)) is None
