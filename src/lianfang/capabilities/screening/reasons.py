"""Why a row was decided as it was, in the language of whoever reads; the words are in `lianfang.matching.words`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext

from lianfang.matching import words
from lianfang.matching.words import CLASHES, field_standing, standing_of

__all__ = ["CLASHES", "field_standing", "sentence_of", "standing_of", "word_of"]


def word_of(code: str) -> str:
    """One reason in words; the code itself if it is not known."""
    return words.word_of(code, gettext)


def sentence_of(codes: Sequence[str], *, missing: Iterable[str] = ()) -> str:
    """The reasons as one sentence; `missing` names fields the row does not fill: any of id, phone, door."""
    return words.sentence_of(codes, missing=missing, say=gettext)
