"""One work item as its page shows it: people, origins, what was done, what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from lianfang.core.access.models import User
from lianfang.core.actions.refusals import NotFound
from lianfang.core.people.looking import log_looks
from lianfang.core.people.models import Person
from lianfang.core.work.calls import called_today
from lianfang.core.work.models import Matter, WorkItem, WorkSubject
from lianfang.core.work.outcomes import CallResult, label_of
from lianfang.core.work.rules import LIFECYCLE, OF_CHECKS, OPEN_STATES
from lianfang.field.file import Origin, Step, origins_of, steps_of
from lianfang.kernel.masking import mask_identity, mask_name


@dataclass(slots=True)
class Subject:
    """Someone an item is about. Numbers are filled in only after the file was opened."""

    person_id: UUID
    name: str
    sex: str
    age: int | None
    outcome: str
    note: str
    whereabouts: str
    relation: str
    opened: bool = False
    phones: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    @property
    def href(self) -> str:
        """Address of the person's file."""
        return f"/people/{self.person_id}/"


@dataclass(slots=True)
class Sheet:
    """Everything on the page of one item."""

    item: WorkItem
    people: list[Subject]
    origins: list[Origin]
    steps: list[Step]
    called: str
    called_at: datetime | None
    called_by: str
    reached: bool
    verbs: frozenset[str]
    missing: int
    late: bool

    @property
    def opened(self) -> bool:
        """Whether anyone is shown in full."""
        return any(person.opened for person in self.people)


def item_for(actor: User, item_id: UUID) -> WorkItem:
    """The item if the actor may see it. Raises `NotFound`."""
    items = WorkItem.objects.visible_to(actor).select_related("dwelling", "assignee", "submitted_by", "verified_by")
    item = items.filter(id=item_id).first()
    if item is None:
        raise NotFound("work")
    return item


def sheet_of(actor: User, item: WorkItem, *, now: datetime, open_files: bool = False) -> Sheet:
    """The page of `item`; with `open_files` people the actor may open are shown in full, and the looks logged."""
    subjects = list(WorkSubject.objects.filter(item=item).select_related("person").order_by("id"))
    opened = _opened(actor, subjects, now) if open_files else {}
    people = [_subject(subject, opened.get(subject.person_id), timezone.localdate(now)) for subject in subjects]
    call = called_today([item.household_id], now=now).get(item.household_id)
    return Sheet(
        item=item,
        people=people,
        origins=origins_of(item),
        steps=steps_of(item),
        called=str(CallResult(call.result).label) if call else "",
        called_at=call.at if call else None,
        called_by=call.by if call else "",
        reached=bool(call and call.result == CallResult.REACHED),
        verbs=verbs_for(actor, item),
        missing=sum(1 for person in people if not person.outcome),
        late=item.state in OPEN_STATES and item.due_at < now,
    )


def verbs_for(actor: User, item: WorkItem) -> frozenset[str]:
    """What the actor may do with the item now. `record` stands for calling and recording."""
    verbs = set()
    for verb in LIFECYCLE.allowed(item.state):
        permission = LIFECYCLE.transition(verb, item.state).permission
        if verb != "cancel" and actor.authority.may(permission, path=item.path):
            verbs.add(verb)
    if item.submitted_by_id == actor.id:
        verbs -= {"verify", "return"}
    if item.matter != Matter.CHECK:
        return frozenset(verbs - OF_CHECKS - {"complete"})
    if verbs & {"accept", "submit"}:
        verbs.add("record")
    return frozenset(verbs)


def _opened(actor: User, subjects: Sequence[WorkSubject], now: datetime) -> dict[UUID, Person]:
    ids = [subject.person_id for subject in subjects]
    people = Person.objects.visible_to(actor).filter(id__in=ids).prefetch_related("telephones", "documents")
    opened = [person for person in people if actor.authority.may("people.open", path=person.path)]
    log_looks(actor=actor, people=opened, now=now, why="work")
    return {person.id: person for person in opened}


def _subject(subject: WorkSubject, opened: Person | None, today: date) -> Subject:
    person = subject.person
    shown = Subject(
        person_id=subject.person_id,
        name=person.name if opened else mask_name(person.name),
        sex=str(person.get_sex_display()) if person.sex else "",
        age=age_on(person, today),
        outcome=label_of(subject.outcome),
        note=subject.note,
        whereabouts=subject.whereabouts,
        relation=person.relation,
    )
    if opened:
        shown.opened = True
        shown.phones = [phone.number for phone in sorted(opened.telephones.all(), key=lambda phone: phone.rank)]
        shown.documents = [mask_identity(document.number) for document in opened.documents.all()]
    return shown


def age_on(person: Person, today: date) -> int | None:
    """Full years on the day `today`; None without a birth date."""
    born = person.birth_date
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
