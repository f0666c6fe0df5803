"""Which characters a folder of fonts can draw, read from the fonts' own character maps.

Rare characters in names are real; a typesetter that lacks one leaves a hole without a word. Knowing the coverage lets
the press print a visible mark (〓) and say which character was missing.
"""

from __future__ import annotations

import functools
import struct
from pathlib import Path

GETA = "〓"
"""The printer's mark for a character that is not in the case."""

_SUFFIXES = {".ttf", ".otf", ".ttc"}


def font_files(font_dir: Path) -> tuple[Path, ...]:
    """Font files below the folder, in a stable order."""
    return tuple(sorted(path for path in font_dir.rglob("*") if path.suffix.lower() in _SUFFIXES))


@functools.lru_cache(maxsize=8)
def covered(font_dir: Path) -> frozenset[int]:
    """Code points that at least one font below the folder can draw; read once per folder and process."""
    return frozenset().union(*(_code_points(path.read_bytes()) for path in font_files(font_dir)))


def unprintable(text: str, *, font_dir: Path) -> frozenset[str]:
    """Characters of the text that no font below the folder can draw (white space aside)."""
    known = covered(font_dir)
    return frozenset(char for char in set(text) if ord(char) not in known and not char.isspace())


def _code_points(font: bytes) -> set[int]:
    starts = struct.unpack_from(f">{struct.unpack_from('>I', font, 8)[0]}I", font, 12) if font[:4] == b"ttcf" else (0,)
    found: set[int] = set()
    for start in starts:
        tables = struct.unpack_from(">H", font, start + 4)[0]
        for number in range(tables):
            tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + 16 * number)
            if tag == b"cmap":
                found |= _character_map(font, offset)
    return found


def _character_map(font: bytes, cmap: int) -> set[int]:
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        offset = cmap + struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)[0]
        form = struct.unpack_from(">H", font, offset)[0]
        if form == 12:
            groups = struct.unpack_from(">I", font, offset + 12)[0]
            for first, last, _ in struct.iter_unpack(">III", font[offset + 16 : offset + 16 + 12 * groups]):
                found.update(range(first, last + 1))
        elif form == 4:
            found |= _format_4(font, offset)
    return found


def _format_4(font: bytes, offset: int) -> set[int]:
    """The segments of the 16-bit map. A segment may name a character whose glyph is 0; that is rare and harmless."""
    count = struct.unpack_from(">H", font, offset + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, offset + 14)
    begins = struct.unpack_from(f">{count}H", font, offset + 16 + 2 * count)
    return {code for first, last in zip(begins, ends, strict=True) if last != 0xFFFF for code in range(first, last + 1)}
