"""E-mail addresses, one-time codes, fresh proofs, and what each role may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from server.accounts.rules import (
    COMPLAINTS_ANSWER,
    KEYS_WRITE,
    PEOPLE_WRITE,
    REQUESTS_ANSWER,
    SCOPES,
    SELF_WRITE,
)
from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal

EMAIL_LENGTH_MAX = 254
"""RFC 5321 §4.5.3.1.3, without the angle brackets."""

_EMAIL = re.compile(
    r"[^\s@\"(),:;<>\[\\\]]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z"
)


class Role(Enum):
    """What a person may do for the account (H018)."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    BILLING = "BILLING"
    ANALYST = "ANALYST"
    DEVELOPER = "DEVELOPER"
    VIEWER = "VIEWER"


ROLE_SCOPES: dict[str, frozenset[str] | None] = {
    "OWNER": None,
    "ADMIN": frozenset({*SCOPES, KEYS_WRITE, PEOPLE_WRITE, COMPLAINTS_ANSWER, REQUESTS_ANSWER, SELF_WRITE}),
    "BILLING": frozenset(
        {
            "account:read",
            "account:write",
            "balance:read",
            "ledger:read",
            "topups:read",
            "topups:write",
            "orders:read",
            "orders:write",
            SELF_WRITE,
        }
    ),
    "ANALYST": frozenset(
        {
            "account:read",
            "balance:read",
            "ledger:read",
            "topups:read",
            "orders:read",
            "campaigns:read",
            SELF_WRITE,
        }
    ),
    "DEVELOPER": frozenset(
        {
            "account:read",
            "balance:read",
            "ledger:read",
            "orders:read",
            "orders:write",
            "usage:write",
            "campaigns:read",
            "campaigns:write",
            "events:write",
            KEYS_WRITE,
            SELF_WRITE,
        }
    ),
    "VIEWER": frozenset({"account:read", "balance:read", "orders:read", "campaigns:read", SELF_WRITE}),
    "STAFF": frozenset({"account:read", SELF_WRITE}),
}
"""The scopes of a person's sessions; None for all. STAFF are the company's own people."""


@dataclass(eq=False)
class EmailInvalid(Refusal):
    """This is no e-mail address that mail can be sent to."""

    code = "EMAIL_INVALID"
    blames = "email"


@dataclass(eq=False)
class EmailTaken(Refusal):
    """The address is the verified address of somebody else."""

    code = "EMAIL_TAKEN"
    blames = "code"


@dataclass(eq=False)
class EmailCodeInvalid(Refusal):
    """The code is wrong, was used, or is too old; ask for another one when no attempts are left."""

    code = "EMAIL_CODE_INVALID"
    blames = "code"
    attempts_left: int


@dataclass(eq=False)
class NothingToVerify(Refusal):
    """No e-mail address waits for its verification."""

    code = "NOTHING_TO_VERIFY"


@dataclass(eq=False)
class EmailNotVerified(Refusal):
    """Sending needs the verified e-mail address of an owner of the account; verify one first."""

    code = "EMAIL_NOT_VERIFIED"


@dataclass(eq=False)
class TooManyMails(Refusal):
    """So many messages were sent already; wait for a while."""

    code = "TOO_MANY_MAILS"
    limit: int
    retry_after_seconds: int


@dataclass(eq=False)
class StepUpRequired(Refusal):
    """This needs a fresh proof of the password; confirm it first."""

    code = "STEP_UP_REQUIRED"
    minutes: int


@dataclass(eq=False)
class ResetTokenInvalid(Refusal):
    """The link is unknown, was used, or is too old."""

    code = "RESET_TOKEN_INVALID"
    blames = "token"


@dataclass(eq=False)
class RecoveryCodeInvalid(Refusal):
    """Login and recovery code do not belong together, or the code was used."""

    code = "RECOVERY_CODE_INVALID"


@dataclass(eq=False)
class RoleNotGrantable(Refusal):
    """Only an owner may give or take the role of an owner."""

    code = "ROLE_NOT_GRANTABLE"
    blames = "role"
    role: str


@dataclass(eq=False)
class MemberNotFound(Refusal):
    """The account has no such person."""

    code = "MEMBER_NOT_FOUND"
    blames = "personId"


@dataclass(eq=False)
class MemberLimitReached(Refusal):
    """The account has as many people as it may, invited ones included."""

    code = "MEMBER_LIMIT_REACHED"
    limit: int
    used: int


@dataclass(eq=False)
class LastOwner(Refusal):
    """The account's last owner stays its owner."""

    code = "LAST_OWNER"
    blames = "personId"


@dataclass(eq=False)
class InvitationInvalid(Refusal):
    """The invitation is unknown, was used or withdrawn, or is too old."""

    code = "INVITATION_INVALID"
    blames = "token"


@dataclass(eq=False)
class InvitationNotFound(Refusal):
    """The account has no such open invitation."""

    code = "INVITATION_NOT_FOUND"
    blames = "id"


def normal_email(email: str) -> str:
    """The address in the form in which it is unique: lower case, its domain as in the DNS.

    Raises EmailInvalid, also for a card number (M115).
    """
    local, _, domain = email.rpartition("@")
    try:
        normal = f"{local.lower()}@{domain.encode('idna').decode().lower()}"
    except UnicodeError:
        raise EmailInvalid from None
    fits = len(normal) <= EMAIL_LENGTH_MAX and normal.isprintable()
    if not fits or not _EMAIL.match(normal) or holds_card_number(normal):
        raise EmailInvalid
    return normal


def scopes_of(role: str) -> frozenset[str] | None:
    """What sessions of a person in this role may do; None for everything."""
    return ROLE_SCOPES[role]


def check_role_change(actor_role: str, before: str | None, after: str | None) -> None:
    """Whether the actor may move somebody between roles (None: outside the account). Raises RoleNotGrantable."""
    if Role.OWNER.value in (before, after) and actor_role != Role.OWNER.value:
        raise RoleNotGrantable(Role.OWNER.value)


def require_step_up(now: datetime, stepped_up_until: datetime | None, age_max: timedelta) -> None:
    """Raises StepUpRequired unless the session's password was proved lately."""
    if stepped_up_until is None or now >= stepped_up_until:
        raise StepUpRequired(int(age_max.total_seconds()) // 60)


@dataclass(frozen=True, slots=True)
class Sent:
    """How many messages went out since when."""

    count: int
    since: datetime


def one_more_mail(before: Sent | None, now: datetime, limit: int, window: timedelta) -> Sent:
    """Count one message more, from anew when the window is over. Raises TooManyMails."""
    if before is None or now >= before.since + window:
        return Sent(1, now)
    if before.count >= limit:
        raise TooManyMails(limit, int((before.since + window - now).total_seconds()))
    return Sent(before.count + 1, before.since)
