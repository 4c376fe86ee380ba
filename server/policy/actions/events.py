"""The events of the registers."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.events import DomainEvent


@dataclass(frozen=True, slots=True)
class ConsentGiven(DomainEvent):
    """The account consents to a purpose; the subject is the consent."""

    purpose: str


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(DomainEvent):
    """The account took its consent back; the subject is the consent."""

    purpose: str


@dataclass(frozen=True, slots=True)
class DisclosureRecorded(DomainEvent):
    """Data of the account was given to somebody; the subject is the entry of the register."""

    ground: str
    recipient_class: str


@dataclass(frozen=True, slots=True)
class RecipientAnnounced(DomainEvent):
    """The account was told of a class of recipients; the subject is the notice."""

    recipient_class: str


@dataclass(frozen=True, slots=True)
class ProcessorChanged(DomainEvent):
    """A processor has another status; the subject is the processor, the account the staff's."""

    status: str


@dataclass(frozen=True, slots=True)
class AttestationRecorded(DomainEvent):
    """Something was attested; the subject is the attestation, the account the staff's."""

    attestation: str
