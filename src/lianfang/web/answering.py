"""How a desk page answers: permission first (403), nothing beyond one's area (404), refusals in words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from lianfang.core.access.models import User
from lianfang.core.actions.door import Command
from lianfang.core.actions.refusals import NotAllowed, NotFound, Refusal, refusal
from lianfang.core.audit.models import Receipt
from lianfang.kernel.uuid7 import uuid7

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]

STALE_FORM = refusal("web.stale_form", _("This form is out of date. Reload the page and try again."))
WRONG_FIELD = refusal("web.wrong_field", _("%(label)s: %(fault)s"))


class FreshId:
    """Writes itself as a new command id each time it is printed: one per form."""

    def __str__(self) -> str:
        return str(uuid7())


def actor_of(request: HttpRequest, permission: str = "") -> User:
    """Who is asking. Raises `PermissionDenied` when `permission` is given and they hold it nowhere."""
    user = request.user
    assert isinstance(user, User), "pages are closed to strangers by LoginRequiredMiddleware"
    if permission and not user.authority.may(permission):
        raise PermissionDenied
    return user


def command_of(request: HttpRequest, field: str = "command_id") -> Command:
    """The command of a form; its id was made with the form, so a second sending is the same command."""
    command_id = uuid_of(request.POST.get(field))
    if command_id is None or command_id.version != 7:
        raise Refusal("web.stale_form")
    return Command(actor=actor_of(request), id=command_id)


def answered_before(command: Command) -> dict[str, Any] | None:
    """What the same command answered before, for commands whose content is worked out anew at each sending."""
    receipt = Receipt.objects.filter(id=command.id, actor_id=command.actor.id).first()
    return None if receipt is None else receipt.answer


def uuid_of(text: str | None) -> UUID | None:
    """An id from a form or address; None when there is none or it is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def by_htmx(request: HttpRequest) -> bool:
    """Whether the page asks for a part of itself."""
    return request.headers.get("HX-Request") == "true"


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page; `{{ command_id }}` in it is a new command id wherever it stands."""
    return render(request, template, {"command_id": FreshId(), **context}, status=status)


def says_no(view: View[P]) -> View[P]:
    """Turn a refusal into words: a header for htmx, which leaves the form as it was, else a message one page back."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as why:
            raise Http404(why.code) from None
        except NotAllowed as why:
            if by_htmx(request):
                return _in_header(why, status=403)
            raise PermissionDenied(why.code) from None
        except Refusal as why:
            if by_htmx(request):
                return _in_header(why, status=409)
            messages.error(request, why.sentence)
            return redirect(way_back(request))

    return wrapped


def _in_header(why: Refusal, *, status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"X-Message": quote(why.sentence), "X-Refusal": why.code})


def outside_address(request: HttpRequest, path: str) -> str:
    """The address of a page of ours for paper and QR codes: under the first public origin the site names, else as this
    request came."""
    origins: list[str] = settings.CSRF_TRUSTED_ORIGINS
    return f"{origins[0].rstrip('/')}{path}" if origins else request.build_absolute_uri(path)


def way_back(request: HttpRequest, fallback: str = "/") -> str:
    """The page of ours a form names to go on with (`back`), else the page it came from, else `fallback`."""
    for wanted in (request.POST.get("back", ""), request.headers.get("Referer", "")):
        if wanted and url_has_allowed_host_and_scheme(
            wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            return wanted
    return fallback


def done(request: HttpRequest, sentence: str, *, to: str = "") -> HttpResponse:
    """Say what was done and go on to `to`, or to the page the form came from."""
    messages.success(request, sentence)
    target = to or way_back(request)
    if by_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def cleaned(form: Any) -> dict[str, Any]:
    """The values of a sound form. Raises `Refusal` with the first fault, naming the field it is in."""
    if not form.is_valid():
        name, faults = next(iter(form.errors.items()))
        label = form.fields[name].label if name in form.fields else ""
        raise Refusal("web.wrong_field", label=label or name, fault=faults[0])
    values: dict[str, Any] = form.cleaned_data
    return values
