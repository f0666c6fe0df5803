"""Two records of one person become one, and are taken apart again without losing anything."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.actions import visible_person
from lianfang.core.people.keys import rewrite_keys
from lianfang.core.people.models import CareNeed, IdentityDocument, Person, PersonMerge, Telephone
from lianfang.kernel.uuid7 import uuid7

SAME_RECORD = refusal("people.same_record", _("These are one and the same record."))
TWO_PEOPLE = refusal("people.two_people", _("Both records have a valid identity number, and they differ: two people."))
ALREADY_MERGED = refusal("people.already_merged", _("One of the records was already merged. Reload the page."))
MERGE_UNDONE = refusal("people.merge_undone", _("This merge was already taken back."))
MERGED_SINCE = refusal(
    "people.merged_since", _("The record was itself merged into another since. Take that merge back first.")
)

MOVED_WITH_A_PERSON: list[tuple[type[Model], str]] = [
    (IdentityDocument, "person_id"),
    (Telephone, "person_id"),
    (CareNeed, "person_id"),
]
"""Rows that change hands when records are merged. Higher ledgers add theirs (see `ready` of their app configs).

Residences stay with the record they were written for: a person has one open residence. The file of the record kept
shows them together with the name and the birth date of the other record.
"""


@action("people.merge")
def merge(command: Command, *, kept_id: UUID, merged_id: UUID, reason: str) -> Answer:
    """Two records are one person: everything of the second goes to the first; can be taken back by `split`.

    Refuses when both have a valid identity number and these differ.
    """
    record = merge_records(command, kept_id=kept_id, merged_id=merged_id, reason=reason)
    return {"merge": str(record.id), "kept": str(kept_id)}


def merge_records(command: Command, *, kept_id: UUID, merged_id: UUID, reason: str) -> PersonMerge:
    """What `merge` does, for actions that merge as part of something larger."""
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
    return record


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
    record = split_records(command, merge_id=merge_id)
    return {"kept": str(record.kept_id), "restored": str(record.merged_id)}


def split_records(command: Command, *, merge_id: UUID) -> PersonMerge:
    """What `split` does, for actions that split as part of something larger."""
    record = PersonMerge.objects.select_for_update().filter(id=merge_id).first()
    if record is None:
        command.asked.add("people.merge")
        raise NotFound("merge")
    kept, merged = visible_person(command, record.kept_id), visible_person(command, record.merged_id)
    command.require("people.merge", path=kept.path)
    command.require("people.merge", path=merged.path)
    if record.undone_at is not None:
        raise Refusal("people.merge_undone")
    if kept.merged_into_id is not None:  # the rows went on to that record: they come back in the reverse order
        raise Refusal("people.merged_since")
    for model, column in MOVED_WITH_A_PERSON:
        ids = record.moved.get(model._meta.label, [])
        model._default_manager.filter(pk__in=ids, **{column: kept.id}).update(**{column: merged.id})
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    record.undone_at, record.undone_by = command.now, command.actor
    record.save(update_fields=["undone_at", "undone_by"])
    rewrite_keys([kept.id, merged.id])
    command.note("people.split", path=kept.path, subject_kind="person", subject_id=kept.id)
    return record
