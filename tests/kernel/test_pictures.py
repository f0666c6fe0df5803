"""Photographs without what the camera wrote beside them."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lianfang.kernel.pictures import MOST_BYTES, UnusablePicture, clean_picture


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def exif(turned: int, *, order: str = "big") -> bytes:
    """An Exif block with orientation, make of the telephone and a place."""
    mark, sign = (b"MM\x00\x2a", ">") if order == "big" else (b"II\x2a\x00", "<")
    entries = struct.pack(f"{sign}HHI4s", 0x010F, 2, 4, b"Mi13")
    entries += struct.pack(f"{sign}HHIHH", 0x0112, 3, 1, turned, 0) + struct.pack(f"{sign}HHII", 0x8825, 4, 1, 60)
    return b"Exif\x00\x00" + mark + struct.pack(f"{sign}IH", 8, 3) + entries + b"GPS 26.08N 119.30E"


FRAME = segment(0xC0, struct.pack(">BHHB", 8, 40, 30, 1) + b"\x01\x11\x00")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"


def jpeg(*beside: bytes, tail: bytes = b"") -> bytes:
    first, huffman = segment(0xE0, b"JFIF\x00" + bytes(9)), segment(0xC4, b"huff")
    return b"".join((b"\xff\xd8", first, *beside, FRAME, huffman, SCAN, SCAN, b"\xff\xd9", tail))


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(*beside: bytes, size: tuple[int, int] = (2, 1)) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00\x00\xff\x00"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(beside) + body + chunk(b"IEND", b"")


class TestAJpeg:
    def test_loses_place_time_and_make_and_keeps_its_picture(self) -> None:
        beside = [segment(0xE1, exif(1)), segment(0xE1, b"http://ns.adobe.com/xap/ author"), segment(0xFE, b"my note")]
        made = clean_picture(jpeg(*beside, segment(0xE2, b"MPF thumbnail"), tail=b"second picture behind the first"))
        assert (made.kind, made.content) == ("jpeg", jpeg())

    @pytest.mark.parametrize("order", ["big", "little"])
    def test_keeps_which_way_up_it_is_and_nothing_else_of_exif(self, order: str) -> None:
        made = clean_picture(jpeg(segment(0xE1, exif(6, order=order)))).content
        assert b"GPS" not in made and b"Mi13" not in made
        again = clean_picture(made).content
        assert again == made != jpeg()
        assert made.count(b"Exif\x00\x00") == 1

    def test_keeps_what_its_colours_need(self) -> None:
        adobe = segment(0xEE, b"Adobe\x00\x64\x00\x00\x00\x00\x02")
        assert clean_picture(jpeg(adobe)).content == jpeg(adobe)

    @pytest.mark.parametrize("exif_block", [b"Exif\x00\x00", b"Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff", exif(9), b"x"])
    def test_survives_exif_that_cannot_be_read(self, exif_block: bytes) -> None:
        assert clean_picture(jpeg(segment(0xE1, exif_block))).content == jpeg()

    @pytest.mark.parametrize("cut", [3, 20, 40, 60, -1])
    def test_that_ends_too_early_is_refused(self, cut: int) -> None:
        with pytest.raises(UnusablePicture) as refused:
            clean_picture(jpeg()[:cut])
        assert refused.value.code == "picture.damaged"

    @settings(max_examples=50)
    @given(st.binary(max_size=200), st.integers(0, len(jpeg())))
    def test_is_cleaned_or_refused_whatever_is_in_it(self, noise: bytes, at: int) -> None:
        whole = jpeg()
        try:
            made = clean_picture(whole[:at] + noise + whole[at:])
        except UnusablePicture:
            return
        assert clean_picture(made.content) == made


class TestAPng:
    def test_loses_texts_and_time_and_keeps_its_picture(self) -> None:
        beside = [chunk(b"tEXt", b"Author\x00me"), chunk(b"eXIf", exif(1)[6:]), chunk(b"tIME", bytes(7))]
        made = clean_picture(png(*beside, chunk(b"gAMA", bytes(4))) + b"behind the end")
        assert (made.kind, made.content) == ("png", png(chunk(b"gAMA", bytes(4))))

    @pytest.mark.parametrize("damage", [png()[:-5], png()[:60], png().replace(b"IDAT", b"IDAX"), png(size=(0, 9))])
    def test_that_is_damaged_is_refused(self, damage: bytes) -> None:
        with pytest.raises(UnusablePicture) as refused:
            clean_picture(damage)
        assert refused.value.code == "picture.damaged"


class TestWhatIsTaken:
    @pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7", b"<svg/>", b"RIFF1234WEBP"])
    def test_is_nothing_but_jpeg_and_png(self, content: bytes) -> None:
        with pytest.raises(UnusablePicture) as refused:
            clean_picture(content)
        assert refused.value.code == "picture.wrong_kind"

    def test_has_a_largest_size_in_bytes_and_pixels(self) -> None:
        for content in (bytes(MOST_BYTES + 1), png(size=(60_000, 60_000))):
            with pytest.raises(UnusablePicture) as refused:
                clean_picture(content)
            assert refused.value.code == "picture.too_large"
