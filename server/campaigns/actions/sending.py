"""While a campaign is sent: what its messages take of the held credits, pauses, and its end."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import select

from server.campaigns.actions.campaigns import LAUNCH
from server.campaigns.actions.events import (
    CampaignCancelled,
    CampaignChange,
    CampaignCompleted,
    CampaignFailed,
    CampaignPaused,
    CampaignResumed,
    locked,
    move,
    write,
)
from server.campaigns.actions.launching import END, check_may_launch
from server.campaigns.model import Campaign
from server.campaigns.reads import CampaignRow
from server.campaigns.rules import CampaignStatus, CampaignStatusConflict
from server.campaigns.rules.lifecycle import ENDED, RUNNING, PauseReason
from server.kit.due import cancel
from server.kit.work import Work
from server.wallet import actions as wallet
from server.wallet import reads as wallet_reads
from server.wallet.rules import Counter, HoldNotOpen, HoldState, PostingKind

HOLD_EXPIRED = "HOLD_EXPIRED"
"""The failure code of a campaign of which nothing was sent in its time."""


def capture_accepted(work: Work, campaign_id: str, credits: int) -> int:
    """Take from the campaign's hold what its newly accepted messages cost; returns what was taken.

    At most what is left of the hold, and nothing once the campaign has ended: a provider's count beyond the quote
    costs the customer nothing. With the last credit the campaign is complete. Raises CampaignNotFound.
    """
    row = locked(work, campaign_id)
    taken = min(credits, _left(work, row))
    if row.hold_id is None or taken <= 0 or CampaignStatus(row.status) not in RUNNING:
        return 0
    try:
        hold = wallet.capture(
            work, row.hold_id, taken, Counter.CREDITS_USED, PostingKind.HOLD_CAPTURED, row.id
        )
    except HoldNotOpen:  # it expired a moment ago
        return 0
    captured = write(work, row, credits_captured=row.credits_captured + taken)
    if not hold.remaining:
        _end(work, captured, CampaignStatus.COMPLETED, CampaignCompleted)
    return taken


def pause_campaign(
    work: Work, account_id: str, campaign_id: str, reason: PauseReason = PauseReason.CUSTOMER
) -> CampaignRow:
    """Let a campaign not be sent for now. Its credits stay held, and its time runs on.

    Raises CampaignNotFound or CampaignStatusConflict.
    """
    row = locked(work, campaign_id, account_id)
    return move(work, row, CampaignStatus.PAUSED, CampaignPaused, pause_reason=reason.value)


def resume_campaign(work: Work, account_id: str, campaign_id: str) -> CampaignRow:
    """Let a paused campaign be sent again. Raises what `check_may_launch` raises, CampaignNotFound or
    CampaignStatusConflict.
    """
    check_may_launch(work, account_id)
    row = locked(work, campaign_id, account_id)
    if row.status != CampaignStatus.PAUSED.value:
        raise CampaignStatusConflict(row.status)
    return move(work, row, CampaignStatus.SENDING, CampaignResumed, pause_reason=None)


def complete_campaign(work: Work, account_id: str, campaign_id: str) -> CampaignRow:
    """Say that a campaign was sent: what is left of its credits comes back. Raises CampaignNotFound or
    CampaignStatusConflict.
    """
    row = locked(work, campaign_id, account_id)
    return _end(work, row, CampaignStatus.COMPLETED, CampaignCompleted)


def cancel_campaign(work: Work, account_id: str, campaign_id: str) -> CampaignRow:
    """Give a campaign up, whatever of it was sent: what is left of its credits comes back. Raises CampaignNotFound or
    CampaignStatusConflict.
    """
    row = locked(work, campaign_id, account_id)
    return _end(work, row, CampaignStatus.CANCELLED, CampaignCancelled)


def end_in_time(work: Work, campaign_id: str) -> None:
    """The due step at the end of a hold: complete what was sent in part, fail what was not. Repeated, it changes
    nothing."""
    row = locked(work, campaign_id)
    if CampaignStatus(row.status) not in RUNNING or row.hold_id is None:
        return
    wallet.expire(work, row.hold_id)
    if row.credits_captured:
        _end(work, row, CampaignStatus.COMPLETED, CampaignCompleted)
    else:
        _end(work, row, CampaignStatus.FAILED, CampaignFailed, failure_code=HOLD_EXPIRED)


def pause_all(work: Work, account_id: str, reason: PauseReason) -> None:
    """Pause whatever the account is sending."""
    for campaign_id in _of_account(work, account_id, {CampaignStatus.SENDING}):
        row = locked(work, campaign_id)
        if row.status == CampaignStatus.SENDING.value:
            pause_campaign(work, account_id, campaign_id, reason)


def cancel_all(work: Work, account_id: str) -> None:
    """End every campaign of an account that is closed. Repeated, it finds none."""
    for campaign_id in _of_account(work, account_id, set(CampaignStatus) - ENDED):
        row = locked(work, campaign_id)
        if CampaignStatus(row.status) not in ENDED:
            _end(work, row, CampaignStatus.CANCELLED, CampaignCancelled)


def _end(
    work: Work, row: CampaignRow, to: CampaignStatus, event: type[CampaignChange], **changes: object
) -> CampaignRow:
    ended = move(work, row, to, event, ended_at=work.now, pause_reason=None, **changes)
    cancel(work, LAUNCH, row.id)
    cancel(work, END, row.id)
    if row.hold_id is not None and _left(work, row):
        with suppress(HoldNotOpen):  # it expired a moment ago
            wallet.release(work, row.hold_id)
    return ended


def _left(work: Work, row: CampaignRow) -> int:
    """What is left of the campaign's hold."""
    hold = None if row.hold_id is None else wallet_reads.hold(work, row.account_id, row.hold_id)
    if hold is None or hold.state != HoldState.OPEN.value or hold.expires_at <= work.now:
        return 0
    return int(hold.quantity - hold.captured - hold.released)


def _of_account(work: Work, account_id: str, statuses: set[CampaignStatus]) -> list[str]:
    mine = (Campaign.account_id == account_id) & Campaign.status.in_([each.value for each in statuses])
    return list(work.execute(select(Campaign.id).where(mine).order_by(Campaign.id)).scalars())
