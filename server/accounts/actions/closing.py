"""The end of an account: by its owner, who was shown what is lost, or by the company to prevent harm.

Nothing is refunded (M084, M085); what is left is forfeited by the reactions of the slices that hold it. Deleting the
data is another matter: who erases starts from `AccountClosed`, and from the account's `status_since`.
"""

from __future__ import annotations

from sqlalchemy import insert, update

from server.accounts.actions.authority import change_status, revoke_sessions
from server.accounts.actions.events import AccountClosed, ApiKeyRevoked
from server.accounts.actions.lifecycle import INACTIVITY
from server.accounts.actions.signing_in import require_fresh_session
from server.accounts.actions.teams import close_invitations
from server.accounts.model import AccountClosure, ApiKey, Invitation, Session
from server.accounts.reads.lifecycle import LossSources
from server.accounts.rules import Terms
from server.accounts.rules.closing import Loss, check_acknowledged
from server.accounts.rules.lifecycle import AccountStatus, Closing, SuspensionReason, check_reason
from server.kit.due import cancel
from server.kit.idempotency import Receipt
from server.kit.work import Work


def close_account(work: Work, acknowledged: str) -> Receipt:
    """Close the acting account for ever, without notice (M081, M082); facts: `account_id`.

    `acknowledged` is the digest of what is lost (M086). Raises StepUpRequired, LossesNotAcknowledged,
    AccountStatusConflict.
    """
    require_fresh_session(work)
    account_id = work.actor.account_id
    assert account_id is not None
    losses = work.terms(LossSources).losses(work, account_id)
    check_acknowledged(acknowledged, losses)
    _close(work, account_id, Closing.VOLUNTARY, tuple(losses), None)
    return Receipt({"account_id": account_id})


def close_preventively(work: Work, account_id: str, reason: SuspensionReason | None) -> Receipt:
    """Close an account for the company; nothing is refunded (M026); facts: `account_id`.

    Raises ReasonRequired, AccountNotFound, AccountStatusConflict.
    """
    check_reason(reason, work.terms(Terms))
    _close(work, account_id, Closing.PREVENTIVE, None, reason.value if reason is not None else None)
    return Receipt({"account_id": account_id})


def close_after_refusal(work: Work, account_id: str) -> None:
    """Close the account of who refused a version of the policy, and acknowledged then what that costs (P049).

    Raises AccountNotFound, AccountStatusConflict.
    """
    _close(work, account_id, Closing.VOLUNTARY, None, None)


def _close(
    work: Work, account_id: str, closing: Closing, losses: tuple[Loss, ...] | None, reason: str | None
) -> None:
    change_status(work, account_id, AccountStatus.CLOSED, reason or closing.value)
    _keep_closure(work, account_id, closing)
    revoke_sessions(work, account_id, Session.account_id == account_id)
    live = (ApiKey.account_id == account_id) & ApiKey.revoked_at.is_(None)
    ended = update(ApiKey).where(live).values(revoked_at=work.now).returning(ApiKey.id)
    for key_id in sorted(work.execute(ended).scalars()):
        work.record(ApiKeyRevoked(account_id, key_id))
    close_invitations(work, account_id, Invitation.account_id == account_id)
    cancel(work, INACTIVITY, account_id)
    work.record(
        AccountClosed(account_id, account_id, closing.value, losses, reason, work.actor.credential_id)
    )


def _keep_closure(work: Work, account_id: str, closing: Closing) -> None:
    preventive = closing is Closing.PREVENTIVE
    erase_at = work.now + work.terms(Terms).preventive_erase_after if preventive else None  # C24
    closure = {"account_id": account_id, "closing": closing.value, "closed_at": work.now}
    work.execute(insert(AccountClosure).values(**closure, erase_at=erase_at))
