"""In which industries customers are, for what is counted across them."""

from __future__ import annotations

from sqlalchemy import Select, select

from server.accounts.model import CUSTOMER, Account, Restriction


def industries() -> Select[str, str | None]:
    """Account and industry of each customer, without those who restricted the processing of their data, or objected."""
    limited = select(Restriction.id).where(
        Restriction.account_id == Account.id, Restriction.lifted_at.is_(None)
    )
    mine = (Account.kind == CUSTOMER) & ~limited.exists()
    return select(Account.id.label("account_id"), Account.industry).where(mine)
