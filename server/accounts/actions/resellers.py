"""Acting for others: becoming a reseller, offering to manage an account, accepting and ending that (B013 to B015)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads, rules
from server.accounts.actions.authority import count_revocation, lock_authority
from server.accounts.actions.events import ManagementAccepted, ManagementEnded, ManagementOffered
from server.accounts.actions.signing_in import require_fresh_session
from server.accounts.model import ACTIVE, CUSTOMER, IDENTITY, Management, Reseller
from server.accounts.reads import resellers, team
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import AccountNotFound
from server.accounts.rules.resellers import (
    AlreadyManaged,
    ManagementLimitReached,
    ManagementNotFound,
    NotAReseller,
    Power,
    ResaleNotPermitted,
    stored_powers,
)
from server.kit.ids import is_id
from server.kit.work import Work


def become_reseller(work: Work, policy_url: str) -> None:
    """Let the acting account manage others; again, to change where its privacy policy is (B015).

    Raises ResaleNotPermitted (M009), PrivacyPolicyUrlInvalid.
    """
    account_id = _acting_account(work)
    _check_permitted(work, account_id)
    url = rules.normal_policy_url(work.terms(Terms), policy_url, required=True)
    assert url is not None
    sealed = work.seal(account_id, IDENTITY, "resellers.policy_url", url)
    new = upsert(Reseller).values(account_id=account_id, policy_url=sealed, since=work.now)
    work.execute(new.on_conflict_do_update(index_elements=["account_id"], set_={"policy_url": sealed}))


def offer_management(work: Work, account_id: str, powers: Collection[Power]) -> str:
    """Offer to manage an account with these powers; its owner decides. An earlier open offer ends.

    Raises NotAReseller, ResaleNotPermitted (M009), NoPowers, AccountNotFound, AlreadyManaged (by the reseller
    itself), ManagementLimitReached.
    """
    reseller_id = _acting_account(work)
    if resellers.reseller(work, reseller_id) is None:
        raise NotAReseller
    _check_permitted(work, reseller_id)
    stored = stored_powers(powers)
    account = reads.account(work, account_id) if is_id(account_id, "acc") else None
    if account is None or account.kind != CUSTOMER or account.status != ACTIVE or account_id == reseller_id:
        raise AccountNotFound
    lock_authority(work, account_id)
    manager = resellers.manager_of(work, account_id)
    if manager is not None and manager.reseller_id == reseller_id:
        raise AlreadyManaged(manager.id)
    mine = (Management.reseller_id == reseller_id) & (Management.account_id == account_id)
    work.execute(update(Management).where(mine, resellers.is_open()).values(ended_at=work.now))
    limit = work.terms(Terms).managed_accounts_max
    if resellers.open_count(work, reseller_id) >= limit:
        raise ManagementLimitReached(limit)
    management_id = work.ids.new("mgt")
    work.execute(
        insert(Management).values(
            id=management_id,
            reseller_id=reseller_id,
            account_id=account_id,
            powers=stored,
            offered_at=work.now,
        )
    )
    work.record(ManagementOffered(account_id, management_id))
    return management_id


def accept_management(work: Work, management_id: str) -> None:
    """Let the reseller manage the acting account with the powers that it offered to use.

    Raises StepUpRequired, ManagementNotFound, AlreadyManaged.
    """
    require_fresh_session(work)
    account_id = _acting_account(work)
    lock_authority(work, account_id)
    offer = _open_one(work, management_id)
    if offer.account_id != account_id or offer.accepted_at is not None:
        raise ManagementNotFound
    manager = resellers.manager_of(work, account_id)
    if manager is not None:
        raise AlreadyManaged(manager.id)
    if not team.may_resell(work, offer.reseller_id):
        raise ManagementNotFound
    this = Management.id == management_id
    work.execute(update(Management).where(this).values(accepted_at=work.now))
    work.record(ManagementAccepted(account_id, management_id))


def end_management(work: Work, management_id: str) -> None:
    """End a management, or turn its offer down, from either side; the reseller's feeds end at once.

    Raises ManagementNotFound, also for one between others (Q014).
    """
    account_id = _acting_account(work)
    row = _open_one(work, management_id)
    if account_id not in (row.account_id, row.reseller_id):
        raise ManagementNotFound
    lock_authority(work, row.account_id)
    still = (Management.id == management_id) & resellers.is_open()
    ended = update(Management).where(still).values(ended_at=work.now).returning(Management.id)
    if work.first(ended) is None:
        raise ManagementNotFound
    count_revocation(work, row.account_id)
    work.record(ManagementEnded(row.account_id, management_id))


def _open_one(work: Work, management_id: str) -> Row[Any]:
    known = resellers.managements_by_id(work, [management_id]) if is_id(management_id, "mgt") else {}
    row = known.get(management_id)
    if row is None or row.ended_at is not None:
        raise ManagementNotFound
    return row


def _check_permitted(work: Work, account_id: str) -> None:
    if not team.may_resell(work, account_id):
        raise ResaleNotPermitted


def _acting_account(work: Work) -> str:
    assert work.actor.account_id is not None
    return work.actor.account_id
