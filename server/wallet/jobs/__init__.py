"""Work of the ledger that nobody asks for by a mutation: the daily signed root, expiring holds, verification, and
destroying the secrets of erased wallets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select

from server.kit.crypto import Signer
from server.kit.due import Handler, Timer, schedule, schedule_unless_planned
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Read, Units, Work
from server.wallet.actions import SHRED_DUE, expire_due
from server.wallet.jobs.roots import RootInvalid, RootWriter, SignedRoot, read_root, root_paths
from server.wallet.model import Hold, Wallet
from server.wallet.reads.erasure import erased
from server.wallet.reads.proof import Anchors, Report, Verification, leaves_after, wallets_total
from server.wallet.rules import CHAIN_KEY, HoldState
from server.wallet.rules.erasure import SIGNING_KEY

ROOT_DUE = "wallet.root"
SWEEP_DUE = "wallet.sweep_holds"
_ROOT_HOURS = 24
_SWEEP_SECONDS = 60
_HOLDS_A_SWEEP = 100
_LEAVES_A_READ = 1_000

TIMERS: Mapping[str, Timer] = dict.fromkeys((ROOT_DUE, SWEEP_DUE, SHRED_DUE), Timer.OPERATIONAL)
"""The expiry of a hold is no term of a contract: it gives back what was set aside."""


def handlers(roots_dir: Path) -> dict[str, Handler]:
    """The slice's due work. Each step plans its next one."""

    async def root(units: Units, subject_id: str) -> None:
        await write_root(units, roots_dir)
        await units.run_unaudited(_plan_root)

    async def sweep(units: Units, subject_id: str) -> None:
        await sweep_holds(units)

    return {ROOT_DUE: root, SWEEP_DUE: sweep, SHRED_DUE: shred}


def plan(work: Work) -> None:
    """Start the slice's due work, at start-up; what is planned already stays where it is."""
    for kind in (ROOT_DUE, SWEEP_DUE):
        schedule_unless_planned(work, kind, "all", work.now)


async def shred(units: Units, wallet_id: str) -> None:
    """Destroy the chain secret of an erased wallet; again and again, if need be. A living wallet keeps its own."""

    def destroy(work: Work) -> None:
        if work.first(select(Wallet.id).where(Wallet.id == wallet_id)) is None:
            work.keys.destroy(wallet_id, [CHAIN_KEY])

    await units.run_unaudited(destroy)


async def sweep_holds(units: Units) -> None:
    """Expire what is over, and come back for the next hold to expire.

    A hold lasts at least a minute and the sweep comes every minute, so each hold is seen before its expiry and
    ended at it.
    """
    call = Call("expireHolds", SYSTEM)
    while await units.read(_next_expiry_is_over):
        await units.run(call, lambda work: expire_due(work, _HOLDS_A_SWEEP))
    await units.run_unaudited(_plan_sweep)


async def write_root(units: Units, roots_dir: Path) -> Path:
    """Sign the heads of all wallets into a new file of `roots_dir`; returns its path.

    Heads are read page by page: each wallet's is true at its moment, and no snapshot stays open.
    """
    signer = await units.read(_signer)
    # Read first: what is erased from here on is one more than this root says, and so is not compared with it.
    bucket = await units.read(erased)
    writer = await asyncio.to_thread(RootWriter, roots_dir, signer, units.house.clock.now(), bucket)
    page = partial(leaves_after, wallet_id="", limit=_LEAVES_A_READ)
    while leaves := await units.read(page):
        await asyncio.to_thread(writer.add, leaves)
        page = partial(leaves_after, wallet_id=leaves[-1].wallet_id, limit=_LEAVES_A_READ)
    return await asyncio.to_thread(writer.finish)


async def verify_ledger(
    units: Units, *, progress: Callable[[int, int], None] | None = None, roots_dir: Path | None = None
) -> Report:
    """Replay every wallet, and compare with the signed roots of `roots_dir`.

    `progress(wallets done, wallets in all)` is called after each bounded read. The server may go on writing.
    """
    signer = await units.read(_signer)
    roots, faults = await asyncio.to_thread(_signed_roots, roots_dir, signer)
    verification = Verification([Anchors(root.name, root.leaves(), root.erased) for root in roots])
    report = verification.report
    report.roots = len(roots)
    report.last_root_at = roots[-1].at if roots else None
    for name, what in faults:
        report.fault(f"root {name}", None, what)
    total = await units.read(wallets_total)
    while await units.read(verification.advance):
        if progress is not None:
            progress(report.wallets, max(total, report.wallets))
    if progress is not None:
        progress(report.wallets, report.wallets)
    return report


def _signed_roots(folder: Path | None, signer: Signer) -> tuple[list[SignedRoot], list[tuple[str, str]]]:
    """The roots that hold, the oldest first, and what is wrong with the others."""
    roots: list[SignedRoot] = []
    faults: list[tuple[str, str]] = []
    for path in root_paths(folder) if folder is not None else []:
        try:
            root = read_root(path, signer)
        except RootInvalid:
            faults.append((path.stem, "the file is damaged or not signed by this server"))
            continue
        if roots and root.previous != roots[-1].digest:
            faults.append((root.name, "the root before it is another or is missing"))
        roots.append(root)
    return roots, faults


def _signer(read: Read) -> Signer:
    return read.keys.signer(SIGNING_KEY)


def _next_expiry(read: Read) -> datetime | None:
    query = select(Hold.expires_at).where(Hold.state == HoldState.OPEN.value)
    return read.scalar(query.order_by(Hold.expires_at).limit(1))  # type: ignore[no-any-return]


def _next_expiry_is_over(read: Read) -> bool:
    next_expiry = _next_expiry(read)
    return next_expiry is not None and next_expiry <= read.now


def _plan_root(work: Work) -> None:
    schedule(work, ROOT_DUE, "all", work.now + timedelta(hours=_ROOT_HOURS))


def _plan_sweep(work: Work) -> None:
    due_at = work.now + timedelta(seconds=_SWEEP_SECONDS)
    next_expiry = _next_expiry(work)
    schedule(work, SWEEP_DUE, "all", due_at if next_expiry is None else min(due_at, next_expiry))
