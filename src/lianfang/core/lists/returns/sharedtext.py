"""The workbook's table of texts: new texts go to its end, the old ones stay where they are."""

from __future__ import annotations

import re

from lxml import etree

from .package import Package, local, serialise

_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class SharedText:
    """Texts of the workbook. Without such a part, `index` answers None and the text is to stand in its cell."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._part = package.part_of_kind("sharedStrings")
        self._root = package.tree(self._part) if self._part else None
        self._count = sum(1 for one in self._root if local(one) == "si") if self._root is not None else 0
        self._new: dict[str, int] = {}
        self._uses = 0

    def index(self, text: str) -> int | None:
        """Number of the text in the table, added if it is new."""
        if self._root is None:
            return None
        self._uses += 1
        if text not in self._new:
            self._new[text] = self._count + len(self._new)
        return self._new[text]

    def save(self) -> None:
        """Put the changed table back into the package."""
        if self._root is None or not self._new:
            return
        space = etree.QName(self._root).namespace
        place = self._count and max(i for i, one in enumerate(self._root) if local(one) == "si") + 1
        for text in self._new:
            item = self._root.makeelement(f"{{{space}}}si" if space else "si")
            item.append(text_element(item, text))
            self._root.insert(place, item)
            place += 1
        for name, more in (("count", self._uses), ("uniqueCount", len(self._new))):
            if old := self._root.get(name):
                self._root.set(name, str(int(old) + more))
        self._package.put(self._part, serialise(self._root))


def text_element(parent: etree._Element, text: str) -> etree._Element:
    """A ``t`` element; outer blanks are kept, and ``_x000D_`` written by people stays what they wrote."""
    space = etree.QName(parent).namespace
    element = parent.makeelement(f"{{{space}}}t" if space else "t")
    element.text = _LOOKS_ESCAPED.sub("_x005F_", text)
    if text != text.strip() or "\n" in text or "\t" in text or "  " in text:
        element.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element
