"""Document numbers and telephones of a whole column."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lianfang.kernel.cells import clean_text
from lianfang.kernel.divisions import PROVINCES
from lianfang.kernel.identity import IdentityKind, kind_of_hint, read_identity
from lianfang.matching.cells import ZERO, Bytes, Cells, Flags, Numbers, mixed
from lianfang.matching.days import real_days
from lianfang.matching.single import NumberWords, read_number_cell, read_phone_cell

_WIDTH = 18
_WEIGHTS = np.array((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), np.int32)
_CHECKS = np.frombuffer(b"10X98765432", np.uint8)
_X, _STAR = ord("X"), ord("*")
_GROUPED = r"^(?:\+?86[ -]?)?(1[3-9][0-9])[ -]?([0-9]{4})[ -]?([0-9]{4})(?:[(（][\x{4e00}-\x{9fa5}]{1,6}[)）])?$"
_MOBILE = 11
_PROVINCES = np.isin(np.arange(100), [int(code) for code in PROVINCES])
_BETWEEN = "\x1f"
"""Between a number and the name of its document; a control character is no part of what cells say."""
_RESIDENT = IdentityKind.RESIDENT_ID.value


class NumberColumns(NamedTuple):
    """The columns of document numbers; `sex` (``1``, ``2``, or 0) and `birth` are what valid numbers tell."""

    id: pa.Array
    id_valid: Flags
    id_kind: pa.Array
    id_mask: pa.Array
    sex: Bytes
    birth: Bytes
    """Eight signs for each row; zeros where nothing is told."""
    slow: Numbers


class PhoneColumns(NamedTuple):
    """The columns of telephones."""

    phones: pa.Array
    phone_mask: pa.Array
    slow: Numbers


def clean_numbers(cells: Cells, *, masked: bool = False) -> tuple[Numbers, Bytes]:
    """Rows of eighteen characters that can be a citizen's number, and those characters; with `masked` those in which
    stars hide some."""
    rows = cells.with_length(_WIDTH)
    signs = cells.windows(rows, _WIDTH)
    stars = signs == _STAR
    readable = ((signs - ZERO < 10) | stars)[:, :17].all(axis=1)
    readable &= (signs[:, 17] - ZERO < 10) | (signs[:, 17] == _X) | stars[:, 17]
    hidden = stars.sum(axis=1)
    good: Flags = readable & ((hidden > 0) & (hidden < _WIDTH) if masked else hidden == 0)
    return rows[good], signs[good]


def clean_phones(cells: Cells) -> Numbers:
    """Rows that hold one mobile number and nothing else."""
    rows = cells.with_length(_MOBILE)
    digits = cells.windows(rows, _MOBILE) - ZERO
    good: Flags = (digits < 10).all(axis=1) & (digits[:, 0] == 1) & (digits[:, 1] >= 3)
    return rows[good]


def read_numbers(cells: Cells, hints: Cells, *, today: date, eaten: bool) -> NumberColumns:
    """Read a column of document numbers, `hints` naming the document; `eaten` as in `single.read_number_cell`."""
    cells = _tidied(cells)
    count, foreign = len(cells), _foreign(hints)
    rows, signs = clean_numbers(cells)
    usual = ~_special(signs, foreign[rows])
    rows, signs = rows[usual], signs[usual]
    hidden, shown = clean_numbers(cells, masked=True)
    hidden = hidden[~_special(shown, foreign[hidden])]
    fits = _CHECKS[(signs[:, :17] - ZERO).astype(np.int32) @ _WEIGHTS % 11] == signs[:, 17]
    lost = (signs[:, 15:] == ZERO).all(axis=1) & (~fits | eaten)
    born = signs[:, 6:14]
    valid = fits & ~lost & real_days(born, last=today, first_year=1)
    slow = _others(cells, rows, hidden)
    good, is_masked, is_valid = (np.zeros(count, bool) for _ in range(3))
    good[rows[~lost]], is_masked[hidden], is_valid[rows] = True, True, valid
    sex, birth = np.zeros(count, np.uint8), np.zeros((count, 8), np.uint8)
    sex[rows[valid]] = np.where(signs[valid, 16] & 1, ZERO + 1, ZERO + 2)
    birth[rows[valid]] = born[valid]
    kind = pa.array([_RESIDENT]).take(pa.array(np.zeros(count, np.int32)))
    texts, which = _with_hints(cells, hints, slow)
    read = [_read(text, today, eaten) for text in texts]
    if read:
        is_valid[slow] = np.array([one.id_valid for one in read])[which]
        sex[slow] = np.array([ord(one.sex or "\0") for one in read], np.uint8)[which]
        told = b"".join((one.birth or "\0" * 8).encode() for one in read)
        birth[slow] = np.frombuffer(told, np.uint8).reshape(-1, 8)[which]
    return NumberColumns(
        id=mixed(cells.text, good, slow, [one.id for one in read], which),
        id_valid=is_valid,
        id_kind=mixed(kind, good | is_masked, slow, [one.id_kind for one in read], which),
        id_mask=mixed(_with_gaps(cells, is_masked), is_masked, slow, [one.id_mask for one in read], which),
        sex=sex,
        birth=birth,
        slow=slow,
    )


def read_phones(cells: Cells) -> PhoneColumns:
    """Read a column of telephones."""
    cells = _plain_phones(cells)
    count = len(cells)
    rows, is_masked = clean_phones(cells), _masked_phones(cells)
    slow = _others(cells, rows, np.flatnonzero(is_masked))
    texts, which = cells.distinct(slow)
    read = [read_phone_cell(text) for text in texts]
    many = np.zeros(count, np.int32)
    many[rows] = 1
    given = np.array([len(numbers) for numbers, _ in read], np.int32)
    many[slow] = given[which] if read else 0
    ends = np.zeros(count + 1, np.int32)
    np.cumsum(many, out=ends[1:])
    index = np.repeat(np.arange(count), many)
    pool = cells.text
    if read:
        pool = pa.concat_arrays([pool, pa.array([number for numbers, _ in read for number in numbers], pa.string())])
        index += _further_numbers(ends, slow, which, given, count, index)
    return PhoneColumns(
        phones=pa.ListArray.from_arrays(pa.array(ends), pool.take(pa.array(index))),
        phone_mask=mixed(_with_gaps(cells, is_masked), is_masked, slow, [mask for _, mask in read], which),
        slow=slow,
    )


def _others(cells: Cells, *read: Numbers) -> Numbers:
    """The filled rows that are not among those read."""
    found = cells.filled
    for rows in read:
        found[rows] = False
    return np.flatnonzero(found)


def _with_gaps(cells: Cells, masked: Flags) -> pa.Array:
    """The cells with ``_`` for each star."""
    return pc.replace_substring(cells.text, "*", "_") if masked.any() else cells.text


def _tidied(cells: Cells) -> Cells:
    """Numbers that only spaces, an apostrophe in front or a small x keep from being clean, made clean."""
    rows = _others(cells, clean_numbers(cells)[0])
    tidy = Cells(pc.ascii_upper(pc.replace_substring_regex(cells.text.take(pa.array(rows)), "^'+|[ \t]", "")))
    return _instead(cells, rows, tidy, clean_numbers(tidy)[0])


def _plain_phones(cells: Cells) -> Cells:
    """Mobile numbers written in groups, with the country before or a word in brackets behind, made clean."""
    rows = _others(cells, clean_phones(cells))
    plain = Cells(pc.replace_substring_regex(cells.text.take(pa.array(rows)), _GROUPED, r"\1\2\3"))
    return _instead(cells, rows, plain, clean_phones(plain))


def _instead(cells: Cells, rows: Numbers, others: Cells, better: Numbers) -> Cells:
    """The cells with `others`, which belong to `rows`, in place of those for which these are `better`."""
    if not len(better):
        return cells
    index = np.arange(len(cells))
    index[rows[better]] = len(cells) + better
    return Cells(pa.concat_arrays([cells.text, others.text]).take(pa.array(index)))


def _masked_phones(cells: Cells) -> Flags:
    """Rows of eleven digits and stars that can be a mobile number."""
    rows = cells.with_length(_MOBILE)
    signs = cells.windows(rows, _MOBILE)
    stars = signs == _STAR
    good = ((signs - ZERO < 10) | stars).all(axis=1) & stars.any(axis=1)
    good &= (signs[:, 0] == ZERO + 1) & (stars[:, 1] | (signs[:, 1] - ZERO >= 3))
    found = np.zeros(len(cells), bool)
    found[rows[good]] = True
    return found


def _further_numbers(
    ends: npt.NDArray[np.int32], slow: Numbers, which: Numbers, given: npt.NDArray[np.int32], count: int, index: Numbers
) -> Numbers:
    """What to add to `index` (row by row so far) to reach the numbers read one by one, which stand behind the cells."""
    first = np.concatenate(([0], np.cumsum(given)[:-1]))[which] + count
    start, length = ends[slow], given[which]
    into = np.repeat(start - (np.cumsum(length) - length), length) + np.arange(length.sum())
    wanted = np.repeat(first - (np.cumsum(length) - length), length) + np.arange(length.sum())
    added = np.zeros(len(index), np.int64)
    added[into] = wanted - index[into]
    return added


def numbers_look_eaten(cells: Cells, *, today: date) -> bool:
    """Whether a column of document numbers holds any whose last digits a spreadsheet has eaten."""
    suspect = [text for text in cells.text.unique().to_pylist() if "E+" in text or text.endswith("000")]
    return any(read_identity(text, today=today).problem == "identity.digits_lost" for text in suspect)


def _special(signs: Bytes, foreign: Flags) -> Flags:
    """Numbers, complete or masked, that may be another document than a citizen's card."""
    first, second, third = (signs[:, at].astype(np.int32) - ZERO for at in range(3))
    province = (second >= 0) & (third >= 0) & _PROVINCES[np.maximum(second * 10 + third, 0)]
    found: Flags = ((first == 8) & (second <= 3)) | ((first == 9) & (foreign | province))
    return found


def _foreign(hints: Cells) -> Flags:
    """Rows whose kind of document is the foreigner's permanent residence card."""
    kinds = hints.text.dictionary_encode()
    told = [kind_of_hint(clean_text(hint)) is IdentityKind.FOREIGN_PERMANENT for hint in kinds.dictionary.to_pylist()]
    found: Flags = np.array([*told, False], bool)[kinds.indices.to_numpy()]
    return found


def _with_hints(cells: Cells, hints: Cells, rows: Numbers) -> tuple[list[str], Numbers]:
    """The different cells of these rows with what names their document; see `Cells.distinct`."""
    if not hints.filled.any():
        return cells.distinct(rows)
    taken = pa.array(rows)
    both = Cells(pc.binary_join_element_wise(cells.text.take(taken), hints.text.take(taken), _BETWEEN))
    return both.distinct(np.arange(len(rows)))


def _read(text: str, today: date, eaten: bool) -> NumberWords:
    cell, _, hint = text.rpartition(_BETWEEN) if _BETWEEN in text else (text, "", "")
    return read_number_cell(cell, hint=hint, today=today, eaten=eaten)
