"""What may be registered, what a password must be, what a key may do, and when a session is over."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from server.accounts.rules.resale import ResalePolicy
from server.accounts.rules.signing import (
    ENTITY_EUROPE,
    ENTITY_OTHER,
    EXCLUDED_INDUSTRIES,
    ContractingEntity,
    Industry,
)
from server.kit.card_numbers import holds_card_number
from server.kit.problems import Refusal

SCOPES = (
    "account:read",
    "account:write",
    "balance:read",
    "ledger:read",
    "topups:read",
    "topups:write",
    "orders:read",
    "orders:write",
    "usage:write",
    "campaigns:read",
    "campaigns:write",
    "events:write",
)
"""What an API key can be allowed to do."""

KEYS_WRITE = "keys:write"
"""The scope of managing API keys. No key is ever granted it: a stolen key must not make itself another."""

COMPLAINTS_ANSWER = "complaints:answer"
"""The scope of complaints about what the account sent: reading and answering them. Sessions of owners and
administrators only, restricted ones too."""

REQUESTS_ANSWER = "requests:answer"
"""The scope of what recipients ask about their data: reading and answering it. Sessions of owners and administrators
only, restricted ones too."""

PEOPLE_WRITE = "people:write"
"""The scope of managing who signs in for the account; sessions only."""

SELF_WRITE = "self:write"
"""The scope of one's own password, e-mail address and sessions: every person has it, and no API key."""

ACCOUNT_CLOSE = "account:close"
"""The scope of closing the account; sessions of its owners only."""

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._+@-]*\Z")


class AcceptanceMode(Enum):
    """How a document was accepted: by saying so, or by using the service while it was in force (Q001)."""

    EXPLICIT = "EXPLICIT"
    BY_USE = "BY_USE"


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A version of a document that customers accept. `effective_at` is when it came into force."""

    document: str
    version: str
    effective_at: datetime


MAILPRO = PolicyVersion("mailpro", "2025-09-19", datetime(2025, 9, 19, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Terms:
    """The slice's numbers. Lengths count characters."""

    policy: PolicyVersion = MAILPRO
    key_policies: tuple[PolicyVersion, ...] = ()
    """What must be accepted, besides `policy`, before the first API key is made (M020)."""
    acceptance_by_use: bool = True
    """Whether the first API call under a new version of `policy` counts as its acceptance (Q001)."""
    login_length_min: int = 3
    login_length_max: int = 64
    password_length_min: int = 12
    password_length_max: int = 256
    password_distinct_characters_min: int = 5
    session_idle_max: timedelta = timedelta(days=7)
    session_age_max: timedelta = timedelta(days=30)
    sessions_max: int = 50
    """Live sessions of one person; one more ends the one that was used longest ago."""
    api_keys_max: int = 50
    """Live API keys of one account."""
    api_key_name_length_max: int = 80
    api_key_age_max: timedelta = timedelta(days=3650)
    user_agent_length_max: int = 400
    last_used_precision: timedelta = timedelta(minutes=1)
    step_up_age_max: timedelta = timedelta(minutes=15)
    """How long a proof of the password stands for the actions that ask for a fresh one."""

    business_only: bool = False
    """Whether accounts are for professional use only, and must declare it (M004)."""
    age_years_min: int = 18
    """Who says they are younger gets no account (M005, P031)."""
    age_declaration_required: bool = False
    """Whether who opens an account must say something of their age."""
    resale: ResalePolicy = ResalePolicy.FORBIDDEN
    """Whether a customer's contract may permit them to sell the service on (M009)."""
    industries_excluded: frozenset[Industry] = EXCLUDED_INDUSTRIES
    """Industries that are refused (M027)."""
    entity_europe: ContractingEntity = ENTITY_EUROPE
    entity_other: ContractingEntity = ENTITY_OTHER
    """Who signs the contract, for customers in Europe and elsewhere (M001)."""
    default_currency: str = "USD"
    """The currency of countries without one of their own among those sold in (M028)."""
    require_postal_address: bool = False
    """Whether an order needs the account's complete postal address (M007)."""
    address_line_length_max: int = 120

    require_verified_email: bool = False
    """Whether an account sends only with the verified e-mail address of one of its owners (M008)."""
    email_code_age_max: timedelta = timedelta(minutes=30)
    email_code_attempts_max: int = 5
    mails_per_window_max: int = 5
    """Codes and reset links that one person may have sent in a window of `mails_window`."""
    mails_window: timedelta = timedelta(hours=1)
    password_reset_age_max: timedelta = timedelta(hours=1)
    recovery_codes: int = 10
    """How many single-use codes a person gets at once."""
    people_max: int = 100
    """People of one account, invited ones included, where no plan says otherwise (M061)."""
    invitation_age_max: timedelta = timedelta(days=7)
    staff_authorisation_age_max: timedelta = timedelta(days=366)

    disable_after_days: int = 30
    """Without a send an account is disabled, and needs reactivation (M088)."""
    deactivate_after_days: int = 180
    """Without a send it is deactivated (M087)."""
    lapse_after_months: int = 12
    """Calendar months without a sign-in or a billing operation, after which the account is deactivated, its credits
    are lost and its data is to be deleted (M036, M047, M048, M089, M090)."""
    lapse_warning_days: int = 30
    """How long before that the account is warned."""
    preventive_erase_after: timedelta = timedelta(days=180)
    """How long after a preventive closing the account's data may be erased at the earliest: not at the owner's wish,
    and so not by the clock of a voluntary closing (C24)."""
    suspension_reason_required: bool = False
    """Whether the company gives a reason when it suspends an account (M083)."""
    sign_ins_compared_max: int = 20
    """Earlier sign-ins of a person in which a device and an address are looked for."""


@dataclass(eq=False)
class LoginInvalid(Refusal):
    """A login is letters a to z, digits and . _ + @ -, begins with a letter or digit, and holds no card number."""

    code = "LOGIN_INVALID"
    blames = "login"
    length_min: int
    length_max: int


@dataclass(eq=False)
class LoginTaken(Refusal):
    """This login belongs to somebody already."""

    code = "LOGIN_TAKEN"
    blames = "login"


class PasswordFault(Enum):
    """What is wrong with a new password."""

    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    TOO_UNIFORM = "TOO_UNIFORM"
    CONTAINS_LOGIN = "CONTAINS_LOGIN"


@dataclass(eq=False)
class PasswordTooWeak(Refusal):
    """The password is too short or long, repeats few characters, or contains the login."""

    code = "PASSWORD_TOO_WEAK"
    blames = "password"
    fault: str
    length_min: int
    length_max: int


@dataclass(eq=False)
class AcceptanceMissing(Refusal):
    """This version of this document is in force and must be accepted first."""

    code = "ACCEPTANCE_MISSING"
    blames = "acceptedPolicy"
    document: str
    version: str


@dataclass(eq=False)
class PolicyNotInForce(Refusal):
    """This version of this document is not, or no longer, in force."""

    code = "POLICY_NOT_IN_FORCE"


@dataclass(eq=False)
class CredentialsInvalid(Refusal):
    """Login and password do not belong together."""

    code = "CREDENTIALS_INVALID"


@dataclass(eq=False)
class SessionNotFound(Refusal):
    """There is no such session."""

    code = "SESSION_NOT_FOUND"
    blames = "id"


@dataclass(eq=False)
class ApiKeyNotFound(Refusal):
    """There is no such API key."""

    code = "API_KEY_NOT_FOUND"
    blames = "id"


@dataclass(eq=False)
class ApiKeyNameInvalid(Refusal):
    """The name of an API key is visible text of limited length, without blanks around it, and no card number."""

    code = "API_KEY_NAME_INVALID"
    blames = "name"
    length_max: int


@dataclass(eq=False)
class ScopeNotGrantable(Refusal):
    """An API key is granted at least one scope, each of them one that keys can have."""

    code = "SCOPE_NOT_GRANTABLE"
    blames = "scopes"
    scope: str | None


@dataclass(eq=False)
class ApiKeyExpiryInvalid(Refusal):
    """An API key expires in the future, and not later than keys may live."""

    code = "API_KEY_EXPIRY_INVALID"
    blames = "expiresAt"
    days_max: int


@dataclass(eq=False)
class ApiKeyLimitReached(Refusal):
    """The account has as many API keys as it may; revoke one first."""

    code = "API_KEY_LIMIT_REACHED"
    limit: int


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that somebody chose, as the domain sees it: hashed, or refused. The password itself it never sees."""

    hash: str | None = field(default=None, repr=False)
    fault: PasswordTooWeak | None = None

    @property
    def prepared(self) -> bool:
        """Whether there was anybody to prepare it for."""
        return self.hash is not None or self.fault is not None

    def accepted_hash(self) -> str:
        """Raises PasswordTooWeak."""
        if self.fault is not None:
            raise self.fault
        assert self.hash is not None
        return self.hash


def normal_login(terms: Terms, login: str) -> str:
    """The login in the form in which it is unique. Raises LoginInvalid, also for a card number (M115)."""
    normal = login.lower() if login.isascii() else ""
    fits = terms.login_length_min <= len(normal) <= terms.login_length_max
    if not fits or not _LOGIN.match(normal) or holds_card_number(normal):
        raise LoginInvalid(terms.login_length_min, terms.login_length_max)
    return normal


def password_fault(terms: Terms, login: str, password: str) -> PasswordTooWeak | None:
    """Why a new password is refused (P043), None when it is good."""
    fault = None
    if len(password) < terms.password_length_min:
        fault = PasswordFault.TOO_SHORT
    elif len(password) > terms.password_length_max:
        fault = PasswordFault.TOO_LONG
    elif len(set(password)) < terms.password_distinct_characters_min:
        fault = PasswordFault.TOO_UNIFORM
    elif login and login.lower() in password.lower():
        fault = PasswordFault.CONTAINS_LOGIN
    if fault is None:
        return None
    return PasswordTooWeak(fault.value, terms.password_length_min, terms.password_length_max)


def check_accepted(required: Iterable[PolicyVersion], accepted: Collection[tuple[str, str]]) -> None:
    """Raises AcceptanceMissing for the first document whose version in force is not among the accepted (Q001)."""
    for policy in required:
        if (policy.document, policy.version) not in accepted:
            raise AcceptanceMissing(policy.document, policy.version)


def policy_in_force(terms: Terms, document: str, version: str) -> PolicyVersion:
    """The version that somebody wants to accept. Raises PolicyNotInForce."""
    for policy in (terms.policy, *terms.key_policies):
        if (policy.document, policy.version) == (document, version):
            return policy
    raise PolicyNotInForce


def check_key_name(terms: Terms, name: str) -> None:
    """Raises ApiKeyNameInvalid, also for a card number (M115)."""
    fits = 1 <= len(name) <= terms.api_key_name_length_max
    if not fits or name != name.strip() or not name.isprintable() or holds_card_number(name):
        raise ApiKeyNameInvalid(terms.api_key_name_length_max)


def granted_scopes(wanted: Iterable[str], held: frozenset[str] | None = None) -> tuple[str, ...]:
    """The scopes of a new key, each once and in the order of `SCOPES`. Raises ScopeNotGrantable.

    `held` are those of the person who makes it, None for all: nobody grants what they do not have (H018).
    """
    asked = set(wanted)
    unknown = sorted(asked - (set(SCOPES) if held is None else held & set(SCOPES)))
    if unknown or not asked:
        raise ScopeNotGrantable(unknown[0] if unknown else None)
    return tuple(scope for scope in SCOPES if scope in asked)


def check_key_expiry(terms: Terms, now: datetime, expires_at: datetime | None) -> None:
    """Raises ApiKeyExpiryInvalid."""
    if expires_at is not None and not now < expires_at <= now + terms.api_key_age_max:
        raise ApiKeyExpiryInvalid(terms.api_key_age_max.days)
