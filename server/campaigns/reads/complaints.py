"""Queries about complaints: of an account, for the staff's queue, and what stands in an account's way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, exists, func, select

from server.accounts.reads import account
from server.accounts.reads.lifecycle import closure
from server.accounts.rules.lifecycle import AccountStatus
from server.campaigns.model import ComplaintCase, ComplaintDecision, ComplaintEvidence, ComplaintReport
from server.campaigns.rules.complaints import (
    AGAINST,
    APPEALABLE,
    CLEARED,
    HOLDING,
    ComplaintStatus,
    ComplaintTerms,
)
from server.campaigns.rules.complaints_refusals import ComplaintOpen
from server.kit.clock import from_micros
from server.kit.due.pauses import ends_of_terms
from server.kit.ids import is_id
from server.kit.work import Read

APPEAL_COLUMN = "complaint_cases.appeal"
COMPLAINANT_COLUMN = "complaint_reports.complainant"
REPORT_TEXT_COLUMN = "complaint_reports.text"
EVIDENCE_COLUMN = "complaint_evidence.text"
OPEN_CASES_MAX = 1_000

_cases = ComplaintCase.__table__.c
_UNDECIDED = frozenset({ComplaintStatus.RECEIVED, *HOLDING, ComplaintStatus.APPEALED})


class CaseRow(NamedTuple):
    """A complaint: the columns of its table, by the same names."""

    id: str
    account_id: str
    campaign_id: str | None
    category: str
    source: str
    status: str
    unsolicited: bool | None
    bulk: bool | None
    reports: int
    queue_at: datetime
    received_at: datetime
    asked_at: datetime | None
    proof_due_at: datetime | None
    submitted_at: datetime | None
    ended_at: datetime | None
    appealed_at: datetime | None
    appeal: bytes | None
    closed_account: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ComplaintCounts:
    """How many complained, and how many received something, since an instant; app.py says who counts them."""

    count: Callable[[Read, str, datetime], tuple[int, int]]


def case(read: Read, account_id: str, case_id: str) -> CaseRow | None:
    """The account's complaint, once somebody looked at it; None when there is none or it is another's (Q014)."""
    return cases(read, account_id, [case_id]).get(case_id) if is_id(case_id, "cpl") else None


def cases(read: Read, account_id: str, case_ids: Collection[str]) -> Mapping[str, CaseRow]:
    """Those of these complaints that the account may see, by id."""
    query = _shown(account_id).where(_cases.id.in_(case_ids))
    return {row.id: CaseRow._make(row) for row in read.rows(query)}


def cases_of_account(
    read: Read, account_id: str, limit: int, before_id: str | None = None
) -> Sequence[CaseRow]:
    """The account's complaints that somebody looked at, newest first, older than `before_id`."""
    query = _shown(account_id)
    if before_id is not None:
        query = query.where(_cases.id < before_id)
    return [CaseRow._make(row) for row in read.rows(query.order_by(_cases.id.desc()).limit(limit))]


def any_case(read: Read, case_id: str) -> CaseRow | None:
    """A complaint of whichever account, for the company."""
    row = read.first(_rows().where(_cases.id == case_id)) if is_id(case_id, "cpl") else None
    return None if row is None else CaseRow._make(row)


def queue(
    read: Read, status: ComplaintStatus, limit: int, after: tuple[int, str] | None = None
) -> Sequence[CaseRow]:
    """The complaints in this status, what is late first, behind an instant (microseconds) and id."""
    query = _rows().where(_cases.status == status.value)
    if after is not None:
        instant, case_id = after
        behind = (_cases.queue_at == from_micros(instant)) & (_cases.id > case_id)
        query = query.where((_cases.queue_at > from_micros(instant)) | behind)
    query = query.order_by(_cases.queue_at, _cases.id).limit(limit)
    return [CaseRow._make(row) for row in read.rows(query)]


def open_cases(read: Read, account_id: str) -> Sequence[str]:
    """The complaints that are not over, oldest first: an erasure of the account waits for them (C23).

    A closing that can still be appealed against is not over.
    """
    query = _rows().where(_cases.account_id == account_id, _in(_UNDECIDED | APPEALABLE))
    rows = [CaseRow._make(row) for row in read.rows(query.order_by(_cases.id).limit(OPEN_CASES_MAX))]
    until = appeals_due(read, rows)
    return [row.id for row in rows if row.status in _UNDECIDED or read.now < until[row.id]]


def refuse_while_open(read: Read, account_id: str) -> None:
    """Raises ComplaintOpen, with the nearest deadline, while a complaint about the account waits (M024)."""
    query = _rows().where(_cases.account_id == account_id, _in(HOLDING))
    # Waiting for the proof sorts before the submitted one: that deadline is the customer's.
    row = read.first(query.order_by(_cases.status, _cases.proof_due_at).limit(1))
    if row is not None:
        found = CaseRow._make(row)
        due_at = proofs_due(read, [found]).get(found.id)
        waits = found.status == ComplaintStatus.AWAITING_PROOF.value and due_at is not None
        raise ComplaintOpen(found.id, due_at.isoformat() if waits and due_at is not None else None)


def is_held(read: Read, account_id: str) -> bool:
    """Whether a complaint keeps the account from launching anything."""
    return _any(read, (_cases.account_id == account_id) & _in(HOLDING))


def is_open(read: Read, account_id: str) -> bool:
    """Whether a complaint of the account is not decided, or can still be appealed."""
    return bool(open_cases(read, account_id))


def is_against(read: Read, account_id: str) -> bool:
    """Whether a complaint stands against the account."""
    return _any(read, (_cases.account_id == account_id) & _in(AGAINST))


def is_closed_by_complaint(read: Read, account_id: str) -> bool:
    """Whether a complaint, and nothing else, closed the account."""
    found = closure(read, account_id)
    mine = (_cases.account_id == account_id) & _cases.closed_account
    return found is not None and _any(read, mine & (_cases.ended_at == found.closed_at))


def reinstated(read: Read, account_id: str) -> Sequence[datetime]:
    """When the account's complaints were last settled in its favour, and since when it is active again."""
    cleared = select(func.max(_cases.updated_at)).where(_cases.account_id == account_id, _in(CLEARED))
    found, settled_at = account(read, account_id), read.scalar(cleared)
    active = found is not None and found.status == AccountStatus.ACTIVE.value
    active_since = found.status_since if found is not None and active else None
    return [at for at in (settled_at, active_since) if at is not None]


def proofs_due(read: Read, rows: Sequence[CaseRow]) -> Mapping[str, datetime]:
    """Until before when each complaint's proof can be submitted, pauses included (M103), by its id."""
    asked = [(row.id, row.asked_at, row.proof_due_at) for row in rows]
    terms = {id: (since, due) for id, since, due in asked if since is not None and due is not None}
    return dict(zip(terms, ends_of_terms(read, list(terms.values())), strict=True))


def appeals_due(read: Read, rows: Sequence[CaseRow]) -> Mapping[str, datetime]:
    """Until before when each closing can be appealed against, by the id of its complaint."""
    within = read.terms(ComplaintTerms).appeal_within
    ended = {row.id: row.ended_at for row in rows if row.ended_at is not None and row.status in APPEALABLE}
    terms = [(since, since + within) for since in ended.values()]
    return dict(zip(ended, ends_of_terms(read, terms), strict=True))


def appeal_code(read: Read, case_id: str) -> str:
    """What entitles to an appeal, when nobody can sign in any more: 32 hexadecimal digits that only this server can
    make."""
    return read.keyed_hash("complaint_appeals", case_id.encode()).hex()[:32]


def evidence(read: Read, case_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """The proofs of these complaints, by the complaint."""
    query = select(ComplaintEvidence.__table__).where(ComplaintEvidence.case_id.in_(case_ids))
    return _by_case(read, query.order_by(ComplaintEvidence.id))


def reports(read: Read, case_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """What was reported, oldest first, by the complaint."""
    query = select(ComplaintReport.__table__).where(ComplaintReport.case_id.in_(case_ids))
    return _by_case(read, query.order_by(ComplaintReport.id))


def decisions(read: Read, case_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """What was decided, the proof first, by the complaint."""
    query = select(ComplaintDecision.__table__).where(ComplaintDecision.case_id.in_(case_ids))
    return _by_case(read, query.order_by(ComplaintDecision.stage.desc()))


def _shown(account_id: str) -> Select[Any]:
    """What the account may see: not what nobody looked at yet, for anybody can report anything."""
    looked_at = _cases.status != ComplaintStatus.RECEIVED.value
    return _rows().where(_cases.account_id == account_id, looked_at)


def _rows() -> Select[Any]:
    return select(*[_cases[name] for name in CaseRow._fields])


def _in(statuses: Collection[ComplaintStatus]) -> Any:
    return _cases.status.in_(sorted(status.value for status in statuses))


def _any(read: Read, condition: Any) -> bool:
    return bool(read.scalar(select(exists().where(condition))))


def _by_case(read: Read, query: Select[Any]) -> Mapping[str, Sequence[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in read.rows(query):
        found.setdefault(row.case_id, []).append(row)
    return found
