"""Due work of operations: sealing the audit log, and its verification."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from server.kit.due import Handler, Timer, schedule, schedule_unless_planned
from server.kit.work import Units, Work
from server.operations.auditing import files
from server.operations.auditing.proof import AuditReport, AuditVerification
from server.operations.auditing.seals import seal_some, seals_after

SEAL_DUE = "audit.seal"
SEAL_SECONDS = 60
_SEALS_A_READ = 100

TIMERS: Mapping[str, Timer] = {SEAL_DUE: Timer.OPERATIONAL}


def handlers(seals_dir: Path) -> Mapping[str, Handler]:
    """The steps by kind, for the due runner. Each plans its next one."""

    async def seal(units: Units, subject_id: str) -> None:
        await seal_audit(units, seals_dir)
        await units.run_unaudited(_plan_next)

    return {SEAL_DUE: seal}


def plan(work: Work) -> None:
    """Start the due work, at start-up; what is planned already stays where it is."""
    schedule_unless_planned(work, SEAL_DUE, "all", work.now)


async def seal_audit(units: Units, seals_dir: Path) -> None:
    """Seal all audit rows that are not, and write the seals that the files lack: also those that a crash left."""
    while await units.run_unaudited(seal_some):
        pass  # each round seals a batch
    number = await asyncio.to_thread(files.last_number, seals_dir)
    while seals := await units.read(partial(seals_after, number=number, limit=_SEALS_A_READ)):
        await asyncio.to_thread(files.append, seals_dir, seals)
        number = seals[-1].number


async def verify_audit(
    units: Units, seals_dir: Path, progress: Callable[[int], None] | None = None
) -> AuditReport:
    """Look at every audit row and seal, and compare with the files. `progress(entries)` after each bounded read."""
    written, faults = await asyncio.to_thread(files.read, seals_dir)
    verification = AuditVerification(written)
    for fault in faults:
        verification.report.fault(fault)
    while await units.read(verification.advance):
        if progress is not None:
            progress(verification.report.entries)
    return verification.report


def _plan_next(work: Work) -> None:
    schedule(work, SEAL_DUE, "all", work.now + timedelta(seconds=SEAL_SECONDS))
