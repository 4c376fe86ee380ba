"""Copies of data: who is told that one can be fetched, and that an account that is closed has none."""

from __future__ import annotations

from server.accounts import reads as account_reads
from server.accounts.actions.events import AccountClosed
from server.kit.events import Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.notices.rules import Channel
from server.privacy.actions.export_events import DataExportReady
from server.privacy.actions.exporting import cancel_exports
from server.privacy.reads import exporting as reads


def register(registered: Reactions) -> None:
    registered.on(AccountClosed, cancel_exports)
    registered.on(DataExportReady, _tell_person)


def _tell_person(work: Work, event: DataExportReady) -> None:
    """The link is not in the message: it is made when the person has shown again who they are."""
    row = reads.any_export(work, event.subject_id)
    person = account_reads.present_person(work, event.person_id)
    if row is None or row.expires_at is None or person is None:
        return
    email = account_reads.open_or_none(work, "people.email", person.email)
    notice_actions.notify(
        work,
        event.account_id,
        "data_export_ready",
        {"export": row.id, "at": row.expires_at.isoformat()},
        person_id=person.id,
        channels=(Channel.IN_APP,) if email is None else (Channel.IN_APP, Channel.EMAIL),
        email=email,
    )
