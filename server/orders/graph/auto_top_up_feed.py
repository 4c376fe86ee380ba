"""Automatic top-ups live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
import strawberry

from server.kit.events import StoredEvent
from server.kit.graph.access import declare, exposes
from server.kit.graph.event_feed import EventFeed
from server.kit.graph.feed import DeliveryMode, FeedEventKind, FeedMode, ResumeAfter
from server.kit.graph.scalars import BigInt
from server.kit.work import Read
from server.orders.actions.auto_top_up_changes import AUTO_TOP_UP_CHANGES
from server.orders.graph.access import OWN, READ
from server.orders.graph.auto_top_up_enums import AutoTopUpChange
from server.orders.graph.auto_top_up_types import AutoTopUp, AutoTopUpRun, auto_top_ups_of
from server.orders.reads import auto_top_up as reads
from server.orders.reads.auto_top_up import AutoTopUpRow, RunRow


@exposes(OWN)
@strawberry.type(description="One message of `autoTopUpChanged`.")
class AutoTopUpUpdate:
    kind: FeedEventKind = strawberry.field(description="Why this message was sent.")
    sequence: BigInt = strawberry.field(description="Its number; give the last one as `after` to resume.")
    change: AutoTopUpChange | None = strawberry.field(
        description="What happened; null in a snapshot or a reset."
    )
    auto_top_up: AutoTopUp | None = strawberry.field(
        description="The automatic top-up as it was right after this change; null in a snapshot or a reset."
    )
    run: AutoTopUpRun | None = strawberry.field(
        description="The one that was started or ended, as it is now; null when it is about none."
    )
    all: list[AutoTopUp] = strawberry.field(
        description="In a snapshot or a reset all of the account; else empty."
    )


class AutoTopUpFeed(EventFeed):
    """All automatic top-ups of an account."""

    events = AUTO_TOP_UP_CHANGES

    def snapshot(self, read: Read, kind: FeedEventKind, sequence: int) -> AutoTopUpUpdate:
        everything = auto_top_ups_of(read, self.account_id)
        number = BigInt(sequence)
        return AutoTopUpUpdate(
            kind=kind, sequence=number, change=None, auto_top_up=None, run=None, all=everything
        )

    def changes(self, read: Read, stored: Sequence[StoredEvent]) -> Sequence[AutoTopUpUpdate]:
        told = [orjson.loads(event.data) for event in stored]
        run_ids = sorted({data["run_id"] for data in told if data["run_id"] is not None})
        runs = reads.runs(read, run_ids)
        return [_change(event, data, runs) for event, data in zip(stored, told, strict=True)]


def _change(event: StoredEvent, data: dict[str, Any], runs: Mapping[str, RunRow]) -> AutoTopUpUpdate:
    run = runs.get(data["run_id"])
    return AutoTopUpUpdate(
        kind=FeedEventKind.CHANGE,
        sequence=BigInt(event.sequence),
        change=AutoTopUpChange(event.kind),
        auto_top_up=AutoTopUp.of(_as_told(data["rule"])),
        run=AutoTopUpRun.of(run) if run is not None else None,
        all=[],
    )


def _as_told(columns: Mapping[str, Any]) -> AutoTopUpRow:
    instants = {
        name: datetime.fromisoformat(value)
        for name, value in columns.items()
        if name.endswith("_at") and value is not None
    }
    return AutoTopUpRow(**{**columns, **instants})


@strawberry.type
class AutoTopUpSubscriptions:
    @strawberry.subscription(
        description="The account's automatic top-ups: as they are now, then every decision and every end of one, in "
        "order.",
        metadata=declare(READ, feed=AutoTopUpFeed.opened),
    )
    def auto_top_up_changed(  # type: ignore[empty-body]
        self,
        after: ResumeAfter = None,
        mode: DeliveryMode = FeedMode.EVERY,
    ) -> AsyncIterator[AutoTopUpUpdate]: ...
