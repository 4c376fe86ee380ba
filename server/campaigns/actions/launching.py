"""Launching a campaign: everything that must be so before, and the credits that it holds from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update

from server.accounts import reads as account_reads
from server.accounts.actions.authority import lock_authority
from server.accounts.rules.lifecycle import AccountStatus
from server.campaigns.actions.campaigns import LAUNCH
from server.campaigns.actions.events import CampaignFailed, CampaignLaunched, locked, move
from server.campaigns.actions.recipients import drop_suppressed
from server.campaigns.model import Campaign, CampaignCountry
from server.campaigns.reads import CampaignRow
from server.campaigns.reads.quotes import quote_of
from server.campaigns.rules import AccountCountryMissing, AccountNotActive, CampaignStatus, Terms
from server.campaigns.rules.lifecycle import check_complete, check_move
from server.campaigns.rules.quoting import Quote
from server.kit.due import cancel, schedule
from server.kit.problems import Refusal
from server.kit.work import Work
from server.wallet.actions import reserve

END = "campaigns.end"


@dataclass(frozen=True, slots=True)
class LaunchChecks:
    """What else must be so before an account launches or resumes a campaign; app.py lists it.

    Each check raises its Refusal. The problems of launchCampaign and resumeCampaign name them.
    """

    checks: tuple[Callable[[Work, str], None], ...] = ()


def check_may_launch(work: Work, account_id: str) -> None:
    """Whether the account may send now, whatever the campaign: it is active, and its country is known (M014).

    Raises AccountNotActive, AccountCountryMissing, or the refusal of one of the LaunchChecks.
    """
    account = account_reads.account(work, account_id)
    if account is None or account.status != AccountStatus.ACTIVE.value:
        raise AccountNotActive(AccountStatus.CLOSED.value if account is None else account.status)
    if account.country is None:
        raise AccountCountryMissing
    for check in work.terms(LaunchChecks).checks:
        check(work, account_id)


def launch_campaign(work: Work, account_id: str, campaign_id: str) -> CampaignRow:
    """Hold the credits of a campaign and let it be sent.

    Who was suppressed since the upload is no recipient any more. Raises what `check_may_launch` raises,
    CampaignNotFound, CampaignStatusConflict, CampaignIncomplete, BalanceTooLow or TooManyHolds.
    """
    check_may_launch(work, account_id)
    row = locked(work, campaign_id, account_id)
    check_move(CampaignStatus(row.status), CampaignStatus.SENDING)
    row = drop_suppressed(work, row)
    check_complete(row.recipients, row.declared_at)
    quote = quote_of(work, row)
    expires_at = work.now + work.terms(Terms).sending_max
    hold = reserve(work, account_id, row.channel, quote.credits, row.id, expires_at)
    _keep_rates(work, row, quote)
    cancel(work, LAUNCH, row.id)
    schedule(work, END, row.id, expires_at)
    return move(
        work,
        row,
        CampaignStatus.SENDING,
        CampaignLaunched,
        hold_id=hold.id,
        credits_reserved=quote.credits,
        launched_at=work.now,
    )


def launch_scheduled(work: Work, campaign_id: str) -> None:
    """The due step of a scheduled campaign. Raises what `launch_campaign` raises; `fail_scheduled` answers that."""
    account_id = work.scalar(select(Campaign.account_id).where(Campaign.id == campaign_id))
    if account_id is None:
        return
    lock_authority(work, account_id)  # first, as a customer's own launch does, so that no suspension slips by
    if _is_due(work, locked(work, campaign_id)):
        launch_campaign(work, account_id, campaign_id)


def fail_scheduled(work: Work, campaign_id: str, refused: Refusal) -> None:
    """End a campaign that could not be launched at its instant, unless it was changed meanwhile."""
    row = locked(work, campaign_id)
    if _is_due(work, row):
        move(
            work,
            row,
            CampaignStatus.FAILED,
            CampaignFailed,
            failure_code=refused.code,
            ended_at=work.now,
        )


def _is_due(work: Work, row: CampaignRow) -> bool:
    is_scheduled = row.status == CampaignStatus.SCHEDULED.value
    return is_scheduled and row.scheduled_at is not None and row.scheduled_at <= work.now


def _keep_rates(work: Work, row: CampaignRow, quote: Quote) -> None:
    """What messages cost is what was held for them, whatever the price list says later."""
    for line in quote.lines:
        if line.country is not None:
            mine = (CampaignCountry.campaign_id == row.id) & (CampaignCountry.country == line.country)
            work.execute(update(CampaignCountry).where(mine).values(credits_a_segment=line.credits_a_segment))
