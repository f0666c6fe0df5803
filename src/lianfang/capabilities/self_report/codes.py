"""Codes of posters and of reports. A report's code is worked out from its id with our key, so that it is kept nowhere:
whoever reads the database without the keys opens no report, and the same report always shows the same code."""

from __future__ import annotations

import secrets
from typing import Final
from uuid import UUID

from lianfang.core import vault
from lianfang.kernel.short_codes import ALPHABET, code_of, read_code

POSTER_LENGTH: Final = 8
RECEIPT_LENGTH: Final = 8
OWN_LENGTH: Final = 10
"""Nine characters of twenty-nine: more than ten million million, beside which nobody guesses."""


def new_poster_code() -> str:
    """A code nobody can tell beforehand."""
    return code_of(secrets.randbelow(len(ALPHABET) ** (POSTER_LENGTH - 1)), length=POSTER_LENGTH)


def read_poster_code(text: object) -> str:
    """The poster's code somebody typed; empty when it is none."""
    return read_code(text, length=POSTER_LENGTH)


def receipt_number(report_id: UUID) -> str:
    """What a resident says on the telephone to name a report; it opens nothing."""
    return code_of(_number("receipt", report_id), length=RECEIPT_LENGTH)


def own_code(report_id: UUID) -> str:
    """The code that, with the tail of the telephone, opens one's own report."""
    return code_of(_number("own", report_id), length=OWN_LENGTH)


def key_of_code(text: object) -> int | None:
    """What a report is found by from its code as somebody typed it; None when it cannot be one."""
    code = read_code(text, length=OWN_LENGTH)
    return vault.blind_key("self_report.code", code) if code else None


def _number(what: str, report_id: UUID) -> int:
    return int.from_bytes(vault.sign(b"self_report." + what.encode() + b"\x00" + report_id.bytes)[:16], "big")
