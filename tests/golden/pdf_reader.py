"""Reads the words back out of a PDF that typst wrote, as a reader's copy-and-paste would: for golden tests only.

Follows pages, their fonts' ToUnicode maps and pictures drawn as form objects; text pieces at one height are one line.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
_TOKEN = re.compile(
    rb"\((?:\\.|[^\\()]|\((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*\))*\)|<[0-9A-Fa-f]*>(?!>)|/[^\s/<>\[\]()]+|[+-]?\d*\.?\d+|\[|\]|[A-Za-z'\"*]+\d?",
    re.S,
)
_ESCAPES = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("f"): 12}


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of text and where it starts (points from the lower left)."""

    x: float
    y: float
    text: str


def page_lines(pdf: bytes) -> list[list[str]]:
    """The lines of each page, from top to bottom, the pieces of one line set apart by two spaces."""
    found = _Objects(pdf)
    return [_lines(list(found.pieces(page))) for page in found.pages()]


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in whole points."""
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(wide)), round(float(high))) for wide, high in boxes]


def _lines(pieces: list[Piece]) -> list[str]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda one: -one.y):
        if rows and abs(rows[-1][0].y - piece.y) < 1.5:
            rows[-1].append(piece)
        else:
            rows.append([piece])
    said = (
        "  ".join(one.text.strip() for one in sorted(row, key=lambda one: one.x) if one.text.strip()) for row in rows
    )
    return [line for line in said if line]


class _Objects:
    def __init__(self, pdf: bytes) -> None:
        starts = list(re.finditer(rb"(?:^|\n)(\d+) 0 obj\b", pdf))
        ends = [*(start.start() for start in starts[1:]), len(pdf)]
        self._bodies = {int(one[1]): pdf[one.end() : end] for one, end in zip(starts, ends, strict=True)}
        self._maps: dict[int, dict[int, str]] = {}

    def pages(self) -> list[int]:
        root = next(body for body in self._bodies.values() if b"/Type/Pages" in body and b"/Kids" in body)
        kids = re.search(rb"/Kids\s*\[(.*?)\]", root, re.S)
        assert kids is not None
        return [int(number) for number in re.findall(rb"(\d+) 0 R", kids[1])]

    def pieces(self, page: int) -> Iterator[Piece]:
        body = self._bodies[page]
        content = re.search(rb"/Contents (\d+) 0 R", body)
        assert content is not None
        yield from self._drawn(self._stream(int(content[1])), self._resources(body), _IDENTITY)

    def _stream(self, number: int) -> bytes:
        body = self._bodies[number]
        start = re.search(rb"stream\r?\n", body)
        assert start is not None
        raw = body[start.end() : body.rindex(b"endstream")]
        # The line end before "endstream" is no part of the stream, but a stream may end in the same byte.
        return zlib.decompressobj().decompress(raw) if b"/FlateDecode" in body[: start.start()] else raw

    def _resources(self, body: bytes) -> dict[bytes, int]:
        """Names of fonts and pictures to object numbers; a resource dictionary may stand apart."""
        apart = re.search(rb"/Resources (\d+) 0 R", body)
        text = self._bodies[int(apart[1])] if apart else body.split(b"stream")[0]
        return {name: int(number) for name, number in re.findall(rb"(/[fx]\d+) (\d+) 0 R", text)}

    def _map(self, font: int) -> dict[int, str]:
        if font not in self._maps:
            reference = re.search(rb"/ToUnicode (\d+) 0 R", self._bodies[font])
            text = self._stream(int(reference[1])) if reference else b""
            pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", text)
            self._maps[font] = {
                int(glyph, 16): bytes.fromhex(chars.decode()).decode("utf-16-be") for glyph, chars in pairs
            }
        return self._maps[font]

    def _drawn(self, content: bytes, names: dict[bytes, int], start: Matrix) -> Iterator[Piece]:
        stack, now, place, operands = [start], start, _IDENTITY, list[bytes]()
        letters: dict[int, str] = {}
        for token in _TOKEN.findall(content):
            if not re.match(rb"[A-Za-z'\"]", token):
                operands.append(token)
                continue
            if token == b"q":
                stack.append(now)
            elif token == b"Q":
                now = stack.pop()
            elif token == b"cm":
                now = _times(_matrix(operands), now)
            elif token == b"Tm":
                place = _matrix(operands)
            elif token == b"Tf":
                letters = self._map(names[operands[-2]])
            elif token in (b"Tj", b"TJ"):
                where = _times(place, now)
                text = "".join(letters.get(code, "\ufffd") for code in _codes(operands))
                yield Piece(where[4], where[5], text)
            elif token == b"Do" and b"/Form" in self._bodies[names[operands[-1]]].split(b"stream")[0]:
                form = names[operands[-1]]
                body = self._bodies[form]
                own = re.search(rb"/Matrix\s*\[([^\]]*)\]", body.split(b"stream")[0])
                inner = _times(_matrix(own[1].split()), now) if own else now
                yield from self._drawn(self._stream(form), self._resources(body), inner)
            operands = []


def _matrix(operands: list[bytes]) -> Matrix:
    a, b, c, d, e, f = (float(number) for number in operands[-6:])
    return a, b, c, d, e, f


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _codes(operands: list[bytes]) -> Iterator[int]:
    for token in operands:
        if token.startswith(b"("):
            raw = _unescaped(token[1:-1])
        elif token.startswith(b"<"):
            raw = bytes.fromhex(token[1:-1].decode())
        else:
            continue
        for at in range(0, len(raw) - 1, 2):
            yield int.from_bytes(raw[at : at + 2], "big")


def _unescaped(raw: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(raw):
        if raw[at] != 0x5C:
            out.append(raw[at])
            at += 1
        elif octal := re.match(rb"[0-7]{1,3}", raw[at + 1 : at + 4]):
            out.append(int(octal[0], 8))
            at += 1 + len(octal[0])
        else:
            out.append(_ESCAPES.get(raw[at + 1], raw[at + 1]))
            at += 2
    return bytes(out)
