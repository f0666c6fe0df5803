"""Addresses of residents' own pages, under /r/me/, and of the page that checks a printed letter."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.resident import mine_entering, mine_errands, mine_signing, mine_telling, mine_today

_form = require_http_methods(["GET", "POST"])

urlpatterns = [
    path("r/me/", require_GET(mine_entering.own_page), name="mine"),
    path("r/me/enter/", _form(mine_entering.enter), name="mine_enter"),
    path("r/me/ask/", require_POST(mine_entering.ask), name="mine_ask"),
    path("r/me/leave/", require_POST(mine_entering.leave), name="mine_leave"),
    path("r/me/<uuid:whose>/", require_GET(mine_today.home), name="mine_home"),
    path("r/me/<uuid:whose>/temperature/", _form(mine_telling.temperature), name="mine_temperature"),
    path("r/me/<uuid:whose>/letter/", _form(mine_signing.letter), name="mine_letter"),
    path("r/me/<uuid:whose>/letter/pdf/", require_GET(mine_signing.printed_letter), name="mine_letter_pdf"),
    path("r/me/<uuid:whose>/errands/", _form(mine_errands.ask), name="mine_errands"),
    path("r/me/<uuid:whose>/errands/off/", require_POST(mine_errands.call_off), name="mine_errand_off"),
    path("r/me/<uuid:whose>/appeal/", _form(mine_telling.object_to), name="mine_appeal"),
    path("r/me/<uuid:whose>/data/", _form(mine_telling.own_data), name="mine_data"),
    path("r/me/<uuid:whose>/acting/", _form(mine_telling.acting), name="mine_acting"),
    path("v/<str:code>/", require_GET(mine_signing.paper_check), name="paper_check"),
]
