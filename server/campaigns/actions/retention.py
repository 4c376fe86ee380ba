"""What is counted ends in time: statistics after five years, bounces sooner, in bounded steps (M093 to M096).

No step revives a suppressed address: suppressions are rows of their own, by keyed hashes, and none of these tables
says who may be written to (C21).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, inspect, select, tuple_, update

from server.accounts.rules.lifecycle import add_months
from server.campaigns.actions import statistics
from server.campaigns.actions.statistics import DELETE_BOUNCES, DELETE_STATISTICS, Scope, bounce_ends
from server.campaigns.model import (
    Bounce,
    Campaign,
    CampaignRecipient,
    LinkClicker,
    RecipientState,
    SeenEvent,
    StatisticBucket,
    StatisticScope,
    StatisticTotal,
    StatisticValue,
)
from server.campaigns.rules.counting import Changes, cell
from server.campaigns.rules.metrics import (
    CLASSES,
    COLUMNS,
    STATE_HASH_BYTES,
    Dimension,
    from_seconds,
    second_of,
)
from server.campaigns.rules.recording import RecordingTerms
from server.kit.db import Base, Prepared
from server.kit.due import schedule
from server.kit.retention import Holds, note
from server.kit.work import Read, Work

_HASH_STARTS = 1 << 16
"""Values of the first two bytes of a hash."""
_SECONDS_A_DAY = 24 * 60 * 60
_HELD_FOR = timedelta(days=1)
"""When to look again whether an open case still needs what is over."""
_OF_CAMPAIGN: tuple[type[Base], ...] = (StatisticValue, RecipientState, LinkClicker, Bounce)


def delete_statistics(work: Work, campaign_id: str) -> None:
    """The due step that deletes a campaign's statistics, some rows at a time (M093, M096).

    What it takes from the campaign it takes from the sums of the account too: they agree after every step.
    """
    scopes = _locked(work, campaign_id)
    scope = scopes.get(campaign_id)
    if scope is None or scope.first_second is None:
        return
    terms = work.terms(RecordingTerms)
    ends = add_months(from_seconds(scope.first_second), terms.statistics_kept_months)
    if work.now < ends:
        schedule(work, DELETE_STATISTICS, campaign_id, ends)
    elif work.terms(Holds).holds(work, "statistics", scope.account_id):
        schedule(work, DELETE_STATISTICS, campaign_id, work.now + _HELD_FOR)
    elif _delete_part(work, scope, scopes[scope.account_id], terms.rows_deleted_at_once):
        schedule(work, DELETE_STATISTICS, campaign_id, work.now)


def _delete_part(work: Work, scope: Scope, account: Scope, limit: int) -> bool:
    """Delete some rows of one table; whether anything may be left."""
    by_dimension = StatisticTotal.dimension != int(Dimension.ALL)
    if _delete_some(work, StatisticTotal, scope, limit, by_dimension):
        return True
    if _take_buckets(work, scope, account, limit):
        return True
    if any(_delete_some(work, table, scope, limit) for table in _OF_CAMPAIGN):
        return True
    if _delete_message(work, scope.subject_id, limit):
        return True
    work.execute(delete(StatisticTotal).where(StatisticTotal.scope == scope.number))
    work.execute(delete(StatisticScope).where(StatisticScope.number == scope.number))
    note(work, "statistics", 1)
    work.wake(statistics.live_topic(scope.subject_id))
    return False


def forget_recipient(work: Work, account_id: str, address_hash: bytes) -> None:
    """Delete what became of the messages to one recipient: first events, clicks and bounces. The sums stay: they tell
    of nobody.
    """
    recipient = address_hash[:STATE_HASH_BYTES]
    of_account = select(StatisticScope.number).where(StatisticScope.account_id == account_id)
    clicked = select(StatisticValue.scope, StatisticValue.value).where(
        StatisticValue.scope.in_(of_account), StatisticValue.dimension == int(Dimension.LINK)
    )
    by_link = tuple_(LinkClicker.scope, LinkClicker.link).in_(clicked)
    work.execute(delete(LinkClicker).where(by_link, LinkClicker.recipient == recipient))
    for table in (RecipientState, Bounce):
        mine = table.__table__.c
        work.execute(delete(table).where(mine.scope.in_(of_account), mine.recipient == recipient))


def delete_bounces(work: Work, campaign_id: str) -> None:
    """The due step that deletes the bounces whose time is over, some at a time (M094, M095).

    The sums stay. A later bounce of the same recipient is not counted as its first: events so late are refused.
    """
    scope = _locked(work, campaign_id).get(campaign_id)
    if scope is None:
        return
    if work.terms(Holds).holds(work, "bounces", scope.account_id):
        schedule(work, DELETE_BOUNCES, campaign_id, work.now + _HELD_FOR)
        return
    terms = work.terms(RecordingTerms)
    ended, next_ends = [], []
    for kind, bounce in enumerate(CLASSES):
        for row in _oldest_bounces(work, scope, kind, terms.rows_deleted_at_once):
            ends = bounce_ends(row.moment, bounce, terms)
            if work.now < ends:
                next_ends.append(ends)
                break
            ended.append({"scope": scope.number, "recipient": row.recipient, "key": row.key})
    _delete_bounce.run_many(work.connection, ended)
    note(work, "bounces", len(ended))
    due = work.now if len(ended) >= terms.rows_deleted_at_once else min(next_ends, default=None)
    mine = StatisticScope.number == scope.number
    seconds = None if due is None else second_of(due)
    work.execute(update(StatisticScope).where(mine).values(bounces_due=seconds))
    if due is not None:
        schedule(work, DELETE_BOUNCES, campaign_id, due)


def prune_seen(work: Work, part: int) -> int:
    """Forget the events of one part of the hashes that are too old to be repeated; how many."""
    terms = work.terms(RecordingTerms)
    first, behind = (each * _HASH_STARTS // terms.seen_pruned_in_parts for each in (part, part + 1))
    mine: ColumnElement[bool] = SeenEvent.key >= first.to_bytes(2, "big")
    if behind < _HASH_STARTS:
        mine &= SeenEvent.key < behind.to_bytes(2, "big")
    day = second_of(work.now - terms.event_age_max) // _SECONDS_A_DAY
    gone = delete(SeenEvent).where(mine, SeenEvent.day < day)
    forgotten = len(work.rows(gone.returning(SeenEvent.day)))
    note(work, "repetitions", forgotten)
    return forgotten


def _delete_message(work: Work, campaign_id: str, limit: int) -> bool:
    """Delete so many recipients of a campaign at most, and behind them what it said; whether there were any."""
    mine = CampaignRecipient.campaign_id == campaign_id
    some = select(CampaignRecipient.address_hash).where(mine).limit(limit)
    gone = delete(CampaignRecipient).where(mine, CampaignRecipient.address_hash.in_(some))
    if work.rows(gone.returning(CampaignRecipient.campaign_id)):
        return True
    texts = {"subject": None, "text": None, "merge_fields": None, "sender": None}
    work.execute(update(Campaign).where(Campaign.id == campaign_id).values(texts))
    return False


def _oldest_bounces(read: Read, scope: Scope, kind: int, limit: int) -> Sequence[Row[Any]]:
    query = select(Bounce.recipient, Bounce.key, Bounce.moment).where(
        Bounce.scope == scope.number, Bounce.kind == kind
    )
    return read.rows(query.order_by(Bounce.moment).limit(limit))


def _take_buckets(work: Work, scope: Scope, account: Scope, limit: int) -> bool:
    """Take some quarter hours from a campaign and from its account; whether there were any."""
    query = select(_buckets.bucket, *[_buckets[name] for name in COLUMNS]).where(
        _buckets.scope == scope.number
    )
    rows = work.rows(query.order_by(_buckets.bucket).limit(limit))
    if not rows:
        return False
    taken = Changes()
    for row in rows:
        numbers: Sequence[int] = row[1:]
        for position, number in enumerate(numbers):
            taken.buckets[cell(row.bucket, position)] = -number
    for each in (scope, account):
        statistics.store_sums(work, each, taken)
        _delete_empty(work, each, [row.bucket for row in rows])
    return True


def _delete_empty(work: Work, scope: Scope, buckets: Sequence[int]) -> None:
    nothing = [_buckets[name] == 0 for name in COLUMNS]
    mine = (_buckets.scope == scope.number) & _buckets.bucket.between(buckets[0], buckets[-1])
    work.execute(delete(StatisticBucket).where(mine, *nothing))


def _delete_some(
    work: Work, table: type[Base], scope: Scope, limit: int, which: ColumnElement[bool] | None = None
) -> bool:
    """Delete so many rows of a scope at most; whether there were any."""
    keys = list(inspect(table).primary_key)
    some = select(*keys).where(table.__table__.c.scope == scope.number).limit(limit)
    if which is not None:
        some = some.where(which)
    gone = delete(table).where(tuple_(*keys).in_(some))
    return bool(work.rows(gone.returning(keys[0])))


def _locked(work: Work, campaign_id: str) -> Mapping[str, Scope]:
    """The scopes of a campaign and its account, locked; empty when nothing is counted of it."""
    account_id = work.scalar(
        select(StatisticScope.account_id).where(StatisticScope.subject_id == campaign_id)
    )
    return {} if account_id is None else statistics.existing_scopes(work, [campaign_id, account_id])


_buckets = StatisticBucket.__table__.c
_delete_bounce = Prepared(
    delete(Bounce).where(
        *[Bounce.__table__.c[name] == bindparam(name) for name in ("scope", "recipient", "key")]
    )
)
