"""What an account is told of its campaigns."""

from __future__ import annotations

from collections.abc import Callable

from server.campaigns import reads
from server.campaigns.actions.events import CampaignChange, CampaignCompleted, CampaignFailed, CampaignPaused
from server.kit.events import Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions


def register(registered: Reactions) -> None:
    registered.on(CampaignCompleted, _tell_of_campaign("campaign_completed"))
    registered.on(CampaignFailed, _tell_of_campaign("campaign_failed"))
    registered.on(CampaignPaused, _tell_of_campaign("campaign_paused"))


def _tell_of_campaign(template: str) -> Callable[[Work, CampaignChange], None]:
    def tell(work: Work, event: CampaignChange) -> None:
        row = reads.campaign(work, event.account_id, event.subject_id)
        assert row is not None, "it changed in this transaction"
        data: dict[str, str | int] = {"name": reads.name_of(work, row) or ""}
        if template == "campaign_completed":
            data |= {
                "used": event.credits_captured,
                "returned": event.credits_reserved - event.credits_captured,
            }
        notice_actions.notify(work, event.account_id, template, data)

    return tell
