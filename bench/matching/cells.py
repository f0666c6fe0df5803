"""Names, numbers and telephones as senders spoil them. Every function returns the cell's text."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from opencc import OpenCC

from bench.matching.tables import Weighted, homophones, look_alikes, regional
from lianfang.kernel.pinyin import pinyin_full
from lianfang.kernel.surnames import COMPOUND

_TRADITIONAL = OpenCC("s2t")
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def surname_length(name: str) -> int:
    """Characters of the surname."""
    return 2 if name[:2] in COMPOUND and len(name) > 2 else 1


def spoil_name(random: Random, name: str, what: str) -> str | None:
    """The name after `what` happened to it; `None` when that cannot happen to this name."""
    if what == "missing":
        return ""
    if what in _EXCHANGES:
        return _exchanged(random, name, _EXCHANGES[what])
    return _NAME_FAULTS[what](random, name)


_EXCHANGES: dict[str, Callable[[str], Weighted | None]] = {
    "homophone": homophones,
    "regional": regional,
    "look_alike": look_alikes,
}


def _exchanged(random: Random, name: str, table: Callable[[str], Weighted | None]) -> str | None:
    """One character written as another: three times in four one of the given name."""
    start = surname_length(name)
    places = list(range(start, len(name)))
    random.shuffle(places)
    order = [*places, 0] if random.random() < 0.75 else [0, *places]
    for at in order:
        others = table(name[at])
        if others:
            return name[:at] + others.draw(random) + name[at + 1 :]
    return None


def _dropped(random: Random, name: str) -> str | None:
    start = surname_length(name)
    if len(name) - start < 2:
        return None
    at = random.randrange(start, len(name))
    return name[:at] + name[at + 1 :]


def _swapped(_: Random, name: str) -> str | None:
    start = surname_length(name)
    if len(name) - start != 2 or name[-1] == name[-2]:
        return None
    return name[:start] + name[-1] + name[-2]


def _masked(random: Random, name: str) -> str | None:
    if "·" in name:
        return name[0] + "*" * (len(name) - 1)
    shapes = [name[0] + "*" * (len(name) - 1), "*" + name[1:], name[0] + "某" * (len(name) - 1)]
    if len(name) > 2:
        shapes += [name[0] + "*" * (len(name) - 2) + name[-1], name[:-1] + "*"]
    return random.choice(shapes)


def _traditional(_: Random, name: str) -> str | None:
    written = str(_TRADITIONAL.convert(name))
    return written if written != name else None


def _pinyin(random: Random, name: str) -> str | None:
    syllables = pinyin_full(name).upper().split()
    length = surname_length(name)
    family, given = "".join(syllables[:length]), "".join(syllables[length:])
    shapes = (
        f"{family} {given}",
        f"{family}/{given}",
        f"{family}/{given} MR",
        " ".join(syllables),
        f"{family.title()} {given.title()}",
    )
    return random.choice(shapes) if given else None


def _decorated(random: Random, name: str) -> str | None:
    if "·" in name:
        return random.choice((name.replace("·", "."), name.replace("·", "•"), name.replace("·", ""), f"{name} "))
    shapes = (
        f"{name[0]} {name[1:]}",
        " ".join(name),
        f"{name}先生",
        f"{name}女士",
        f"{name}（户主）",
        f"{name}(本人)",
        f"1.{name}",
        f"　{name} ",
        f"{name}同志",
    )
    return random.choice(shapes)


_NAME_FAULTS: dict[str, Callable[[Random, str], str | None]] = {
    "dropped": _dropped,
    "swapped": _swapped,
    "masked": _masked,
    "traditional": _traditional,
    "pinyin": _pinyin,
    "decorated": _decorated,
}


def latin_variant(random: Random, name: str) -> str:
    """A name in Latin letters the way another form writes it: family name first, with a slash or in lower case."""
    *given, family = name.split()
    shapes = (name, f"{family} {' '.join(given)}", f"{family}/{' '.join(given)}", name.title(), f"{family}, {given[0]}")
    return random.choice(shapes)


def spoil_number(random: Random, number: str, what: str) -> str | None:
    """The document number after `what` happened to it; `None` when that cannot happen to this number."""
    if what == "missing":
        return random.choice(("", "", "", "无", "不详"))
    citizen = len(number) == 18
    if what in ("excel", "fifteen") and (not citizen or (what == "fifteen" and number[6:8] != "19")):
        return None
    return _NUMBER_FAULTS[what](random, number)


def _mask_number(random: Random, number: str) -> str:
    sign = random.choice("****X")
    if len(number) != 18:
        return number[:2] + "*" * (len(number) - 5) + number[-3:]
    first, last = random.choice(((6, 4), (6, 4), (1, 1), (14, 0), (0, 4), (4, 4)))
    return number[:first] + sign * (18 - first - last) + number[18 - last :]


def _wrong_digit(random: Random, number: str) -> str:
    at = random.choice([place for place, sign in enumerate(number) if sign.isdigit()])
    return number[:at] + random.choice("0123456789".replace(number[at], "")) + number[at + 1 :]


def _swapped_digits(random: Random, number: str) -> str | None:
    places = [at for at in range(1, len(number) - 1) if number[at] != number[at + 1]]
    if not places:
        return None
    at = random.choice(places)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _lost_digit(random: Random, number: str) -> str:
    at = random.randrange(1, len(number))
    return number[:at] + number[at + 1 :]


def _doubled_digit(random: Random, number: str) -> str:
    at = random.randrange(1, len(number))
    return number[:at] + number[at] + number[at:]


def _excel(random: Random, number: str) -> str:
    kept = number[:15]
    return random.choice((kept + "000", f"{kept[0]}.{kept[1:6]}E+17"))


def _styled(random: Random, number: str) -> str:
    shapes = [f"'{number}", f"{number} ", number.translate(_WIDE), number.lower()]
    if len(number) == 18:
        shapes += [f"{number[:6]} {number[6:14]} {number[14:]}", f"{number[:6]}-{number[6:14]}-{number[14:]}"]
    return random.choice(shapes)


_NUMBER_FAULTS: dict[str, Callable[[Random, str], str | None]] = {
    "masked": _mask_number,
    "wrong_digit": _wrong_digit,
    "swapped": _swapped_digits,
    "lost": _lost_digit,
    "doubled": _doubled_digit,
    "excel": _excel,
    "fifteen": lambda _, number: number[:6] + number[8:17],
    "styled": _styled,
}


def mask_phone(random: Random, phone: str) -> str:
    """The telephone with some of its digits hidden."""
    return random.choice((f"{phone[:3]}****{phone[7:]}", f"{phone[:7]}****", f"{phone[:3]}******{phone[9:]}"))


def style_phone(random: Random, phone: str) -> str:
    """The telephone as people write it."""
    at = random.random()
    if at < 0.9 or not phone:
        return phone
    return random.choice(
        (f"{phone[:3]} {phone[3:7]} {phone[7:]}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", f"+86{phone}", f"{phone}.0")
    )
