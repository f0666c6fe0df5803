"""How a phone page answers: permission first, refusals in words, redirects that htmx follows too."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal, refusal

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

NO_COMMAND = refusal("field.no_command", _("This form is out of date. Reload the page and try again."))


def actor_of(request: HttpRequest, permission: str = "") -> User:
    """Who is asking. Raises `PermissionDenied` when `permission` is given and they hold it nowhere."""
    user = request.user
    assert isinstance(user, User), "pages are closed to strangers by LoginRequiredMiddleware"
    if permission and not user.authority.may(permission):
        raise PermissionDenied
    return user


def command_of(request: HttpRequest, field: str = "command") -> Command:
    """The command of a form; its id came with the form, so a second tap is the same command."""
    command_id = uuid_of(request.POST.get(field))
    if command_id is None or command_id.version != 7:
        raise Refusal("field.no_command")
    return Command(actor=actor_of(request), id=command_id)


def uuid_of(text: str | None) -> UUID | None:
    """An id from a form or address; None when there is none or it is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def by_htmx(request: HttpRequest) -> bool:
    """Whether the page asks for a part of itself."""
    return request.headers.get("HX-Request") == "true"


def says_no(view: View[P]) -> View[P]:
    """Turn a refusal into words: beside the open form for htmx, as a message on the page it came from otherwise."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as why:
            raise Http404(why.code) from None
        except NotAllowed as why:
            if by_htmx(request):
                return _refused(request, why)
            raise PermissionDenied(why.code) from None
        except Refusal as why:
            return _refused(request, why)

    return wrapped


def _refused(request: HttpRequest, why: Refusal) -> HttpResponse:
    if by_htmx(request):
        status = 403 if isinstance(why, NotAllowed) else 409
        return HttpResponse(status=status, headers={"X-Message": quote(why.sentence), "X-Refusal": why.code})
    messages.error(request, why.sentence)
    return redirect(way_back(request))


def way_back(request: HttpRequest) -> str:
    """The page of ours a form names to go on with, else the tasks."""
    wanted = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("field_tasks")


def done(request: HttpRequest, sentence: str, *, to: str) -> HttpResponse:
    """Say what was saved and go on to `to`."""
    messages.success(request, sentence)
    if by_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": to})
    return redirect(to)
