"""What is counted besides the events that come in: a recipient's own click on the unsubscribe link."""

from __future__ import annotations

from server.campaigns.actions.recording import record_unsubscription
from server.campaigns.actions.suppression import RecipientUnsubscribed
from server.kit.events import Reactions
from server.kit.work import Work


def register(registered: Reactions) -> None:
    registered.on(RecipientUnsubscribed, _count)


def _count(work: Work, event: RecipientUnsubscribed) -> None:
    record_unsubscription(work, event.account_id, event.subject_id, event.address_hash)
