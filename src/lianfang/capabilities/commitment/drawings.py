"""Pictures of signatures: a drawing from the screen is checked to be one and packed anew, a photograph is cleaned."""

from __future__ import annotations

import base64
import binascii
import struct
import zlib
from typing import Final

from lianfang.kernel.pictures import Picture, UnusablePicture, clean_picture

WIDEST, HIGHEST = 1200, 600
"""Pixels of a drawing; the page's field makes far fewer."""
MOST_DRAWING_BYTES: Final = 200_000
DATA_URL: Final = "data:image/png;base64,"
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_SIGNATURE_BYTES: Final = 8


class NoDrawing(ValueError):
    """The picture is no drawn signature; ``code`` names the fault."""

    code = "commitment.bad_drawing"


def from_text(text: str) -> bytes:
    """The bytes of a picture that came as base64, with or without a browser's prefix. Raises `NoDrawing`."""
    try:
        return base64.b64decode(text.removeprefix(DATA_URL), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise NoDrawing("not base64") from fault


def drawn(content: bytes) -> bytes:
    """The drawing as a PNG of nothing but its pixels, packed anew. Raises `NoDrawing` also for an empty field."""
    if len(content) > MOST_DRAWING_BYTES:
        raise NoDrawing("too large")
    try:
        picture = clean_picture(content)
    except UnusablePicture as fault:
        raise NoDrawing(fault.code) from fault
    if picture.kind != "png":
        raise NoDrawing("no PNG")
    head, palette, packed = _parts(picture.content)
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if not (0 < width <= WIDEST and 0 < height <= HIGHEST) or depth != 8 or interlaced or colour not in _CHANNELS:
        raise NoDrawing("wrong size or kind")
    pixels = _unpacked(packed, room=(width * _CHANNELS[colour] + 1) * height)
    if not any(pixels) or len(set(pixels)) < 3:
        raise NoDrawing("nothing drawn")
    chunks = [(b"IHDR", head), *palette, (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return content[:_SIGNATURE_BYTES] + b"".join(_chunk(name, body) for name, body in chunks)


def photographed(content: bytes) -> Picture:
    """A photograph of a signed paper, without what the camera wrote beside it. Raises `UnusablePicture`."""
    return clean_picture(content)


def _parts(png: bytes) -> tuple[bytes, list[tuple[bytes, bytes]], bytes]:
    """Header, palette chunks and packed pixels of a sound PNG."""
    head, palette, packed, at = b"", [], [], _SIGNATURE_BYTES
    while at < len(png):
        size = int.from_bytes(png[at : at + 4], "big")
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        if name == b"IHDR":
            head = body
        elif name in (b"PLTE", b"tRNS"):
            palette.append((name, body))
        elif name == b"IDAT":
            packed.append(body)
        at += 12 + size
    return head, palette, b"".join(packed)


def _unpacked(packed: bytes, *, room: int) -> bytes:
    """The pixels, exactly as many as the header promises: a small file cannot grow beyond that."""
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(packed, room + 1)
    except zlib.error as fault:
        raise NoDrawing("damaged") from fault
    if len(pixels) != room:
        raise NoDrawing("damaged")
    return pixels


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")
