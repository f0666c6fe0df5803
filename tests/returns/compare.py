"""Compare two files part by part and cell by cell."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path

import openpyxl
from lxml import etree
from python_calamine import CalamineWorkbook

LISTS = Path(__file__).resolve().parents[1] / "data" / "lists"
FORMS = LISTS / "sender_templates"


def sender_list(number: str) -> Path:
    """The list whose name begins with the number."""
    return next(LISTS.glob(f"{number}_*"))


def form(letter: str) -> Path:
    """The upper-level form A, B or C."""
    return next(FORMS.glob(f"{letter}_*"))


def parts(path: Path) -> dict[str, bytes]:
    """All parts of a zip in their order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed_parts(before: Path, after: Path) -> set[str]:
    """Names of parts that differ; the list of parts and its order must be the same."""
    old, new = parts(before), parts(after)
    assert list(old) == list(new)
    return {name for name in old if old[name] != new[name]}


def without_cells(xml: bytes, cells: Iterable[str]) -> bytes:
    """Canonical form of a sheet after its dimension and these cells were taken out."""
    gone = set(cells)
    root = etree.fromstring(xml)
    for one in list(root.iter("{*}c", "{*}dimension")):
        if one.get("r") in gone or etree.QName(one).localname == "dimension":
            parent = one.getparent()
            assert parent is not None
            parent.remove(one)
    return etree.tostring(root, method="c14n")


def old_texts_kept(before: bytes, after: bytes) -> bool:
    """Whether the shared texts of `before` are the first ones of `after`, unchanged."""
    old = [etree.tostring(one, method="c14n") for one in etree.fromstring(before)]
    new = [etree.tostring(one, method="c14n") for one in etree.fromstring(after)]
    return new[: len(old)] == old


def values(path: Path, sheet: str) -> list[list[object]]:
    """Values from A1 as calamine reads them."""
    return [list(row) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(False)]


def look(path: Path, sheet: str, cell: str) -> object:
    """Style index of a cell in the file."""
    return openpyxl.load_workbook(path)[sheet][cell]._style
