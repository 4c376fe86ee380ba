"""Noting who read whose data: for the accounts themselves to see, beside the company's audit."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import insert

from server.accounts.model.accesses import DataAccess
from server.accounts.reads import accesses as reads
from server.accounts.reads import customers_among
from server.accounts.reads.resellers import managements_by_id
from server.accounts.rules.accesses import LegalDuty, Reader
from server.kit.ids import prefix_of
from server.kit.viewer import Reading
from server.kit.work import Read, Work

FIELDS_LENGTH_MAX = 1_000


def check_asked(read: Read, reading: Reading) -> None:
    """Raises PublicError NOT_FOUND when what is asked for is a closed account's, and no duty excuses it (M097)."""
    reads.check_closed(read, reads.accounts_among(read, reading.ids), reading.duties)


def note_reading(work: Work, reading: Reading) -> None:
    """Let each account know what was read of it. Raises PublicError NOT_FOUND as `check_asked` does, for whom texts
    were opened of."""
    viewer = reading.viewer
    if viewer.management_id is not None:
        _note_reseller(work, reading)
        return
    opened = {one for one in reading.owners if prefix_of(one) == "acc"} - {viewer.account_id}
    reads.check_closed(work, opened, reading.duties)
    only_ids = reading.duties == {LegalDuty.OPERATION.value}  # nothing of anybody is in them
    by_ids = set() if only_ids else reads.accounts_among(work, reading.ids)
    duties = sorted(duty for duty in reading.duties if duty is not None)
    excused = None if None in reading.duties or not duties else duties[0]
    shared = {
        "reader": Reader.STAFF.value,
        "handle": reads.handle_of(work, viewer.credential_id),
        "roles": " ".join(sorted(viewer.staff_roles)),
        "duty": excused,
    }
    _note(work, customers_among(work, opened | by_ids), reading, shared)


def _note_reseller(work: Work, reading: Reading) -> None:
    viewer = reading.viewer
    assert viewer.management_id is not None
    management = managements_by_id(work, [viewer.management_id])[viewer.management_id]
    shared = {"reader": Reader.RESELLER.value, "reseller_id": management.reseller_id, "roles": ""}
    _note(work, {management.account_id}, reading, shared)


def _note(work: Work, accounts: Collection[str], reading: Reading, shared: dict[str, str | None]) -> None:
    if not accounts:
        return
    fields = reading.fields
    said = {
        **shared,
        "at": work.now,
        "purpose": reading.purpose,
        "fields": fields if len(fields) <= FIELDS_LENGTH_MAX else f"{fields[: FIELDS_LENGTH_MAX - 1]}…",
    }
    rows = [{"id": work.ids.new("dac"), "account_id": account, **said} for account in sorted(accounts)]
    work.execute(insert(DataAccess).values(rows))
