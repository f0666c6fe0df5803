"""A household's ledger and a dwelling's page: who lives there, who lived there, what is to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.people.looking import log_looks, open_household
from lianfang.core.people.models import CareNeed, Dwelling, Household, Person, Residence
from lianfang.core.work.calls import CalledToday, called_today
from lianfang.core.work.models import WorkItem, WorkState
from lianfang.core.work.outcomes import Outcome
from lianfang.kernel.masking import mask_identity, mask_name
from lianfang.web.queries.people import needs_in_force, years

MOST = 60


@dataclass(slots=True)
class Member:
    """Someone of a household. Numbers only after the ledger was opened."""

    id: UUID
    name: str
    sex: str
    age: str
    relation: str
    needs: list[str]
    phones: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    @property
    def href(self) -> str:
        """Address of the person's file."""
        return f"/people/{self.id}/"


@dataclass(slots=True)
class Task:
    """A work item of a household."""

    href: str
    state: str
    outcome: str
    assignee: str
    at: datetime
    is_open: bool


@dataclass(slots=True)
class HouseholdLedger:
    """Everything on the page of one household."""

    household: Household
    opened: bool
    members: list[Member]
    work: list[Task]
    called: CalledToday | None


@dataclass(slots=True)
class DwellingPage:
    """Everything on the page of one dwelling: its households, who lived there before, the work."""

    dwelling: Dwelling
    households: list[tuple[UUID, list[Member]]]
    before: list[tuple[str, str, date, date]]
    work: list[Task]


def household_for(actor: User, household_id: UUID) -> Household:
    """The household if the actor may see it. Raises `NotFound`."""
    household = Household.objects.visible_to(actor).select_related("dwelling").filter(id=household_id).first()
    if household is None:
        raise NotFound("household")
    return household


def ledger_of(actor: User, household: Household, *, now: datetime, open_files: bool) -> HouseholdLedger:
    """The ledger, masked, or in full with every look logged. Raises `NotAllowed` for opening without the right to."""
    if open_files:
        open_household(actor=actor, household_id=household.id, now=now)
    people = Person.objects.visible_to(actor).current().filter(household=household)
    members = _members(actor, list(_ordered(people, open_files)), now=now, opened=open_files)
    return HouseholdLedger(
        household=household,
        opened=open_files,
        members=members,
        work=_work(actor, {"household": household}),
        called=called_today([household.id], now=now).get(household.id),
    )


def dwelling_for(actor: User, dwelling_id: UUID) -> Dwelling:
    """The dwelling if the actor may see it. Raises `NotFound`."""
    dwellings = Dwelling.objects.visible_to(actor).select_related("territory", "compound")
    dwelling = dwellings.filter(id=dwelling_id).first()
    if dwelling is None:
        raise NotFound("dwelling")
    return dwelling


def page_of(actor: User, dwelling: Dwelling, *, now: datetime) -> DwellingPage:
    """The dwelling with names masked."""
    people = list(_ordered(Person.objects.visible_to(actor).current().filter(dwelling=dwelling), False))
    members = dict(zip((p.id for p in people), _members(actor, people, now=now, opened=False), strict=True))
    households: dict[UUID, list[Member]] = {}
    for person in people:
        households.setdefault(person.household_id, []).append(members[person.id])
    gone = Residence.objects.filter(dwelling=dwelling, ends_date__isnull=False).select_related("person")
    before = [
        (f"/people/{row.person_id}/", mask_name(row.person.name), row.starts_date, row.ends_date)
        for row in gone.order_by("-ends_date")[:MOST]
        if row.ends_date is not None
    ]
    return DwellingPage(dwelling, list(households.items()), before, _work(actor, {"dwelling": dwelling}))


def _ordered(people: Any, open_files: bool) -> Any:
    people = people.order_by("household_id", "created_at", "id")
    return people.prefetch_related("telephones", "documents")[:MOST] if open_files else people[:MOST]


def _members(actor: User, people: list[Person], *, now: datetime, opened: bool) -> list[Member]:
    today = timezone.localdate(now)
    needs: dict[UUID, list[str]] = {}
    in_force: Any = needs_in_force(today).filter(person__in=people).order_by("kind")
    for need in in_force.only("person_id", "kind"):
        _add(needs, need)
    if opened:
        log_looks(actor=actor, people=people, now=now, why="ledger")
    return [_member(person, needs.get(person.id, []), today, opened) for person in people]


def _add(needs: dict[UUID, list[str]], need: CareNeed) -> None:
    needs.setdefault(need.person_id, []).append(need.kind)


def _member(person: Person, needs: list[str], today: date, opened: bool) -> Member:
    member = Member(
        id=person.id,
        name=person.name if opened else mask_name(person.name),
        sex=str(person.get_sex_display()) if person.sex else "",
        age=years(person.birth_date, today),
        relation=person.relation,
        needs=needs,
    )
    if opened:
        member.phones = [phone.number for phone in sorted(person.telephones.all(), key=lambda phone: phone.rank)]
        member.documents = [mask_identity(document.number) for document in person.documents.all()]
    return member


def _work(actor: User, where: dict[str, Any]) -> list[Task]:
    found = WorkItem.objects.visible_to(actor).checks().filter(**where)
    items = found.select_related("assignee").order_by("-created_at")[:MOST]
    outcomes, states = dict(Outcome.choices), dict(WorkState.choices)
    return [
        Task(
            href=f"/work/{item.id}/",
            state=str(states[item.state]),
            outcome=str(outcomes.get(item.outcome, "")),
            assignee=item.assignee.display_name if item.assignee else "",
            at=item.closed_at or item.created_at,
            is_open=item.closed_at is None,
        )
        for item in items
    ]
