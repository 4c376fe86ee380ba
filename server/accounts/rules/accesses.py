"""Who of the staff may look at an account that is closed: confidentiality outlives the contract (M097). No I/O."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class LegalDuty(StrEnum):
    """For what the staff goes on reading of closed accounts. Each field that does names its own.

    BOOKKEEPING: invoices, taxes and refunds, which finance has to keep and to show. DATA_PROTECTION: requests about
    data, erasures, minors. DISCLOSURES: what an authority asks for, and its register. DISPUTES: complaints, and the
    customer's appeal against a preventive closing, which may open the account again. OPERATION: the server's own work,
    shown by opaque ids only.
    """

    BOOKKEEPING = "BOOKKEEPING"
    DATA_PROTECTION = "DATA_PROTECTION"
    DISCLOSURES = "DISCLOSURES"
    DISPUTES = "DISPUTES"
    OPERATION = "OPERATION"


class Reader(StrEnum):
    """Who read an account's data without being of the account."""

    STAFF = "STAFF"
    RESELLER = "RESELLER"


def closed_is_refused(duties: Collection[str | None], *, denied: bool) -> bool:
    """Whether the staff may not be shown a closed account by fields with these duties, None for a field without one.

    `denied` is the policy's. Whatever is read without any field of the staff's is no duty of theirs.
    """
    return denied and (not duties or any(duty is None for duty in duties))
