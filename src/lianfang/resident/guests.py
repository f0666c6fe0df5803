"""Somebody on their own page: the cookie of their stay, and whose page they may have open.

`@guest_page` gives the view who it is about; without a stay the way leads to the page where codes are typed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lianfang.capabilities.resident_access import codes, own, rules
from lianfang.capabilities.resident_access.models import ResidentSession
from lianfang.capabilities.resident_access.staying import stay_of
from lianfang.core.access.automatons import Automaton, automaton
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import Refusal, refusal
from lianfang.core.measures.duties import AnswerSource
from lianfang.core.people.models import Person
from lianfang.resident.frame import FIRST_PAGE, open_page, show
from lianfang.web.answering import FreshId, uuid_of

COOKIE: Final = "lianfang_resident"
_SIGNER = signing.Signer(salt="resident.stay")
STALE = refusal("resident.stale_form", _("This page is out of date. Open it again."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Who came in (`stay`), and whose page is open: their own, or that of somebody they act for."""

    stay: ResidentSession
    person: Person
    now: datetime

    @property
    def is_own(self) -> bool:
        """Whether it is their own page."""
        return self.stay.person_id == self.person.id

    @property
    def source(self) -> str:
        """Who tells us, for what is written down."""
        return str((AnswerSource.SELF if self.is_own else AnswerSource.PROXY).value)


GuestView = Callable[[HttpRequest, Guest], HttpResponse]


def current_stay(request: HttpRequest, *, now: datetime) -> ResidentSession | None:
    """The stay of this browser. A cookie somebody made up counts as none."""
    try:
        token = _SIGNER.unsign(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        return None
    return stay_of(token, now=now)


def guest_page(view: GuestView) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A page about one person for whoever may have it open; others find nothing there."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, whose: UUID) -> HttpResponse:
        now = timezone.now()
        stay = current_stay(request, now=now)
        if stay is None:
            return redirect("mine_enter")
        person = own.person_of(stay, whose, at=now)
        if person is None:
            raise Http404("person")
        return view(request, Guest(stay=stay, person=person, now=now))

    return open_page(wrapped)


def begin(answer: HttpResponse, session_id: UUID) -> HttpResponse:
    """Give the browser what it needs to be known again, for this stay alone."""
    answer.set_cookie(
        COOKIE,
        _SIGNER.sign(codes.token_of(session_id)),
        max_age=rules.STAY_HOURS * 3600,
        path=FIRST_PAGE,
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )
    return answer


def command_of(request: HttpRequest) -> Command:
    """The command of a form, in the name of residents' pages; sent twice it is carried out once."""
    command_id = uuid_of(request.POST.get("command_id"))
    if command_id is None or command_id.version != 7:
        raise Refusal("resident.stale_form")
    return Command(actor=automaton(Automaton.RESIDENT), id=command_id)


def draw(request: HttpRequest, template: str, guest: Guest | None, *, status: int = 200, **shown: Any) -> HttpResponse:
    """Render one of these pages, with a command id for its form."""
    frame = {"guest": guest, "person": guest.person if guest else None, "command_id": FreshId()}
    return show(request, template, {**frame, **shown}, status=status)
