"""What a row says of someone, as one text that is equal when another row says the same of them.

Name, document number, telephones and door, each normalised. A text that could be of two people is no fingerprint.
"""

from __future__ import annotations

from lianfang.kernel.matching_names import is_latin, letters_of
from lianfang.kernel.names import simplified
from lianfang.kernel.rowfacts import RowFacts

_BETWEEN = "\x1f"


def fingerprint(facts: RowFacts, door_key: str) -> str:
    """The text to be hashed; empty when the row tells too little to mean one person.

    A valid number tells one; a full name does with a telephone, a door or any number, also a masked one; so does a
    masked number with a telephone. A surname, a masked name or a telephone alone never does.
    """
    if not _means_one(facts, door_key):
        return ""
    return _BETWEEN.join(
        (
            _name(facts.name) if facts.name else f"*{simplified(facts.name_masked)}",
            facts.identity or facts.identity_masked,
            ",".join(sorted({*facts.phones, *facts.phones_masked})),
            door_key,
        )
    ).upper()


def _means_one(facts: RowFacts, door_key: str) -> bool:
    if facts.identity and facts.identity_valid:
        return True
    if facts.name and not facts.surname_only:
        return bool(
            facts.identity
            or facts.identity_masked
            or facts.phones
            or door_key.rpartition("|")[2][:1] in ("r", "n", "s")
        )
    return bool(facts.identity_masked and facts.phones)


def _name(name: str) -> str:
    if is_latin(name):
        return min(letters_of(name))
    return simplified(name).replace("·", "").replace(" ", "")
