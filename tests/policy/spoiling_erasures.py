"""Erasures that are late, not acknowledged, incomplete or not final, for the checks to find."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from server.accounts.model import Account, AccountClosure, Restriction
from server.kit.work import Work
from server.privacy.model import Erasure
from server.privacy.rules.erasures import SIGNING_KEY
from server.senders.model import Sender
from tests.policy.conftest import World
from tests.policy.rows import Sabotage

_SECOND = timedelta(seconds=1)
_TEXT = "a certificate"


def planned(since: timedelta = timedelta(0), **values: Any) -> Sabotage:
    """An erasure that a closing started so long ago."""

    def sabotage(work: Work, world: World) -> None:
        at = work.now - since
        row = {
            "id": "ers_1",
            "account_id": world.customer,
            "scope": "ALL_EXCEPT_BILLING",
            "clock": "CLOSURE",
            "status": "PLANNED",
            "planned_at": at,
            "due_at": at + timedelta(days=45),
            "overdue_at": at + timedelta(days=60),
        }
        work.execute(insert(Erasure).values(**(row | values)))

    return sabotage


def done(ago: timedelta, signature: bytes | None = None, **values: Any) -> Sabotage:
    """An erasure that was done so long ago, with a genuine certificate unless another signature is given."""

    def sabotage(work: Work, world: World) -> None:
        at = work.now - ago
        genuine = work.keys.signer(SIGNING_KEY).sign(_TEXT.encode())
        dates = {"live_erased_at": at, "final_at": at + timedelta(days=35)}
        signed = {"certificate": _TEXT, "signature": signature or genuine}
        planned(ago, account_id=None, status="ERASED", **dates, **signed, **values)(work, world)

    return sabotage


def kept_for_billing(ago: timedelta, *, planned_end: bool = True) -> Sabotage:
    """What an erasure of so long ago kept is there still."""

    def sabotage(work: Work, world: World) -> None:
        done(ago, pseudonym="psn_1")(work, world)
        left_behind("psn_1")(work, world)
        if planned_end:
            planned(ago, id="ers_2", account_id="psn_1", clock="LEGAL_PERIOD", overdue_at=work.now)(
                work, world
            )

    return sabotage


def restricted(work: Work, world: World) -> None:
    """An account that nobody used for long, and that restricts the processing of its data."""
    planned(timedelta(days=90), clock="INACTIVITY")(work, world)
    row = {"by_right": "RESTRICTION", "purpose": "", "request_id": "dsr_1", "since": work.now}
    work.execute(insert(Restriction).values(id="rst_1", account_id=world.customer, **row))


def closed(work: Work, world: World) -> None:
    """An account that is closed, and nothing follows from it."""
    work.execute(update(Account).where(Account.id == world.customer).values(status="CLOSED"))


def closed_and_planned(work: Work, world: World) -> None:
    closed(work, world)
    closure = {"account_id": world.customer, "closing": "VOLUNTARY", "closed_at": work.now}
    work.execute(insert(AccountClosure).values(closure))
    planned()(work, world)


def left_behind(account_id: str) -> Sabotage:
    """A sender ID of somebody who is gone."""

    def sabotage(work: Work, world: World) -> None:
        name = work.seal(world.customer, "identity", "senders.name", "Lark")
        row = {"kind": "NAME", "status": "DRAFT", "submissions": 0}
        made = {"created_at": work.now, "updated_at": work.now}
        work.execute(insert(Sender).values(id="snd_1", account_id=account_id, name=name, **row, **made))

    return sabotage


SPOILED: list[tuple[str, str, Sabotage]] = [
    ("closure.erase_within", "ers_1", planned(timedelta(days=60) + _SECOND)),
    ("closure.preventive.erase_within", "ers_1", planned(timedelta(days=61), clock="PREVENTIVE_CLOSURE")),
    ("erasure.on_request", "ers_1", planned(timedelta(days=61), clock="REQUEST")),
    ("minors.grace", "ers_1", planned(timedelta(days=61), clock="MINOR")),
    ("closure.erase_within", "ers_1", planned(timedelta(days=90), clock="INACTIVITY")),
    ("closure.erase", "acc_", closed),
    ("closure.opens_request", "acc_", closed),
    ("retain.account", "ers_1", planned()),
    ("retain.billing", "ers_1", kept_for_billing(timedelta(days=3_655))),
    ("retain.billing", "ers_1", kept_for_billing(timedelta(days=1), planned_end=False)),
    ("erasure.final_within", "ers_1", done(timedelta(days=35) + _SECOND)),
    ("rights.erasure.scope", "senders", left_behind("acc_gone")),
    ("rights.erasure.scope", "senders", left_behind("psn_gone")),
    ("rights.erasure.scope", "ers_1", done(timedelta(days=1), signature=b"1" * 64)),
]
"""Each clause with what its check names, and what was done against it."""

OF: Mapping[str, list[tuple[str, str, Sabotage]]] = {
    "quix": [
        ("hold.billing", "senders", left_behind("acc_gone")),
        ("erasure.irreversible", "ers_1", done(timedelta(days=36))),
    ],
    "helpdesk": [
        ("erasure.method", "senders", left_behind("acc_gone")),
        ("erase.contract_end", "acc_", closed),
        ("erase.service_end", "acc_", closed),
        ("erase.legal_period_end", "ers_1", kept_for_billing(timedelta(days=3_655))),
    ],
}
"""The same of clauses that only other profiles have, or have with another value."""

KEPT: list[tuple[str, Sabotage]] = [
    ("closure.erase_within", planned(timedelta(days=60))),
    ("closure.erase_within", restricted),
    ("closure.erase", closed_and_planned),
    ("retain.account", closed_and_planned),
    ("retain.account", planned(clock="INACTIVITY")),
    ("retain.billing", kept_for_billing(timedelta(days=3_650))),
    ("erasure.final_within", done(timedelta(days=35))),
    ("erasure.final_within", planned()),
    ("rights.erasure.scope", kept_for_billing(timedelta(days=1))),
    ("rights.erasure.scope", done(timedelta(days=1))),
]
"""What these checks leave alone."""
