"""Incidents live: for the staff every change, for a customer each incident that they are told of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence

import orjson
import strawberry

from server.incidents import reads
from server.incidents.actions.changes import CHANGES, IncidentNotified
from server.incidents.graph.cases import IncidentCaseUpdate, IncidentStanding
from server.incidents.graph.types import OFFICERS, READ, IncidentType, IncidentUpdate
from server.incidents.reads import IncidentRow, ToldRow
from server.kit.events import StoredEvent
from server.kit.graph.access import declare
from server.kit.graph.event_feed import SubjectFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, OnlyId, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read


class IncidentFeed(SubjectFeed):
    """The incidents that an account is told of."""

    events = (IncidentNotified,)

    def one(self, read: Read, subject_id: str) -> ToldRow | None:
        return reads.told(read, self.account_id, [subject_id]).get(subject_id)

    def newest(self, read: Read) -> Sequence[ToldRow]:
        return reads.told_of_account(read, self.account_id, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, ToldRow]:
        return reads.told(read, self.account_id, ids)

    def as_of(self, event: StoredEvent, row: ToldRow) -> ToldRow:
        return row._replace(told_at=event.at)

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: ToldRow | None,
        newest: Sequence[ToldRow],
    ) -> IncidentUpdate:
        return IncidentUpdate(
            kind=kind,
            sequence=sequence,
            incident=None if row is None else IncidentType.of(read, row),
            newest=[IncidentType.of(read, each) for each in newest],
        )


class IncidentCaseFeed(SubjectFeed):
    """The changes of one incident, or of all, as the company's own people follow them: ids and states, for a feed goes
    round the audit of what staff read (H015)."""

    events = CHANGES

    def one(self, read: Read, subject_id: str) -> IncidentRow | None:
        return reads.incident(read, subject_id)

    def newest(self, read: Read) -> Sequence[IncidentRow]:
        return reads.newest(read, self.newest_max)

    def many(self, read: Read, ids: Collection[str]) -> Mapping[str, IncidentRow]:
        return reads.incidents(read, ids)

    def as_of(self, event: StoredEvent, row: IncidentRow) -> IncidentRow:
        told = orjson.loads(event.data)
        overdue_at = event.at if told["overdue"] and row.overdue_at is None else row.overdue_at
        return row._replace(
            status=told["status"], overdue_at=overdue_at if told["overdue"] else None, updated_at=event.at
        )

    def update(
        self,
        read: Read,
        kind: FeedEventKind,
        sequence: BigInt,
        row: IncidentRow | None,
        newest: Sequence[IncidentRow],
    ) -> IncidentCaseUpdate:
        return IncidentCaseUpdate(
            kind=kind,
            sequence=sequence,
            incident=None if row is None else IncidentStanding.of(row),
            newest=[IncidentStanding.of(each) for each in newest],
        )


@strawberry.type
class IncidentSubscriptions:
    @strawberry.subscription(
        description="Each incident that the account is told of, in order and once.",
        metadata=declare(READ, feed=IncidentFeed.opened),
    )
    def incident_notified(
        self, after: ResumeAfter = None, mode: DeliveryMode = FeedMode.EVERY
    ) -> AsyncIterator[IncidentUpdate]:
        raise AssertionError("the engine opens the feed")

    @strawberry.subscription(
        description="For staff: every change of one incident, or of all, in order and once: where it is, and no more.",
        metadata=declare(OFFICERS, feed=IncidentCaseFeed.opened),
    )
    def incident_changed(
        self,
        id: OnlyId = None,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[IncidentCaseUpdate]:
        raise AssertionError("the engine opens the feed")
