"""The head of every paper of an area: who issues it, its number of the year, to whom it goes, whether it is a drill."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max

from lianfang.core.access.models import Answerer, Responsibility
from lianfang.core.metrics.mode import is_drill
from lianfang.core.metrics.models import Report, ReportKind
from lianfang.core.metrics.paper.shapes import Masthead
from lianfang.core.metrics.registry import At
from lianfang.core.territory.models import Level, Territory

TITLES = {
    ReportKind.BULLETIN.value: "疫情防控工作日报",
    ReportKind.TABLE.value: "疫情联防联控人口信息排摸日表",
    ReportKind.LOG.value: "疫情防控工作日志",
}
"""Titles of the papers, as the first subdistrict with "five ones a day" named its own (seed article 002)."""

PART_WORDS = {
    Level.COUNTY.value: "街道",
    Level.SUBDISTRICT.value: "社区",
    Level.COMMUNITY.value: "网格",
}
"""What the parts of an area are called in a table's first column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a paper is made for: the area, the instant of its numbers, its number of the year, its version."""

    area: Territory
    cutoff_at: datetime
    issue_no: int
    version: int = 1
    drill: bool = field(init=False)

    def __post_init__(self) -> None:
        """Whether the area is under a drill is looked up once: it decides what counts and marks every page."""
        object.__setattr__(self, "drill", is_drill(self.area.path, at=self.cutoff_at))

    @property
    def at(self) -> At:
        """The instant of the numbers."""
        return At(self.cutoff_at, drill=self.drill)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The area, as the registry takes it."""
        return (self.area.path,)


def masthead_of(kind: str, occasion: Occasion) -> Masthead:
    """The head of a paper of `kind`; three queries."""
    area, at = occasion.area, occasion.at
    parent = Territory.objects.filter(id=area.parent_id).first() if area.parent_id else None
    word = PART_WORDS.get(area.level, "")
    return Masthead(
        unit=area.name,
        title=TITLES[kind],
        issue_no=occasion.issue_no,
        year=at.day.year,
        office=f"{area.name}疫情防控指挥部办公室",
        day=at.day,
        cutoff_at=occasion.cutoff_at,
        duty_chief=_duty_chief(area, at=at),
        to=(f"{parent.name}疫情防控指挥部办公室",) if parent else (),
        cc=(f"各{word}", "各工作组") if word else (),
        version=occasion.version,
        drill=occasion.drill,
    )


def _duty_chief(area: Territory, *, at: At) -> str:
    chief = Responsibility.objects.in_force(at.instant).filter(path=area.path, role=Answerer.COMMAND)
    return chief.order_by("-starts_at").values_list("name", flat=True).first() or ""


def next_issue(kind: str, *, path: str, day: date) -> int:
    """The number of the next paper of `kind` in the year of `day`; counting begins at 1 every year."""
    known = Report.objects.filter(kind=kind, path=path, day__year=day.year).aggregate(most=Max("issue_no"))
    return int(known["most"] or 0) + 1
