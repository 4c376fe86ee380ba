"""The data of the ledger (Q003): amounts under opaque ids. No column names or describes a person."""

from __future__ import annotations

from server.kit.db import Base
from server.kit.personal import Held, Owner, Via
from server.wallet.model import (
    Claim,
    ClosedOwner,
    ErasedSeal,
    ErasedTotal,
    Hold,
    Posting,
    Tombstone,
    Wallet,
)

_OF_ACCOUNT: Owner = ("account_id",)
_OF_WALLET = Via("wallet_id", Wallet, "id")


def _financial(model: type[Base], columns: tuple[str, ...], owner: Owner = _OF_WALLET) -> Held:
    return Held(
        model,
        columns,
        category="financial",
        source="order",
        purpose="balance_and_orders",
        legal_basis="contract",
        retention="billing",
        erasure="keep_pseudonymous",
        owner=owner,
        own_verb=owner is not None,
    )


def _proof(model: type[Base], columns: tuple[str, ...], owner: Owner = None) -> Held:
    return Held(
        model,
        columns,
        category="technical",
        source="use",
        purpose="security",
        legal_basis="contract",
        retention="billing",
        erasure="keep_pseudonymous",
        exported=False,
        owner=owner,
        own_verb=owner is not None,
    )


HELD = (
    _financial(
        Wallet,
        (
            "id",
            "account_id",
            "unit",
            "posted",
            "held",
            "sequence",
            "opened_at",
            "changed_at",
            "alarm_below",
        ),
        _OF_ACCOUNT,
    ),
    _proof(Wallet, ("head", "origin", "closure"), _OF_ACCOUNT),
    _financial(
        Posting,
        (
            "wallet_id",
            "sequence",
            "kind",
            "posted_delta",
            "held_delta",
            "posted_after",
            "held_after",
            "counter",
            "transfer_id",
            "hold_id",
            "reference",
            "at",
        ),
    ),
    _proof(Posting, ("link",), _OF_WALLET),
    _financial(
        Hold,
        (
            "id",
            "wallet_id",
            "quantity",
            "captured",
            "released",
            "state",
            "reference",
            "placed_at",
            "expires_at",
            "resolved_at",
        ),
    ),
    _financial(
        Claim, ("id", "wallet_id", "amount", "collected", "kind", "counter", "reference", "opened_at")
    ),
    _proof(Tombstone, ("id", "wallet_key", "sequence", "head", "signature")),
    _proof(ErasedTotal, ("counter", "unit", "total")),
    _proof(ErasedSeal, ("id", "wallets", "signature")),
    _proof(ClosedOwner, ("digest",)),
)
