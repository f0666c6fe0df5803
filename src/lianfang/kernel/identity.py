"""Identity documents as they are typed into lists: read, normalised, checked.

Citizen numbers follow GB 11643-1999 (check digit ISO 7064 MOD 11-2). Residence permits of Hong Kong, Macao and Taiwan
residents (810000, 820000, 830000) and the foreigners' permanent residence card since 2023-12-01 (first digit 9, then
the province) share its check digit and the place of the birth date. Vectors: fact base 5.1-5.2.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from operator import mul

from lianfang.kernel.cells import clean_text, digits_lost
from lianfang.kernel.divisions import PROVINCES
from lianfang.kernel.identity_kinds import Identity, IdentityKind, kind_of_hint

__all__ = [
    "Identity",
    "IdentityKind",
    "age_on",
    "check_digit",
    "is_valid_resident",
    "kind_of_hint",
    "numbers_in",
    "read_identities",
    "read_identity",
    "same_number_slip",
]

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENT = 18
_OLDEST_LIKELY_YEARS = 120
_FEWEST_DIGITS = 5
"""A piece of a cell with fewer digits is a remark, not a document."""

_ABSENT = frozenset("无 没有 暂无 不详 未知 未办 无证 无证件 空 NULL NONE N/A NA NAN".split()) | {""}
_LABEL = re.compile(
    r"^(?:(?:二代|居民|公民|本人)*(?:身份证件?|身份|证件|护照|通行证|居住证|证)(?:号码|号)?|I\.?D\.?(?:NO|CARD)?|NO)"
    r"[:#.]*(?=[A-Z0-9*])"
)
_LABEL_NEEDS_DIGITS = re.compile(r"^(?:I\.?D\.?(?:NO|CARD)?|NO)(?![:#.])(?!\d{14})")
_BRACKETS = re.compile(r"\([^()]*[^\W\dA-Za-z_][^()]*\)")
_NOISE = re.compile(r"""[\s'"`‘’“”.·。!！:\-—_/\\|]+""")
_HIDDEN = re.compile(r"[*#●•○×✱□■◎?？…]|X(?=X)|(?<=X)X|(?<=[*])X(?=[*])")
_NUMBERING = re.compile(r"(?:^|(?<=[\s,;、/]))\d{1,2}[.、)]\s*(?=[1-9]\d{14})")
_SEPARATORS = re.compile(r"[,;、/\n|]+|(?<=\d[\dXx]) (?=[1-9]\d{14})")
_MASK_SIGNS = re.compile(r"[*#●•○×✱□■◎…]|[?？](?=.)|[Xx]{2,}")
_SCIENTIFIC = re.compile(r"\d[Ee]\+?\d")
_WHOLE_NUMBERS = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)")
_TRAILING_WORDS = re.compile(r"[^\x00-\x7f]+$")

_CLEAN_18 = re.compile(r"[0-9]{17}[0-9X]")
_CN_PASSPORT = re.compile(r"E\d{8}|E[A-HJ-NP-Z]\d{7}|G\d{8}|[DSP]E?\d{7,8}|1[45]\d{7}")
_HK_MACAO_PERMIT = re.compile(r"([HM]\d{8})(?:\d{2})?")
_TAIWAN_PERMIT = re.compile(r"\d{8}|\d{10}[A-Z]")
_FOREIGN_OLD = re.compile(r"[A-Z]{3}\d{12}")
_FOREIGN_PASSPORT = re.compile(r"(?=.*\d)[A-Z0-9]{5,15}")


def check_digit(first17: str) -> str:
    """The eighteenth character for seventeen digits. Raises `ValueError` for anything but seventeen digits."""
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise ValueError("seventeen digits are needed")
    return _CHECKS[sum(map(mul, _WEIGHTS, map(int, first17))) % 11]


@lru_cache(maxsize=1 << 15)
def is_valid_resident(number: str) -> bool:
    """Whether an eighteen-character number has the right check digit (GB 11643)."""
    return (
        len(number) == _RESIDENT
        and number[:17].isascii()
        and number[:17].isdigit()
        and check_digit(number[:17]) == number[17]
    )


def read_identity(text: object, *, today: date, hint: str = "") -> Identity:
    """Read one cell that speaks of one person.

    `today` bounds the birth date; `hint` is the document type the row names (``护照``, ``111``, ``B``…). Never raises:
    what is wrong is in `problem`. Of several numbers in the cell the first comes back as ``identity.several``, not
    valid.
    """
    if isinstance(text, str) and _CLEAN_18.fullmatch(text):
        return _read_18(text, kind_of_hint(hint), today)
    if (found := _without_reading(text)) is not None:
        return found
    parts = _parts(clean_text(text).upper())
    first = _read_part(parts[0], kind_of_hint(hint), today)
    if len(parts) > 1:
        return replace(first, problem="identity.several", valid=False)
    return first


def read_identities(text: object, *, today: date, hint: str = "") -> tuple[Identity, ...]:
    """Read every number of a cell, in the order written; an empty cell gives an empty tuple. See `read_identity`."""
    if (found := _without_reading(text)) is not None:
        return (found,) if found.problem else ()
    expected = kind_of_hint(hint)
    return tuple(_read_part(part, expected, today) for part in _parts(clean_text(text).upper()))


def numbers_in(value: object) -> list[str]:
    """Complete citizen numbers in a cell, in order."""
    text = clean_text(value)
    return _WHOLE_NUMBERS.findall(text) or _WHOLE_NUMBERS.findall(text.replace(" ", ""))


def _without_reading(text: object) -> Identity | None:
    """What can be said without taking the text apart: nothing there, or too long a number stored as a number."""
    if isinstance(text, (int, float)) and not isinstance(text, bool) and abs(text) >= 10**15:
        return Identity(problem="identity.digits_lost")
    return Identity() if _is_absent(_BRACKETS.sub("", clean_text(text).upper()).strip()) else None


def _parts(cleaned: str) -> list[str]:
    named = _NUMBERING.sub("\n", _BRACKETS.sub("", cleaned)).strip()
    parts = [part for part in _SEPARATORS.split(named) if sum(map(str.isdigit, part)) >= _FEWEST_DIGITS]
    return parts if len(parts) > 1 else [named]


def _read_part(named: str, expected: IdentityKind | None, today: date) -> Identity:
    if _SCIENTIFIC.search(named) and digits_lost(_unlabelled(named.replace(" ", ""))):
        return Identity(problem="identity.digits_lost")
    compact = _compact(named)
    if _MASK_SIGNS.search(compact):
        return _read_masked(compact, expected, today)
    return _read_number(compact.rstrip("?？"), expected, today)


def _is_absent(named: str) -> bool:
    return named in _ABSENT or not any(character.isalnum() or character == "*" for character in named)


def _unlabelled(compact: str) -> str:
    if _LABEL_NEEDS_DIGITS.match(compact):
        return compact
    return _LABEL.sub("", compact, count=1)


def _compact(named: str) -> str:
    bare = _TRAILING_WORDS.sub("", _unlabelled(_NOISE.sub("", named)))
    return re.sub(r"[(),;<>\[\]{}=+]", "", bare)


def _read_number(compact: str, expected: IdentityKind | None, today: date) -> Identity:
    if re.fullmatch(r"\d{17}[\dX]", compact):
        return _read_18(compact, expected, today)
    if re.fullmatch(r"\d{15}", compact) and expected in (None, IdentityKind.RESIDENT_ID):
        widened = f"{compact[:6]}19{compact[6:]}"
        return replace(_read_18(widened + check_digit(widened), expected, today), widened_from_15=True)
    other = _read_other(compact, expected)
    if other is not None:
        return other
    if re.fullmatch(r"\d{12,22}X?", compact):
        return Identity(kind=IdentityKind.RESIDENT_ID, number=compact, problem="identity.length")
    problem = "identity.unknown_shape"
    return Identity(
        number=compact if compact.isascii() and compact.isalnum() else "",
        problem=problem,
    )


def _kind_of_18(number: str, expected: IdentityKind | None) -> IdentityKind:
    if number.startswith(("810000", "820000")):
        return IdentityKind.HK_MACAO_RESIDENCE
    if number.startswith("830000"):
        return IdentityKind.TAIWAN_RESIDENCE
    if number[0] == "9" and (expected is IdentityKind.FOREIGN_PERMANENT or number[1:3] in PROVINCES):
        return IdentityKind.FOREIGN_PERMANENT
    return IdentityKind.RESIDENT_ID


def _read_18(number: str, expected: IdentityKind | None, today: date) -> Identity:
    kind = _kind_of_18(number, expected)
    birth = _birth_date(number[6:14])
    fits = check_digit(number[:17]) == number[17]
    if not fits and number.endswith("000"):
        return Identity(kind=kind, problem="identity.digits_lost")
    problem = ""
    if birth is None:
        problem = "identity.birth_date"
    elif birth > today:
        problem = "identity.future_birth"
    elif not fits:
        problem = "identity.checksum"
    warnings = []
    if fits and number.endswith("000"):
        warnings.append("identity.maybe_rounded")
    if birth is not None and birth <= today and age_on(birth, today) > _OLDEST_LIKELY_YEARS:
        warnings.append("identity.very_old")
    if expected is not None and not _agrees(kind, expected):
        warnings.append("identity.kind_mismatch")
    return Identity(
        kind=kind,
        number=number,
        valid=not problem,
        problem=problem,
        birth_date=birth,
        sex=_sex(number[16]),
        division=_division(kind, number),
        warnings=tuple(warnings),
    )


def _agrees(kind: IdentityKind, expected: IdentityKind) -> bool:
    residence = {IdentityKind.HK_MACAO_RESIDENCE, IdentityKind.TAIWAN_RESIDENCE}
    if kind in residence:  # railways code every residence permit alike, and many senders call it an identity card
        return expected in residence | {
            IdentityKind.FOREIGN_PERMANENT,
            IdentityKind.RESIDENT_ID,
        }
    if kind is IdentityKind.FOREIGN_PERMANENT:  # its printed name ends in 身份证
        return expected in (kind, IdentityKind.RESIDENT_ID)
    return kind is expected


def _birth_date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _sex(digit: str) -> str:
    return "1" if int(digit) % 2 else "2"


def _division(kind: IdentityKind, number: str) -> str:
    return "" if kind is IdentityKind.FOREIGN_PERMANENT else number[:6]


def _read_other(compact: str, expected: IdentityKind | None) -> Identity | None:
    """Documents without a check digit, most telling pattern first."""
    if _FOREIGN_OLD.fullmatch(compact):
        return Identity(kind=IdentityKind.FOREIGN_PERMANENT_OLD, number=compact, valid=True)
    if expected is IdentityKind.PASSPORT_FOREIGN:
        if _FOREIGN_PASSPORT.fullmatch(compact):
            chinese = _CN_PASSPORT.fullmatch(compact) is not None
            kind = IdentityKind.PASSPORT_CN if chinese else IdentityKind.PASSPORT_FOREIGN
            return Identity(kind=kind, number=compact, valid=True)
        return None
    if permit := _HK_MACAO_PERMIT.fullmatch(compact):
        return Identity(kind=IdentityKind.HK_MACAO_PERMIT, number=permit[1], valid=True)
    if expected in (
        IdentityKind.TAIWAN_PERMIT,
        IdentityKind.TAIWAN_RESIDENCE,
        None,
    ) and _TAIWAN_PERMIT.fullmatch(compact):
        return Identity(kind=IdentityKind.TAIWAN_PERMIT, number=compact, valid=True)
    if compact[:1].isalpha() and _CN_PASSPORT.fullmatch(compact):
        return Identity(kind=IdentityKind.PASSPORT_CN, number=compact, valid=True)
    # Fifteen characters and more without a hint are rather a damaged citizen number than a passport.
    if expected is None and re.fullmatch(r"(?=(?:.*\d){5})[A-Z]{1,3}[A-Z0-9]{5,9}", compact):
        return Identity(kind=IdentityKind.PASSPORT_FOREIGN, number=compact, valid=True)
    return None


def _read_masked(compact: str, expected: IdentityKind | None, today: date) -> Identity:
    pattern = _HIDDEN.sub("*", compact)
    letters = pattern[:1].isalpha()
    passport_like = expected not in (None, IdentityKind.RESIDENT_ID) and len(pattern.replace("*", "")) < 12
    if letters or (passport_like and len(pattern) < 15):
        if not re.fullmatch(r"[A-Z0-9*]{5,18}", pattern) or not pattern.strip("*"):
            return Identity(problem="identity.masked_shape")
        kind = IdentityKind.PASSPORT_FOREIGN if expected in (None, IdentityKind.RESIDENT_ID) else expected
        if pattern[0] in "HM" and expected is None and len(pattern) in (9, 11):
            kind = IdentityKind.HK_MACAO_PERMIT
        return Identity(kind=kind or IdentityKind.OTHER, masked=pattern)
    widened = _widen_mask(pattern)
    if not widened:
        return Identity(kind=IdentityKind.RESIDENT_ID, problem="identity.masked_shape")
    return _describe_masked(widened, expected, today)


def _widen_mask(pattern: str) -> str:
    """The mask brought to 18 characters: a single run of stars of any length stands for all that is hidden."""
    if not re.fullmatch(r"(?=.*[\dX])[\d*]+X?", pattern) or "*" not in pattern:
        return ""
    if len(pattern) != 18:
        before, _, after = pattern.partition("*")
        after = after.lstrip("*")
        hidden = 18 - len(before) - len(after)
        if "*" in after or hidden < 1:
            return ""
        pattern = before + "*" * hidden + after
    return pattern


def _describe_masked(pattern: str, expected: IdentityKind | None, today: date) -> Identity:
    birth = _birth_date(pattern[6:14]) if "*" not in pattern[6:14] else None
    if "*" not in pattern[6:14] and (birth is None or birth > today):
        return Identity(kind=IdentityKind.RESIDENT_ID, masked=pattern, problem="identity.birth_date")
    kind = _kind_of_18(pattern, expected)
    return Identity(
        kind=kind,
        masked=pattern,
        birth_date=birth,
        sex=_sex(pattern[16]) if pattern[16].isdigit() else "",
        division=_division(kind, pattern) if "*" not in pattern[:6] else "",
    )


def same_number_slip(a: str, b: str) -> bool:
    """Whether one number could be a typing slip of the other: one character off, two neighbours swapped, one missing
    or doubled. Equal numbers are no slip."""
    if a == b or not a or not b:
        return False
    if len(a) == len(b):
        off = [position for position, (left, right) in enumerate(zip(a, b, strict=True)) if left != right]
        if len(off) == 1:
            return True
        return len(off) == 2 and off[1] == off[0] + 1 and a[off[0]] == b[off[1]] and a[off[1]] == b[off[0]]
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    if len(longer) != len(shorter) + 1:
        return False
    same = next(
        (at for at, (left, right) in enumerate(zip(longer, shorter, strict=False)) if left != right),
        len(shorter),
    )
    return longer[same + 1 :] == shorter[same:]


def age_on(birth: date, day: date) -> int:
    """Full years of age on a day, counted from the birthday itself; 29 February becomes 1 March in common years.

    Raises `ValueError` when the day lies before the birth.
    """
    if day < birth:
        raise ValueError("the day lies before the birth")
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
