"""What a file is, told by its first bytes and its directory, before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lianfang.core.lists.intake.refusals import IntakeRefusal, Limits

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"MZ", "exe"),
    (b"\x7fELF", "exe"),
    (b"SQLite format 3", "sqlite"),
    (b"{\\rtf", "rtf"),
    (b"MIME-Version:", "mhtml"),
)
_ACCEPTED: dict[str, frozenset[str]] = {
    "xlsx": frozenset({"xlsx"}),
    "xls": frozenset({"xls", "html", "xml2003"}),
    "et": frozenset({"xls"}),
    "ods": frozenset({"ods"}),
    "csv": frozenset({"text"}),
    "tsv": frozenset({"text"}),
    "txt": frozenset({"text"}),
    "html": frozenset({"html"}),
    "htm": frozenset({"html"}),
}
"""Kinds of content each extension may have. ``.xls`` is also what many systems call the web page they export."""


def kind_of(path: Path, *, filename: str, limits: Limits) -> str:
    """Kind of the file: xlsx, xls, ods, html, xml2003, csv, tsv or txt; refuses everything else.

    `filename` is the name the sender gave it (`path` may be an upload's temporary name).
    """
    size = path.stat().st_size
    if size == 0:
        raise IntakeRefusal("file.empty")
    if size > limits.file_bytes:
        raise IntakeRefusal("file.too_large", bytes=size, limit=limits.file_bytes)
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    if extension in ("xlsm", "xltm", "xlam", "xlsb"):
        raise IntakeRefusal("file.macro", extension=extension)
    found = _content_kind(path, limits=limits)
    if extension not in _ACCEPTED or found not in _ACCEPTED[extension]:
        raise IntakeRefusal("file.kind", extension=extension, found=found)
    return extension if found == "text" else found


def _content_kind(path: Path, *, limits: Limits) -> str:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        return _zip_kind(path, limits=limits)
    if head.startswith(_OLE):
        return _ole_kind(path)
    for magic, kind in _FOREIGN:
        if head.startswith(magic):
            return kind
    if head[:4] in (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00") or head[:4] == b"\x09\x00\x04\x00":
        return "bare_biff"
    return _markup_kind(head) or "text"


def _markup_kind(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.decode("utf-16", "ignore")
    else:
        text = head.decode("utf-8", "ignore").lstrip("\ufeff")
    text = text.lstrip().lower()
    if not text.startswith("<"):
        return ""
    if "urn:schemas-microsoft-com:office:spreadsheet" in text:
        return "xml2003"
    return "html" if any(tag in text for tag in ("<html", "<table", "<!doctype html", "<meta", "<head")) else ""


def _zip_kind(path: Path, *, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts, size=path.stat().st_size, limits=limits)
            return _office_kind(archive, {part.filename for part in parts})
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        UnicodeError,
        RuntimeError,
        ValueError,
    ) as error:
        if isinstance(error, IntakeRefusal):
            raise
        raise IntakeRefusal("file.damaged", reason="zip") from error


def _refuse_bomb(parts: list[zipfile.ZipInfo], *, size: int, limits: Limits) -> None:
    """Refuse by the directory alone: too many parts, too much inside, too good a ratio, parts that overlap."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > limits.parts or packed > size or unpacked > limits.unpacked_bytes:
        raise IntakeRefusal("file.bomb", unpacked=unpacked, limit=limits.unpacked_bytes, parts=len(parts))
    if unpacked > limits.ratio_matters_from_bytes and unpacked > limits.unpacked_ratio * size:
        raise IntakeRefusal("file.bomb", unpacked=unpacked, ratio=unpacked // max(size, 1))


def _office_kind(archive: zipfile.ZipFile, names: set[str]) -> str:
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise IntakeRefusal("file.encrypted")
    lowered = {name.lower() for name in names}
    if "[content_types].xml" in lowered:
        return _ooxml_kind(archive, names, lowered)
    if "mimetype" in names:
        kind = _peek(archive, "mimetype").decode("ascii", "ignore").strip()
        if "META-INF/manifest.xml" in names and b"encryption-data" in _peek(archive, "META-INF/manifest.xml"):
            raise IntakeRefusal("file.encrypted")
        if any(name.startswith("Basic/") and name.count("/") > 1 and "script-lb" not in name for name in names):
            raise IntakeRefusal("file.macro", found="ods")
        return "ods" if "spreadsheet" in kind else "opendocument"
    return "zip"


def _peek(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first mebibyte of a part, however large its directory entry says it is."""
    with archive.open(name) as part:
        return part.read(1024 * 1024)


def _ooxml_kind(archive: zipfile.ZipFile, names: set[str], lowered: set[str]) -> str:
    if any(name.endswith(("vbaproject.bin", "/vbadata.xml")) or "/macrosheets/" in name for name in lowered):
        raise IntakeRefusal("file.macro", found="xlsx")
    types = next(name for name in names if name.lower() == "[content_types].xml")
    if b"macroenabled" in _peek(archive, types).lower():
        raise IntakeRefusal("file.macro", found="xlsx")
    if "xl/workbook.xml" in lowered:
        return "xlsx"
    if "word/document.xml" in lowered:
        return "docx"
    return "xlsb" if "xl/workbook.bin" in lowered else "zip"


def _wide(name: str) -> bytes:
    return name.encode("utf-16-le")


def _ole_kind(path: Path) -> str:
    """Tell compound files apart by the names in their directory, which are UTF-16 wherever the directory lies."""
    content = path.read_bytes()
    if _wide("EncryptedPackage") in content:
        raise IntakeRefusal("file.encrypted")
    if _wide("_VBA_PROJECT") in content:
        raise IntakeRefusal("file.macro", found="xls")
    if _wide("Workbook") in content or _wide("Book") in content:
        return "xls"
    if _wide("WordDocument") in content:
        return "doc"
    raise IntakeRefusal("file.damaged", reason="ole")
