"""The life of a campaign: drafted, declared, launched on held credits, sent, and ended."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.accounts.reads.lifecycle import SendSources
from server.campaigns.actions import campaigns, sending
from server.campaigns.actions.launching import LaunchChecks
from server.campaigns.actions.recipients import ADDRESS_COLUMN
from server.campaigns.actions.suppression import suppress
from server.campaigns.model import CampaignRecipient
from server.campaigns.rules import (
    AccountCountryMissing,
    AccountNotActive,
    AudienceNotDeclared,
    CampaignIncomplete,
    CampaignLimitReached,
    CampaignNotFound,
    CampaignStatusConflict,
    ListSourceRefused,
    MessageChannel,
    RecipientCountInvalid,
    RecipientLimitReached,
    RecipientsConflict,
    RecipientsInvalid,
)
from server.campaigns.rules.content import MessageTextSensitive
from server.campaigns.rules.lifecycle import ListSource, PauseReason
from server.campaigns.rules.messages import CampaignChannelFixed, EmailMessage, SmsMessage
from server.campaigns.rules.quoting import Line
from server.campaigns.rules.suppression import SuppressionReason
from server.kit.clock import ManualClock
from server.kit.problems import Refusal
from server.kit.work import Work
from server.wallet.rules import BalanceTooLow
from tests.campaigns.conftest import ACCOUNT, EMAIL, OTHER_ACCOUNT, SMS, Studio
from tests.kit.test_card_numbers import card_number

DAY = timedelta(days=1)


@pytest.mark.rule("M014", "H019")
async def test_a_campaign_from_its_draft_to_its_end(studio: Studio) -> None:
    await studio.give("EMAIL", 10)
    campaign_id = await studio.create()
    with pytest.raises(AudienceNotDeclared):
        await studio.add(campaign_id, ["ines@example.com"])
    with pytest.raises(CampaignIncomplete) as missing:
        await studio.launch(campaign_id)
    assert (missing.value.recipients, missing.value.declaration) == (True, True)
    declared = await studio.declared(campaign_id)
    assert (declared.lawful_basis, declared.declared_by) == ("CONSENT", "ses_1")
    assert declared.declared_at == studio.clock.now()
    await studio.add(campaign_id, ["ines@example.com", "ola@example.com", "uma@example.com"])
    assert (await studio.quote(campaign_id)).credits == 3
    launched = await studio.launch(campaign_id)
    assert (launched.status, launched.credits_reserved) == ("SENDING", 3)
    assert await studio.balance() == (10, 3)
    assert await studio.accept(campaign_id, 2) == 2
    assert await studio.balance() == (8, 1)
    ended = await studio.act(lambda work: sending.complete_campaign(work, ACCOUNT, campaign_id))
    assert (ended.status, ended.credits_captured) == ("COMPLETED", 2)
    assert await studio.balance() == (8, 0)
    assert await studio.accept(campaign_id, 1) == 0, "what is accepted later costs nothing"
    assert await studio.proved()
    assert await studio.told() == [
        "Created",
        "AudienceDeclared",
        "RecipientsChanged",
        "Launched",
        "Completed",
    ]


@pytest.mark.rule("M019")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_lists_of_others_are_refused(studio: Studio) -> None:
    campaign_id = await studio.create()
    for source in (ListSource.PURCHASED, ListSource.RENTED, ListSource.THIRD_PARTY):
        with pytest.raises(ListSourceRefused):
            await studio.declared(campaign_id, source)
    assert (await studio.row(campaign_id)).declared_at is None


@pytest.mark.rule("M018")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_what_must_not_be_said_is_never_kept(studio: Studio) -> None:
    number = card_number("4", 16)
    for message in (
        EmailMessage(number, "Hello"),
        EmailMessage("Hello", f"Pay with {number}"),
        SmsMessage(f"Pay with {number}", None, []),
        SmsMessage("Hello", number, []),
    ):
        with pytest.raises(MessageTextSensitive):
            await studio.create(message)
    campaign_id = await studio.create()
    with pytest.raises(MessageTextSensitive):
        await studio.act(
            lambda work: campaigns.update_campaign(
                work, ACCOUNT, campaign_id, "Spring", EmailMessage("Hello", f"Pay with {number}")
            )
        )


async def test_a_draft_is_changed_and_nothing_else(studio: Studio) -> None:
    await studio.give("EMAIL", 100)
    campaign_id = await studio.ready()
    changed = EmailMessage("Summer", "The roses are here.")

    def change(work: Work) -> Any:
        return campaigns.update_campaign(work, ACCOUNT, campaign_id, "Summer", changed)

    row = await studio.act(change)
    assert await studio.units.read(lambda read: read.open("campaigns.text", row.text or b"")) == changed.text
    with pytest.raises(CampaignChannelFixed):
        await studio.act(
            lambda work: campaigns.update_campaign(work, ACCOUNT, campaign_id, "Summer", plain_sms())
        )
    await studio.launch(campaign_id)
    for action in (
        change,
        lambda work: campaigns.schedule_campaign(work, ACCOUNT, campaign_id, studio.clock.now() + DAY),
    ):
        with pytest.raises(CampaignStatusConflict) as refused:
            await studio.act(action)
        assert refused.value.status == "SENDING"
    with pytest.raises(CampaignStatusConflict):
        await studio.count(campaign_id, 1)


async def test_recipients_count_once_and_suppressed_ones_never(studio: Studio) -> None:
    await studio.give("EMAIL", 100)
    unwanted = await studio.hash("gone@example.com")
    await studio.act(
        lambda work: suppress(work, ACCOUNT, MessageChannel.EMAIL, [unwanted], SuppressionReason.UNSUBSCRIBED)
    )
    campaign_id = await studio.create()
    await studio.declared(campaign_id)
    first = await studio.add(
        campaign_id,
        ["Ines@example.com", "ines@EXAMPLE.com", "gone@example.com", "no address", "ola@example.com"],
    )
    assert (first.added, first.duplicates, first.suppressed, first.invalid) == (2, 1, [2], [3])
    again = await studio.add(campaign_id, ["ola@example.com", "uma@example.com"])
    assert (again.added, again.duplicates, again.campaign.recipients) == (1, 1, 3)
    later = await studio.hash("uma@example.com")
    await studio.act(
        lambda work: suppress(work, ACCOUNT, MessageChannel.EMAIL, [later], SuppressionReason.COMPLAINED)
    )
    assert (await studio.quote(campaign_id)).credits == 2
    launched = await studio.launch(campaign_id)
    assert (launched.recipients, launched.credits_reserved) == (2, 2)
    assert await studio.rows(CampaignRecipient) == 2


async def test_addresses_are_kept_encrypted_and_hashed_by_account(studio: Studio) -> None:
    campaign_id = await studio.create()
    await studio.declared(campaign_id)
    await studio.add(campaign_id, ["ines@example.com"])
    other_id = await studio.create(account_id=OTHER_ACCOUNT)
    await studio.declared(other_id, account_id=OTHER_ACCOUNT)
    await studio.add(other_id, ["ines@example.com"], OTHER_ACCOUNT)
    rows = await studio.units.read(lambda read: read.rows(select(CampaignRecipient.__table__)))
    assert len({row.address_hash for row in rows}) == 2
    assert all(b"ines" not in row.address + row.address_hash for row in rows)
    [mine] = [row for row in rows if row.account_id == ACCOUNT]
    assert await studio.units.read(lambda read: read.open(ADDRESS_COLUMN, mine.address)) == "ines@example.com"


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_the_limits_of_recipients(studio: Studio) -> None:
    studio.terms(recipients_max=3, recipients_a_call_max=2)
    campaign_id = await studio.create()
    await studio.declared(campaign_id)
    for addresses in ([], [f"r{number}@example.com" for number in range(3)]):
        with pytest.raises(RecipientsInvalid):
            await studio.add(campaign_id, addresses)
    await studio.add(campaign_id, ["r1@example.com", "r2@example.com"])
    with pytest.raises(RecipientLimitReached):
        await studio.add(campaign_id, ["r3@example.com", "r4@example.com"])
    await studio.add(campaign_id, ["r2@example.com", "r3@example.com"])
    with pytest.raises(RecipientsConflict) as conflict:
        await studio.count(campaign_id, 1)
    assert conflict.value.uploaded is True
    counted = await studio.create()
    await studio.declared(counted)
    with pytest.raises(RecipientLimitReached):
        await studio.count(counted, 4)
    for count in (-1, [("CH", 1)]):
        with pytest.raises(RecipientCountInvalid):
            await studio.count(counted, count)  # type: ignore[arg-type]
    await studio.count(counted, 3)
    with pytest.raises(RecipientsConflict):
        await studio.add(counted, ["r1@example.com"])
    await studio.count(counted, 0)
    await studio.add(counted, ["r1@example.com"])


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_an_account_has_so_many_campaigns(studio: Studio) -> None:
    studio.terms(campaigns_open_max=1)
    first = await studio.create()
    with pytest.raises(CampaignLimitReached):
        await studio.create()
    await studio.act(lambda work: sending.cancel_campaign(work, ACCOUNT, first))
    await studio.create()


def plain_sms(text: str = "The marigolds are here.") -> SmsMessage:
    return SmsMessage(text, None, [])


async def test_an_sms_costs_by_country_and_segments(studio: Studio) -> None:
    await studio.give("SMS", 1000)
    campaign_id = await studio.create(plain_sms("a" * 161))
    await studio.declared(campaign_id)
    added = await studio.add(
        campaign_id,
        ["+41 79 123 45 67", "+41791234568", "+33612345678", "0791234569", "+999123", "ines@example.com"],
    )
    assert (added.added, added.invalid) == (3, [3, 4, 5])
    quote = await studio.quote(campaign_id)
    rates = {line.country: line.credits_a_segment for line in quote.lines}
    assert quote.lines == [Line("CH", 2, 2, rates["CH"]), Line("FR", 1, 2, rates["FR"])]
    launched = await studio.launch(campaign_id)
    assert launched.credits_reserved == quote.credits == 4 * rates["CH"] + 2 * rates["FR"]
    assert await studio.balance("SMS") == (1000, quote.credits)
    assert await studio.quote(campaign_id) == quote


async def test_counted_sms_recipients_are_by_country(studio: Studio) -> None:
    campaign_id = await studio.create(plain_sms())
    for count in (5, [("XX", 1)], [("CH", 0)], [("CH", 1), ("CH", 2)]):
        with pytest.raises(RecipientCountInvalid):
            await studio.count(campaign_id, count)  # type: ignore[arg-type]
    await studio.count(campaign_id, [("CH", 5), ("FR", 2)])
    counted = await studio.count(campaign_id, [("CH", 3)])
    assert counted.recipients == 3
    assert [(line.country, line.recipients) for line in (await studio.quote(campaign_id)).lines] == [
        ("CH", 3)
    ]


async def test_a_launch_needs_the_credits(studio: Studio) -> None:
    await studio.give("EMAIL", 99)
    campaign_id = await studio.ready(100)
    with pytest.raises(BalanceTooLow) as refused:
        await studio.launch(campaign_id)
    assert (refused.value.available, refused.value.required) == (99, 100)
    assert (await studio.row(campaign_id)).status == "DRAFT"
    await studio.give("EMAIL", 1)
    assert (await studio.launch(campaign_id)).status == "SENDING"


async def test_two_launches_at_once_never_spend_what_is_not_there(studio: Studio) -> None:
    await studio.give("EMAIL", 250)
    ready = [await studio.ready(100) for _ in range(6)]
    outcomes = await asyncio.gather(*(studio.launch(each) for each in ready), return_exceptions=True)
    low = [outcome for outcome in outcomes if isinstance(outcome, BalanceTooLow)]
    assert (len(low), {refused.available for refused in low}) == (4, {50})
    assert await studio.balance() == (250, 200)
    statuses = [(await studio.row(each)).status for each in ready]
    assert sorted(statuses) == ["DRAFT"] * 4 + ["SENDING"] * 2
    assert await studio.proved()


async def test_one_campaign_is_launched_once(studio: Studio) -> None:
    await studio.give("EMAIL", 1000)
    campaign_id = await studio.ready(100)
    outcomes = await asyncio.gather(*(studio.launch(campaign_id) for _ in range(5)), return_exceptions=True)
    assert len([one for one in outcomes if isinstance(one, CampaignStatusConflict)]) == 4
    assert await studio.balance() == (1000, 100)


async def test_batches_at_once_capture_what_was_reserved_and_no_more(studio: Studio) -> None:
    await studio.give("EMAIL", 1000)
    row = await studio.launched(100)
    taken = await asyncio.gather(*(studio.accept(row.id, 30) for _ in range(5)))
    assert (sum(taken), sorted(taken)) == (100, [0, 10, 30, 30, 30])
    assert await studio.balance() == (900, 0)
    ended = await studio.row(row.id)
    assert (ended.status, ended.credits_captured) == ("COMPLETED", 100), "with its last credit it is complete"
    assert (await studio.told()).count("Completed") == 1
    assert await studio.proved()


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_nothing_is_captured_of_a_draft_or_a_negative_number(studio: Studio) -> None:
    await studio.give("EMAIL", 100)
    assert await studio.accept(await studio.ready(), 5) == 0
    row = await studio.launched()
    assert await studio.accept(row.id, 0) == await studio.accept(row.id, -5) == 0
    assert await studio.balance() == (100, 100)


@pytest.mark.parametrize("captured", [0, 40])
async def test_cancelling_gives_the_rest_back(studio: Studio, captured: int) -> None:
    await studio.give("EMAIL", 100)
    row = await studio.launched()
    await studio.accept(row.id, captured)
    ended = await studio.act(lambda work: sending.cancel_campaign(work, ACCOUNT, row.id))
    assert (ended.status, ended.credits_captured) == ("CANCELLED", captured)
    assert await studio.balance() == (100 - captured, 0)
    with pytest.raises(CampaignStatusConflict):
        await studio.act(lambda work: sending.complete_campaign(work, ACCOUNT, row.id))


async def test_a_pause_holds_the_credits(studio: Studio) -> None:
    await studio.give("EMAIL", 100)
    row = await studio.launched()
    for action in (sending.pause_campaign, sending.resume_campaign, sending.pause_campaign):
        await studio.act(lambda work, action=action: action(work, ACCOUNT, row.id))
        with pytest.raises(CampaignStatusConflict):
            await studio.act(lambda work, action=action: action(work, ACCOUNT, row.id))
    assert await studio.accept(row.id, 10) == 10, "what was under way is paid"
    paused = await studio.row(row.id)
    assert (paused.status, paused.pause_reason) == ("PAUSED", "CUSTOMER")
    assert await studio.balance() == (90, 90)


@pytest.mark.parametrize("action", [sending.resume_campaign])
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_draft_is_not_resumed(studio: Studio, action: Any) -> None:
    campaign_id = await studio.ready()
    with pytest.raises(CampaignStatusConflict):
        await studio.act(lambda work: action(work, ACCOUNT, campaign_id))


@pytest.mark.parametrize(("captured", "status"), [(0, "FAILED"), (40, "COMPLETED")])
@pytest.mark.parametrize("seconds", [-1, 0, 1])
async def test_a_campaign_ends_with_its_time(
    studio: Studio, clock: ManualClock, captured: int, status: str, seconds: int
) -> None:
    await studio.give("EMAIL", 100)
    row = await studio.launched()
    await studio.accept(row.id, captured)
    clock.advance(timedelta(days=7, seconds=seconds))
    over = seconds >= 0
    if over:
        assert await studio.accept(row.id, 1) == 0, "the hold is over, also when nobody has come by yet"
    await studio.runner.run_due()
    ended = await studio.row(row.id)
    assert ended.status == (status if over else "SENDING")
    assert ended.failure_code == ("HOLD_EXPIRED" if over and not captured else None)
    assert await studio.balance() == (100 - captured, 0 if over else 100 - captured)
    assert await studio.proved()


@pytest.mark.parametrize("seconds", [-1, 0, 1])
async def test_a_schedule_launches_at_its_instant(studio: Studio, clock: ManualClock, seconds: int) -> None:
    await studio.give("EMAIL", 100)
    campaign_id = await studio.ready()
    at = clock.now() + DAY
    for when in (at + DAY, at):
        scheduled = await studio.act(
            lambda work, when=when: campaigns.schedule_campaign(work, ACCOUNT, campaign_id, when)
        )
    assert (scheduled.status, scheduled.scheduled_at) == ("SCHEDULED", at)
    assert await studio.balance() == (100, 0), "nothing is held before the launch"
    clock.set(at + timedelta(seconds=seconds))
    await studio.runner.run_due()
    launched = (await studio.row(campaign_id)).status == "SENDING"
    assert launched is (seconds >= 0)
    assert await studio.balance() == (100, 100 if launched else 0)


async def test_a_schedule_is_taken_back(studio: Studio, clock: ManualClock) -> None:
    await studio.give("EMAIL", 100)
    campaign_id = await studio.ready()
    with pytest.raises(CampaignStatusConflict):
        await studio.act(lambda work: campaigns.schedule_campaign(work, ACCOUNT, campaign_id, None))
    for at in (clock.now() + DAY, None):
        await studio.act(lambda work, at=at: campaigns.schedule_campaign(work, ACCOUNT, campaign_id, at))
    clock.advance(2 * DAY)
    assert await studio.runner.run_due() == 0
    row = await studio.row(campaign_id)
    assert (row.status, row.scheduled_at) == ("DRAFT", None)


async def test_a_scheduled_campaign_without_credits_fails_and_says_why(
    studio: Studio, clock: ManualClock
) -> None:
    campaign_id = await studio.ready()
    await studio.act(lambda work: campaigns.schedule_campaign(work, ACCOUNT, campaign_id, clock.now() + DAY))
    clock.advance(DAY)
    await studio.runner.run_due()
    row = await studio.row(campaign_id)
    assert (row.status, row.failure_code, row.ended_at) == ("FAILED", "INSUFFICIENT_BALANCE", clock.now())
    assert await studio.runner.run_due() == 0


@pytest.mark.rule("M014")
@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"status": "SUSPENDED"}, AccountNotActive),
        ({"status": "DISABLED"}, AccountNotActive),
        ({"country": None}, AccountCountryMissing),
    ],
)
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_who_may_not_launch(studio: Studio, columns: dict[str, object], refusal: type[Refusal]) -> None:
    await studio.give("EMAIL", 100)
    campaign_id = await studio.ready()
    await studio.set_account(**columns)
    with pytest.raises(refusal):
        await studio.launch(campaign_id)
    assert await studio.balance() == (100, 0)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_other_slices_say_who_may_launch(studio: Studio) -> None:
    def refuse(work: Work, account_id: str) -> None:
        assert account_id == ACCOUNT
        raise CampaignNotFound

    await studio.give("EMAIL", 200)
    campaign_id, paused = await studio.ready(), await studio.launched()
    await studio.act(lambda work: sending.pause_all(work, ACCOUNT, PauseReason.COMPLAINT))
    assert (await studio.row(paused.id)).pause_reason == "COMPLAINT"
    studio.house.terms.add(LaunchChecks((refuse,)))
    with pytest.raises(CampaignNotFound):
        await studio.launch(campaign_id)
    with pytest.raises(CampaignNotFound):
        await studio.act(lambda work: sending.resume_campaign(work, ACCOUNT, paused.id))


async def test_closing_ends_and_restricting_pauses_what_is_sent(studio: Studio) -> None:
    await studio.give("EMAIL", 300)
    draft, one, two = await studio.ready(), await studio.launched(), await studio.launched()
    await studio.act(lambda work: sending.pause_campaign(work, ACCOUNT, two.id))
    await studio.act(lambda work: sending.pause_all(work, ACCOUNT, PauseReason.ACCOUNT_RESTRICTED))
    reasons = [(await studio.row(each)).pause_reason for each in (draft, one.id, two.id)]
    assert reasons == [None, "ACCOUNT_RESTRICTED", "CUSTOMER"]
    for _ in range(2):
        await studio.act(lambda work: sending.cancel_all(work, ACCOUNT))
        rows = [await studio.row(each) for each in (draft, one.id, two.id)]
        assert {(row.status, row.pause_reason) for row in rows} == {("CANCELLED", None)}
    assert await studio.balance() == (300, 0)
    assert (await studio.told()).count("Cancelled") == 3


@pytest.mark.rule("M087", "M088")
async def test_what_a_campaign_sends_counts_as_sending(studio: Studio, clock: ManualClock) -> None:
    def last_send(read: Any) -> Any:
        return read.terms(SendSources).last_send(read, ACCOUNT)

    await studio.give("EMAIL", 100)
    row = await studio.launched()
    assert await studio.units.read(last_send) is None, "nothing was accepted yet"
    clock.advance(DAY)
    await studio.accept(row.id, 1)
    assert await studio.units.read(last_send) == clock.now()


@pytest.mark.rule("Q014")
async def test_another_accounts_campaign_is_not_there(studio: Studio) -> None:
    await studio.give("EMAIL", 100, OTHER_ACCOUNT)
    row = await studio.create()
    for action in (
        lambda work: campaigns.update_campaign(work, OTHER_ACCOUNT, row, "Mine", EMAIL),
        lambda work: campaigns.schedule_campaign(work, OTHER_ACCOUNT, row, None),
        lambda work: sending.cancel_campaign(work, OTHER_ACCOUNT, row),
        lambda work: sending.pause_campaign(work, OTHER_ACCOUNT, row),
    ):
        with pytest.raises(CampaignNotFound):
            await studio.act(action)
    with pytest.raises(CampaignNotFound):
        await studio.launch(row, OTHER_ACCOUNT)
    with pytest.raises(CampaignNotFound):
        await studio.add(row, ["ines@example.com"], OTHER_ACCOUNT)
    with pytest.raises(CampaignNotFound):
        await studio.launch("cmp_none")


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_words_are_kept_encrypted_and_can_be_shredded(studio: Studio) -> None:
    campaign_id = await studio.create(SMS, name="Marigold spring")
    row = await studio.row(campaign_id)
    kept = b"".join(each for each in row if isinstance(each, bytes))
    assert b"arigold" not in kept
    studio.house.keys.destroy(ACCOUNT)
    assert await studio.units.read(lambda read: campaigns.reads.text_of(read, row)) is None
    assert await studio.units.read(lambda read: campaigns.reads.name_of(read, row)) is None
