"""What a campaign is, how many there may be, what it may say and to how many, and the slice's refusals. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from server.kit.problems import Refusal

_HEALTH_WORDS = """
    your-diagnosis hiv-positive chemotherapy psychiatric-treatment medical-record medical-records
    votre-diagnostic séropositif séropositive chimiothérapie dossier-médical
    ihre-diagnose hiv-positiv chemotherapie krankenakte patientenakte
    su-diagnóstico seropositivo seropositiva quimioterapia historia-clínica
    sua-diagnosi sieropositivo sieropositiva chemioterapia cartella-clinica
    seu-diagnóstico soropositivo soropositiva quimioterápico prontuário-médico
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """The numbers of campaigns and of suppression. What an SMS segment costs by country is in the price list."""

    name_length_max: int = 120
    subject_length_max: int = 200
    email_text_length_max: int = 100_000
    sms_text_length_max: int = 2_000
    """Characters, as the counts above; what an SMS may have is decided by its segments."""
    sms_segments_max: int = 10
    """Segments of the longest message that a recipient can get."""
    sender_length_max: int = 20
    """Characters of what an SMS is asked to show as its sender; whether it is shown is decided country by country."""
    merge_fields_max: int = 20
    merge_field_length_max: int = 160
    """Characters of a merge field's longest value."""
    campaigns_open_max: int = 500
    """Campaigns of one account that have not ended."""
    recipients_max: int = 1_000_000
    recipients_a_call_max: int = 1_000
    schedule_ahead_max: timedelta = timedelta(days=90)
    sending_max: timedelta = timedelta(days=7)
    """How long a launched campaign holds its credits; then it ends."""
    credits_an_email: int = 1
    list_sources_refused: frozenset[str] = frozenset({"PURCHASED", "RENTED", "THIRD_PARTY"})
    """Where a list of recipients may not come from (M019)."""
    health_words: frozenset[str] = frozenset(_HEALTH_WORDS.split())
    """In small letters, a hyphen standing for a blank too. A message with one of them is taken to tell of somebody's
    health (M018). It is a short list of words: it finds the plain cases, and no list finds the others."""
    suppressions_a_call_max: int = 1_000
    removal_reason_length_max: int = 300


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Under which address the world reaches this server, such as https://mail.example.com; None when nobody said."""

    url: str | None = None


class MessageChannel(StrEnum):
    """How a campaign reaches its recipients."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class CampaignStatus(StrEnum):
    """Where a campaign is. COMPLETED, CANCELLED and FAILED are final."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    SENDING = "SENDING"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


@dataclass(eq=False)
class CampaignNotFound(Refusal):
    """There is no such campaign."""

    code = "CAMPAIGN_NOT_FOUND"
    blames = "campaignId"


@dataclass(eq=False)
class CampaignStatusConflict(Refusal):
    """The campaign is not in a status that allows this."""

    code = "CAMPAIGN_STATUS_CONFLICT"
    status: str


@dataclass(eq=False)
class CampaignLimitReached(Refusal):
    """The account has as many campaigns that have not ended as it may."""

    code = "CAMPAIGN_LIMIT_REACHED"
    limit: int


@dataclass(eq=False)
class CampaignNameInvalid(Refusal):
    """A campaign's name is one line, not blank and not too long, without a card number."""

    code = "CAMPAIGN_NAME_INVALID"
    blames = "name"
    length_max: int


@dataclass(eq=False)
class CampaignIncomplete(Refusal):
    """Something is missing before the campaign can be launched."""

    code = "CAMPAIGN_INCOMPLETE"
    recipients: bool
    declaration: bool
    """Whether this is what is missing, as `recipients` says of them."""


@dataclass(eq=False)
class CampaignScheduleInvalid(Refusal):
    """A campaign is scheduled for an instant to come, and not too far ahead."""

    code = "CAMPAIGN_SCHEDULE_INVALID"
    blames = "at"
    days_max: int


@dataclass(eq=False)
class ListSourceRefused(Refusal):
    """Messages go to people who gave their address to the sender, never to purchased, rented or third-party lists."""

    code = "LIST_SOURCE_REFUSED"
    blames = "listSource"
    source: str


@dataclass(eq=False)
class AudienceNotDeclared(Refusal):
    """Declare the lawful basis and the source of the list before recipients are uploaded."""

    code = "AUDIENCE_NOT_DECLARED"


@dataclass(eq=False)
class RecipientsInvalid(Refusal):
    """One call has at least one recipient, and not too many."""

    code = "RECIPIENTS_INVALID"
    blames = "recipients"
    limit: int


@dataclass(eq=False)
class RecipientLimitReached(Refusal):
    """A campaign cannot have that many recipients."""

    code = "RECIPIENT_LIMIT_REACHED"
    blames = "recipients"
    limit: int


@dataclass(eq=False)
class RecipientCountInvalid(Refusal):
    """Counted recipients are of the campaign's channel, each country once and by its ISO 3166-1 code."""

    code = "RECIPIENT_COUNT_INVALID"
    blames = "count"


@dataclass(eq=False)
class RecipientsConflict(Refusal):
    """A campaign's recipients are either uploaded or counted, not both."""

    code = "RECIPIENTS_CONFLICT"
    uploaded: bool


@dataclass(eq=False)
class AccountNotActive(Refusal):
    """Nothing is sent for an account that is not active."""

    code = "ACCOUNT_NOT_ACTIVE"
    account_status: str


@dataclass(eq=False)
class AccountCountryMissing(Refusal):
    """Advertising obeys the law of the customer's country, so the account needs one."""

    code = "ACCOUNT_COUNTRY_MISSING"
