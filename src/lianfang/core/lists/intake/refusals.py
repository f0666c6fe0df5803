"""Why a file is not taken, and how much of a file we are ready to take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MESSAGES: Final[Mapping[str, str]] = {
    "file.damaged": "The file is damaged or was cut off in transfer; ask the sender to send it again.",
    "file.too_large": "The file is larger than the permitted size; split it and send the parts.",
    "file.bomb": "The file unpacks to far more than it should; it was not opened.",
    "file.encrypted": "The file is protected by a password; save it without a password and send it again.",
    "file.macro": "The file contains macros; save it as .xlsx and send it again.",
    "file.kind": "The content of the file is not what its name says, or its kind cannot be read.",
    "file.empty": "There is nothing in the file.",
    "file.turned": "People stand in columns, labels in the first one; transpose the table and send it again.",
    "file.nobody": "No list of people was recognised; put a row with the names of the columns above the people.",
    "file.too_many_rows": "The file has more rows than permitted; split it and send the parts.",
    "file.too_many_columns": "The file has more columns than permitted; delete the columns that are not needed.",
    "file.timeout": "Reading the file took too long; split it and send the parts.",
    "file.too_costly": "The file needs more memory than permitted; delete stray cells far below or right of the table.",
}
"""English sentence of every code a file can be refused with; the sentence says what to do."""


class IntakeRefusal(ValueError):
    """The file or text as a whole is not taken; nothing of it was kept.

    `code` never changes and is a key of :data:`MESSAGES`; `facts` holds the figures a sentence may want to name
    (``rows``, ``limit``, ``extension``, ``found``, ``reason`` …), all of them JSON values.
    """

    def __init__(self, code: str, **facts: str | int | float) -> None:
        """`code` must be a key of :data:`MESSAGES`; everything else goes into `facts`."""
        super().__init__(MESSAGES[code])
        self.code = code
        self.facts: dict[str, str | int | float] = dict(facts)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Sizes in bytes, times in seconds.

    Rows and bytes are the product's promise (200,000 rows or 50 MB). The other figures leave honest files alone: a
    million empty rows of 14 formatted cells unpack to 350 MB, 13 times their size (measured with deflate, level 6).
    """

    file_bytes: int = 50 * 1024 * 1024
    rows: int = 200_000
    columns: int = 1_000
    unpacked_bytes: int = 1024 * 1024 * 1024
    unpacked_ratio: int = 100
    ratio_matters_from_bytes: int = 64 * 1024 * 1024
    parts: int = 10_000
    memory_bytes: int = 2 * 1024 * 1024 * 1024
    cpu_seconds: int = 120
    wall_seconds: int = 240
    markup_bytes: int = 32 * 1024 * 1024


DEFAULT: Final = Limits()
"""Limits of the product as shipped."""
