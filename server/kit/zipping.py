"""A ZIP file that is written file by file, in pieces, and can be gone on with after a crash (APPNOTE.TXT 6.3).

Nothing is sought back: sizes and checksums come behind each file's data. What was finished is known by its `Entry`;
the directory at the end is made of them. Without the extensions for more than 4 GiB or 65,535 files: whoever writes
one bounds it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_LOCAL, _DESCRIPTOR, _CENTRAL, _END = 0x04034B50, 0x08074B50, 0x02014B50, 0x06054B50
_VERSION = 20
_FLAGS = 1 << 3 | 1 << 11
"""Sizes come behind the data, and names are UTF-8."""
_DEFLATED = 8
_HEADER_BYTES, _SIZES_BYTES = 30, 16
_MIDNIGHT, _DAY_ONE = 0, 1 << 5 | 1
"""1 January 1980: when a file was made is said by the package, not by its files."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finished file, as the directory has it. `begins_at` is how many bytes come before it."""

    name: str
    crc: int
    packed_bytes: int
    plain_bytes: int
    begins_at: int

    @property
    def ends_at(self) -> int:
        """How many bytes there are with it: its header, its data, and the sizes behind it."""
        return self.begins_at + _HEADER_BYTES + len(self.name.encode()) + self.packed_bytes + _SIZES_BYTES


class Packing:
    """One file as it is written. The bytes of each call go behind those of the one before."""

    def __init__(self, name: str, begins_at: int) -> None:
        self._name, self._begins_at = name, begins_at
        self._packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        self._crc = self._packed = self._plain = 0

    def begin(self) -> bytes:
        """What comes before the data."""
        name = self._name.encode()
        facts = (_VERSION, _FLAGS, _DEFLATED, _MIDNIGHT, _DAY_ONE, 0, 0, 0, len(name), 0)
        return struct.pack("<IHHHHHIIIHH", _LOCAL, *facts) + name

    def add(self, data: bytes) -> bytes:
        """Some more of the file; what comes out of it so far."""
        self._crc = zlib.crc32(data, self._crc)
        self._plain += len(data)
        return self._counted(self._packer.compress(data))

    def end(self) -> tuple[bytes, Entry]:
        """The rest of the file, and how the directory knows it."""
        rest = self._counted(self._packer.flush())
        told = struct.pack("<IIII", _DESCRIPTOR, self._crc, self._packed, self._plain)
        return rest + told, Entry(self._name, self._crc, self._packed, self._plain, self._begins_at)

    def _counted(self, packed: bytes) -> bytes:
        self._packed += len(packed)
        return packed


def directory(entries: Iterable[Entry], begins_at: int) -> bytes:
    """The end of the file, behind all entries."""
    lines = [_line(entry) for entry in entries]
    listed = b"".join(lines)
    count = len(lines)
    return listed + struct.pack("<IHHHHIIH", _END, 0, 0, count, count, len(listed), begins_at, 0)


def _line(entry: Entry) -> bytes:
    name = entry.name.encode()
    made = (_VERSION, _VERSION, _FLAGS, _DEFLATED, _MIDNIGHT, _DAY_ONE)
    sizes = (entry.crc, entry.packed_bytes, entry.plain_bytes, len(name))
    return struct.pack("<IHHHHHHIIIHHHHHII", _CENTRAL, *made, *sizes, 0, 0, 0, 0, 0, entry.begins_at) + name
