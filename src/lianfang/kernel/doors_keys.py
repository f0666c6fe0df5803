"""Comparable keys of doors. The same key comes out of a list's address and out of the dwelling ledger's columns.

A key is the compound's code followed by the pieces: ``999999001001X01|b5|u2|r301`` (building 5, unit 2, room 301),
``…|g5|n115`` (group 5, house 115), ``…|b5|s12`` (shop 12). A door whose compound is not certain begins with ``?`` and
the codes that are possible, ``/`` between them (``?|b5|u2|r301`` when none is known); it equals no ledger key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from lianfang.kernel.doors_tail import read_building, read_group, read_number, read_room, read_unit

DoorLikeness = Literal["door", "door?", "building", "compound", "differs", "unknown"]
"""``door?``: nothing contradicts and the innermost piece agrees, but compound, unit or building is not known."""

_CACHED = 1 << 14


class DoorPieces(NamedTuple):
    """What a key is made of."""

    compounds: frozenset[str]
    """The compound's code; several or none when it is not certain."""
    pieces: Mapping[str, str]
    """``b`` building, ``u`` unit, ``r`` room, ``g`` group, ``n`` house number, ``s`` shop."""
    certain: bool


def build_key(compound: str, pieces: Iterable[tuple[str, str]], *, candidates: tuple[str, ...] = ()) -> str:
    """The key of a compound (or of several possible ones) and its pieces; empty without compound and pieces."""
    written = [f"{letter}{value}" for letter, value in pieces if value]
    if not compound and not candidates and not written:
        return ""
    return "|".join([compound or "?" + "/".join(candidates), *written])


def dwelling_key(*, compound_code: str, building: str = "", unit: str = "", room: str = "", kind: str = "") -> str:
    """The key of a dwelling as a ledger has it in columns: building ``5幢`` or group ``5组``, unit, room or ``115号``.

    Empty when the columns name no door. `kind` ``商铺`` or ``shop`` makes the room a shop's number.
    """
    group = read_group(building) if building else ""
    house = read_building(building) if building and not group else ""
    number = read_number(room) if group or not house else ""
    inner = ("n", number) if number else ("r", read_room(room))
    if kind in ("商铺", "shop"):
        inner = ("s", number or read_room(room))
    if not compound_code or not inner[1]:
        return ""
    return build_key(compound_code, (("g", group), ("b", house), ("u", read_unit(unit)), inner))


def loose_keys(key: str) -> frozenset[str]:
    """Keys under which a door may also be written: without its unit, its group, or the room inside a village house.

    For uncertain compounds one per compound. The key itself is not in the answer unless it has no looser form.
    """
    compounds, pieces, certain = split_key(key)
    if not pieces:
        return frozenset()
    forms = [dict(pieces)]
    if "n" in pieces:
        forms += [_without(form, "r") for form in forms] if "r" in pieces else []
        forms += [_without(form, "g") for form in forms] if "g" in pieces else []
    elif "u" in pieces and "b" in pieces:
        forms.append(_without(pieces, "u"))
    heads = compounds if compounds else frozenset({""})
    found = {build_key(head, form.items()) for head in heads for form in forms}
    return frozenset(found - {key} or found) if certain else frozenset(found)


@lru_cache(maxsize=_CACHED)
def split_key(key: str) -> DoorPieces:
    """The compounds and pieces of a key."""
    if not key:
        return DoorPieces(frozenset(), {}, certain=False)
    head, *written = key.split("|")
    codes = head.removeprefix("?")
    compounds = frozenset(codes.split("/")) if codes else frozenset()
    return DoorPieces(compounds, {piece[0]: piece[1:] for piece in written}, certain=not head.startswith("?"))


def compare_door_keys(written: str, ledger: str) -> DoorLikeness:
    """How far a door written on a list is the ledger's door. ``unknown`` when either side says nothing."""
    if written == ledger:
        return "door" if any(piece in split_key(ledger).pieces for piece in "rns") else _shared_level(ledger)
    (where, row, sure), (home, own, _) = split_key(written), split_key(ledger)
    if (not row and not where) or not own:
        return "unknown"
    if where and not where & home:
        return "differs"
    if any(row[piece] != own[piece] for piece in row.keys() & own.keys() if piece in "bgu"):
        same_building = row.get("b") == own.get("b") is not None
        return "differs" if not where else "building" if same_building else "compound"
    innermost = [piece for piece in "rns" if piece in row and piece in own]
    if not innermost:
        return "unknown" if not where else "building" if row.keys() & own.keys() & {"b", "g"} else "compound"
    if any(row[piece] != own[piece] for piece in innermost):
        return "differs" if not where else "building" if row.keys() & own.keys() & {"b"} else "compound"
    certain = sure and ("n" in innermost or (row.get("b") == own.get("b") and ("u" in row) == ("u" in own)))
    return "door" if certain else "door?"


def _shared_level(key: str) -> DoorLikeness:
    pieces = split_key(key).pieces
    return "building" if "b" in pieces or "g" in pieces else "compound" if pieces or key else "unknown"


def _without(pieces: Mapping[str, str], letter: str) -> dict[str, str]:
    return {piece: value for piece, value in pieces.items() if piece != letter}
