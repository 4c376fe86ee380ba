"""Makes a picture of a page smaller: 256 colours in a palette instead of millions, which pages hardly need.

Chromium takes the picture apart; what is written is plain PNG (ISO/IEC 15948), with the colour type 3.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode
from typing import Any

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TAKE_APART = """async (encoded) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${encoded}`)).blob());
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height).getContext('2d');
  canvas.drawImage(picture, 0, 0);
  const pixels = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const palette = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([pixel]) => pixel);
  const parts = (pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
  const far = (a, b) => a.reduce((sum, part, index) => sum + (part - b[index]) ** 2, 0);
  const known = palette.map(parts);
  const nearest = new Map([...counts.keys()].map((pixel) => {
    const wanted = parts(pixel);
    let best = 0;
    for (let index = 1; index < known.length; index += 1) {
      if (far(wanted, known[index]) < far(wanted, known[best])) best = index;
    }
    return [pixel, best];
  }));
  let indices = '';
  for (const pixel of pixels) indices += String.fromCharCode(nearest.get(pixel));
  return { width, height, palette: known.flat(), indices: btoa(indices) };
}"""


def shrunk(page: Any, png: bytes) -> bytes:
    """The same picture in the 256 colours that it has most of; `page` is any page whose policy lets it fetch data."""
    found = page.evaluate(_TAKE_APART, b64encode(png).decode())
    width, indices = found["width"], b64decode(found["indices"])
    # Each row begins with how it is filtered: not at all, which is best for flat colours.
    rows = b"".join(b"\0" + indices[start : start + width] for start in range(0, len(indices), width))
    header = struct.pack(">IIBBBBB", width, found["height"], 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", bytes(found["palette"])),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
