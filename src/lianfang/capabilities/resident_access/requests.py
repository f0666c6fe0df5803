"""What somebody asks about their own data: to see, correct or remove it. Becomes work for the community, with a time.

Personal Information Protection Law, articles 44 to 50: whoever handles the data answers in time, and a refusal gives
its reasons.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.resident_access.rules import ANSWER_DAYS
from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.lists.models import Placement
from lianfang.core.people.models import Person, Scoped
from lianfang.core.work.models import Matter, WorkOrigin
from lianfang.core.work.opening import About, Ask, join_or_open
from lianfang.kernel.uuid7 import uuid7

SAYS_NOTHING = refusal("resident.says_nothing", _("Write down what should be seen, corrected or removed."))
ASKED_ALREADY = refusal("resident.asked_already", _("A request of this kind is already waiting for its answer."))
ANSWERED_ALREADY = refusal("resident.answered_already", _("This request is already answered."))
NO_ANSWER = refusal("resident.no_answer", _("Write down the answer; if the request is refused, the reasons."))


class RequestKind(models.TextChoices):
    """What is asked."""

    COPY = "copy", _("See what is kept about me")
    CORRECT = "correct", _("Correct something about me")
    REMOVE = "remove", _("Remove something about me")


class RequestVerdict(models.TextChoices):
    """How it was answered."""

    DONE = "done", _("Done as asked")
    PARTLY = "partly", _("Done in part")
    REFUSED = "refused", _("Refused with reasons")


class DataRequestQuerySet(Scoped["DataRequest"]):
    """Questions about requests."""

    permission = "resident.admit"


class DataRequest(models.Model):
    """A request about somebody's own data, and its answer.

    Invariants: it says something; it is due after it came in; an answer has a verdict, words and a name; one request of
    a kind of a person is open at most.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="data_requests")
    path = models.CharField(max_length=48, db_collation="C")
    kind = models.CharField(max_length=8, choices=RequestKind.choices)
    said = models.CharField(max_length=500)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    verdict = models.CharField(max_length=8, choices=RequestVerdict.choices, blank=True, default="")
    answer = models.CharField(max_length=500, blank=True, default="")

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(said=""), name="data_request_says_something"),
            models.CheckConstraint(condition=Q(due_at__gt=F("received_at")), name="data_request_due_after_it_came"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, verdict="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(verdict="") & ~Q(answer="")),
                name="data_request_answered_in_words",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(answered_at=None), name="data_request_one_open_of_a_kind"
            ),
        ]
        indexes = [models.Index(fields=["path", "due_at"], name="data_request_by_path")]


@action("resident.request_data")
def request_data(command: Command, *, person_id: UUID, kind: str, said: str) -> Answer:
    """Ask to see, correct or remove what is kept about oneself. Whoever answers for the door gets it as work."""
    command.require_somewhere("resident.answer")
    person = Person.objects.current().select_for_update(of=("self",)).filter(id=person_id).first()
    if person is None:
        raise NotFound("person")
    if kind not in RequestKind.values or not said.strip():
        raise Refusal("resident.says_nothing")
    if DataRequest.objects.filter(person=person, kind=kind, answered_at=None).exists():
        raise Refusal("resident.asked_already")
    made = DataRequest.objects.create(
        id=uuid7(),
        person=person,
        path=person.path,
        kind=kind,
        said=said.strip()[:500],
        received_at=command.now,
        due_at=command.now + timedelta(days=ANSWER_DAYS),
    )
    ask = Ask(
        household_id=person.household_id,
        path=person.path,
        placement=(Placement.DOOR if person.dwelling_id else Placement.COMMUNITY).value,
        due_at=made.due_at,
        kind=WorkOrigin.Kind.NEED,
        person_id=person.id,
        dwelling_id=person.dwelling_id,
        note=f"{RequestKind(kind).label}：{made.said}"[:300],
    )
    join_or_open(command, [ask], about=About(matter=Matter.CALL, for_date=timezone.localdate(command.now)))
    command.note(
        "resident.request_data",
        path=person.path,
        subject_kind="person",
        subject_id=person.id,
        facts={"kind": kind},
    )
    return {"request": str(made.id), "due_at": made.due_at}


@action("resident.answer_request")
def answer_request(command: Command, *, request_id: UUID, verdict: str, answer: str) -> Answer:
    """Answer a request; the person reads it on their own page."""
    visible = DataRequest.objects.visible_to(command.actor).select_for_update(of=("self",))
    found = visible.filter(id=request_id).first()
    if found is None:
        command.asked.add("resident.admit")
        raise NotFound("request")
    command.require("resident.admit", path=found.path)
    if found.answered_at is not None:
        raise Refusal("resident.answered_already")
    if verdict not in RequestVerdict.values or not answer.strip():
        raise Refusal("resident.no_answer")
    found.verdict, found.answer = verdict, answer.strip()[:500]
    found.answered_at, found.answered_by = command.now, command.actor
    found.save(update_fields=["verdict", "answer", "answered_at", "answered_by"])
    command.note(
        "resident.answer_request",
        path=found.path,
        subject_kind="person",
        subject_id=found.person_id,
        facts={"result": verdict},
    )
    return {"request": str(found.id)}
