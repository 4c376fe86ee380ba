"""What happens to accounts and credentials. The events carry ids only, never a secret or a name (Q012)."""

from __future__ import annotations

from dataclasses import dataclass

from server.kit.events import DomainEvent


@dataclass(frozen=True, slots=True)
class AccountRegistered(DomainEvent):
    """An account was opened; the subject is the account."""


@dataclass(frozen=True, slots=True)
class PolicyAccepted(DomainEvent):
    """The account accepted a version of a document; the subject is the account."""

    document: str
    version: str
    mode: str


@dataclass(frozen=True, slots=True)
class SessionStarted(DomainEvent):
    """Somebody signed in; the subject is the session."""


@dataclass(frozen=True, slots=True)
class SessionRevoked(DomainEvent):
    """A session was ended before its time; the subject is the session."""


@dataclass(frozen=True, slots=True)
class PasswordChanged(DomainEvent):
    """The subject is the person."""


@dataclass(frozen=True, slots=True)
class ApiKeyCreated(DomainEvent):
    """The subject is the key."""


@dataclass(frozen=True, slots=True)
class ApiKeyRevoked(DomainEvent):
    """The subject is the key."""


@dataclass(frozen=True, slots=True)
class AccountSuspended(DomainEvent):
    """No credential of the account is good any more; the subject is the account."""


@dataclass(frozen=True, slots=True)
class AccountReinstated(DomainEvent):
    """A suspension ended; the subject is the account."""
