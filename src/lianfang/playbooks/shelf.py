"""All editions that are there, and which one applies."""

from __future__ import annotations

from collections.abc import Mapping
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


@cache
def editions(folder: Path = FOLDER) -> Mapping[str, Edition]:
    """Every edition by its code, the oldest first. Read once; a new file needs a restart."""
    found = sorted((load_edition(path) for path in folder.glob("*.toml")), key=lambda one: (one.starts_at, one.code))
    national = [one for one in found if one.kind != "drill"]
    for earlier, later in pairwise(national):
        if earlier.ends_at is None or earlier.ends_at > later.starts_at:
            raise EditionRefused(
                "edition.overlaps",
                file=f"{earlier.code}.toml",
                key="ends_at",
                what_to_do=f"end this edition when {later.code} begins, {later.starts_at.isoformat()}",
            )
    return MappingProxyType({one.code: one for one in found})


def edition(code: str) -> Edition:
    """The edition of this code."""
    try:
        return editions()[code]
    except KeyError:
        raise NoSuchEdition(code) from None


def edition_in_force(at: datetime) -> Edition | None:
    """The edition for a case that is ruled on for the first time at `at`; drills are never in force by themselves."""
    return next((one for one in editions().values() if one.kind != "drill" and one.in_force(at)), None)


def edition_for(ruled_edition: str, *, at: datetime, rerule_reason: str = "") -> Edition | None:
    """The edition of a case: its own, whatever is in force now, unless it is ruled on anew for a reason."""
    if ruled_edition and not rerule_reason.strip():
        return edition(ruled_edition)
    return edition_in_force(at)
