"""Who a campaign goes to: addresses in bulk, call by call, or only how many they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.accounts.rules.signing import COUNTRIES
from server.campaigns.actions.events import CampaignRecipientsChanged, change, draft, locked, write
from server.campaigns.actions.validating import Address, address_of
from server.campaigns.model import Campaign, CampaignCountry, CampaignRecipient
from server.campaigns.reads import CampaignRow
from server.campaigns.reads.addresses import address_hash
from server.campaigns.reads.quotes import suppressed, suppressed_hashes
from server.campaigns.reads.suppression import suppressed_of
from server.campaigns.rules import (
    AudienceNotDeclared,
    MessageChannel,
    RecipientCountInvalid,
    RecipientLimitReached,
    RecipientsConflict,
    RecipientsInvalid,
    Terms,
)
from server.kit.work import Work

ADDRESS_COLUMN = "campaign_recipients.address"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an upload. `suppressed` and `invalid` are positions in it, from 0; neither are recipients."""

    campaign: CampaignRow
    added: int
    duplicates: int
    suppressed: Sequence[int]
    invalid: Sequence[int]


def add_recipients(work: Work, account_id: str, campaign_id: str, texts: Sequence[str]) -> Added:
    """Add addresses to a draft whose audience is declared (H019). Who is there already counts once; who wants nothing
    more is reported and not counted.

    Raises RecipientsInvalid, CampaignNotFound, CampaignStatusConflict, AudienceNotDeclared, RecipientsConflict when
    the recipients are counted, or RecipientLimitReached.
    """
    terms = work.terms(Terms)
    if not 1 <= len(texts) <= terms.recipients_a_call_max:
        raise RecipientsInvalid(terms.recipients_a_call_max)
    row = draft(work, account_id, campaign_id)
    if row.declared_at is None:
        raise AudienceNotDeclared
    if row.recipients and not row.uploaded:
        raise RecipientsConflict(uploaded=False)
    channel = MessageChannel(row.channel)
    addresses = [address_of(channel, text) for text in texts]
    hashes = [
        None if each is None else address_hash(work, account_id, channel, each.text) for each in addresses
    ]
    unwanted = suppressed_of(work, account_id, channel, [each for each in hashes if each is not None])
    wanted = {
        hashed: address
        for hashed, address in zip(hashes, addresses, strict=True)
        if hashed is not None and address is not None and hashed not in unwanted
    }
    new = _without(wanted, _there_already(work, row, list(wanted)))
    if row.recipients + len(new) > terms.recipients_max:
        raise RecipientLimitReached(terms.recipients_max)
    changed = _add(work, row, new) if new else row
    invalid = [position for position, hashed in enumerate(hashes) if hashed is None]
    refused = [position for position, hashed in enumerate(hashes) if hashed in unwanted]
    duplicates = len(texts) - len(new) - len(invalid) - len(refused)
    return Added(changed, len(new), duplicates, refused, invalid)


def count_recipients(
    work: Work, account_id: str, campaign_id: str, count: int | Sequence[tuple[str, int]]
) -> CampaignRow:
    """Say how many recipients a draft has: a number for e-mail, numbers by country (ISO 3166-1 alpha-2) for SMS. It
    replaces what was counted before.

    Raises CampaignNotFound, CampaignStatusConflict, RecipientsConflict when addresses were uploaded,
    RecipientCountInvalid or RecipientLimitReached.
    """
    row = draft(work, account_id, campaign_id)
    if row.uploaded:
        raise RecipientsConflict(uploaded=True)
    by_country = _counted(row, count)
    total = count if isinstance(count, int) else sum(by_country.values())
    limit = work.terms(Terms).recipients_max
    if total > limit:
        raise RecipientLimitReached(limit)
    work.execute(delete(CampaignCountry).where(CampaignCountry.campaign_id == row.id))
    _count_in(work, row, by_country)
    return change(work, row, CampaignRecipientsChanged, recipients=total)


def drop_suppressed(work: Work, row: CampaignRow) -> CampaignRow:
    """Take those out of a locked campaign who were suppressed since they were uploaded."""
    gone = suppressed(work, row)
    if not gone:
        return row
    mine = CampaignRecipient.campaign_id == row.id
    hashes = suppressed_hashes(row.account_id, row.channel)
    work.execute(delete(CampaignRecipient).where(mine, CampaignRecipient.address_hash.in_(hashes)))
    _count_in(work, row, {country: -count for country, count in gone.items() if country is not None})
    return write(work, row, recipients=row.recipients - sum(gone.values()))


def drop_recipient(work: Work, account_id: str, address_hash: bytes) -> int:
    """Delete an address from all of the account's campaigns, and count it in none that is still to be launched; in how
    many it was. What was launched keeps its number, for which was paid."""
    mine = CampaignRecipient.__table__.c
    of_account = select(Campaign.id).where(Campaign.account_id == account_id)
    there = (mine.address_hash == address_hash) & mine.campaign_id.in_(of_account)
    holding = [row.campaign_id for row in work.rows(select(mine.campaign_id).where(there))]
    # All are locked, in one order, before the first event: whoever changes a campaign locks that first, too.
    campaigns = [locked(work, campaign_id) for campaign_id in sorted(holding)]
    return sum(_drop_from(work, row, address_hash) for row in campaigns)


def _drop_from(work: Work, row: CampaignRow, address_hash: bytes) -> int:
    """Delete an address from a locked campaign; 1, or 0 when it was gone meanwhile."""
    mine = (CampaignRecipient.campaign_id == row.id) & (CampaignRecipient.address_hash == address_hash)
    gone = work.first(delete(CampaignRecipient).where(mine).returning(CampaignRecipient.country))
    if gone is None:
        return 0
    if row.launched_at is None:
        _count_in(work, row, {} if gone.country is None else {gone.country: -1})
        change(work, row, CampaignRecipientsChanged, recipients=row.recipients - 1)
    return 1


def _counted(row: CampaignRow, count: int | Sequence[tuple[str, int]]) -> Mapping[str, int]:
    """By country, empty for e-mail. Raises RecipientCountInvalid."""
    is_email = row.channel == MessageChannel.EMAIL.value
    if isinstance(count, int):
        if not is_email or count < 0:
            raise RecipientCountInvalid
        return {}
    by_country = dict(count)
    known = all(country in COUNTRIES and number >= 1 for country, number in count)
    if is_email or not known or len(by_country) < len(count):
        raise RecipientCountInvalid
    return by_country


def _there_already(work: Work, row: CampaignRow, hashes: Sequence[bytes]) -> set[bytes]:
    mine = CampaignRecipient.__table__.c
    query = select(mine.address_hash).where(mine.campaign_id == row.id, mine.address_hash.in_(hashes))
    return set(work.execute(query).scalars())


def _without(wanted: Mapping[bytes, Address], there: set[bytes]) -> Mapping[bytes, Address]:
    return {hashed: address for hashed, address in wanted.items() if hashed not in there}


def _add(work: Work, row: CampaignRow, new: Mapping[bytes, Address]) -> CampaignRow:
    values = [
        {
            "campaign_id": row.id,
            "address_hash": hashed,
            "account_id": row.account_id,
            "address": work.seal(row.account_id, "content", ADDRESS_COLUMN, address.text),
            "country": address.country,
        }
        for hashed, address in sorted(new.items())
    ]
    work.execute(insert(CampaignRecipient).values(values))
    _count_in(work, row, Counter(each.country for each in new.values() if each.country is not None))
    return change(work, row, CampaignRecipientsChanged, recipients=row.recipients + len(new), uploaded=True)


def _count_in(work: Work, row: CampaignRow, by_country: Mapping[str, int]) -> None:
    """Add numbers of recipients to the countries of a locked campaign."""
    for country, number in sorted(by_country.items()):
        new = upsert(CampaignCountry).values(
            campaign_id=row.id, country=country, account_id=row.account_id, recipients=number
        )
        added = CampaignCountry.recipients + new.excluded.recipients
        work.execute(
            new.on_conflict_do_update(index_elements=["campaign_id", "country"], set_={"recipients": added})
        )
