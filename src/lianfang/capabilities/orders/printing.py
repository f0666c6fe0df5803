"""Printing: the papers of many people as one file, each look at a name in the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from lianfang.capabilities.orders import press as setting
from lianfang.capabilities.orders import word
from lianfang.capabilities.orders.assembling import Occasion, papers_of
from lianfang.capabilities.orders.choosing import Chosen
from lianfang.capabilities.orders.laying import DRILL, sheet_of
from lianfang.capabilities.orders.surroundings import Surroundings
from lianfang.core.access.models import User
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry
from lianfang.core.metrics.paper.press import Press
from lianfang.core.people.looking import log_looks
from lianfang.core.territory.models import STEP, Territory

TITLES = {"order": "隔离与监测告知书", "notice": "解除隔离与监测告知书"}
_COMMUNITY = 3
"""Levels from the county down to a community."""
FORMS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """The file: its name, bytes and content type; characters no font has, which stand as 〓 in it."""

    name: str
    content: bytes
    content_type: str
    missing_characters: frozenset[str] = frozenset()


def print_papers(actor: User, chosen: Chosen, occasion: Occasion, *, form: str, press: Press) -> Printed:
    """One file with the papers that were chosen, and who looked at whom in the log."""
    around = Surroundings.of(chosen.measures, kind=chosen.kind, now=occasion.now)
    sheets = [sheet_of(paper) for paper in papers_of(chosen.measures, chosen.kind, around, occasion)]
    day = timezone.localdate(occasion.now)
    title = TITLES[chosen.kind]
    drill = f"{DRILL}_" if any(sheet.drill for sheet in sheets) else ""
    name = f"{drill}{title}_{day:%Y%m%d}_{len(sheets)}份.{form}"
    missing: frozenset[str] = frozenset()
    if form == "pdf":
        made = setting.pdf(press, sheets, title=title, stamp=int(occasion.now.timestamp()))
        content, missing = made.pdf, made.missing_characters
    else:
        content = word.document(sheets, title=title, at=occasion.now)
    notes = [*_exports(chosen, form=form), *_calls(around.called_areas(chosen.measures))]
    _log(actor, chosen, occasion, notes)
    return Printed(name, content, FORMS[form], missing)


@transaction.atomic
def _log(actor: User, chosen: Chosen, occasion: Occasion, notes: Sequence[journal.Note]) -> None:
    people = {measure.person_id: measure.person for measure in chosen.measures}
    log_looks(actor=actor, people=list(people.values()), now=occasion.now, why=chosen.kind)
    journal.write(notes, actor_id=actor.id, at=occasion.now, now=occasion.now)


def _exports(chosen: Chosen, *, form: str) -> Iterator[journal.Note]:
    """How many papers for each community: the log is searched by area."""
    for path, count in Counter(measure.path[: _COMMUNITY * STEP] for measure in chosen.measures).items():
        facts: dict[str, object] = {"kind": chosen.kind, "format": form, "papers": count}
        yield journal.Note(kind=AuditEntry.Kind.EXPORT, code="orders.print", path=path, facts=facts)


def _calls(areas: Sequence[Territory]) -> Iterator[journal.Note]:
    """Telephones of those who answer for an area stand on the papers: a look as on the area's page."""
    for area in areas:
        yield journal.Note(
            kind=AuditEntry.Kind.LOOK,
            code="territory.open_phones",
            path=area.path,
            subject_kind="territory",
            subject_id=area.id,
        )
