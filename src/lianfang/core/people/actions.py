"""Registering, correcting and moving people. Each function enters through the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import UUIDField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.kept import Kept
from lianfang.core.people.keys import rewrite_keys
from lianfang.core.people.models import (
    CareNeed,
    Dwelling,
    Household,
    IdentityDocument,
    Person,
    Residence,
    Telephone,
)
from lianfang.core.people.number_words import words_of
from lianfang.core.people.registering import NewPerson, register_people
from lianfang.kernel.identity import read_identity
from lianfang.kernel.names import read_name
from lianfang.kernel.phones import read_phones
from lianfang.kernel.pinyin import pinyin_full, pinyin_initials
from lianfang.kernel.uuid7 import uuid7

NO_NAME = refusal("people.no_name", _("Enter a name."))
BAD_NUMBER = refusal(
    "people.bad_number", _("The document number is not right (%(problem)s). Check it against the card.")
)
BAD_PHONE = refusal("people.bad_phone", _("“%(text)s” is not a telephone number."))
FUTURE_MOVE = refusal("people.future_move", _("The day of moving in lies in the future."))
BAD_PERIOD = refusal("people.bad_period", _("The end must lie after the beginning."))


def visible_person(command: Command, person_id: UUID) -> Person:
    """The person, locked, if the actor may see them. Raises `NotFound`."""
    person = (
        Person.objects.visible_to(command.actor)
        .filter(id=person_id)
        .select_for_update(of=("self",))
        .select_related("dwelling")
        .first()
    )
    if person is None:
        command.asked.add("people.edit")
        raise NotFound("person")
    return person


@action("people.register")
def register(
    command: Command,
    *,
    name: str,
    dwelling_id: UUID,
    household_id: UUID | None = None,
    identity: str = "",
    identity_hint: str = "",
    phone: str = "",
    sex: str = "",
    birth_date: date | None = None,
    relation: str = "",
    residence_kind: str = "",
) -> Answer:
    """Register someone at a dwelling; into an existing household, or one of their own."""
    dwelling, compound_code = _dwelling(command, dwelling_id)
    if household_id and not Household.objects.filter(id=household_id, dwelling=dwelling).exists():
        raise NotFound("household")
    read = read_name(name)
    if not read.text:
        raise Refusal("people.no_name")
    identities, born, known_sex = read_document(command, identity, hint=identity_hint)
    new = NewPerson(
        name=read.text,
        path=dwelling.path,
        dwelling=dwelling,
        household_id=household_id,
        sex=sex or known_sex,
        birth_date=birth_date or born,
        identities=identities,
        phones=read_numbers(phone),
        relation=relation,
        residence_kind=residence_kind,
    )
    codes = {dwelling.compound_id: compound_code} if dwelling.compound_id else {}
    person = register_people([new], now=command.now, compound_codes=codes)[0]
    command.note("people.register", path=person.path, subject_kind="person", subject_id=person.id)
    return {"person": str(person.id), "household": str(person.household_id)}


_DWELLING = ("id", "path", "compound_id", "door_key")
_DOOR = Kept(
    lambda actor, dwelling: (
        Dwelling.objects.visible_to(actor).filter(id=dwelling).values_list(*_DWELLING, "compound__code")
    ),
    dwelling=UUIDField(),
)


def _dwelling(command: Command, dwelling_id: UUID) -> tuple[Dwelling, str]:
    """The dwelling, as far as registering needs it, and its compound's code."""
    row = _DOOR.first(command.actor, dwelling=dwelling_id)
    if row is None:
        command.asked.add("people.edit")
        raise NotFound("dwelling")
    dwelling = Dwelling.from_db("default", _DWELLING, row[:-1])
    command.require("people.edit", path=dwelling.path)
    return dwelling, row[-1] or ""


def read_document(
    command: Command, text: str, *, hint: str = ""
) -> tuple[tuple[tuple[str, str, bool], ...], date | None, str]:
    """A typed document number as (kind, number, valid) rows, with birth date and sex. Refuses a bad one."""
    if not text.strip():
        return (), None, ""
    identity = read_identity(text, today=timezone.localdate(command.now), hint=hint)
    if not identity.valid or not identity.number:
        raise Refusal("people.bad_number", problem=words_of(identity.problem))
    return ((identity.kind.value, identity.number, True),), identity.birth_date, identity.sex


def read_numbers(text: str) -> tuple[str, ...]:
    """Typed telephone numbers. Refuses what is none."""
    if not text.strip():
        return ()
    reading = read_phones(text)
    numbers = tuple(phone.number for phone in reading.phones if phone.kind != "masked")
    if not numbers:
        raise Refusal("people.bad_phone", text=text.strip()[:20])
    return numbers


@action("people.correct")
def correct(
    command: Command,
    *,
    person_id: UUID,
    name: str | None = None,
    sex: str | None = None,
    birth_date: date | None = None,
    phones: str | None = None,
    identity: str | None = None,
    identity_hint: str = "",
) -> Answer:
    """Correct what is known about a person. `phones` replaces all numbers; `identity` adds a document."""
    person = visible_person(command, person_id)
    command.require("people.edit", path=person.path)
    changed: list[str] = []
    if name is not None:
        _rename(person, name)
        changed.append("name")
    if sex is not None:
        person.sex = sex
        changed.append("sex")
    if birth_date is not None:
        person.birth_date = birth_date
        changed.append("birth_date")
    if phones is not None:
        _replace_phones(person, phones)
        changed.append("phones")
    if identity:
        rows, _born, _sex = read_document(command, identity, hint=identity_hint)
        _add_documents(person, rows)
        changed.append("identity")
    person.save(update_fields=["name", "pinyin", "initials", "sex", "birth_date"])
    rewrite_keys([person.id])
    command.note(
        "people.correct", path=person.path, subject_kind="person", subject_id=person.id, facts={"changed": changed}
    )
    return {"person": str(person.id), "changed": changed}


def _rename(person: Person, name: str) -> None:
    read = read_name(name)
    if not read.text:
        raise Refusal("people.no_name")
    person.name = read.text[:60]
    person.pinyin, person.initials = pinyin_full(person.name)[:120], pinyin_initials(person.name)[:30]


def _replace_phones(person: Person, text: str) -> None:
    numbers = read_numbers(text)
    Telephone.objects.filter(person=person).delete()
    Telephone.objects.bulk_create(
        Telephone.sealed(person_id=person.id, number=number, rank=rank) for rank, number in enumerate(numbers)
    )


def _add_documents(person: Person, rows: tuple[tuple[str, str, bool], ...]) -> None:
    IdentityDocument.objects.bulk_create(
        IdentityDocument.sealed(person_id=person.id, kind=kind, number=number, valid=valid)
        for kind, number, valid in rows
    )


@action("people.move")
def move(
    command: Command,
    *,
    person_ids: Sequence[UUID],
    dwelling_id: UUID | None,
    from_date: date | None = None,
    household_id: UUID | None = None,
    residence_kind: str = "",
) -> Answer:
    """People live elsewhere from a day (default today). Without a dwelling they have left: the last area keeps them.

    They stay one household: a new one at the dwelling, unless `household_id` names one that lives there.
    """
    day = from_date or timezone.localdate(command.now)
    if day > timezone.localdate(command.now):
        command.asked.add("people.edit")
        raise Refusal("people.future_move")
    people = [visible_person(command, person_id) for person_id in person_ids]
    for person in people:
        command.require("people.edit", path=person.path)
    dwelling = None
    if dwelling_id is not None:
        dwelling = Dwelling.objects.visible_to(command.actor).filter(id=dwelling_id).first()
        if dwelling is None:
            raise NotFound("dwelling")
        command.require("people.edit", path=dwelling.path)
    household = _household_at(command, dwelling, household_id, people)
    for person in people:
        _settle(person, dwelling=dwelling, household=household, day=day, kind=residence_kind)
    rewrite_keys([person.id for person in people])
    for person in people:
        command.note("people.move", path=person.path, subject_kind="person", subject_id=person.id)
    return {"household": str(household.id), "people": [str(person.id) for person in people]}


def _household_at(
    command: Command, dwelling: Dwelling | None, household_id: UUID | None, people: Sequence[Person]
) -> Household:
    if household_id is not None:
        household = Household.objects.visible_to(command.actor).filter(id=household_id, dwelling=dwelling).first()
        if household is None:
            raise NotFound("household")
        return household
    return Household.objects.create(id=uuid7(), dwelling=dwelling, path=dwelling.path if dwelling else people[0].path)


def _settle(person: Person, *, dwelling: Dwelling | None, household: Household, day: date, kind: str) -> None:
    for residence in Residence.objects.filter(person=person, ends_date=None):
        residence.ends_date = max(day, residence.starts_date)
        residence.save(update_fields=["ends_date"])
    if dwelling is not None:
        Residence.objects.create(id=uuid7(), person=person, dwelling=dwelling, starts_date=day, kind=kind[:20])
        person.path = dwelling.path
    person.dwelling = dwelling
    person.compound_id = dwelling.compound_id if dwelling else None
    person.household = household
    person.save(update_fields=["path", "dwelling", "compound", "household"])


@action("people.add_care_need")
def add_care_need(
    command: Command, *, person_id: UUID, kind: str, starts_date: date, ends_date: date | None = None, note: str = ""
) -> Answer:
    """Write down that someone needs special help for a time."""
    person = visible_person(command, person_id)
    command.require("people.edit", path=person.path)
    if ends_date is not None and ends_date <= starts_date:
        raise Refusal("people.bad_period")
    need = CareNeed.objects.create(
        id=uuid7(), person=person, kind=kind[:30], starts_date=starts_date, ends_date=ends_date, note=note[:200]
    )
    command.note("people.add_care_need", path=person.path, subject_kind="person", subject_id=person.id)
    return {"care_need": str(need.id)}
