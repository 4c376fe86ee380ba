"""What a customer's business is, as the company finds it: an excluded one ends the service (M021, M027)."""

from __future__ import annotations

from sqlalchemy import update

from server.accounts import reads
from server.accounts.actions.authority import lock_authority
from server.accounts.actions.closing import close_preventively
from server.accounts.actions.events import IndustryReviewed
from server.accounts.model import CUSTOMER, Account
from server.accounts.rules import Terms
from server.accounts.rules.lifecycle import (
    AccountNotFound,
    AccountStatus,
    AccountStatusConflict,
    SuspensionReason,
)
from server.accounts.rules.signing import Industry
from server.kit.idempotency import Receipt
from server.kit.ids import is_id
from server.kit.work import Work


def review_industry(work: Work, account_id: str, industry: Industry) -> Receipt:
    """Note what the account's business is, whatever was said at registration; an excluded one closes the account,
    and nothing is refunded (M021, M026). Facts: `account_id`, `closed`.

    Raises AccountNotFound, or AccountStatusConflict when it is closed already.
    """
    if not is_id(account_id, "acc"):  # PostgreSQL takes no NUL
        raise AccountNotFound
    lock_authority(work, account_id)
    found = reads.account(work, account_id)
    if found is None or found.kind != CUSTOMER:
        raise AccountNotFound
    if found.status == AccountStatus.CLOSED.value:
        raise AccountStatusConflict(found.status)
    work.execute(update(Account).where(Account.id == account_id).values(industry=industry.value))
    work.record(IndustryReviewed(account_id, account_id, industry.value, work.actor.credential_id))
    excluded = industry in work.terms(Terms).industries_excluded
    if excluded:
        close_preventively(work, account_id, SuspensionReason.INDUSTRY)
    return Receipt({"account_id": account_id, "closed": excluded})
