"""One's own page: measures and why, until when, and what today asks for, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lianfang.capabilities.commitment import standing
from lianfang.capabilities.commitment.models import Commitment
from lianfang.capabilities.resident_access import own
from lianfang.core.measures.duties import TEMPERATURES, Duty, DutyState
from lianfang.core.measures.models import ControlMeasure
from lianfang.core.measures.standing import Appeal
from lianfang.playbooks import shelf
from lianfang.resident.guests import Guest, draw, guest_page


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCard:
    """A measure as its person reads it. `day` of `days` counts from 1; 0 before it begins and when it is over."""

    measure: ControlMeasure
    edition: str
    day: int
    days: int
    is_over: bool
    signed: Commitment | None
    to_sign: bool
    appeal: Appeal | None
    may_appeal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """A duty of today: whether the person answers it themselves, and whether they can now."""

    duty: Duty
    by_oneself: bool
    is_open: bool
    is_done: bool

    @property
    def reading(self) -> str:
        """The temperature that was given, in degrees; empty without one."""
        return f"{self.duty.temperature / 10:.1f}" if self.duty.temperature is not None else ""


@guest_page
def home(request: HttpRequest, guest: Guest) -> HttpResponse:
    """Everything on one page, today's list first."""
    person, now = guest.person, guest.now
    shown: dict[str, Any] = {
        "cards": cards_of(guest),
        "lines": lines_of(own.duties_of(person.id, timezone.localdate(now)), now=now),
        "today": timezone.localdate(now),
        "acting": own.acting_for(guest.stay.person_id, at=now),
        "acted": own.acted_for_by(person.id, at=now),
        "helpers": own.looked_after_by(person.path, at=now),
    }
    return draw(request, "resident/mine_home.html", guest, **shown)


def cards_of(guest: Guest) -> list[MeasureCard]:
    """The measures of the person whose page is open."""
    measures = own.measures_of(guest.person.id, at=guest.now)
    signed, appeals = standing.signed_for(measures), own.appeals_against(measures)
    return [_card(one, signed.get(one.id), appeals.get(one.id), now=guest.now) for one in measures]


def _card(measure: ControlMeasure, signed: Commitment | None, appeal: Appeal | None, *, now: datetime) -> MeasureCard:
    first = timezone.localdate(measure.starts_at)
    days = max(1, round((measure.ends_at - measure.starts_at).total_seconds() / 86400))
    is_over = measure.released_at is not None
    running = not is_over and measure.starts_at <= now < measure.ends_at
    return MeasureCard(
        measure=measure,
        edition=edition_title(measure.edition),
        day=(timezone.localdate(now) - first).days + 1 if running else 0,
        days=days,
        is_over=is_over,
        signed=signed,
        to_sign=standing.letter_to_sign(measure, signed=signed is not None, at=now) is not None,
        appeal=appeal,
        may_appeal=not is_over and (appeal is None or appeal.decided_at is not None),
    )


def edition_title(code: str) -> str:
    """What an edition is called; a code no file is there for stays as it is."""
    try:
        return shelf.edition(code).title
    except shelf.NoSuchEdition:
        return code


def lines_of(duties: list[Duty], *, now: datetime) -> list[DutyLine]:
    """Today's list."""
    return [
        DutyLine(
            duty=duty,
            by_oneself=duty.kind in TEMPERATURES,
            is_open=duty.opens_at <= now and duty.state != DutyState.DONE,
            is_done=duty.state == DutyState.DONE,
        )
        for duty in duties
    ]
