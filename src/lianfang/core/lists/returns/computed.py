"""Formulas of a workbook that look at cells which were filled: their stored results are old until a spreadsheet program
computes them again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import unescape

from lxml import etree

from .formulas import mentions_rows
from .package import Package, local, named, serialise
from .refs import Area

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^>]*[^/])?>([^<]+)</")
_ENTITIES = {"&quot;": '"', "&apos;": "'"}


def looked_at(package: Package, extents: Mapping[str, Area]) -> bool:
    """Whether any formula looks into one of the areas (sheet name → area)."""
    return any(
        _meets(area, extents[sheet])
        for home, part in package.sheets.items()
        if package.has(part)
        for found in _FORMULA.finditer(package.read(part))
        for sheet in extents
        for area in mentions_rows(unescape(found[1].decode(), _ENTITIES), home=home, sheet=sheet)
    )


def _meets(one: Area, other: Area) -> bool:
    rows = one.first_row <= other.last_row and other.first_row <= one.last_row
    return rows and one.first_column <= other.last_column and other.first_column <= one.last_column


def computes_when_opened(package: Package) -> bool:
    """Whether the workbook asks to be computed when it is opened."""
    root = package.tree(package.workbook)
    return any(local(one) == "calcPr" and one.get("fullCalcOnLoad") in ("1", "true") for one in root)


def forget_results(package: Package, sheet: str) -> None:
    """Drop the stored results of the formulas on the sheet, and of those elsewhere that look at it, and let the
    workbook be computed when opened: a program that does not compute shows nothing rather than a wrong number."""
    formulas = False
    for name, part in package.sheets.items():
        if not package.has(part) or _FORMULA.search(package.read(part)) is None:
            continue
        formulas = True
        root = package.tree(part)
        cells = [one for one in root.iter() if local(one) == "c"]
        stale = [one for one in cells if any(_looks_at(formula.text, name, sheet) for formula in named(one, "f"))]
        for cell in stale:
            for value in named(cell, "v"):
                cell.remove(value)
        if stale:
            package.put(part, serialise(root))
    if formulas and not computes_when_opened(package):
        _compute_when_opened(package)


def _looks_at(formula: str | None, home: str, sheet: str) -> bool:
    """Formulas on the sheet itself may follow one another, so all of them count."""
    return home == sheet or bool(mentions_rows(formula or "", home=home, sheet=sheet))


def _compute_when_opened(package: Package) -> None:
    root = package.tree(package.workbook)
    calculation = next((one for one in root if local(one) == "calcPr"), None)
    if calculation is None:
        before = [one for one in root if local(one) in ("sheets", "externalReferences", "definedNames")]
        space = etree.QName(root).namespace
        calculation = root.makeelement(f"{{{space}}}calcPr" if space else "calcPr")
        before[-1].addnext(calculation)
    calculation.set("fullCalcOnLoad", "1")
    package.put(package.workbook, serialise(root))
