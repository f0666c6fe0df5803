"""How a Chinese name is read: pinyin with the readings surnames have, a key for confused sounds, simplified characters.

Everything is cached by character or by name; a cached name costs well under a microsecond, a new one a few.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from opencc import OpenCC
from pypinyin.pinyin_dict import pinyin_dict

from lianfang.kernel.surnames import COMPOUND, READINGS

_CACHED = 65_536
_LONGEST = 60
"""More letters are no name; cutting them up would only cost time."""
_TO_SIMPLIFIED = OpenCC("t2s")
_MARKED_U = str.maketrans({"ü": "v", "ǖ": "v", "ǘ": "v", "ǚ": "v", "ǜ": "v", "ɡ": "g"})

_INITIALS = (*"zh ch sh b p m f d t n l g k h j q x r z c s y w".split(), "")
_FINALS = (
    "iang iong uang ang eng ing ong ian iao uai uan ai ei ao ou an en in un vn er ia ie iu ua ue ui uo ve a o e i u v"
).split()
_FOLDED_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
_WHOLE = re.compile(rf"(?:{'|'.join(i for i in _INITIALS if i)})?(?:{'|'.join(_FINALS)})")


@lru_cache(maxsize=_CACHED)
def _reading(character: str) -> str:
    """The commonest reading of one character, toneless; the character itself in lower case when it has none."""
    marked = pinyin_dict.get(ord(character))
    if marked is None:
        return character.lower()
    first = marked.split(",", 1)[0].translate(_MARKED_U)
    return "".join(letter for letter in unicodedata.normalize("NFD", first) if "a" <= letter <= "z")


@lru_cache(maxsize=_CACHED)
def _unchanged(character: str) -> bool:
    return character < "㐀" or _TO_SIMPLIFIED.convert(character) == character


@lru_cache(maxsize=_CACHED)
def simplified(name: str) -> str:
    """The name in simplified characters, for comparing only: some names keep a traditional character on purpose."""
    if all(map(_unchanged, name)):
        return name
    return str(_TO_SIMPLIFIED.convert(name))


@lru_cache(maxsize=_CACHED)
def _syllables(name: str) -> tuple[str, ...]:
    plain = simplified(name)
    if not any(character >= "㐀" for character in plain):
        return tuple(re.findall(r"[a-z]+", _ascii(plain)))
    plain = re.sub(r"[\s·*.]+", "", plain)
    length = 2 if plain[:2] in COMPOUND or plain[:2] in READINGS else 1
    surname, rest = plain[:length], plain[length:]
    read = READINGS.get(surname) or " ".join(map(_reading, surname))
    return (*read.split(), *map(_reading, rest))


def _ascii(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower().translate(_MARKED_U)) if c.isascii())


def pinyin_full(name: str) -> str:
    """``单雄信`` → ``shan xiong xin``: ASCII, lower case, no tones, one space between syllables, ``ü`` as ``v``.

    The reading a surname has as a surname is used for the surname. Latin names come back as their words.
    """
    return " ".join(_syllables(name))


def pinyin_initials(name: str) -> str:
    """``单雄信`` → ``sxx``: the first letter of each syllable or word."""
    return "".join(syllable[0] for syllable in _syllables(name))


@lru_cache(maxsize=_CACHED)
def fuzzy_syllable(syllable: str) -> str:
    """A syllable with the sounds folded that southern speakers do not tell apart.

    zh/z, ch/c, sh/s; ang/an, eng/en, ing/in; initial n/l; ``lyu``/``lv``.
    """
    syllable = syllable.replace("lyu", "lv").replace("nyu", "nv")
    initial = next(start for start in _INITIALS if syllable.startswith(start))
    final = syllable[len(initial) :]
    if final.endswith(("ang", "eng", "ing")):
        final = final[:-1]
    return _FOLDED_INITIALS.get(initial, initial) + final


@lru_cache(maxsize=_CACHED)
def fuzzy_key(name: str) -> str:
    """The key under which names that sound alike fall together (`fuzzy_syllable` by syllable, space between)."""
    return " ".join(map(fuzzy_syllable, _syllables(name)))


@lru_cache(maxsize=_CACHED)
def split_pinyin(letters: str) -> tuple[str, ...]:
    """Letters cut into the fewest whole syllables; empty when they are no pinyin (``xueming`` → xue, ming)."""
    if len(letters) > _LONGEST:
        return ()
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            if start in best and _WHOLE.fullmatch(letters, start, end):
                candidate = (*best[start], letters[start:end])
                if end not in best or len(candidate) < len(best[end]):
                    best[end] = candidate
    return best.get(len(letters), ())


_TITLES = re.compile(r"\b(?:mr|mrs|ms|miss|mstr|master|chd|child|inf|inft|dr)\b\.?")
_TITLES_GLUED = re.compile(r"(?<=[a-z]{2})(?:mrs|mr|ms|miss|mstr|chd|inf)$")


def without_glued_title(words: list[str]) -> list[str]:
    """``LUO PINGMR`` → ``LUO PING``, only where a whole Chinese name is left over: ``JOHN ADAMS`` stays."""
    if not words:
        return []
    last = words[-1]
    bare = _TITLES_GLUED.sub("", last.lower())
    rest = (bare, *(word.lower() for word in words[:-1]))
    if len(bare) == len(last) or split_pinyin(last.lower()) or not all(map(split_pinyin, rest)):
        return words
    return [*words[:-1], last[: len(bare)]]


@lru_cache(maxsize=_CACHED)
def read_pinyin_name(text: str) -> tuple[tuple[str, str], ...]:
    """``LI/NA MS`` → ``(("li", "na"), ("na", "li"))``: (surname, given name) in both orders, the likelier first.

    Both are lower-case letters without spaces: compare with ``pinyin_full`` without its spaces. The likelier order is
    the one written with ``/`` (surname first), else the first word as the surname; a name in one word is cut behind its
    first syllable, then behind its second. Titles (MR, MS, CHD…) are taken off, also when glued to the given name.
    Empty when the text holds no Latin letters.
    """
    plain = _TITLES.sub(" ", _ascii(text).replace("lyu", "lv").replace("nyu", "nv"))
    sides = [re.sub(r"[^a-z]", "", side) for side in plain.split("/")]
    if len(sides) == 2 and all(sides):
        surname, given = sides[0], _TITLES_GLUED.sub("", sides[1])
        return _both_orders(surname, given)
    words = without_glued_title(re.findall(r"[a-z]+", plain.replace("'", "")))
    if len(words) > 1:
        first = (words[0], "".join(words[1:]))
        last = (words[-1], "".join(words[:-1]))
        return tuple(dict.fromkeys((first, last)))
    syllables = split_pinyin(words[0]) if words else ()
    if len(syllables) < 2:
        return ((words[0], ""),) if words else ()
    cuts = [("".join(syllables[:1]), "".join(syllables[1:])), (syllables[-1], "".join(syllables[:-1]))]
    if len(syllables) > 2:
        cuts.append(("".join(syllables[:2]), "".join(syllables[2:])))
    return tuple(dict.fromkeys(cuts))


def _both_orders(surname: str, given: str) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys(((surname, given), (given, surname))))
