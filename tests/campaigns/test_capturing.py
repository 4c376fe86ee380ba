"""What accepted messages cost: only what the operator's own credentials report, once each, at the launch's rates."""

from __future__ import annotations

from datetime import timedelta

from server.campaigns.actions.recording import Recorded, record_events
from server.campaigns.rules.events import EventKind, MessageEvent
from tests.campaigns.conftest import ACCOUNT, SMS, Studio


def accepted(
    studio: Studio, campaign_id: str, recipients: list[str], segments: int | None = None
) -> list[MessageEvent]:
    at = studio.clock.now() - timedelta(minutes=1)
    return [
        MessageEvent(f"accepted-{each}", campaign_id, each, EventKind.ACCEPTED, at, segments=segments)
        for each in recipients
    ]


async def report(studio: Studio, events: list[MessageEvent], *, billable: bool) -> Recorded:
    source = "operator" if billable else "api"
    account_id = None if billable else ACCOUNT
    return await studio.act(
        lambda work: record_events(work, source, events, account_id=account_id, billable=billable)
    )


async def test_only_the_operators_events_take_credits_and_each_once(studio: Studio) -> None:
    await studio.give("EMAIL", 100)
    campaign = await studio.launched(recipients=10)
    readers = [f"reader{number}@example.com" for number in range(4)]
    events = accepted(studio, campaign.id, readers)
    await report(studio, events, billable=False)
    assert (await studio.row(campaign.id)).credits_captured == 0
    dropped = [MessageEvent("d", campaign.id, "x@example.com", EventKind.DROPPED, studio.clock.now())]
    await report(studio, [*events, *dropped], billable=True)
    assert await report(studio, events, billable=True) == Recorded(duplicates=4)
    assert (await studio.row(campaign.id)).credits_captured == 4
    assert await studio.proved()


async def test_an_sms_costs_its_segments_at_the_rate_of_its_country(studio: Studio) -> None:
    await studio.give("SMS", 1_000)
    campaign_id = await studio.create(SMS)
    await studio.declared(campaign_id)
    await studio.count(campaign_id, [("CH", 5), ("FR", 5)])
    row = await studio.launch(campaign_id)
    before = (await studio.quote(campaign_id)).credits
    assert row.credits_reserved == before
    await report(studio, accepted(studio, campaign_id, ["+41791234567"]), billable=True)
    one = (await studio.row(campaign_id)).credits_captured
    await report(studio, accepted(studio, campaign_id, ["+41791234568"], segments=2), billable=True)
    assert (await studio.row(campaign_id)).credits_captured == 3 * one > 0
