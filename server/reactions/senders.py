"""What an account is told of its sender IDs."""

from __future__ import annotations

from collections.abc import Callable

from server.kit.events import Reactions
from server.kit.work import Work
from server.notices import actions as notice_actions
from server.senders import reads
from server.senders.actions.events import SenderAccepted, SenderChange, SenderRefused


def register(registered: Reactions) -> None:
    registered.on(SenderAccepted, _tell_of_sender("sender_accepted"))
    registered.on(SenderRefused, _tell_of_sender("sender_refused"))


def _tell_of_sender(template: str) -> Callable[[Work, SenderChange], None]:
    def tell(work: Work, event: SenderChange) -> None:
        row = reads.sender(work, event.account_id, event.subject_id)
        assert row is not None, "it was decided in this transaction"
        data = {"name": reads.name_of(work, row) or ""}
        dedupe_key = f"{template}/{event.submission_id}"
        notice_actions.notify(work, event.account_id, template, data, dedupe_key=dedupe_key)

    return tell
