"""Requests through Django's WSGI handler with every middleware, as a logged-in person; answers are read to the end."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import reverse

from bench.meter import Repeated, repeat
from lianfang.core.access.models import User
from lianfang.core.people.models import Dwelling, Person
from lianfang.kernel.uuid7 import uuid7


class Visitor:
    """Someone who is logged in and asks for pages."""

    def __init__(self, username: str) -> None:
        client = Client()
        client.force_login(User.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[-1])
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self._token = _get_new_csrf_string()
        self._cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self._token}"
        self._application = get_wsgi_application()

    def get(self, address: str) -> bytes:
        """The page at `address`. Raises `AssertionError` unless it is answered with 200."""
        status, body = self._ask("GET", address)
        assert status == 200, (address, status)
        return body

    def post(self, address: str, fields: dict[str, str]) -> None:
        """Send a form. Raises `AssertionError` unless it is accepted (a redirect)."""
        status, body = self._ask("POST", address, urlencode(fields).encode())
        assert status in (302, 303, 204), (address, status, body[:2000].decode())

    def _ask(self, method: str, address: str, body: bytes = b"") -> tuple[int, bytes]:
        path, _, query = address.partition("?")
        answered: list[str] = []

        def start(status: str, headers: object, trouble: object = None, /) -> Callable[[bytes], object]:
            answered.append(status)
            return io.BytesIO().write  # PEP 3333 keeps it for old programs; nobody calls it

        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": self._cookie,
            "HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0",
            "HTTP_X_CSRFTOKEN": self._token,
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        result = self._application(environ, start)
        try:
            content = b"".join(result)
        finally:
            result.close()
        return int(answered[0].split(" ")[0]), content


def measure(*, times: int) -> dict[str, Repeated]:
    """Cost of the pages that people use most, by name. County command sees everyone; the data desk registers."""
    random = Random(7)
    county, desk = Visitor("county"), Visitor("desk")
    people = _some_people(random, times + 10)
    doors = list(Dwelling.objects.order_by("id").values_list("id", "label")[:: max(1, Dwelling.objects.count() // 90)])
    home = Dwelling.objects.filter(status="有人", path__startswith=_desk_path()).order_by("id")[0]
    steps: dict[str, Callable[[int], object]] = {
        "list page": lambda number: county.get(f"{reverse('people')}?household=&n={number}"),
        "person page": lambda number: county.get(reverse("person", args=[people[number].id])),
        "name search": lambda number: county.get(_search(people[number].name)),
        "pinyin search": lambda number: county.get(_search(people[number].initials)),
        "door search": lambda number: county.get(_search(doors[number % len(doors)][1])),
        "create one person": lambda number: desk.post(f"{reverse('people_new')}?dwelling={home.id}", _newcomer(number)),
        "command page": lambda number: county.get(reverse("today")),
        "work board": lambda number: desk.get(reverse("work_board")),
    }
    return {name: repeat(step, times=times) for name, step in steps.items()}


def _some_people(random: Random, count: int) -> list[Person]:
    """People from all over the ledger, without reading all of it."""
    ids = list(Person.objects.order_by("id").values_list("id", flat=True)[:: max(1, Person.objects.count() // count)])
    return sorted(Person.objects.filter(id__in=random.sample(ids, count)), key=lambda person: person.id)


def _desk_path() -> str:
    return User.objects.get(username="desk").authority.scopes("people.edit")[0]


def _search(text: str) -> str:
    return f"{reverse('search')}?{urlencode({'q': text})}"


def _newcomer(number: int) -> dict[str, str]:
    return {
        "p-TOTAL_FORMS": "1",
        "p-INITIAL_FORMS": "0",
        "p-MIN_NUM_FORMS": "0",
        "p-MAX_NUM_FORMS": "12",
        "p-0-command_id": str(uuid7()),
        "p-0-name": "测试" + "甲乙丙丁戊己庚辛壬癸"[number % 10],
        "p-0-phone": f"1990{number:07}",
        "p-0-sex": "1",
    }
