"""The kept statistics: locked, read for a batch, and written. The numbers are those of rules/counting.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from server.accounts.rules.lifecycle import add_months
from server.campaigns.actions.looking import Look
from server.campaigns.model import (
    Bounce,
    LinkClicker,
    RecipientState,
    StatisticBucket,
    StatisticScope,
    StatisticTotal,
)
from server.campaigns.rules.counting import Changes, Counted, Known, events_of, rows
from server.campaigns.rules.events import BounceClass, EventKind
from server.campaigns.rules.metrics import (
    CLASSES,
    COLUMNS,
    FIRSTS,
    from_seconds,
    moment_at,
    second_of,
)
from server.campaigns.rules.recording import RecordingTerms
from server.kit.db import Base, Prepared
from server.kit.due import schedule
from server.kit.work import Read, Work

DELETE_STATISTICS = "campaigns.delete_statistics"
DELETE_BOUNCES = "campaigns.delete_bounces"


class Scope(NamedTuple):
    """A row of the scopes, locked by the transaction."""

    number: int
    subject_id: str
    account_id: str
    sequence: int
    first_second: int | None
    last_second: int | None
    bounces_due: int | None


def live_topic(subject_id: str) -> str:
    """By what the watchers of a campaign's or an account's statistics are woken."""
    return f"statistics:{subject_id}"


def locked_scopes(work: Work, campaigns: Mapping[str, str]) -> Mapping[str, Scope]:
    """The scopes of these campaigns (with their accounts) and of the accounts, made where missing, by their ids.

    They are locked in the order of their numbers, and made in that of their ids, so that no two wait for each other.
    """
    wanted = {account_id: account_id for account_id in campaigns.values()} | dict(campaigns)
    found = existing_scopes(work, list(wanted))
    if missing := sorted(wanted.keys() - found.keys()):
        rows = [{"subject_id": each, "account_id": wanted[each], "sequence": 0} for each in missing]
        work.connection.execute(insert(StatisticScope).on_conflict_do_nothing(), rows)
        found = existing_scopes(work, list(wanted))
    return found


def existing_scopes(work: Work, subject_ids: Sequence[str]) -> Mapping[str, Scope]:
    """Those of these scopes that there are, locked in the order of their numbers, by their ids."""
    query = select(StatisticScope.__table__).where(StatisticScope.subject_id.in_(subject_ids))
    rows = work.rows(query.order_by(StatisticScope.number).with_for_update())
    return {row.subject_id: Scope._make(row) for row in rows}


def known(read: Read, scope: Scope, events: Sequence[Counted]) -> Known:
    """What is kept of the recipients of these events."""
    recipients = {event.recipient for event in events}
    bounced = {event.recipient for event in events if event.kind is EventKind.BOUNCED}
    clickers = {event.recipient for event in events if event.link}
    found = Known()
    for recipient, *firsts in _states.rows(read, recipients, scope=scope.number):
        found.firsts[recipient] = firsts
    for recipient, moment, kind, code in _bounces.rows(read, bounced, scope=scope.number):
        bounce = (moment, kind, code)
        found.bounced[recipient] = min(bounce, found.bounced.get(recipient, bounce))
    for recipient, link, human in _clickers.rows(read, clickers, scope=scope.number):
        found.clickers[link, recipient] = bool(human)
    return found


def store_campaign(
    work: Work, scope: Scope, changes: Changes, known: Known, bounces: Sequence[tuple[bytes, Counted]]
) -> None:
    """Write what a batch changed of a campaign; `bounces` are its bounces, under the keys of their events."""
    number = scope.number
    _put_state.run_many(
        work.connection,
        [
            {"scope": number, "recipient": each, **dict(zip(FIRSTS, known.firsts[each], strict=True))}
            for each in sorted(changes.touched)
        ],
    )
    _put_clicker.run_many(
        work.connection,
        [
            {"scope": number, "link": link, "recipient": recipient, "human": known.clickers[link, recipient]}
            for link, recipient in sorted(changes.clicked)
        ],
    )
    _put_bounce.run_many(work.connection, [_bounce(number, key, event) for key, event in bounces])
    store_sums(work, scope, changes)
    _plan_deletion(
        work, scope, changes, min((_bounce_ends(work, event) for _, event in bounces), default=None)
    )


def store_account(work: Work, scope: Scope, changes: Sequence[Changes]) -> None:
    """Add what a batch changed of an account's campaigns to the sums of the account, which has no dimensions."""
    whole = Changes()
    for each in changes:
        whole.include(each)
    store_sums(work, scope, whole)


def _bounce(number: int, key: bytes, event: Counted) -> dict[str, Any]:
    kind = CLASSES.index(event.bounce or BounceClass.UNDETERMINED)
    recipient, moment, code = event.recipient, event.moment, event.code
    return {"scope": number, "recipient": recipient, "key": key, "moment": moment, "kind": kind, "code": code}


def _bounce_ends(work: Work, event: Counted) -> int:
    """The second when the bounce is to be deleted (M094, M095)."""
    return second_of(bounce_ends(event.moment, event.bounce, work.terms(RecordingTerms)))


def bounce_ends(moment: int, bounce: BounceClass | None, terms: RecordingTerms) -> datetime:
    """When a bounce is to be deleted (M094, M095)."""
    soft = bounce is BounceClass.SOFT
    return add_months(
        moment_at(moment), terms.soft_bounces_kept_months if soft else terms.bounces_kept_months
    )


def store_sums(work: Work, scope: Scope, changes: Changes) -> None:
    """Add to the totals and to the quarter hours, give the scope its next number, and wake who watches it."""
    _add_total.run_many(
        work.connection,
        [
            {
                "scope": scope.number,
                "dimension": int(dimension),
                "value": value,
                "weight": events_of(row),
                **dict(zip(COLUMNS, row, strict=True)),
            }
            for (dimension, value), row in sorted(changes.totals().items())
        ],
    )
    _add_bucket.run_many(
        work.connection,
        [
            {"scope": scope.number, "bucket": bucket, **dict(zip(COLUMNS, row, strict=True))}
            for bucket, row in sorted(rows(changes.buckets).items())
        ],
    )
    first, last = _spanned(scope, changes)
    _advance.run(
        work.connection,
        number_=scope.number,
        sequence=scope.sequence + 1,
        first_second=first,
        last_second=last,
    )
    work.wake(live_topic(scope.subject_id))


def _plan_deletion(work: Work, scope: Scope, changes: Changes, bounces_due: int | None) -> None:
    """Have a campaign's statistics deleted five years behind its first event, and its bounces in their time."""
    first, _ = _spanned(scope, changes)
    if first is not None and first != scope.first_second:
        ends = add_months(from_seconds(first), work.terms(RecordingTerms).statistics_kept_months)
        schedule(work, DELETE_STATISTICS, scope.subject_id, ends)
    if bounces_due is not None and (scope.bounces_due is None or bounces_due < scope.bounces_due):
        _plan_bounces.run(work.connection, number_=scope.number, bounces_due=bounces_due)
        schedule(work, DELETE_BOUNCES, scope.subject_id, from_seconds(bounces_due))


def _spanned(scope: Scope, changes: Changes) -> tuple[int | None, int | None]:
    seconds = (scope.first_second, scope.last_second, changes.earliest, changes.latest)
    found = [second for second in seconds if second is not None]
    return min(found, default=None), max(found, default=None)


def _adding(table: type[Base], keys: Sequence[str], added: Sequence[str]) -> Prepared:
    """Adds to the row of these keys, or makes it."""
    new = insert(table).values({name: bindparam(name) for name in (*keys, *added)})
    sums = {name: table.__table__.c[name] + new.excluded[name] for name in added}
    return Prepared(new.on_conflict_do_update(index_elements=list(keys), set_=sums))


def _putting(table: type[Base], keys: Sequence[str], columns: Sequence[str]) -> Prepared:
    """Writes the row of these keys."""
    new = insert(table).values({name: bindparam(name) for name in (*keys, *columns)})
    changed = {name: new.excluded[name] for name in columns}
    return Prepared(new.on_conflict_do_update(index_elements=list(keys), set_=changed))


_states = Look(RecipientState, ("recipient", *FIRSTS), "recipient", ("scope",))
_bounces = Look(Bounce, ("recipient", "moment", "kind", "code"), "recipient", ("scope",))
_clickers = Look(LinkClicker, ("recipient", "link", "human"), "recipient", ("scope",))
_put_state = _putting(RecipientState, ("scope", "recipient"), FIRSTS)
_put_clicker = _putting(LinkClicker, ("scope", "link", "recipient"), ("human",))
_put_bounce = _putting(Bounce, ("scope", "recipient", "key"), ("moment", "kind", "code"))
_add_total = _adding(StatisticTotal, ("scope", "dimension", "value"), ("weight", *COLUMNS))
_add_bucket = _adding(StatisticBucket, ("scope", "bucket"), COLUMNS)
_one = StatisticScope.number == bindparam("number_")
_advance = Prepared(
    update(StatisticScope)
    .where(_one)
    .values({name: bindparam(name) for name in ("sequence", "first_second", "last_second")})
)
_plan_bounces = Prepared(update(StatisticScope).where(_one).values(bounces_due=bindparam("bounces_due")))
