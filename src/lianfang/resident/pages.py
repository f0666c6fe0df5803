"""Addresses of the pages residents open without an account, all under /r/."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_GET

from lianfang.resident import frame

urlpatterns = [
    path("r/look/", require_GET(frame.look), name="resident_look"),
]
