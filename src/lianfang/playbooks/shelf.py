"""All editions that are there, and which one applies: those of the product, and those in a site's own folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from lianfang.playbooks.loading import load_edition
from lianfang.playbooks.schema import Edition
from lianfang.playbooks.tables import EditionRefused

FOLDER = Path(__file__).parent / "editions"


class NoSuchEdition(LookupError):
    """No file of this code is on the shelf."""

    code = "edition.unknown"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Editions by code, the oldest first, and the site's own files that could not be put there."""

    editions: Mapping[str, Edition]
    refused: tuple[EditionRefused, ...]


_own: list[Path] = []


def use_own_folder(folder: Path) -> None:
    """Let a site's own editions stand beside those of the product, or in the place of one with the same code."""
    _own[:] = [folder]


def editions() -> Mapping[str, Edition]:
    """Every edition by its code, the oldest first. Read once; a new file needs a restart."""
    return shelf().editions


def shelf() -> Shelf:
    """The shelf with what was refused."""
    return read_shelf(*_own)


@cache
def read_shelf(folder: Path | None = None) -> Shelf:
    """Read all files. A bad file of a site is left out and named; one of the product is a fault of ours and raised."""
    ours = {one.code: one for one in map(load_edition, sorted(FOLDER.glob("*.toml")))}
    own: dict[str, Edition] = {}
    refused: list[EditionRefused] = []
    for path in sorted(folder.glob("*.toml")) if folder is not None and folder.is_dir() else ():
        try:
            one = load_edition(path)
            own[one.code] = one
        except EditionRefused as why:
            refused.append(why)
    while (too_much := _overlap(ours | own, own)) is not None:
        refused.append(too_much)
        del own[Path(too_much.file).stem]
    in_order = sorted((ours | own).values(), key=lambda one: (one.starts_at, one.code))
    return Shelf(MappingProxyType({one.code: one for one in in_order}), tuple(refused))


def _overlap(found: Mapping[str, Edition], own: Mapping[str, Edition]) -> EditionRefused | None:
    """Two national editions must not be in force at once: the site's own gives way. Routine steps back by itself."""
    national = sorted((one for one in found.values() if one.kind == "national"), key=lambda one: one.starts_at)
    for earlier, later in pairwise(national):
        mine = next((one for one in (later, earlier) if one.code in own), None)
        if mine is not None and (earlier.ends_at is None or earlier.ends_at > later.starts_at):
            begins = later.starts_at.isoformat()
            wanted = f"{earlier.code} must end when {later.code} begins ({begins}): change one of them"
            return EditionRefused("edition.overlaps", file=f"{mine.code}.toml", key="starts_at", what_to_do=wanted)
    return None


def edition(code: str) -> Edition:
    """The edition of this code."""
    try:
        return editions()[code]
    except KeyError:
        raise NoSuchEdition(code) from None


def edition_in_force(at: datetime) -> Edition | None:
    """The edition for a case first ruled on at `at`: the national one, else the routine one; never that of a drill."""
    return _first_in_force(editions().values(), "national", at) or _first_in_force(editions().values(), "routine", at)


def _first_in_force(found: Iterable[Edition], kind: str, at: datetime) -> Edition | None:
    return next((one for one in found if one.kind == kind and one.in_force(at)), None)


def edition_for(ruled_edition: str, *, at: datetime, rerule_reason: str = "") -> Edition | None:
    """The edition of a case: its own, whatever is in force now, unless it is ruled on anew for a reason."""
    if ruled_edition and not rerule_reason.strip():
        return edition(ruled_edition)
    return edition_in_force(at)
