"""Facts become proposals: the one place where an edition's ruling enters the ledger of measures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.measures import facts as recording
from lianfang.core.measures import proposing
from lianfang.core.measures import rules as kept_rules
from lianfang.core.measures.models import EpidemiologicalFact, FactKind
from lianfang.core.people.models import Person
from lianfang.kernel.dates import SHANGHAI
from lianfang.playbooks.cases import Kept, cases_of
from lianfang.playbooks.rules import RuleRefused, Ruling, Stage, rule
from lianfang.playbooks.schema import Condition, Edition
from lianfang.playbooks.signing import signed_edition

NOTHING_TO_PROPOSE = refusal(
    "playbooks.nothing", _("This edition lays nothing on anybody chosen: no standing fact, or the span is over.")
)


SAME_HOUSEHOLD = _("Same household as the person of ruling %(number)s")


@dataclass(frozen=True, slots=True)
class Ruled:
    """What an edition says about one person: the ruling, or the code of why there is none."""

    person_id: UUID
    kept: Kept | None
    ruling: Ruling | None
    refused: str = ""


def rule_people(person_ids: Collection[UUID], chosen: Edition, *, now: datetime, why: str = "") -> list[Ruled]:
    """Rule on many people under an edition; `why` is the reason to apply it to cases that run under another one."""
    known = cases_of(person_ids)
    return [_ruled(person_id, known.get(person_id), chosen, now=now, why=why) for person_id in person_ids]


def _ruled(person_id: UUID, kept: Kept | None, chosen: Edition, *, now: datetime, why: str) -> Ruled:
    if kept is None:
        return Ruled(person_id, None, None, "no_fact")
    try:
        return Ruled(person_id, kept, rule(replace(kept.case, rerule_reason=why), chosen, now=now))
    except RuleRefused as refused:
        return Ruled(person_id, kept, None, refused.code)


@action("playbooks.apply")
def apply(
    command: Command,
    *,
    person_ids: Sequence[UUID],
    edition_code: str,
    legal_basis: str,
    appeal_to: str,
    drill: bool = False,
    why: str = "",
) -> Answer:
    """Propose what an edition rules for these people, and for those who live with somebody it isolates at home.

    Nobody is restricted by it: each proposal waits for approval. `why` is the reason to re-rule running cases; theirs
    end in the moment the new one is approved. People on whom the edition lays nothing come back under `nothing`.
    """
    command.require_somewhere("measures.propose")
    chosen = signed_edition(edition_code)
    visible = Person.objects.visible_to(command.actor).current().filter(id__in=list(person_ids))
    ids = set(visible.values_list("id", flat=True))
    ruled = rule_people([one for one in person_ids if one in ids], chosen, now=command.now, why=why)
    with_household = _draw_in_households(command, ruled)
    if with_household:
        ruled += rule_people(with_household, chosen, now=command.now, why=why)
    entries = [entry for one in ruled for entry in entries_of(one, drill=drill, now=command.now, why=why)]
    if not entries:
        raise Refusal("playbooks.nothing")
    inner = Command(actor=command.actor, now=command.now, occurred_at=command.occurred_at)
    answer = proposing.propose_ruled(inner, stages=entries, legal_basis=legal_basis, appeal_to=appeal_to)
    command.note("playbooks.apply", facts={"edition": chosen.code, "digest": chosen.digest, "people": len(ruled)})
    nothing = [str(one.person_id) for one in ruled if one.ruling is None or not one.ruling.stages]
    return {**answer, "nothing": nothing, "drawn_in": [str(person_id) for person_id in with_household]}


def _draw_in_households(command: Command, ruled: Sequence[Ruled]) -> list[UUID]:
    """Whoever lives with somebody isolated at home shares it, by a fact that says with whom; returns these people."""
    hosts = {one.person_id: one for one in ruled if one.ruling and _shuts_the_door(one.ruling)}
    homes = dict(Person.objects.filter(id__in=list(hosts)).values_list("household_id", "id"))
    others = Person.objects.visible_to(command.actor).current().filter(household_id__in=list(homes))
    newcomers = list(others.exclude(id__in=[one.person_id for one in ruled]).values_list("id", "household_id"))
    known = set(
        EpidemiologicalFact.objects.standing()
        .filter(person_id__in=[person_id for person_id, _home in newcomers])
        .values_list("person_id", flat=True)
    )
    drawn = []
    for person_id, household_id in newcomers:
        if person_id not in known:
            _record_shared(command, person_id, hosts[homes[household_id]])
        drawn.append(person_id)
    return drawn


def _shuts_the_door(ruling: Ruling) -> bool:
    return any(stage.regime == "home" and stage.co_residents == "isolated" for stage in ruling.stages)


def _record_shared(command: Command, person_id: UUID, host: Ruled) -> None:
    assert host.kept is not None and host.ruling is not None
    basis = EpidemiologicalFact.objects.get(id=host.kept.basis_id)
    first = next(stage for stage in host.ruling.stages if stage.regime == "home")
    recording.record_fact(
        Command(actor=command.actor, now=command.now),
        person_id=person_id,
        kind=FactKind.CO_RESIDENCE.value,
        happened_date=min(max(basis.happened_date, first.starts_date), command.now.astimezone(SHANGHAI).date()),
        issuer=basis.issuer,
        evidence=str(
            _("Same household as the person of ruling %(number)s") % {"number": basis.document_no or basis.id}
        ),
        document_no=basis.document_no,
        linked_id=basis.id,
    )


def entries_of(one: Ruled, *, drill: bool, now: datetime, why: str = "") -> list[dict[str, Any]]:
    """The stages of a ruling as `measures.propose_ruled` takes them. Stages that run already are left alone."""
    if one.ruling is None or one.kept is None:
        return []
    entries = []
    running = {(measure.regime, measure.stage): measure for measure in one.kept.running}
    for number, stage in enumerate(one.ruling.stages, start=1):
        replaced = running.get((stage.regime, number))
        if replaced is not None and (replaced.ends_at == stage.ends_at or not why):
            continue
        if stage.ends_at <= now:
            continue
        entries.append(_entry(one, stage, number, drill=drill))
        if replaced is not None:
            entries[-1] |= {"replaces_id": str(replaced.id), "replaced_reason": why}
    return entries


def _entry(one: Ruled, stage: Stage, number: int, *, drill: bool) -> dict[str, Any]:
    assert one.ruling is not None and one.kept is not None
    starts_at = datetime.combine(stage.starts_date, time(), tzinfo=SHANGHAI)
    return {
        "person_id": str(one.person_id),
        "fact_id": str(one.kept.basis_id),
        "regime": stage.regime,
        "category": stage.category,
        "stage": number,
        "terms": terms_of(stage, one.ruling),
        "edition": one.ruling.edition.code,
        "starts_at": starts_at.isoformat(),
        "ends_at": stage.ends_at.isoformat(),
        "drill": drill or one.ruling.edition.kind == "drill",
    }


def terms_of(stage: Stage, ruling: Ruling) -> dict[str, Any]:
    """What the measure keeps of a stage, so that a running case never depends on a file that changed."""
    return kept_rules.Terms(
        first_day=stage.first_day,
        days=(stage.last_date - stage.starts_date).days + 1,
        clock=stage.clock,
        clock_date=stage.clock_date,
        tests=tuple((test.due_date, test.day) for test in stage.tests),
        temperatures=stage.temperature,
        visit_every_days=stage.visit_every_days,
        co_residents=stage.co_residents,
        colour=stage.colour,
        release=tuple(_condition(one, ruling, stage) for one in stage.release),
        told=stage.told,
        hours=_hours(ruling.edition),
        reasons=tuple((why.code, {name: _plain(value) for name, value in why.params}) for why in ruling.reasons),
    ).plain()


def _condition(one: Condition, ruling: Ruling, stage: Stage) -> kept_rules.Condition:
    """A condition with everything it needs beside it: N天M检 has its numbers with the category, not with the stage."""
    plan = ruling.edition.categories[stage.category].arrival if one.code == "tests_spaced" else None
    return kept_rules.Condition(
        code=one.code,
        day=one.day,
        count=plan.m_tests if plan else one.count,
        min_gap_h=plan.min_gap_h if plan else one.min_gap_h,
    )


@lru_cache(maxsize=64)
def _hours(chosen: Edition) -> Mapping[str, tuple[str, str]]:
    return {kind: (opens.strftime("%H:%M"), due.strftime("%H:%M")) for kind, (opens, due) in chosen.hours.items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
