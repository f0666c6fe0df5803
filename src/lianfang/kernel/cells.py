"""A cell as it arrives from a spreadsheet, a text file or a paste, turned into text one can compare.

What is folded: full-width ASCII (including ``（），；：．``) to its half-width twin, every kind of space to one plain
space, every line break to one ``\\n``, hyphens U+2010-2013 and the minus sign to ``-``, the digits of all scripts to
0-9, compatibility ideographs and Kangxi radicals (text copied out of a PDF) to the ordinary character. What stays:
``、。《》“”·…—`` and every ideograph, because there a reader loses something. What goes: bidirectional overrides,
zero-width characters, byte order marks, variation selectors, lone surrogates and control characters.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | date | datetime | time | None
"""What a cell may hold. ``None`` is an empty cell; text is as the sender wrote it, nothing removed."""

FORMULA_TRIGGERS = frozenset("=+-@\t\r\n＝＋－＠")
"""First characters that make a spreadsheet evaluate a cell (OWASP, CSV Injection), with their full-width twins."""

_EXACT_DIGITS = 15
"""Spreadsheets keep 15 significant decimal digits of a number."""

_QUOTED = re.compile(r'=\s*"((?:[^"]|"")*)"', re.DOTALL)
_SUSPECT = re.compile(r"[^!-~一-鿿、。 ]|  ")
_SPACES = re.compile(r" {2,}")
_BREAKS = re.compile(r" ?\n[ \n]*")
_SCIENTIFIC = re.compile(r"[+-]?(\d+)(?:\.(\d*))?[eE]\+?(\d{1,3})")
_LONG_NUMBER = re.compile(r"[1-9]\d{15,17}")


class _Folding(dict[int, str]):
    """Translation table that fills itself; at most one entry for each character ever met."""

    def __missing__(self, code: int) -> str:
        folded = _fold(code)
        self[code] = folded
        return folded


def _fold(code: int) -> str:
    character = chr(code)
    if character in "\n\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    if 0x2010 <= code <= 0x2013 or code == 0x2212:
        return "-"
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""
    if 0xF900 <= code <= 0xFAFF or 0x2F800 <= code <= 0x2FA1F or 0x2E80 <= code <= 0x2FDF:
        return unicodedata.normalize("NFKC", character)
    category = unicodedata.category(character)
    if character == "\t" or category == "Zs":
        return " "
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "" if category in ("Cc", "Cf", "Cs") else character


_FOLDING = _Folding()


def clean_text(value: object) -> str:
    """The text of a cell, normalised as the module says; ``""`` for ``None`` and for numbers that are none.

    Whole numbers lose their ``.0``; numbers beyond 15 digits are written ``9.99999198602229e+17`` so that
    :func:`digits_lost` recognises them. Days become ``2022-04-06``, instants ``2022-04-06 14:05:33``.
    Idempotent on text.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return _clean(str(value))


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    if not value.is_integer():
        return repr(value)
    if abs(value) < 10**_EXACT_DIGITS:
        return str(int(value))
    written = repr(value)
    return written if "e" in written else f"{value:.{_EXACT_DIGITS - 1}e}"


def _clean(text: str) -> str:
    while True:
        if _SUSPECT.search(text):
            text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_FOLDING)
            text = _BREAKS.sub("\n", _SPACES.sub(" ", text))
        text = text.strip()
        bare = _without_text_marks(text)
        if bare == text:
            return text
        text = bare


def _without_text_marks(text: str) -> str:
    """Take off what Excel users write to force text: a leading apostrophe, or ``="…"``."""
    if text.startswith("'"):
        return text.lstrip("'")
    if text.startswith("=") and (quoted := _QUOTED.fullmatch(text)):
        return quoted[1].replace('""', '"')
    return text


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet might evaluate the text; invisible characters before the trigger do not hide it."""
    for character in text:
        if character in FORMULA_TRIGGERS:
            return True
        if not character.isspace() and unicodedata.category(character) not in (
            "Cc",
            "Cf",
        ):
            return False
    return False


def defuse(text: str) -> str:
    """Text safe to write into CSV, xlsx or ods: ``'`` goes before anything a spreadsheet might evaluate.

    Negative numbers and ``+86…`` get it too: a number that must stay a number is written as a number, not as text.
    """
    return f"'{text}" if looks_like_formula(text) else text


def digits_lost(text: str) -> bool:
    """Whether a spreadsheet has eaten digits of a long number: ``4.40524E+17``, ``1.99E+10``, ``440524188001010000``.

    Sixteen to eighteen digits that are zero beyond the fifteenth count as eaten.
    """
    text = text.strip()
    if scientific := _SCIENTIFIC.fullmatch(text):
        exponent = int(scientific[3])
        written = len(scientific[1]) - 1 + len(scientific[2] or "")
        shift = len(scientific[1]) - 1 + exponent
        return shift >= _EXACT_DIGITS or written < shift
    return bool(_LONG_NUMBER.fullmatch(text)) and not text[_EXACT_DIGITS:].strip("0")
