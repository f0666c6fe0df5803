"""Names of a whole column: plain Chinese names by their characters, the others by the kernel, each text once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.kernel.names import fuzzy_key, pinyin_full, simplified
from lianfang.kernel.surnames import COMPOUND, READINGS
from lianfang.matching.cells import Cells, Flags, Numbers, mixed
from lianfang.matching.single import NameCell, read_name_cell

_FIRST, _LAST = 0x4E00, 0x9FFF
_LONGEST = 4
_KNOWN, _HEAD, _BODY = 1, 2, 4
_NOT_FIRST, _NOT_LATER = "无空", "某等口人位无"
"""Characters with which the kernel's cheap reading (its ``_ORDINARY``) has to look closer …"""
_ENDINGS = (
    "先生 女士 同志 小姐 师傅 阿姨 大爷 大妈 老师 医生 太太 同学 朋友 一家 全家 夫妇 妻俩 家人 不详 未知 不明 没有 暂无"
).split()
"""… and the endings that make of the others (明, 志, 学) a title, a company or a word for nobody."""


class NameColumns(NamedTuple):
    """The columns of names; `cells` are readings by row of those that name several people or tell something else."""

    name: pa.Array
    name_py: pa.Array
    name_fz: pa.Array
    name_mask: pa.Array
    surname_only: Flags
    cells: dict[int, NameCell]
    slow: Numbers
    """The rows the kernel read."""


class _Characters:
    """What is known of each character: whether it may stand in a plain name, and its sounds. Fills itself from the
    kernel as characters are met."""

    def __init__(self) -> None:
        self.use = np.zeros(0x10000, np.uint8)
        self.sound = np.zeros((2, 0x10000), np.int32)
        """By place in the name (surname, given name) and character: the position in `py` and `fz`; 0 is no sound."""
        self._positions: dict[tuple[str, str], int] = {("", ""): 0}
        self.py = self.fz = pa.array([""], pa.string())
        self._surnames, self._opens, _ = _pairs([name for name in (*COMPOUND, *READINGS) if len(name) == 2])
        self._endings, _, self._closes = _pairs(_ENDINGS)

    def learn(self, codes: npt.NDArray[np.int64]) -> None:
        """Ask the kernel about characters not met before."""
        new = np.unique(codes[self.use[codes] == 0])
        for code in new.tolist():
            self._learn(code)
        if len(new):
            self.py, self.fz = (pa.array(column, pa.string()) for column in zip(*self._positions, strict=True))

    def _learn(self, code: int) -> None:
        self.use[code] = _KNOWN
        sign = chr(code)
        if not _FIRST <= code <= _LAST or simplified(sign) != sign:
            return
        py, fz = pinyin_full(f"王{sign}").removeprefix("wang "), fuzzy_key(f"王{sign}").removeprefix("wan ")
        head = pinyin_full(sign), fuzzy_key(sign)
        if not all(text.isascii() and text.isalpha() for text in (py, fz, *head)):
            return
        self.sound[0, code], self.sound[1, code] = self._position(*head), self._position(py, f" {fz}")
        self.use[code] |= (sign not in _NOT_FIRST) * _HEAD | (sign not in _NOT_LATER) * _BODY

    def _position(self, py: str, fz: str) -> int:
        return self._positions.setdefault((py, fz), len(self._positions))

    def plain(self, codes: npt.NDArray[np.int64]) -> Flags:
        """Which rows of characters are plain names of a single-character surname."""
        self.learn(codes)
        use = self.use[codes]
        good: Flags = (use[:, 0] & _HEAD > 0) & (use[:, 1:] & _BODY > 0).all(axis=1)
        doubtful = np.flatnonzero(good & self._opens[codes[:, 0]])
        good[doubtful] = ~np.isin(codes[doubtful, 0] << 16 | codes[doubtful, 1], self._surnames)
        doubtful = np.flatnonzero(good & self._closes[codes[:, -1]])
        good[doubtful] = ~np.isin(codes[doubtful, -2] << 16 | codes[doubtful, -1], self._endings)
        return good


def _pairs(words: list[str]) -> tuple[npt.NDArray[np.int64], Flags, Flags]:
    """Words of two characters as numbers, and by character whether it opens and whether it closes one."""
    codes = np.array([[ord(word[0]), ord(word[1])] for word in words], np.int64)
    opens, closes = np.zeros(0x10000, bool), np.zeros(0x10000, bool)
    opens[codes[:, 0]] = closes[codes[:, 1]] = True
    return codes[:, 0] << 16 | codes[:, 1], opens, closes


_characters = _Characters()


def read_names(cells: Cells) -> NameColumns:
    """Read a column of names."""
    rows = len(cells)
    good = np.zeros(rows, bool)
    sounds = np.zeros((_LONGEST, rows), np.int32)
    for length in range(2, _LONGEST + 1):
        at = cells.with_length(3 * length)
        codes = _code_points(cells, at, length)
        at, codes = at[(codes > 0).all(axis=1)], codes[(codes > 0).all(axis=1)]
        plain = _characters.plain(codes)
        at, codes = at[plain], codes[plain]
        good[at] = True
        sounds[0, at] = _characters.sound[0, codes[:, 0]]
        for place in range(1, length):
            sounds[place, at] = _characters.sound[1, codes[:, place]]
    slow = np.flatnonzero(~good & cells.filled)
    texts, which = cells.distinct(slow)
    read = [read_name_cell(text) for text in texts]
    surname_only = np.zeros(rows, bool)
    surname_only[slow] = np.array([one.words.surname_only for one in read], bool)[which] if read else False
    telling = {at for at, one in enumerate(read) if one.beside or len(one.people) > 1}
    return NameColumns(
        name=mixed(cells.text, good, slow, [one.words.name for one in read], which),
        name_py=mixed(_joined(sounds, _characters.py), good, slow, [one.words.name_py for one in read], which),
        name_fz=mixed(_joined(sounds, _characters.fz), good, slow, [one.words.name_fz for one in read], which),
        name_mask=mixed(cells.text, np.zeros(rows, bool), slow, [one.words.name_mask for one in read], which),
        surname_only=surname_only,
        cells=_rows_of(telling, read, slow, which),
        slow=slow,
    )


def _rows_of(telling: set[int], read: list[NameCell], rows: Numbers, which: Numbers) -> dict[int, NameCell]:
    if not telling:
        return {}
    found = np.flatnonzero(np.isin(which, list(telling)))
    return {int(rows[at]): read[which[at]] for at in found}


def _code_points(cells: Cells, rows: Numbers, length: int) -> npt.NDArray[np.int64]:
    """The characters of cells that hold three bytes for each; 0 where there is another one among them."""
    signs = cells.windows(rows, 3 * length).reshape(len(rows), length, 3).astype(np.int64)
    codes = (signs[:, :, 0] & 0x0F) << 12 | (signs[:, :, 1] & 0x3F) << 6 | signs[:, :, 2] & 0x3F
    codes[signs[:, :, 0] >> 4 != 0xE] = 0
    return codes


def _joined(sounds: npt.NDArray[np.int32], table: pa.Array) -> pa.Array:
    """The sounds of each row, one behind the other."""
    return pc.binary_join_element_wise(*(table.take(pa.array(place)) for place in sounds), "")
