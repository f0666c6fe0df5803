"""The texts of commitment letters: one TOML file for each regime, edition and version.

``edition = "*"`` is the text of every edition that has none of its own. A text that was signed never changes: a new
one is a new file with the next version. `asks_again` says whether whoever signed an older version signs anew.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

ANY: Final = "*"
"""The edition of a text for all editions."""
FOLDER: Final = Path(__file__).parent


class BadLetter(ValueError):
    """A text file cannot be used; the message names it and says why."""

    code = "commitment.bad_letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """One version of the text for a regime under an edition (or all)."""

    regime: str
    edition: str
    version: int
    asks_again: bool
    title: str
    opening: str
    promises: tuple[str, ...]
    rights: tuple[str, ...]
    closing: str

    @property
    def code(self) -> str:
        """How a signature names its text: ``home/*/1``."""
        return f"{self.regime}/{self.edition}/{self.version}"

    @property
    def digest(self) -> str:
        """SHA-256 of the text in a fixed spelling, in hexadecimal."""
        spelled = json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return sha256(spelled.encode()).hexdigest()


def read_letter(text: str, *, name: str) -> LetterText:
    """A text file's content. Raises `BadLetter` for anything missing, empty or unknown."""
    try:
        given: dict[str, Any] = tomllib.loads(text)
        lists: dict[str, Any] = {key: tuple(map(str, given[key])) for key in ("promises", "rights")}
        letter = LetterText(**given | lists)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise BadLetter(f"{name}: {fault}") from fault
    words = (letter.regime, letter.edition, letter.title, letter.opening, letter.closing)
    lines = (*letter.promises, *letter.rights)
    sound = all(isinstance(word, str) and word.strip() for word in (*words, *lines))
    if not (sound and letter.promises and letter.rights and isinstance(letter.version, int) and letter.version > 0):
        raise BadLetter(f"{name}: a text has regime, edition, version, title, opening, promises, rights and closing")
    return letter


@cache
def every_letter() -> tuple[LetterText, ...]:
    """All versions of all texts that come with the product."""
    return tuple(
        read_letter(path.read_text(encoding="utf-8"), name=path.name) for path in sorted(FOLDER.glob("*.toml"))
    )


def _versions(regime: str, edition: str, letters: Iterable[LetterText]) -> list[LetterText]:
    """The versions that are meant for a measure, newest first: those of its edition, else those of all."""
    own = [one for one in letters if one.regime == regime and one.edition == edition]
    found = own or [one for one in letters if one.regime == regime and one.edition == ANY]
    return sorted(found, key=lambda one: -one.version)


def letter_for(regime: str, edition: str, letters: Iterable[LetterText] | None = None) -> LetterText | None:
    """The text somebody under this regime and edition signs today; None where there is none."""
    found = _versions(regime, edition, tuple(every_letter() if letters is None else letters))
    return found[0] if found else None


def sufficient(regime: str, edition: str, letters: Iterable[LetterText] | None = None) -> frozenset[str]:
    """Codes of the texts whose signature still counts: back to the last version that asks everybody again."""
    codes = set()
    for one in _versions(regime, edition, tuple(every_letter() if letters is None else letters)):
        codes.add(one.code)
        if one.asks_again:
            break
    return frozenset(codes)
