"""The lines of the people list and of search as table rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lianfang.web.printing import joined, link, printed, tag
from lianfang.web.queries.people import PersonLine

_ROW = (
    '<tr><th scope="row"><a class="rowlink" href="{}">{}</a></th><td>{}</td><td class="n">{}</td><td>{}</td><td>{}</td>'
    "<td>{}</td><td>{}</td><td>{}</td></tr>"
)


def rows(lines: Iterable[PersonLine]) -> SafeString:
    """All lines, masked as they come."""
    nowhere, none, check = tag(_("No dwelling"), "warn"), tag(_("None"), "warn"), _("Open check")
    return joined(
        printed(
            _ROW,
            line.href,
            line.name,
            line.sex,
            line.age,
            link(line.door, line.door_href) if line.door_href else nowhere,
            line.relation,
            line.needs,
            line.documents or none,
            link(check, line.task_href, "tag info") if line.task_href else "",
        )
        for line in lines
    )
