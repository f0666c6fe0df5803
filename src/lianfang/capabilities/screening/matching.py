"""Rows are compared with the ledger chunk by chunk; known and new people become work at the right door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from lianfang.capabilities.screening.ahead import RowReader, reader_of, reading_ahead
from lianfang.capabilities.screening.comparing import Compared, Known, compare
from lianfang.capabilities.screening.pins import mark_pinned, pins_for, proven_with
from lianfang.capabilities.screening.placing import Place
from lianfang.capabilities.screening.reading import list_to_work_on, read
from lianfang.core.access.answering import AnswerBook
from lianfang.core.access.automatons import with_authority
from lianfang.core.actions.door import Answer, Command, action
from lianfang.core.bulk import AnyOf, copy_rows
from lianfang.core.lists.models import ListRow, ListState, Placement, RowDecision, SourceList
from lianfang.core.people.models import Household, Person
from lianfang.core.people.registering import NewPerson, register_people
from lianfang.core.territory.models import STEP, Territory
from lianfang.core.work.models import SlaProfile, WorkOrigin
from lianfang.core.work.opening import Ask, join_or_open
from lianfang.core.work.rules import Limits, due

DECIDED_FIELDS = (
    "decision",
    "decided_at",
    "rules_version",
    "person",
    "household",
    "dwelling",
    "placement",
    "score",
    "reasons",
    "candidates",
    "repeats",
)


def run(
    source_list: SourceList,
    *,
    on_progress: Callable[[int, int], None] | None = None,
    now: datetime | None = None,
) -> SourceList:
    """Read and compare a queued list to the end. Idempotent: after a crash it goes on where it stopped.

    `on_progress` hears how many persons are done, of how many. `now` (aware) is the instant it is done at: the present,
    unless a day is played for a drill.
    """

    def command(step: str) -> Command:
        moment = now or timezone.now()
        return Command(actor=with_authority(source_list.brought_by), id=uuid5(source_list.id, step), now=moment)

    with reading_ahead(source_list):
        read(command("read"), list_id=source_list.id)
        source_list.refresh_from_db()
        while source_list.state == ListState.MATCHING:
            _step(source_list, command)
            source_list.refresh_from_db()
            if on_progress is not None and source_list.progress.get("of"):
                on_progress(source_list.progress["done"], source_list.progress["of"])
    return source_list


def _step(source_list: SourceList, command: Callable[[str], Command]) -> None:
    """The next chunk, and the end after the last one."""
    first = ListRow.objects.filter(source_list=source_list).aggregate(after=Max("ordinal") + 1)["after"] or 0
    answer = match_chunk(command(f"match:{first}"), list_id=source_list.id, first=first)
    if answer["last"]:
        finish(command("finish"), list_id=source_list.id)


@action("screening.match")
def match_chunk(command: Command, *, list_id: UUID, first: int) -> Answer:
    """Read the next people of a list, from ordinal `first`, decide who they are and dispatch their work.

    The rows are written once, decided: what was read and what was made of it appear together or not at all.
    """
    source_list = list_to_work_on(command, list_id)
    _one_at_a_time(source_list)
    if ListRow.objects.filter(source_list=source_list, ordinal__gte=first).exists():
        # Another process (worker and command line may both have the list) wrote this chunk while we waited for the
        # list: its receipt is the answer, and the door finds it when ours cannot be stored.
        return {"list": str(list_id), "rows": 0, "last": False}
    reader = reader_of(source_list)
    chunk, placer = reader.take(first), reader.placer
    rows = chunk.rows
    read = list(zip(chunk.facts, chunk.doors, strict=True))
    pins = pins_for(read)
    compared = compare(
        read,
        [placer.homes(door) for door in chunk.doors],
        known=Known(proven_with(pins, chunk.proven.decisions), chunk.proven.holders),
        refused={index: pin.refused for index, pin in pins.items()},
        scale=reader.scale,
    )
    for row, one in zip(rows, compared, strict=True):
        row.rules_version = reader.scale.model.name
        _write_decision(command, row, one, placer.place(one.door))
    mark_pinned(rows, pins)
    register_newcomers(command, source_list, rows, compared, reader)
    homes = homes_of(rows)
    _mark_repeats(source_list, rows)
    copy_rows(ListRow, rows)
    decided = [row for row in rows if row.decision in ("same", "new")]
    opened = dispatch(command, source_list, decided, homes=homes, book=reader.book(command.now))
    done = first + len(rows)
    progress = {"stage": "matching", "done": done, "of": max(done, source_list.progress.get("of", 0))}
    SourceList.objects.filter(id=list_id).update(progress=progress)
    command.note("screening.match", path=source_list.path, subject_kind="list", subject_id=list_id)
    return {"list": str(list_id), "rows": len(rows), "last": chunk.last, **opened}


def _one_at_a_time(source_list: SourceList) -> None:
    """Wait until no other list of the county is being compared: someone new on two lists is registered once."""
    county = Territory.objects.select_for_update(no_key=True).filter(path=source_list.path[:STEP])
    list(county.values_list("id"))


def _write_decision(command: Command, row: ListRow, one: Compared, place: Place) -> None:
    decision = one.decision
    row.decided_at = command.now
    row.score = decision.score
    row.reasons = list(decision.reasons)
    row.placement = place.placement
    row.dwelling = place.dwelling
    row.candidates = [[c.person_id, c.score, list(map(list, c.parts))] for c in decision.candidates]
    if "row.nobody" in decision.reasons:
        row.decision = RowDecision.REFUSED
        return
    row.decision = RowDecision(decision.kind)
    if decision.kind == "same" and decision.person_id and not decision.person_id.startswith("new:"):
        row.person_id = UUID(decision.person_id)
    elif decision.household_id and not decision.household_id.startswith("new:"):
        row.household_id = UUID(decision.household_id)


def register_newcomers(
    command: Command, source_list: SourceList, rows: Sequence[ListRow], compared: Sequence[Compared], reader: RowReader
) -> None:
    """Register the new people of a chunk and point their rows (and rows that repeat them) at them."""
    fresh = [index for index, one in enumerate(compared) if one.newcomer is not None]
    made = register_people(
        [new_person(source_list, rows[i], compared[i], reader.placer.place(compared[i].door)) for i in fresh],
        now=command.now,
        compound_codes=reader.compound_codes,
    )
    person_of = dict(zip(fresh, made, strict=True))
    for index, (row, one) in enumerate(zip(rows, compared, strict=True)):
        if index in person_of:
            row.person = person_of[index]
        elif one.repeats is not None and one.decision.kind == "same":
            row.person = person_of[one.repeats]
        row.candidates = [
            [str(person_of[int(who.removeprefix("new:"))].id) if who.startswith("new:") else who, score, parts]
            for who, score, parts in row.candidates
        ]
        if one.decision.household_id and one.decision.household_id.startswith("new:"):
            row.household_id = person_of[int(one.decision.household_id.removeprefix("new:"))].household_id


def new_person(source_list: SourceList, row: ListRow, one: Compared, place: Place) -> NewPerson:
    """The ledger's record of someone first heard of on this row. People at one door, or on one telephone, are one
    household; someone at a telephone the ledger knows joins that household."""
    facts = one.facts
    door = str(place.dwelling.id) if place.dwelling else ""
    group = f"door:{door}" if door else f"phone:{facts.phones[0]}" if facts.phones else ""
    return NewPerson(
        name=facts.name or facts.name_masked,
        path=place.path,
        dwelling=place.dwelling,
        household_id=row.household_id if row.decision == RowDecision.NEW else None,
        group=group,
        sex=facts.sex,
        birth_date=facts.birth_date,
        nationality=facts.nationality,
        identities=((facts.identity_kind, facts.identity, facts.identity_valid),) if facts.identity else (),
        phones=facts.phones,
        origin_list_id=source_list.id,
    )


def _mark_repeats(source_list: SourceList, rows: Sequence[ListRow]) -> None:
    """A later row of the same person in the same list points at the first."""
    if not rows:
        return
    people = {row.person_id for row in rows if row.person_id}
    first: dict[UUID, ListRow] = {}
    earlier = ListRow.objects.filter(AnyOf("person_id", people), source_list=source_list, ordinal__lt=rows[0].ordinal)
    for known in earlier.order_by("-ordinal"):
        assert known.person_id is not None
        first[known.person_id] = known
    for row in rows:
        if row.person_id is None:
            continue
        if row.person_id in first:
            row.repeats = first[row.person_id]
        else:
            first[row.person_id] = row


@dataclass(frozen=True, slots=True)
class _Where:
    household_id: UUID
    path: str
    placement: str
    dwelling_id: UUID | None


class _Home(NamedTuple):
    """Where the ledger has a person."""

    household_id: UUID
    path: str
    dwelling_id: UUID | None


def homes_of(rows: Sequence[ListRow]) -> dict[UUID, _Home]:
    """Where the people of these rows are. A row of someone whose record was merged since is about the one kept."""
    homes: dict[UUID, _Home] = {}
    wanted = {row.person_id for row in rows if row.person_id}
    columns = ("id", "merged_into_id", "household_id", "path", "dwelling_id")
    while wanted:
        kept: dict[UUID, UUID] = {}
        for person_id, into, *home in Person.objects.filter(AnyOf("id", wanted)).values_list(*columns):
            if into is None:
                homes[person_id] = _Home._make(home)
            else:
                kept[person_id] = into
        for row in rows if kept else ():
            row.person_id = kept.get(row.person_id, row.person_id) if row.person_id else None
        wanted = set(kept.values()) - homes.keys()
    return homes


def dispatch(
    command: Command,
    source_list: SourceList,
    rows: Sequence[ListRow],
    *,
    homes: dict[UUID, _Home] | None = None,
    book: AnswerBook | None = None,
) -> dict[str, int]:
    """Make every decided row an origin of its household's item."""
    people = homes_of(rows) if homes is None else homes
    unnamed = {row.household_id for row in rows if row.household_id and not row.person_id}
    households = {household.id: household for household in Household.objects.filter(AnyOf("id", unnamed))}
    limits = limits_of(source_list.sla_code)
    due_at = due(received_at=source_list.received_at, deadline_at=source_list.deadline_at, limits=limits)
    asks = []
    for row in rows:
        where = _where(row, people, households)
        asks.append(
            Ask(
                household_id=where.household_id,
                path=where.path,
                placement=where.placement,
                dwelling_id=where.dwelling_id,
                due_at=due_at,
                kind=WorkOrigin.Kind.LIST,
                person_id=row.person_id,
                row_id=row.id,
                source_list_id=source_list.id,
            )
        )
    opened = join_or_open(command, asks, book=book)
    return {"opened": opened.opened, "joined": opened.joined, "answered": opened.answered}


def _where(row: ListRow, people: dict[UUID, _Home], households: dict[UUID, Household]) -> _Where:
    """The ledger's door wins; without one, what the row says. A known person's household is where they are called."""
    if row.person_id is None:
        assert row.household_id is not None
        household = households[row.household_id]
        placed = Placement.DOOR if household.dwelling_id else Placement.UNPLACED
        return _Where(household.id, household.path, placed, household.dwelling_id)
    person = people[row.person_id]
    if person.dwelling_id:
        return _Where(person.household_id, person.path, Placement.DOOR, person.dwelling_id)
    path = row.dwelling.path if row.dwelling else person.path
    return _Where(person.household_id, path, row.placement, row.dwelling_id)


def limits_of(code: str) -> Limits:
    """The time limits of a profile; an unknown code counts as 24 hours."""
    profile = SlaProfile.objects.filter(code=code).first()
    return Limits(profile.accept_minutes, profile.finish_minutes) if profile else Limits(120, 1440)


@action("screening.finish")
def finish(command: Command, *, list_id: UUID) -> Answer:
    """All rows are decided or parked: count them, and the list is dispatched."""
    source_list = list_to_work_on(command, list_id)
    counts = {**source_list.counts, **_counts_in(source_list), **count_rows(source_list)}
    SourceList.objects.filter(id=list_id).update(
        state=ListState.DISPATCHED, counts=counts, dispatched_at=command.now, progress={"stage": "done"}
    )
    command.note(
        "lists.dispatch",
        path=source_list.path,
        subject_kind="list",
        subject_id=list_id,
        facts={key: value for key, value in counts.items() if isinstance(value, int)},
    )
    return {"list": str(list_id), "counts": counts}


def _counts_in(source_list: SourceList) -> dict[str, Any]:
    """What came in: rows of the file that tell of people, the people on them, and what was wrong with cells by code."""
    rows = ListRow.objects.filter(source_list=source_list)
    wrong = Counter(one[0] for problems in rows.exclude(problems=[]).values_list("problems", flat=True)
                    for one in problems)  # fmt: skip
    physical = rows.values("sheet", "data_row").distinct().count()
    return {"rows": physical, "persons": rows.count(), "problems": dict(wrong)}


def count_rows(source_list: SourceList) -> dict[str, int]:
    """Rows by decision and placement, repeats and distinct items, as they stand now."""
    rows = ListRow.objects.filter(source_list=source_list)
    by_decision = dict(rows.values_list("decision").annotate(n=Count("id")).order_by())
    open_places = rows.filter(decision__in=["same", "new"], person__dwelling=None)
    by_place = dict(open_places.values_list("placement").annotate(n=Count("id")).order_by())
    return {
        "same": by_decision.get("same", 0),
        "new": by_decision.get("new", 0),
        "review": by_decision.get("review", 0),
        "refused": by_decision.get("refused", 0),
        "repeats": rows.filter(repeats__isnull=False).count(),
        "outside": by_place.get("outside", 0),
        "unplaced": by_place.get("unplaced", 0),
        "items": WorkOrigin.objects.filter(source_list=source_list).values("item").distinct().count(),
    }


def run_in_background(list_id: str) -> None:
    """Entry for the background worker."""
    with transaction.atomic():
        source_list = SourceList.objects.select_related("brought_by").get(id=UUID(list_id))
    run(source_list)


__all__ = ["dispatch", "finish", "match_chunk", "run", "run_in_background"]
