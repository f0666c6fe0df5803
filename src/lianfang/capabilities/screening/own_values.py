"""What is written about one row of the sender's file, which may hold several people."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone, translation

from lianfang.capabilities.screening.outcome_words import IN_AREA, MEASURE_TEXTS, NOT_IN_AREA, OUTCOME_CODES
from lianfang.capabilities.screening.problems import spoken
from lianfang.capabilities.screening.results import DONE, OPEN, REFUSED, REVIEW, RowResult
from lianfang.core.measures.models import ControlMeasure

SAY_OPEN, SAY_REVIEW, SAY_REFUSED = "未办结", "待人工核对", "退回补正"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure in force as forms show it."""

    text: str
    starts_on: date
    ends_on: date

    @classmethod
    def of(cls, measure: ControlMeasure) -> Measure:
        """From the ledger; days in Asia/Shanghai."""
        return cls(
            text=MEASURE_TEXTS[measure.regime],
            starts_on=timezone.localdate(measure.starts_at),
            ends_on=timezone.localdate(measure.ends_at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """How a file is to be filled: whether open rows say so, measures by person, telephones of those who checked."""

    say_open: bool
    measures: Mapping[UUID, Measure]
    phones: Mapping[UUID, str]


def result_of(group: Sequence[RowResult], saying: Saying) -> str:
    """The result in the fixed words; ``甲：…；乙：…`` when the people on the row differ."""
    return _joined(group, lambda one: _one_result(one, saying))


def _one_result(one: RowResult, saying: Saying) -> str:
    if one.standing == DONE:
        return one.text
    return {REVIEW: SAY_REVIEW, REFUSED: SAY_REFUSED}.get(one.standing, SAY_OPEN if saying.say_open else "")


def detail_of(group: Sequence[RowResult], saying: Saying) -> str:
    """Why, where to, how often; for what is not done, what is in the way. Cells the sender must mend are named."""
    told = _joined(group, lambda one: one.detail if one.standing != OPEN or saying.say_open else "")
    with translation.override("zh-hans"):  # the file is read by the sender, whatever language the clerk works in
        wrong, _remedy = spoken([p for one in group[:1] for p in one.problems if len(p) > 2 and p[2] == "error"])
    return "；".join(part for part in (told, wrong) if part)


def _joined(group: Sequence[RowResult], say: Callable[[RowResult], str]) -> str:
    texts = [say(one) for one in group]
    if len(set(texts)) <= 1:
        return texts[0] if texts else ""
    named = [
        (one.name or f"第{number}人", text) for number, (one, text) in enumerate(zip(group, texts, strict=True), 1)
    ]
    return "；".join(f"{name}：{text or SAY_OPEN}" for name, text in named)


def values_of(group: Sequence[RowResult], saying: Saying) -> dict[str, str | date | datetime]:
    """Everything but result and detail, by our field name; empty texts are left out."""
    done = [one for one in group if one.standing == DONE]
    found: dict[str, str | date | datetime] = {}
    if done:
        by = "、".join(dict.fromkeys(one.by for one in done if one.by))
        phones = "、".join(dict.fromkeys(saying.phones.get(one.by_id, "") for one in done if one.by_id))
        latest = max((one.at for one in done if one.at), default=None)
        found |= {"work.done_by": by, "work.done_by.phone": phones.strip("、")}
        if latest is not None:
            found["work.done_at"] = latest.replace(second=0, microsecond=0)
    where = {"是" if one.outcome in IN_AREA else "否" if one.outcome in NOT_IN_AREA else "" for one in done}
    if len(done) == len(group) and len(where) == 1:
        found["in_area"] = where.pop()
    measures = [m for one in group if one.person_id and (m := saying.measures.get(one.person_id))]
    if measures:
        found["measure"] = "、".join(dict.fromkeys(one.text for one in measures))
        found["measure.starts_on"] = min(one.starts_on for one in measures)
        found["measure.ends_on"] = max(one.ends_on for one in measures)
    return {name: value for name, value in found.items() if value != ""}


_MARKS = re.compile(r"[\s—–\-_－~:：()（）、，,.。]+")


def fitting(allowed: Sequence[str], text: str) -> str | None:
    """The entry of a drop-down list that means `text`: the same words, their code, or the only entry that is a part of
    them. None if there is none."""
    plain = _MARKS.sub("", text)
    entries = {_MARKS.sub("", one): one for one in allowed}
    code = OUTCOME_CODES.get(text, "")
    for wanted in (plain, code, code.lstrip("0")):
        if wanted and wanted in entries:
            return entries[wanted]
    parts = [
        one for short, one in entries.items() if len(short) > 1 and (plain.endswith(short) or short.endswith(plain))
    ]
    return parts[0] if len(parts) == 1 and plain else None
