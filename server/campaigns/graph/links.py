"""The link by which a recipient unsubscribes, and the headers that carry it (RFC 8058)."""

from __future__ import annotations

import strawberry

from server.campaigns.actions.validating import address_of
from server.campaigns.graph.enums import ChannelEnum
from server.campaigns.reads.addresses import address_hash
from server.campaigns.reads.suppression import UNSUBSCRIBE_PATH, Unsubscribing, unsubscribe_token
from server.campaigns.rules import MessageChannel, PublicAddress
from server.kit.graph.access import Access, Who, exposes
from server.kit.work import Read


@exposes(Access(Who.SIGNED_IN, "balance_and_orders"))
@strawberry.type(
    description="How a recipient unsubscribes: a POST to the URL does it, a GET shows a page with a button."
)
class UnsubscribeLink:
    url: str = strawberry.field(
        description="Where; a path of this server while its public address is not set. It never expires."
    )
    list_unsubscribe: str | None = strawberry.field(
        description="The value of the header List-Unsubscribe; null while the server's public address is not set."
    )
    list_unsubscribe_post: str = strawberry.field(
        description="The value of the header List-Unsubscribe-Post. Sign both headers with DKIM."
    )


def link_for(
    read: Read, account_id: str, campaign_id: str, channel: ChannelEnum, recipient: str
) -> UnsubscribeLink | None:
    """The recipient's link; None for what is no address of the channel."""
    of_channel = MessageChannel[channel.name]
    address = address_of(of_channel, recipient)
    if address is None:
        return None
    hashed = address_hash(read, account_id, of_channel, address.text)
    token = unsubscribe_token(read, Unsubscribing(account_id, campaign_id, of_channel, hashed))
    base = read.terms(PublicAddress).url
    url = f"{base or ''}{UNSUBSCRIBE_PATH}/{token}"
    return UnsubscribeLink(
        url=url,
        list_unsubscribe=None if base is None else f"<{url}>",
        list_unsubscribe_post="List-Unsubscribe=One-Click",
    )
