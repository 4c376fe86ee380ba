"""The chain of a wallet: each posting's link is a keyed hash over the link before it and the posting.

    genesis = HMAC-SHA256(wallet secret, "postmeter wallet 1" | wallet id | account id | unit)
    link    = HMAC-SHA256(wallet secret, previous link | canonical posting)
    closure = HMAC-SHA256(wallet secret, "postmeter closure 1" | wallet id | owner id | unit | genesis | head)

A wallet that became pseudonymous keeps its genesis, which cannot be computed again without the account id; its
closure binds it to the new owner id and to its last head, for nobody else and for no further posting.

The canonical posting, version 1: sequence, posted delta, held delta, posted after, held after, microseconds since
1970 (six signed 64-bit integers), then the lengths in characters of wallet id, kind, counter-account, transfer
id, hold id and reference (six signed 16-bit integers, -1 for an absent text), all big-endian; then the texts in
that order in UTF-8. No two postings have the same canonical form.
"""

from __future__ import annotations

import hmac
import struct

from server.kit.crypto import keyed_hash

_GENESIS = b"postmeter wallet 1"
_CLOSURE = b"postmeter closure 1"
_HEADER = struct.Struct(">6q6h")


def genesis(secret: bytes, wallet_id: str, account_id: str, unit: str) -> bytes:
    """The head of a wallet without postings: binds the chain to its owner and unit."""
    return keyed_hash(secret, _GENESIS, wallet_id.encode(), account_id.encode(), unit.encode())


def closure(secret: bytes, wallet_id: str, owner_id: str, unit: str, origin: bytes, head: bytes) -> bytes:
    """The proof that the wallet, begun at `origin`, was closed at `head` and given to a pseudonymous owner."""
    return keyed_hash(secret, _CLOSURE, wallet_id.encode(), owner_id.encode(), unit.encode(), origin, head)


def link(
    secret: bytes,
    previous: bytes,
    wallet_id: str,
    sequence: int,
    kind: str,
    posted_delta: int,
    held_delta: int,
    posted_after: int,
    held_after: int,
    counter: str | None,
    transfer_id: str | None,
    hold_id: str | None,
    reference: str,
    at_micros: int,
) -> bytes:
    """The link of a posting; `previous` is the link before it, or the genesis."""
    header = _HEADER.pack(
        sequence,
        posted_delta,
        held_delta,
        posted_after,
        held_after,
        at_micros,
        len(wallet_id),
        len(kind),
        -1 if counter is None else len(counter),
        -1 if transfer_id is None else len(transfer_id),
        -1 if hold_id is None else len(hold_id),
        len(reference),
    )
    texts = f"{wallet_id}{kind}{counter or ''}{transfer_id or ''}{hold_id or ''}{reference}"
    return hmac.digest(secret, previous + header + texts.encode(), "sha256")
