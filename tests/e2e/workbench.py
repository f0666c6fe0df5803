"""Pages that exist only for the tests of the scripts: one of each part the scripts bring to life."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import RequestContext, Template
from django.urls import path

from lianfang.web import urls as product

PAGES = Path(__file__).parent / "pages"


def _page(name: str, request: HttpRequest) -> HttpResponse:
    source = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    return HttpResponse(Template(source).render(RequestContext(request, {"rows": range(1, 9)})))


@login_not_required
def rows(request: HttpRequest) -> HttpResponse:
    """A table with eight rows to choose from."""
    return _page("rows", request)


@login_not_required
def sent(request: HttpRequest) -> HttpResponse:
    """Says which rows came."""
    return HttpResponse("rows " + ",".join(request.POST.getlist("id")))


@login_not_required
def file(request: HttpRequest) -> HttpResponse:
    """Takes a file whose name begins with "good"; refuses any other with a sentence."""
    if request.method == "GET":
        return _page("file", request)
    if request.FILES["file"].name.startswith("good"):
        return HttpResponse(status=302, headers={"Location": "/bench/rows/"})
    return JsonResponse({"message": "not a list"}, status=400)


@login_not_required
def door(request: HttpRequest) -> HttpResponse:
    """One door on the phone."""
    return _page("door", request)


urlpatterns = [
    path("bench/rows/", rows),
    path("bench/sent/", sent),
    path("bench/file/", file),
    path("bench/door/", door),
    *product.urlpatterns,
]
