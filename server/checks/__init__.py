"""The checks that prove clauses: against the live database, by what is stored and not by the code that stored it, and
against the running server, by what it serves.

They stand here, beside the composition root, because they look into the tables of every slice.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.checks import (
    accounts,
    aggregates,
    api_use,
    billing,
    campaigns,
    complaints,
    consents,
    erasures,
    in_force,
    incidents,
    lifecycle,
    money,
    offers,
    payments,
    people,
    plans,
    privacy,
    processing,
    registers,
    retention,
    rights,
    sales,
    senders,
    serving,
    storage,
    support,
    versions,
)
from server.policy.rules.checking import Check

CHECKS: Mapping[str, Check] = {
    **in_force.CHECKS,
    **serving.CHECKS,
    **offers.CHECKS,
    **storage.CHECKS,
    **accounts.CHECKS,
    **people.CHECKS,
    **api_use.CHECKS,
    **lifecycle.CHECKS,
    **money.CHECKS,
    **payments.CHECKS,
    **sales.CHECKS,
    **plans.CHECKS,
    **senders.CHECKS,
    **campaigns.CHECKS,
    **complaints.CHECKS,
    **erasures.CHECKS,
    **billing.CHECKS,
    **incidents.CHECKS,
    **registers.CHECKS,
    **consents.CHECKS,
    **versions.CHECKS,
    **retention.CHECKS,
    **privacy.CHECKS,
    **rights.CHECKS,
    **support.CHECKS,
    **processing.CHECKS,
    **aggregates.CHECKS,
}
"""Every check by the name that clauses give."""
