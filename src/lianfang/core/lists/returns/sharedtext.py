"""The workbook's table of texts: new texts go to its end, the old ones stay byte for byte where they are."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from lxml import etree

from .package import Package, as_utf8

_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sst\b([^>]*?)(/?)>")
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


class SharedText:
    """Texts of the workbook. Without such a part, `index` answers None and the text is to stand in its cell."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._part = package.part_of_kind("sharedStrings")
        self._xml = as_utf8(package.read(self._part)) if self._part else b""
        self._root = _ROOT.search(self._xml)
        prefix = self._root[1] if self._root else b""
        self._count = len(re.findall(rb"<" + re.escape(prefix) + rb"si(?=[\s/>])", self._xml))
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
        """Put the longer table back into the package."""
        if self._root is None or not self._new:
            return
        prefix, attributes = self._root[1], self._root[2]
        for name, more in ((b"count", self._uses), (b"uniqueCount", len(self._new))):
            attributes = _raised(attributes, name, more)
        items = b"".join(_item(prefix, text) for text in self._new)
        closing = b"</" + prefix + b"sst>"
        head = self._xml[: self._root.start()] + b"<" + prefix + b"sst" + attributes + b">"
        end = self._root.end() if self._root[3] else self._xml.rindex(closing)
        tail = closing + self._xml[end:] if self._root[3] else self._xml[end:]
        self._package.put(self._part, head + self._xml[self._root.end() : end] + items + tail)


def _raised(attributes: bytes, name: bytes, more: int) -> bytes:
    def number(found: re.Match[bytes]) -> bytes:
        return found[1] + b"%d" % (int(found[2]) + more)

    return re.sub(rb"""(\s""" + name + rb"""=["'])(\d+)""", number, attributes)


def _item(prefix: bytes, text: str) -> bytes:
    space = b' xml:space="preserve"' if _needs_space(text) else b""
    inner = escape(_LOOKS_ESCAPED.sub("_x005F_", text)).encode()
    return b"<%ssi><%st%s>%s</%st></%ssi>" % (prefix, prefix, space, inner, prefix, prefix)


def _needs_space(text: str) -> bool:
    return text != text.strip() or "\n" in text or "\t" in text or "  " in text


def text_element(parent: etree._Element, text: str) -> etree._Element:
    """A ``t`` element; outer blanks are kept, and ``_x000D_`` written by people stays what they wrote."""
    space = etree.QName(parent).namespace
    element = parent.makeelement(f"{{{space}}}t" if space else "t")
    element.text = _LOOKS_ESCAPED.sub("_x005F_", text)
    if _needs_space(text):
        element.set(_XML_SPACE, "preserve")
    return element
