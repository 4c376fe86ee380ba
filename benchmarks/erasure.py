"""`python -m benchmarks.erasure`: how long the erasure of an account takes, by the number of its rows."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, insert

from server.accounts.model import Account
from server.app import Postmeter
from server.campaigns.model import Campaign, CampaignRecipient
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Work
from server.privacy.actions.erasures import plan_erasure
from server.privacy.adapters.erasing import Eraser
from server.privacy.reads.erasures import erasure
from server.privacy.rules.erasures import ErasureClock
from server.settings import Settings
from server.wallet.actions import Transfer, post
from server.wallet.rules import Counter, PostingKind

SIZES = (100, 1_000, 10_000, 100_000)
ROWS_A_TRANSACTION = 5_000

T = TypeVar("T")

out = Console()


@dataclass
class Measured:
    """An erasure: when it reached which point, and its longest transaction; all in seconds from its begin."""

    rows: int
    begun: float = 0.0
    points: dict[str, float] = field(default_factory=dict)
    longest: float = 0.0

    def reached(self, point: str) -> None:
        self.points.setdefault(point, time.perf_counter() - self.begun)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.erasure", description=__doc__)
    parser.add_argument("--rows", type=int, help="only an account of so many rows")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="postmeter-benchmark-") as name:
        asyncio.run(_run(Path(name), (rows,) if rows else SIZES))
    return 0


async def _run(folder: Path, sizes: tuple[int, ...]) -> None:
    table = Table("rows", "unreadable, ms", "erased, s", "rows/s", "longest transaction, ms")
    postmeter = Postmeter(_settings(folder))
    async with postmeter.storage():
        for size in sizes:
            measured = await _measure(postmeter, size)
            seconds = measured.points["certified"]
            figures = (measured.points["keys"] * 1e3, seconds, size / seconds, measured.longest * 1e3)
            table.add_row(f"{size:,}", *(f"{figure:,.1f}" for figure in figures))
    out.print(table)


async def _measure(postmeter: Postmeter, size: int) -> Measured:
    account_id = await postmeter.units.run(Call("bench", SYSTEM), _account)
    for start in range(0, size, ROWS_A_TRANSACTION):
        count = min(ROWS_A_TRANSACTION, size - start)
        await postmeter.units.run_unaudited(lambda work, n=count: _recipients(work, account_id, n))  # type: ignore[misc]
    planned = await postmeter.units.run(
        Call("bench", SYSTEM), lambda work: plan_erasure(work, account_id, ErasureClock.REQUEST)
    )
    measured = Measured(size)
    eraser = Eraser(postmeter.eraser.journal, postmeter.eraser.held, reached=measured.reached)
    write = postmeter.house.database.write
    postmeter.house.database.write = _timed(write, measured)  # type: ignore[method-assign]
    measured.begun = time.perf_counter()
    while not await postmeter.units.read(lambda read: _is_done(read, planned.id)):
        await eraser.step(postmeter.units, planned.id)
    postmeter.house.database.write = write  # type: ignore[method-assign]
    return measured


def _timed(write: Callable[..., Any], measured: Measured) -> Callable[..., Any]:
    async def timed(function: Callable[[Connection], T]) -> T:
        def run(connection: Connection) -> T:
            began = time.perf_counter()
            try:
                return function(connection)
            finally:
                measured.longest = max(measured.longest, time.perf_counter() - began)

        result: T = await write(run)
        return result

    return timed


def _is_done(read: Any, erasure_id: str) -> bool:
    row = erasure(read, erasure_id)
    return row is not None and row.live_erased_at is not None


def _account(work: Work) -> str:
    account_id = work.ids.new("acc")
    row = {"id": account_id, "kind": "CUSTOMER", "status": "CLOSED", "created_at": work.now}
    work.execute(insert(Account).values(row))
    post(work, [Transfer(account_id, "EUR", 1_000, Counter.PAYMENTS, PostingKind.TOP_UP, "top_bench")])
    name = work.seal(account_id, "content", "campaigns.name", "Spring")
    campaign = {"id": f"cmp_{account_id}", "account_id": account_id, "channel": "EMAIL", "status": "SENT"}
    counts = dict.fromkeys(("segments", "recipients", "credits_reserved", "credits_captured"), 0)
    instants = {"created_at": work.now, "updated_at": work.now}
    work.execute(insert(Campaign).values(**campaign, name=name, uploaded=True, **counts, **instants))
    return account_id


def _recipients(work: Work, account_id: str, count: int) -> None:
    def one() -> dict[str, Any]:
        hashed = work.entropy.bytes(32)
        address = work.seal(
            account_id, "content", "campaign_recipients.address", f"{hashed.hex()}@example.com"
        )
        row = {"campaign_id": f"cmp_{account_id}", "address_hash": hashed, "account_id": account_id}
        return {**row, "address": address}

    work.connection.execute(insert(CampaignRecipient), [one() for _ in range(count)])


def _settings(folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder}/data/postmeter.sqlite3",
        key_store_url=f"sqlite:///{folder}/keys/keys.sqlite3",
        master_key_file=folder / "keys" / "master.key",
        ledger_roots_dir=folder / "keys" / "ledger-roots",
        audit_seals_dir=folder / "keys" / "audit-seals",
        erasure_journal_file=folder / "keys" / "erasures.journal",
        policy="demo",
    )


if __name__ == "__main__":
    sys.exit(main())
