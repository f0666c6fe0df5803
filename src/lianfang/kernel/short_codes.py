"""Short codes that people read off paper and say over the telephone: no letter that looks like another, one to check.

The alphabet has 29 characters, a prime: the last one is a weighted sum modulo 29 and finds every single wrong character
and every two that were swapped beside each other.
"""

from __future__ import annotations

from typing import Final

from lianfang.kernel.cells import clean_text

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRTVWXYZ"
"""Without 0 O 1 I L (alike), S (like 5) and U (like V)."""
_PLACE: Final = {character: place for place, character in enumerate(ALPHABET)}
_BASE: Final = len(ALPHABET)
_ALIKE: Final = str.maketrans({"S": "5", "U": "V"})


def code_of(number: int, *, length: int) -> str:
    """The code of `length` characters (the last checks the others) that stands for `number`; it wraps around."""
    characters = []
    for _ in range(length - 1):
        number, place = divmod(number, _BASE)
        characters.append(ALPHABET[place])
    first = "".join(reversed(characters))
    return first + check_character(first)


def check_character(first: str) -> str:
    """What the last character must be. Raises `KeyError` for a character outside the alphabet."""
    return ALPHABET[-sum((weight % (_BASE - 1) + 1) * _PLACE[one] for weight, one in enumerate(first, 1)) % _BASE]


def read_code(text: object, *, length: int) -> str:
    """The code somebody typed: spaces, hyphens and lower case are forgiven, S and U taken for 5 and V. Empty when it is
    none or its last character does not fit. Never raises."""
    typed = "".join(clean_text(text).upper().split()).replace("-", "").translate(_ALIKE)
    if len(typed) != length or any(one not in _PLACE for one in typed):
        return ""
    return typed if check_character(typed[:-1]) == typed[-1] else ""


def spaced(code: str, *, group: int = 4) -> str:
    """The code in groups, to be read aloud: ``K7MQ-3TRP``."""
    return "-".join(code[at : at + group] for at in range(0, len(code), group))
