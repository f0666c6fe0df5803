"""Files nobody should be able to hurt the server with, and honest files in odd clothes; each made from nothing."""

from __future__ import annotations

import zipfile
from pathlib import Path

import xlsxwriter

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.{kind}.main+xml"/></Types>'
)


def workbook(path: Path, rows: list[list[object]], *, sheet: str = "名单", start: tuple[int, int] = (0, 0)) -> Path:
    """An ordinary xlsx with one sheet; `start` is the (row, column) of its first cell, from 0."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet(sheet)
        for down, row in enumerate(rows):
            for right, value in enumerate(row):
                if value is not None:
                    page.write(start[0] + down, start[1] + right, value)
    return path


def corners(path: Path) -> Path:
    """Two cells, in the first and in the last corner of a sheet: whoever allocates the rectangle needs 400 GB."""
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write(0, 0, "姓名")
        page.write(1_048_575, 16_383, "王丽")
    return path


def encrypted(path: Path) -> Path:
    """What Excel writes when it protects a workbook by a password: a compound file with an EncryptedPackage stream."""
    names = "".join(("Root Entry", "EncryptionInfo", "EncryptedPackage"))
    path.write_bytes(_OLE + bytes(504) + names.encode("utf-16-le").ljust(4096, b"\0"))
    return path


def with_macros(path: Path) -> Path:
    """An xlsm, whatever it is called."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES.format(kind="ms-excel.sheet.macroEnabled"))
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/vbaProject.bin", b"\0" * 64)
    return path


def bomb(path: Path) -> Path:
    """80 MiB of zeros in some 80 KiB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", _TYPES.format(kind="openxmlformats-officedocument.sheet"))
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(80 * 1024 * 1024))
    return path


def cut(path: Path, *, of: Path, share: float) -> Path:
    """The first part of another file, as a broken transfer leaves it."""
    content = of.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


def web_page(path: Path, *, encoding: str = "gbk") -> Path:
    """What many systems export and call .xls."""
    page = (
        f'<html><head><meta charset="{encoding}"></head><body><table><tr><td colspan="3">人员名单</td></tr>'
        "<tr><th>姓名</th><th>身份证号</th><th>电话</th></tr>"
        "<tr><td>王丽</td><td>999999199001010016</td><td>19900000001<br>19900000002</td></tr>"
        "<tr><td>李强</td><td></td><td>19900000003</td></tr></table></body></html>"
    )
    path.write_bytes(page.encode(encoding))
    return path


def xml_sheet(path: Path) -> Path:
    """«XML Spreadsheet 2003», which others export and also call .xls."""
    rows = [["姓名", "手机号", "现住址"], ["王丽", "19900000001", "望湖花苑1幢1单元101室"]]
    cells = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{text}</Data></Cell>' for text in row) + "</Row>"
        for row in rows
    )
    path.write_text(
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="表一"><Table>'
        f"{cells}</Table></Worksheet></Workbook>",
        encoding="utf-8",
    )
    return path
