"""Telephone numbers as they are typed into lists: several in a cell, with prefixes, dashes, notes and masks.

Mobile numbers are ``^1[3-9]\\d{9}$`` (fact base 5.7; virtual operators included), landlines area code and 7 or 8
digits. A number is no key to a person: families share one, old people use their children's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lianfang.kernel.cells import clean_text, digits_lost


@dataclass(frozen=True, slots=True)
class Phone:
    """`number`: mobile ``19900012345``, landline ``0590-1234567``, masked ``199****2345`` (one ``*`` per hidden digit).

    `kind`: ``mobile``, ``landline`` or ``masked``. `note`: what stood beside it (``女儿``, ``转801``).
    """

    number: str
    kind: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PhonesReading:
    """The usable numbers of a cell in the order written, without repeats, and what was wrong with the others.

    `problems`: ``phone.length``, ``phone.shape``, ``phone.digits_lost``, ``phone.masked_shape``; `refused` holds, at
    the same position, the text each of them is about.
    """

    phones: tuple[Phone, ...] = ()
    problems: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})([2-9]\d{6,7}|1\d{6,7})")
_COUNTRY = re.compile(r"^(?:\+|00)?86(?=0?1[3-9][\d*]{9}$|0\d{9,11}$|[1-9]\d{9,10}$)|^0(?=1[3-9]\d{9}$)")
_NOTE = re.compile(r"\(([^()\d*+]*[^\W\d_][^()\d*+]*)\)")
_SEPARATORS = re.compile(
    r"[\n;,、|或及]+|/+|(?<=\d)[和&](?=[\d+(])|(?<=[^\W\d_]\))\s*(?=[\d+*])|(?<=\d) (?=[^\W\d_]+:? ?1)"
)
_SPAN = re.compile(r"[+\d*][\d*+\-—~.\s]*")
_EXTENSION = re.compile(r"(?:转|分机|EXT\.?)\s*(\d{1,5})", re.IGNORECASE)
_LETTER_MASK = re.compile(r"(?<=\d)(?:[Xx×●○•·_#?？]{2,}|…+)(?=\d|$)")
_GROUPED = re.compile(r"1\d,\d{3},\d{3},\d{3}")
_DECIMALS = re.compile(r"(?<=\d{11})\.0+(?!\d)")
_DASHED_EXTENSION = re.compile(r"(0\d{2,3}-?[2-9]\d{6,7})-(\d{1,5})(?!\d)")
_LABELS = re.compile(
    r"(?:联系)?(?:电话|手机|座机|固话)(?:号码|号)?|移动电话|联系方式|号码|TEL|PHONE|MOBILE|[\s:()\-—.·+?？*]+",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{1,2}")


def read_phones(text: object) -> PhonesReading:
    """Read every number in a cell. Never raises; a cell without digits (``无``) gives nothing and no problem."""
    cleaned = clean_text(text)
    if _GROUPED.fullmatch(cleaned):
        cleaned = cleaned.replace(",", "")
    if _MOBILE.fullmatch(cleaned):
        return PhonesReading(phones=(Phone(cleaned, "mobile"),))
    found: list[Phone] = []
    problems: list[tuple[str, str]] = []
    for segment in _SEPARATORS.split(cleaned):
        _read_segment(segment, found, problems)
    unique = {phone.number: phone for phone in reversed(found)}
    kept = tuple(phone for phone in found if unique[phone.number] is phone)
    return PhonesReading(kept, tuple(code for code, _ in problems), tuple(piece for _, piece in problems))


def _read_segment(segment: str, found: list[Phone], problems: list[tuple[str, str]]) -> None:
    if not any(character.isdigit() for character in segment):
        return
    if scientific := _SCIENTIFIC.search(segment):
        if digits_lost(scientific[0]):
            problems.append(("phone.digits_lost", segment.strip()))
            return
        segment = str(int(float(scientific[0])))
    segment = _DASHED_EXTENSION.sub(r"\1转\2", _DECIMALS.sub("", segment))
    segment = _LETTER_MASK.sub(lambda mask: "*" * len(mask[0]), segment)
    notes = [note.strip() for note in _NOTE.findall(segment)]
    bare = _NOTE.sub(" ", segment)
    if extension := _EXTENSION.search(bare):
        notes.append(f"转{extension[1]}")
        bare = bare[: extension.start()] + bare[extension.end() :]
    bare = bare.replace("(", " ").replace(")", " ")
    spans = [piece for span in _SPAN.findall(bare) for piece in _pieces(span)]
    word = _LABELS.sub("", _SPAN.sub(" ", bare))
    note = " ".join(part for part in (*notes, word) if part)
    for piece in spans:
        _read_piece(piece, note, found, problems)


def _pieces(span: str) -> list[str]:
    """Numbers that stand beside each other with only a space between; a number written in groups stays one."""
    words = span.split()
    if len(words) < 2 or all(len(re.sub(r"\D", "", word)) < 10 for word in words):
        return ["".join(words)] if re.search(r"\d", span) else []
    return [piece for word in _regroup(words) for piece in [word] if re.search(r"\d", piece)]


def _regroup(words: list[str]) -> list[str]:
    """Glue prefixes (``+86``, ``0590``) to the number they belong to."""
    groups: list[str] = []
    for word in words:
        if groups and re.fullmatch(r"\+?(?:00)?86-?", groups[-1]):
            groups[-1] += word
        else:
            groups.append(word)
    return groups


def _read_piece(piece: str, note: str, found: list[Phone], problems: list[tuple[str, str]]) -> None:
    digits = re.sub(r"[^\d*+]", "", piece)
    bare = _COUNTRY.sub("", digits, count=1).lstrip("+")
    # Abroad the area code loses its zero: +86 590 1234567.
    digits = f"0{bare}" if digits.startswith(("+86", "0086")) and _LANDLINE.fullmatch(f"0{bare}") else bare
    if "*" in digits:
        masked = _masked(digits)
        if masked:
            found.append(Phone(masked, "masked", note))
        else:
            problems.append(("phone.masked_shape", piece.strip()))
        return
    if _MOBILE.fullmatch(digits):
        found.append(Phone(digits, "mobile", note))
    elif landline := _LANDLINE.fullmatch(digits):
        found.append(Phone(f"{landline[1]}-{landline[2]}", "landline", note))
    elif len(digits) in (7, 8) and found and found[-1].kind == "landline":
        found.append(Phone(f"{found[-1].number.split('-')[0]}-{digits}", "landline", note))
    elif len(digits) == 22 and _MOBILE.fullmatch(digits[:11]) and _MOBILE.fullmatch(digits[11:]):
        found.extend((Phone(digits[:11], "mobile", note), Phone(digits[11:], "mobile", note)))
    elif len(digits) >= 4:
        problems.append(("phone.shape" if len(digits) == 11 else "phone.length", piece.strip()))


def _masked(digits: str) -> str:
    """The mask brought to eleven places; one run of stars stands for whatever is hidden. Empty if that cannot be."""
    if not digits.strip("*"):
        return ""
    if len(digits) != 11:
        before, _, after = digits.partition("*")
        after = after.lstrip("*")
        hidden = 11 - len(before) - len(after)
        if "*" in after or hidden < 1:
            return ""
        digits = before + "*" * hidden + after
    fits = digits[0] in "1*" and digits[1] in "3456789*"
    return digits if fits else ""


def display_phone(number: str) -> str:
    """``199 0001 2345`` for mobile numbers (masked ones too); anything else as it is."""
    if len(number) == 11 and number[0] == "1" and "-" not in number:
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    return number
