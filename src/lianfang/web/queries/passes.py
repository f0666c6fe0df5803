"""Household passes for pages: by door, who is out; and one pass at the gate with what the gate says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.pass_actions import exits_now, read_code, verdict_of
from lianfang.capabilities.zone.passes import HouseholdPass, PassUse
from lianfang.core.access.models import User
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut

Text = str | Promise

MOST_PRINTED = 800
"""Passes in one file: a hundred pages (house choice)."""

VERDICT_WORDS: Mapping[str, Text] = {
    "valid": _("May go out"),
    "outside_already": _("Somebody is out with this pass"),
    "too_soon": _("Not yet again"),
    "revoked": _("Withdrawn"),
    "ended": _("Has ended"),
    "no_exits": _("Nobody goes out"),
    "no_need": _("No pass is needed"),
    "unknown": _("No such pass"),
}
"""What the gate says, in big letters."""


@dataclass(frozen=True, slots=True)
class PassLine:
    """A pass in the list: when somebody last went out with it, and whether they are out."""

    given: HouseholdPass
    last: PassUse | None
    late: bool


def page_of(actor: User, zone: Zone, *, now: datetime, cursor: str) -> Slice[PassLine]:
    """Passes that were not withdrawn; two queries."""
    rows = HouseholdPass.objects.visible_to(actor).filter(zone=zone, revoked_at=None).select_related("dwelling")
    part = cut(behind(rows, key="id", cursor=cursor)[: PAGE + 1], key="id", cursor=cursor)
    latest: dict[object, PassUse] = {}
    for use in PassUse.objects.visible_to(actor).filter(given__in=part.rows).order_by("out_at"):
        latest[use.given_id] = use
    return part.of([_line(one, latest.get(one.id), now) for one in part.rows])


def _line(given: HouseholdPass, last: PassUse | None, now: datetime) -> PassLine:
    return PassLine(given, last, last is not None and last.back_at is None and last.due_back_at < now)


def outside_of(actor: User, zone: Zone, *, now: datetime) -> list[PassLine]:
    """Who is out, those due back first."""
    uses = PassUse.objects.visible_to(actor).filter(given__zone=zone).outside()
    found = uses.select_related("given__dwelling").order_by("due_back_at")[:PAGE]
    return [_line(use.given, use, now) for use in found]


def to_print(actor: User, zone: Zone) -> list[HouseholdPass]:
    """Passes to print, in the order of the doors."""
    rows = HouseholdPass.objects.visible_to(actor).filter(zone=zone, revoked_at=None)
    return list(rows.select_related("dwelling", "zone").order_by("path", "dwelling__door_key")[:MOST_PRINTED])


@dataclass(frozen=True, slots=True)
class AtTheGate:
    """What the gate shows for a code: a word and a colour, the reason, and what can be done."""

    code: str
    verdict: str
    words: Text
    tone: str
    given: HouseholdPass | None = None
    use: PassUse | None = None
    day: date | None = None
    late: bool = False

    @property
    def may_out(self) -> bool:
        """Whether a way out can be written down."""
        return self.verdict == "valid"


def at_the_gate(actor: User, text: str, *, now: datetime) -> AtTheGate | None:
    """The pass behind a scanned or typed code, as far as the viewer's area reaches; None for no code."""
    code = read_code(text)
    if not code:
        return None
    scopes = actor.authority.scopes("zone.pass")
    given = HouseholdPass.objects.in_scopes(scopes).filter(code=code).select_related("zone", "dwelling").first()
    if given is None:
        return AtTheGate(code, "unknown", VERDICT_WORDS["unknown"], "bad")
    uses = list(PassUse.objects.in_scopes(scopes).filter(given=given).order_by("-out_at")[:1])
    verdict = verdict_of(given, uses, at=now)
    out = next((use for use in uses if use.back_at is None), None)
    name = verdict.code
    free = given.zone.lifted_at is not None or given.zone.rules.conduct == "personal_protection"
    if name == "no_exits" and exits_now(given) is None and free:
        name = "no_need"
    tone = "ok" if name in ("valid", "no_need") else "warn" if name == "outside_already" else "bad"
    late = out is not None and out.due_back_at < now
    return AtTheGate(code, name, VERDICT_WORDS[name], tone, given, out, verdict.day, late)
