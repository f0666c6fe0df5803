"""The engine on FEBRL: its columns as features, numbers learned from the files themselves without any label.

A person of FEBRL has no telephone, and a number without a check digit. Postcode, street and street number are taken for
place, building and room; suburb, state and second line of the address are not used. In one file the answer is groups,
as it is in the product: two records that never met are one person if others link them.
"""

from __future__ import annotations

import numpy
import pandas
import pyarrow

from bench.matching.febrl import Febrl
from lianfang.matching import scoring
from lianfang.matching.deciding import decide
from lianfang.matching.features import SCHEMA
from lianfang.matching.model import shipped
from lianfang.matching.places import Places
from lianfang.matching.store import build
from lianfang.matching.training import adapted
from lianfang.matching.weighing import Pairs, weigh
from lianfang.matching.within import bits_of, chance_of, weighed_pairs

_ROUNDS = 6
"""Of expectation maximisation; two more change nothing."""
_COVERAGE = 0.99
"""Share of the records of one file that are supposed to be in the other, as for a list of people who are all known."""
_SHARE = 1.0
"""Of the records of the one file so many are supposed to be of somebody who has another."""
_LARGEST = 20
"""A chain that joins more records than this joins people: only pairs too weak for any threshold are left out."""
_LETTERS = r"[^A-Z]+"


def features_of(table: pandas.DataFrame) -> pyarrow.Table:
    """Records as features, numbered from 1 in their order."""
    given, surname = (_words(table[column]) for column in ("given_name", "surname"))
    name = (surname + " " + given).str.strip()
    place, building, room = (_code(table[column]) for column in ("postcode", "address_1", "street_number"))
    door = (place + "/" + building + "/" + room).where(place.ne("") & building.ne("") & room.ne(""), "")
    texts = {
        "name": name, "name_py": (surname + given).str.lower().str.replace(" ", ""), "id": _code(table["soc_sec_id"]),
        "birth": _code(table["date_of_birth"]), "place": place, "building": building, "room": room, "door": door,
    }  # fmt: skip
    rows = len(table)
    columns = {column: pyarrow.nulls(rows, SCHEMA.field(column).type) for column in SCHEMA.names}
    columns |= {
        column: pyarrow.array(text.where(text.ne(""), None).tolist(), pyarrow.string())
        for column, text in texts.items()
    }
    no = pyarrow.array(numpy.zeros(rows, bool))
    columns |= {"key": pyarrow.array(numpy.arange(1, rows + 1)), "id_valid": no, "outside": no, "surname_only": no}
    columns["id_kind"] = pyarrow.array(["other"] * rows)
    columns["phones"] = pyarrow.array([[]] * rows, pyarrow.list_(pyarrow.string()))
    return pyarrow.table([columns[column] for column in SCHEMA.names], schema=SCHEMA)


def _words(column: pandas.Series) -> pandas.Series:
    return column.fillna("").astype(str).str.upper().str.replace(_LETTERS, " ", regex=True).str.strip()


def _code(column: pandas.Series) -> pandas.Series:
    return column.fillna("").astype(str).str.strip()


def linked(task: Febrl) -> pandas.Series:
    """Bits by pair of the two files: each record of the right file beside those of the left it may be."""
    store = build([features_of(task.left)], Places((), ()), mark=task.name)
    try:
        scoring.take_rows(store.con, features_of(task.right))
        scoring.find_pairs(store.con)
        scoring.people_of_pairs(store.con)
        pairs = Pairs.of(*scoring.compare(store.con))
    finally:
        store.close()
    model = shipped()
    for _ in range(_ROUNDS):
        parts = weigh(pairs, model, store.rarity, _COVERAGE)
        probability = decide(pairs, parts).probability
        model = adapted(model, pairs, probability)
    return _by_name(task, pairs.person, pairs.row, probability)


def deduplicated(task: Febrl) -> pandas.Series:
    """Bits by pair of one file: that of the weakest link of the best chain, for whoever is linked is one group."""
    store = build([features_of(task.left)], Places((), ()), mark=task.name)
    try:
        weighed = weighed_pairs(store, shipped(), share=_SHARE)
    finally:
        store.close()
    model, pairs = shipped(), weighed.pairs
    alone = numpy.ones(len(pairs.row))
    for _ in range(_ROUNDS):
        bits = bits_of(weigh(pairs, model, store.rarity, _SHARE / (1 + _SHARE), sharing=alone))
        model = adapted(model, pairs, chance_of(bits))
    first, second, weakest = chains(pairs.row, pairs.person, bits)
    return _by_name(task, first, second, weakest)


def chains(
    a: numpy.ndarray, b: numpy.ndarray, weight: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Every pair that links join, and the weight from which they do; in order of weight, the strongest first."""
    group: dict[int, list[int]] = {}
    found = []
    for at in numpy.argsort(-weight, kind="stable").tolist():
        one, other = (group.setdefault(end, [end]) for end in (int(a[at]), int(b[at])))
        if one is other or len(one) + len(other) > _LARGEST:
            continue
        found += [(left, right, float(weight[at])) for left in one for right in other]
        one += other
        group |= dict.fromkeys(other, one)
    first, second, weakest = zip(*found, strict=True)
    return numpy.array(first), numpy.array(second), numpy.array(weakest)


def _by_name(task: Febrl, left: numpy.ndarray, right: numpy.ndarray, score: numpy.ndarray) -> pandas.Series:
    """Scores by the records' own names; in one file the lower name first, as the truth has them."""
    names = numpy.array([task.left.index[left - 1], task.right.index[right - 1]], object)
    if task.left is task.right:
        names.sort(axis=0)
    return pandas.Series(numpy.round(score, 9), index=pandas.MultiIndex.from_arrays(list(names)))
