"""How two names of one person may differ: sound, a character mistaken, dropped or swapped, a mask, Latin letters."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import permutations
from typing import Literal

from lianfang.kernel.names import fuzzy_key, pinyin_full, read_pinyin_name, simplified
from lianfang.kernel.rowfacts import RowFacts

NameLikeness = Literal[
    "equal", "homophone", "shape?", "missing_char", "swapped", "masked", "pinyin", "surname", "differs", "absent"
]
"""``shape?``: one character is another one, as happens with look-alikes, but also between brothers and sisters."""

_HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_CACHED = 1 << 14
_LONG_NAME = 4
_MOST_WORDS = 4


def compare_names(row: RowFacts, ledger: str) -> NameLikeness:
    """How the name on a row is like a ledger name. ``absent`` when either side has none."""
    if not ledger or not (row.name or row.name_masked):
        return "absent"
    if row.name_masked:
        return _compare_masked(row.name_masked, ledger)
    if row.surname_only:
        return "surname" if simplified(ledger).startswith(simplified(row.name)) else "differs"
    return _compare(row.name, ledger)


def _visible_characters(masked: str) -> int:
    """How many characters a masked name shows."""
    return len(masked.replace("*", "").replace("·", ""))


@lru_cache(maxsize=_CACHED)
def letters_of(name: str) -> frozenset[str]:
    """A Latin or Chinese name as running lower-case letters, in each order it may be written."""
    if not is_latin(name):
        return frozenset({pinyin_full(name).replace(" ", "")})
    words = re.findall(r"[a-z]+", name.lower().replace("'", ""))
    orders = {surname + given for surname, given in read_pinyin_name(name)}
    if 1 < len(words) <= _MOST_WORDS:
        orders |= {"".join(order) for order in permutations(words)}
    return frozenset(orders | {"".join(words)})


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters."""
    return name.isascii() or _HAN.search(name) is None


def _compare(written: str, ledger: str) -> NameLikeness:
    if is_latin(written) or is_latin(ledger):
        if not letters_of(written) & letters_of(ledger):
            return "differs"
        return "equal" if is_latin(written) and is_latin(ledger) else "pinyin"
    left, right = _plain(written), _plain(ledger)
    if left == right:
        return "equal"
    if fuzzy_key(left) == fuzzy_key(right):
        return "homophone"
    if len(left) == len(right):
        return _compare_same_length(left, right)
    short, long = sorted((left, right), key=len)
    return "missing_char" if _one_dropped(short, long) or _cut(short, long) else "differs"


def _plain(name: str) -> str:
    return simplified(name).replace("·", "").replace(" ", "")


def _compare_same_length(left: str, right: str) -> NameLikeness:
    off = [position for position in range(len(left)) if left[position] != right[position]]
    if len(off) == 2 and sorted(left) == sorted(right):
        return "swapped"
    if len(off) == 1 and len(left) > 1 and (off[0] > 0 or len(left) > 2):
        return "shape?"
    return "differs"


def _one_dropped(short: str, long: str) -> bool:
    if len(long) != len(short) + 1 or len(short) < 2 or short[0] != long[0]:
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(1, len(long)))


def _cut(short: str, long: str) -> bool:
    """A long name of which only the beginning was written (吐尔逊 for 吐尔逊·热合曼)."""
    return len(long) > _LONG_NAME and len(short) > 1 and long.startswith(short)


@lru_cache(maxsize=_CACHED)
def _mask_pattern(masked: str) -> re.Pattern[str]:
    return re.compile("".join("." if character == "*" else re.escape(character) for character in masked))


def _compare_masked(masked: str, ledger: str) -> NameLikeness:
    plain, shown = _plain(ledger), simplified(masked).replace("·", "")
    if _mask_pattern(shown).fullmatch(plain):
        return "masked" if _visible_characters(shown) > 1 else "surname"
    # Some senders write a fixed number of stars, however long the name is.
    loose = re.sub(r"\*+", "*", shown)
    if _visible_characters(shown) and re.fullmatch(".+".join(map(re.escape, loose.split("*"))), plain):
        return "surname"
    return "differs"
