"""The lines of the measures board as table rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.template.defaultfilters import date as formatted
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lianfang.web.printing import NOTHING, joined, printed, tag
from lianfang.web.queries.measures import Line

_ROW = (
    '<tr class="{late}">{pick}<th scope="row"><a class="rowlink" href="/measures/{id}/">{name}</a> '
    '<small class="t3">{door}</small></th><td>{regime}{drill}</td><td class="n">{day}</td>'
    '<td>{basis}</td><td class="{due_tone}">{until}</td><td class="wrap">{last}</td></tr>'
)
_PICK = '<td class="pick"><input type="checkbox" name="ids" value="{}" data-select-row aria-label="{} {}"></td>'


def rows(lines: Iterable[Line], *, segment: str, choosable: bool) -> SafeString:
    """All lines; with a box to tick in front of each when `choosable`."""
    choose = _("Choose")
    return joined(
        printed(
            _ROW,
            late="late" if line.overdue and segment != "done" else "",
            pick=printed(_PICK, line.id, choose, line.name) if choosable else NOTHING,
            id=line.id,
            name=line.name,
            door=line.door or _("No dwelling"),
            regime=tag(line.regime, "bad" if line.strict else "info"),
            drill=tag(_("Drill"), "purple") if line.drill else NOTHING,
            day=f"{line.day}/{line.days}",
            basis=f"{line.basis} {line.basis_date:%m-%d}",
            due_tone="cbad" if line.overdue and segment != "done" else "",
            until=formatted(timezone.localtime(line.ends_at), "m-d H:i"),
            last=_last(line, segment),
        )
        for line in lines
    )


def _last(line: Line, segment: str) -> SafeString:
    """What the segment wants to be seen: who proposed, what is missing, the number."""
    if segment == "approve":
        return printed('{} <small class="t3">{}</small>', line.proposed_by, line.edition)
    if segment == "due":
        if line.missing:
            return tag("、".join(map(str, line.missing)), "warn")
        return tag(_("All conditions met"), "ok")
    if segment == "done" and line.released_at:
        return printed("{}", formatted(timezone.localtime(line.released_at), "m-d H:i"))
    return printed("{}", line.order_no)
