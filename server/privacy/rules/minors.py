"""Reports that an account is a minor's: who may make how many, and where each is. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from server.kit.problems import Refusal


@dataclass(frozen=True, slots=True)
class MinorReportTerms:
    """The limits of public reports. Lengths count characters."""

    named_length_max: int = 254
    text_length_max: int = 1_000
    reports_per_address_max: int = 5
    """Reports from one network address in any window."""
    reports_max: int = 500
    """Reports from everywhere in any window."""
    reports_window: timedelta = timedelta(hours=1)


class MinorReportStatus(StrEnum):
    """Where a report is. CONFIRMED: the account is a minor's, and is erased. The last two are final."""

    RECEIVED = "RECEIVED"
    CONFIRMED = "CONFIRMED"
    DISMISSED = "DISMISSED"


@dataclass(eq=False)
class MinorReportNotFound(Refusal):
    """There is no such report."""

    code = "MINOR_REPORT_NOT_FOUND"
    blames = "reportId"


@dataclass(eq=False)
class MinorReportJudged(Refusal):
    """Somebody judged this report before."""

    code = "MINOR_REPORT_JUDGED"
    status: str


@dataclass(eq=False)
class MinorReportLimitReached(Refusal):
    """Too many reports arrived from there, or from everywhere; try again later."""

    code = "MINOR_REPORT_LIMIT_REACHED"
    retry_after_seconds: int


def check_reports(from_address: int, from_everywhere: int, terms: MinorReportTerms) -> None:
    """Whether one more report may come after so many in the window. Raises MinorReportLimitReached."""
    if from_address >= terms.reports_per_address_max or from_everywhere >= terms.reports_max:
        raise MinorReportLimitReached(int(terms.reports_window.total_seconds()))


def check_open(status: MinorReportStatus) -> None:
    """Raises MinorReportJudged."""
    if status is not MinorReportStatus.RECEIVED:
        raise MinorReportJudged(status.value)
