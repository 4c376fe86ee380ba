"""Queries about reports that an account is a minor's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from server.kit.ids import is_id
from server.kit.work import Read
from server.privacy.model import MinorReport
from server.privacy.rules.minors import MinorReportStatus

PREFIX = "mnr"
NAMED_COLUMN = "minor_reports.named"
TEXT_COLUMN = "minor_reports.text"

_reports = MinorReport.__table__.c


class MinorReportRow(NamedTuple):
    """A report: the columns of its table, by the same names."""

    id: str
    account_id: str | None
    status: str
    named: bytes | None
    text: bytes | None
    reported_at: datetime
    judged_at: datetime | None
    judged_by: str | None
    request_id: str | None


_rows = select(*[_reports[name] for name in MinorReportRow._fields])


def report(read: Read, report_id: str) -> MinorReportRow | None:
    """A report, for who has its receipt."""
    row = read.first(_rows.where(_reports.id == report_id)) if is_id(report_id, PREFIX) else None
    return None if row is None else MinorReportRow._make(row)


def open_reports(read: Read, limit: int, after_id: str | None = None) -> Sequence[MinorReportRow]:
    """What nobody judged yet, the oldest first, behind a report."""
    query = _rows.where(_reports.status == MinorReportStatus.RECEIVED.value)
    if after_id is not None:
        query = query.where(_reports.id > after_id)
    return [MinorReportRow._make(row) for row in read.rows(query.order_by(_reports.id).limit(limit))]
