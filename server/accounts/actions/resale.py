"""That an account's contract permits it to sell the service on (M009)."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads
from server.accounts.actions.authority import lock_authority
from server.accounts.actions.events import ResalePermissionSet
from server.accounts.model import CUSTOMER, ResalePermission
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import AccountNotFound
from server.accounts.rules.resale import ResaleReason, check_resale_permission
from server.kit.ids import is_id
from server.kit.work import Work


def set_resale_permission(work: Work, account_id: str, *, permitted: bool, reason: ResaleReason) -> None:
    """Say whether the contract with the account permits resale. Raises ResaleForbidden, AccountNotFound."""
    check_resale_permission(work.terms(Terms).resale, permitted=permitted)
    if not is_id(account_id, "acc"):  # PostgreSQL takes no NUL
        raise AccountNotFound
    lock_authority(work, account_id)
    found = reads.account(work, account_id)
    if found is None or found.kind != CUSTOMER:
        raise AccountNotFound
    values = {"permitted": permitted, "reason": reason.value, "set_at": work.now}
    stored = upsert(ResalePermission).values(account_id=account_id, **values)
    work.execute(stored.on_conflict_do_update(index_elements=["account_id"], set_=values))
    by = work.actor.credential_id
    work.record(ResalePermissionSet(account_id, account_id, permitted, reason.value, by))
