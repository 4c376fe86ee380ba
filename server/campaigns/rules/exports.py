"""What a customer takes a copy of, and in which form (M012). No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from server.campaigns.rules.series import Step
from server.kit.problems import Refusal

EXPORTS_PATH = "/exports"


@dataclass(frozen=True, slots=True)
class ExportTerms:
    """The numbers of exports."""

    link_age_max: timedelta = timedelta(minutes=15)
    rows_a_read: int = 500
    exports_at_once_max: int = 4
    """In one process."""
    sheet_rows_max: int = 1_048_576
    """Of an XLSX sheet; further rows go to the next one."""


class ExportKind(StrEnum):
    """What is in the file."""

    STATISTICS = "STATISTICS"
    SERIES = "SERIES"
    PARTS = "PARTS"
    RECIPIENTS = "RECIPIENTS"
    MESSAGES = "MESSAGES"


OF_ACCOUNT = frozenset({ExportKind.STATISTICS, ExportKind.MESSAGES})
"""Kinds that are of all campaigns of the account; the others are of one."""


class ExportFormat(StrEnum):
    """In which form."""

    CSV = "csv"
    XLSX = "xlsx"


class ExportFault(StrEnum):
    """Why a link leads nowhere."""

    UNKNOWN = "UNKNOWN"
    EXPIRED = "EXPIRED"


@dataclass(eq=False)
class ExportInvalid(Refusal):
    """Statistics and messages are of the whole account, everything else of one campaign."""

    code = "EXPORT_INVALID"
    blames = "campaignId"


@dataclass(frozen=True, slots=True)
class Export:
    """A file that may be downloaded until an instant, in whole seconds since 1970. `step` and `zone` are those of a
    series."""

    kind: ExportKind
    format: ExportFormat
    account_id: str
    campaign_id: str | None
    step: Step
    zone: str
    expires_seconds: int

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.expires_seconds, UTC)


def check_subject(kind: ExportKind, campaign_id: str | None) -> None:
    """Raises ExportInvalid."""
    if (kind in OF_ACCOUNT) != (campaign_id is None):
        raise ExportInvalid
