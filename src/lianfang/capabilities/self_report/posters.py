"""Posters: made, renewed and closed by staff; looked up by their code at every opening of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import CharField
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.self_report.codes import new_poster_code
from lianfang.capabilities.self_report.models import Poster, PosterKind
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.kept import Kept
from lianfang.core.territory.models import STEP, Level, Territory
from lianfang.kernel.uuid7 import uuid7

BAD_AREA = refusal("self_report.bad_area", _("A poster is for a community, one of its grids or one of its compounds."))
BAD_SPAN = refusal("self_report.bad_span", _("A poster counts for 1 to 90 days."))
BAD_KIND = refusal("self_report.bad_kind", _("Choose whom the poster is for."))
ALREADY_CLOSED = refusal("self_report.already_closed", _("This poster is closed already."))

AREAS = (Level.COMMUNITY, Level.GRID, Level.COMPOUND)
LEAST_PATH = 3 * STEP
"""Characters of a community's path; areas above it have no posters."""
KNOWN_SECONDS = 2.0
"""A morning's reports come under one code: it is not looked up for each of them."""
MOST_KNOWN = 1000
MOST_DAYS = 90
"""A poster that hangs longer is forgotten on some wall (house choice)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a page must know of a poster. `territory` is the name of its area."""

    id: UUID
    path: str
    kind: str
    territory: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether its page takes anything at `at` (aware)."""
        return self.closed_at is None and self.starts_at <= at < self.ends_at


_BY_CODE = Kept(
    lambda code: Poster.objects.filter(code=code).values_list(
        "id", "path", "kind", "territory__name", "starts_at", "ends_at", "closed_at"
    ),
    code=CharField(),
)


class _Memory:
    found: ClassVar[dict[str, tuple[float, Found]]] = {}


def poster_of(code: str) -> Found | None:
    """The poster with this code, open or not. A change that another process makes counts after `KNOWN_SECONDS`."""
    looked, known = _Memory.found.get(code, (float("-inf"), None))
    if known is not None and monotonic() - looked < KNOWN_SECONDS:
        return known
    row = _BY_CODE.first(code=code) if code else None
    if row is None:
        return None
    if len(_Memory.found) >= MOST_KNOWN:
        _Memory.found.clear()
    _Memory.found[code] = (monotonic(), Found(*row))
    return _Memory.found[code][1]


def forget() -> None:
    """Drop the posters kept in memory; called when one was made or closed in this process."""
    _Memory.found.clear()


@action("self_report.issue_poster")
def issue_poster(command: Command, *, territory_id: UUID, kind: str, days: int) -> Answer:
    """Make a poster for an area that counts from now for `days` days. One that hangs there already is closed: its code
    leads to a page that says so."""
    territory = Territory.objects.filter(id=territory_id).first()
    if territory is None:
        command.asked.add("self_report.handle")
        raise NotFound("territory")
    command.require("self_report.handle", path=territory.path)
    if territory.level not in AREAS:
        raise Refusal("self_report.bad_area")
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("self_report.bad_span")
    if kind not in PosterKind.values:
        raise Refusal("self_report.bad_kind")
    old = Poster.objects.filter(territory=territory, kind=kind, closed_at=None)
    old.update(closed_at=command.now, closed_by=command.actor)
    made = Poster.objects.create(
        id=uuid7(),
        territory=territory,
        path=territory.path,
        kind=kind,
        code=new_poster_code(),
        starts_at=command.now,
        ends_at=command.now + timedelta(days=days),
        made_by=command.actor,
        made_at=command.now,
    )
    forget()
    transaction.on_commit(forget)  # another request may have looked in between
    command.note("self_report.issue_poster", path=made.path, subject_kind="poster", subject_id=made.id)
    return {"poster": str(made.id), "code": made.code}


@action("self_report.close_poster")
def close_poster(command: Command, *, poster_id: UUID) -> Answer:
    """Close a poster: its page says so, whatever is still pasted on walls."""
    poster = Poster.objects.visible_to(command.actor).filter(id=poster_id).select_for_update(of=("self",)).first()
    if poster is None:
        command.asked.add("self_report.handle")
        raise NotFound("poster")
    command.require("self_report.handle", path=poster.path)
    if poster.closed_at is not None:
        raise Refusal("self_report.already_closed")
    poster.closed_at, poster.closed_by = command.now, command.actor
    poster.save(update_fields=["closed_at", "closed_by"])
    forget()
    transaction.on_commit(forget)  # another request may have looked in between
    command.note("self_report.close_poster", path=poster.path, subject_kind="poster", subject_id=poster.id)
    return {"poster": str(poster.id)}
