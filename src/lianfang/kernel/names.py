"""Names of people as they are typed into lists: cleaned, taken apart, and the decorations around them kept aside.

Reading aloud (pinyin, simplified characters) lives in `lianfang.kernel.pinyin` and is offered here too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lianfang.kernel.cells import clean_text
from lianfang.kernel.pinyin import (
    fuzzy_key,
    pinyin_full,
    pinyin_initials,
    read_pinyin_name,
    simplified,
    without_glued_title,
)
from lianfang.kernel.surnames import COMPOUND, SINGLE

__all__ = [
    "Name",
    "fuzzy_key",
    "pinyin_full",
    "pinyin_initials",
    "read_name",
    "read_people",
    "read_pinyin_name",
    "simplified",
]


@dataclass(frozen=True, slots=True)
class Name:
    """One person's name.

    `text`: the name without decoration, as the sender spelled it (traditional characters stay); empty when the sender
    masked it. `masked`: ``张*明`` with one ``*`` for each sign the sender put. `surname_only`: nothing but a surname.
    `latin`: written in Latin letters (titles taken off, case kept). `relation`: the word in brackets that says who the
    person is to the household (``女儿``). `problem`: ``""``, ``name.character_lost`` (a rare character came as ``?``;
    the name is then in `masked`), ``name.not_a_name`` (digits, formulas, sentences: `text` is empty).
    """

    text: str = ""
    masked: str = ""
    surname_only: bool = False
    latin: bool = False
    relation: str = ""
    problem: str = ""

    @property
    def given(self) -> bool:
        """Whether there is anything to go by."""
        return bool(self.text or self.masked)


RELATIONS = frozenset(
    (
        "户主 本人 配偶 妻子 丈夫 老公 老婆 爱人 妻 夫 儿子 女儿 子 女 长子 次子 三子 长女 "
        "次女 儿 大儿子 小儿子 大女儿 小女儿 独生子 独生女 儿媳 女婿 媳妇 父亲 母亲 爸爸 妈妈 父 "
        "母 爸 妈 公公 婆婆 岳父 岳母 爷爷 奶奶 外公 外婆 姥姥 姥爷 祖父 祖母 孙子 孙女 外孙 "
        "外孙女 孙 哥哥 弟弟 姐姐 妹妹 兄 弟 姐 妹 侄子 侄女 外甥 外甥女 亲戚 租客 租户 房东 "
        "室友 同住 同住人 家属 家人 保姆 护工 小孩 孩子 婴儿 学生"
    ).split()
)
"""Words that stand in brackets behind a name and say who the person is in the household."""

_CALLED = re.compile(rf"^({'|'.join(sorted(RELATIONS - {'户主'}, key=len, reverse=True))})\s*:\s*")
_ABSENT = frozenset(
    {"", "无", "不详", "未知", "不明", "没有", "空", "暂无", "NULL", "NONE", "N/A", "NA", "NAN", "-", "--", "/", "\\"}
)
_HAN = r"㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff〇"
_HAN_NAME = re.compile(rf"[{_HAN}]+(?:·[{_HAN}]+)*")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}*]) +(?=[{_HAN}*])")
_DOTS = re.compile(rf"(?<=[{_HAN}])\s*[.•・·‧∙⋅●▪･˙。•﹒]\s*(?=[{_HAN}])")
_LOST_DOT = re.compile(rf"(?<=[{_HAN}]{{2}})[?�](?=[{_HAN}]{{3}})|(?<=[{_HAN}]{{3}})[?�](?=[{_HAN}]{{2}})")
"""The dot of a minority name that the sender's character set could not hold: long parts on both sides."""
_BRACKETS = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)(?:[)\]】〕]|$)")
_NUMBERING = re.compile(r"^\(?\d{1,4}\s*[.、)）:]\s*(?=\D)")
_LABEL = re.compile(r"^(?:姓\s*名|名字|联系人|户主|家长)\s*[:]\s*")
_COMPANY = re.compile(
    r"(?:一家|全家|家|等|共|计|夫妻|夫妇|及家人|和家人)*(?:共|计)?[0-9一二两三四五六七八九十]{1,2}(?:口人?|人|个人|位)$|(?:一家|全家|夫妻俩?|夫妇|及家人|和家人|等)$"
)
_HONORIFIC = re.compile(r"(?:先生|女士|同志|小姐|师傅|阿姨|大爷|大妈|老师|医生|太太|同学|小朋友)$")
_TITLE_WORD = re.compile(r"\b(?:MR|MRS|MS|MISS|MSTR|MASTER|CHD|CHILD|INF|INFT|DR|PROF)\b\.?", re.IGNORECASE)
_TITLE_GLUED = re.compile(r"(?<=/)([A-Za-z ]{2,}?)(?:MR|MRS|MS|MISS|MSTR|CHD|INF)$", re.IGNORECASE)
_MASKS = re.compile(r"[*×✱○●□■◎＊]|(?<=[^\x00-\x7f])[xX](?=[^\x00-\x7f]|[xX]|$)|(?<=[^\x00-\x7f][xX])[xX]")
_SOMEONE = re.compile(rf"^([{_HAN}]{{1,2}}?)(某{{1,3}})([{_HAN}]?)$")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'.,/ \-]*")
_LONGEST_HAN = 20
_ORDINARY = re.compile(
    r"[一-鿿](?<![无空])(?:[一-鿿](?<![某详知明有无士志姐傅姨爷妈师生太学友等家口人位俩妇])){1,3}|[一-鿿](?<![无空])"
)
"""Han characters that cannot be decoration or a word for nobody: the cheap way for most cells (the rest is slower)."""
_NEXT_PERSON = re.compile(rf"(?<=[{_HAN}][)\]】])(?=[{_HAN}]{{2}})|(?<=[{_HAN})\]】])\s+(?=\d{{1,2}}[.、)]\s*[{_HAN}])")
"""Between people with nothing but a bracket or a number between: 张三(父)李四(母), 1.张三 2.李四."""
_SURNAME_FIRST = re.compile(r"[A-Za-z][A-Za-z'\-]+, ?[A-Za-z][A-Za-z'\-]*(?: [A-Za-z][A-Za-z'.\-]*)?")
"""SMITH, JOHN is one person; what has a space before the comma is two."""
_OUTER_SEPARATORS = re.compile(r"[\n、,;|&+]|(?<=[一-鿿]{2}) [和及] (?=[一-鿿]{2})")


def read_name(text: object) -> Name:
    """Read one person's name from a cell. Never raises: what is wrong is in `problem`."""
    if isinstance(text, str) and _ORDINARY.fullmatch(text):
        return Name(text=text, surname_only=_is_surname(text))
    cleaned = clean_text(text).replace("\n", " ")
    if cleaned.upper() in _ABSENT:
        return Name()
    cleaned = _NUMBERING.sub("", cleaned)
    called = _CALLED.match(cleaned)
    bare, relation = _without_brackets(_LABEL.sub("", cleaned[called.end() :] if called else cleaned))
    if called and not relation:
        relation = called[1]
    if not any(character.isalpha() for character in bare):
        return Name(relation=relation, problem="name.not_a_name" if bare else "")
    if bare.isascii():
        return _read_latin(bare, relation)
    return _read_han(bare, relation)


def _without_brackets(text: str) -> tuple[str, str]:
    relation = ""
    for note in _BRACKETS.findall(text):
        relation = next((word for word in re.split(r"[\s,、;:]+", note) if word in RELATIONS), relation)
    return _BRACKETS.sub(" ", text).strip(" :-—,;、"), relation


def _read_latin(bare: str, relation: str) -> Name:
    name = _TITLE_GLUED.sub(r"\1", _TITLE_WORD.sub(" ", bare).strip(" .,"))
    name = re.sub(r"\s*/\s*", "/", " ".join(without_glued_title(name.split()))).strip(" ./")
    if re.search(r"[*?]", name) and re.fullmatch(r"[A-Za-z'.,/ *?\-]+", name):
        return Name(masked=name.replace("?", "*"), latin=True, relation=relation)
    if not _LATIN.fullmatch(name) or len(name) < 2:
        return Name(relation=relation, problem="name.not_a_name")
    return Name(text=name, latin=True, relation=relation)


def _read_han(bare: str, relation: str) -> Name:
    if _LATIN.fullmatch(bare):  # accented Latin
        return replace(_read_latin(bare, relation), latin=True)
    name = _BETWEEN_HAN.sub("", _LOST_DOT.sub("·", _DOTS.sub("·", bare)))
    before = name
    name = _COMPANY.sub("", name).strip() or before
    shorter = _HONORIFIC.sub("", name).strip()
    name = shorter or name
    if someone := _SOMEONE.fullmatch(name):
        name = someone[1] + "*" * len(someone[2]) + someone[3]
    lost = bool(re.search(r"[?？�]", name))
    masked = _MASKS.sub("*", re.sub(r"[?？�]", "*", name))
    if "*" in masked:
        return _read_masked(masked, relation, lost=lost)
    name = _without_latin_twin(name)
    if not _HAN_NAME.fullmatch(name) or len(name) > _LONGEST_HAN:
        return Name(relation=relation, problem="name.not_a_name")
    return Name(text=name, surname_only=_is_surname(name), relation=relation)


def _without_latin_twin(name: str) -> str:
    """``张三 ZHANG SAN`` and ``张三1``: the Chinese name is the one that counts."""
    twin = re.fullmatch(rf"([{_HAN}·]{{2,}})[ /]*[A-Za-z][A-Za-z /.\-]*", name)
    if twin:
        return twin[1]
    return re.sub(rf"(?<=[{_HAN}])\d$", "", name)


def _read_masked(masked: str, relation: str, *, lost: bool) -> Name:
    masked = masked.replace(" ", "")
    if not re.fullmatch(rf"[{_HAN}·*]{{2,{_LONGEST_HAN}}}", masked) or not masked.strip("*·"):
        return Name(relation=relation, problem="name.not_a_name")
    problem = "name.character_lost" if lost else ""
    return Name(masked=masked, surname_only=False, relation=relation, problem=problem)


def _is_surname(name: str) -> bool:
    return len(name) == 1 or simplified(name) in COMPOUND


def _starts_like_a_name(token: str) -> bool:
    plain = simplified(re.sub(r"[(\[【].*", "", token))
    return 2 <= len(plain) <= 4 and (plain[0] in SINGLE or plain[:2] in COMPOUND)


def read_people(text: object) -> tuple[Name, ...]:
    """Everybody named in one cell: ``张三 李四(女儿)``, ``张三、李四``; one spaced name (``张 三``) stays one.

    Pieces that are no names (``共3人``, numbers) are left out; a cell that names nobody gives an empty tuple.
    """
    cleaned = clean_text(text)
    people = []
    for piece in _split_outside_brackets(cleaned):
        for token in _split_spaced(piece):
            name = read_name(token.replace("\x00", "、"))
            if name.given and not _COMPANY.fullmatch(name.text):
                people.append(name)
    return tuple(people)


def _split_outside_brackets(text: str) -> list[str]:
    hidden = _BRACKETS.sub(lambda found: re.sub(r"[\n、,;|&+/ ]", "\x00", found[0]), text)
    hidden = re.sub(r"\s+(?=[(\[【])", "", hidden)
    hidden = _NEXT_PERSON.sub("、", hidden)
    if not re.search(r"[A-Za-z]/|/[A-Za-z]", hidden):
        hidden = hidden.replace("/", "、")
    if _SURNAME_FIRST.fullmatch(hidden):
        return [hidden]
    return [piece.strip() for piece in _OUTER_SEPARATORS.split(hidden) if piece.strip()]


def _split_spaced(piece: str) -> list[str]:
    """Split at spaces only where both sides can stand alone as Chinese names."""
    tokens = piece.split()
    if len(tokens) < 2 or any(re.match(r"[A-Za-z]", token) for token in tokens):
        return [piece]
    if all(_COMPANY.fullmatch(token) or _starts_like_a_name(token) for token in tokens) and not _is_compound(tokens[0]):
        return tokens
    joined: list[str] = []
    for token in tokens:
        opens = _starts_like_a_name(token) and not _is_compound(token)
        if joined and not (opens and _starts_like_a_name(joined[-1])) and not _COMPANY.fullmatch(token):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _is_compound(token: str) -> bool:
    return simplified(token) in COMPOUND
