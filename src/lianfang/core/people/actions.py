"""Registering, correcting, moving, merging and splitting people. Each function enters through the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Model, UUIDField
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
    PersonMerge,
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
SAME_RECORD = refusal("people.same_record", _("These are one and the same record."))
TWO_PEOPLE = refusal("people.two_people", _("Both records have a valid identity number, and they differ: two people."))
ALREADY_MERGED = refusal("people.already_merged", _("One of the records was already merged. Reload the page."))
MERGE_UNDONE = refusal("people.merge_undone", _("This merge was already taken back."))
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


MOVED_WITH_A_PERSON: list[tuple[type[Model], str]] = [
    (IdentityDocument, "person_id"),
    (Telephone, "person_id"),
    (CareNeed, "person_id"),
]
"""Rows that change hands when records are merged. Higher ledgers add theirs (see `ready` of their app configs)."""


@action("people.merge")
def merge(command: Command, *, kept_id: UUID, merged_id: UUID, reason: str) -> Answer:
    """Two records are one person: everything of the second goes to the first; can be taken back by `split`.

    Refuses when both have a valid identity number and these differ.
    """
    if kept_id == merged_id:
        command.asked.add("people.merge")
        raise Refusal("people.same_record")
    kept, merged = visible_person(command, kept_id), visible_person(command, merged_id)
    command.require("people.merge", path=kept.path)
    command.require("people.merge", path=merged.path)
    if kept.merged_into_id or merged.merged_into_id:
        raise Refusal("people.already_merged")
    _refuse_two_people(kept, merged)
    moved: dict[str, list[str]] = {}
    for model, column in MOVED_WITH_A_PERSON:
        moved[model._meta.label] = _hand_over(model, column, giver=merged, taker=kept)
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    record = PersonMerge.objects.create(
        id=uuid7(),
        kept=kept,
        merged=merged,
        moved=moved,
        reason=reason[:200],
        merged_by=command.actor,
        merged_at=command.now,
    )
    rewrite_keys([kept.id, merged.id])
    command.note(
        "people.merge", path=kept.path, subject_kind="person", subject_id=kept.id, facts={"of": str(merged.id)}
    )
    return {"merge": str(record.id), "kept": str(kept.id)}


def _refuse_two_people(kept: Person, merged: Person) -> None:
    def residents(person: Person) -> set[str]:
        documents = IdentityDocument.objects.filter(person=person, kind="resident_id", valid=True)
        return {document.number for document in documents}

    one, other = residents(kept), residents(merged)
    if one and other and not one & other:
        raise Refusal("people.two_people")


def _hand_over(model: type[Model], column: str, *, giver: Person, taker: Person) -> list[str]:
    """Give the giver's rows to the taker, leaving those the taker already has (a unique row per person)."""
    rows = model._default_manager.filter(**{column: giver.id})
    taken: list[str] = []
    for row in rows:
        if _taker_has(model, row, column, taker):
            continue
        taken.append(str(row.pk))
    model._default_manager.filter(pk__in=taken).update(**{column: taker.id})
    return taken


def _taker_has(model: type[Model], row: Model, column: str, taker: Person) -> bool:
    for constraint in model._meta.constraints:
        names = getattr(constraint, "fields", ())
        attributes = {name: model._meta.get_field(name).attname for name in names}  # type: ignore[union-attr]  # constraints name columns
        if column not in attributes.values() or len(names) < 2:
            continue
        others = {name: getattr(row, attribute) for name, attribute in attributes.items() if attribute != column}
        if model._default_manager.filter(**others, **{column: taker.id}).exists():
            return True
    return False


@action("people.split")
def split(command: Command, *, merge_id: UUID) -> Answer:
    """Take a merge back: every row returns to the record it came from."""
    record = PersonMerge.objects.select_for_update().filter(id=merge_id).first()
    if record is None:
        command.asked.add("people.merge")
        raise NotFound("merge")
    kept, merged = visible_person(command, record.kept_id), visible_person(command, record.merged_id)
    command.require("people.merge", path=kept.path)
    command.require("people.merge", path=merged.path)
    if record.undone_at is not None:
        raise Refusal("people.merge_undone")
    for model, column in MOVED_WITH_A_PERSON:
        ids = record.moved.get(model._meta.label, [])
        model._default_manager.filter(pk__in=ids, **{column: kept.id}).update(**{column: merged.id})
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    record.undone_at, record.undone_by = command.now, command.actor
    record.save(update_fields=["undone_at", "undone_by"])
    rewrite_keys([kept.id, merged.id])
    command.note("people.split", path=kept.path, subject_kind="person", subject_id=kept.id)
    return {"kept": str(kept.id), "restored": str(merged.id)}
