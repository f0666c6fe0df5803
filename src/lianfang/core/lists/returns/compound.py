"""One stream of a compound file (the container of .xls, [MS-CFB]) replaced; every other stream stays where it is."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from .errors import ReturnRefused

_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE, _END, _FAT, _DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_IN_HEADER: Final = 109
"""Entries of the table of allocation sectors that fit into the header."""
_ENTRY: Final = 128


class CompoundFile:
    """A compound file in memory. Raises ReturnRefused ``return.unreadable`` for what is none, or is damaged."""

    def __init__(self, source: Path) -> None:
        self._name = source.name
        self._data = bytearray(source.read_bytes())
        try:
            self._open()
        except (struct.error, IndexError, ValueError) as error:
            raise self._unreadable() from error

    def _unreadable(self) -> ReturnRefused:
        return ReturnRefused("return.unreadable", f"{self._name} cannot be opened as a workbook.")

    def _open(self) -> None:
        if self._data[:8] != _MAGIC or len(self._data) < 512:
            raise ValueError("no compound file")
        self._sector: int = 1 << int(struct.unpack_from("<H", self._data, 30)[0])
        self._directory, self._cutoff = struct.unpack_from("<I4xI", self._data, 48)
        self._mini_fat_start = struct.unpack_from("<I", self._data, 60)[0]
        if self._sector not in (512, 4096):
            raise ValueError("sector size")
        self._fat_sectors, self._difat_sectors = self._allocation()
        self._fat = [entry for sector in self._fat_sectors for entry in self._numbers(sector)]
        self._entries = self._chain(self._directory)

    def _allocation(self) -> tuple[list[int], list[int]]:
        found = [one for one in struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76) if one < _DIFAT]
        extra: list[int] = []
        sector = struct.unpack_from("<I", self._data, 68)[0]
        while sector < _DIFAT:
            if sector in extra:
                raise ValueError("loop")
            extra.append(sector)
            *entries, sector = self._numbers(sector)
            found += [one for one in entries if one < _DIFAT]
        return found, extra

    def _at(self, sector: int) -> int:
        return (sector + 1) * self._sector

    def _numbers(self, sector: int) -> list[int]:
        return list(struct.unpack_from(f"<{self._sector // 4}I", self._data, self._at(sector)))

    def _chain(self, sector: int) -> list[int]:
        chain: list[int] = []
        while sector < _DIFAT:
            chain.append(sector)
            if len(chain) > len(self._fat):
                raise ValueError("loop")
            sector = self._fat[sector]
        return chain

    def _read(self, chain: list[int]) -> bytes:
        return b"".join(self._data[self._at(one) : self._at(one) + self._sector] for one in chain)

    def _entry(self, name: str) -> int:
        """Offset in the file of the directory entry of a stream of this name, -1 if there is none."""
        wanted = name.encode("utf-16-le")
        for sector in self._entries:
            for at in range(self._at(sector), self._at(sector) + self._sector, _ENTRY):
                length, kind = struct.unpack_from("<HB", self._data, at + 64)
                if kind == 2 and length == len(wanted) + 2 and self._data[at : at + len(wanted)] == wanted:
                    return at
        return -1

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream kept in ordinary sectors; ``None`` if it is absent or so small that it is not."""
        try:
            at = self._entry(name)
            start, size = struct.unpack_from("<II", self._data, at + 116) if at >= 0 else (0, 0)
            content = self._read(self._chain(start))[:size] if size >= self._cutoff else None
        except (IndexError, ValueError, struct.error) as error:
            raise self._unreadable() from error
        if content is not None and len(content) < size:
            raise self._unreadable()
        return content

    def replace(self, name: str, content: bytes) -> None:
        """Put other bytes into a stream that `stream` can read; its own sectors are used again, new ones appended."""
        at = self._entry(name)
        content = content.ljust(self._cutoff, b"\0")
        old = self._chain(struct.unpack_from("<I", self._data, at + 116)[0])
        needed = -(-len(content) // self._sector)
        chain = old[:needed]
        for sector in old[needed:]:
            self._fat[sector] = _FREE
        chain += [self._new_sector(_END) for _ in range(needed - len(chain))]
        for before, after in zip(chain, [*chain[1:], _END], strict=True):
            self._fat[before] = after
        padded = content.ljust(needed * self._sector, b"\0")
        for place, sector in enumerate(chain):
            piece = padded[place * self._sector : (place + 1) * self._sector]
            self._data[self._at(sector) : self._at(sector) + self._sector] = piece
        struct.pack_into("<II", self._data, at + 116, chain[0], len(content))
        self._write_allocation()

    def _new_sector(self, meaning: int) -> int:
        whole = -(-len(self._data) // self._sector) * self._sector
        self._data.extend(bytes(whole - len(self._data) + self._sector))
        number = whole // self._sector - 1
        self._fat.extend([_FREE] * (number + 1 - len(self._fat)))
        self._fat[number] = meaning
        return number

    def _write_allocation(self) -> None:
        per_sector = self._sector // 4
        while len(self._fat) > len(self._fat_sectors) * per_sector:
            self._fat_sectors.append(self._new_sector(_FAT))
        while len(self._fat_sectors) - _IN_HEADER > len(self._difat_sectors) * (per_sector - 1):
            self._difat_sectors.append(self._new_sector(_DIFAT))
            if len(self._fat) > len(self._fat_sectors) * per_sector:
                self._fat_sectors.append(self._new_sector(_FAT))
        self._fat.extend([_FREE] * (len(self._fat_sectors) * per_sector - len(self._fat)))
        for place, sector in enumerate(self._fat_sectors):
            entries = self._fat[place * per_sector : (place + 1) * per_sector]
            struct.pack_into(f"<{per_sector}I", self._data, self._at(sector), *entries)
        listed = self._fat_sectors + [_FREE] * (_IN_HEADER - len(self._fat_sectors))
        struct.pack_into(f"<{_IN_HEADER}I", self._data, 76, *listed[:_IN_HEADER])
        first = self._difat_sectors[0] if self._difat_sectors else _END
        struct.pack_into("<I", self._data, 44, len(self._fat_sectors))
        struct.pack_into("<II", self._data, 68, first, len(self._difat_sectors))
        rest = self._fat_sectors[_IN_HEADER:]
        for place, sector in enumerate(self._difat_sectors):
            entries = rest[place * (per_sector - 1) : (place + 1) * (per_sector - 1)]
            entries += [_FREE] * (per_sector - 1 - len(entries))
            following = self._difat_sectors[place + 1] if place + 1 < len(self._difat_sectors) else _END
            struct.pack_into(f"<{per_sector}I", self._data, self._at(sector), *entries, following)

    def save(self, target: Path) -> None:
        """Write the file."""
        target.write_bytes(self._data)
