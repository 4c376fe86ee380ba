"""Consents, a ledger of their own beside the acceptances of documents (B004, C13)."""

from __future__ import annotations

from sqlalchemy import insert, update

from server.accounts.actions.authority import lock_authority
from server.kit.work import Work
from server.policy.actions.events import ConsentGiven, ConsentWithdrawn
from server.policy.model import Consent
from server.policy.reads.registers import live_consent
from server.policy.rules.consenting import ConsentTerms, NoConsent, check_purpose
from server.policy.rules.publishing import Published


def give_consent(work: Work, purpose: str) -> str:
    """Consent to one purpose for the acting account; returns the consent's id. Twice is as good as once.

    Raises PurposeUnknown.
    """
    account_id = _account(work)
    check_purpose(purpose, work.terms(ConsentTerms))
    lock_authority(work, account_id)  # two at once make one
    given = live_consent(work, account_id, purpose)
    if given is not None:
        return str(given.id)
    consent_id = work.ids.new("cns")
    work.execute(
        insert(Consent).values(
            id=consent_id,
            account_id=account_id,
            purpose=purpose,
            policy_version=work.terms(Published).profile.policy.version,
            given_by=work.actor.credential_id,
            given_at=work.now,
        )
    )
    work.record(ConsentGiven(account_id, consent_id, purpose))
    return consent_id


def withdraw_consent(work: Work, purpose: str) -> str:
    """Take the acting account's consent back, at once; returns the consent's id.

    Also for a purpose that the policy does not list any more. Raises NoConsent.
    """
    return withdraw_consent_of(work, _account(work), purpose)


def withdraw_consent_of(work: Work, account_id: str, purpose: str) -> str:
    """The same for any account, whose owner asked for it. Raises NoConsent."""
    lock_authority(work, account_id)
    given = live_consent(work, account_id, purpose) if purpose.isprintable() else None
    if given is None:
        raise NoConsent
    work.execute(update(Consent).where(Consent.id == given.id).values(withdrawn_at=work.now))
    work.record(ConsentWithdrawn(account_id, given.id, purpose))
    return str(given.id)


def _account(work: Work) -> str:
    assert work.actor.account_id is not None
    return work.actor.account_id
