"""Proposals: a measure on a person, or many at once from a ruling of an edition. They restrict nobody yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import Faults, NotAllowed, NotFound, Refusal, refusal
from lianfang.core.measures.models import ControlMeasure, EpidemiologicalFact, Regime
from lianfang.core.people.actions import visible_person
from lianfang.core.people.models import Person
from lianfang.kernel.uuid7 import uuid7

NO_BASIS = refusal(
    "measures.no_basis", _("A measure needs a typed epidemiological fact about this person as its basis.")
)
BAD_SPAN = refusal("measures.bad_span", _("A measure ends after it begins and lasts at most %(days)s days."))
NO_WAY_OUT = refusal("measures.no_way_out", _("Name the legal basis and whom the person can appeal to."))
UNDER_IT_ALREADY = refusal(
    "measures.under_it_already",
    _("This person is already under the same regime in that time. Replace that measure with a reason instead."),
)
MOST_PROPOSED = 2000
TOO_MANY_PROPOSED = refusal("measures.too_many_proposed", _("At most %(most)s people at once. Choose fewer."))

LONGEST_DAYS = 28
"""Longest span of any published edition: 14 days centralised and 14 days at home (8th edition, standards 2.1)."""


@action("measures.propose")
def propose(
    command: Command,
    *,
    person_id: UUID,
    fact_id: UUID,
    regime: str,
    legal_basis: str,
    edition: str,
    starts_at: datetime,
    ends_at: datetime,
    appeal_to: str,
) -> Answer:
    """Propose a measure on a person. It counts only once someone else approves it."""
    person = visible_person(command, person_id)
    command.require("measures.propose", path=person.path)
    fact = EpidemiologicalFact.objects.standing().filter(id=fact_id, person=person).first()
    said = {"regime": regime, "starts_at": starts_at, "ends_at": ends_at, "edition": edition}
    measure = _measure(command, person, fact, said, legal_basis=legal_basis, appeal_to=appeal_to)
    measure.save(force_insert=True)
    command.note("measures.propose", path=person.path, subject_kind="measure", subject_id=measure.id)
    return {"measure": str(measure.id)}


@action("measures.propose_ruled")
def propose_ruled(command: Command, *, stages: Sequence[Mapping[str, Any]], legal_basis: str, appeal_to: str) -> Answer:
    """Propose what an edition rules for many people: one entry per stage, in the order of a person's stages.

    An entry has `person_id`, `fact_id`, `regime`, `category`, `stage`, `terms`, `edition`, `starts_at`, `ends_at`
    (aware, ISO texts allowed), `drill`, `site_name`, and `replaces_id` with `replaced_reason` for a case that is
    re-ruled. One bad entry never stops the others: it comes back under `refused` with its person.
    """
    command.require_somewhere("measures.propose")
    if len({str(entry["person_id"]) for entry in stages}) > MOST_PROPOSED:
        raise Refusal("measures.too_many_proposed", most=MOST_PROPOSED)
    people = _people(command, [UUID(str(entry["person_id"])) for entry in stages])
    facts = EpidemiologicalFact.objects.standing().in_bulk([UUID(str(entry["fact_id"])) for entry in stages])
    faults, made = Faults(), []
    for entry in stages:
        person = people.get(UUID(str(entry["person_id"])))
        try:
            if person is None:
                raise NotFound("person")
            if not command.actor.authority.may("measures.propose", path=person.path):
                raise NotAllowed("measures.propose")
            fact = facts.get(UUID(str(entry["fact_id"])))
            made.append(_measure(command, person, fact, entry, legal_basis=legal_basis, appeal_to=appeal_to))
        except Refusal as why:
            faults.add(entry["person_id"], why)
    ControlMeasure.objects.bulk_create(made)
    for measure in made:
        command.note("measures.propose", path=measure.path, subject_kind="measure", subject_id=measure.id)
    return {"measures": [str(measure.id) for measure in made], "refused": faults.rows}


def _people(command: Command, ids: Sequence[UUID]) -> dict[UUID, Person]:
    seen = Person.objects.visible_to(command.actor).current().filter(id__in=set(ids))
    return {person.id: person for person in seen.select_for_update(of=("self",)).order_by("id")}


def _measure(
    command: Command,
    person: Person,
    fact: EpidemiologicalFact | None,
    said: Mapping[str, Any],
    *,
    legal_basis: str,
    appeal_to: str,
) -> ControlMeasure:
    """A proposal as it will stand in the ledger, not saved. Raises the refusal that says what it lacks."""
    if fact is None or fact.person_id != person.id or said["regime"] not in Regime.values:
        raise Refusal("measures.no_basis")
    if not legal_basis.strip() or not appeal_to.strip():
        raise Refusal("measures.no_way_out")
    starts_at, ends_at = _instant(said["starts_at"]), _instant(said["ends_at"])
    if not starts_at < ends_at <= starts_at + timedelta(days=LONGEST_DAYS):
        raise Refusal("measures.bad_span", days=LONGEST_DAYS)
    replaced = _replaced(person, said)
    _refuse_twice(person, said["regime"], starts_at, ends_at, replaced)
    return ControlMeasure(
        id=uuid7(),
        person=person,
        regime=said["regime"],
        category=str(said.get("category", ""))[:32],
        stage=int(said.get("stage", 1)),
        terms=said.get("terms", {}),
        basis=fact,
        legal_basis=legal_basis.strip()[:200],
        edition=str(said["edition"])[:30],
        starts_at=starts_at,
        ends_at=ends_at,
        site_name=str(said.get("site_name", "")).strip()[:120],
        dwelling_id=person.dwelling_id,
        compound_id=person.compound_id,
        path=person.path,
        appeal_to=appeal_to.strip()[:120],
        drill=bool(said.get("drill", False)),
        proposed_by=command.actor,
        proposed_at=command.now,
        replaces=replaced,
        replaced_reason=str(said.get("replaced_reason", "")).strip()[:200] if replaced else "",
    )


def _instant(said: datetime | str) -> datetime:
    return datetime.fromisoformat(said) if isinstance(said, str) else said


def _replaced(person: Person, said: Mapping[str, Any]) -> ControlMeasure | None:
    if not said.get("replaces_id"):
        return None
    if not str(said.get("replaced_reason", "")).strip():
        raise Refusal("measures.no_why")
    replaced = ControlMeasure.objects.unlifted().filter(id=UUID(str(said["replaces_id"])), person=person).first()
    if replaced is None:
        raise NotFound("measure")
    return replaced


def _refuse_twice(
    person: Person, regime: str, starts_at: datetime, ends_at: datetime, replaced: ControlMeasure | None
) -> None:
    """Nobody is put under the same regime twice in one time: two lists naming one person are one measure."""
    same = ControlMeasure.objects.filter(
        person=person, regime=regime, starts_at__lt=ends_at, ends_at__gt=starts_at, released_at=None, declined_at=None
    )
    if replaced is not None:
        same = same.exclude(id=replaced.id)
    if same.exists():
        raise Refusal("measures.under_it_already")
