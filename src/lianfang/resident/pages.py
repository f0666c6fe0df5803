"""Addresses of the pages residents open without an account: under /r/, and /o/ for checking a paper."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lianfang.resident import company_pages, frame, papers, report_pages

_form = require_http_methods(["GET", "POST"])

urlpatterns = [
    path("o/", require_GET(papers.ask), name="order_check_form"),
    path("o/<str:code>/", require_GET(papers.check), name="order_check"),
    path("r/", require_GET(report_pages.first), name="resident_first"),
    path("r/look/", require_GET(frame.look), name="resident_look"),
    path("r/own/", _form(report_pages.own), name="resident_own"),
    path("r/own/save/", require_POST(report_pages.save), name="resident_save"),
    path("r/company/<str:company_code>/", company_pages.company, name="resident_company"),
    # Last: a poster's code stands alone, as short as it can be.
    path("r/<str:poster_code>/", _form(report_pages.report), name="resident_report"),
]
