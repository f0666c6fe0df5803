"""Kinds of identity documents, the code tables senders use for them, and what reading a number tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from lianfang.kernel.cells import clean_text


class IdentityKind(StrEnum):
    """Which document a number belongs to."""

    RESIDENT_ID = "resident_id"
    HK_MACAO_RESIDENCE = "hk_macao_residence"
    TAIWAN_RESIDENCE = "taiwan_residence"
    FOREIGN_PERMANENT = "foreign_permanent"
    FOREIGN_PERMANENT_OLD = "foreign_permanent_old"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PASSPORT_CN = "passport_cn"
    PASSPORT_FOREIGN = "passport_foreign"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identity:
    """What one cell says about one document.

    `number` is normalised: upper case, 15-digit citizen numbers widened, the issue count of a travel permit cut off;
    empty when absent, masked or beyond use (digits lost). A number with a fault other than that is kept with `valid`
    false, so that a slip can be recognised. `valid`: check digit and date are right, or the pattern fits where there is
    no check digit. `problem`: empty or one code:

    ``identity.digits_lost`` · ``identity.checksum`` · ``identity.birth_date`` · ``identity.future_birth`` ·
    ``identity.length`` · ``identity.masked_shape`` · ``identity.unknown_shape`` · ``identity.several``

    `warnings`: ``identity.maybe_rounded`` (ends in 000 although the check digit fits: distrust it where the same
    column holds numbers whose digits are lost), ``identity.very_old``, ``identity.kind_mismatch`` (the row names
    another document).
    `sex` as GB/T 2261.1. `masked` shows ``*`` for each hidden character.
    """

    kind: IdentityKind = IdentityKind.OTHER
    number: str = ""
    valid: bool = False
    problem: str = ""
    birth_date: date | None = None
    sex: str = ""
    division: str = ""
    warnings: tuple[str, ...] = ()
    masked: str = ""
    widened_from_15: bool = False


_HINTS: tuple[tuple[IdentityKind, re.Pattern[str]], ...] = (
    (
        IdentityKind.HK_MACAO_RESIDENCE,
        re.compile(r"港澳(?:台)?(?:居民)?居住证|港澳居住"),
    ),
    (IdentityKind.TAIWAN_RESIDENCE, re.compile(r"台湾?(?:居民)?居住证")),
    (IdentityKind.HK_MACAO_PERMIT, re.compile(r"港澳|回乡证|^(?:06|516|C)$")),
    (IdentityKind.TAIWAN_PERMIT, re.compile(r"台湾|台胞|^(?:07|511|G)$")),
    (IdentityKind.FOREIGN_PERMANENT, re.compile(r"永久居留|外国人居留|^(?:553|H)$")),
    (IdentityKind.PASSPORT_FOREIGN, re.compile(r"护照|PASSPORT|^(?:03|414|PP|P|B)$")),
    (
        IdentityKind.RESIDENT_ID,
        re.compile(r"身份证|户口|IDCARD|^(?:01|02|111|112|113|1|2|NI|ID)$"),
    ),
)


@lru_cache(maxsize=1024)
def kind_of_hint(hint: str) -> IdentityKind | None:
    """The kind of document a row's type text or code means, over the code tables in use; `None` if it says nothing.

    ``01``-``07`` WS 364.3, ``111``-``553`` GA/T 517, ``1 2 B C G H`` railway, ``NI PP`` airlines.
    """
    named = clean_text(hint).upper()
    for kind, pattern in _HINTS:
        if pattern.search(named):
            return kind
    return None
