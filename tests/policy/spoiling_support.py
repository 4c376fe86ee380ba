"""Tickets, and what the staff read, that were not as the policy says, for the checks to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update

from server.accounts.model import Account
from server.accounts.model.accesses import DataAccess
from server.kit.audit import AuditEntry
from server.kit.work import Work
from server.notices.model import Notice
from server.policy.adapters.profiles import load_profile
from server.support.model import Ticket, TicketMessage
from tests.policy.conftest import World
from tests.policy.rows import CUSTOMER, Sabotage, made
from tests.policy.spoiling_processing import by

_RECEIPT = {"kind": "defect_received", "in_app": True, "emailing": "NOT_ASKED", "dedupe_key": "tkt_1"}


def asked(
    owner: str | None = None, *, receipt: bool = True, closed_days_ago: int | None = None, **values: Any
) -> Sabotage:
    """A defect that was reported, with its receipt; `owner` is under whose key its message is, if it is not its own."""

    def sabotage(work: Work, world: World) -> None:
        account_id = values.get("account_id", world.customer)
        closed_at = None if closed_days_ago is None else work.now - timedelta(days=closed_days_ago)
        row = {
            "id": "tkt_1",
            "account_id": account_id,
            "kind": "DEFECT",
            "source": "ACCOUNT",
            "status": "OPEN" if closed_at is None else "CLOSED",
            "subject": work.seal(account_id or "tkt_1", "content", "tickets.subject", "Export"),
            "code_attempts_left": 0,
            "messages": 1,
            "received_at": work.now,
            "waiting_since": work.now if closed_at is None else None,
            "closed_at": closed_at,
            "updated_at": work.now,
        }
        work.execute(insert(Ticket).values(**(row | values)))
        text = work.seal(owner or account_id or "tkt_1", "content", "ticket_messages.text", "It stops.")
        message = {"id": "tkm_1", "ticket_id": "tkt_1", "account_id": account_id, "from_staff": False}
        work.execute(insert(TicketMessage).values(**message, text=text, received_at=work.now))
        if receipt:
            data = work.seal(world.customer, "content", "notices.data", "{}")
            told = {**_RECEIPT, "id": "ntc_1", "account_id": world.customer, "data": data}
            work.execute(insert(Notice).values(**told, created_at=work.now))

    return sabotage


def astray(**values: Any) -> Sabotage:
    """A message that is somebody else's than its ticket."""

    def sabotage(work: Work, world: World) -> None:
        asked()(work, world)
        work.execute(update(TicketMessage).values(**values))

    return sabotage


def read_after_closing(seconds: int = 1, duty: str | None = None, *, closed: bool = True) -> Sabotage:
    """What somebody of the staff read of an account so long after it was closed."""

    def sabotage(work: Work, world: World) -> None:
        status = "CLOSED" if closed else "SUSPENDED"
        this = Account.id == world.customer
        work.execute(update(Account).where(this).values(status=status, status_since=work.now))
        row = {
            "id": "dac_1",
            "account_id": world.customer,
            "reader": "STAFF",
            "handle": "0a1b2c",
            "roles": "SUPPORT",
        }
        at = work.now + timedelta(seconds=seconds)
        work.execute(
            insert(DataAccess).values(**row, at=at, purpose="security", fields="Query.apiUsageOf", duty=duty)
        )

    return sabotage


def read_of(account: object, *fields: str) -> Sabotage:
    """What somebody of the staff read of an account, without a word to it."""

    def sabotage(work: Work, world: World) -> None:
        subjects = world.customer if account is CUSTOMER else str(account)
        made(
            AuditEntry,
            id="aud_1",
            action="staffRead",
            outcome="OK",
            fields=" ".join(fields),
            subjects=subjects,
        )(work, world)

    return sabotage


SPOILED: list[tuple[str, str, Sabotage]] = [
    ("categories.support_history", "tkm_1", asked(owner="acc_other")),
    ("categories.support_history", "tkm_1", astray(account_id="acc_other")),
    ("categories.support_history", "tkm_1", astray(account_id=None)),
    ("categories.support_history", "tkm_1", astray(person_id="per_other")),
    ("defects.report", "tkt_1", asked(receipt=False)),
    ("defects.sla", "tkt_1", asked(due_at=datetime(2026, 12, 24, tzinfo=UTC))),
    ("retain.support", "tkt_1", asked(account_id=None, closed_days_ago=370)),
    ("staff.closed_account_access", "dac_1", read_after_closing()),
    ("transparency.access", "aud_1", read_of(CUSTOMER, "Query.apiUsageOf")),
]
"""Each clause with what its check names, and what was done against it."""

_HELPDESK = load_profile("helpdesk")
_OTHER_WORDS = dataclasses.replace(_HELPDESK.clauses["categories.provided"], value=("name", "blood type"))
_OTHER_HELPDESK = dataclasses.replace(
    _HELPDESK, clauses={**_HELPDESK.clauses, "categories.provided": _OTHER_WORDS}
)

OF: Mapping[str, list[tuple[str, str, Sabotage]]] = {
    "helpdesk": [
        ("scope.support", "tkm_1", asked(owner="acc_other")),
        ("categories.provided", "blood type", by(_OTHER_HELPDESK)),
    ],
}
"""The same of clauses that only other profiles have, or have with another value."""

KEPT: list[tuple[str, Sabotage]] = [
    ("categories.support_history", asked()),
    ("categories.support_history", asked(account_id=None)),
    ("defects.report", asked()),
    ("defects.report", asked(receipt=False, kind="QUESTION")),
    ("defects.sla", asked()),
    ("retain.support", asked(account_id=None, closed_days_ago=350)),
    ("retain.support", asked(closed_days_ago=4_000)),
    ("staff.closed_account_access", read_after_closing(0)),
    ("staff.closed_account_access", read_after_closing(duty="BOOKKEEPING")),
    ("staff.closed_account_access", read_after_closing(closed=False)),
    ("transparency.access", read_of(CUSTOMER, "Query.dueWork")),
    ("transparency.access", read_of("acc_01h455vb4pex5vsknk084sn02q", "Query.apiUsageOf")),
]
"""What these checks leave alone."""
