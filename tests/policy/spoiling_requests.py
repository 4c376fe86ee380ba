"""Requests of customers, and restrictions, that were not kept to, for the checks to find."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from server.accounts.model import Restriction
from server.kit.work import Work
from server.privacy.model import PrivacyRequest
from server.privacy.reads.requests import due_date
from server.privacy.rules.regimes import Regime, RegimeChoice, RegimeTerms
from tests.policy.conftest import World
from tests.policy.rows import Sabotage, under
from tests.policy.spoiling import launched


def asked(days_ago: int = 0, later: timedelta = timedelta(0), **values: Any) -> Sabotage:
    """A verified request that was received so many days ago, and is due so much later than it should be."""

    def sabotage(work: Work, world: World) -> None:
        received_at = work.now - timedelta(days=days_ago)
        is_extended = values.get("extended_at") is not None
        row = {
            "id": "dsr_1",
            "account_id": world.customer,
            "kind": "ACCESS",
            "source": "SELF",
            "status": "RECEIVED",
            "purposes": "",
            "received_at": received_at,
            "regime": Regime.GDPR.value,
            "filed_at": received_at,
            "due_at": due_date(work, received_at, Regime.GDPR, extended=is_extended) + later,
            "queue_rank": 0,
            "verified_at": received_at,
            "updated_at": received_at,
        }
        work.execute(insert(PrivacyRequest).values(**(row | values)))

    return sabotage


def extended(before: timedelta, later: timedelta = timedelta(0)) -> Sabotage:
    """A request that was extended so long before it was due, by so much more than the policy says."""

    def sabotage(work: Work, world: World) -> None:
        extended_at = due_date(work, work.now, Regime.GDPR) - before
        asked(later=later, extended_at=extended_at, extension_reason="COMPLEXITY")(work, world)

    return sabotage


def restricted(purpose: str = "", **campaign: Any) -> Sabotage:
    """A campaign that is being sent although the customer restricted that."""

    def sabotage(work: Work, world: World) -> None:
        launched(**campaign)(work, world)
        row = {"account_id": world.customer, "by_right": "RESTRICTION", "request_id": "dsr_1"}
        work.execute(insert(Restriction).values(id="rst_1", purpose=purpose, since=work.now, **row))

    return sabotage


_SECOND = timedelta(seconds=1)
STRICTEST = RegimeTerms(apply=RegimeChoice.STRICTEST)
_REFUSED = {"status": "REFUSED", "queue_rank": None}

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("deadline.respond", "dsr_1", asked(days_ago=31)),
    ("deadline.respond", "dsr_1", asked(later=_SECOND)),
    ("deadline.extend", "dsr_1", extended(timedelta(0))),
    ("deadline.extend", "dsr_1", extended(_SECOND, later=_SECOND)),
    ("regime.by_region", "dsr_1", asked(regime="FADP")),
    ("regime.by_region", "dsr_1", asked(regime="NONE")),
    ("regime.apply", "dsr_1", under(STRICTEST, asked(regime="OWN", later=_SECOND))),
    ("rights.access.channels", "dsr_1", asked(source="STAFF")),
    ("refusal.require_ground", "dsr_1", asked(**_REFUSED, ground="DATA_ACCURATE")),
    ("rights.channels", "dsr_1", asked(source="MAIL")),
    ("rights.channels", "dsr_1", asked(source="STAFF", proof="DOCUMENT")),
    ("rights.restriction.granularity", "cmp_1", restricted("campaigns")),
    ("rights.objection.effect", "cmp_1", restricted()),
]
"""Each clause with what its check names, and what was done against it."""

OF: Mapping[str, list[tuple[str, str, Sabotage]]] = {
    "platform": [
        ("purposes", "cmp_1", restricted()),
        ("rights.restriction.effect", "cmp_1", restricted()),
    ],
    "qboxmail": [("intake.email", "dsr_1", asked(days_ago=31))],
}
"""The same of clauses that only other profiles have, or have with another value."""

KEPT: list[tuple[str, Sabotage]] = [
    ("deadline.respond", asked(days_ago=27)),
    ("deadline.extend", extended(_SECOND)),
    ("regime.by_region", asked(regime="FADP", later=-timedelta(days=1))),
    ("regime.apply", under(STRICTEST, asked(regime="OWN"))),
    ("rights.access.channels", asked(source="MAIL")),
    ("rights.access.channels", asked(source="STAFF", kind="ERASURE")),
    ("refusal.require_ground", asked(**_REFUSED, ground="RIGHTS_OF_OTHERS")),
    ("rights.channels", asked(source="MAIL", proof="CALL_BACK", verified_by="ses_1")),
    ("rights.restriction.granularity", restricted("newsletter")),
    ("rights.restriction.granularity", restricted("campaigns", status="PAUSED")),
]
"""What these checks leave alone."""
