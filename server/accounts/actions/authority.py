"""Taking authority away. Whatever does so counts up the account's `AuthorityEpoch` in the same transaction."""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal, select, update

from server.accounts import reads
from server.accounts.actions.events import AccountReinstated, AccountSuspended, SessionRevoked
from server.accounts.model import ACTIVE, SUSPENDED, Account, AuthorityEpoch, Session
from server.kit.work import Work


def suspend_account(work: Work, account_id: str) -> None:
    """Make every credential of the account useless until it is reinstated."""
    count_revocation(work, account_id)
    _set_status(work, account_id, SUSPENDED)
    work.record(AccountSuspended(account_id, account_id))


def reinstate_account(work: Work, account_id: str) -> None:
    """End a suspension; the credentials that were not revoked meanwhile are good again."""
    lock_authority(work, account_id)
    _set_status(work, account_id, ACTIVE)
    work.record(AccountReinstated(account_id, account_id))


def revoke_sessions(work: Work, account_id: str, which: ColumnElement[bool]) -> bool:
    """End those of the account's sessions that are not ended yet; whether there were any."""
    lock_authority(work, account_id)
    mine = which & (Session.account_id == account_id) & Session.revoked_at.is_(None)
    ended = update(Session).where(mine).values(revoked_at=work.now).returning(Session.id)
    ids = work.execute(ended).scalars().all()
    if ids:
        count_revocation(work, account_id)
    for session_id in sorted(ids):
        work.record(SessionRevoked(account_id, session_id))
    return bool(ids)


def lock_authority(work: Work, account_id: str) -> None:
    """Wait for the account's other changes of credentials, and let its next ones wait."""
    work.first(select(literal(1)).where(AuthorityEpoch.account_id == account_id).with_for_update())


def count_revocation(work: Work, account_id: str) -> None:
    """Tell everybody who remembers the account's epoch to look again."""
    this = AuthorityEpoch.account_id == account_id
    work.execute(update(AuthorityEpoch).where(this).values(epoch=AuthorityEpoch.epoch + 1))
    work.wake(reads.authority_topic(account_id))


def _set_status(work: Work, account_id: str, status: str) -> None:
    work.execute(update(Account).where(Account.id == account_id).values(status=status))
