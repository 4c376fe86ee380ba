"""What a campaign says, by its channel. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.campaigns.rules import MessageChannel
from server.campaigns.rules.segments import MergeField
from server.kit.problems import Refusal


@dataclass(frozen=True, slots=True)
class EmailMessage:
    """What an e-mail campaign says."""

    subject: str
    text: str

    @property
    def channel(self) -> MessageChannel:
        return MessageChannel.EMAIL


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """What an SMS campaign says, and what it asks to show as its sender."""

    text: str
    sender: str | None
    merge_fields: Sequence[MergeField]

    @property
    def channel(self) -> MessageChannel:
        return MessageChannel.SMS


Message = EmailMessage | SmsMessage


@dataclass(eq=False)
class CampaignChannelFixed(Refusal):
    """A campaign keeps its channel, for its recipients are of it."""

    code = "CAMPAIGN_CHANNEL_FIXED"
    blames = "message"
    channel: str


def check_channel(message: Message, channel: str) -> None:
    """Raises CampaignChannelFixed."""
    if message.channel.value != channel:
        raise CampaignChannelFixed(channel)
