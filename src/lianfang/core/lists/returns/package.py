"""An Office Open XML workbook as a set of parts: read them, replace some, write the rest back byte for byte."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from .errors import ReturnRefused
from .wholefile import whole_file

_ENCODING = re.compile(rb"""^<\?xml[^>]*encoding=["']([\w.-]+)["']""")


LARGEST = 1 << 30
"""Bytes a workbook may have when unpacked: 200,000 rows of 30 columns are about 300 MB of XML."""


def parser() -> etree.XMLParser:
    """A parser that opens nothing outside the text it is given."""
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)


def local(element: etree._Element) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def named(parent: etree._Element, name: str) -> list[etree._Element]:
    """Children of that local name: strict and transitional files differ only in their namespaces."""
    return [child for child in parent if local(child) == name]


def as_utf8(xml: bytes) -> bytes:
    """The part in UTF-8 without byte order mark; parts that already are come back untouched."""
    found = _ENCODING.match(xml)
    if not xml.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and (
        found is None or found[1].lower() in (b"utf-8", b"us-ascii")
    ):
        return xml
    return serialise(etree.fromstring(xml, parser()))


def serialise(root: etree._Element) -> bytes:
    """The whole part with the declaration Excel writes."""
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return head + etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one part to another: the last word of its type (``comments``, ``drawing``…) and the part's name."""

    kind: str
    part: str
    key: str


class Package:
    """A workbook in memory. Parts put with `put` replace those of the file; `save` writes all in the old order."""

    def __init__(self, source: Path) -> None:
        """Read the directory of the file. Raises ReturnRefused ``return.unreadable`` if it is no zip file,
        ``return.too_large`` if it unpacks to more than `LARGEST`."""
        self.source = source
        self._new: dict[str, bytes] = {}
        try:
            with zipfile.ZipFile(source) as archive:
                self._infos = archive.infolist()
                if sum(one.file_size for one in self._infos) > LARGEST:
                    raise ReturnRefused("return.too_large", f"{source.name} is too large when unpacked.")
                self._raw = {one.filename: archive.read(one) for one in self._infos}
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
            raise ReturnRefused("return.unreadable", f"{source.name} cannot be opened as a workbook.") from error

    def has(self, part: str) -> bool:
        """Whether the part exists."""
        return part in self._raw

    def parts(self) -> list[str]:
        """Names of all parts in file order."""
        return [one.filename for one in self._infos]

    def read(self, part: str) -> bytes:
        """The part as it will be written."""
        return self._new[part] if part in self._new else self._raw[part]

    def tree(self, part: str) -> etree._Element:
        """The part's root element; a damaged part is refused with ``return.unreadable``."""
        try:
            return etree.fromstring(self.read(part), parser())
        except etree.XMLSyntaxError as error:
            raise ReturnRefused("return.unreadable", f"{self.source.name}: {part} is damaged.") from error

    def put(self, part: str, content: bytes) -> None:
        """Replace a part."""
        if content != self._raw.get(part):
            self._new[part] = content

    def relations(self, part: str) -> list[Relation]:
        """Where the part points inside the file (outside links are left out)."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", name + ".rels")
        if not self.has(path):
            return []
        found = []
        for one in self.tree(path):
            if local(one) != "Relationship" or one.get("TargetMode") == "External":
                continue
            to = str(one.get("Target"))
            whole = to.lstrip("/") if to.startswith("/") else posixpath.normpath(posixpath.join(folder, to))
            found.append(Relation(kind=str(one.get("Type")).rsplit("/", 1)[-1], part=whole, key=str(one.get("Id"))))
        return found

    @cached_property
    def workbook(self) -> str:
        """Name of the workbook part."""
        for one in self.relations(""):
            if one.kind == "officeDocument" and self.has(one.part):
                return one.part
        raise ReturnRefused("return.unreadable", f"{self.source.name} is no workbook.")

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Sheet name → part name, in the order of the tabs."""
        targets = {one.key: one.part for one in self.relations(self.workbook)}
        found: dict[str, str] = {}
        for one in self.tree(self.workbook).iter():
            if local(one) == "sheet":
                keys = [value for name, value in one.attrib.items() if etree.QName(str(name)).localname == "id"]
                found[str(one.get("name"))] = targets.get(str(keys[0]), "") if keys else ""
        return found

    @cached_property
    def counts_from_1904(self) -> bool:
        """Whether day 0 is 1904-01-01 (files begun on old Macintosh versions)."""
        return any(
            local(one) == "workbookPr" and one.get("date1904") in ("1", "true") for one in self.tree(self.workbook)
        )

    def part_of_kind(self, kind: str) -> str:
        """The workbook's part of that kind (``sharedStrings``, ``styles``), empty if there is none."""
        return next((one.part for one in self.relations(self.workbook) if one.kind == kind and self.has(one.part)), "")

    def sheet_part(self, name: str) -> str:
        """The part of a sheet; refused with ``return.no_such_sheet`` if there is none of that name."""
        part = self.sheets.get(name, "")
        if not part or not self.has(part):
            raise ReturnRefused("return.no_such_sheet", f"The file has no sheet named {name}.", place=name)
        return part

    def save(self, target: Path) -> None:
        """Write all parts in their old order and compression; the target appears whole or not at all."""
        with whole_file(target) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
            for old in self._infos:
                info = zipfile.ZipInfo(old.filename, old.date_time)
                info.compress_type = old.compress_type
                info.external_attr = old.external_attr
                info.create_system = old.create_system
                archive.writestr(info, self.read(old.filename))
