"""Copies of data: who may have which, in which forms, and for how long. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.kit.problems import Refusal

PACKAGES_PATH = "/data-exports"


class ExportScope(StrEnum):
    """Whose data it is: what is held of the person who asks, or of the whole account besides."""

    PERSON = "PERSON"
    ACCOUNT = "ACCOUNT"


class ExportStatus(StrEnum):
    """Where a package is. From READY on it can be fetched, until it expires; CANCELLED and EXPIRED are deleted."""

    BUILDING = "BUILDING"
    READY = "READY"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"


class Form(StrEnum):
    """What a table is written as, in this order."""

    SCHEMA = "schema"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"


ALWAYS = (Form.SCHEMA, Form.JSON, Form.CSV, Form.XLSX)
"""XLS is in it where the policy lists it."""


@dataclass(frozen=True, slots=True)
class PackageTerms:
    """The numbers of packages."""

    old_workbooks: bool = True
    """Whether each table is there as XLS, too (M126)."""
    kept: timedelta = timedelta(days=7)
    link_age_max: timedelta = timedelta(minutes=15)
    rows_a_read: int = 500
    rows_a_file: int = 50_000
    rows_a_workbook: int = 20_000
    rows_an_old_workbook: int = 10_000
    rows_a_step: int = 50_000
    """After so many rows a step ends, and the next one goes on: it is over well within its lease."""
    files_a_step: int = 100
    chunk_bytes: int = 256 * 1024
    chunks_deleted_at_once: int = 40
    package_bytes_max: int = 2 * 1024**3
    downloads_at_once_max: int = 4
    """In one process."""

    @property
    def forms(self) -> tuple[Form, ...]:
        return (*ALWAYS, Form.XLS) if self.old_workbooks else ALWAYS

    def rows_in(self, form: Form) -> int:
        """How many rows a file of that form has at most."""
        if form is Form.XLSX:
            return self.rows_a_workbook
        return self.rows_an_old_workbook if form is Form.XLS else self.rows_a_file


@dataclass(eq=False)
class DataExportForbidden(Refusal):
    """A copy of the whole account's data is for its owners and administrators; your own data you may have."""

    code = "DATA_EXPORT_FORBIDDEN"
    blames = "scope"


@dataclass(eq=False)
class DataExportRunning(Refusal):
    """Such a copy is being made already."""

    code = "DATA_EXPORT_RUNNING"
    export_id: str


@dataclass(eq=False)
class DataExportNotFound(Refusal):
    """There is no such copy."""

    code = "DATA_EXPORT_NOT_FOUND"
    blames = "exportId"


@dataclass(eq=False)
class DataExportStatusConflict(Refusal):
    """The copy is not in a state that allows this."""

    code = "DATA_EXPORT_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class PackageLinkUnknown(Refusal):
    """There is nothing at this link."""

    code = "PACKAGE_LINK_UNKNOWN"


@dataclass(eq=False)
class PackageLinkExpired(Refusal):
    """The link has expired; ask for another one."""

    code = "PACKAGE_LINK_EXPIRED"


@dataclass(eq=False)
class PackageLinkUsed(Refusal):
    """The link was used; ask for another one."""

    code = "PACKAGE_LINK_USED"


_FOR_ALL = frozenset({"OWNER", "ADMIN"})


def check_scope(scope: ExportScope, role: str) -> None:
    """Whether somebody in that role may have such a copy. Raises DataExportForbidden."""
    if scope is ExportScope.ACCOUNT and role not in _FOR_ALL:
        raise DataExportForbidden


def check_status(status: str, *allowed: ExportStatus) -> None:
    """Raises DataExportStatusConflict."""
    if ExportStatus(status) not in allowed:
        raise DataExportStatusConflict(status)


def check_link(now: datetime, expires_at: datetime, used_at: datetime | None) -> None:
    """Raises PackageLinkUsed or PackageLinkExpired; at its last instant a link has expired."""
    if used_at is not None:
        raise PackageLinkUsed
    if now >= expires_at:
        raise PackageLinkExpired


_TITLES: Mapping[str, str] = {
    "accounts": "Account",
    "account_activity": "Activity of the account",
    "account_closures": "Closing of the account",
    "age_judgements": "Age",
    "api_uses": "Use of the API",
    "auto_top_up_runs": "Runs of automatic top-ups",
    "auto_top_ups": "Automatic top-ups",
    "campaign_countries": "Countries of campaigns",
    "campaign_recipients": "Recipients of campaigns",
    "complaint_cases": "Complaints",
    "complaint_decisions": "Decisions about complaints",
    "complaint_evidence": "Proofs about complaints",
    "complaint_reports": "Reports of complaints",
    "consents": "Consents",
    "data_accesses": "Who else read the data",
    "data_exports": "Copies of data",
    "disclosures": "To whom data was given",
    "email_verifications": "E-mail addresses not verified yet",
    "event_connections": "Connections for events",
    "holds": "Holds on balances",
    "ip_assignments": "Dedicated IP addresses",
    "managements": "Management by resellers",
    "notice_languages": "Languages of notices",
    "open_usage": "Usage not invoiced yet",
    "order_registry": "Registry of orders",
    "outbox_messages": "E-mails sent to you",
    "payment_methods": "Payment methods",
    "people": "People of the account",
    "plan_charges": "Charges of plans",
    "plan_subscriptions": "Plans",
    "plan_withdrawals": "People who leave at the end of a cycle",
    "postings": "Movements of balances",
    "recipient_notices": "Announced classes of recipients",
    "sessions": "Sign-ins",
    "statistic_buckets": "Statistics by quarter hour",
    "statistic_scopes": "What statistics are of",
    "statistic_totals": "Statistics by dimension",
    "statistic_values": "Values of statistics",
    "ticket_messages": "Messages of tickets",
    "suppression_removals": "Opt-outs that were lifted",
    "top_up_refunds": "Refunds",
    "top_up_reversals": "Reversals of payments",
    "top_ups": "Payments",
    "totps": "Authenticator applications",
    "vat_numbers": "VAT numbers",
    "wallet_claims": "Claims on balances",
    "wallets": "Balances",
}


def title_of(table: str) -> str:
    """The name of a table for people."""
    return _TITLES.get(table) or readable(table)


def readable(name: str) -> str:
    """The name of a column for people: `created_at` is Created at."""
    words = name.removesuffix("_minor").replace("_", " ")
    unit = ", in minor units" if name.endswith("_minor") else ""
    return f"{words[:1].upper()}{words[1:]}{unit}"
