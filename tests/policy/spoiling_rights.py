"""Requests, registers, versions and remains that are not as the policy says, for the checks to find."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from server.accounts.model import Account
from server.checks.served import Served
from server.kit.clock import to_micros
from server.kit.work import Work
from server.notices.model import Notice
from server.orders.model import Invoice
from server.policy.rules.publishing import Published
from server.policy.rules.validation import FOREVER
from server.privacy.model import DataExport, DataExportFile, Erasure, PrivacyRequest, RecipientRequest
from tests.policy.conftest import World
from tests.policy.rows import CUSTOMER, Sabotage, all_of, made, running_by

_NOW, _SECOND, _DAY = timedelta(0), timedelta(seconds=1), timedelta(days=1)


def asked(**values: Any) -> Sabotage:
    row: dict[str, Any] = {"id": "dsr_1", "source": "SELF", "status": "FULFILLED", "verified_at": _NOW}
    return made(PrivacyRequest, **(row | values))


def erased(**values: Any) -> Sabotage:
    row: dict[str, Any] = {
        "id": "ers_1",
        "account_id": None,
        "status": "ERASED",
        "certificate": "c",
        "pseudonym": "psn_1",
    }
    scope = {"scope": "ALL_EXCEPT_BILLING", "live_erased_at": _NOW}
    return made(Erasure, **(row | scope | values))


def copied(*names: str) -> Sabotage:
    """A copy that can be fetched, with these files."""
    files = [
        made(DataExportFile, export_id="exp_1", number=number, name=name) for number, name in enumerate(names)
    ]
    return all_of(made(DataExport, id="exp_1", status="READY"), *files)


def journalled(before: timedelta) -> Sabotage:
    """The journal says that the customer's account was erased, so long before it was opened."""

    def sabotage(work: Work, world: World) -> None:
        opened_at = work.scalar(
            Account.__table__.select()
            .with_only_columns(Account.created_at)
            .where(Account.id == world.customer)
        )
        journal = _Journal(
            [{"kind": "erase", "account_id": world.customer, "at": to_micros(opened_at - before)}]
        )
        running_by(Served, lambda served: dataclasses.replace(served, journal=journal))(work, world)  # type: ignore[arg-type]

    return sabotage


class _Journal:
    def __init__(self, said: list[dict[str, Any]]) -> None:
        self._said = said

    def entries(self) -> list[dict[str, Any]]:
        return self._said


def without(key: str) -> Sabotage:
    """The profile without one of its clauses."""

    def change(published: Published) -> Published:
        clauses = {name: clause for name, clause in published.profile.clauses.items() if name != key}
        return dataclasses.replace(published, profile=dataclasses.replace(published.profile, clauses=clauses))

    return running_by(Published, change)


def for_ever(published: Published) -> Published:
    profile = published.profile
    changed_one = dataclasses.replace(profile.clauses["retain.audit"], value=FOREVER)
    clauses = {**profile.clauses, "retain.audit": changed_one}
    return dataclasses.replace(published, profile=dataclasses.replace(profile, clauses=clauses))


def birth_dates(work: Work, _world: World) -> None:
    work.execute(text("ALTER TABLE age_judgements ADD COLUMN birth_date VARCHAR(10)"))


begun = made(Erasure, id="ers_1", account_id=CUSTOMER, status="NOTIFYING")
forms = ("json", "csv", "xlsx", "xls")

SPOILED: list[tuple[str, str, Sabotage]] = [
    ("recipient_requests.due", "rrq_1", made(RecipientRequest, id="rrq_1", due_at=timedelta(days=32))),
    ("notify.on", "dsr_1", asked(kind="RESTRICTION", ended_at=_NOW)),
    ("erasure.notice", "ers_1", begun),
    ("portability.formats", "exp_1", copied("people.json", "people.csv")),
    ("hold.billing", "ers_1", erased(scope="EVERYTHING")),
    ("hold.billing", "ers_1", erased(pseudonym=None)),
    ("retain.billing", "invoices", made(Invoice, id="inv_1", account_id="psn_1", customer="Lark Press")),
    ("restore.replay_erasures", "acc_", journalled(before=-_SECOND)),
    ("ids.reuse", "acc_", journalled(before=_SECOND)),
    ("ids.reuse", "acc_short", made(Account, id="acc_short", status="ACTIVE")),
    ("retain.age_evidence", "age_judgements.birth_date", birth_dates),
    ("retain.allow_forever", "retain.audit", running_by(Published, for_ever)),
]
"""Each clause with what its check names, and what was done against it."""

OF: Mapping[str, list[tuple[str, str, Sabotage]]] = {
    "quix": [
        ("retain.required", "audit", without("retain.audit")),
        ("erasure.require_ack", "ers_1", made(Erasure, id="ers_1", status="PLANNED", clock="REQUEST")),
    ],
    "platform": [
        ("rights.erasure", "dsr_1", asked(kind="ERASURE", status="RECEIVED")),
    ],
    "helpdesk": [
        ("erase.request", "dsr_1", asked(kind="ERASURE", status="RECEIVED")),
    ],
}
"""The same of clauses that only other profiles have, or have with another value."""

KEPT: list[tuple[str, Sabotage]] = [
    ("recipient_requests.due", made(RecipientRequest, id="rrq_1", due_at=timedelta(days=31))),
    (
        "notify.on",
        all_of(
            asked(kind="RESTRICTION", ended_at=_NOW),
            made(Notice, id="ntc_1", kind="privacy_request_fulfilled"),
        ),
    ),
    (
        "erasure.notice",
        all_of(begun, made(Notice, id="ntc_1", kind="account_erased")),
    ),
    ("portability.formats", copied(*(f"people.{form}" for form in forms))),
    ("hold.billing", erased()),
]
"""What these checks leave alone."""
