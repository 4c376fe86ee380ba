"""For the staff: how the service is used, in numbers that stand for enough accounts or are not told."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info
from server.kit.problems import PublicError
from server.kit.work import Read
from server.policy.graph.types import OFFICERS
from server.policy.reads.counting import counts_since
from server.policy.rules.counting import CountingTerms, begin_of, shown

_DAYS = 30


@strawberry.enum(name="CountedEvent", description="What accounts are counted for.")
class CountedEventEnum(Enum):
    SIGN_IN = strawberry.enum_value("SIGN_IN", description="Somebody of it signed in.")
    REGISTRATION = strawberry.enum_value("REGISTRATION", description="It was opened.")
    FIRST_TOP_UP = strawberry.enum_value("FIRST_TOP_UP", description="It paid for the first time.")
    CAMPAIGN_LAUNCH = strawberry.enum_value("CAMPAIGN_LAUNCH", description="It launched a campaign.")


@exposes(OFFICERS)
@strawberry.type(
    name="UsageCount",
    description="How many accounts did something on a day. The server keeps the number and none of the accounts, and "
    "counts only those who may be: by their consent where the policy asks for it (P021).",
)
class UsageCountType:
    day: datetime = strawberry.field(description="When the day began, UTC.")
    event: CountedEventEnum = strawberry.field(description="What they did.")
    accounts: int | None = strawberry.field(description="How many did; null where it is suppressed.")
    suppressed: bool = strawberry.field(
        description="Whether it stands for too few accounts to be told (P019)."
    )

    @classmethod
    def of(cls, read: Read, row: Row[Any]) -> UsageCountType:
        accounts = shown(row.accounts, read.terms(CountingTerms))
        event = CountedEventEnum[row.event]
        return cls(day=begin_of(row.day), event=event, accounts=accounts, suppressed=accounts is None)


@strawberry.type
class CountingQueries:
    @strawberry.field(
        metadata=declare(OFFICERS, items=_DAYS * len(CountedEventEnum)),
        description="For staff: how the service was used on the last days that are over, the newest first.",
    )
    def usage_counts(
        self,
        info: Info,
        days: Annotated[int, strawberry.argument(description="How many days back, 1 to 92.")] = _DAYS,
    ) -> list[UsageCountType]:
        read = info.context.read
        longest = read.terms(CountingTerms).days_shown_max
        if not 1 <= days <= longest:
            raise PublicError("BAD_USER_INPUT", f"`days` is 1 to {longest}, not {days}.")
        rows = counts_since(read, read.now - timedelta(days=days))
        return [UsageCountType.of(read, row) for row in rows]
