"""API keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update

from server.accounts import reads, rules
from server.accounts.actions.authority import count_revocation, lock_authority
from server.accounts.actions.events import ApiKeyCreated, ApiKeyRevoked, PolicyRefused
from server.accounts.actions.issuing import KEY_MARK, Issued, new_secret
from server.accounts.model import IDENTITY, Acceptance, ApiKey, Session
from server.accounts.rules import Terms
from server.kit.crypto import token_hash
from server.kit.ids import is_id
from server.kit.work import Work

_SHOWN_CHARACTERS = 4


def create_api_key(work: Work, name: str, scopes: Sequence[str], expires_at: datetime | None) -> Issued:
    """Make an API key for the acting account.

    Raises ApiKeyNameInvalid, ScopeNotGrantable, ApiKeyExpiryInvalid, AcceptanceMissing (M020), ApiKeyLimitReached.
    """
    account_id, terms = work.actor.account_id, work.terms(Terms)
    assert account_id is not None
    rules.check_key_name(terms, name)
    granted = rules.granted_scopes(scopes, work.actor.scopes)
    rules.check_key_expiry(terms, work.now, expires_at)
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
            name=work.seal(account_id, IDENTITY, "api_keys.name", name),
            secret_hash=token_hash(secret),
            prefix=secret[: len(KEY_MARK) + _SHOWN_CHARACTERS],
            scopes=" ".join(granted),
            created_at=work.now,
            expires_at=expires_at,
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


def refuse_key_policies(work: Work) -> int:
    """Stop using the API: the acting account takes back its acceptances of the documents that keys are under, and its
    keys end; the account stays as it is (M145). Returns how many keys ended. Raises NoKeyPolicy.
    """
    account_id, policies = work.actor.account_id, work.terms(Terms).key_policies
    assert account_id is not None
    if not policies:
        raise rules.NoKeyPolicy
    count_revocation(work, account_id)
    accepted = (Acceptance.account_id == account_id) & Acceptance.withdrawn_at.is_(None)
    documents = Acceptance.document.in_([policy.document for policy in policies])
    work.execute(update(Acceptance).where(accepted & documents).values(withdrawn_at=work.now))
    live = (ApiKey.account_id == account_id) & ApiKey.revoked_at.is_(None)
    ended = update(ApiKey).where(live).values(revoked_at=work.now).returning(ApiKey.id)
    key_ids = sorted(work.execute(ended).scalars())
    for key_id in key_ids:
        work.record(ApiKeyRevoked(account_id, key_id))
    for policy in policies:
        work.record(PolicyRefused(account_id, account_id, policy.document, policy.version))
    return len(key_ids)
