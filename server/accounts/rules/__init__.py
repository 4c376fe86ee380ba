"""What may be registered, what a password must be, what a key may do, and when a session is over."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from server.accounts.rules.collecting import Detail
from server.accounts.rules.devices import TechnicalDetail
from server.accounts.rules.resale import ResalePolicy
from server.accounts.rules.signing import (
    ENTITY_EUROPE,
    ENTITY_OTHER,
    EXCLUDED_INDUSTRIES,
    ContractingEntity,
    Industry,
)
from server.accounts.rules.throttling import WITH_CLIENT, WITH_MANY, Patience
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

PRIVACY_WRITE = "privacy:write"
"""The scope of asking about the account's own data and reading what became of it; sessions of owners only, restricted
ones too."""

PEOPLE_WRITE = "people:write"
"""The scope of managing who signs in for the account; sessions only."""

SELF_WRITE = "self:write"
"""The scope of one's own password, e-mail address and sessions: every person has it, and no API key."""

MANAGEMENT_WRITE = "management:write"
"""The scope of managing other accounts and being managed; sessions of owners only."""

ACCOUNT_CLOSE = "account:close"
"""The scope of closing the account; sessions of its owners only."""

API_KEY_ALONE = frozenset({"key"})
API_KEYS_AND_CREDENTIALS = frozenset({"credentials", "key"})
"""What a call of the API is made with: a key or a session, or a key and a session together (M137)."""

_WORD = re.compile(r"[^\W_]+")
_PERSONAL_LENGTH_MIN = 4
"""Shorter parts of names, such as `com` and `van`, are in any sentence."""
_URL = re.compile(r"https://[!-~]+\Z")
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._+@-]*\Z")


class AcceptanceMode(Enum):
    """How a document was accepted: by saying so, or by using the service while it was in force (Q001)."""

    EXPLICIT = "EXPLICIT"
    BY_USE = "BY_USE"


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A version of a document that customers accept. `effective_at` is when it came into force.

    `text_hash` is the SHA-256 of its authentic text, hexadecimal; `languages` are those it is published in (M107).
    """

    document: str
    version: str
    effective_at: datetime
    text_hash: str | None = None
    languages: tuple[str, ...] = ("en",)


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
    last_used_precision: timedelta = timedelta(minutes=1)
    step_up_age_max: timedelta = timedelta(minutes=15)
    """How long a proof of the password stands for the actions that ask for a fresh one."""

    collect: frozenset[Detail] = frozenset(Detail)
    technical: frozenset[TechnicalDetail] = frozenset(TechnicalDetail)
    """What may be asked for, beside login and password (Q002)."""
    business_only: bool = False
    """Whether accounts are for professional use only, and must declare it (M004)."""
    age_years_min: int = 18
    """Who says they are younger gets no account (M005, P031)."""
    age_declaration_required: bool = False
    """Whether who opens an account must say something of their age."""
    age_verified_by: frozenset[str] = frozenset()
    """What verifies an age (`AgeMethod`); until then an account waits. Empty where nobody needs to (P032)."""
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
    """Calendar months without a sign-in or a billing operation, after which the account is deactivated and its credits
    are lost (M036, M047, M048, M090)."""
    erase_after_months: int = 12
    """Calendar months without either, after which the relationship is over and the data goes (M089, M118)."""
    erase_inactive: bool = True
    """Whether it goes by itself; otherwise the staff decides about it (C4)."""
    lapse_warning_days: int = 30
    """How long before that the account is warned."""
    preventive_erase_after: timedelta = timedelta(days=180)
    """How long after a preventive closing the account's data may be erased at the earliest: not at the owner's wish,
    and so not by the clock of a voluntary closing (C24)."""
    sensitive_read_by: frozenset[str] = frozenset({"SUPPORT", "FINANCE", "PRIVACY_OFFICER", "DPO", "ADMIN"})
    """To which roles of the staff sensitive values are shown, of those that are let to the field; the others are told
    that it is masked (H017)."""
    closed_accounts_denied: bool = True
    """Whether the staff may not look at closed accounts, but for a legal duty (M097)."""
    suspension_reason_required: bool = False
    """Whether the company gives a reason when it suspends an account (M083)."""
    api_auth: frozenset[str] = API_KEY_ALONE
    """`API_KEYS_AND_CREDENTIALS` refuses calls with only one of them (M137)."""
    api_keys_issued_by: str = "self"
    """Who makes API keys: the account itself (`self`), or only the company's staff (`support`; M138, C16)."""
    api_keys_require_policy_url: bool = False
    """Whether an API key needs the address of its integration's privacy policy (M141)."""
    policy_url_length_max: int = 500
    managed_accounts_max: int = 1_000
    """Accounts that one reseller manages or offers to manage."""
    sign_ins_compared_max: int = 20
    """Earlier sign-ins of a person in which a device and an address are looked for."""

    patience_with_client: Patience = WITH_CLIENT
    """With one login from one address, or from one device that is known for it (P014)."""
    patience_with_login: Patience = WITH_MANY
    """With one login from all places that are not known for it; its owner's are, and so never wait for others."""
    patience_with_address: Patience = WITH_MANY
    """With one address, whichever logins it tries; not for a login for which it is known."""
    sign_in_counters_max: int = 200_000
    """Failed attempts are counted in at most so many rows; the oldest are forgotten first."""
    known_devices_max: int = 50
    """Devices and addresses that are remembered for one person."""
    known_device_age_max: timedelta = timedelta(days=365)

    second_factor_required_for: frozenset[str] = frozenset({"STAFF"})
    """Roles whose sessions may do nothing before a second factor is set up, and proved (P003)."""
    second_factor_advised: bool = True
    """Whether people without a second factor are shown the advice to set one up (P045)."""
    totp_steps_around: int = 1
    """How many time steps of 30 seconds a code may be early or late: clocks differ, people type (RFC 6238 §5.2)."""
    challenge_age_max: timedelta = timedelta(minutes=5)
    """How long a second factor, or a passkey, may be waited for."""
    challenge_attempts_max: int = 5
    challenges_per_asker_max: int = 20
    """Open challenges of one person, or of one address for whoever comes; one more ends the oldest."""
    passkeys_max: int = 20
    """Passkeys of one person."""
    passkey_name_length_max: int = 80
    report_note_length_max: int = 2_000
    password_score_min: int = 3
    """The least estimate of zxcvbn, from 0 (guessed at once) to 4 (P043)."""
    password_age_max: timedelta | None = None
    """After this a password has to be changed before anything else; None for never (P044, C17)."""


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
    CONTAINS_PERSONAL = "CONTAINS_PERSONAL"
    GUESSABLE = "GUESSABLE"


@dataclass(eq=False)
class PasswordTooWeak(Refusal):
    """The password is too short or long, easily guessed, or contains something personal.

    `score` is the estimate, from 0 to 4, where that is the fault, and `hint` what would be better.
    """

    code = "PASSWORD_TOO_WEAK"
    blames = "password"
    fault: str
    length_min: int
    length_max: int
    score_min: int
    score: int | None = None
    hint: str | None = None


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
class PolicyLanguageUnknown(Refusal):
    """The document is not published in this language."""

    code = "POLICY_LANGUAGE_UNKNOWN"
    languages: str


@dataclass(eq=False)
class NoKeyPolicy(Refusal):
    """API keys are under no policy of their own here, so that there is none to refuse."""

    code = "NO_KEY_POLICY"


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
class ApiKeysIssuedBySupport(Refusal):
    """Here API keys are made by the company's support; ask there."""

    code = "API_KEYS_ISSUED_BY_SUPPORT"


@dataclass(eq=False)
class ApiKeysIssuedBySelf(Refusal):
    """Here each account makes its API keys itself."""

    code = "API_KEYS_ISSUED_BY_SELF"


@dataclass(eq=False)
class PrivacyPolicyUrlInvalid(Refusal):
    """The privacy policy of an integration is at a public https address."""

    code = "PRIVACY_POLICY_URL_INVALID"
    blames = "privacyPolicyUrl"
    required: bool
    length_max: int


@dataclass(eq=False)
class ApiKeyLimitReached(Refusal):
    """The account has as many API keys as it may; revoke one first."""

    code = "API_KEY_LIMIT_REACHED"
    limit: int


@dataclass(frozen=True, slots=True)
class Personal:
    """What is known of a person and may not be in their password: login, e-mail address, name or company (P043)."""

    login: str
    email: str | None = None
    name: str | None = None

    def words(self) -> tuple[str, ...]:
        """The parts of address and name that are long enough to be recognised, in lower case."""
        parts = _WORD.findall(f"{self.email or ''} {self.name or ''}".lower())
        return tuple(dict.fromkeys(part for part in parts if len(part) >= _PERSONAL_LENGTH_MIN))

    def known(self) -> tuple[str, ...]:
        """All that a guesser would try."""
        return tuple(dict.fromkeys((self.login.lower(), *_WORD.findall(self.login.lower()), *self.words())))


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


def password_fault(terms: Terms, personal: Personal, password: str) -> PasswordTooWeak | None:
    """Why a new password is refused before anybody estimates its strength (P043); None when it is not."""
    fault = None
    if len(password) < terms.password_length_min:
        fault = PasswordFault.TOO_SHORT
    elif len(password) > terms.password_length_max:
        fault = PasswordFault.TOO_LONG
    elif len(set(password)) < terms.password_distinct_characters_min:
        fault = PasswordFault.TOO_UNIFORM
    elif personal.login and personal.login.lower() in password.lower():
        fault = PasswordFault.CONTAINS_LOGIN
    elif any(word in password.lower() for word in personal.words()):
        fault = PasswordFault.CONTAINS_PERSONAL
    return None if fault is None else _too_weak(terms, fault)


def guessable(terms: Terms, score: int, hint: str) -> PasswordTooWeak | None:
    """Why a password of this estimated strength is refused (P043); None when it is strong enough."""
    if score >= terms.password_score_min:
        return None
    return _too_weak(terms, PasswordFault.GUESSABLE, score, hint or None)


def _too_weak(
    terms: Terms, fault: PasswordFault, score: int | None = None, hint: str | None = None
) -> PasswordTooWeak:
    return PasswordTooWeak(
        fault.value,
        terms.password_length_min,
        terms.password_length_max,
        terms.password_score_min,
        score,
        hint,
    )


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


def check_language(policy: PolicyVersion, language: str | None) -> None:
    """Raises PolicyLanguageUnknown for a language in which the document is not published (M107)."""
    if language is not None and language not in policy.languages:
        raise PolicyLanguageUnknown(" ".join(policy.languages))


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


def normal_policy_url(terms: Terms, url: str | None, *, required: bool) -> str | None:
    """The address of a privacy policy; None where there is none and need not be.

    Raises PrivacyPolicyUrlInvalid for anything but an https address of a named host, and for a card number (M115).
    """
    text = (url or "").strip()
    if not text and not required:
        return None
    refusal = PrivacyPolicyUrlInvalid(required, terms.policy_url_length_max)
    if len(text) > terms.policy_url_length_max or not _URL.match(text) or holds_card_number(text):
        raise refusal
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise refusal from None
    name = host.strip(".").rpartition(".")
    if not name[0] or name[2].isdigit() or parts.username is not None or port == 0:
        raise refusal
    return text


def check_key_expiry(terms: Terms, now: datetime, expires_at: datetime | None) -> None:
    """Raises ApiKeyExpiryInvalid."""
    if expires_at is not None and not now < expires_at <= now + terms.api_key_age_max:
        raise ApiKeyExpiryInvalid(terms.api_key_age_max.days)
