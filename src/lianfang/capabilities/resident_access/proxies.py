"""One person acts for another: parents for a child, a daughter for her mother. Bound by staff, seen by both."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.resident_access.rules import LONGEST_PROXY_DAYS
from lianfang.core.access.models import User
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.actions.refusals import NotFound, Refusal, refusal
from lianfang.core.people.models import Person, Scoped
from lianfang.kernel.uuid7 import uuid7

FOR_ONESELF = refusal("resident.proxy_oneself", _("Nobody acts for themselves. Choose two different people."))
NOT_TOLD_WHY = refusal(
    "resident.proxy_no_reason", _("Write down why they act for the other, and what shows that both agree.")
)
BAD_SPAN = refusal("resident.proxy_bad_span", _("Acting for somebody ends after today and within %(days)s days."))
BOUND_ALREADY = refusal("resident.proxy_already", _("This person already acts for the other. End that first."))
BAD_RELATION = refusal("resident.proxy_bad_relation", _("Choose how the two belong together."))


class ProxyRelation(models.TextChoices):
    """How whoever acts and whom they act for belong together."""

    PARENT = "parent", _("Father or mother")
    CHILD = "child", _("Son or daughter")
    SPOUSE = "spouse", _("Husband or wife")
    GUARDIAN = "guardian", _("Guardian")
    RELATIVE = "relative", _("Other relative")
    CARER = "carer", _("Carer or neighbour")


class ProxySide(models.TextChoices):
    """Who ended it."""

    PRINCIPAL = "principal", _("Whom it was for")
    AGENT = "agent", _("Who acted")
    STAFF = "staff", _("The community")


class ProxyQuerySet(Scoped["Proxy"]):
    """Questions about who acts for whom; seen where the person acted for lives."""

    permission = "people.read"

    def in_force(self, at: datetime) -> Self:
        """Begun, not run out, not ended."""
        return self.filter(starts_at__lte=at, ends_at__gt=at, ended_at=None)

    def by(self, person_id: UUID) -> Self:
        """Those in which this person acts, whichever of their records it was bound to."""
        return self.filter(Q(agent_id=person_id) | Q(agent__merged_into=person_id))

    def on_behalf_of(self, person_id: UUID) -> Self:
        """Those in which somebody acts for this person."""
        return self.filter(Q(principal_id=person_id) | Q(principal__merged_into=person_id))


class Proxy(models.Model):
    """`agent` may act for `principal` on their own page: answer, ask, sign, appeal. Both and the community see it.

    Invariants: nobody acts for themselves; it has a reason and evidence; it ends after it begins, within 90 days; when
    ended early it says by which side; one binding of the same two is open at most.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    principal = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="acted_for_by")
    agent = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="acts_for")
    path = models.CharField(max_length=48, db_collation="C")
    relation = models.CharField(max_length=10, choices=ProxyRelation.choices)
    reason = models.CharField(max_length=200)
    evidence = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    bound_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_side = models.CharField(max_length=10, choices=ProxySide.choices, blank=True, default="")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = ProxyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("agent")), name="proxy_not_for_oneself"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(evidence=""), name="proxy_has_reason_and_evidence"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"))
                & Q(ends_at__lte=F("starts_at") + models.Value("90 days", output_field=models.DurationField())),
                name="proxy_ends_within_90_days",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_side="", ended_by=None)
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_side="")),
                name="proxy_ended_by_a_side",
            ),
            models.UniqueConstraint(
                fields=["principal", "agent"], condition=Q(ended_at=None), name="proxy_one_open_for_the_two"
            ),
        ]
        indexes = [models.Index(fields=["path", "ends_at"], name="proxy_by_path")]


def _theirs(command: Command, person_id: UUID) -> Person:
    person = Person.objects.visible_to(command.actor).current().select_for_update(of=("self",)).filter(id=person_id)
    found = person.first()
    if found is None:
        command.asked.add("resident.admit")
        raise NotFound("person")
    return found


@action("resident.bind_proxy")
def bind_proxy(
    command: Command,
    *,
    principal_id: UUID,
    agent_id: UUID,
    relation: str,
    reason: str,
    evidence: str,
    until_date: date,
) -> Answer:
    """Let `agent` act for `principal` until the end of a day. Whoever binds sees both people."""
    principal = _theirs(command, principal_id)
    command.require("resident.admit", path=principal.path)
    agent = _theirs(command, agent_id)
    if principal.id == agent.id:
        raise Refusal("resident.proxy_oneself")
    if relation not in ProxyRelation.values:
        raise Refusal("resident.proxy_bad_relation")
    if not reason.strip() or not evidence.strip():
        raise Refusal("resident.proxy_no_reason")
    ends_at = timezone.make_aware(datetime.combine(until_date + timedelta(days=1), datetime.min.time()))
    if not command.now < ends_at <= command.now + timedelta(days=LONGEST_PROXY_DAYS):
        raise Refusal("resident.proxy_bad_span", days=LONGEST_PROXY_DAYS)
    same = Proxy.objects.filter(principal=principal, agent=agent, ended_at=None)
    if same.filter(ends_at__gt=command.now).exists():
        raise Refusal("resident.proxy_already")
    # One that ran out makes room: it ended when it said it would.
    same.update(ended_at=F("ends_at"), ended_side=ProxySide.STAFF, ended_by=F("bound_by"))
    bound = Proxy.objects.create(
        id=uuid7(),
        principal=principal,
        agent=agent,
        path=principal.path,
        relation=relation,
        reason=reason.strip()[:200],
        evidence=evidence.strip()[:200],
        starts_at=command.now,
        ends_at=ends_at,
        bound_by=command.actor,
    )
    command.note(
        "resident.bind_proxy",
        path=principal.path,
        subject_kind="person",
        subject_id=principal.id,
        facts={"to": str(agent.id), "kind": relation},
    )
    return {"proxy": str(bound.id)}


@action("resident.unbind_proxy")
def unbind_proxy(command: Command, *, proxy_id: UUID) -> Answer:
    """The community ends that somebody acts for another."""
    found = Proxy.objects.visible_to(command.actor).select_for_update(of=("self",)).filter(id=proxy_id).first()
    if found is None:
        command.asked.add("resident.admit")
        raise NotFound("proxy")
    command.require("resident.admit", path=found.path)
    return _end(command, found, ProxySide.STAFF, code="resident.unbind_proxy")


@action("resident.end_proxy")
def end_proxy(command: Command, *, proxy_id: UUID, person_id: UUID) -> Answer:
    """Either of the two ends it, on their own page; `person_id` is who does."""
    command.require_somewhere("resident.answer")
    of_mine = Proxy.objects.filter(
        Q(principal_id=person_id)
        | Q(principal__merged_into=person_id)
        | Q(agent_id=person_id)
        | Q(agent__merged_into=person_id)
    )
    found = of_mine.select_for_update(of=("self",)).filter(id=proxy_id).first()
    if found is None:
        raise NotFound("proxy")
    mine = Proxy.objects.on_behalf_of(person_id).filter(id=proxy_id).exists()
    return _end(command, found, ProxySide.PRINCIPAL if mine else ProxySide.AGENT, code="resident.end_proxy")


def _end(command: Command, found: Proxy, side: ProxySide, *, code: str) -> Answer:
    if found.ended_at is None:
        found.ended_at, found.ended_side, found.ended_by = command.now, side.value, command.actor
        found.save(update_fields=["ended_at", "ended_side", "ended_by"])
        command.note(code, path=found.path, subject_kind="person", subject_id=found.principal_id)
    return {"proxy": str(found.id)}


def may_act(*, agent_id: UUID, principal_id: UUID, at: datetime) -> bool:
    """Whether one may act for the other at `at`; everyone may for themselves."""
    if agent_id == principal_id:
        return True
    return Proxy.objects.in_force(at).by(agent_id).on_behalf_of(principal_id).exists()
