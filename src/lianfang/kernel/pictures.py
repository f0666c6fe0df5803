"""Photographs without what the camera wrote beside the picture: place, time, make of the telephone, names, thumbnails.

Only JPEG and PNG are taken. The picture itself is copied byte for byte, never decoded. What is left of the metadata is
which way up the picture is.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

MOST_BYTES: Final = 8 * 1024 * 1024
"""Largest picture that is taken (house choice: twice what a telephone of today makes)."""
MOST_PIXELS: Final = 100_000_000
"""More is no photograph, but something made to exhaust whoever opens it."""

_PNG = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD"})
_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""Within a scan: a marker, not a stuffed zero, a restart or a fill byte."""
_KEPT_APPLICATION = frozenset({0xE0, 0xEE})
"""JFIF, and Adobe's, without which the colours are wrong."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SOS, _EOI, _EXIF, _COMMENT = 0xDA, 0xD9, 0xE1, 0xFE


class UnusablePicture(ValueError):
    """The file is no JPEG or PNG that can be kept; ``code`` names the fault."""

    code = "picture.unusable"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """A cleaned picture."""

    kind: Literal["jpeg", "png"]
    content: bytes


def clean_picture(content: bytes) -> Picture:
    """The picture in `content` without its metadata. Raises `UnusablePicture`.

    Codes: ``picture.too_large``, ``picture.wrong_kind`` (neither JPEG nor PNG), ``picture.damaged``.
    """
    if len(content) > MOST_BYTES:
        raise UnusablePicture("picture.too_large")
    if content.startswith(_PNG):
        return Picture("png", _clean_png(content))
    if content.startswith(b"\xff\xd8\xff"):
        return Picture("jpeg", _clean_jpeg(content))
    raise UnusablePicture("picture.wrong_kind")


# ---------------------------------------------------------------- PNG


def _clean_png(content: bytes) -> bytes:
    kept, names = [_PNG], []
    for name, body, whole in _chunks(content):
        names.append(name)
        if len(names) == 1:
            if name != b"IHDR" or len(body) != 13:
                raise UnusablePicture("picture.damaged")
            _check_size(*struct.unpack(">II", body[:8]))
        if name in _KEPT_CHUNKS:
            kept.append(whole)
    if b"IDAT" not in names or names[-1:] != [b"IEND"]:
        raise UnusablePicture("picture.damaged")
    return b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, body and the whole of each chunk up to the end mark; what follows it is no part of the picture."""
    at = len(_PNG)
    while at + 12 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        name, end = content[at + 4 : at + 8], at + 12 + size
        if end > len(content) or zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end], "big"):
            raise UnusablePicture("picture.damaged")
        yield name, content[at + 8 : end - 4], content[at:end]
        if name == b"IEND":
            return
        at = end


# ---------------------------------------------------------------- JPEG


def _clean_jpeg(content: bytes) -> bytes:
    kept, turned, frames = [b"\xff\xd8"], 1, 0
    for marker, whole in _segments(content):
        if marker == _EXIF:
            turned = _orientation(whole[4:]) or turned
        elif marker in _FRAMES:
            frames += 1
            height, width = struct.unpack(">HH", whole[5:9])
            _check_size(width, height)
        if (0xE0 <= marker <= 0xEF and marker not in _KEPT_APPLICATION) or marker == _COMMENT:
            continue
        kept.append(whole)
    if not frames:
        raise UnusablePicture("picture.damaged")
    if turned != 1:
        at = 2 if kept[1:2] and kept[1].startswith(b"\xff\xe0") else 1
        kept.insert(at, _which_way_up(turned))
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each segment up to the end of the picture; a scan goes with the data behind it."""
    at = 2
    while True:
        while content[at : at + 2] == b"\xff\xff":  # fill
            at += 1
        if content[at : at + 1] != b"\xff" or at + 2 > len(content):
            raise UnusablePicture("picture.damaged")
        marker = content[at + 1]
        if marker == _EOI:
            yield marker, b"\xff\xd9"
            return
        size = int.from_bytes(content[at + 2 : at + 4], "big")
        end = at + 2 + size
        if size < 2 or end > len(content) or (marker in _FRAMES and size < 8):
            raise UnusablePicture("picture.damaged")
        if marker == _SOS:
            following = _NEXT_MARKER.search(content, end)
            if following is None:
                raise UnusablePicture("picture.damaged")
            end = following.start()
        yield marker, content[at:end]
        at = end


def _orientation(body: bytes) -> int:
    """Which way up an Exif block says the picture is (1 to 8); 0 when it says nothing that can be read."""
    tiff = body[6:]
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    if not body.startswith(b"Exif\x00\x00") or tiff[:2] not in (b"II", b"MM"):
        return 0
    first = int.from_bytes(tiff[4:8], order)
    for entry in range(int.from_bytes(tiff[first : first + 2], order)):
        at = first + 2 + 12 * entry
        if int.from_bytes(tiff[at : at + 2], order) == 0x0112:
            turned = int.from_bytes(tiff[at + 8 : at + 10], order)
            return turned if 1 <= turned <= 8 else 0
        if at > len(tiff):
            break
    return 0


def _which_way_up(turned: int) -> bytes:
    """An Exif block that says this and nothing else."""
    tiff = b"MM\x00\x2a\x00\x00\x00\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, turned, 0, 0)
    body = b"Exif\x00\x00" + tiff
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _check_size(width: int, height: int) -> None:
    if not 0 < width * height <= MOST_PIXELS:
        raise UnusablePicture("picture.damaged" if width * height == 0 else "picture.too_large")
