"""The statistics of a campaign through the slice's own actions and reads; every call is a unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import func, insert, select, update

from server.campaigns.actions.recording import Recorded, record_events
from server.campaigns.jobs import statistics as statistic_jobs
from server.campaigns.model import Campaign, CampaignRecipient, StatisticBucket, Suppression
from server.campaigns.reads import statistics as reads
from server.campaigns.rules.events import MessageEvent
from server.campaigns.rules.metrics import COLUMNS, Dimension, bucket_start
from server.kit.clock import ManualClock
from server.kit.db import Base
from server.kit.due import DueRunner
from server.kit.viewer import SYSTEM
from server.kit.work import Call, House, Read, Units, Work

ACCOUNT = "acc_shop"


@dataclass
class Meter:
    """One account's campaigns and what is counted of them."""

    house: House
    units: Units
    clock: ManualClock

    async def begin(self, channel: str = "EMAIL", account_id: str = ACCOUNT, segments: int = 1) -> str:
        """A campaign that was launched now."""

        def launch(work: Work) -> str:
            campaign_id = work.ids.new("cmp")
            work.execute(
                insert(Campaign).values(
                    id=campaign_id,
                    account_id=account_id,
                    channel=channel,
                    status="SENDING",
                    name=work.seal(account_id, "content", "campaigns.name", "Spring"),
                    segments=segments,
                    recipients=1_000,
                    uploaded=False,
                    credits_reserved=0,
                    credits_captured=0,
                    launched_at=work.now,
                    created_at=work.now,
                    updated_at=work.now,
                )
            )
            return campaign_id

        return await self.units.run(Call("test", SYSTEM), launch)

    async def address(self, campaign_id: str, recipients: int) -> None:
        """Give the campaign a text and so many uploaded recipients."""

        def write(work: Work) -> None:
            text = work.seal(ACCOUNT, "content", "campaigns.text", "The first marigolds are here.")
            work.execute(update(Campaign).where(Campaign.id == campaign_id).values(text=text))
            address = work.seal(ACCOUNT, "content", "campaign_recipients.address", "reader@example.com")
            rows = [
                {
                    "campaign_id": campaign_id,
                    "address_hash": number.to_bytes(32, "big"),
                    "account_id": ACCOUNT,
                    "address": address,
                }
                for number in range(recipients)
            ]
            work.connection.execute(insert(CampaignRecipient), rows)

        await self.units.run(Call("test", SYSTEM), write)

    async def record(
        self, events: Sequence[MessageEvent], batch: int = 1_000, source: str = "test"
    ) -> Recorded:
        total = Recorded()
        for start in range(0, len(events), batch):
            some = events[start : start + batch]
            total += await self.units.run(
                Call("test", SYSTEM),
                lambda work, some=some: record_events(work, source, some, account_id=None, billable=False),
            )
        return total

    async def row(self, subject_id: str) -> list[int]:
        whole = await self.units.read(lambda read: reads.whole(read, subject_id))
        return list(whole.counts.row)

    async def series(self, subject_id: str) -> dict[datetime, list[int]]:
        """The quarter hours in which anything is counted."""

        def look(read: Read) -> dict[datetime, list[int]]:
            scope = reads.scope(read, subject_id)
            if scope is None:
                return {}
            table = StatisticBucket.__table__.c
            query = select(table.bucket, *[table[name] for name in COLUMNS]).where(
                table.scope == scope.number
            )
            found = {bucket_start(row.bucket): list(row[1:]) for row in read.rows(query)}
            return {start: row for start, row in found.items() if any(row)}

        return await self.units.read(look)

    async def breakdown(self, subject_id: str, dimension: Dimension) -> dict[str | None, list[int]]:
        def look(read: Read) -> dict[str | None, list[int]]:
            scope = reads.scope(read, subject_id)
            if scope is None:
                return {}
            parts = reads.parts(read, scope.number, dimension, 1_000)
            return {part.name: list(part.counts.row) for part in parts if any(part.counts.row)}

        return await self.units.read(look)

    async def reasons(self) -> list[str]:
        """Why addresses are suppressed."""
        query = select(Suppression.reason).order_by(Suppression.reason)
        return await self.units.read(lambda read: list(read.execute(query).scalars()))

    async def prune(self) -> None:
        await statistic_jobs.prune(self.units, "all")

    async def count(self, table: type[Base]) -> int:
        return int(await self.units.read(lambda read: read.scalar(select(func.count()).select_from(table))))

    async def fall_due(self) -> None:
        """Do all that is due now."""
        runner = DueRunner(self.units, statistic_jobs.handlers())
        while await runner.run_due():
            pass


@pytest.fixture
def meter(house: House, units: Units, clock: ManualClock) -> Meter:
    return Meter(house, units, clock)
