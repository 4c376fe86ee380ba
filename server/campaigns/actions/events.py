"""The events of a campaign, and the only writer of its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sqlalchemy import select, update

from server.campaigns.model import Campaign
from server.campaigns.reads import CampaignRow
from server.campaigns.rules import CampaignNotFound, CampaignStatus
from server.campaigns.rules.lifecycle import check_editable, check_move
from server.kit.events import DomainEvent
from server.kit.ids import is_id
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class CampaignChange(DomainEvent):
    """What every change of a campaign tells: its state from then on. The subject is the campaign; credits are of its
    channel."""

    status: str
    recipients: int
    credits_reserved: int
    credits_captured: int
    pause_reason: str | None
    failure_code: str | None

    @classmethod
    def of(cls, row: CampaignRow) -> Self:
        return cls(
            row.account_id,
            row.id,
            row.status,
            row.recipients,
            row.credits_reserved,
            row.credits_captured,
            row.pause_reason,
            row.failure_code,
        )


class CampaignCreated(CampaignChange):
    """A draft was begun."""


class CampaignUpdated(CampaignChange):
    """Its name or message was changed."""


class CampaignAudienceDeclared(CampaignChange):
    """Lawful basis and list source were declared."""


class CampaignRecipientsChanged(CampaignChange):
    """Recipients were added or counted."""


class CampaignScheduled(CampaignChange):
    """It will be launched at an instant."""


class CampaignUnscheduled(CampaignChange):
    """It is a draft again."""


class CampaignLaunched(CampaignChange):
    """Its credits are held, and it may be sent."""


class CampaignPaused(CampaignChange):
    """It may not be sent for now."""


class CampaignResumed(CampaignChange):
    """It may be sent again."""


class CampaignCompleted(CampaignChange):
    """It was sent; what was held and not used was given back."""


class CampaignCancelled(CampaignChange):
    """It was given up; what was held and not used was given back."""


class CampaignFailed(CampaignChange):
    """It could not be launched, or nothing of it was ever sent."""


CHANGES: tuple[type[CampaignChange], ...] = (
    CampaignCreated,
    CampaignUpdated,
    CampaignAudienceDeclared,
    CampaignRecipientsChanged,
    CampaignScheduled,
    CampaignUnscheduled,
    CampaignLaunched,
    CampaignPaused,
    CampaignResumed,
    CampaignCompleted,
    CampaignCancelled,
    CampaignFailed,
)


def locked(work: Work, campaign_id: str, account_id: str | None = None) -> CampaignRow:
    """The campaign, locked for the rest of the transaction. Raises CampaignNotFound, also when it is not the
    account's (Q014)."""
    query = select(Campaign.__table__).where(Campaign.id == campaign_id)
    row = work.first(query.with_for_update()) if is_id(campaign_id, "cmp") else None
    if row is None or (account_id is not None and row.account_id != account_id):
        raise CampaignNotFound
    return CampaignRow(**row._mapping)


def draft(work: Work, account_id: str, campaign_id: str) -> CampaignRow:
    """The account's draft, locked. Raises CampaignNotFound, or CampaignStatusConflict when it is none any more."""
    row = locked(work, campaign_id, account_id)
    check_editable(CampaignStatus(row.status))
    return row


def move(
    work: Work, row: CampaignRow, to: CampaignStatus, event: type[CampaignChange], **changes: object
) -> CampaignRow:
    """Give a locked campaign its next status. Raises CampaignStatusConflict when `to` may not follow."""
    check_move(CampaignStatus(row.status), to)
    return change(work, row, event, status=to.value, **changes)


def change(work: Work, row: CampaignRow, event: type[CampaignChange], **changes: object) -> CampaignRow:
    """Write columns of a locked campaign and record the event that tells it."""
    changed = write(work, row, **changes)
    work.record(event.of(changed))
    return changed


def write(work: Work, row: CampaignRow, **changes: object) -> CampaignRow:
    """Write columns of a locked campaign that no event tells."""
    statement = update(Campaign).where(Campaign.id == row.id).values(updated_at=work.now, **changes)
    written = work.first(statement.returning(*Campaign.__table__.c))
    assert written is not None, "a locked row stays"
    return CampaignRow(**written._mapping)
