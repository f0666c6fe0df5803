"""A chunk of rows against the ledger: same person, new person, or a person must decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lianfang.capabilities.screening.weighing import Asked, decide_with
from lianfang.core import vault
from lianfang.core.people.keys import ledger_people, people_at, people_of, people_with_keys, stored
from lianfang.core.people.scale import Scale
from lianfang.kernel.doors import Door, door_key
from lianfang.kernel.matching import Candidate, Decision, LedgerPerson, blocking_keys, ledger_keys
from lianfang.kernel.matching_names import compare_names
from lianfang.kernel.rowfacts import RowFacts

_ITS_NAME = frozenset({"equal", "homophone", "swapped", "masked", "pinyin"})
MOST_PER_KEY = 60
"""A key shared by more people than this tells nothing about a person (a hostel's telephone) and is not followed."""


@dataclass(slots=True)
class Compared:
    """One row with what was decided.

    `newcomer` is the ledger's future record of a new person, `repeats` the index of an earlier row of this chunk that
    is the same new person.
    """

    facts: RowFacts
    door: Door
    decision: Decision
    newcomer: LedgerPerson | None = None
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Rows decided without looking for anybody: by their number, with who holds it, and by a person before."""

    decisions: Mapping[int, Decision]
    holders: Mapping[int, LedgerPerson]


def compare(
    rows: Sequence[tuple[RowFacts, Door]],
    homes: Sequence[Sequence[UUID]],
    *,
    known: Known,
    refused: Mapping[int, frozenset[str]],
    scale: Scale,
) -> list[Compared]:
    """Decide each row against the ledger and against the new people of earlier rows, in order.

    `homes` are the known dwellings each row's door may mean, `refused` the people of whom a person said before that
    they are not who a row is about.
    """
    coverage = _coverage(rows, known)
    decided = _decided_before(rows, known, scale, coverage)
    waiting = [index for index in range(len(rows)) if index not in decided]
    wanted = {
        index: frozenset(filter(stored, blocking_keys(rows[index][0], door_key(rows[index][1])))) for index in waiting
    }
    ledger = _Ledger(wanted, [home for index in waiting for home in homes[index]])
    possible = {index: _newcomer(index, *rows[index]) for index in waiting}
    earlier = _earlier(wanted, possible)
    newcomers: dict[int, LedgerPerson] = {}
    while waiting:
        # Rows wait for those before them that may be the same new person.
        ready = [index for index in waiting if all(other in decided for other in earlier[index])]
        asked = []
        for index in ready:
            people = ledger.candidates(wanted[index], homes[index])
            people += [newcomers[other] for other in earlier[index] if other in newcomers]
            not_them = refused.get(index, frozenset())
            asked.append(Asked(index, *rows[index], [one for one in people if one.person_id not in not_them]))
        decided |= decide_with(scale, asked, coverage=coverage)
        newcomers |= {index: possible[index] for index in ready if decided[index].kind == "new"}
        waiting = [index for index in waiting if index not in decided]
    return [_compared(*rows[index], decided[index], newcomers.get(index)) for index in range(len(rows))]


def weigh_again(
    rows: Sequence[tuple[RowFacts, Door]],
    homes: Sequence[Sequence[UUID]],
    *,
    refused: Mapping[int, frozenset[str]],
    scale: Scale,
    coverage: float,
) -> dict[int, Decision]:
    """Rows that wait for a person, against the ledger as it is now; see `compare`."""
    wanted = {
        index: frozenset(filter(stored, blocking_keys(facts, door_key(door))))
        for index, (facts, door) in enumerate(rows)
    }
    ledger = _Ledger(wanted, [home for some in homes for home in some])
    asked = []
    for index, row in enumerate(rows):
        people = ledger.candidates(wanted[index], homes[index])
        not_them = refused.get(index, frozenset())
        asked.append(Asked(index, *row, [one for one in people if one.person_id not in not_them]))
    return decide_with(scale, asked, coverage=coverage)


def _coverage(rows: Sequence[tuple[RowFacts, Door]], known: Known) -> float:
    """The share of the list that is in the ledger, told by the rows with a valid number of a resident."""
    numbered = sum(facts.identity_valid and facts.identity_kind == "resident_id" for facts, _ in rows)
    return (len(known.holders) + 3) / (numbered + 5 + max(0, len(known.holders) - numbered))


def _decided_before(
    rows: Sequence[tuple[RowFacts, Door]], known: Known, scale: Scale, coverage: float
) -> dict[int, Decision]:
    """Rows that name nobody, that a person decided before, and whose number and name say the same."""
    nobody = Decision("review", reasons=("row.nobody",))
    decided = {index: nobody for index, (facts, _) in enumerate(rows) if not facts.identifies_someone()}
    asked = []
    for index, decision in known.decisions.items():
        holder = known.holders.get(index)
        if holder is not None and decision.person_id == holder.person_id and decision.kind == "same":
            asked.append(Asked(index, *rows[index], [holder]))
        else:
            decided[index] = decision
    weighed = decide_with(scale, asked, coverage=coverage)
    return {**{index: one for index, one in weighed.items() if one.kind == "same"}, **decided}


def _earlier(
    wanted: Mapping[int, frozenset[tuple[str, str]]], possible: Mapping[int, LedgerPerson]
) -> dict[int, list[int]]:
    """For each row the rows before it that may be the same person."""
    by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
    found: dict[int, list[int]] = {}
    for index, person in possible.items():
        others = {other for key in wanted[index] if len(by_key.get(key, ())) <= MOST_PER_KEY for other in by_key[key]}
        found[index] = sorted(others)
        for key in filter(stored, ledger_keys(person)):
            by_key[key].append(index)
    return found


def _compared(facts: RowFacts, door: Door, decision: Decision, newcomer: LedgerPerson | None) -> Compared:
    named = [decision.person_id] if decision.kind == "same" else [one.person_id for one in decision.candidates]
    repeats = [int(who.removeprefix("new:")) for who in named if who and who.startswith("new:")]
    again = repeats[0] if repeats and decision.kind != "new" else None
    return Compared(facts=facts, door=door, decision=decision, newcomer=newcomer, repeats=again)


def by_number(rows: Sequence[tuple[RowFacts, Door]]) -> Known:
    """Rows whose valid number one person of the ledger holds under this name: most rows of most lists.

    Whoever does not hold the number cannot be a rival then: nobody else is looked for. For the same reason it may be
    asked before earlier rows of the list are written: none of them can bring somebody new with a number that the ledger
    knows. Four queries.
    """
    blind = {
        index: vault.blind_key("id", facts.identity)
        for index, (facts, _) in enumerate(rows)
        if facts.identity and facts.identity_valid
    }
    found = people_with_keys(set(blind.values()))
    single = {index: found[key][0] for index, key in blind.items() if len(found.get(key, ())) == 1}
    people = ledger_people(list(set(single.values())))
    decisions, holders = {}, {}
    for index, person_id in single.items():
        holder = people.get(str(person_id))
        facts, _ = rows[index]
        if holder is None or not any(number == facts.identity for _, number in holder.identities):
            continue
        if compare_names(facts, holder.name) in _ITS_NAME:
            likely = Candidate(holder.person_id, 1.0, ("id.equal",))
            decisions[index] = Decision(
                "same", person_id=holder.person_id, score=1.0, reasons=("id.equal",), candidates=(likely,)
            )
            holders[index] = holder
    return Known(decisions, holders)


class _Ledger:
    """Everyone of the ledger a chunk's rows may be, by the rows' keys, by door, and by a relative's telephone."""

    def __init__(self, wanted: Mapping[int, frozenset[tuple[str, str]]], homes: Sequence[UUID]) -> None:
        self._blind = {key: vault.blind_key(*key) for keys in wanted.values() for key in keys}
        found = people_with_keys(set(self._blind.values()))
        self._followed = {key: ids for key, ids in found.items() if len(ids) <= MOST_PER_KEY}
        self._living = people_at(set(homes))
        groups = (*self._followed.values(), *self._living.values())
        self._everyone = ledger_people(list({person_id for ids in groups for person_id in ids}))
        self._relatives = _relatives(wanted.values(), self._blind, self._followed, self._everyone)

    def candidates(self, keys: frozenset[tuple[str, str]], homes: Sequence[UUID]) -> list[LedgerPerson]:
        """People found under a row's keys or at its door, and their households where the telephone was found."""
        near = {str(pid) for key in keys for pid in self._followed.get(self._blind[key], ())}
        near |= {str(pid) for home in homes for pid in self._living.get(home, ())}
        near |= {kin for pid in near for kin in self._relatives.get(pid, ())}
        return [self._everyone[pid] for pid in near if pid in self._everyone]


def _relatives(
    wanted: Iterable[frozenset[tuple[str, str]]],
    blind: dict[tuple[str, str], int],
    followed: dict[int, list[UUID]],
    everyone: dict[str, LedgerPerson],
) -> dict[str, list[str]]:
    """Household members of whoever was found by telephone: people give a relative's number. Adds them to `everyone`."""
    phones = {blind[key] for keys in wanted for key in keys if key[0] == "phone"}
    found = {str(pid) for key in phones for pid in followed.get(key, ())} & everyone.keys()
    members = people_of({UUID(everyone[pid].household_id) for pid in found})
    missing = [one for group in members.values() for one in group if str(one) not in everyone]
    everyone.update(ledger_people(missing))
    return {pid: [str(one) for one in members[UUID(everyone[pid].household_id)]] for pid in found}


def _newcomer(index: int, facts: RowFacts, door: Door) -> LedgerPerson:
    return LedgerPerson(
        person_id=f"new:{index}",
        household_id=f"new:{index}",
        dwelling_id="",
        name=facts.name or facts.name_masked,
        identities=((facts.identity_kind, facts.identity),) if facts.identity else (),
        phones=facts.phones,
        sex=facts.sex,
        birth_date=facts.birth_date,
        door_key=door_key(door) if not door.outside else "",
        compound_code=door.compound_code,
        nationality=facts.nationality,
    )
