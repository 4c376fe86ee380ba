"""The Merkle root over the heads of all wallets, hashed as RFC 9162 (section 2.1.1) does, one leaf at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leaf:
    """A wallet as a signed root knows it."""

    wallet_id: str
    sequence: int
    head: bytes

    def line(self) -> str:
        """The leaf as text: what is hashed, and what a root's file lists."""
        return f"{self.wallet_id} {self.sequence} {self.head.hex()}"

    @classmethod
    def parse(cls, line: str) -> Leaf:
        """Raises ValueError for a line that is none."""
        wallet_id, sequence, head = line.split(" ")
        return cls(wallet_id, int(sequence), bytes.fromhex(head))


class MerkleTree:
    """The root of the leaves so far, in memory that grows with the logarithm of their number."""

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: Leaf) -> None:
        """Append a leaf; complete subtrees of equal height are joined at once."""
        height, node = 0, hashlib.sha256(b"\x00" + leaf.line().encode()).digest()
        while self._peaks and self._peaks[-1][0] == height:
            node = _join(self._peaks.pop()[1], node)
            height += 1
        self._peaks.append((height, node))
        self.count += 1

    def root(self) -> bytes:
        """The root; of no leaves, the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        node = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            node = _join(left, node)
        return node


def _join(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()
