"""Automatic top-ups as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.graph.node import Node
from server.kit.graph.scalars import MoneyType
from server.kit.money import Currency, Money
from server.kit.work import Read
from server.orders.graph.access import OWN
from server.orders.graph.auto_top_up_enums import (
    AutoTopUpRunStatusEnum,
    AutoTopUpStateEnum,
    AutoTopUpSuspensionEnum,
    AutoTopUpVerdictEnum,
)
from server.orders.reads import auto_top_up as reads
from server.orders.reads.auto_top_up import AutoTopUpRow, RunRow
from server.orders.rules.auto_top_up import Spent, Suspension, Verdict
from server.orders.rules.auto_top_up_explained import Told, explain
from server.wallet.graph import Unit
from server.wallet.rules import amount_of

RUNS_SHOWN = 20
_BATCHED = "the engine resolves it for all parents at once"


@exposes(OWN)
@strawberry.type(description="One automatic top-up.")
class AutoTopUpRun:
    id: strawberry.ID = strawberry.field(description="Its id, `atr_…`.")
    status: AutoTopUpRunStatusEnum = strawberry.field(description="How it ended.")
    amount: MoneyType = strawberry.field(description="What it costs, tax included.")
    order_id: strawberry.ID | None = strawberry.field(
        description="The order of its credits; null for a money balance."
    )
    top_up_id: strawberry.ID | None = strawberry.field(
        description="The payment; null when the money balance paid."
    )
    failure_code: str | None = strawberry.field(description="Why it failed.")
    started_at: datetime = strawberry.field(description="When it was started.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null while it is in flight.")

    @classmethod
    def of(cls, row: RunRow) -> AutoTopUpRun:
        return cls(
            id=strawberry.ID(row.id),
            status=AutoTopUpRunStatusEnum[row.status],
            amount=money_of(row.amount_minor, row.currency),
            order_id=None if row.order_id is None else strawberry.ID(row.order_id),
            top_up_id=None if row.top_up_id is None else strawberry.ID(row.top_up_id),
            failure_code=row.failure_code,
            started_at=row.started_at,
            ended_at=row.ended_at,
        )


@exposes(OWN)
@strawberry.type(description="A decision about an automatic top-up, with the numbers that it was made by.")
class AutoTopUpDecision:
    at: datetime = strawberry.field(description="When it was first decided so.")
    decision: AutoTopUpVerdictEnum = strawberry.field(description="What was decided.")
    explanation: str = strawberry.field(description="The same in a sentence, for people.")
    available: Decimal = strawberry.field(description="What was available, in whole units.")
    threshold: Decimal = strawberry.field(description="The limit that it was compared with, in whole units.")
    amount: MoneyType | None = strawberry.field(
        description="What one would have cost, tax included; null when it is not sold."
    )
    next_at: datetime | None = strawberry.field(
        description="When it is decided again without anything else happening."
    )

    @classmethod
    def of(cls, row: AutoTopUpRow) -> AutoTopUpDecision | None:
        if row.verdict is None or row.decided_at is None:
            return None
        assert row.decided_available is not None, "written together"
        assert row.decided_below is not None, "written together"
        amount_minor, verdict = row.decided_amount_minor, Verdict[row.verdict]
        suspended = Suspension(row.suspension) if row.suspension is not None else None
        available = amount_of(row.unit, row.decided_available)
        threshold = amount_of(row.unit, row.decided_below)
        money = Money(amount_minor, Currency[row.currency]) if amount_minor is not None else None
        told = Told(
            verdict,
            str(available),
            str(threshold),
            str(money) if money is not None else None,
            row.decided_next_at,
            suspended,
        )
        return cls(
            at=row.decided_at,
            decision=AutoTopUpVerdictEnum[verdict.name],
            explanation=explain(told),
            available=available,
            threshold=threshold,
            amount=MoneyType.of(money) if money is not None else None,
            next_at=row.decided_next_at,
        )


def _spent(parents: Sequence[AutoTopUp], info: Info) -> list[Spent]:
    read = info.context.read
    return [reads.spent(read, parent.id, parent.currency) for parent in parents]


def _spent_today(parents: Sequence[AutoTopUp], info: Info) -> list[MoneyType]:
    spent = zip(parents, _spent(parents, info), strict=True)
    return [money_of(one.today_minor, parent.currency.code) for parent, one in spent]


def _spent_this_month(parents: Sequence[AutoTopUp], info: Info) -> list[MoneyType]:
    spent = zip(parents, _spent(parents, info), strict=True)
    return [money_of(one.this_month_minor, parent.currency.code) for parent, one in spent]


def _runs(parents: Sequence[AutoTopUp], info: Info) -> list[list[AutoTopUpRun]]:
    read = info.context.read
    return [
        [AutoTopUpRun.of(row) for row in reads.runs_of(read, parent.id, RUNS_SHOWN)] for parent in parents
    ]


def _held_back(parents: Sequence[AutoTopUp], info: Info) -> list[bool]:
    return [reads.stopped(info.context.read)] * len(parents)


@exposes(OWN)
@strawberry.type(
    description="Tops a balance up when what is available falls below a limit. Automatically added credits are not "
    "refunded."
)
class AutoTopUp(Node):
    unit: Unit = strawberry.field(description="Which balance it watches.")
    state: AutoTopUpStateEnum = strawberry.field(description="Where it is.")
    enabled: bool = strawberry.field(description="Whether it is switched on.")
    below: Decimal = strawberry.field(
        description="It acts when less than this is available, in whole units; at exactly this nothing happens."
    )
    add: Decimal = strawberry.field(description="How much it adds at least, in whole units.")
    currency: Currency = strawberry.field(description="The currency that is charged.")
    method_id: strawberry.ID | None = strawberry.field(
        description="The payment method that is charged; null for whichever is the default one."
    )
    cap_per_day: MoneyType | None = strawberry.field(
        description="The most that it spends in a day, in UTC; null for no limit of your own."
    )
    cap_per_month: MoneyType | None = strawberry.field(
        description="The most that it spends in a month, in UTC; null for no limit of your own."
    )
    failures: int = strawberry.field(description="How many failed in a row.")
    next_try_at: datetime | None = strawberry.field(
        description="Until when it waits after a failure; null when it does not."
    )
    suspension: AutoTopUpSuspensionEnum | None = strawberry.field(description="Why it is suspended.")
    failure_code: str | None = strawberry.field(description="Why the last one failed; null after a success.")
    last_decision: AutoTopUpDecision | None = strawberry.field(
        description="What was decided last, and why; null before the first decision."
    )

    @strawberry.field(
        description="What was spent on those that were started since midnight, in UTC.",
        metadata=declare(batch=_spent_today),
    )
    def spent_today(self) -> MoneyType:
        raise AssertionError(_BATCHED)

    @strawberry.field(
        description="What was spent on those that were started since the first of the month, in UTC.",
        metadata=declare(batch=_spent_this_month),
    )
    def spent_this_month(self) -> MoneyType:
        raise AssertionError(_BATCHED)

    @strawberry.field(
        description="Whether the service holds all automatic top-ups back for the moment.",
        metadata=declare(batch=_held_back),
    )
    def held_back(self) -> bool:
        raise AssertionError(_BATCHED)

    @strawberry.field(description="The 20 newest automatic top-ups.", metadata=declare(batch=_runs))
    def runs(self) -> list[AutoTopUpRun]:
        raise AssertionError(_BATCHED)

    @classmethod
    def of(cls, row: AutoTopUpRow) -> AutoTopUp:
        day_minor, month_minor = row.cap_day_minor, row.cap_month_minor
        return cls(
            id=strawberry.ID(row.id),
            unit=Unit[row.unit],
            state=AutoTopUpStateEnum[row.state.name],
            enabled=row.enabled,
            below=amount_of(row.unit, row.below),
            add=amount_of(row.unit, row.add_quantity),
            currency=Currency[row.currency],
            method_id=None if row.method_id is None else strawberry.ID(row.method_id),
            cap_per_day=None if day_minor is None else money_of(day_minor, row.currency),
            cap_per_month=None if month_minor is None else money_of(month_minor, row.currency),
            failures=row.failures,
            next_try_at=row.next_try_at,
            suspension=None if row.suspension is None else AutoTopUpSuspensionEnum[row.suspension],
            failure_code=row.failure_code,
            last_decision=AutoTopUpDecision.of(row),
        )


def auto_top_ups_of(read: Read, account_id: str) -> list[AutoTopUp]:
    """The account's automatic top-ups, by unit."""
    return [AutoTopUp.of(row) for row in reads.auto_top_ups(read, account_id)]


def money_of(minor: int, currency: str) -> MoneyType:
    """An amount in minor units as the API shows it."""
    return MoneyType.of(Money(minor, Currency[currency]))
