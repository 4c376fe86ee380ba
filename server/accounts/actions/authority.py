"""Checking authority before acting, and taking it away; the account's state, which widens and narrows it.

Whatever takes authority away counts up the account's `AuthorityEpoch` in the same transaction.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, select, update

from server.accounts import reads
from server.accounts.actions.events import SessionRevoked
from server.accounts.model import CUSTOMER, Account, AuthorityEpoch, Management, Session
from server.accounts.rules.lifecycle import AccountNotFound, AccountStatus, check_transition
from server.kit.db import Prepared
from server.kit.ids import is_id
from server.kit.problems import PublicError
from server.kit.work import Call, Work

_CHANGES_CREDENTIALS = frozenset(
    {
        "signIn",
        "signOut",
        "revokeSession",
        "changePassword",
        "confirmPassword",
        "confirmSecondFactor",
        "createRecoveryCodes",
        "enrolTotp",
        "confirmTotp",
        "disableTotp",
        "startPasskeyRegistration",
        "registerPasskey",
        "removePasskey",
        "createApiKey",
        "revokeApiKey",
        "refuseApiPolicy",
        "setEmail",
        "resendEmailCode",
        "verifyEmail",
        "inviteMember",
        "revokeInvitation",
        "changeRole",
        "removeMember",
        "withdrawMember",
        "leaveAccount",
        "reportCompromise",
        "acceptManagement",
        "endManagement",
        "closeAccount",
        "requestErasure",
        "reactivateAccount",
        "restrictProcessing",
        "objectToProcessing",
        "liftRestriction",
        "giveConsent",
        "withdrawConsent",
    }
)


READ_ON_BEHALF = "readOnBehalf"
"""What the audit says of each request that a reseller makes for an account that it manages."""


def guard(work: Work, call: Call) -> None:
    """What every unit of work begins with: the actor's credential must still be good.

    The account's epoch stays locked until the commit, shared among mutations and alone for those that change
    credentials, consents, or what may be done: two that share it and both want it alone would wait for each other. So a
    revocation waits for what was begun before it, and nothing commits after a revocation was answered.

    Raises PublicError UNAUTHENTICATED, and FORBIDDEN for a reseller on behalf of an account (B014).
    """
    viewer = call.actor
    if viewer.account_id is None:
        return
    if viewer.management_id is not None and call.action != READ_ON_BEHALF:
        raise PublicError("FORBIDDEN", "Who manages an account may read of it, and change nothing.")
    locked = _lock_alone if call.action in _CHANGES_CREDENTIALS else _lock_shared
    found = locked.run(work.connection, account_id=viewer.account_id)
    in_time = viewer.expires_at is None or work.now < viewer.expires_at
    unchanged = bool(found) and found[0][0] == viewer.authority_epoch
    if not in_time or not (unchanged or viewer.credential_id in reads.still_valid(work, [viewer])):
        raise PublicError("UNAUTHENTICATED", "The session or API key is no longer valid; sign in again.")


def change_status(
    work: Work, account_id: str, status: AccountStatus, reason: str | None = None
) -> AccountStatus:
    """Bring the account into another state, under the lock of its authority; returns the state before.

    Whatever narrows what it may do counts as a revocation. Raises AccountNotFound (also for the company's own
    account), AccountStatusConflict.
    """
    if not is_id(account_id, "acc"):  # PostgreSQL takes no NUL
        raise AccountNotFound
    lock_authority(work, account_id)
    found = reads.account(work, account_id)
    if found is None or found.kind != CUSTOMER:
        raise AccountNotFound
    check_transition(found.status, status)
    values = {"status": status.value, "status_since": work.now, "status_reason": reason}
    work.execute(update(Account).where(Account.id == account_id).values(values))
    if status is not AccountStatus.ACTIVE:
        count_revocation(work, account_id)
    return AccountStatus(found.status)


def revoke_sessions(work: Work, account_id: str, which: ColumnElement[bool]) -> int:
    """End those of the account's sessions that are not ended yet; returns how many."""
    lock_authority(work, account_id)
    mine = which & (Session.account_id == account_id) & Session.revoked_at.is_(None)
    ended = update(Session).where(mine).values(revoked_at=work.now).returning(Session.id)
    ids = work.execute(ended).scalars().all()
    if ids:
        count_revocation(work, account_id)
    for session_id in sorted(ids):
        work.record(SessionRevoked(account_id, session_id))
    return len(ids)


def lock_authority(work: Work, account_id: str) -> None:
    """Wait for the account's other changes of credentials, and let its next ones wait."""
    _lock_alone.run(work.connection, account_id=account_id)


def count_revocation(work: Work, account_id: str) -> None:
    """Tell everybody who remembers the account's epoch to look again, and that of an account that it manages."""
    for one in (account_id, *_managed_by(work, account_id)):
        this = AuthorityEpoch.account_id == one
        work.execute(update(AuthorityEpoch).where(this).values(epoch=AuthorityEpoch.epoch + 1))
        work.wake(reads.authority_topic(one))


def _managed_by(work: Work, account_id: str) -> list[str]:
    mine = (Management.reseller_id == account_id) & Management.accepted_at.is_not(None)
    managed = select(Management.account_id).where(mine, Management.ended_at.is_(None))
    return sorted(work.execute(managed).scalars())


_this_epoch = select(AuthorityEpoch.epoch).where(AuthorityEpoch.account_id == bindparam("account_id"))
_lock_shared = Prepared(_this_epoch.with_for_update(read=True))
_lock_alone = Prepared(_this_epoch.with_for_update())
