"""Addresses of the pages residents open without an account: under /r/, and /o/ for checking a paper."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_GET

from lianfang.resident import frame, papers

urlpatterns = [
    path("r/look/", require_GET(frame.look), name="resident_look"),
    path("o/", require_GET(papers.ask), name="order_check_form"),
    path("o/<str:code>/", require_GET(papers.check), name="order_check"),
]
