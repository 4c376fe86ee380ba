"""How an address is known where it must not be kept: by a keyed hash of the account's own."""

from __future__ import annotations

from collections.abc import Callable

from server.campaigns.rules import MessageChannel
from server.campaigns.rules.addresses import identity
from server.kit.crypto import keyed_hash
from server.kit.work import Read

_PURPOSE = "campaign_addresses"
"""Of the secret, which is the server's and not a person's: erasing statistics destroys no opt-out (C21)."""


def address_hash(read: Read, account_id: str, channel: MessageChannel, address: str) -> bytes:
    """The identity of an address among the account's recipients, message states and suppressions."""
    return address_hasher(read, account_id, channel)(address)


def address_hasher(read: Read, account_id: str, channel: MessageChannel) -> Callable[[str], bytes]:
    """The same for many addresses."""
    secret = read.keys.server_secret(_PURPOSE)
    account, medium = account_id.encode(), channel.value.encode()
    return lambda address: keyed_hash(secret, account, medium, identity(channel, address).encode())
