"""What runs inside a town: `python -m bench.inside STEP`. Prints one JSON object; messages go to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import django

TIMES = 60
"""Measured requests per page; the median counts."""


def build(scale: str) -> dict[str, Any]:
    """Migrate and build the demo town if the database is empty; what the build cost."""
    from django.core.management import call_command

    from bench.meter import measured
    from lianfang.core.people.models import Person
    from lianfang.jobs import demo

    call_command("migrate", interactive=False, verbosity=0)
    with measured() as spent:
        built = demo.build(float(scale), progress=_say)
    people = Person.objects.count()
    cost = {"wall_s": spent.wall_s, "python_s": spent.python_s, "postgres_s": spent.postgres_s, "rss_mb": spent.rss_mb}
    return {"people": people, **({"built": cost} if built else {})}


def _say(stage: str, done: int, of: int) -> None:
    sys.stderr.write(f"\r{stage} {done}/{of} ")
    sys.stderr.flush()


def pages() -> dict[str, Any]:
    """Pages through the whole handler."""
    from bench.pages import measure

    return {name: one.as_dict() for name, one in measure(times=TIMES).items()}


def figures() -> dict[str, Any]:
    """The day table and one action on a thousand items."""
    from bench.figures import accept_thousand, day_table

    return {"day table": day_table(), "accept 1,000": accept_thousand()}


def imports(rows: str) -> dict[str, Any]:
    """A list of `rows` rows, from the file to dispatched work."""
    from bench.importing import measure

    return measure(int(rows))


def limits(rows: str) -> dict[str, Any]:
    """What the machine itself can do."""
    from bench.limits import measure

    return measure(int(rows))


def poster() -> dict[str, Any]:
    """A poster for `bench.resident`."""
    from bench.resident_inside import poster as hang

    return hang()


def take_up() -> dict[str, Any]:
    """Reports become lists and work."""
    from bench.resident_inside import take_up as measure

    return measure()


def measures() -> dict[str, Any]:
    """Duties of a day, ruling and what-if on many people under measures."""
    from bench.measures import measure

    return measure()


def count_reports(path: str) -> dict[str, Any]:
    """Acknowledged reports that are there."""
    from bench.resident_inside import count_reports as count

    return count(path)


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    "build": build,
    "pages": pages,
    "figures": figures,
    "import": imports,
    "measures": measures,
    "limits": limits,
    "poster": poster,
    "take_up": take_up,
    "count_reports": count_reports,
}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
