"""Copies of a customer's data, row by row (M012), and the signed links under which they are downloaded."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import select

from server.accounts.reads import open_or_none
from server.campaigns import reads
from server.campaigns.model import CampaignRecipient, RecipientState, StatisticScope
from server.campaigns.reads import CampaignRow, statistics
from server.campaigns.rules.exports import (
    EXPORTS_PATH,
    Export,
    ExportFault,
    ExportFormat,
    ExportKind,
    ExportTerms,
)
from server.campaigns.rules.metrics import COLUMNS, FIRSTS, STATE_HASH_BYTES, Dimension, moment_at
from server.campaigns.rules.rates import Counts
from server.campaigns.rules.series import Step, zone
from server.kit.sheets import Cell
from server.kit.work import Read

ADDRESS_COLUMN = "campaign_recipients.address"
_KEY = "export_links"
_SECONDS_DIGITS_MAX = 12
_RATES = ("delivery", "bounce", "opening", "click_through", "click_to_open", "unsubscribing", "complaint")
_COUNTED = (*COLUMNS, *(f"{rate}_rate" for rate in _RATES))


class Page(NamedTuple):
    """Some rows, and behind which key the next ones are; None when these are the last."""

    rows: Sequence[Sequence[Cell]]
    after: str | None


HEADERS: Mapping[ExportKind, tuple[str, ...]] = {
    ExportKind.STATISTICS: (
        *("campaign_id", "name", "channel", "status", "launched_at", "credits_reserved", "credits_captured"),
        *_COUNTED,
    ),
    ExportKind.SERIES: ("starts_at", "ends_at", *_COUNTED),
    ExportKind.PARTS: ("dimension", "name", "events", *_COUNTED),
    ExportKind.RECIPIENTS: ("address", "country", *(name.removesuffix("_unique") for name in FIRSTS)),
    ExportKind.MESSAGES: (
        *("campaign_id", "name", "channel", "status", "subject", "text", "sender", "recipients"),
        *("lawful_basis", "list_source", "declared_at", "created_at", "launched_at", "ended_at"),
    ),
}
"""The first row of each kind of file."""


# ---- links


def new_export(
    read: Read,
    account_id: str,
    kind: ExportKind,
    form: ExportFormat,
    campaign_id: str | None,
    step: Step,
    place: str,
) -> Export:
    """An export that can be downloaded from now on; its link ends on a whole second, never later than it may."""
    expires = int((read.now + read.terms(ExportTerms).link_age_max).timestamp())
    return Export(kind, form, account_id, campaign_id, step, place, expires)


def address_of(read: Read, export: Export) -> str:
    """Path and query of the link."""
    query = {
        "account": export.account_id,
        "campaign": export.campaign_id or "",
        "step": export.step.value,
        "zone": export.zone,
        "expires": str(export.expires_seconds),
        "signature": _signature(read, export),
    }
    return f"{EXPORTS_PATH}/{export.kind.value.lower()}.{export.format.value}?{urlencode(query)}"


def followed(read: Read, name: str, query: Mapping[str, str]) -> Export | ExportFault:
    """The export behind an address, or why there is none. The signature is looked at before anything else is told."""
    kind, _, form = name.partition(".")
    expires, signature = query.get("expires", ""), query.get("signature", "")
    digits = expires.isascii() and expires.isdigit() and len(expires) <= _SECONDS_DIGITS_MAX
    try:
        export = Export(
            ExportKind(kind.upper()),
            ExportFormat(form),
            query.get("account", ""),
            query.get("campaign") or None,
            Step(query.get("step", "")),
            query.get("zone", ""),
            int(expires) if digits else 0,
        )
    except ValueError:
        return ExportFault.UNKNOWN
    if not signature.isascii() or not hmac.compare_digest(_signature(read, export), signature):
        return ExportFault.UNKNOWN
    return export if read.now < export.expires_at else ExportFault.EXPIRED


def _signature(read: Read, export: Export) -> str:
    parts = (
        *(export.kind.value, export.format.value, export.account_id, export.campaign_id or ""),
        *(export.step.value, export.zone, str(export.expires_seconds)),
    )
    digest = read.keyed_hash(_KEY, *(part.encode() for part in parts))
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


# ---- rows


def rows_after(read: Read, export: Export, after: str | None) -> Page:
    """The next rows of a file. What is counted meanwhile may be in later rows already; each row agrees in itself."""
    if export.kind is ExportKind.STATISTICS:
        return _of_campaigns(read, export, after, _statistics)
    if export.kind is ExportKind.MESSAGES:
        return _of_campaigns(read, export, after, _messages)
    row = reads.campaign(read, export.account_id, export.campaign_id or "")
    if row is None:
        return Page([], None)
    if export.kind is ExportKind.SERIES:
        found = statistics.series(read, row.id, export.step, zone(export.zone), None, None)
        return Page([(starts, ends, *_cells(counts)) for starts, ends, counts in found], None)
    if export.kind is ExportKind.PARTS:
        return _parts(read, row, after)
    return _recipients(read, row, after)


def _of_campaigns(read: Read, export: Export, after: str | None, cells: Any) -> Page:
    limit = read.terms(ExportTerms).rows_a_read
    rows = reads.campaigns_of_account(read, export.account_id, limit, after)
    return Page(cells(read, rows), rows[-1].id if len(rows) == limit else None)


def _statistics(read: Read, rows: Sequence[CampaignRow]) -> Sequence[Sequence[Cell]]:
    found = statistics.wholes(read, [row.id for row in rows])
    return [
        (
            *(row.id, reads.name_of(read, row), row.channel, row.status, row.launched_at),
            *(row.credits_reserved, row.credits_captured),
            *_cells((found.get(row.id) or statistics.nothing(row.id)).counts),
        )
        for row in rows
    ]


def _messages(read: Read, rows: Sequence[CampaignRow]) -> Sequence[Sequence[Cell]]:
    return [
        (
            *(row.id, reads.name_of(read, row), row.channel, row.status),
            *(reads.subject_of(read, row), reads.text_of(read, row), reads.sender_of(read, row)),
            *(row.recipients, row.lawful_basis, row.list_source, row.declared_at),
            *(row.created_at, row.launched_at, row.ended_at),
        )
        for row in rows
    ]


def _parts(read: Read, row: CampaignRow, after: str | None) -> Page:
    """By one dimension behind the other, the most events first."""
    scope = statistics.scope(read, row.id)
    if scope is None:
        return Page([], None)
    position, weight, value = (int(part) for part in (after or f"{int(Dimension.DOMAIN)}.0.0").split("."))
    dimension, limit = Dimension(position), read.terms(ExportTerms).rows_a_read
    behind = (weight, value) if weight else None
    found = statistics.parts(read, scope.number, dimension, limit, behind)
    rows = [(dimension.name, part.name, part.weight, *_cells(part.counts)) for part in found]
    if len(found) == limit:
        return Page(rows, f"{int(dimension)}.{found[-1].weight}.{found[-1].value}")
    last = dimension is max(Dimension)
    return Page(rows, None if last else f"{int(dimension) + 1}.0.0")


def _recipients(read: Read, row: CampaignRow, after: str | None) -> Page:
    """The uploaded recipients with the instants of their first events; those of a bounce are not among them."""
    limit = read.terms(ExportTerms).rows_a_read
    mine = CampaignRecipient.__table__.c
    query = select(mine.address_hash, mine.address, mine.country).where(mine.campaign_id == row.id)
    if after is not None:
        query = query.where(mine.address_hash > bytes.fromhex(after))
    found = read.rows(query.order_by(mine.address_hash).limit(limit))
    states = _states(read, row.id, [each.address_hash[:STATE_HASH_BYTES] for each in found])
    nothing = [None] * len(FIRSTS)
    rows = [
        (
            open_or_none(read, ADDRESS_COLUMN, each.address),
            each.country,
            *states.get(each.address_hash[:STATE_HASH_BYTES], nothing),
        )
        for each in found
    ]
    return Page(rows, found[-1].address_hash.hex() if len(found) == limit else None)


def _states(read: Read, campaign_id: str, hashes: Sequence[bytes]) -> Mapping[bytes, Sequence[Cell]]:
    each = RecipientState.__table__.c
    query = (
        select(each.recipient, *[each[name] for name in FIRSTS])
        .join(StatisticScope.__table__, StatisticScope.number == each.scope)
        .where(StatisticScope.subject_id == campaign_id, each.recipient.in_(hashes))
    )
    return {row.recipient: _instants(row[1:]) for row in read.rows(query)}


def _instants(moments: Sequence[int | None]) -> Sequence[Cell]:
    return [None if moment is None else moment_at(moment) for moment in moments]


def _cells(counts: Counts) -> Sequence[Cell]:
    return (*counts.row, *(getattr(counts, rate)().value for rate in _RATES))
