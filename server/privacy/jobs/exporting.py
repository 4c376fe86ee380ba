"""Due work of copies of data: building packages file by file, in constant memory, and deleting them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from server.kit.due import Handler, Timer, schedule
from server.kit.viewer import SYSTEM
from server.kit.work import Call, Units
from server.kit.zipping import Packing, directory
from server.privacy.actions import packing
from server.privacy.actions.exporting import BUILD, DELETE, delete_export, give_up
from server.privacy.actions.packing import MANIFEST, Finished, PackageLost, PackageTooLarge
from server.privacy.adapters.forms import Writer, writer_of
from server.privacy.reads import exporting as reads
from server.privacy.reads.exporting import Part
from server.privacy.reads.manifest import manifest
from server.privacy.rules.exporting import Form, PackageTerms

TIMERS: Mapping[str, Timer] = {BUILD: Timer.OPERATIONAL, DELETE: Timer.STATUTORY}


def handlers() -> Mapping[str, Handler]:
    """The steps by kind, for the due runner."""

    async def forget(units: Units, export_id: str) -> None:
        await units.run(Call(DELETE, SYSTEM), lambda work: delete_export(work, export_id))

    return {BUILD: build, DELETE: forget}


async def build(units: Units, export_id: str) -> None:
    """Write some files of a package; what is left goes on as due work of its own. A crash costs the file that was
    being written.
    """
    terms = units.house.terms.get(PackageTerms)
    rows_left = terms.rows_a_step
    try:
        for _ in range(terms.files_a_step):
            part = await units.read(partial(reads.next_part, export_id=export_id))
            if part is None:
                return
            if part.exported is None:
                await _end(units, part)
                return
            rows_left -= await _file(units, part)
            if rows_left <= 0:
                break
    except PackageLost:
        return  # cancelled, or in other hands
    except PackageTooLarge:
        await units.run(Call(BUILD, SYSTEM), lambda work: give_up(work, export_id))
        return
    await units.run_unaudited(lambda work: schedule(work, BUILD, export_id, work.now))


class _Pieces:
    """Takes the bytes of a file, and stores them as soon as they fill a piece. Raises PackageLost."""

    def __init__(self, units: Units, part: Part, writer: str) -> None:
        self._units, self._part, self._writer = units, part, writer
        self._limit = units.house.terms.get(PackageTerms).chunk_bytes
        self.position = part.row.chunks
        self.rest = bytearray()

    async def add(self, data: bytes) -> None:
        self.rest += data
        while len(self.rest) >= self._limit:
            piece = bytes(self.rest[: self._limit])
            del self.rest[: self._limit]
            store = partial(packing.store_chunk, part=self._part, writer=self._writer)
            await self._units.run_unaudited(partial(store, position=self.position, data=piece))
            self.position += 1


async def _file(units: Units, part: Part) -> int:
    """Write one file; how many rows it has. Raises PackageLost, PackageTooLarge."""
    name = await units.run_unaudited(partial(packing.begin_file, part=part))
    pieces, zipped = _Pieces(units, part, name), Packing(part.name, part.row.size_bytes)
    writer = await asyncio.to_thread(writer_of, part)
    try:
        await pieces.add(zipped.begin())
        rows, after = await _rows(units, part, writer, zipped, pieces)
        for piece in await asyncio.to_thread(writer.end):
            await pieces.add(await asyncio.to_thread(zipped.add, piece))
    finally:
        await asyncio.to_thread(writer.close)
    rest, entry = zipped.end()
    finish = partial(packing.end_file, part=part, writer=name, finished=Finished(entry, rows, after))
    await units.run_unaudited(partial(finish, position=pieces.position, data=bytes(pieces.rest) + rest))
    return rows


async def _rows(
    units: Units, part: Part, writer: Writer, zipped: Packing, pieces: _Pieces
) -> tuple[int, str | None]:
    """Write the rows of a file, page by page; how many, and where the next file goes on."""
    terms = units.house.terms.get(PackageTerms)
    rows, after = 0, part.after
    if part.form is Form.SCHEMA:
        return 0, None
    while (left := terms.rows_in(part.form) - rows) > 0:
        limit = min(left, terms.rows_a_read)
        page = await units.read(partial(reads.rows_after, part=part, after=after, limit=limit))
        added = await asyncio.to_thread(writer.add, page.rows)
        await pieces.add(await asyncio.to_thread(zipped.add, added))
        rows, after = rows + len(page.rows), page.after
        if after is None:
            break
    return rows, after


async def _end(units: Units, part: Part) -> None:
    """Write the manifest and the directory. Raises PackageLost."""
    name = await units.run_unaudited(partial(packing.begin_file, part=part))
    said = await units.read(lambda read: reads.json_of(manifest(read, part.row)))
    entries = await units.read(partial(reads.entries, export_id=part.row.id))
    zipped = Packing(MANIFEST, part.row.size_bytes)
    begun = zipped.begin() + zipped.add(said)
    rest, entry = zipped.end()
    data = begun + rest + directory([*entries, entry], entry.ends_at)
    finish = partial(packing.end_package, part=part, writer=name, entry=entry)
    await units.run(
        Call(BUILD, SYSTEM, subjects=part.row.id), partial(finish, position=part.row.chunks, data=data)
    )
