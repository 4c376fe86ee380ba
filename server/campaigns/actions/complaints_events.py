"""The events of a complaint, and the only writer of its status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from sqlalchemy import select, update

from server.accounts.actions.authority import lock_authority
from server.campaigns.model import ComplaintCase
from server.campaigns.reads.complaints import CaseRow, any_case
from server.campaigns.rules.complaints import ComplaintStatus, check_move
from server.campaigns.rules.complaints_refusals import ComplaintNotFound
from server.kit.events import DomainEvent
from server.kit.work import Work


@dataclass(frozen=True, slots=True)
class ComplaintChange(DomainEvent):
    """What every change of a complaint tells: its state from then on. The subject is the complaint."""

    status: str
    campaign_id: str | None

    @classmethod
    def of(cls, row: CaseRow) -> Self:
        return cls(row.account_id, row.id, row.status, row.campaign_id)


class ComplaintDismissed(ComplaintChange):
    """It is no spam (M015), or not founded; nothing follows."""


class ComplaintOpened(ComplaintChange):
    """The customer is asked for a proof, and nothing is sent meanwhile (M022)."""


class ComplaintProofSubmitted(ComplaintChange):
    """The clock stands still; somebody decides."""


class ComplaintAccepted(ComplaintChange):
    """The proof convinced."""


class ComplaintRejected(ComplaintChange):
    """The proof did not convince: the account is closed (M025)."""


class ComplaintLapsed(ComplaintChange):
    """There was no proof in time: the account is closed (M024)."""


class ComplaintAppealed(ComplaintChange):
    """The customer appealed; somebody else decides."""


class ComplaintUpheld(ComplaintChange):
    """The appeal did not convince: what was decided stands."""


class ComplaintOverturned(ComplaintChange):
    """The appeal convinced: the complaint does not stand against the account any more."""


CHANGES: tuple[type[ComplaintChange], ...] = (
    ComplaintDismissed,
    ComplaintOpened,
    ComplaintProofSubmitted,
    ComplaintAccepted,
    ComplaintRejected,
    ComplaintLapsed,
    ComplaintAppealed,
    ComplaintUpheld,
    ComplaintOverturned,
)


@dataclass(frozen=True, slots=True)
class ComplaintReported(DomainEvent):
    """Somebody complained, and nobody looked at it yet. The subject is the complaint."""

    report_id: str


@dataclass(frozen=True, slots=True)
class ComplaintRateWarned(DomainEvent):
    """So many recipients complained that it is close to what opens a case. The subject is the account."""

    complaints: int
    recipients: int


def locked(work: Work, case_id: str, *, alone: bool = False) -> CaseRow:
    """The complaint, locked for the rest of the transaction. Raises ComplaintNotFound.

    `alone` locks the account's authority before it, as those need who may close the account or stop its launches:
    always in this order, so that they and the customer, who holds it shared, never wait for each other.
    """
    found = any_case(work, case_id)
    if found is None:
        raise ComplaintNotFound
    if alone:
        lock_authority(work, found.account_id)
    query = select(ComplaintCase.__table__).where(ComplaintCase.id == case_id)
    row = work.first(query.with_for_update())
    assert row is not None, "complaints stay"
    return CaseRow(**row._mapping)


def move(
    work: Work, row: CaseRow, to: ComplaintStatus, event: type[ComplaintChange], **changes: object
) -> CaseRow:
    """Give a locked complaint its next status, and record the event that tells it.

    Raises ComplaintStatusConflict when `to` may not follow.
    """
    check_move(ComplaintStatus(row.status), to)
    statement = update(ComplaintCase).where(ComplaintCase.id == row.id)
    values = {"status": to.value, "updated_at": work.now, **changes}
    written = work.first(statement.values(values).returning(*ComplaintCase.__table__.c))
    assert written is not None, "a locked row stays"
    changed = CaseRow(**written._mapping)
    work.record(event.of(changed))
    return changed
