"""Checks of accounts, their agreements, and the credentials that act for them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from server.accounts.model import (
    ACTIVE,
    CUSTOMER,
    Acceptance,
    Account,
    AgeJudgement,
    ApiKey,
    Passkey,
    Person,
    Session,
    SignInCounter,
    StaffAuthorisation,
    Totp,
)
from server.accounts.reads import open_or_none
from server.accounts.rules import Terms
from server.accounts.rules.staff import StaffRole
from server.checks.looking import GRACE, WRONG_MAX, look
from server.kit.work import Read
from server.policy.rules.checking import Check, Finding, finding

_PASSWORDS_MAX = 500
_PUBLIC_KEY_BYTES_MAX = 1_100
"""An RSA key of 8192 bits as COSE has it; the usual ones have less than 100 bytes."""
_active = (Account.kind == CUSTOMER) & (Account.status == ACTIVE)


def accepted_before_active(read: Read) -> Finding:
    """No customer is active without having accepted a version of the policy (Q001, H002, P048)."""
    accepted = select(Acceptance.account_id).where(Acceptance.account_id == Account.id).exists()
    return look(read, "accounts", Account, Account.id, _active & ~accepted)


def keys_under_policy(read: Read) -> Finding:
    """No live API key is of an account that did not accept what keys are under (M020)."""
    documents = [policy.document for policy in read.terms(Terms).key_policies]
    accepted = (
        select(func.count(Acceptance.document.distinct()))
        .where(
            Acceptance.account_id == ApiKey.account_id,
            Acceptance.document.in_(documents),
            Acceptance.withdrawn_at.is_(None),
        )
        .scalar_subquery()
    )
    return look(
        read, "API keys", ApiKey, ApiKey.id, ApiKey.revoked_at.is_(None) & (accepted < len(documents))
    )


def api_keys_unique(read: Read) -> Finding:
    """No two API keys are the same (Q007)."""
    doubled = select(ApiKey.secret_hash).group_by(ApiKey.secret_hash).having(func.count() > 1)
    return look(read, "API keys", ApiKey, ApiKey.id, ApiKey.secret_hash.in_(doubled))


def passwords_hashed(read: Read) -> Finding:
    """What is sealed as a password is an argon2id hash (Q006); of the newest people."""
    newest = select(Person.id, Person.password_hash).order_by(Person.id.desc()).limit(_PASSWORDS_MAX)
    rows = read.rows(newest)
    wrong = [
        row.id
        for row in rows
        if not (open_or_none(read, "people.password_hash", row.password_hash) or "$argon2id$").startswith(
            "$argon2id$"
        )
    ]
    return finding(len(rows), "passwords", wrong)


def entities_signed(read: Read) -> Finding:
    """Who has a country has signed with a company of the policy (M001)."""
    terms = read.terms(Terms)
    codes = [terms.entity_europe.code, terms.entity_other.code]
    unsigned = Account.contracting_entity.is_(None) | Account.contracting_entity.not_in(codes)
    return look(read, "accounts", Account, Account.id, _active & Account.country.is_not(None) & unsigned)


def professionals_declared(read: Read) -> Finding:
    """Where accounts are for professional use only, each one has declared it (M004)."""
    if not read.terms(Terms).business_only:
        return finding(0, "accounts", [])
    return look(read, "accounts", Account, Account.id, _active & Account.professional_since.is_(None))


def industries_served(read: Read) -> Finding:
    """No active account is of an industry that is not served (M027)."""
    excluded = [industry.value for industry in read.terms(Terms).industries_excluded]
    return look(read, "accounts", Account, Account.id, _active & Account.industry.in_(excluded))


def sessions_end(read: Read) -> Finding:
    """No session may last, or lie idle, longer than the policy says (P046)."""
    terms = read.terms(Terms)
    sessions = read.rows(
        select(Session.id, Session.created_at, Session.last_used_at, Session.idle_at, Session.expires_at)
        .where(Session.revoked_at.is_(None))
        .order_by(Session.id.desc())
        .limit(10 * WRONG_MAX)
    )
    wrong = [
        row.id
        for row in sessions
        if row.expires_at > row.created_at + terms.session_age_max
        or row.idle_at > row.last_used_at + terms.session_idle_max
    ]
    return finding(len(sessions), "sessions", wrong)


def staff_authorised(read: Read) -> Finding:
    """No authorisation of staff is longer than the policy allows, and each names its instructions (B011)."""
    longest = read.terms(Terms).staff_authorisation_age_max
    rows = read.rows(
        select(StaffAuthorisation.__table__).order_by(StaffAuthorisation.id.desc()).limit(10 * WRONG_MAX)
    )
    wrong = [
        row.id
        for row in rows
        if row.revoked_at is None
        and (row.ends_at > max(row.starts_at, row.created_at) + longest or not row.instructions_version)
    ]
    return finding(len(rows), "authorisations", wrong)


def dpo_impartial(read: Read) -> Finding:
    """No authorisation makes one person the data protection officer and something else (P039)."""
    office, roles = StaffRole.DPO.value, StaffAuthorisation.roles
    both = roles.like(f"%{office}%") & (roles != office)
    return look(read, "authorisations", StaffAuthorisation, StaffAuthorisation.id, both)


def second_factors_there(read: Read) -> Finding:
    """No session of a role that needs a second factor counts as proved by one that its person has not (P003)."""
    roles = sorted(read.terms(Terms).second_factor_required_for)
    application = select(Totp.person_id).where(
        Totp.person_id == Session.person_id, Totp.confirmed_at.is_not(None)
    )
    passkey = select(Passkey.person_id).where(Passkey.person_id == Session.person_id)
    needing = select(Person.id).where(Person.id == Session.person_id, Person.role.in_(roles))
    proved = Session.second_factor_at.is_not(None) & Session.revoked_at.is_(None)
    without = proved & needing.exists() & ~application.exists() & ~passkey.exists()
    return look(read, "sessions", Session, Session.id, without)


def keys_name_policies(read: Read) -> Finding:
    """Where an integration has to name its own privacy policy, each live API key has one (M141)."""
    if not read.terms(Terms).api_keys_require_policy_url:
        return finding(0, "API keys", [])
    nameless = ApiKey.revoked_at.is_(None) & ApiKey.privacy_policy_url.is_(None)
    return look(read, "API keys", ApiKey, ApiKey.id, nameless)


def ages_verified(read: Read) -> Finding:
    """Where an age must be verified, no API key was used of an account whose age is not (P032)."""
    methods = sorted(read.terms(Terms).age_verified_by)
    if not methods:
        return finding(0, "API keys", [])
    shown = select(AgeJudgement.account_id).where(
        AgeJudgement.account_id == ApiKey.account_id, AgeJudgement.method.in_(methods)
    )
    used = ApiKey.revoked_at.is_(None) & ApiKey.last_used_at.is_not(None)
    return look(read, "API keys", ApiKey, ApiKey.id, used & ~shown.exists())


def failures_forgotten(read: Read) -> Finding:
    """No failed sign-in is counted longer than it makes anybody wait (P014)."""
    terms = read.terms(Terms)
    patience = (terms.patience_with_client, terms.patience_with_login, terms.patience_with_address)
    forgotten_at = read.now - max(one.window for one in patience) - GRACE
    late = [
        row.failures
        for row in read.rows(
            select(SignInCounter.failures)
            .where(SignInCounter.last_failed_at <= forgotten_at)
            .limit(WRONG_MAX)
        )
    ]
    total = int(read.scalar(select(func.count()).select_from(SignInCounter)) or 0)
    return finding(total, "counters", [f"{count} failures" for count in late])


def passkeys_are_keys(read: Read) -> Finding:
    """What is stored of a passkey is a public key and no more: nothing of that size is biometric data (P013)."""
    too_long = func.length(Passkey.public_key) > _PUBLIC_KEY_BYTES_MAX
    return look(read, "passkeys", Passkey, Passkey.id, too_long | (func.length(Passkey.public_key) == 0))


CHECKS: Mapping[str, Check] = {
    "accepted_before_active": accepted_before_active,
    "keys_under_policy": keys_under_policy,
    "api_keys_unique": api_keys_unique,
    "passwords_hashed": passwords_hashed,
    "entities_signed": entities_signed,
    "professionals_declared": professionals_declared,
    "industries_served": industries_served,
    "sessions_end": sessions_end,
    "staff_authorised": staff_authorised,
    "dpo_impartial": dpo_impartial,
    "second_factors_there": second_factors_there,
    "keys_name_policies": keys_name_policies,
    "ages_verified": ages_verified,
    "failures_forgotten": failures_forgotten,
    "passkeys_are_keys": passkeys_are_keys,
}
