"""`lianfang match train`: the numbers of the model learned anew from files, without anybody labelling a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lianfang.jobs.peoplefiles import open_people
from lianfang.jobs.reconciling import Task, list_against, prepared_ledger
from lianfang.jobs.trouble import Trouble
from lianfang.matching import scoring
from lianfang.matching.confirmed import add_confirmed
from lianfang.matching.model import SHAPES, Model, shipped
from lianfang.matching.store import Store
from lianfang.matching.training import Counts, learn, proven_by_number
from lianfang.matching.weighing import Pairs

FEWEST = 500
"""Proven rows below which the numbers that come with the product are the better ones."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One ledger and the lists that came down to it."""

    ledger: Path
    lists: Sequence[Path]


def train(
    lessons: Sequence[Lesson], *, confirmed: Path | None, version: str, today: date, progress: Progress
) -> tuple[Model, dict[str, Any]]:
    """Learn from every list whose rows carry numbers. Returns the model and what it was learned from.

    `confirmed` is what `lianfang match confirmed` wrote. Raises `Trouble` when files cannot be read or the rows that a
    number proves are fewer than `FEWEST`.
    """
    counts, told = Counts(), {"lists": 0, "rows": 0, "proven": 0, "confirmed_same": 0, "confirmed_different": 0}
    for lesson in lessons:
        ledger = Task(lesson.ledger, lesson.ledger, lesson.ledger, today)
        store, _ = prepared_ledger(ledger, progress)
        try:
            for path in lesson.lists:
                pairs = _pairs(store, path, today, progress)
                one_person, proven, nobody = proven_by_number(pairs)
                counts.add(pairs, one_person, proven, nobody)
                told["lists"] += 1
                told["rows"] += len(proven)
                told["proven"] += int(proven.sum())
        finally:
            store.close()
    if told["proven"] < FEWEST:
        raise Trouble(
            "train.too_few",
            f"Only {told['proven']} rows are proven by a number; {FEWEST} are needed.",
            "Name more lists with document numbers, or keep the model that is shipped",
        )
    if confirmed is not None:
        same, different = add_confirmed(counts, _read(confirmed))
        told |= {"confirmed_same": same, "confirmed_different": different}
    return learn(counts, version=version, learned_from=told), told


def moved(new: Model, old: Model | None = None) -> list[dict[str, Any]]:
    """What changed most against another model (the shipped one): table, kind, level and both shares."""
    old = old or shipped()
    found = []
    for table, (kinds, levels) in SHAPES.items():
        change = np.abs(np.log2(new[table] / old[table])) * np.maximum(new[table], old[table])
        for at in np.argsort(-change, axis=None)[:3]:
            kind, level = np.unravel_index(at, change.shape)
            if change[kind, level] > 0.001:
                share = {"before": float(old[table][kind, level]), "after": float(new[table][kind, level])}
                found.append({"table": table, "kind": kinds[kind], "level": levels[level], **share})
    return found


def _pairs(store: Store, path: Path, today: date, progress: Progress) -> Pairs:
    people: pa.Table = list_against(store.places, open_people(path, today=today), today, progress)
    scoring.take_rows(store.con, people)
    scoring.find_pairs(store.con, proven_too=True)
    scoring.people_of_pairs(store.con)
    return Pairs.of(*scoring.compare(store.con))


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return dict(found)
    except (OSError, ValueError) as why:
        raise Trouble("train.confirmed", f"{path}: {why}", "Write it anew with lianfang match confirmed") from why
