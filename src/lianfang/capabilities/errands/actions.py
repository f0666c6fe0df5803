"""Everything that can be done to errands. Each function enters through the door."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.errands.models import (
    Errand,
    ErrandBatch,
    ErrandKind,
    ErrandPicture,
    ErrandSource,
    ErrandState,
)
from lianfang.capabilities.errands.rules import LIFECYCLE, OPEN_STATES, Stop, Tour, due, plan
from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal, refusal
from lianfang.core.people.models import Household, Person
from lianfang.core.territory.models import prefixes
from lianfang.kernel.lifecycle import UnableToAdvance
from lianfang.kernel.pictures import UnusablePicture, clean_picture
from lianfang.kernel.uuid7 import uuid7

UNKNOWN_KIND = refusal("errands.unknown_kind", _("Choose what is to be done."))
SAY_WHAT = refusal("errands.say_what", _("Say what is wanted."))
NO_DOOR = refusal("errands.no_door", _("This person has no door yet. Enter where they live first."))
BAD_WINDOW = refusal("errands.bad_window", _("The time it is wanted in must end after it begins, and not be over."))
MANY_OPEN = refusal(
    "errands.many_open", _("This household has %(most)s requests open. Wait until some of them are done.")
)
NO_RUNNER = refusal("errands.no_runner", _("Choose a runner who may carry out errands at all these doors."))
NOTHING_CHOSEN = refusal("errands.nothing_chosen", _("Choose at least one request first."))
TOO_MANY = refusal("errands.too_many", _("At most %(most)s requests at once. Choose fewer."))
OUT_OF_STEP = refusal(
    "errands.out_of_step", _("This request is now “%(state)s”, so this step is no longer possible. Reload to see it.")
)
NO_REASON = refusal("errands.no_reason", _("Say why, in a few words."))
PICTURE_OR_WHY = refusal(
    "errands.picture_or_why", _("Take a photograph of what was left at the door, or say why there is none.")
)
NO_PICTURE_OF_PEOPLE = refusal(
    "errands.no_picture_of_people", _("No photograph is kept of a transport: it would show somebody.")
)
BAD_PICTURE = {
    "picture.too_large": refusal(
        "errands.picture_too_large", _("The photograph is larger than 8 MB. Take a smaller one.")
    ),
    "picture.wrong_kind": refusal("errands.picture_wrong_kind", _("Only photographs as JPEG or PNG are taken.")),
    "picture.damaged": refusal("errands.picture_damaged", _("The photograph is damaged. Take it again.")),
}

MOST_OPEN = 20
"""Open requests of one household (house choice): more is a slip or mischief."""
MOST_AT_ONCE = 500
"""Requests arranged at once."""


@action("errands.take")
def ask(
    command: Command,
    *,
    person_id: UUID,
    kind: str,
    wanted: str = "",
    note: str = "",
    wheelchair: bool = False,
    no_stairs: bool = False,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    source: str = ErrandSource.PHONE,
) -> Answer:
    """Take down what somebody at home needs, who is asked by staff or asks on their own page.

    The residents' own pages may ask for anyone: that it is for the asker's own household is theirs to see to.
    """
    person = _asker(command, person_id)
    if kind not in ErrandKind.values:
        raise Refusal("errands.unknown_kind")
    said = wanted.strip()[:300]
    if not said and kind != ErrandKind.RUBBISH:
        raise Refusal("errands.say_what")
    if person.dwelling_id is None:
        raise Refusal("errands.no_door")
    if ends_at is not None and (ends_at <= command.at or (starts_at is not None and ends_at <= starts_at)):
        raise Refusal("errands.bad_window")
    _refuse_heaps(person)
    moved = kind == ErrandKind.TRANSPORT
    by_page = command.actor.authority.may("resident.answer")
    errand = Errand.objects.create(
        id=uuid7(),
        household_id=person.household_id,
        person=person,
        dwelling_id=person.dwelling_id,
        path=person.path,
        kind=kind,
        wanted=said,
        note=note.strip()[:200],
        wheelchair=moved and wheelchair,
        no_stairs=moved and no_stairs,
        starts_at=starts_at,
        ends_at=ends_at,
        due_at=due(kind, asked_at=timezone.localtime(max(command.at, starts_at or command.at)), wanted_until=ends_at),
        source=ErrandSource.PAGE if by_page else source if source in ErrandSource.values else ErrandSource.PHONE,
        taken_by=command.actor,
        asked_at=command.at,
    )
    _note(command, "errands.take", errand)
    return {"errand": str(errand.id), "due_at": errand.due_at}


def _asker(command: Command, person_id: UUID) -> Person:
    """Whom the errand is for. Residents' pages see everyone, staff the people of their area."""
    residents = command.actor.authority.may("resident.answer")
    permission = "resident.answer" if residents else "errands.take"
    people = Person.objects.in_scopes(command.require_somewhere(permission))
    person = people.current().filter(id=person_id).first()
    if person is None:
        raise NotFound("person")
    return person


def _refuse_heaps(person: Person) -> None:
    Household.objects.select_for_update().get(id=person.household_id)
    if Errand.objects.open().for_household(person.household_id).count() >= MOST_OPEN:
        raise Refusal("errands.many_open", most=MOST_OPEN)


# ---------------------------------------------------------------- arranging


@action("errands.arrange")
def arrange(command: Command, *, errand_ids: Sequence[UUID], runner_id: UUID) -> Answer:
    """Give errands to a runner, in batches of one compound, one round of the day and one load each.

    What was given to somebody who has not started yet can be given to another.
    """
    command.require_somewhere("errands.take")
    if not errand_ids:
        raise Refusal("errands.nothing_chosen")
    if len(errand_ids) > MOST_AT_ONCE:
        raise Refusal("errands.too_many", most=MOST_AT_ONCE)
    errands = _locked(command, errand_ids)
    if len(errands) != len(set(errand_ids)):
        raise NotFound("errand")
    for errand in errands:
        errand.state = _target(command, "arrange", errand)
    runner = _runner(runner_id, errands)
    by_id = {errand.id: errand for errand in errands}
    tours = plan([stop_of(errand) for errand in errands], now=timezone.localtime(command.now))
    before = {errand.batch_id for errand in errands if errand.batch_id}
    batches = [_batch(command, tour, runner, by_id) for tour in tours]
    ErrandBatch.objects.filter(id__in=before, errands=None).delete()  # everything in it was given to another
    return {"batches": [str(batch.id) for batch in batches], "errands": len(errands)}


def stop_of(errand: Errand) -> Stop:
    """The errand as the rules see it; its dwelling was read with it."""
    home = errand.dwelling
    return Stop(
        id=errand.id,
        kind=errand.kind,
        compound=str(home.compound_id or errand.path),
        building=home.building,
        unit=home.unit,
        floor=home.floor,
        room=home.room,
        helped=errand.wheelchair or errand.no_stairs,
        due_at=errand.due_at,
        opens_at=errand.starts_at,
    )


def _runner(runner_id: UUID, errands: Sequence[Errand]) -> User:
    runner = User.objects.filter(id=runner_id, is_active=True).first()
    if runner is None or not all(runner.authority.may("errands.run", path=errand.path) for errand in errands):
        raise Refusal("errands.no_runner")
    return runner


def _batch(command: Command, tour: Tour, runner: User, by_id: dict[UUID, Errand]) -> ErrandBatch:
    errands = [by_id[stop.id] for stop in tour.stops]
    batch = ErrandBatch.objects.create(
        id=uuid7(),
        compound_id=errands[0].dwelling.compound_id,
        path=_common([errand.path for errand in errands]),
        load=tour.load,
        buildings="、".join(filter(None, tour.buildings))[:120],
        starts_at=tour.round.starts_at,
        ends_at=tour.round.ends_at,
        runner=runner,
        arranged_by=command.actor,
        arranged_at=command.now,
    )
    for position, errand in enumerate(errands):
        errand.batch, errand.position = batch, position
    Errand.objects.bulk_update(errands, ["state", "batch", "position"])
    facts: dict[str, object] = {"errands": len(errands), "to": str(runner.id)}
    command.note("errands.arrange", path=batch.path, subject_kind="batch", subject_id=batch.id, facts=facts)
    return batch


def _common(paths: Sequence[str]) -> str:
    """The smallest area all these paths lie in."""
    shared = [area for area in prefixes(paths[0]) if all(path.startswith(area) for path in paths)]
    return shared[-1] if shared else ""


# ---------------------------------------------------------------- carrying out


@action("errands.start")
def start(command: Command, *, batch_id: UUID) -> Answer:
    """The runner sets out: everything of the batch that is still to be done is on the way."""
    batch = ErrandBatch.objects.visible_to(command.actor).filter(id=batch_id).select_for_update(of=("self",)).first()
    if batch is None:
        command.asked.add("errands.run")
        raise NotFound("batch")
    command.require("errands.run", path=batch.path)
    waiting = Errand.objects.filter(batch=batch, state__in=LIFECYCLE.sources("start"))
    moved = waiting.update(state=ErrandState.UNDER_WAY)
    if batch.started_at is None:
        batch.started_at = command.at
        batch.save(update_fields=["started_at"])
    command.note("errands.start", path=batch.path, subject_kind="batch", subject_id=batch.id)
    return {"batch": str(batch.id), "errands": moved}


@action("errands.deliver")
def deliver(
    command: Command, *, errand_id: UUID, left_where: str = "", picture: str = "", no_picture: str = ""
) -> Answer:
    """Handed over at the door without meeting: where it was left, and a photograph or why there is none.

    `picture` is a JPEG or PNG in base64; what the camera wrote beside it is not kept. A transport is not pictured.
    """
    errand = _mine(command, errand_id)
    state = _target(command, "hand_over", errand)
    moved = errand.kind == ErrandKind.TRANSPORT
    if picture and moved:
        raise Refusal("errands.no_picture_of_people")
    if not picture and not no_picture.strip() and not moved:
        raise Refusal("errands.picture_or_why")
    if picture:
        errand.picture = _sealed(picture, at=command.at)
    return _close(
        command,
        errand,
        code="errands.deliver",
        state=state,
        left_where=left_where.strip()[:80],
        no_picture="" if picture else no_picture.strip()[:100],
    )


def _sealed(picture: str, *, at: datetime) -> ErrandPicture:
    try:
        cleaned = clean_picture(b64decode(picture, validate=True))
    except UnusablePicture as why:
        raise Refusal(BAD_PICTURE[why.code]) from None
    except ValueError:  # no base64
        raise Refusal("errands.picture_damaged") from None
    made = ErrandPicture.sealed(kind=cleaned.kind, content=cleaned.content, taken_at=at)
    made.save()
    return made


@action("errands.return")
def send_back(command: Command, *, errand_id: UUID, reason: str) -> Answer:
    """It was not possible: the runner says why, and whoever takes requests down sees it."""
    errand = _mine(command, errand_id)
    state = _target(command, "send_back", errand)
    return _close(command, errand, code="errands.return", state=state, reason=_said(reason))


@action("errands.cancel")
def call_off(command: Command, *, errand_id: UUID, reason: str, household_id: UUID | None = None) -> Answer:
    """It is not needed any more. Residents' own pages say whose household asks; nobody calls off what is on the way."""
    if command.actor.authority.may("resident.answer"):
        command.require_somewhere("resident.answer")
        found = Errand.objects.for_household(household_id) if household_id else Errand.objects.none()
        errand = found.filter(id=errand_id).select_for_update(of=("self",)).first()
        permission = "resident.answer"
    else:
        permission = "errands.take"
        command.require_somewhere(permission)
        errand = next(iter(_locked(command, [errand_id])), None)
    if errand is None:
        raise NotFound("errand")
    state = _target(command, "call_off", errand, permission=permission)
    return _close(command, errand, code="errands.cancel", state=state, reason=_said(reason))


def _locked(command: Command, ids: Sequence[UUID]) -> list[Errand]:
    """The errands with these ids that the actor may see, locked, with their doors."""
    visible = Errand.objects.visible_to(command.actor).filter(id__in=ids).select_related("dwelling")
    return list(visible.select_for_update(of=("self",)).order_by("id"))


def _mine(command: Command, errand_id: UUID) -> Errand:
    command.require_somewhere("errands.run")
    errand = next(iter(_locked(command, [errand_id])), None)
    if errand is None:
        raise NotFound("errand")
    return errand


def _target(command: Command, verb: str, errand: Errand, *, permission: str = "") -> str:
    try:
        step = LIFECYCLE.transition(verb, errand.state)
    except UnableToAdvance:
        raise Refusal("errands.out_of_step", state=errand.get_state_display()) from None
    needed = permission or step.permission
    if not command.actor.authority.may(needed, path=errand.path):
        raise NotAllowed(needed)
    return step.target


def _said(reason: str) -> str:
    if not reason.strip():
        raise Refusal("errands.no_reason")
    return reason.strip()[:200]


def _close(command: Command, errand: Errand, *, code: str, state: str, **said: Any) -> Answer:
    errand.state, errand.closed_at, errand.closed_by = state, command.at, command.actor
    for name, value in said.items():
        setattr(errand, name, value)
    errand.save(update_fields=["state", "closed_at", "closed_by", "picture", *said])
    _note(command, code, errand)
    return {"errand": str(errand.id), "state": state, "open": state in OPEN_STATES}


def _note(command: Command, code: str, errand: Errand) -> None:
    facts: dict[str, object] = {"kind": errand.kind}
    command.note(code, path=errand.path, subject_kind="errand", subject_id=errand.id, facts=facts)
