"""Addresses of the pages residents open without an account, all under /r/."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.resident import company_pages, frame, report_pages

_form = require_http_methods(["GET", "POST"])

urlpatterns = [
    path("r/", require_GET(report_pages.first), name="resident_first"),
    path("r/look/", require_GET(frame.look), name="resident_look"),
    path("r/own/", _form(report_pages.own), name="resident_own"),
    path("r/own/save/", require_POST(report_pages.save), name="resident_save"),
    path("r/company/<str:company_code>/", company_pages.company, name="resident_company"),
    # Last: a poster's code stands alone, as short as it can be.
    path("r/<str:poster_code>/", _form(report_pages.report), name="resident_report"),
]
