"""The tree of areas and the responsibility net: who answers where, who is off duty, what is vacant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from lianfang.core.access.answering import AnswerBook
from lianfang.core.access.models import Answerer, Responsibility, User, off_duty_users
from lianfang.core.actions.refusals import NotFound
from lianfang.core.people.search import search
from lianfang.core.territory.gazetteer import Area, areas_by_code, current_gazetteer
from lianfang.core.territory.models import LearnedAlias, Level, Territory, prefixes
from lianfang.kernel.doors import read_door
from lianfang.web.queries.finding import areas_like
from lianfang.web.queries.places import under_any

EXPECTED: dict[str, tuple[str, ...]] = {
    Level.SUBDISTRICT: (Answerer.COMMAND, Answerer.DESK),
    Level.COMMUNITY: (Answerer.SECRETARY, Answerer.CADRE, Answerer.POLICE, Answerer.DOCTOR),
    Level.GRID: (Answerer.GRID_WORKER, Answerer.DEPUTY),
    Level.BUILDING: (Answerer.BUILDING_HEAD,),
}
"""Roles that someone must hold at an area of a level: without one it is marked vacant (seed articles: four named people
per grid, of whom police and doctor are shared by the community)."""

MOST_DOORS = 5
"""Doors or areas in one answer."""
_UPPER = (Level.COUNTY, Level.SUBDISTRICT)
_LOWER = (Level.COMPOUND, Level.BUILDING, Level.ENTRANCE)


@dataclass(slots=True)
class Node:
    """An area in the tree, with what its line shows."""

    id: UUID
    path: str
    name: str
    level: str
    label: str
    depth: int
    here: bool
    vacant: bool
    answers: str = ""

    @property
    def href(self) -> str:
        """Address of the area's page."""
        return f"/territory/{self.id}/"


@dataclass(slots=True)
class Post:
    """A role of an area: who holds it here, or higher up, or nobody."""

    role: str
    label: str
    here: list[Responsibility] = field(default_factory=list)
    above: list[Responsibility] = field(default_factory=list)
    expected: bool = False

    @property
    def vacant(self) -> bool:
        """Expected at this level, and nobody named."""
        return self.expected and not self.here


def area_for(actor: User, area_id: UUID | None) -> Territory:
    """The area if the actor sees it; without an id the widest one they see. Raises `NotFound`."""
    scopes = actor.authority.scopes("territory.read")
    areas = Territory.objects.filter(under_any(scopes)).select_related("parent", "compound")
    found = areas.filter(id=area_id).first() if area_id else areas.order_by("path").first()
    if found is None:
        raise NotFound("territory")
    return found


def above(actor: User, area: Territory) -> list[Territory]:
    """The areas around `area` that the actor sees, widest first."""
    chain = [path for path in prefixes(area.path)[:-1] if actor.authority.may("territory.read", path=path)]
    return list(Territory.objects.filter(path__in=chain).order_by("path")) if chain else []


def tree_of(actor: User, area: Territory, *, now: datetime) -> list[Node]:
    """The tree unfolded around `area`: its ancestors, everything beside its branch down to the grid, its children."""
    chain = prefixes(area.path)
    unfolded = Q(level__in=_UPPER) | Q(path__in=chain)
    if len(chain) > 1:
        unfolded |= Q(path__startswith=chain[1], level=Level.COMMUNITY)
    if len(chain) > 2:
        unfolded |= Q(path__startswith=chain[2], level__in=(Level.GRID, Level.COMPOUND))
    if area.level not in _UPPER:
        unfolded |= Q(parent=area)
    if area.level in _LOWER:
        unfolded |= Q(parent=area.parent_id, level=area.level)
    scopes = actor.authority.scopes("territory.read")
    areas = Territory.objects.in_force(timezone.localdate(now)).filter(under_any(scopes)).filter(unfolded)
    rows = list(areas.order_by("path").values_list("id", "path", "name", "level"))
    held = _held(rows, now)
    labels = dict(Level.choices)
    top = min((len(path) for _, path, _, _ in rows), default=0)
    return [_node(row, area, held.get(row[1], {}), str(labels[row[3]]), (len(row[1]) - top) // 4) for row in rows]


def _held(rows: Iterable[tuple[UUID, str, str, str]], now: datetime) -> dict[str, dict[str, str]]:
    """By path and role the name of who answers there."""
    held: dict[str, dict[str, str]] = defaultdict(dict)
    net = Responsibility.objects.in_force(now).filter(path__in=[path for _, path, _, _ in rows])
    for path, role, name in net.values_list("path", "role", "name"):
        held[path].setdefault(role, name)
    return held


def _node(row: tuple[UUID, str, str, str], area: Territory, held: dict[str, str], label: str, depth: int) -> Node:
    area_id, path, name, level = row
    expected = EXPECTED.get(level, ())
    return Node(
        id=area_id,
        path=path,
        name=name,
        level=level,
        label=label,
        depth=depth,
        here=area_id == area.id,
        vacant=bool(expected) and expected[0] not in held,
        answers=held.get(expected[0], "") if expected else "",
    )


def posts_of(area: Territory, *, now: datetime) -> list[Post]:
    """Every role around `area`: held here or above it, or vacant where this level should have it; two queries."""
    posts = {role: Post(role=role, label=str(label)) for role, label in Answerer.choices}
    for role in EXPECTED.get(area.level, ()):
        posts[role].expected = True
    away = off_duty_users(at=now)
    for answer in Responsibility.objects.for_door(area.path, at=now):
        answer.off_duty = answer.user_id in away  # type: ignore[attr-defined]  # for the page only
        post = posts[answer.role]
        (post.here if answer.territory_id == area.id else post.above).append(answer)
    return [post for post in posts.values() if post.here or post.above or post.expected]


MOST_ALIASES = 100
"""Learned names shown at once; proposed ones first."""


def aliases_of(area: Territory) -> list[LearnedAlias]:
    """Names learned from corrections for the area and what lies in it; those that wait for a word first."""
    learned = LearnedAlias.objects.filter(territory__path__startswith=area.path).select_related("territory")
    return list(learned.order_by("standing", "-changed_at", "id")[:MOST_ALIASES])


def alias_for(actor: User, alias_id: UUID) -> LearnedAlias:
    """The learned name, if the actor sees its area. Raises `NotFound`."""
    found = LearnedAlias.objects.select_related("territory").filter(id=alias_id).first()
    if found is None or not actor.authority.may("territory.read", path=found.territory.path):
        raise NotFound("alias")
    return found


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """Who answers for a door that was asked about."""

    place: str
    href: str
    area_id: UUID
    gets_work: str
    role: str
    net: Sequence[Responsibility]


def who_answers(actor: User, text: str, *, now: datetime) -> list[DoorAnswer]:
    """Who answers for the doors, or the area, that `text` means (at most five). Doors only for who may see them."""
    if not text:
        return []
    doors = search(actor=actor, text=text, now=now).dwellings[:MOST_DOORS]
    places = [(door.label, f"/dwellings/{door.id}/", door.territory_id, door.path) for door in doors]
    if not places:
        places = _area_meant(actor, text, now)
    if not places:
        return []
    book = AnswerBook(at=now)
    names = {user.id: user.display_name for user in User.objects.filter(id__in=_accounts(book, places))}
    roles = dict(Answerer.choices)
    answers = []
    for label, href, area_id, path in places:
        who = book.who(path)
        net = list(Responsibility.objects.for_door(path, at=now))
        name = names.get(who.user_id, "") if who.user_id else ""
        answers.append(DoorAnswer(label, href, area_id, name, str(roles.get(who.role, "")), net))
    return answers


def _accounts(book: AnswerBook, places: Sequence[tuple[str, str, UUID, str]]) -> set[UUID]:
    found = (book.who(path).user_id for _, _, _, path in places)
    return {user_id for user_id in found if user_id is not None}


def _area_meant(actor: User, text: str, now: datetime) -> list[tuple[str, str, UUID, str]]:
    day = timezone.localdate(now)
    door = read_door(text, gazetteer=current_gazetteer(day=day))
    known = areas_by_code(day=day)
    for code in (door.area_code, door.compound_code, door.community_code):
        area = known.get(code)
        if area is not None and actor.authority.may("territory.read", path=area.path):
            return [_place(area)]
    return [_place(area) for area in areas_like(actor, text)[:MOST_DOORS]]


def _place(area: Territory | Area) -> tuple[str, str, UUID, str]:
    return area.name, f"/territory/{area.id}/", area.id, area.path
