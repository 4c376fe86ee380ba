"""The checks that prove clauses against the live database, by what is stored and not by the code that stored it.

They stand here, beside the composition root, because they look into the tables of every slice.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.checks import (
    accounts,
    campaigns,
    erasures,
    incidents,
    money,
    privacy,
    registers,
    retention,
    senders,
    storage,
)
from server.policy.rules.checking import Check

CHECKS: Mapping[str, Check] = {
    **storage.CHECKS,
    **accounts.CHECKS,
    **money.CHECKS,
    **senders.CHECKS,
    **campaigns.CHECKS,
    **erasures.CHECKS,
    **incidents.CHECKS,
    **registers.CHECKS,
    **retention.CHECKS,
    **privacy.CHECKS,
}
"""Every check by the name that clauses give."""
