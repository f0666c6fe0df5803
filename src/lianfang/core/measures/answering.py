"""Answers to duties: a temperature, symptoms, a sample, a visit; by the person, whoever acts for them, or staff.

Fever or a symptom goes to the doctor at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.lists.models import Placement
from lianfang.core.measures import rules
from lianfang.core.measures.duties import TEMPERATURES, AnswerSource, Duty, DutyKind, DutyState
from lianfang.core.work.finishing import finish
from lianfang.core.work.models import Matter, WorkOrigin
from lianfang.core.work.opening import About, Ask, join_or_open

NO_TEMPERATURE = refusal("care.no_temperature", _("Enter the temperature, from 34.0 to 43.0 °C."))
UNKNOWN_SYMPTOM = refusal("care.unknown_symptom", _("“%(symptom)s” is not on the symptom list."))
UNKNOWN_RESULT = refusal("care.unknown_result", _("A test is negative, positive or invalid."))
NOT_YET = refusal("care.not_yet", _("This can be answered from %(time)s."))
FALLEN_AWAY = refusal("care.fallen_away", _("This is not asked for any more: the measure was lifted."))
STAFF_ONLY = refusal("care.staff_only", _("Only staff write this down."))

RESULTS = ("", "negative", "positive", "invalid")
ALARM_MINUTES = 30
"""How soon a doctor looks into fever or a symptom (house choice: “at once”, with a time that can be late)."""

TEST_POSITIVE = _("Test positive")
SYMPTOM_WORDS: dict[str, Promise | str] = {
    "fever": _("Fever"),
    "dry_cough": _("Dry cough"),
    "fatigue": _("Fatigue"),
    "sore_throat": _("Sore throat"),
    "smell_or_taste": _("Loss of smell or taste"),
    "diarrhoea": _("Diarrhoea"),
}


@action("care.answer")
def answer(
    command: Command,
    *,
    duty_id: UUID,
    source: str,
    temperature: int | None = None,
    symptoms: Sequence[str] = (),
    result: str = "",
    note: str = "",
) -> Answer:
    """Answer a duty; `temperature` in tenths of a degree Celsius, `symptoms` codes of the list, `result` of a test.

    A missed duty can still be answered. Answers `alarm` true when the doctor was told.
    """
    duty = _duty(command, duty_id, source)
    _refuse_wrong(command, duty, source, temperature=temperature, symptoms=symptoms, result=result)
    # A result that follows its sample does not move the hour of the sample: rules count from sampling.
    sampled_at = duty.done_at if duty.kind == DutyKind.TEST and duty.state == DutyState.DONE else None
    duty.state, duty.done_at, duty.source = DutyState.DONE, sampled_at or command.at, source
    duty.done_by = command.actor if source == AnswerSource.STAFF else None
    duty.temperature, duty.symptoms, duty.result = temperature, list(symptoms), result
    duty.note = note.strip()[:200]
    duty.save(update_fields=["state", "done_at", "source", "done_by", "temperature", "symptoms", "result", "note"])
    alarm = rules.is_alarm(temperature=temperature, symptoms=symptoms) or result == "positive"
    if alarm:
        ring(command, duty, said=_in_words(temperature, symptoms, result))
    _finish_day(command, duty)
    command.note(
        "care.answer", path=duty.path, subject_kind="person", subject_id=duty.person_id, facts={"duty": duty.kind}
    )
    return {"duty": str(duty.id), "alarm": alarm}


def _duty(command: Command, duty_id: UUID, source: str) -> Duty:
    """The duty, locked, if the actor may answer it: staff in their area, residents' pages for whom they let in."""
    permission = "work.do" if source == AnswerSource.STAFF else "resident.answer"
    command.require_somewhere(permission)
    duty = Duty.objects.select_for_update(of=("self",)).select_related("person", "measure").filter(id=duty_id).first()
    if duty is None or not command.actor.authority.may(permission, path=duty.path):
        raise NotFound("duty")
    return duty


def _refuse_wrong(
    command: Command, duty: Duty, source: str, *, temperature: int | None, symptoms: Sequence[str], result: str
) -> None:
    if source not in AnswerSource.values or (
        source != AnswerSource.STAFF and duty.kind in (DutyKind.VISIT, DutyKind.RELEASE_CHECK)
    ):
        raise Refusal("care.staff_only")
    if duty.state == DutyState.VOID:
        raise Refusal("care.fallen_away")
    if command.at < duty.opens_at:
        raise Refusal("care.not_yet", time=duty.opens_at.astimezone(rules.SHANGHAI).strftime("%m-%d %H:%M"))
    if (duty.kind in TEMPERATURES and temperature is None) or not (temperature is None or 340 <= temperature <= 430):
        raise Refusal("care.no_temperature")
    unknown = [symptom for symptom in symptoms if symptom not in rules.SYMPTOMS]
    if unknown:
        raise Refusal("care.unknown_symptom", symptom=unknown[0])
    if result not in RESULTS or (result and duty.kind != DutyKind.TEST):
        raise Refusal("care.unknown_result")


def _in_words(temperature: int | None, symptoms: Sequence[str], result: str) -> str:
    words = [f"{temperature / 10:.1f} ℃"] if temperature is not None and temperature >= rules.FEVER_TENTHS else []
    words += [str(SYMPTOM_WORDS[symptom]) for symptom in symptoms]
    if result == "positive":
        words.append(str(TEST_POSITIVE))
    return "、".join(words)


def ring(command: Command, duty: Duty, *, said: str) -> None:
    """Have the doctor of the door look at once; the community sees it among what has to be dealt with now."""
    person = duty.person
    ask = Ask(
        household_id=person.household_id,
        path=duty.path,
        placement=Placement.DOOR if person.dwelling_id else Placement.COMMUNITY,
        dwelling_id=person.dwelling_id,
        person_id=person.id,
        due_at=command.now + timedelta(minutes=ALARM_MINUTES),
        kind=WorkOrigin.Kind.MEASURE,
        note=said,
    )
    join_or_open(command, [ask], about=About(matter=Matter.ALARM, roles=("doctor",)))


def _finish_day(command: Command, duty: Duty) -> None:
    """Care of the day is done once nobody of the household has anything left that day."""
    left = Duty.objects.filter(
        day=duty.day, person__household_id=duty.person.household_id, state__in=(DutyState.OPEN, DutyState.MISSED)
    )
    if not left.exists():
        finish(command, household_ids=[duty.person.household_id], matter=Matter.CARE, for_date=duty.day)
