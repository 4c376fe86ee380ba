"""Events of messages in: each is counted once, whatever its order and delay, and what follows from it is done."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select

from server.accounts.reads.restrictions import stopped_among
from server.accounts.rules.restricting import STATISTICS
from server.campaigns.actions import statistics, values
from server.campaigns.actions.consequences import Fresh, follow_up, segments_of
from server.campaigns.actions.looking import Look
from server.campaigns.actions.statistics import Scope
from server.campaigns.model import Campaign, SeenEvent
from server.campaigns.reads import CampaignRow
from server.campaigns.reads.addresses import address_hasher
from server.campaigns.rules import MessageChannel
from server.campaigns.rules.counting import Changes, Counted, count
from server.campaigns.rules.events import BEHAVIOUR, EventKind, MessageEvent
from server.campaigns.rules.metrics import (
    DEVICES,
    STATE_HASH_BYTES,
    Dimension,
    code_number,
    country_number,
    moment,
    second_of,
)
from server.campaigns.rules.recording import RecordingTerms, untimely
from server.kit.db import Prepared
from server.kit.work import Read, Work

API_SOURCE = "api"
"""The source of what customers report themselves: their keys are unique within their account."""
_KEY_BYTES = 12
_SECONDS_A_DAY = 24 * 60 * 60
_DEVICE_NUMBER = {device: number for number, device in enumerate(DEVICES)}


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch of events; the numbers add up to its length.

    `duplicates` were counted before. `unknown` name no campaign of the account, `outdated` are older than
    repetitions are known, or from the future, `restricted` tell what recipients of an account did that lets nobody
    watch it. None of these was counted.
    """

    accepted: int = 0
    duplicates: int = 0
    unknown: int = 0
    outdated: int = 0
    restricted: int = 0

    def __add__(self, other: Recorded) -> Recorded:
        return Recorded(
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.unknown + other.unknown,
            self.outdated + other.outdated,
            self.restricted + other.restricted,
        )


def record_events(
    work: Work, source: str, events: Sequence[MessageEvent], *, account_id: str | None, billable: bool
) -> Recorded:
    """Count a batch in this transaction.

    `source` names whose keys the events bear. `account_id` restricts them to that account's campaigns; None for a
    connection of the operator, which may report of any account. `billable`: only then accepted events capture
    credits, because only the operator's own credentials decide a bill.
    """
    campaigns = _campaigns(work, {event.campaign_id for event in events}, account_id)
    known = [event for event in events if event.campaign_id in campaigns]
    watched = _watched(work, known, campaigns)
    timely = _timely(work, watched, campaigns)
    left = Recorded(0, 0, len(events) - len(known), len(watched) - len(timely), len(known) - len(watched))
    if not timely:
        return left
    reported = {event.campaign_id for event in timely}
    scopes = statistics.locked_scopes(work, {each: campaigns[each].account_id for each in reported})
    fresh = _unseen(work, source, timely, campaigns)
    accounts: dict[str, list[Changes]] = defaultdict(list)
    for campaign_id, of_campaign in _by_campaign(fresh).items():
        row = campaigns[campaign_id]
        accounts[row.account_id].append(_count(work, row, scopes[campaign_id], of_campaign))
        follow_up(work, row, of_campaign, billable=billable)
    for each, changes in accounts.items():
        statistics.store_account(work, scopes[each], changes)
    return left + Recorded(accepted=len(fresh), duplicates=len(timely) - len(fresh))


def record_unsubscription(work: Work, account_id: str, campaign_id: str, address_hash: bytes) -> None:
    """Count a recipient who used the unsubscribe link of the campaign, now."""
    scopes = statistics.locked_scopes(work, {campaign_id: account_id})
    event = Counted(
        recipient=address_hash[:STATE_HASH_BYTES],
        kind=EventKind.UNSUBSCRIBED,
        moment=moment(second_of(work.now), 0, 0, 0),
    )
    changes = _store(work, scopes[campaign_id], [event], [])
    statistics.store_account(work, scopes[account_id], [changes])


def _campaigns(read: Read, ids: Collection[str], account_id: str | None) -> Mapping[str, CampaignRow]:
    query = select(Campaign.__table__).where(Campaign.id.in_(ids))
    if account_id is not None:
        query = query.where(Campaign.account_id == account_id)
    return {row.id: CampaignRow(**row._mapping) for row in read.rows(query)}


def _watched(
    read: Read, events: Sequence[MessageEvent], campaigns: Mapping[str, CampaignRow]
) -> Sequence[MessageEvent]:
    """The events without what nobody may watch (P025). Deliveries, bounces, opt-outs and complaints stay: what is paid
    for, and what protects recipients, hangs on them (article 18(2))."""
    accounts = {campaigns[event.campaign_id].account_id for event in events if event.kind in BEHAVIOUR}
    stopped = stopped_among(read, accounts, STATISTICS) if accounts else set()
    if not stopped:
        return events
    return [
        event
        for event in events
        if event.kind not in BEHAVIOUR or campaigns[event.campaign_id].account_id not in stopped
    ]


def _timely(
    work: Work, events: Sequence[MessageEvent], campaigns: Mapping[str, CampaignRow]
) -> Sequence[MessageEvent]:
    terms = work.terms(RecordingTerms)
    return [
        event
        for event in events
        if not untimely(
            event.at,
            work.now,
            terms,
            bounced=event.kind is EventKind.BOUNCED,
            launched_at=campaigns[event.campaign_id].launched_at,
        )
    ]


def _unseen(
    work: Work, source: str, events: Sequence[MessageEvent], campaigns: Mapping[str, CampaignRow]
) -> Sequence[Fresh]:
    """Those that were not seen before, each once, and remember them.

    The scopes are locked by now, so no other batch of these accounts is between its look and its writing.
    """
    secret = work.keys.server_secret("event_keys")
    keyed: dict[bytes, MessageEvent] = {}
    for event in events:
        name = f"{campaigns[event.campaign_id].account_id}\n{source}\n{event.key}".encode()
        keyed.setdefault(hashlib.blake2b(name, digest_size=_KEY_BYTES, key=secret).digest(), event)
    for (seen,) in _seen.rows(work, keyed.keys()):
        del keyed[seen]
    found = sorted(keyed.items(), key=lambda item: item[0])  # in the order of the table
    days = [{"key": key, "day": second_of(event.at) // _SECONDS_A_DAY} for key, event in found]
    _remember.run_many(work.connection, days)
    hashers = {
        row.id: address_hasher(work, row.account_id, MessageChannel(row.channel))
        for row in campaigns.values()
    }
    return [Fresh(key, hashers[event.campaign_id](event.recipient), event) for key, event in found]


def _by_campaign(fresh: Sequence[Fresh]) -> Mapping[str, Sequence[Fresh]]:
    found: dict[str, list[Fresh]] = defaultdict(list)
    for each in fresh:
        found[each.event.campaign_id].append(each)
    return dict(sorted(found.items()))  # campaigns are locked in the order of their ids


def _count(work: Work, row: CampaignRow, scope: Scope, fresh: Sequence[Fresh]) -> Changes:
    """Count the events of one campaign and store what changed."""
    links = [event.link for _, _, event in fresh if event.link and event.kind is EventKind.CLICKED]
    link_numbers = values.numbers(work, scope, Dimension.LINK, links)
    is_sms = row.channel == MessageChannel.SMS.value
    domains = ["" if is_sms else _domain(event) for _, _, event in fresh]
    domain_numbers = values.numbers(work, scope, Dimension.DOMAIN, domains)
    counted = [
        _counted(row, each, domain_numbers[domain], link_numbers.get(each.event.link or "", 0))
        for each, domain in zip(fresh, domains, strict=True)
    ]
    keyed = zip(fresh, counted, strict=True)
    bounces = [(each.key, event) for each, event in keyed if event.kind is EventKind.BOUNCED]
    return _store(work, scope, counted, bounces)


def _store(
    work: Work, scope: Scope, counted: Sequence[Counted], bounces: Sequence[tuple[bytes, Counted]]
) -> Changes:
    known = statistics.known(work, scope, counted)
    changes = count(counted, known)
    statistics.store_campaign(work, scope, changes, known, bounces)
    return changes


def _counted(row: CampaignRow, fresh: Fresh, domain: int, link: int) -> Counted:
    event = fresh.event
    country, device = country_number(event.country), _DEVICE_NUMBER[event.device]
    return Counted(
        recipient=fresh.address_hash[:STATE_HASH_BYTES],
        kind=event.kind,
        moment=moment(second_of(event.at), domain, country, device),
        bounce=event.bounce,
        code=code_number(event.code) if event.code is not None else 0,
        link=link if event.kind is EventKind.CLICKED else 0,
        machine=event.machine,
        suspect_bot=event.suspect_bot,
        segments=segments_of(row, event) if event.kind is EventKind.ACCEPTED else 0,
    )


def _domain(event: MessageEvent) -> str:
    """The receiving domain in lower case."""
    return (event.domain or event.recipient.rpartition("@")[2]).lower()


_seen = Look(SeenEvent, ("key",), "key")
_remember = Prepared(insert(SeenEvent).values(key=bindparam("key"), day=bindparam("day")))
