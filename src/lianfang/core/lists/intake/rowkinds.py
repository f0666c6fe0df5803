"""Which rows below a header are people, and which are totals, notes, signatures, headings, examples or a plain 无."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lianfang.core.lists.intake.synonyms import field_of_label
from lianfang.core.lists.intake.workbook import Cell
from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import shape_of

_TOTAL: Final = re.compile(
    r"(?:本页|本表|以上)?(?:合计|小计|总计|共计|累计|总数|汇总|总人数|小结|subtotal|total|sum)(?:人数|数)?[:：]?\s*\d*\s*(?:人|户|条|行)?|"
    r"(?:以上)?(?:共|计|合计|总计|共计)\s*\d+\s*(?:人|户|条|行)[。.]?",
    re.IGNORECASE,
)
_SUBTOTAL: Final = re.compile(r"[^\d,，。;；:：]{1,14}(?:小计|合计|总计|共计)(?:人数|数)?[:：]?\s*\d*\s*(?:人|户|条)?")
_WHOLE_NUMBER: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_NUMBER_ALONE: Final = re.compile(r"[\d\sXx*+\-./E]{5,}")
_SIGNATURE: Final = re.compile(
    r"(?:注|备注|说明|附注|附|填报|填表|制表|登记|报送|上报|报告|统计|汇总|审核|复核|核对|经办|负责|分管|主管|联系|联络|签发|签字|签名|盖章|单位|日期|时间|社区书记|网格员|抄送|主送|来源|数据来源|截止|截至|打印|第.{1,3}页)"
    r"(?:人|员|单位|部门|日期|时间|电话|方式|领导|签字|签名|盖章|\(.{0,8}\)|者)*\s*[:：]"
)
_SIGNATURE_ALONE: Final = re.compile(
    r"(?:填报|填表|制表|登记|报送|上报|统计|审核|复核|经办|核对)(?:人|员|单位|部门|日期|时间)|负责人|联系人|制表|审核"
)
_NUMBERED_NOTE: Final = re.compile(
    r"(?:注|说明|备注|附注)\d?[:：.、 ]|[※★]|\*(?!.{1,4}$)|(?:注|说明)$|[-—]{3,}|以下空白|以下无正文|第\s*\d+\s*页"
)
_NOBODY: Final = re.compile(
    r"(?:\(?(?:今日|本日|当日|本周|截至目前|目前|我社区|本社区|本村|本辖区|辖区内?)?[,，]?(?:均?无|暂无|没有|未发现)(?:新增|此类|上述|相关|重点|返乡|需|符合|排查|情况|对象|人员|数据|记录|报告|内容|人|\s)*\)?[。.]?)|零报告|零新增|none|nil|n/a|0|/+|\\+|-+|—+|无。",
    re.IGNORECASE,
)
_EXAMPLE: Final = re.compile(
    r"^\(?(?:例|示例|样例|范例|举例|填写示例|例如|如|eg|e\.g\.|example)(?:\d*[)）:：.、 ]|行?$)", re.IGNORECASE
)


_HEADING: Final = re.compile(
    r"(?:表|册|名单|台账|人员|情况|信息|社区|居委会|街道|网格|小区|合计|部分|如下|以下.*)[:：]?$"
)
"""How a lone text ends that is no name."""
_SECTION: Final = 20
"""A heading has at most so many characters; what is longer is a note."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Physical rows that are no person's row, ends included, and why.

    `reason`: ``title``, ``header``, ``hints``, ``blank``, ``repeated_header``, ``total``, ``note``, ``section``,
    ``example``, ``form`` (a further line of one person's form), ``numbering``, ``zero_statement``, ``code_list``.
    """

    first_row: int
    last_row: int
    reason: str


@dataclass(frozen=True, slots=True)
class BodyColumns:
    """Columns that decide what kind a body row is. Indexes from 0."""

    labels: tuple[frozenset[str], ...]
    """What the header says over each column, without spaces."""
    people: tuple[int, ...]
    """Name, identity, telephone, masked or not."""
    numbers: tuple[int, ...]
    """Identity and telephone only."""
    sequence: int
    """-1 if there is none."""
    width: int


def _at(row: Sequence[Cell], column: int) -> Cell:
    return row[column] if 0 <= column < len(row) else None


def kind_of_row(row: Sequence[Cell], columns: BodyColumns, *, merged_across: bool) -> str:
    """``person`` or a reason of `Skipped`. `row` is not blank; `merged_across`: one merged cell covers most of it."""
    if not merged_across and any(shape_of(_at(row, column)) in ("identity", "phone") for column in columns.numbers):
        return "example" if _is_example(row) else "person"
    filled = [(column, clean_text(cell)) for column, cell in enumerate(row) if cell is not None]
    filled = [(column, text) for column, text in filled if text]
    if not filled:
        return "blank"
    note = len(filled) == 1 and _SIGNATURE.match(filled[0][1].replace(" ", ""))
    if not note and any(_WHOLE_NUMBER.search(text) for _, text in filled):
        # Whoever a complete identity number belongs to must not be lost, wherever on the row it stands.
        return "example" if _is_example(row) else "person"
    return _kind_of_texts(filled, columns, merged_across=merged_across)


def _is_example(row: Sequence[Cell]) -> bool:
    first = next((cell for cell in row if cell is not None), None)
    return isinstance(first, str) and bool(_EXAMPLE.match(first.strip()))


def _kind_of_texts(filled: list[tuple[int, str]], columns: BodyColumns, *, merged_across: bool) -> str:
    texts = [text for _, text in filled]
    compact = [text.replace(" ", "") for text in texts]
    again = sum(
        column < columns.width and text.replace(" ", "").replace("\n", "") in columns.labels[column]
        for column, text in filled
    )
    if len(texts) >= 2 and again * 10 >= len(texts) * 7:
        return "repeated_header"
    if any(_TOTAL.fullmatch(text) or _SUBTOTAL.fullmatch(text) for text in compact[:3]):
        return "total"
    if _SIGNATURE.match(compact[0]) or _NUMBERED_NOTE.match(compact[0]):
        return "note"
    if _SIGNATURE_ALONE.fullmatch(compact[0]) and len(texts) <= 6:
        return "note"
    if _EXAMPLE.match(compact[0]):
        return "example"
    others = [text for column, text in filled if column != columns.sequence]
    if not others and compact[0].isdigit():
        return "numbering"
    if not others:
        reason = "section" if len(compact[0]) <= _SECTION else "note"
        return "zero_statement" if _NOBODY.fullmatch(compact[0]) else reason
    if all(_NOBODY.fullmatch(text.replace(" ", "")) for text in others):
        return "zero_statement"
    if merged_across:
        return "section" if len(texts[0]) <= _SECTION else "note"
    return _kind_of_lone_text(filled, columns)


def _kind_of_lone_text(filled: list[tuple[int, str]], columns: BodyColumns) -> str:
    """A single text in a table of three columns or more that does not stand where people stand: a heading or a note."""
    if len(filled) > 1 or columns.width < 3:
        return "person"
    column, text = filled[0]
    if field_of_label(text)[1] == 1.0:
        return "repeated_header"
    if column in columns.people and len(text.replace(" ", "")) <= 8 and not _HEADING.search(text):
        return "person"
    if column == 0 or len(text) > _SECTION:
        return "section" if len(text) <= _SECTION else "note"
    return "person"


def is_weak_tail(row: Sequence[Cell], columns: BodyColumns) -> bool:
    """Whether a row at the very end of a table is rather a sender's name or a date than a person: it has at most three
    cells, none of them where people stand, and no number in the sequence column. Where rows are numbered, a lone text
    is a signature even in the column of names."""
    filled = [(column, text) for column, cell in enumerate(row) if (text := clean_text(cell))]
    if any(_WHOLE_NUMBER.search(text) for _, text in filled):
        return False
    if len(filled) == 1 and columns.sequence >= 0 and filled[0][0] != columns.sequence:
        return not _NUMBER_ALONE.fullmatch(filled[0][1])
    if len(filled) > 3 or any(column in columns.people for column, _ in filled):
        return False
    return not clean_text(_at(row, columns.sequence)).isdigit()
