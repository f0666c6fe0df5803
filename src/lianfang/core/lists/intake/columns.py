"""Which column means what: by its label, by its code, by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from lianfang.core.lists.intake.synonyms import PERSON, SEVERAL, field_of_label, plain_label
from lianfang.core.lists.intake.workbook import Cell
from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import is_counting, shares


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """What a column probably means.

    `index` from 0; `label` as the sender wrote it, groups before a slash; `field` one of `synonyms.FIELDS`
    (``ignore`` if nothing is known); `confidence` 0..1, below 0.6 a person must look; `why`: ``label``,
    ``label_part``, ``label_content`` (label and content agree), ``content``, ``content_against_label``,
    ``only_candidate``, ``second_of_field``, ``somebody_else`` (a number of another person) or ``unknown``.
    """

    index: int
    label: str
    field: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Column:
    """What is known about a column before guessing: its words and some of its cells."""

    index: int
    label: str = ""
    group: str = ""
    code: str = ""
    sample: tuple[Cell, ...] = ()

    def shown(self) -> str:
        """Label for people: ``居住信息/楼幢``."""
        label = self.label or self.code
        return f"{self.group}/{label}" if self.group and self.group != label else label


_EXPECTED: Final[dict[str, frozenset[str]]] = {
    "name": frozenset({"name", "text"}),
    "name_latin": frozenset({"text"}),
    "identity": frozenset({"identity"}),
    "phone": frozenset({"phone"}),
    "sex": frozenset({"sex"}),
    "address": frozenset({"address"}),
    "registered_address": frozenset({"address"}),
    "arrived_at": frozenset({"day"}),
    "departed_at": frozenset({"day"}),
    "event_at": frozenset({"day"}),
    "age": frozenset({"number"}),
}
_BY_CONTENT: Final = (
    ("identity", "identity", 0.5, 0.7),
    ("phone", "phone", 0.5, 0.7),
    ("sex", "sex", 0.8, 0.7),
    ("address", "address", 0.5, 0.6),
    ("name", "name", 0.7, 0.55),
)
"""(shape, field, smallest share, confidence) for columns whose label says nothing."""

_MISLABELLED: Final = frozenset({"name", "identity", "phone", "sequence", "sender_ref"})
"""Labels that content may overrule."""
_RAIL_CODES: Final = frozenset({"fz", "cc", "cxh", "zwh"})
_TEST_WORDS: Final = re.compile(r"阴性|阳性|检测中|待检|[+-]|\(?[+-]\)?|negative|positive", re.IGNORECASE)
_ELSEWHERE: Final = frozenset({"landlord_name", "landlord_phone", "landlord_identity"})
_REFINED: Final = {
    "event_at": frozenset({"arrived_at", "departed_at", "release_at", "result_at"}),
    "address": frozenset({"registered_address"}),
}
"""Fields a group above the label may make more precise."""
_COMES: Final = re.compile(r"到|抵|返|来|回|入")
_SOMEBODYS: Final = frozenset({"identity", "phone"})


def guess_columns(columns: Sequence[Column]) -> list[ColumnGuess]:
    """One guess per column, conflicts resolved: a field not in `SEVERAL` is given to one column only."""
    rail = len({plain_label(column.code or column.label) for column in columns} & _RAIL_CODES) >= 2
    guesses = [_guess(column, rail=rail) for column in columns]
    named = [guess.index for guess in guesses if guess.field == "name" and guess.why != "content"]
    guesses = _without_rivals(columns, guesses)
    return _promoted(columns, _without_others(columns, guesses, named))


def _by_label(column: Column, *, rail: bool) -> tuple[str, float]:
    label = plain_label(column.label)
    code = plain_label(column.code)
    if rail and (label == "dz" or code == "dz"):
        return "destination", 0.95
    if rail and (label == "fz" or code == "fz"):
        return "origin", 0.95
    field, sureness = field_of_label(column.label)
    if column.group and field in PERSON | {"", "identity_type", "sex", "age", "address"}:
        # 房东信息/电话: the group says whose telephone it is.
        grouped, grouped_sureness = field_of_label(column.group + column.label)
        if grouped in _ELSEWHERE or (grouped == "ignore" and grouped_sureness > 0):
            return grouped, grouped_sureness
        if not field and grouped:
            return grouped, min(grouped_sureness, 0.75)
    if column.group and field in _REFINED:
        # 抵达/日期, 户籍/地址: the group says which day or address it is.
        grouped, grouped_sureness = field_of_label(column.group + column.label)
        if grouped in _REFINED[field]:
            return grouped, grouped_sureness
    if not field and column.code:
        return field_of_label(column.code)
    return field, sureness


def _guess(column: Column, *, rail: bool) -> ColumnGuess:
    field, sureness = _by_label(column, rail=rail)
    content = shares(column.sample)
    if not field:
        return _guess_by_content(column, content)
    adjusted = _adjusted(field, column)
    if adjusted != field:
        return ColumnGuess(column.index, column.shown(), adjusted, 0.8, "label_content")
    for shape in ("identity", "phone"):
        told_otherwise = field in _MISLABELLED and field != shape
        if told_otherwise and content.get(shape, 0.0) >= 0.7:
            return ColumnGuess(column.index, column.shown(), shape, 0.6, "content_against_label")
    confidence = 0.95 if sureness == 1.0 else 0.75
    why = "label" if sureness == 1.0 else "label_part"
    expected = _EXPECTED.get(field)
    if expected and content:
        fitting = sum(content.get(shape, 0.0) for shape in expected)
        if fitting >= 0.6:
            confidence, why = min(confidence + 0.15, 0.99), "label_content"
        elif fitting < 0.1:
            confidence -= 0.3
    return ColumnGuess(column.index, column.shown(), field, round(confidence, 2), why)


def _guess_by_content(column: Column, content: dict[str, float]) -> ColumnGuess:
    for shape, field, least, confidence in _BY_CONTENT:
        if content.get(shape, 0.0) >= least:
            return ColumnGuess(column.index, column.shown(), field, confidence, "content")
    if is_counting(column.sample):
        return ColumnGuess(column.index, column.shown(), "sequence", 0.6, "content")
    if content.get("day", 0.0) >= 0.8:
        field = "arrived_at" if _COMES.search(column.label) else "event_at"
        return ColumnGuess(column.index, column.shown(), field, 0.4, "content")
    return ColumnGuess(column.index, column.shown(), "ignore", 0.0, "unknown")


def _adjusted(field: str, column: Column) -> str:
    """Words that mean different things over different contents."""
    texts = [text for text in map(clean_text, column.sample) if text]
    if not texts:
        return field
    if field in ("room", "compound", "building", "community"):
        doors = shares(texts).get("address", 0.0)
        length = sum(map(len, texts)) / len(texts)
        return "address" if doors >= 0.5 and length >= 7 else field
    if field == "result" and sum(bool(_TEST_WORDS.fullmatch(text)) for text in texts) * 2 > len(texts):
        return "test_result"
    if field in ("destination", "origin", "event_place") and shares(column.sample).get("day", 0.0) >= 0.8:
        return {"destination": "arrived_at", "origin": "departed_at"}.get(field, "event_at")
    if field == "sequence" and len(texts) > 2 and not is_counting(texts) and not all(map(str.isdigit, texts)):
        return "sender_ref"
    return field


def _without_rivals(columns: Sequence[Column], guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    best: dict[str, ColumnGuess] = {}
    filled = {column.index: sum(cell is not None for cell in column.sample) for column in columns}
    for guess in guesses:
        rival = best.get(guess.field)
        ours = (guess.confidence, filled[guess.index])
        if rival is None or ours > (rival.confidence, filled[rival.index]):
            best[guess.field] = guess
    return [
        guess
        if guess.field in SEVERAL or best[guess.field] is guess
        else replace(guess, field="ignore", confidence=round(guess.confidence / 2, 2), why="second_of_field")
        for guess in guesses
    ]


def _without_others(columns: Sequence[Column], guesses: list[ColumnGuess], named: list[int]) -> list[ColumnGuess]:
    """Numbers of somebody else than the person of the row are left out: their label begins with another column's
    (报告人, 报告人电话), or several columns name people and they stand right of one that was not chosen."""
    chosen = next((guess.index for guess in guesses if guess.field == "name"), -1)
    if chosen < 0:
        return guesses
    words = {column.index: plain_label(column.label) for column in columns}
    kept = []
    for guess in guesses:
        owner = _owner(guess.index, guesses, words, chosen) if guess.field in _SOMEBODYS else chosen
        if owner == chosen and guess.field in _SOMEBODYS and len(named) > 1:
            before = [index for index in named if index < guess.index]
            own = words[chosen] and words[guess.index].startswith(words[chosen])
            owner = chosen if own or not before else before[-1]
        kept.append(guess if owner == chosen else replace(guess, field="ignore", confidence=0.5, why="somebody_else"))
    return kept


def _owner(index: int, guesses: Sequence[ColumnGuess], words: dict[int, str], chosen: int) -> int:
    """The column of words that begins the label of this one; the chosen name if there is none."""
    owners = [
        other.index
        for other in guesses
        if other.index not in (index, chosen)
        and other.field in ("name", "ignore", "companions", "landlord_name", "householder")
        and len(words[other.index]) >= 2
        and words[index] != words[other.index]
        and words[index].startswith(words[other.index].removesuffix("姓名") or words[other.index])
    ]
    return owners[0] if owners else chosen


_LENDING: Final = re.compile(r"^(?:户主|联系人|业主|家长)(?:姓名|名)?$")
"""People who stand for the household when the table names nobody else; staff (负责人) never do."""
_PROMOTABLE: Final = {
    "name": re.compile(r"^(?:户主|联系人|业主|家长|人员|法人|负责人)(?:姓名|名)?$"),
    "phone": re.compile(r"^(?:户主|联系人|家长|家属|监护人|紧急联系人|负责人)?(?:联系)?(?:电话|手机|手机号码?)$"),
}


def _promoted(columns: Sequence[Column], guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """If nobody else gives a name or a telephone, the householder's or contact's is better than none."""
    fields = {guess.field for guess in guesses}
    if not fields & PERSON and not any(_LENDING.match(plain_label(column.label)) for column in columns):
        return guesses
    promoted = list(guesses)
    for field, pattern in _PROMOTABLE.items():
        if field in fields or (field == "name" and "name_latin" in fields):
            continue
        for at, column in enumerate(columns):
            if guesses[at].field in ("ignore", "householder") and pattern.match(plain_label(column.label)):
                promoted[at] = replace(guesses[at], field=field, confidence=0.5, why="only_candidate")
                break
    return promoted
