"""The people of a regular text file: a small one is read at once, a large one block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from lianfang.jobs.peoplefiles.bodies import Body, in_batches, look_eaten
from lianfang.jobs.peoplefiles.fields import Fields
from lianfang.jobs.peoplefiles.kinds import People, rows_of
from lianfang.jobs.peoplefiles.tails import HeldBack
from lianfang.jobs.peoplefiles.textfiles import BLOCK, Disorder, TextForm, blocks, columns_of, form_of
from lianfang.jobs.trouble import Trouble
from lianfang.matching.cells import Cells
from lianfang.matching.numbers import numbers_look_eaten

AT_ONCE = 32 * 1024 * 1024
"""A file up to this size is kept in memory: it is judged as a whole before anything of it is given out."""


class SecondTable(Exception):
    """Further down a header with other columns begins another table."""


def text_bodies(
    path: Path, *, kind: str, today: date, at_once: int = AT_ONCE, block: int = BLOCK
) -> tuple[tuple[str, ...], Callable[[], Iterator[Body]]] | None:
    """Labels and bodies of a text file with one table of people; None for all others, which the intake reads.

    A file above `at_once` bytes is read `block` bytes at a time."""
    form = form_of(path, kind=kind, block=block)
    if form is None:
        return None
    if path.stat().st_size > at_once:
        return form.table.labels, lambda: _plain_words(form, today)
    try:
        kept = list(_bodies(form, today, whole=True))
    except (Disorder, SecondTable):
        return None
    return (form.table.labels, lambda: iter(kept)) if kept else None


def _plain_words(form: TextForm, today: date) -> Iterator[Body]:
    try:
        yield from _bodies(form, today, whole=False)
    except Disorder as why:
        raise Trouble(
            "file.damaged", f"{form.path.name}: not all of it is text in one encoding.", "Save it again as UTF-8"
        ) from why
    except SecondTable as why:
        raise Trouble(
            "reconcile.second_table", f"{form.path.name}: {why}.", "Put each table into a file of its own"
        ) from why


def _bodies(form: TextForm, today: date, *, whole: bool) -> Iterator[Body]:
    fields = Fields(form.table, form.mapping, today=today)
    stream = judged(form, fields, today)
    if whole:
        bodies = list(stream)
        eaten = any(body.eaten for body in bodies)
        stream = iter([replace(body, eaten=eaten) for body in bodies])
    yield from stream


def judged(form: TextForm, fields: Fields, today: date) -> Iterator[Body]:
    """The rows of people; `eaten` of each says whether lost digits were met so far. A signature at the very end is
    left out."""
    people = People(form.deciding)
    held = HeldBack(people)
    counted, eaten = 0, False
    for block in blocks(form):
        own, rows = columns_of(block, form)
        found, stop = people.rows(own, partial(rows_of, own), rows=rows)
        if stop < rows:
            raise SecondTable(f"a second header stands below its {counted + len(found)} people")
        for cells, count in in_batches(own, None if len(found) == rows else found, rows):
            numbers = [cells[at] for at in fields.identities if at < len(cells)]
            eaten = eaten or any(numbers_look_eaten(Cells(some), today=today) for some in look_eaten(numbers))
            yield from held.after(Body(cells, count, fields, "", counted + 1, eaten))
            counted += count
    yield from held.rest()
