"""What a campaign says and to how many, as the API is told: typed `@oneOf` inputs."""

from __future__ import annotations

import strawberry

from server.campaigns.graph.enums import MergeAlphabetEnum
from server.campaigns.rules.messages import EmailMessage, Message, SmsMessage
from server.campaigns.rules.segments import MergeAlphabet, MergeField


@strawberry.input(description="What an e-mail says.")
class EmailMessageInput:
    subject: str = strawberry.field(description="Its subject: one line of up to 200 characters.")
    text: str = strawberry.field(description="Its text, up to 100,000 characters.")


@strawberry.input(description="A place in the text that the sending engine fills for each recipient.")
class MergeFieldInput:
    name: str = strawberry.field(
        description="Small letters, digits and underscores; the text has it as {{name}}."
    )
    length_max: int = strawberry.field(description="The longest value, in characters: 1 to 160.")
    alphabet: MergeAlphabetEnum = strawberry.field(
        default=MergeAlphabetEnum.UNICODE,
        description="Of which characters the values are. What is promised here decides the quote.",
    )


@strawberry.input(description="What an SMS says.")
class SmsMessageInput:
    text: str = strawberry.field(
        description="Its text. With its merge fields at their longest it has up to 10 segments."
    )
    sender: str | None = strawberry.field(
        default=None, description="What it is to show as its sender; the service's default when null."
    )
    merge_fields: list[MergeFieldInput] = strawberry.field(
        default_factory=list, description="The merge fields of the text, at most 20."
    )


@strawberry.input(one_of=True, description="What is sent, which says by which channel: exactly one of these.")
class CampaignMessageInput:
    email: EmailMessageInput | None = strawberry.field(default=strawberry.UNSET, description="An e-mail.")
    sms: SmsMessageInput | None = strawberry.field(default=strawberry.UNSET, description="An SMS.")

    def message(self) -> Message:
        if self.email:
            return EmailMessage(self.email.subject, self.email.text)
        assert self.sms, "exactly one is given"
        fields = [
            MergeField(field.name, field.length_max, MergeAlphabet[field.alphabet.name])
            for field in self.sms.merge_fields
        ]
        return SmsMessage(self.sms.text, self.sms.sender, fields)


@strawberry.input(description="How many recipients are in a country.")
class CountryCountInput:
    country: str = strawberry.field(description="The country, by ISO 3166-1.")
    recipients: int = strawberry.field(description="How many recipients, 1 or more.")


@strawberry.input(one_of=True, description="How many recipients there are: exactly one of these.")
class RecipientCountInput:
    email: int | None = strawberry.field(
        default=strawberry.UNSET, description="Of an e-mail campaign, 0 to 1,000,000."
    )
    sms: list[CountryCountInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Of an SMS campaign, each country once; 1,000,000 in all at most.",
    )

    def count(self) -> int | list[tuple[str, int]]:
        if isinstance(self.email, int):
            return self.email
        assert self.sms is not None, "exactly one is given"
        return [(each.country, each.recipients) for each in self.sms]
