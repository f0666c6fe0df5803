"""The audit log as an auditor reads it: what happened in their areas, and what was done by accounts of their areas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from lianfang.core.access.models import Grant, User
from lianfang.core.audit import journal
from lianfang.core.audit.models import AuditEntry, AuditSeal
from lianfang.core.territory.models import Level, Territory, prefixes
from lianfang.web.queries.audit_words import FACTS, SUBJECTS, WORDS
from lianfang.web.queries.keyset import PAGE, Slice, behind, cut
from lianfang.web.queries.places import under_any

SEALS_ON_DEMAND = 20
"""Seals checked when someone presses the button: at most 20,000 entries. The command line checks the whole log."""
MOST_FAULTS = 50
MOST_COUNTED = 1000
_CODE = re.compile(r"[a-z_.]{1,60}")
_PATH = re.compile(r"[0-9a-z]{4,48}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilters:
    """Filters of the log as the address carries them; empty means: any. Days are days in Asia/Shanghai."""

    actor: str = ""
    subject: str = ""
    code: str = ""
    kind: str = ""
    day: str = ""
    area: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> LogFilters:
        """Read the filters; what makes no sense is left out."""
        given = {name: query.get(name, "").strip() for name in cls.__dataclass_fields__}
        given["actor"] = given["actor"][:60]
        given["subject"] = str(_id(given["subject"]) or "")
        for name, pattern in (("code", _CODE), ("area", _PATH)):
            if not pattern.fullmatch(given[name]):
                given[name] = ""
        if given["kind"] not in AuditEntry.Kind.values:
            given["kind"] = ""
        given["day"] = str(_day(given["day"]) or "")
        return cls(**given)

    @property
    def query(self) -> str:
        """The filters as an address."""
        return urlencode({name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))})


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and MINYEAR < found.year < MAXYEAR else None  # its midnights are instants in any zone


def entries_for(reader: User, filters: LogFilters) -> QuerySet[AuditEntry]:
    """Entries in the reader's areas; those without an area when their actor has or had a role in one of them."""
    scopes = reader.authority.scopes("audit.read")
    colleagues = Grant.objects.filter(under_any(scopes, "territory__path")).values("user_id")
    entries = AuditEntry.objects.filter(under_any(scopes) | Q(path="", actor_id__in=colleagues))
    if filters.area:
        entries = entries.filter(path__startswith=filters.area)
    if filters.actor:
        named = User.objects.filter(Q(username=filters.actor) | Q(display_name=filters.actor)).values("id")
        entries = entries.filter(actor_id__in=list(named.values_list("id", flat=True)[:20]))
    if filters.subject:
        entries = entries.filter(subject_id=filters.subject)
    if filters.code:
        entries = entries.filter(code__startswith=filters.code)
    if filters.kind:
        entries = entries.filter(kind=filters.kind)
    if filters.day:
        midnight = datetime.combine(date.fromisoformat(filters.day), time(), tzinfo=timezone.get_default_timezone())
        entries = entries.filter(recorded_at__gte=midnight, recorded_at__lt=midnight + timedelta(days=1))
    return entries


@dataclass(slots=True)
class LogLine:
    """One entry, ready to be printed."""

    at: datetime
    kind: str
    tone: str
    code: str
    words: str
    actor: str
    area: str
    subject_kind: str
    subject_id: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    seal: str = ""


_TONES = {"look": "info", "refusal": "bad", "login": "", "export": "warn", "write": "ok"}


def lines_of(reader: User, filters: LogFilters, *, cursor: str) -> Slice[LogLine]:
    """One page of the log, the newest first; three queries."""
    entries = behind(entries_for(reader, filters), key="id", cursor=cursor, descending=True)
    found: Slice[AuditEntry] = cut(entries.defer("mac")[: PAGE + 1], key="id", cursor=cursor)
    names = _names(found.rows)
    areas = _areas({entry.path for entry in found.rows})
    return found.of([_line(entry, names, areas) for entry in found.rows])


def _areas(paths: set[str]) -> dict[str, str]:
    """The areas at `paths`; below the subdistrict with those around them, for every building has a first entrance.
    One query.
    """
    around = {path: prefixes(path) for path in paths}
    wanted = {part for parts in around.values() for part in parts}
    rows = Territory.objects.filter(path__in=wanted).values_list("path", "name", "level")
    names = {path: (name, level not in (Level.COUNTY, Level.SUBDISTRICT)) for path, name, level in rows}
    return {
        path: " ".join(names[part][0] for part in parts if part in names and (names[part][1] or part == path))
        for path, parts in around.items()
    }


def _names(entries: Sequence[AuditEntry]) -> dict[UUID, str]:
    wanted = {entry.actor_id for entry in entries if entry.actor_id}
    return dict(User.objects.filter(id__in=wanted).values_list("id", "display_name"))


def _line(entry: AuditEntry, names: dict[UUID, str], areas: dict[str, str]) -> LogLine:
    return LogLine(
        at=entry.recorded_at,
        kind=entry.kind,
        tone=_TONES.get(entry.kind, ""),
        code=entry.code,
        words=str(WORDS.get(entry.code, "")),
        actor=names.get(entry.actor_id, "") if entry.actor_id else "",
        area=areas.get(entry.path, ""),
        subject_kind=str(SUBJECTS.get(entry.subject_kind, entry.subject_kind)),
        subject_id=str(entry.subject_id or ""),
        facts=[(str(FACTS.get(name, name)), _words(value)) for name, value in sorted(entry.facts.items())],
        seal=str(entry.seal_number or ""),
    )


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@dataclass(frozen=True, slots=True)
class ChainState:
    """The newest seal, and how many entries wait for one (counted to `MOST_COUNTED`)."""

    seals: int
    sealed_at: datetime | None
    head: str
    waiting: int


def chain_state() -> ChainState:
    """How far the log is sealed; two queries."""
    last = AuditSeal.objects.order_by("-number").first()
    waiting = AuditEntry.objects.filter(seal_number=None).values("pk")[:MOST_COUNTED].count()
    if last is None:
        return ChainState(0, None, "", waiting)
    return ChainState(last.number, last.sealed_at, bytes(last.head).hex()[:16], waiting)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check on demand found: from which seal to which, and every fault (at most `MOST_FAULTS`)."""

    first: int
    last: int
    faults: list[journal.Fault]


def check_latest() -> Checked:
    """Check the newest `SEALS_ON_DEMAND` seals and everything not sealed yet."""
    last = AuditSeal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    first = max(1, last - SEALS_ON_DEMAND + 1)
    return Checked(first, last, list(islice(journal.verify(first=first), MOST_FAULTS)))
