"""What stands around measures on paper: doors, numbers' ends, whom to call, who held which post, what runs on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import translation

from lianfang.capabilities.orders.shapes import Call, PaperKind
from lianfang.core.access.models import Answerer, Grant, Responsibility
from lianfang.core.access.roles import PERMISSIONS, Role
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.people.models import IdentityDocument
from lianfang.core.territory.models import Level, Territory, prefixes

CALLED = (Answerer.GRID_WORKER, Answerer.DOCTOR, Answerer.SECRETARY)
"""Whom a paper names to call, in this order."""
_DOOR_LEVELS = (Level.COUNTY, Level.SUBDISTRICT, Level.COMMUNITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything read at once for many measures."""

    areas: dict[str, Territory]
    tails: dict[UUID, str]
    grants: dict[UUID, list[Grant]]
    net: dict[str, dict[str, Responsibility]]
    following: dict[UUID, list[ControlMeasure]]
    _calls: dict[str, tuple[Call, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, measures: Sequence[ControlMeasure], *, kind: PaperKind, now: datetime) -> Surroundings:
        """Read it: areas, documents, grants, the net of those who answer, and for notices what runs on."""
        paths = {path for measure in measures for path in prefixes(measure.path)}
        paths |= {path for measure in measures if measure.dwelling for path in prefixes(measure.dwelling.path)}
        people = [measure.person_id for measure in measures]
        return cls(
            areas={area.path: area for area in Territory.objects.filter(path__in=paths)},
            tails=_tails(people),
            grants=_grants(measures),
            net=_net(paths, now=now),
            following=_following(measures, people, now=now) if kind == "notice" else {},
        )

    def door_of(self, measure: ControlMeasure) -> str:
        """The address as one writes it on a letter; without a door, the area that answers for the person."""
        dwelling = measure.dwelling or measure.person.dwelling
        path = dwelling.path if dwelling else measure.path
        known = (self.areas.get(part) for part in prefixes(path))
        names = "".join(area.name for area in known if area and area.level in _DOOR_LEVELS)
        return names + (dwelling.label if dwelling else "")

    def subdistrict_of(self, path: str) -> str:
        """The name of the subdistrict the path lies in, or of the county above it."""
        known = [self.areas[part] for part in prefixes(path) if part in self.areas]
        named = [area.name for area in known if area.level in (Level.COUNTY, Level.SUBDISTRICT)]
        return named[-1] if named else ""

    def post_of(self, user_id: UUID | None, permission: str, at: datetime) -> str:
        """The role in which somebody did this then, in Chinese; empty when they held none any more on record."""
        for grant in self.grants.get(user_id, ()) if user_id else ():
            if grant.starts_at <= at < grant.ends_at and permission in PERMISSIONS[grant.role]:
                with translation.override("zh-hans"):
                    return str(Role(grant.role).label)
        return ""

    def calls_of(self, path: str) -> tuple[Call, ...]:
        """Whom to call about a door: of each post the nearest that has a telephone."""
        if path not in self._calls:
            self._calls[path] = tuple(self._nearest(path))
        return self._calls[path]

    def _nearest(self, path: str) -> list[Call]:
        found = []
        for role in CALLED:
            near = (self.net.get(part, {}).get(role) for part in reversed(prefixes(path)))
            answer = next((one for one in near if one is not None), None)
            if answer is not None:
                with translation.override("zh-hans"):
                    found.append(Call(post=str(role.label), name=answer.name, phone=answer.phone))
        return found

    def following_of(self, measure: ControlMeasure) -> list[ControlMeasure]:
        """Other measures on the same person that still run or begin, the earliest first."""
        return [
            one
            for one in self.following.get(measure.person_id, ())
            if one.id != measure.id and one.drill == measure.drill
        ]

    def called_areas(self, measures: Sequence[ControlMeasure]) -> list[Territory]:
        """Areas whose telephones stand on the papers of these measures."""
        paths = {
            part
            for measure in measures
            for part in prefixes(measure.path)
            if any(one.phone_sealed for one in self.net.get(part, {}).values())
        }
        return [self.areas[path] for path in sorted(paths) if path in self.areas]


def _tails(people: Sequence[UUID]) -> dict[UUID, str]:
    """The last characters of each person's number: four, or two of a short one. A valid identity card comes first."""
    rows = IdentityDocument.objects.filter(person_id__in=people)
    best: dict[UUID, IdentityDocument] = {}
    for document in sorted(rows, key=lambda one: (one.valid, one.kind == "resident_id", one.id)):
        best[document.person_id] = document
    numbers = {person_id: document.number.strip() for person_id, document in best.items()}
    return {person_id: number[-4:] if len(number) >= 8 else number[-2:] for person_id, number in numbers.items()}


def _grants(measures: Sequence[ControlMeasure]) -> dict[UUID, list[Grant]]:
    users = {
        user_id
        for measure in measures
        for user_id in (measure.proposed_by_id, measure.approved_by_id, measure.released_by_id)
        if user_id
    }
    found: dict[UUID, list[Grant]] = defaultdict(list)
    for grant in Grant.objects.filter(user_id__in=users, waits=False).order_by("starts_at", "id"):
        found[grant.user_id].append(grant)
    return found


def _net(paths: set[str], *, now: datetime) -> dict[str, dict[str, Responsibility]]:
    """Area path → role → who answers; the newest, of those who can be called."""
    answers = Responsibility.objects.in_force(now).filter(path__in=paths, role__in=CALLED)
    found: dict[str, dict[str, Responsibility]] = defaultdict(dict)
    for answer in answers.exclude(phone_sealed=None).order_by("starts_at", "id"):
        found[answer.path][answer.role] = answer
    return found


def _following(
    measures: Sequence[ControlMeasure], people: Sequence[UUID], *, now: datetime
) -> dict[UUID, list[ControlMeasure]]:
    running = ControlMeasure.objects.unlifted().filter(person_id__in=people, ends_at__gt=now)
    found: dict[UUID, list[ControlMeasure]] = defaultdict(list)
    for one in running.order_by("starts_at", "id"):
        found[one.person_id].append(one)
    return found
