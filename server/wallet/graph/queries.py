"""What can be read: wallets and balances of an account, and the proof of its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry
from strawberry.types.field import StrawberryField

from server.accounts.graph import Account
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.node import NodeLoader
from server.kit.graph.prices import PROOF
from server.kit.graph.scalars import BigInt
from server.kit.ids import is_id
from server.wallet import reads
from server.wallet.graph.enums import Unit
from server.wallet.graph.types import BALANCE_READ, LEDGER_READ, AsOf, Balance, Hold, Wallet
from server.wallet.reads.proof import Report, verify_account

UnitArgument = Annotated[Unit, strawberry.argument(description="Of which unit.")]


def _balances(parents: Sequence[Account], info: Info) -> list[list[Balance]]:
    found = reads.balances_of(info.context.read, [parent.id for parent in parents])
    return [[Balance.of(row) for row in found[parent.id]] for parent in parents]


@strawberry.field(
    description="What the account has, one balance a unit that was ever used.",
    metadata=declare(BALANCE_READ, batch=_balances),
)
def balances(account: strawberry.Parent[Account]) -> list[Balance]:
    raise NotImplementedError("resolved for all accounts at once")


@strawberry.field(
    description="What the account has of one unit; zeros at sequence 0 when it was never used.",
    metadata=declare(BALANCE_READ),
)
def balance(
    account: strawberry.Parent[Account], info: Info, unit: UnitArgument, as_of: AsOf = None
) -> Balance:
    return Balance.of(reads.balance(info.context.read, account.id, unit.name, as_of))


def _wallets(parents: Sequence[Account], info: Info) -> list[list[Wallet]]:
    found = reads.wallets_of(info.context.read, [parent.id for parent in parents])
    return [[Wallet.of(row) for row in found[parent.id]] for parent in parents]


@strawberry.field(
    description="The account's wallets, one a unit that was ever used.",
    metadata=declare(BALANCE_READ, batch=_wallets),
)
def wallets(account: strawberry.Parent[Account]) -> list[Wallet]:
    raise NotImplementedError("resolved for all accounts at once")


@exposes(LEDGER_READ)
@strawberry.type(description="Something in the ledger that is not what it must be.")
class LedgerFault:
    wallet_id: strawberry.ID = strawberry.field(description="In which wallet.")
    sequence: BigInt | None = strawberry.field(
        description="At which posting; null for the wallet as a whole."
    )
    what: str = strawberry.field(description="What is wrong, in one sentence.")


@exposes(LEDGER_READ)
@strawberry.type(description="The account's ledger, replayed from its postings just now.")
class LedgerVerification:
    intact: bool = strawberry.field(
        description="Whether balances, sequences, links and holds are all what the postings say."
    )
    complete: bool = strawberry.field(
        description="Whether every posting was replayed; of more than 10000 only the newest of each wallet are."
    )
    wallets: int = strawberry.field(description="How many wallets were looked at.")
    postings: int = strawberry.field(description="How many postings were replayed.")
    faults: list[LedgerFault] = strawberry.field(description="What is wrong, at most 100.")

    @classmethod
    def of(cls, report: Report) -> LedgerVerification:
        faults = [
            LedgerFault(
                wallet_id=strawberry.ID(fault.wallet_id),
                sequence=None if fault.sequence is None else BigInt(fault.sequence),
                what=fault.what,
            )
            for fault in report.faults
        ]
        return cls(
            intact=report.intact,
            complete=report.complete,
            wallets=report.wallets,
            postings=report.postings,
            faults=faults,
        )


@strawberry.type
class WalletQueries:
    @strawberry.field(
        description="Replay the postings of the viewer's account and check every balance against them (Q013).",
        metadata=declare(LEDGER_READ, cost=PROOF),
    )
    def verify_ledger(self, info: Info) -> LedgerVerification:
        return LedgerVerification.of(verify_account(info.context.read, account_of(info)))


def _wallet_node(info: Info, id: str) -> Wallet | None:
    if BALANCE_READ.denial(info.context.viewer) or not is_id(id, "wal"):
        return None
    row = reads.wallet_by_id(info.context.read, account_of(info), id)
    return Wallet.of(row) if row is not None else None


def _hold_node(info: Info, id: str) -> Hold | None:
    if LEDGER_READ.denial(info.context.viewer) or not is_id(id, "hld"):
        return None
    row = reads.hold(info.context.read, account_of(info), id)
    return Hold.of(row) if row is not None else None


EXTENSIONS: list[tuple[type, StrawberryField]] = [
    (Account, balances),
    (Account, balance),
    (Account, wallets),
]
NODES: dict[str, NodeLoader] = {"wal": _wallet_node, "hld": _hold_node}
