"""How an address is known where it must not be kept: by a keyed hash of the account's own."""

from __future__ import annotations

from server.campaigns.rules import MessageChannel
from server.campaigns.rules.addresses import identity
from server.kit.work import Read

_PURPOSE = "campaign_addresses"
"""Of the secret, which is the server's and not a person's: erasing statistics destroys no opt-out (C21)."""


def address_hash(read: Read, account_id: str, channel: MessageChannel, address: str) -> bytes:
    """The identity of an address among the account's recipients, message states and suppressions."""
    parts = (account_id, channel.value, identity(channel, address))
    return read.keyed_hash(_PURPOSE, *(part.encode() for part in parts))
