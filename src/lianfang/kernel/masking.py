"""Showing a little: names, document numbers and telephones with most of their characters hidden."""

from __future__ import annotations

import re

from lianfang.kernel.surnames import COMPOUND

_WIDE = "＊"
_NARROW = "*"


def mask_name(name: str) -> str:
    """``何玉芝`` → ``何＊＊``, ``欧阳修`` → ``欧阳＊``, ``ZHANG SAN`` → ``Z**** S**``; a single character is hidden."""
    name = name.strip()
    if name.isascii():
        return " ".join(word[0] + _NARROW * max(len(word) - 1, 1) for word in re.findall(r"[^\s/]+", name))
    if len(name) < 2:
        return _WIDE * len(name)
    shown = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    return name[:shown] + "".join(sign if sign == "·" else _WIDE for sign in name[shown:])


def mask_identity(number: str) -> str:
    """``999999199001010016`` → ``999999********0016``; shorter documents keep one character in front and two behind.

    Never shows the day of birth, and never more than ten characters of an 18-digit number.
    """
    number = number.strip()
    if len(number) == 18:
        return number[:6] + _NARROW * 8 + number[14:]
    if len(number) < 6:
        return _NARROW * len(number)
    return number[0] + _NARROW * (len(number) - 3) + number[-2:]


def mask_phone(number: str) -> str:
    """``19900012345`` → ``199****2345``; landlines keep area code and last two digits; what is short is hidden."""
    number = number.strip()
    if len(number) == 11 and "-" not in number:
        return number[:3] + _NARROW * 4 + number[7:]
    area, dash, local = number.partition("-")
    if dash and len(local) >= 6:
        return area + dash + _NARROW * (len(local) - 2) + local[-2:]
    return _NARROW * len(number)
