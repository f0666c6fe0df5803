"""Asking for something on one's own page: taken down, seen by the community, called off; nobody else's is shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from lianfang.capabilities.errands.models import Errand
from lianfang.core.access.models import User
from lianfang.core.people.models import Person
from lianfang.core.territory.models import Territory
from lianfang.resident.frame import MOST_BYTES
from tests.residents.neighbours import slip_for, with_telephone
from tests.web.desk import GRID, send, text_of

pytestmark = pytest.mark.django_db


def comes_in(person: Person, by: User, *, now: datetime) -> Client:
    """The browser of somebody who typed the code of a slip; in English."""
    _row, code = slip_for(person, by, now=now)
    client = Client()
    client.cookies["lianfang_language"] = "en"
    assert send(client, reverse("mine_enter"), code=code.lower()).status_code == 302
    return client


def test_a_resident_asks_and_calls_off_without_a_script(db: None, now: datetime) -> None:
    worker = User.objects.get(username="worker")
    (one, _), (other, _) = with_telephone(Territory.objects.get(code=GRID).path, 2)
    client, neighbour = comes_in(one, worker, now=now), comes_in(other, worker, now=now)
    here = reverse("mine_errands", args=[one.id])
    assert "Ask for something" in text_of(client.get(reverse("mine_home", args=[one.id])))
    silent = send(client, here, kind="meals", wanted="")
    assert silent.status_code == 422 and "Say what is wanted." in text_of(silent)
    assert send(client, here, kind="transport", wanted="去采样点", no_stairs="1").headers["Location"] == here
    errand = Errand.objects.get()
    assert (errand.person, errand.source, errand.no_stairs) == (one, "page", True)
    assert Errand.objects.visible_to(worker).get() == errand
    page = client.get(here)
    assert "去采样点" in text_of(page) and "To arrange" in text_of(page)
    static = Path(__file__).parents[2] / "src/lianfang/resident/static/resident"
    loaded = [static / name for name in ("resident.css", "resident.js", "mine.css", "mine.js")]
    assert len(page.content) + sum(path.stat().st_size for path in loaded) < MOST_BYTES
    assert neighbour.get(here).status_code == 404
    send(neighbour, reverse("mine_errand_off", args=[other.id]), errand=str(errand.id))
    errand.refresh_from_db()
    assert errand.state == "asked"
    send(client, reverse("mine_errand_off", args=[one.id]), errand=str(errand.id))
    errand.refresh_from_db()
    assert errand.state == "cancelled"
    assert "Called off" in text_of(client.get(here))
