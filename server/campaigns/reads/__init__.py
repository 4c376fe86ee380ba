"""Queries about campaigns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Select, func, select

from server.accounts.reads import open_or_none
from server.campaigns.model import Campaign
from server.campaigns.rules.lifecycle import ENDED
from server.campaigns.rules.segments import MergeAlphabet, MergeField
from server.kit.ids import is_id
from server.kit.work import Read

NAME_COLUMN = "campaigns.name"
SUBJECT_COLUMN = "campaigns.subject"
TEXT_COLUMN = "campaigns.text"
MERGE_FIELDS_COLUMN = "campaigns.merge_fields"
SENDER_COLUMN = "campaigns.sender"

_campaigns = Campaign.__table__.c


class CampaignRow(NamedTuple):
    """A campaign: the columns of its table, by the same names."""

    id: str
    account_id: str
    channel: str
    status: str
    name: bytes
    subject: bytes | None
    text: bytes | None
    merge_fields: bytes | None
    sender: bytes | None
    lawful_basis: str | None
    list_source: str | None
    declared_at: datetime | None
    declared_by: str | None
    segments: int
    recipients: int
    uploaded: bool
    credits_reserved: int
    credits_captured: int
    hold_id: str | None
    pause_reason: str | None
    failure_code: str | None
    scheduled_at: datetime | None
    launched_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    updated_at: datetime


def campaign(read: Read, account_id: str, campaign_id: str) -> CampaignRow | None:
    """The account's campaign; None when there is none or it is another account's (Q014)."""
    return campaigns(read, account_id, [campaign_id]).get(campaign_id) if is_id(campaign_id, "cmp") else None


def campaigns(read: Read, account_id: str, campaign_ids: Collection[str]) -> Mapping[str, CampaignRow]:
    """Those of these campaigns that are the account's, by id."""
    query = _rows().where(_campaigns.account_id == account_id, _campaigns.id.in_(campaign_ids))
    return {row.id: CampaignRow._make(row) for row in read.rows(query)}


def campaigns_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[CampaignRow]:
    """The account's campaigns, newest first, older than `before_id`."""
    query = _rows().where(_campaigns.account_id == account_id)
    if before_id is not None:
        query = query.where(_campaigns.id < before_id)
    return [CampaignRow._make(row) for row in read.rows(query.order_by(_campaigns.id.desc()).limit(limit))]


def launched_campaign(read: Read, campaign_id: str) -> CampaignRow | None:
    """A campaign of whichever account that went out; None when there is none, or it was never launched."""
    query = _rows().where(_campaigns.id == campaign_id, _campaigns.launched_at.is_not(None))
    row = read.first(query) if is_id(campaign_id, "cmp") else None
    return None if row is None else CampaignRow._make(row)


def open_campaigns(read: Read, account_id: str) -> int:
    """How many of the account's campaigns have not ended."""
    is_open = _campaigns.status.not_in([status.value for status in ENDED])
    return int(read.scalar(select(func.count()).where(_campaigns.account_id == account_id, is_open)) or 0)


def name_of(read: Read, row: CampaignRow) -> str | None:
    """The campaign's name; None once it was erased."""
    return open_or_none(read, NAME_COLUMN, row.name)


def subject_of(read: Read, row: CampaignRow) -> str | None:
    """The subject of an e-mail; None for SMS, and once it was erased."""
    return open_or_none(read, SUBJECT_COLUMN, row.subject)


def text_of(read: Read, row: CampaignRow) -> str | None:
    """The message's text; None without one, and once it was erased."""
    return open_or_none(read, TEXT_COLUMN, row.text)


def sender_of(read: Read, row: CampaignRow) -> str | None:
    """The sender that an SMS is to show; None when none was asked for, and once it was erased."""
    return open_or_none(read, SENDER_COLUMN, row.sender)


def merge_fields_of(read: Read, row: CampaignRow) -> Sequence[MergeField]:
    """The declared merge fields."""
    kept = open_or_none(read, MERGE_FIELDS_COLUMN, row.merge_fields)
    return [] if kept is None else [_field(each) for each in orjson.loads(kept)]


def _field(kept: Mapping[str, Any]) -> MergeField:
    return MergeField(kept["name"], kept["length_max"], MergeAlphabet(kept["alphabet"]))


def _rows() -> Select[Any]:
    return select(*[_campaigns[name] for name in CampaignRow._fields])
