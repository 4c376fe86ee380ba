"""To whom data may be given, on which grounds, and with which processors (Q015, P016, H010, M010, M131)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal

TEXT_LENGTH_MAX = 200

_EEA_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
EEA = frozenset(_EEA_CODES.split())
"""The countries of the European Economic Area, ISO 3166-1 alpha-2 (P041)."""


class Ground(StrEnum):
    """Every ground that some profile allows. There is none for selling or renting (C12)."""

    LEGAL_REQUEST = "LEGAL_REQUEST"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    CONSENT = "CONSENT"
    CONTRACT = "CONTRACT"
    DELIVERY = "DELIVERY"
    CLIENT_AUTHORISED = "CLIENT_AUTHORISED"
    SECURITY_FRAUD = "SECURITY_FRAUD"
    OPERATION = "OPERATION"
    ENFORCE_POLICIES = "ENFORCE_POLICIES"
    PROTECT_RIGHTS = "PROTECT_RIGHTS"
    PROTECT_PROPERTY = "PROTECT_PROPERTY"
    PROTECT_SAFETY = "PROTECT_SAFETY"


LEGAL = frozenset({Ground.LEGAL_REQUEST, Ground.LEGAL_OBLIGATION})
"""Grounds that need an authority, a legal basis, a reference, and a legality check first (Q016, P020)."""


class RecipientClass(StrEnum):
    """What kind of third party somebody is. None is for marketing: data is not sold (Q015, H009)."""

    AUTHORITY = "AUTHORITY"
    PAYMENT_PROVIDER = "PAYMENT_PROVIDER"
    CARRIER = "CARRIER"
    INFRASTRUCTURE = "INFRASTRUCTURE"
    DELIVERY_NETWORK = "DELIVERY_NETWORK"
    ANALYTICS = "ANALYTICS"
    AI_PROVIDER = "AI_PROVIDER"
    ADVISER = "ADVISER"
    OPERATING_PARTNER = "OPERATING_PARTNER"


class ProcessorRole(StrEnum):
    """As what a third party handles data (B012)."""

    PROCESSOR = "PROCESSOR"
    CONTROLLER = "CONTROLLER"
    SUBPROCESSOR = "SUBPROCESSOR"


class ProcessorStatus(StrEnum):
    """Only an ACTIVE one gets data."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"


class Mechanism(StrEnum):
    """What safeguards a transfer out of the EEA (P041, H033)."""

    SCC = "SCC"
    ADEQUACY = "ADEQUACY"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class DisclosureTerms:
    """What the profile allows. `categories` are the names under which the profile lists data."""

    grounds: frozenset[Ground] = frozenset({Ground.LEGAL_OBLIGATION, Ground.CONSENT, Ground.CONTRACT})
    required: frozenset[str] = frozenset({"authority", "legal_basis", "reference"})
    legality_check: bool = True
    consent_reference: bool = True
    notify_before: bool = False
    processors_allowed: bool = True
    agreement_required: bool = True
    mechanisms: frozenset[Mechanism] = frozenset(Mechanism)
    delivery_network_categories: frozenset[str] | None = None
    """What a delivery network may get at most; None where the profile does not say (M133)."""
    categories: frozenset[str] = frozenset({"identification", "technical", "financial", "activity"})
    listed_max: int = 500


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is to get data of an account, and what."""

    account_id: str
    ground: Ground
    recipient: str
    recipient_class: RecipientClass
    categories: tuple[str, ...]
    authority: str | None = None
    legal_basis: str | None = None
    reference: str | None = None
    legality_check_id: str | None = None
    consent_id: str | None = None
    processor_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewProcessor:
    """A third party as it is entered. `region` is ISO 3166-1 alpha-2."""

    name: str
    role: ProcessorRole
    recipient_class: RecipientClass
    region: str
    categories: tuple[str, ...]
    mechanism: Mechanism | None = None


class DisclosureFault(StrEnum):
    """What a disclosure lacks."""

    RECIPIENT = "RECIPIENT"
    AUTHORITY = "AUTHORITY"
    LEGAL_BASIS = "LEGAL_BASIS"
    REFERENCE = "REFERENCE"
    CATEGORIES = "CATEGORIES"


@dataclass(eq=False)
class GroundNotAllowed(Refusal):
    """The policy does not allow data to be given on this ground."""

    code = "GROUND_NOT_ALLOWED"
    blames = "ground"
    ground: str
    allowed: str


@dataclass(eq=False)
class DisclosureIncomplete(Refusal):
    """The disclosure does not say all that the register needs, or says it in no plain line of limited length."""

    code = "DISCLOSURE_INCOMPLETE"
    fault: str
    length_max: int


@dataclass(eq=False)
class LegalityNotChecked(Refusal):
    """A legal request is answered only after its legality was checked and found, for this account."""

    code = "LEGALITY_NOT_CHECKED"
    blames = "legalityCheckId"


@dataclass(eq=False)
class ConsentMissing(Refusal):
    """There is no consent of this account that is still given."""

    code = "CONSENT_MISSING"
    blames = "consentId"


@dataclass(eq=False)
class RecipientNotAnnounced(Refusal):
    """The account was not told yet that data goes to this kind of recipient; tell it first."""

    code = "RECIPIENT_NOT_ANNOUNCED"
    blames = "recipientClass"
    recipient_class: str


@dataclass(eq=False)
class ProcessorNotActive(Refusal):
    """There is no active processor with this id that may get these categories of data."""

    code = "PROCESSOR_NOT_ACTIVE"
    blames = "processorId"


@dataclass(eq=False)
class ProcessorsNotAllowed(Refusal):
    """This policy gives personal data to no processor; only those without any category of it are registered."""

    code = "PROCESSORS_NOT_ALLOWED"
    blames = "categories"


@dataclass(eq=False)
class ProcessorNotFound(Refusal):
    """There is no such processor."""

    code = "PROCESSOR_NOT_FOUND"
    blames = "processorId"


@dataclass(eq=False)
class ProcessorInvalid(Refusal):
    """A processor has a plain name of limited length, a known country, and known categories within its limits."""

    code = "PROCESSOR_INVALID"
    field: str
    length_max: int

    @property
    def input_field(self) -> str | None:
        return self.field


@dataclass(eq=False)
class AgreementMissing(Refusal):
    """A processor becomes active with the reference of its agreement and a review date in the future."""

    code = "AGREEMENT_MISSING"


@dataclass(eq=False)
class MechanismMissing(Refusal):
    """A recipient outside the EEA needs a mechanism that the policy accepts."""

    code = "MECHANISM_MISSING"
    blames = "mechanism"
    region: str


@dataclass(eq=False)
class ProcessorStatusConflict(Refusal):
    """The processor is not in a status that allows this."""

    code = "PROCESSOR_STATUS_CONFLICT"
    status: str


def check_disclosure(wanted: Recipient, terms: DisclosureTerms) -> None:
    """Raises GroundNotAllowed, DisclosureIncomplete."""
    if wanted.ground not in terms.grounds:
        allowed = " ".join(sorted(ground.value for ground in terms.grounds))
        raise GroundNotAllowed(wanted.ground.value, allowed)
    if not is_plain(wanted.recipient):
        raise DisclosureIncomplete(DisclosureFault.RECIPIENT.value, TEXT_LENGTH_MAX)
    if not wanted.categories or not set(wanted.categories) <= terms.categories:
        raise DisclosureIncomplete(DisclosureFault.CATEGORIES.value, TEXT_LENGTH_MAX)
    for fault in (DisclosureFault.AUTHORITY, DisclosureFault.LEGAL_BASIS, DisclosureFault.REFERENCE):
        said = getattr(wanted, fault.value.lower())
        needed = wanted.ground in LEGAL and fault.value.lower() in terms.required
        if (needed and said is None) or (said is not None and not is_plain(said)):
            raise DisclosureIncomplete(fault.value, TEXT_LENGTH_MAX)


def check_processor(new: NewProcessor, countries: Collection[str], terms: DisclosureTerms) -> None:
    """Raises ProcessorInvalid, ProcessorsNotAllowed (C11), MechanismMissing (P041)."""
    if not is_plain(new.name):
        raise ProcessorInvalid("name", TEXT_LENGTH_MAX)
    if new.region not in countries:
        raise ProcessorInvalid("region", TEXT_LENGTH_MAX)
    limits = terms.delivery_network_categories
    within = new.recipient_class is not RecipientClass.DELIVERY_NETWORK or limits is None
    allowed = terms.categories if within else limits or frozenset()
    if not set(new.categories) <= allowed:
        raise ProcessorInvalid("categories", TEXT_LENGTH_MAX)  # M133
    if new.categories and not terms.processors_allowed:
        raise ProcessorsNotAllowed
    if needs_mechanism(new.region) and new.mechanism not in terms.mechanisms:
        raise MechanismMissing(new.region)


def needs_mechanism(region: str) -> bool:
    """Whether data that goes there leaves the EEA. Switzerland is outside, with an adequacy decision."""
    return region not in EEA


def is_plain(text: str) -> bool:
    """One visible line of limited length, without a card number (M115)."""
    fits = 1 <= len(text) <= TEXT_LENGTH_MAX and text == text.strip()
    return fits and text.isprintable() and not holds_card_number(text)
