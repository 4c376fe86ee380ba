"""What the company lets one account use of the API instead of what everybody may (M144)."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts import reads
from server.accounts.actions.events import ApiLimitsChanged
from server.accounts.model import CUSTOMER, ApiLimit
from server.accounts.rules.lifecycle import AccountNotFound
from server.accounts.rules.limits import ApiLimits, check_api_limits
from server.kit.work import Work


def set_api_limits(work: Work, account_id: str, limits: ApiLimits | None) -> None:
    """From the next request on; None for what everybody may. Raises ApiLimitsInvalid, AccountNotFound."""
    if limits is not None:
        check_api_limits(limits)
    account = reads.account(work, account_id)
    if account is None or account.kind != CUSTOMER:
        raise AccountNotFound
    if limits is None:
        work.execute(delete(ApiLimit).where(ApiLimit.account_id == account_id))
    else:
        given = {"cost_max": limits.cost_max, "restored_per_second": limits.restored_per_second}
        values = {**given, "set_at": work.now}
        statement = upsert(ApiLimit).values(account_id=account_id, **values)
        work.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))
    work.record(
        ApiLimitsChanged(
            account_id,
            account_id,
            limits.cost_max if limits is not None else None,
            limits.restored_per_second if limits is not None else None,
            work.actor.credential_id,
        )
    )
