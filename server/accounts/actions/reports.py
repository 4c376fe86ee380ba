"""Reporting a compromise: everything that acts for the account ends at once, and the company is told (P047)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, true, update

from server.accounts.actions.authority import count_revocation, lock_authority, revoke_sessions
from server.accounts.actions.email import acting_person
from server.accounts.actions.events import ApiKeyRevoked, CompromiseReported
from server.accounts.actions.teams import close_invitations
from server.accounts.model import (
    IDENTITY,
    ApiKey,
    KnownDevice,
    PasswordReset,
    SecurityReport,
    SignInChallenge,
)
from server.accounts.rules import Terms
from server.accounts.rules.reports import ReportKind, normal_note
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class Reported:
    """The report, and how many sessions and API keys ended by it, the acting one included."""

    id: str
    sessions_ended: int
    keys_ended: int


def report_compromise(work: Work, kind: ReportKind, note: str | None) -> Reported:
    """End all sessions, API keys, invitations and whatever else would let somebody in, and open a report.

    Any member may: a false alarm costs a sign-in, a missed one the account (H020). Raises ReportNoteInvalid.
    """
    text = normal_note(note, work.terms(Terms).report_note_length_max)
    person = acting_person(work)
    account_id: str = person.account_id
    lock_authority(work, account_id)
    sessions, keys = revoke_sessions(work, account_id, true()), _revoke_keys(work, account_id)
    close_invitations(work, account_id, true())
    for table in (SignInChallenge, KnownDevice, PasswordReset):
        work.execute(delete(table).where(table.account_id == account_id))
    count_revocation(work, account_id)
    report_id = work.ids.new("srp")
    sealed = work.seal(account_id, IDENTITY, "security_reports.note", text) if text is not None else None
    work.execute(
        insert(SecurityReport).values(
            id=report_id,
            account_id=account_id,
            reported_by=person.id,
            kind=kind.value,
            note=sealed,
            reported_at=work.now,
            sessions_ended=sessions,
            keys_ended=keys,
        )
    )
    work.record(CompromiseReported(account_id, report_id, kind.value))
    return Reported(report_id, sessions, keys)


def _revoke_keys(work: Work, account_id: str) -> int:
    live = (ApiKey.account_id == account_id) & ApiKey.revoked_at.is_(None)
    revoked = update(ApiKey).where(live).values(revoked_at=work.now).returning(ApiKey.id)
    ids = sorted(work.execute(revoked).scalars())
    for key_id in ids:
        work.record(ApiKeyRevoked(account_id, key_id))
    return len(ids)
