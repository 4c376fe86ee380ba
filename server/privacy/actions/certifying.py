"""The certificate of an erasure: what was erased, what stays and why, signed so that anybody can verify it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from server.accounts.rules.lifecycle import add_months
from server.kit.clock import from_micros
from server.kit.due import cancel, schedule_unless_planned
from server.kit.work import Read, Work
from server.policy.rules.periods import is_period, period
from server.policy.rules.profile import Clause
from server.policy.rules.publishing import Published
from server.policy.rules.wording import authentic_hash, text
from server.privacy.actions.erasing import Order
from server.privacy.actions.erasures import ERASE, plan_legal_period_end
from server.privacy.model import Erasure
from server.privacy.reads.erasures import CERTIFIED, ErasureRow, erasure
from server.privacy.rules.erasures import (
    SIGNING_KEY,
    WARNING_VERSION,
    Counted,
    ErasureClock,
    ErasureStatus,
    ErasureTerms,
    certificate_text,
    subject_mark,
)

REWRAP = "privacy.rewrap"
"""The nightly due work after which no old copy of the key store can be read."""


def certify(work: Work, order: Order, retained: Sequence[tuple[str, int]]) -> Mapping[str, Any]:
    """Sign what was done; returns the entry for the journal. Repeated, it certifies the same."""
    work.rows(
        select(Erasure.id).where(Erasure.id == order.id).with_for_update()
    )  # two that certify: one does
    row = erasure(work, order.id)
    assert row is not None
    if row.certificate is None:
        counted = Counted.parse(row.counts).with_retained(retained)
        said = certificate_text(_facts(work, order, row, counted))
        signature = work.keys.signer(SIGNING_KEY).sign(said.encode())
        _set(work, order.id, counts=counted.text(), certificate=said, signature=signature)
        row = row._replace(certificate=said, signature=signature)
    return entry(row)


def entry(row: ErasureRow) -> Mapping[str, Any]:
    """What the journal keeps of a certificate, for a database of before."""
    assert row.signature is not None
    return {
        "kind": CERTIFIED,
        "id": row.id,
        "certificate": row.certificate,
        "signature": row.signature.hex(),
    }


def finish(work: Work, order: Order, certified: Mapping[str, Any]) -> None:
    """The account is erased; from here on nothing names it. Its certificate is final by `final_at`."""
    row = erasure(work, order.id)
    if row is None or row.status == ErasureStatus.ERASED:
        return
    terms = work.terms(ErasureTerms)
    _set(
        work,
        order.id,
        account_id=None,
        status=ErasureStatus.ERASED.value,
        certificate=certified["certificate"],
        signature=bytes.fromhex(certified["signature"]),
        live_erased_at=work.now,
        final_at=work.now + terms.final_after,
    )
    cancel(work, ERASE, order.id)
    if order.clock == ErasureClock.LEGAL_PERIOD:  # nothing is kept under the pseudonym any more
        work.execute(update(Erasure).where(Erasure.pseudonym == order.account_id).values(pseudonym=None))
    elif order.pseudonym is not None:
        said = json.loads(certified["certificate"])
        plan_legal_period_end(work, order.pseudonym, datetime.fromisoformat(said["liveErasedAt"]))
    plan_rewrap(work)
    work.wake(order.account_id)


def plan_rewrap(work: Work) -> None:
    """Rewrap the survivors next night; what is planned already stays where it is."""
    schedule_unless_planned(work, REWRAP, "all", _next_night(work.now))


def note_rewrapped(work: Work, begun_at: datetime) -> None:
    """The master key of before is destroyed: old copies of the key store are dead for what was erased until then."""
    due = Erasure.live_erased_at.is_not(None) & Erasure.rewrapped_at.is_(None)
    work.execute(update(Erasure).where(due, Erasure.live_erased_at <= begun_at).values(rewrapped_at=work.now))


def _facts(work: Work, order: Order, row: ErasureRow, counted: Counted) -> Mapping[str, Any]:
    published, now = work.terms(Published), work.now
    profile = published.profile
    return {
        "id": order.id,
        "account": subject_mark(order.account_id),
        "scope": order.scope.value,
        "clock": order.clock,
        "plannedAt": row.planned_at.isoformat(),
        "orderedAt": from_micros(order.at_micros).isoformat(),
        "warning": WARNING_VERSION if row.acknowledged else None,
        "policy": {
            "profile": profile.name,
            "version": profile.policy.version,
            "hash": authentic_hash(profile, profile.policy, published.wordings),
        },
        "erased": dict(counted.erased),
        "retained": [_retained(work, clause, rows) for clause, rows in sorted(counted.retained.items())],
        "liveErasedAt": now.isoformat(),
        "finalAt": (now + work.terms(ErasureTerms).final_after).isoformat(),
    }


def _retained(read: Read, key: str, rows: int) -> Mapping[str, Any]:
    published = read.terms(Published)
    clause = published.profile.clauses[key]
    why = text(clause, published.wordings.of(published.profile.authentic))
    until = _until(clause, read.now)
    return {"clause": key, "rows": rows, "why": why, "until": None if until is None else until.isoformat()}


def _until(clause: Clause, now: datetime) -> datetime | None:
    """When what the clause keeps goes at the latest."""
    if not is_period(str(clause.value)):
        return None
    found = period(str(clause.value))
    return add_months(now, found.months) + found.time


def _next_night(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def _set(work: Work, erasure_id: str, **values: Any) -> None:
    work.execute(update(Erasure).where(Erasure.id == erasure_id).values(values))
