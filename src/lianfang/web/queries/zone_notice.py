"""What the notice of a zone says, on paper and on its open page: nothing about any person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lianfang.capabilities.zone.finding import areas_of, course_of
from lianfang.capabilities.zone.models import Zone
from lianfang.capabilities.zone.passes import HouseholdPass
from lianfang.capabilities.zone.rules import last_clear_date
from lianfang.web.queries.zone_rules import edition_words
from lianfang.web.queries.zones import CONDUCT_WORDS, state_of


def open_notice(code: str, *, now: datetime) -> dict[str, Any] | None:
    """The notice behind an open code, of a zone that was ordered. Known to whoever stands at the entrance."""
    zone = Zone.objects.filter(public_code=code.upper(), approved_at__isnull=False).first()
    return _words(zone, now=now) if zone is not None else None


def notice_of(zone: Zone, *, now: datetime) -> dict[str, Any]:
    """The notice in Chinese, for paper."""
    with translation.override("zh-hans"):
        words = _words(zone, now=now)
    return {**words, "scale": scale_of(words)}


def scale_of(words: dict[str, Any]) -> float:
    """How large the notice is set: the more it says, the smaller, so that it stays one page."""
    said = sum(len(str(words[name])) for name in ("places", "basis", "legal_basis", "edition", "way_out", "appeal_to"))
    said += 2 * sum(len(line) for line in words["applies"])
    return next(scale for most, scale in _SCALES if said <= most)


_SCALES = ((300, 1.0), (420, 0.85), (600, 0.72), (10**6, 0.6))
"""Characters on a notice and its scale, tried out on A4 (house choice)."""
MOST_PLACES = 12
"""Places named on a notice; the rest is counted."""


def _words(zone: Zone, *, now: datetime) -> dict[str, Any]:
    rules = zone.rules
    applies = [str(CONDUCT_WORDS[rules.conduct])]
    if rules.exits is not None:
        applies.append(exits_words(rules.exits))
    return {
        "name": zone.name,
        "grade": zone.grade,
        "places": places_words([area.name for area in areas_of(zone)]),
        "order_no": zone.order_no,
        "state": state_of(zone, now=now),
        "in_force": zone.lifted_at is None,
        "applies": applies,
        "basis": zone.basis,
        "legal_basis": zone.legal_basis,
        "edition": edition_words(zone.edition),
        "starts": _minute(zone.starts_at),
        "ends": _minute(zone.ends_at),
        "lifted": _minute(zone.lifted_at) if zone.lifted_at else "",
        "way_out": _("Earliest after %(days)s days without a new case: the end of %(day)s, then lifted by an order.")
        % {"days": rules.clear_days, "day": last_clear_date(rules, course_of(zone)).isoformat()},
        "appeal_to": zone.appeal_to,
        "drill": zone.drill,
    }


def places_words(names: list[str]) -> str:
    """The places, the first ones by name."""
    shown = "、".join(names[:MOST_PLACES])
    more = len(names) - MOST_PLACES
    return _("%(places)s and %(more)s more") % {"places": shown, "more": more} if more > 0 else shown


def exits_words(exits: Any) -> str:
    """How often somebody may go out, in a sentence."""
    given = {"persons": exits.persons, "days": exits.every_days, "hours": exits.max_hours}
    return (
        _("With a pass %(persons)s person of a household may go out every %(days)s days for at most %(hours)s hours.")
        % given
    )


def _minute(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


PASSES_ON_A_PAGE = 8


def sheet_of(passes: list[HouseholdPass]) -> list[dict[str, Any]]:
    """Passes as the sheet prints them: the door, no name."""
    with translation.override("zh-hans"):
        return [
            {
                "zone": one.zone.name,
                "door": one.dwelling.label,
                "code": f"{one.code[:4]} {one.code[4:]}",
                "rule": exits_words(one.exits),
                "until": _minute(one.ends_at),
                "drill": one.zone.drill,
            }
            for one in passes
        ]
