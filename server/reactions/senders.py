"""What an account is told of its sender IDs."""

from __future__ import annotations

from collections.abc import Callable

from server.accounts.actions.accesses import note_reading
from server.accounts.reads.accesses import staff_viewer
from server.kit.events import Reactions
from server.kit.viewer import Reading
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.senders import reads
from server.senders.actions.events import (
    SenderAccepted,
    SenderChange,
    SenderDocumentViewed,
    SenderRefused,
)


def register(registered: Reactions) -> None:
    registered.on(SenderDocumentViewed, _note_view)
    registered.on(SenderAccepted, _tell_of_sender("sender_accepted"))
    registered.on(SenderRefused, _tell_of_sender("sender_refused"))


def _note_view(work: Work, event: SenderDocumentViewed) -> None:
    """A document is shown by a link, and not by a field: who looked at it is noted here for the customer."""
    viewer = staff_viewer(work, event.viewer_id, event.credential_id)
    duties: frozenset[str | None] = frozenset({None})
    owners = frozenset({event.account_id})
    note_reading(work, Reading(viewer, "SenderDocument.content", "identification", duties, owners))


def _tell_of_sender(template: str) -> Callable[[Work, SenderChange], None]:
    def tell(work: Work, event: SenderChange) -> None:
        row = reads.sender(work, event.account_id, event.subject_id)
        assert row is not None, "it was decided in this transaction"
        data = {"name": reads.name_of(work, row) or ""}
        dedupe_key = f"{template}/{event.submission_id}"
        notice_actions.notify(work, event.account_id, template, data, dedupe_key=dedupe_key)

    return tell
