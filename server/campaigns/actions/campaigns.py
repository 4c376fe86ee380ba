"""Drafts: begin a campaign, change its message, declare its audience, and schedule it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import orjson
from sqlalchemy import insert

from server.campaigns import reads
from server.campaigns.actions.events import (
    CampaignAudienceDeclared,
    CampaignCreated,
    CampaignScheduled,
    CampaignUnscheduled,
    CampaignUpdated,
    change,
    draft,
    locked,
    move,
)
from server.campaigns.model import Campaign
from server.campaigns.reads import (
    MERGE_FIELDS_COLUMN,
    NAME_COLUMN,
    SENDER_COLUMN,
    SUBJECT_COLUMN,
    TEXT_COLUMN,
    CampaignRow,
)
from server.campaigns.rules import CampaignLimitReached, CampaignStatus, Terms
from server.campaigns.rules.content import check_text
from server.campaigns.rules.lifecycle import (
    LawfulBasis,
    ListSource,
    check_complete,
    check_name,
    check_schedule,
    check_source,
)
from server.campaigns.rules.messages import EmailMessage, Message, check_channel
from server.campaigns.rules.segments import check_fields, segments
from server.kit.due import cancel, schedule
from server.kit.work import Work

LAUNCH = "campaigns.launch"


def create_campaign(work: Work, account_id: str, name: str, message: Message) -> CampaignRow:
    """Begin a campaign, as a draft.

    Raises CampaignNameInvalid, MessageTextInvalid, MessageTextSensitive (M018), MergeFieldInvalid, TooManySegments or
    CampaignLimitReached.
    """
    terms = work.terms(Terms)
    content = _content(work, account_id, name, message, terms)
    if reads.open_campaigns(work, account_id) >= terms.campaigns_open_max:
        raise CampaignLimitReached(terms.campaigns_open_max)
    values = {
        **content,
        "id": work.ids.new("cmp"),
        "account_id": account_id,
        "channel": message.channel.value,
        "status": CampaignStatus.DRAFT.value,
        "recipients": 0,
        "uploaded": False,
        "credits_reserved": 0,
        "credits_captured": 0,
        "created_at": work.now,
        "updated_at": work.now,
    }
    row = work.execute(insert(Campaign).values(values).returning(*Campaign.__table__.c)).one()
    created = CampaignRow(**row._mapping)
    work.record(CampaignCreated.of(created))
    return created


def update_campaign(
    work: Work, account_id: str, campaign_id: str, name: str, message: Message
) -> CampaignRow:
    """Change a draft. Its channel stays, for its recipients are of it.

    Raises what `create_campaign` raises except CampaignLimitReached, CampaignNotFound or CampaignStatusConflict, and
    CampaignChannelFixed for a message of the other channel.
    """
    row = draft(work, account_id, campaign_id)
    check_channel(message, row.channel)
    return change(work, row, CampaignUpdated, **_content(work, account_id, name, message, work.terms(Terms)))


def declare_audience(
    work: Work, account_id: str, campaign_id: str, basis: LawfulBasis, source: ListSource
) -> CampaignRow:
    """Declare, under the actor's credential, why these people may be written to and where the list comes from (M014,
    H019).

    Raises ListSourceRefused (M019), CampaignNotFound or CampaignStatusConflict.
    """
    row = draft(work, account_id, campaign_id)
    check_source(source, work.terms(Terms))
    return change(
        work,
        row,
        CampaignAudienceDeclared,
        lawful_basis=basis.value,
        list_source=source.value,
        declared_at=work.now,
        declared_by=work.actor.credential_id,
    )


def schedule_campaign(work: Work, account_id: str, campaign_id: str, at: datetime | None) -> CampaignRow:
    """Have a campaign launched at an instant, or at another one; None makes it a draft again.

    Credits are held at the launch, not before. Raises CampaignNotFound, CampaignStatusConflict, CampaignIncomplete or
    CampaignScheduleInvalid.
    """
    row = locked(work, campaign_id, account_id)
    if at is None:
        unscheduled = move(work, row, CampaignStatus.DRAFT, CampaignUnscheduled, scheduled_at=None)
        cancel(work, LAUNCH, row.id)
        return unscheduled
    scheduled = move(work, row, CampaignStatus.SCHEDULED, CampaignScheduled, scheduled_at=at)
    check_complete(row.recipients, row.declared_at)
    check_schedule(at, work.now, work.terms(Terms))
    schedule(work, LAUNCH, row.id, at)
    return scheduled


def _content(
    work: Work, account_id: str, name: str, message: Message, terms: Terms
) -> dict[str, bytes | int | None]:
    """The columns of what the customer wrote, sealed. Raises what `create_campaign` says of texts."""
    check_name(name, terms)
    columns: dict[str, str | None] = {NAME_COLUMN: name, TEXT_COLUMN: message.text}
    if isinstance(message, EmailMessage):
        check_text(message.subject, "message.email.subject", terms.subject_length_max, terms, one_line=True)
        check_text(message.text, "message.email.text", terms.email_text_length_max, terms)
        count = 1
        columns |= {SUBJECT_COLUMN: message.subject}
    else:
        check_text(message.text, "message.sms.text", terms.sms_text_length_max, terms)
        if message.sender is not None:
            place, length_max = "message.sms.sender", terms.sender_length_max
            check_text(message.sender, place, length_max, terms, one_line=True)
        check_fields(message.text, message.merge_fields, terms)
        count = segments(message.text, message.merge_fields, terms)
        fields = orjson.dumps([asdict(field) for field in message.merge_fields]).decode()
        columns |= {SENDER_COLUMN: message.sender, MERGE_FIELDS_COLUMN: fields}
    sealed = {
        column.partition(".")[2]: None if text is None else work.seal(account_id, "content", column, text)
        for column, text in columns.items()
    }
    return {**sealed, "segments": count}
