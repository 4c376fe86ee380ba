"""The audit log holds: what is changed, taken out or put in is found, and concurrent writers wait for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from server.kit.audit import AuditEntry, AuditSeal
from server.kit.clock import from_micros
from server.kit.viewer import Viewer
from server.kit.work import Call, Units, Work
from server.operations.auditing import files
from server.operations.jobs import seal_audit, verify_audit

_entries = AuditEntry.__table__


async def write(units: Units, count: int) -> None:
    calls = (Call(f"action{number}", Viewer("acc_1"), f"req_{number}") for number in range(count))
    await asyncio.gather(*(units.run(call, lambda work: None) for call in calls))


async def rows(units: Units) -> list[Mapping[str, Any]]:
    query = select(_entries).order_by(_entries.c.id)
    return [row._mapping for row in await units.read(lambda read: read.rows(query))]


def paths(seals_dir: Path) -> list[Path]:
    return list(seals_dir.iterdir())


async def faults(units: Units, seals_dir: Path) -> list[str]:
    report = await verify_audit(units, seals_dir)
    assert report.intact is (not report.faults)
    return report.faults


@pytest.fixture
async def seals_dir(units: Units, tmp_path: Path) -> Path:
    """The seals of a log with two seals, of five rows and of three, and two rows that no seal has."""
    folder = tmp_path / "seals"
    for count in (5, 3):
        await write(units, count)
        await seal_audit(units, folder)
    await write(units, 2)
    return folder


def _forge(work: Work, row: Mapping[str, Any], **changes: Any) -> None:
    """What somebody can do who owns the database: the trigger does not see it."""
    work.execute(delete(AuditEntry).where(AuditEntry.id == row["id"]))
    work.execute(insert(AuditEntry).values({**row, **changes}))


async def test_what_was_written_is_intact_and_sealed_once(units: Units, seals_dir: Path) -> None:
    report = await verify_audit(units, seals_dir)
    assert (report.entries, report.unsealed, report.seals, report.faults) == (10, 2, 2, [])
    await seal_audit(units, seals_dir)
    await seal_audit(units, seals_dir)
    report = await verify_audit(units, seals_dir)
    assert (report.entries, report.unsealed, report.seals, report.faults) == (10, 0, 3, [])
    written, damage = files.read(seals_dir)
    assert (sorted(written), damage) == ([1, 2, 3], [])
    assert sum(path.stat().st_mode & 0o077 for path in paths(seals_dir)) == 0


Tamper = Callable[[Work, list[Mapping[str, Any]]], object]
TAMPERING: dict[str, tuple[Tamper, str]] = {
    "a sealed row says another thing": (
        lambda work, rows: _forge(work, rows[1], outcome="FORGED"),
        "was not written by this server as it is",
    ),
    "a row that is not sealed yet says another thing": (
        lambda work, rows: _forge(work, rows[9], account_id="acc_2"),
        "was not written by this server as it is",
    ),
    "a row is gone": (
        lambda work, rows: work.execute(delete(AuditEntry).where(AuditEntry.id == rows[6]["id"])),
        "seal 2 was made over 3 entries, and has 2",
    ),
    "a copy of a row is put in": (
        lambda work, rows: work.execute(insert(AuditEntry).values({**rows[0], "id": "aud_0", "seal": None})),
        "entry aud_0 was not written by this server as it is",
    ),
    "a row is moved from one seal to another": (
        lambda work, rows: (_forge(work, rows[0], seal=2), _forge(work, rows[7], seal=1)),
        "seal 1: its entries are others",
    ),
    "a row without a link is put into a seal": (
        lambda work, rows: work.execute(insert(AuditEntry).values({**rows[6], "id": "aud_z", "link": None})),
        "entry aud_z was not written by this server as it is",
    ),
    "a seal is gone": (
        lambda work, rows: work.execute(delete(AuditSeal).where(AuditSeal.number == 1)),
        "seal 1 is missing",
    ),
    "a seal is changed to fit": (
        lambda work, rows: (
            work.execute(delete(AuditEntry).where(AuditEntry.id == rows[6]["id"])),
            work.execute(update(AuditSeal).where(AuditSeal.number == 2).values(entries=2)),
        ),
        "seal 2 is not signed by this server",
    ),
    "the end is cut off, rows and seals": (
        lambda work, rows: (
            work.execute(delete(AuditEntry).where(AuditEntry.seal == 2)),
            work.execute(delete(AuditSeal).where(AuditSeal.number == 2)),
        ),
        "the files have seals up to 2, the database up to 1",
    ),
    "only the seal at the end is cut off": (
        lambda work, rows: work.execute(delete(AuditSeal).where(AuditSeal.number == 2)),
        "3 entries are of seals that are missing",
    ),
}


@pytest.mark.rule("H015")
async def test_every_way_of_tampering_is_found(units: Units, seals_dir: Path) -> None:
    before = await rows(units)
    for what, (tamper, expected) in TAMPERING.items():

        def change(work: Work, tamper: Tamper = tamper) -> None:
            tamper(work, before)

        await units.run_unaudited(change)
        found = await faults(units, seals_dir)
        assert any(expected in fault for fault in found), (what, found)
        await units.run_unaudited(lambda work: _restore(work, before, seals_dir))
        assert await faults(units, seals_dir) == [], what


def _restore(work: Work, before: list[Mapping[str, Any]], seals_dir: Path) -> None:
    work.execute(delete(AuditEntry))
    work.execute(delete(AuditSeal))
    for row in before:
        work.execute(insert(AuditEntry).values(dict(row)))
    for seal in files.read(seals_dir)[0].values():
        values = {"number": seal.number, "at": from_micros(seal.at_micros), "entries": seal.entries}
        signed = {"root": seal.root, "previous": seal.previous, "signature": seal.signature}
        work.execute(insert(AuditSeal).values({**values, **signed}))


async def test_a_damaged_file_is_named_and_does_not_end_the_sealing(units: Units, seals_dir: Path) -> None:
    (path,) = paths(seals_dir)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])  # the machine stopped in the middle of a line
    await seal_audit(units, seals_dir)
    written, damage = files.read(seals_dir)
    assert sorted(written) == [1, 2, 3], "what the crash lost is written again"
    assert damage == [f"{path.name}: line 2 is damaged"]
    assert await faults(units, seals_dir) == damage


async def test_writers_go_on_while_it_is_sealed_and_verified(units: Units, tmp_path: Path) -> None:
    seals_dir = tmp_path / "seals"

    async def seal() -> list[str]:
        found: list[str] = []
        for _ in range(4):
            await seal_audit(units, seals_dir)
            found += await faults(units, seals_dir)
        return found

    found, *_ = await asyncio.gather(seal(), *(write(units, 40) for _ in range(5)))
    assert found == []
    await seal_audit(units, seals_dir)
    report = await verify_audit(units, seals_dir)
    assert (report.entries, report.unsealed, report.faults) == (200, 0, [])
