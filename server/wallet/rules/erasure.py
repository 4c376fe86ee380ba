"""What stays of erased wallets, and what of it the server signs.

    wallet key = HMAC-SHA256(server secret "tombstones", wallet id)
    tombstone  = Ed25519 over "postmeter-tombstone-1", its id, the wallet key, number of postings and last head
    totals     = Ed25519 over "postmeter-erased-1", the number of wallets, and each total by counter and unit

A signed root lists wallets by id. Of a listed wallet that is gone, the wallet key of the id finds the tombstone;
from a tombstone alone nobody finds the wallet without the server's secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.kit.crypto import keyed_hash

SIGNING_KEY = "ledger_signing"
"""The server's secret that signs roots, tombstones and totals."""
TOMBSTONE_KEY = "tombstones"
"""The server's secret under which a wallet id becomes a wallet key."""
_TOMBSTONE = "postmeter-tombstone-1"
_ERASED = "postmeter-erased-1"


def wallet_key(secret: bytes, wallet_id: str) -> bytes:
    """By which the tombstone of a wallet is found, by the server only."""
    return keyed_hash(secret, wallet_id.encode())


def tombstone_message(tombstone_id: str, key: bytes, sequence: int, head: bytes) -> bytes:
    """What the signature of a tombstone is over."""
    return f"{_TOMBSTONE} {tombstone_id} {key.hex()} {sequence} {head.hex()}".encode()


@dataclass(frozen=True, slots=True)
class Erased:
    """The bucket of all erased wallets: how many, and their totals by counter-account and unit."""

    wallets: int
    totals: Mapping[tuple[str, str], int]

    def message(self) -> bytes:
        """What its signature is over. A total of 0 says the same as none."""
        lines = [
            f"{counter} {unit} {total}" for (counter, unit), total in sorted(self.totals.items()) if total
        ]
        return "\n".join([f"{_ERASED} {self.wallets}", *lines]).encode()

    @classmethod
    def parse(cls, message: str) -> Erased:
        """The bucket of a message. Raises ValueError for a text that is none."""
        first, *lines = message.split("\n")
        name, wallets = first.split(" ")
        if name != _ERASED:
            raise ValueError("an unknown format")
        totals = {(counter, unit): int(total) for counter, unit, total in (line.split(" ") for line in lines)}
        return cls(int(wallets), totals)

    def uneven(self) -> Iterator[str]:
        """The units whose totals are not 0 together, as they must be: every wallet was emptied first."""
        for unit in sorted({unit for _, unit in self.totals}):
            if sum(total for (_, of), total in self.totals.items() if of == unit):
                yield unit
