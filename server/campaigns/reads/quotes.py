"""How many recipients a campaign has in which country, and what it costs at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, func, select

from server.campaigns.model import CampaignCountry, CampaignRecipient, Suppression
from server.campaigns.reads import CampaignRow
from server.campaigns.rules import MessageChannel, Terms
from server.campaigns.rules.quoting import Quote, quote_email, quote_sms
from server.kit.work import Read
from server.orders.rules.pricing import sms_credits_a_segment
from server.orders.rules.terms import Terms as OrderTerms


def quote_of(read: Read, row: CampaignRow) -> Quote:
    """What a campaign would cost if it was launched now; after the launch, what was held for it."""
    gone = suppressed(read, row)
    if row.channel == MessageChannel.EMAIL.value:
        recipients = row.recipients - sum(gone.values())
        return quote_email(recipients, read.terms(Terms).credits_an_email)
    counted = countries(read, [row.id]).get(row.id, ())
    recipients_in = {each.country: each.recipients - gone.get(each.country, 0) for each in counted}
    rates = {each.country: each.credits_a_segment or sms_rate(read, each.country) for each in counted}
    return quote_sms(row.segments, recipients_in, rates)


def credits_a_segment(read: Read, row: CampaignRow, country: str | None) -> int:
    """What one segment of one of the campaign's messages costs: for an SMS, at the rate of the launch."""
    if row.channel == MessageChannel.EMAIL.value:
        return read.terms(Terms).credits_an_email
    query = select(CampaignCountry.credits_a_segment).where(
        CampaignCountry.campaign_id == row.id, CampaignCountry.country == country
    )
    return read.scalar(query) or sms_rate(read, country or "")


def sms_rate(read: Read, country: str) -> int:
    """SMS credits a segment to a country now."""
    return sms_credits_a_segment(country, read.terms(OrderTerms))


def countries(read: Read, campaign_ids: Collection[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """The countries of SMS campaigns with their recipients, in order, by the campaign."""
    query = select(CampaignCountry.__table__).where(CampaignCountry.campaign_id.in_(campaign_ids))
    found: dict[str, list[Row[Any]]] = {}
    for row in read.rows(query.order_by(CampaignCountry.country)):
        found.setdefault(row.campaign_id, []).append(row)
    return found


def suppressed(read: Read, row: CampaignRow) -> Mapping[str | None, int]:
    """How many of the uploaded recipients were suppressed since, by country. None are left after the launch."""
    if not row.uploaded or row.launched_at is not None:
        return {}
    mine = CampaignRecipient.__table__.c
    query = select(mine.country, func.count().label("recipients")).where(
        mine.campaign_id == row.id, mine.address_hash.in_(suppressed_hashes(row.account_id, row.channel))
    )
    return {row.country: row.recipients for row in read.rows(query.group_by(mine.country))}


def suppressed_hashes(account_id: str, channel: str) -> Select[bytes]:
    """The hashes of all that the account must not write to. A campaign's recipients are looked up by them: what is
    suppressed is little beside what is sent to."""
    return select(Suppression.address_hash).where(
        Suppression.account_id == account_id, Suppression.channel == channel
    )
