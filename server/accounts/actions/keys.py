"""API keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from server.accounts import reads, rules
from server.accounts.actions.authority import count_revocation, lock_authority
from server.accounts.actions.events import ApiKeyCreated, ApiKeyRevoked
from server.accounts.actions.issuing import KEY_MARK, Issued, new_secret
from server.accounts.model import ACTIVE, CUSTOMER, IDENTITY, ApiKey, Session
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import AccountNotFound
from server.kit.crypto import token_hash
from server.kit.ids import is_id
from server.kit.work import Work

BY_SUPPORT = "support"
_SHOWN_CHARACTERS = 4
_URL = "api_keys.privacy_policy_url"


@dataclass(frozen=True, slots=True)
class WantedKey:
    """What a new API key is to be: how it is called, what it may do, until when (None: for ever).

    `privacy_policy_url` is where the integration that will use it says what it does with personal data (M141).
    """

    name: str
    scopes: Sequence[str]
    expires_at: datetime | None = None
    privacy_policy_url: str | None = None


def create_api_key(
    work: Work,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime | None,
    privacy_policy_url: str | None = None,
) -> Issued:
    """Make an API key for the acting account.

    Raises ApiKeysIssuedBySupport (M138), ApiKeyNameInvalid, ScopeNotGrantable, ApiKeyExpiryInvalid,
    PrivacyPolicyUrlInvalid (M141), AcceptanceMissing (M020), ApiKeyLimitReached.
    """
    account_id = work.actor.account_id
    assert account_id is not None
    if work.terms(Terms).api_keys_issued_by == BY_SUPPORT:
        raise rules.ApiKeysIssuedBySupport
    wanted = WantedKey(name, scopes, expires_at, privacy_policy_url)
    return _issue(work, account_id, wanted, held=work.actor.scopes)


def issue_api_key(work: Work, account_id: str, wanted: WantedKey) -> Issued:
    """Make an API key for a customer, as the acting member of the staff (M138).

    Raises ApiKeysIssuedBySelf, AccountNotFound (also for the company's own account), and what `create_api_key` does.
    """
    if work.terms(Terms).api_keys_issued_by != BY_SUPPORT:
        raise rules.ApiKeysIssuedBySelf
    account = reads.account(work, account_id) if is_id(account_id, "acc") else None
    if account is None or account.kind != CUSTOMER or account.status != ACTIVE:
        raise AccountNotFound
    return _issue(work, account_id, wanted, held=None)


def _issue(work: Work, account_id: str, wanted: WantedKey, held: frozenset[str] | None) -> Issued:
    terms = work.terms(Terms)
    rules.check_key_name(terms, wanted.name)
    granted = rules.granted_scopes(wanted.scopes, held)
    rules.check_key_expiry(terms, work.now, wanted.expires_at)
    url = rules.normal_policy_url(
        terms, wanted.privacy_policy_url, required=terms.api_keys_require_policy_url
    )
    rules.check_accepted((terms.policy, *terms.key_policies), reads.accepted(work, account_id))
    lock_authority(work, account_id)
    live = reads.live_api_keys(work, account_id).with_only_columns(func.count())
    if work.scalar(live) >= terms.api_keys_max:
        raise rules.ApiKeyLimitReached(terms.api_keys_max)
    key_id, secret = work.ids.new("key"), new_secret(work, KEY_MARK)
    work.execute(
        insert(ApiKey).values(
            id=key_id,
            account_id=account_id,
            created_by=select(Session.person_id)
            .where(Session.id == work.actor.credential_id)
            .scalar_subquery(),
            name=work.seal(account_id, IDENTITY, "api_keys.name", wanted.name),
            privacy_policy_url=None if url is None else work.seal(account_id, IDENTITY, _URL, url),
            secret_hash=token_hash(secret),
            prefix=secret[: len(KEY_MARK) + _SHOWN_CHARACTERS],
            scopes=" ".join(granted),
            created_at=work.now,
            expires_at=wanted.expires_at,
        )
    )
    work.record(ApiKeyCreated(account_id, key_id))
    return Issued(key_id, secret)


def revoke_api_key(work: Work, key_id: str) -> None:
    """End an API key of the acting account. Raises ApiKeyNotFound, also for another account's (Q014)."""
    account_id = work.actor.account_id
    assert account_id is not None
    if not is_id(key_id, "key"):  # PostgreSQL takes no NUL
        raise rules.ApiKeyNotFound
    count_revocation(work, account_id)
    mine = (ApiKey.id == key_id) & (ApiKey.account_id == account_id) & ApiKey.revoked_at.is_(None)
    revoked = update(ApiKey).where(mine).values(revoked_at=work.now).returning(ApiKey.id)
    if work.first(revoked) is None:
        raise rules.ApiKeyNotFound
    work.record(ApiKeyRevoked(account_id, key_id))
