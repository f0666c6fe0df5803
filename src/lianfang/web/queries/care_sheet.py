"""The sampler's list: who is sampled at the door today, in the order of the doors, as a workbook ready for A4."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.core.access.models import User
from lianfang.core.measures.duties import Duty
from lianfang.core.people.looking import log_looks
from lianfang.field.care import WAITING, day_words, needs_of
from lianfang.web.queries.care import at_the_door, duties_of
from lianfang.web.queries.people import years

MOST = 2000
"""People on one list: no sampler comes near it in a day."""
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_A4 = 9
_WIDTHS = (5, 24, 10, 5, 5, 14, 14, 12, 9, 9, 12)


def sampling_list(actor: User, area: str, *, now: datetime) -> bytes:
    """The workbook, with names and telephones in full: every look is logged. Raises `NotAllowed` without the right."""
    duties = at_the_door(duties_of(actor, area, now=now).filter(WAITING), now=now)
    found = list(
        duties.select_related("person__dwelling", "measure")
        .prefetch_related("person__telephones")
        .order_by("path", "id")[:MOST]
    )
    # People of one door stand together also where a grid has no entrances of its own.
    found.sort(
        key=lambda duty: (duty.path, duty.person.dwelling.door_key if duty.person.dwelling else "", str(duty.id))
    )
    people = [duty.person for duty in found]
    if people:
        log_looks(actor=actor, people=people, now=now, why="sampling_list")
    return _workbook(found, now=now)


def _workbook(duties: Sequence[Duty], *, now: datetime) -> bytes:
    needs: dict[UUID, list[str]] = defaultdict(list)
    for person_id, kind in needs_of([duty.person_id for duty in duties], now=now):
        needs[person_id].append(kind)
    headings = (
        *(_("No."), _("Door"), _("Name"), _("Sex"), _("Age"), _("Telephone"), _("At the door because")),
        *(_("Which day"), _("Sampled"), _("Time of the sample"), _("Signature")),
    )
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        sheet = book.add_worksheet(_("At the door"))
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#f2f5fa", "text_wrap": True})
        cell = book.add_format({"border": 1, "num_format": "@", "text_wrap": True, "valign": "vcenter"})
        title = _("Door-to-door samples of %(day)s: %(n)s people") % {
            "day": timezone.localdate(now).isoformat(),
            "n": len(duties),
        }
        sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
        for column, (heading, width) in enumerate(zip(headings, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(1, column, heading, head)
        for number, duty in enumerate(duties, start=1):
            for column, text in enumerate(_cells(number, duty, needs[duty.person_id], now=now)):
                sheet.write_string(number + 1, column, text, cell)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
        sheet.freeze_panes(2, 0)
        sheet.set_footer("&P / &N")
    return buffer.getvalue()


def _cells(number: int, duty: Duty, needs: Sequence[str], *, now: datetime) -> tuple[str, ...]:
    person = duty.person
    phones = sorted(person.telephones.all(), key=lambda row: row.rank)
    why = [str(duty.measure.get_regime_display()), *needs]
    return (
        str(number),
        person.dwelling.label if person.dwelling else _("No dwelling"),
        person.name,
        str(person.get_sex_display()) if person.sex else "",
        years(person.birth_date, timezone.localdate(now)),
        phones[0].number if phones else "",
        "、".join(why),
        day_words(duty.measure, now=now),
        *("", "", ""),
    )
