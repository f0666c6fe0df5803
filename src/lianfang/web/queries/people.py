"""The people list: masked lines in the order of the doors, a page at the same cost however many people there are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.cache import cache
from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, UUIDField
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.bulk import AnyOf
from lianfang.core.kept import Given, Kept
from lianfang.core.people.models import CareNeed, IdentityDocument, Person, PersonQuerySet, Sex
from lianfang.core.work.models import WorkItem
from lianfang.core.work.rules import OPEN_STATES
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut

_PATH = re.compile(r"[0-9a-z]{4,48}")
KINDS_KEPT_SECONDS = 300
SAMPLE = 20_000
"""Needs looked through for the kinds to choose from."""

DOCUMENT_KINDS: dict[str, str | Promise] = {
    "resident_id": _("Resident identity card"),
    "hk_macao_residence": _("Residence permit for Hong Kong and Macao residents"),
    "taiwan_residence": _("Residence permit for Taiwan residents"),
    "foreign_permanent": _("Foreign permanent resident card"),
    "foreign_permanent_old": _("Foreign permanent resident card (old)"),
    "hk_macao_permit": _("Mainland travel permit for Hong Kong and Macao residents"),
    "taiwan_permit": _("Mainland travel permit for Taiwan residents"),
    "passport_cn": _("Chinese passport"),
    "passport_foreign": _("Foreign passport"),
    "other": _("Other document"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilters:
    """Filters of the people list as the address carries them; empty means: any.

    `without` names what is missing: a valid document, a dwelling, or nothing asked ("nothing": everyone). Empty: people
    at a door, because the list is in the order of the doors.
    """

    area: str = ""
    need: str = ""
    without: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> PeopleFilters:
        """Read the filters; what makes no sense is left out."""
        area, need, without = (query.get(name, "").strip() for name in ("area", "need", "without"))
        return cls(
            area=area if _PATH.fullmatch(area) else "",
            need=need[:30],
            without=without if without in ("document", "dwelling", "nothing") else "",
        )

    @property
    def query(self) -> str:
        """The filters as an address."""
        return urlencode({name: value for name in ("area", "need", "without") if (value := getattr(self, name))})


def needs_in_force(day: date | Given) -> QuerySet[CareNeed]:
    """Care needs that exist on `day`."""
    return CareNeed.objects.filter(starts_date__lte=day).filter(Q(ends_date=None) | Q(ends_date__gt=day))


def people_for(actor: User, filters: PeopleFilters, *, day: date) -> PersonQuerySet:
    """The people the filters let through, unordered."""
    people = Person.objects.visible_to(actor).current()
    if filters.area:
        people = people.under(filters.area)
    if filters.need:
        needs = needs_in_force(day)
        if filters.need != "any":
            needs = needs.filter(kind=filters.need)
        people = people.filter(Exists(needs.filter(person=OuterRef("pk"))))
    if filters.without == "document":
        people = people.filter(~Exists(IdentityDocument.objects.filter(person=OuterRef("pk"), valid=True)))
    elif filters.without == "dwelling":
        people = people.filter(dwelling=None)
    elif not filters.without:
        people = people.filter(dwelling__isnull=False)
    return people


@dataclass(slots=True)
class PersonLine:
    """One line of the list, masked and ready to be printed."""

    href: str
    name: str
    sex: str
    age: str
    door: str
    door_href: str
    relation: str
    needs: str
    documents: str
    task_href: str


_TASKS = Kept(
    lambda actor, households: (
        WorkItem.objects.visible_to(actor)
        .checks()
        .filter(AnyOf("household_id", households), state__in=OPEN_STATES)
        .values_list("household_id", "id")
    ),
    households=UUIDField(),
)
_NEEDS = Kept(
    lambda people, day: (
        needs_in_force(day).filter(AnyOf("person_id", people)).order_by("kind").values_list("person_id", "kind")
    ),
    people=UUIDField(),
    day=DateField(),
)
_DOCUMENTS = Kept(
    lambda people: (
        IdentityDocument.objects.filter(AnyOf("person_id", people), valid=True)
        .order_by("kind")
        .values_list("person_id", "kind")
    ),
    people=UUIDField(),
)
_COLUMNS = ("id", "name", "sex", "birth_date", "path", "relation", "household_id", "dwelling_id", "dwelling__label")


def lines_of(actor: User, filters: PeopleFilters, *, now: datetime, cursor: str) -> Slice[PersonLine]:
    """One page: four queries."""
    day = timezone.localdate(now)
    people = behind(people_for(actor, filters, day=day), key="path", cursor=cursor)
    page: Slice[dict[str, Any]] = cut(people.values(*_COLUMNS)[: PAGE + 1], key="path", cursor=cursor)
    return page.of(print_people(actor, page.rows, day=day))


def print_people(actor: User, rows: Sequence[dict[str, Any]], *, day: date) -> list[PersonLine]:
    """The lines for these rows of people."""
    ids = [row["id"] for row in rows]
    needs, documents = _needs(ids, day), _documents(ids)
    tasks: dict[UUID, UUID] = dict(_TASKS.rows(actor, households={row["household_id"] for row in rows}))
    sexes = {code: str(label) if code else "" for code, label in Sex.choices}
    lines = []
    for row in rows:
        task = tasks.get(row["household_id"])
        lines.append(
            PersonLine(
                href=f"/people/{row['id']}/",
                name=mask_name(row["name"]),
                sex=sexes.get(row["sex"], ""),
                age=years(row["birth_date"], day),
                door=row["dwelling__label"] or "",
                door_href=f"/dwellings/{row['dwelling_id']}/" if row["dwelling_id"] else "",
                relation=row["relation"],
                needs="、".join(needs.get(row["id"], ())),
                documents="、".join(documents.get(row["id"], ())),
                task_href=f"/work/{task}/" if task else "",
            )
        )
    return lines


def years(born: date | None, day: date) -> str:
    """Full years on `day`; empty without a birth date."""
    return "" if born is None else str(day.year - born.year - ((day.month, day.day) < (born.month, born.day)))


def _needs(ids: list[UUID], day: date) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for person_id, kind in _NEEDS.rows(people=ids, day=day):
        found[person_id].append(kind)
    return found


def _documents(ids: list[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    labels = {kind: str(label) for kind, label in DOCUMENT_KINDS.items()}
    for person_id, kind in _DOCUMENTS.rows(people=ids):
        label = labels.get(kind) or str(kind)
        if label not in found[person_id]:
            found[person_id].append(label)
    return found


def need_kinds() -> list[str]:
    """Kinds of need that occur, to choose from; looked up every few minutes."""
    kinds: list[str] | None = cache.get_or_set("desk.need_kinds", _need_kinds, KINDS_KEPT_SECONDS)
    return kinds or []


def _need_kinds() -> list[str]:
    return sorted(set(CareNeed.objects.order_by("-id").values_list("kind", flat=True)[:SAMPLE]))
