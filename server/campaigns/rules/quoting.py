"""What a campaign costs: recipients × segments × the rate of their country. Whole credits. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from server.campaigns.rules import MessageChannel


@dataclass(frozen=True, slots=True)
class Line:
    """What the messages to one country cost. `country` is None for e-mail, which costs the same everywhere."""

    country: str | None
    recipients: int
    segments: int
    credits_a_segment: int

    @property
    def credits(self) -> int:
        return self.recipients * self.segments * self.credits_a_segment


@dataclass(frozen=True, slots=True)
class Quote:
    """What a campaign costs at most, in credits of its channel."""

    channel: MessageChannel
    segments: int
    lines: Sequence[Line]

    @property
    def recipients(self) -> int:
        return sum(line.recipients for line in self.lines)

    @property
    def credits(self) -> int:
        return sum(line.credits for line in self.lines)


def quote_email(recipients: int, credits_an_email: int) -> Quote:
    """Of an e-mail campaign: a message is one segment."""
    return Quote(MessageChannel.EMAIL, 1, [Line(None, recipients, 1, credits_an_email)])


def quote_sms(segments: int, recipients: Mapping[str, int], rates: Mapping[str, int]) -> Quote:
    """Of an SMS campaign to so many recipients in each country; `rates` are credits a segment."""
    lines = [Line(country, count, segments, rates[country]) for country, count in sorted(recipients.items())]
    return Quote(MessageChannel.SMS, segments, lines)
