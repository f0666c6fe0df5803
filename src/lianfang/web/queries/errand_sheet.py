"""The runner's sheet on paper. It may get lost: names are masked, and no telephone stands on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from lianfang.capabilities.errands.models import Errand, ErrandBatch
from lianfang.capabilities.errands.rules import OPEN_STATES
from lianfang.core.metrics.mode import is_drill
from lianfang.field.doors import door_title
from lianfang.kernel.masking import mask_name
from lianfang.web.queries.reports import press
from lianfang.web.templatetags.lianfang import local

TEMPLATE = "errands.typ"


def pdf_of(batch: ErrandBatch, errands: Sequence[Errand], *, now: datetime, load: str) -> tuple[bytes, str]:
    """The sheet of a batch as PDF, and its file name; only what is still to be done."""
    compound = batch.compound.name if batch.compound else ""
    window = f"{local(batch.starts_at, 'minute')}–{local(batch.ends_at, 'time')}"
    content = {
        "title": _("Errands: %(load)s") % {"load": load},
        "where": f"{compound} {batch.buildings} · {window}",
        "who": _("Runner: %(name)s") % {"name": batch.runner.display_name},
        "drill": _("Drill") if is_drill(batch.path, at=now) else "",
        "header": [
            "",
            _("Door"),
            _("Kind"),
            _("What is wanted"),
            _("Due"),
            _("Handed over"),
            _("Left where, or why not"),
        ],
        "stops": [_stop(errand, number) for number, errand in enumerate(_open(errands), start=1)],
        "notes": [
            _("Leave it at the door, step back, ring. Nobody need meet."),
            _("Money is settled between shop and resident; we carry none."),
        ],
        "footer": _("Printed %(time)s") % {"time": local(now, "minute")},
    }
    made = press().sheet(TEMPLATE, content, stamp=now)
    stem = f"{compound}_{batch.buildings}_{timezone.localtime(batch.starts_at):%m%d_%H%M}".replace("/", "＿")
    return made.pdf, f"{stem}.pdf"


def _open(errands: Sequence[Errand]) -> list[Errand]:
    return [errand for errand in errands if errand.state in OPEN_STATES]


def _stop(errand: Errand, number: int) -> dict[str, str]:
    marks = [_("Wheelchair")] * errand.wheelchair + [_("No stairs")] * errand.no_stairs
    return {
        "number": str(number),
        "door": door_title(errand.dwelling),
        "name": mask_name(errand.person.name),
        "kind": str(errand.get_kind_display()),
        "marks": " ".join(marks),
        "wanted": errand.wanted,
        "note": errand.note,
        "due": local(errand.due_at),
    }
