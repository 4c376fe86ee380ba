"""What follows from events beside the counting: credits are captured, addresses suppressed, complaints told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from server.campaigns.actions.sending import capture_accepted
from server.campaigns.actions.suppression import suppress
from server.campaigns.actions.validating import address_of
from server.campaigns.reads import CampaignRow
from server.campaigns.reads.quotes import credits_a_segment
from server.campaigns.rules import MessageChannel
from server.campaigns.rules.events import BounceClass, EventKind, MessageEvent
from server.campaigns.rules.suppression import SuppressionReason
from server.kit.events import DomainEvent
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class MessagesComplained(DomainEvent):
    """Recipients of the campaign, the subject, reported its messages as unwanted: so many in one batch of events."""

    complaints: int


class Fresh(NamedTuple):
    """An event that was not seen before, under the hashes of its key and its recipient."""

    key: bytes
    address_hash: bytes
    event: MessageEvent


def follow_up(work: Work, row: CampaignRow, fresh: Sequence[Fresh], *, billable: bool) -> None:
    """Capture the credits of accepted messages, suppress who must not be written to again, tell complaints."""
    accepted = [each.event for each in fresh if each.event.kind is EventKind.ACCEPTED]
    if billable and accepted:
        capture_accepted(work, row.id, sum(_credits(work, row, accepted)))
    suppressed: dict[SuppressionReason, list[bytes]] = defaultdict(list)
    for each in fresh:
        if (reason := _suppressed_for(each.event)) is not None:
            suppressed[reason].append(each.address_hash)
    for reason, hashes in sorted(suppressed.items()):
        suppress(work, row.account_id, MessageChannel(row.channel), hashes, reason, campaign_id=row.id)
    if complained := suppressed.get(SuppressionReason.COMPLAINED):
        work.record(MessagesComplained(row.account_id, row.id, len(complained)))


def segments_of(row: CampaignRow, event: MessageEvent) -> int:
    """The segments of an accepted SMS: as its provider counted them, else as the campaign's text has them; none of an
    e-mail."""
    if row.channel != MessageChannel.SMS.value:
        return 0
    return row.segments if event.segments is None else event.segments


def _credits(work: Work, row: CampaignRow, accepted: Sequence[MessageEvent]) -> Sequence[int]:
    if row.channel == MessageChannel.EMAIL.value:
        return [credits_a_segment(work, row, None)] * len(accepted)
    countries = [_country(event) for event in accepted]
    rates = {country: credits_a_segment(work, row, country) for country in set(countries)}
    return [segments_of(row, event) * rates[each] for event, each in zip(accepted, countries, strict=True)]


def _country(event: MessageEvent) -> str | None:
    """The country that a message to the number costs by: the number says it, not the provider."""
    address = address_of(MessageChannel.SMS, event.recipient)
    return event.country if address is None else address.country


def _suppressed_for(event: MessageEvent) -> SuppressionReason | None:
    """Why nobody writes to the recipient again; None when somebody may. A block is the sender's fault, not theirs."""
    if event.kind is EventKind.UNSUBSCRIBED:
        return SuppressionReason.UNSUBSCRIBED
    if event.kind is EventKind.COMPLAINED:
        return SuppressionReason.COMPLAINED
    if event.kind is EventKind.BOUNCED and event.bounce is BounceClass.HARD:
        return SuppressionReason.HARD_BOUNCE
    return None
