"""What happens to accounts and credentials. What is stored of an event is ids, never a secret or a name (Q012).

Addresses and one-time secrets that a notice has to send are transient fields: reactions see them, no table does.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.accounts.rules.closing import Loss
from server.kit.events import DomainEvent, transient


@dataclass(frozen=True, slots=True)
class AccountRegistered(DomainEvent):
    """An account was opened; the subject is the account."""


@dataclass(frozen=True, slots=True)
class PolicyRefused(DomainEvent):
    """The account took its acceptance of a version of a document back; the subject is the account (M145)."""

    document: str
    version: str


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
class UnknownDeviceUsed(DomainEvent):
    """Somebody signed in from a device or address that is new for them; the subject is the person."""


@dataclass(frozen=True, slots=True)
class SignInBlocked(DomainEvent):
    """So many attempts to sign in, or to prove more, failed that the next have to wait; the subject is the person."""


@dataclass(frozen=True, slots=True)
class SecondFactorChanged(DomainEvent):
    """A second factor was added or removed; `factor` is TOTP or PASSKEY. The subject is the person."""

    factor: str
    added: bool


@dataclass(frozen=True, slots=True)
class RecoveryCodeUsed(DomainEvent):
    """Somebody signed in, or proved more, with a recovery code as second factor; the subject is the person."""


@dataclass(frozen=True, slots=True)
class CompromiseReported(DomainEvent):
    """A member suspects a compromise: everything that acted for the account has ended. The subject is the report."""

    report_kind: str


@dataclass(frozen=True, slots=True)
class ManagementOffered(DomainEvent):
    """A reseller offers to manage the account; the subject is the management."""


@dataclass(frozen=True, slots=True)
class ManagementAccepted(DomainEvent):
    """A reseller manages the account from now on; the subject is the management."""


@dataclass(frozen=True, slots=True)
class ManagementEnded(DomainEvent):
    """A reseller manages the account no more, or never will; the subject is the management."""


@dataclass(frozen=True, slots=True)
class AccountSuspended(DomainEvent):
    """The company restricted the account; `by` is the credential that did. The subject is the account."""

    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ApiLimitsChanged(DomainEvent):
    """What the account may use of the API, None for what everybody may; `by` is the credential that set it.

    The subject is the account.
    """

    cost_max: int | None = None
    restored_per_second: int | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class AccountReinstated(DomainEvent):
    """A suspension ended; the subject is the account."""

    by: str | None = None


@dataclass(frozen=True, slots=True)
class AccountDisabled(DomainEvent):
    """Nothing was sent for so long that the account is restricted (M088); the subject is the account."""


@dataclass(frozen=True, slots=True)
class AccountDeactivated(DomainEvent):
    """It stands still: nothing sent for long (M087), or no activity for a year (M048). The subject is the account."""

    reason: str


@dataclass(frozen=True, slots=True)
class AccountReactivated(DomainEvent):
    """Somebody of the account ended its standstill; the subject is the account."""


@dataclass(frozen=True, slots=True)
class InactivityWarned(DomainEvent):
    """Without a sign-in or a payment by `lapses_at` (ISO 8601) credits are lost; the subject is the account."""

    lapses_at: str


@dataclass(frozen=True, slots=True)
class InactivityLapsed(DomainEvent):
    """No activity for a year: credits are lost now (M048).

    The subject is the account; `since` (ISO 8601) is the last activity.
    """

    since: str


@dataclass(frozen=True, slots=True)
class RelationshipLapsed(DomainEvent):
    """No activity for as long as data is kept without any: the relationship is over, and the data goes (M089, M118).

    The subject is the account.
    """


@dataclass(frozen=True, slots=True)
class AccountClosed(DomainEvent):
    """The account has ended; `closing` says by whom. The subject is the account.

    Every slice ends what is its own; `losses` are what the owner acknowledged, None when nobody was asked (M026).
    """

    closing: str
    losses: tuple[Loss, ...] | None = transient()
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class AccountReopened(DomainEvent):
    """A preventive closing was taken back; `closed_at` (ISO 8601) is when it was. The subject is the account."""

    closed_at: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class IndustryReviewed(DomainEvent):
    """The company looked at what the account's business is; the subject is the account."""

    industry: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class EmailVerificationAsked(DomainEvent):
    """Somebody says that an address is theirs, and the code must be sent there; the subject is the person."""

    email: str = transient()
    code: str = transient()


@dataclass(frozen=True, slots=True)
class EmailVerified(DomainEvent):
    """The address is the person's. `previous` is the one it replaces, to be told; the subject is the person."""

    email: str = transient()
    previous: str | None = transient()


@dataclass(frozen=True, slots=True)
class PasswordResetAsked(DomainEvent):
    """A reset link with this token must be sent; the subject is the person."""

    email: str = transient()
    token: str = transient()


@dataclass(frozen=True, slots=True)
class PasswordWasReset(DomainEvent):
    """Somebody set a new password without the old one; `means` is EMAIL or RECOVERY_CODE. Subject: the person."""

    means: str


@dataclass(frozen=True, slots=True)
class RecoveryCodesCreated(DomainEvent):
    """Earlier codes are of no use any more; the subject is the person."""


@dataclass(frozen=True, slots=True)
class MemberInvited(DomainEvent):
    """The subject is the invitation. Without an address nothing is sent: the inviter hands the token on."""

    role: str
    email: str | None = transient()
    token: str = transient()


@dataclass(frozen=True, slots=True)
class InvitationRevoked(DomainEvent):
    """The subject is the invitation."""


@dataclass(frozen=True, slots=True)
class MemberJoined(DomainEvent):
    """Somebody accepted an invitation; the subject is the person."""

    role: str


@dataclass(frozen=True, slots=True)
class MemberRoleChanged(DomainEvent):
    """The subject is the person."""

    role: str


@dataclass(frozen=True, slots=True)
class MemberRemoved(DomainEvent):
    """The subject is the person."""


@dataclass(frozen=True, slots=True)
class PostalAddressChanged(DomainEvent):
    """The subject is the account."""

    corrects: bool
    """Whether there was another one before."""


@dataclass(frozen=True, slots=True)
class ResalePermissionSet(DomainEvent):
    """The contract with the account permits resale, or no longer (M009); `by` is the credential that said so.

    The subject is the account.
    """

    permitted: bool
    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class StaffAuthorised(DomainEvent):
    """Somebody of the company may process customers' data; the subject is the authorisation."""

    person_id: str
    roles: str
    instructions_version: str


@dataclass(frozen=True, slots=True)
class StaffRevoked(DomainEvent):
    """Somebody of the company has no authorisation any more; the subject is the person."""
