"""Insert rows into a workbook the way a spreadsheet program does: everything that points at moved rows moves too."""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from .errors import ReturnRefused
from .formulas import RowShift, copied
from .package import Package, local, named, serialise
from .refs import LAST_ROW, area_of, areas_of, column_name, split_address

_HARMLESS = frozenset({"printerSettings", "hyperlink", "image", "customProperty", "vmlDrawingHF", "styles"})
_AREA_NAMES = frozenset({"ref", "sqref", "activeCell", "topLeftCell"})
_FORMULAS = frozenset({"formula", "formula1", "formula2", "f"})


def insert_rows(package: Package, shift: RowShift) -> None:
    """Insert `shift.count` rows below `shift.after`, each in the look of that row, with its formulas; its texts and
    numbers are kept where the row above says the same, and running numbers go on.

    Raises ReturnRefused ``return.cannot_insert`` when the sheet holds what would not move along (pivot tables, form
    controls, text in the way at the end of the sheet).
    """
    part = package.sheet_part(shift.sheet)
    root = package.tree(part)
    rows = {int(str(one.get("r"))): one for one in root.iter() if local(one) == "row" and one.get("r")}
    if rows and max(rows) + shift.count > LAST_ROW:
        raise ReturnRefused("return.cannot_insert", "The sheet has no room for so many rows.", place=shift.sheet)
    _write_shared_formulas_out(rows)
    _move_formulas(rows, shift)
    _move_rows(rows, shift)
    _copy_last_row(root, rows, shift)
    _move_frame(root, shift)
    package.put(part, serialise(root))
    _move_neighbours(package, part, shift)
    _move_workbook(package, shift)


def _write_shared_formulas_out(rows: dict[int, etree._Element]) -> None:
    """Formulas that cells share are written into each of them, since their cells may now move apart."""
    masters: dict[str, tuple[int, int, str]] = {}
    for row in rows.values():
        for cell in named(row, "c"):
            for formula in named(cell, "f"):
                if formula.get("t") != "shared":
                    continue
                at, key = split_address(str(cell.get("r"))), str(formula.get("si"))
                if formula.text:
                    masters[key] = (*at, formula.text)
                elif key in masters:
                    first_row, first_column, text = masters[key]
                    formula.text = copied(text, rows=at[0] - first_row, columns=at[1] - first_column)
                for name in ("t", "si", "ref"):
                    if formula.get(name) is not None:
                        del formula.attrib[name]


def _move_formulas(rows: dict[int, etree._Element], shift: RowShift) -> None:
    only_row = shift.first == shift.after
    for number, row in rows.items():
        for cell in named(row, "c"):
            for formula in named(cell, "f"):
                outside = not shift.first <= number <= shift.after
                grows = only_row and outside
                _move_formula(cell, formula, shift, shift.sheet, alone_grows=grows, in_last_row=number == shift.after)


def _move_formula(
    cell: etree._Element,
    formula: etree._Element,
    shift: RowShift,
    home: str,
    *,
    alone_grows: bool,
    in_last_row: bool = False,
) -> None:
    """Move one formula. Its old result is dropped if it looks at other rows now: a program that does not compute
    shows nothing rather than a wrong number."""
    old = formula.text or ""
    new = shift.formula(old, home=home, alone_grows=alone_grows, in_last_row=in_last_row)
    if formula.get("ref") and home == shift.sheet:
        formula.set("ref", shift.text(str(formula.get("ref"))))
    if new == old:
        return
    formula.text = new
    for value in named(cell, "v"):
        cell.remove(value)


def _move_rows(rows: dict[int, etree._Element], shift: RowShift) -> None:
    for number, row in rows.items():
        if number > shift.after:
            _renumber(row, number + shift.count)


def _renumber(row: etree._Element, number: int) -> None:
    row.set("r", str(number))
    for cell in named(row, "c"):
        if cell.get("r"):
            cell.set("r", f"{column_name(split_address(str(cell.get('r')))[1])}{number}")


def _copy_last_row(root: etree._Element, rows: dict[int, etree._Element], shift: RowShift) -> None:
    pattern = rows.get(shift.after)
    if pattern is None:
        return
    before = rows.get(shift.after - 1)
    above = {_column(cell): _content(cell) for cell in named(before, "c")} if before is not None else {}
    place = pattern
    for step in range(1, shift.count + 1):
        made = deepcopy(pattern)
        for cell in named(made, "c"):
            _carry_on(cell, above.get(_column(cell), ("", "")), step)
        _renumber(made, shift.after + step)
        place.addnext(made)
        place = made
    _repeat_merges(root, shift)


def _column(cell: etree._Element) -> str:
    return str(cell.get("r")).rstrip("0123456789")


def _content(cell: etree._Element) -> tuple[str, str]:
    texts = ("".join(str(part) for part in child.itertext()) for child in cell if local(child) in ("v", "is"))
    return str(cell.get("t") or "n"), "".join(texts)


def _carry_on(cell: etree._Element, above: tuple[str, str], step: int) -> None:
    """Content of a copied cell: formula moved, running number counted on, the same text kept, else empty."""
    kind, value = _content(cell)
    formulas = named(cell, "f")
    runs = kind == "n" == above[0] and value.isdecimal() and above[1].isdecimal() and int(value) == int(above[1]) + 1
    for formula in formulas:
        formula.text = copied(formula.text or "", rows=step)
    if runs and not formulas:
        named(cell, "v")[0].text = str(int(value) + step)
    elif formulas or (kind, value) != above:
        for child in [one for one in cell if local(one) in ("v", "is")]:
            cell.remove(child)
        if cell.get("t") is not None:
            del cell.attrib["t"]


def _repeat_merges(root: etree._Element, shift: RowShift) -> None:
    for group in [one for one in root if local(one) == "mergeCells"]:
        for one in named(group, "mergeCell"):
            area = area_of(str(one.get("ref")))
            if area.first_row != shift.after or area.last_row != shift.after:
                continue
            for step in range(1, shift.count + 1):
                made = deepcopy(one)
                made.set("ref", copied(str(area), rows=step))
                made.set("repeated", "1")
                group.append(made)
        group.set("count", str(len(named(group, "mergeCell"))))


def _move_frame(root: etree._Element, shift: RowShift) -> None:
    """Everything of the sheet outside its rows: merges, rules, formats by condition, filter, links, panes, breaks."""
    for top in root:
        for one in top.iter() if local(top) != "sheetData" else ():
            if isinstance(one.tag, str):
                _move_element(one, shift)


def _move_element(element: etree._Element, shift: RowShift) -> None:
    name = local(element)
    if element.get("repeated"):
        del element.attrib["repeated"]
        return
    grows = name in ("dataValidation", "conditionalFormatting", "sqref")
    for key in _AREA_NAMES & {str(one) for one in element.attrib}:
        element.set(key, shift.text(str(element.get(key)), alone_grows=grows))
    if name == "sqref" and element.text:
        element.text = shift.text(element.text, alone_grows=True)
    elif name in _FORMULAS and element.text:
        element.text = shift.formula(element.text, home=shift.sheet)
    elif name == "brk" and element.getparent() is not None and local(_parent(element)) == "rowBreaks":
        element.set("id", str(shift.row(int(element.get("id") or 0))))
    elif name == "dimension":
        used = areas_of(str(element.get("ref")))[0]
        last = max(used.last_row, shift.after + shift.count)
        element.set("ref", f"{column_name(used.first_column)}{used.first_row}:{column_name(used.last_column)}{last}")


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def _move_neighbours(package: Package, part: str, shift: RowShift) -> None:
    """Parts that belong to the sheet and hold row numbers of their own."""
    for one in package.relations(part):
        if one.kind in ("comments", "table", "threadedComment"):
            root = package.tree(one.part)
            for element in root.iter():
                if isinstance(element.tag, str) and element.get("ref"):
                    element.set("ref", shift.text(str(element.get("ref"))))
            package.put(one.part, serialise(root))
        elif one.kind == "drawing":
            root = package.tree(one.part)
            for element in root.iter():
                if local(element) == "row":
                    element.text = str(shift.row(int(element.text or 0) + 1) - 1)
            package.put(one.part, serialise(root))
        elif one.kind == "vmlDrawing":
            package.put(one.part, _move_notes(package.read(one.part), shift))
        elif one.kind not in _HARMLESS:
            raise ReturnRefused("return.cannot_insert", f"The sheet holds a {one.kind}.", place=shift.sheet)


def _move_notes(xml: bytes, shift: RowShift) -> bytes:
    """The old drawing format of comments: rows count from 0, also in the anchor (its 3rd and 7th number)."""

    def row(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%d" % (shift.row(int(found[2]) + 1) - 1)

    def anchor(found: re.Match[bytes]) -> bytes:
        numbers = [int(one) for one in found[2].split(b",")]
        for place in (2, 6):
            numbers[place] = shift.row(numbers[place] + 1) - 1
        return found[1] + ", ".join(str(one) for one in numbers).encode()

    xml = re.sub(rb"(<x:Row>\s*)(\d+)", row, xml)
    return re.sub(rb"(<x:Anchor>\s*)(\d+(?:\s*,\s*\d+){7})", anchor, xml)


def _move_workbook(package: Package, shift: RowShift) -> None:
    """Defined names, the other sheets' formulas, charts and the order of calculation."""
    root = package.tree(package.workbook)
    changed = False
    for one in root.iter():
        if local(one) == "definedName" and one.text:
            old, one.text = one.text, shift.formula(one.text, home="")
            changed |= old != one.text
    if changed:
        package.put(package.workbook, serialise(root))
    for name, part in package.sheets.items():
        if name != shift.sheet and package.has(part):
            _move_elsewhere(package, part, shift, home=name)
    for part in package.parts():
        if "/charts/" in part and part.endswith(".xml"):
            _move_elsewhere(package, part, shift, home="")
    _move_calculation(package, shift)


def _move_elsewhere(package: Package, part: str, shift: RowShift, *, home: str) -> None:
    xml = package.read(part)
    if shift.sheet.replace("'", "''").encode() not in xml and shift.sheet.encode() not in xml:
        return
    root = package.tree(part)
    before = etree.tostring(root)
    for one in root.iter():
        if local(one) in _FORMULAS and one.text:
            _move_formula(_parent(one), one, shift, home, alone_grows=shift.first == shift.after)
    if etree.tostring(root) != before:
        package.put(part, serialise(root))


def _move_calculation(package: Package, shift: RowShift) -> None:
    part = package.part_of_kind("calcChain")
    if not part:
        return
    book = package.tree(package.workbook)
    sheets = [one for one in book.iter() if local(one) == "sheet"]
    number = next(str(one.get("sheetId")) for one in sheets if one.get("name") == shift.sheet)
    root, sheet = package.tree(part), ""
    for one in root:
        sheet = str(one.get("i") or sheet)
        if sheet == number:
            one.set("r", shift.text(str(one.get("r"))))
    package.put(part, serialise(root))
