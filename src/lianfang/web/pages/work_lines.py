"""The lines of the work board as table rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lianfang.web.printing import NOTHING, joined, printed
from lianfang.web.queries.work import Line

_ROW = (
    '<tr class="{late}">{pick}<th scope="row"><a class="rowlink" href="{href}">{door}</a> '
    '<small class="t3">{area}</small></th><td>{people}</td><td title="{asked_by}">{asked}</td>'
    '<td class="{called_tone}">{called}</td>'
    '<td class="n">{tries}</td><td class="{due_tone}">{due}{escalated}</td><td>{assignee}</td>'
    '<td><span class="tag {tone}">{state}</span></td></tr>'
)
_PICK = '<td class="pick"><input type="checkbox" name="ids" value="{}" data-select-row aria-label="{} {}"></td>'
_ESCALATED = ' <small class="t3">{}</small>'
SHORT = 18
"""Characters of a list's title in a cell; the whole of it is in the cell's title."""


def rows(lines: Iterable[Line], *, choosable: bool) -> SafeString:
    """All lines; with a box to tick in front of each when `choosable`."""
    choose = _("Choose")
    return joined(
        printed(
            _ROW,
            late="late" if line.late else "",
            pick=printed(_PICK, line.id, choose, line.door) if choosable else NOTHING,
            href=line.href,
            door=line.door,
            area=line.area,
            people=line.people,
            asked_by=line.asked_by,
            asked=line.asked if len(line.asked) <= SHORT else f"{line.asked[: SHORT - 1]}…",
            called_tone=line.called_tone,
            called=line.called,
            tries=line.tries,
            due_tone="cbad" if line.late else "",
            due=line.due or line.outcome,
            escalated=printed(_ESCALATED, line.escalated) if line.escalated else NOTHING,
            assignee=line.assignee,
            tone=line.tone,
            state=line.state,
        )
        for line in lines
    )
