"""A chunk of rows against the ledger: same person, new person, or a person must decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from lianfang.core import vault
from lianfang.core.people.keys import ledger_people, people_at, people_of, people_with_keys, stored
from lianfang.kernel.doors import Door, door_key
from lianfang.kernel.matching import Decision, LedgerPerson, blocking_keys, decide, ledger_keys
from lianfang.kernel.rowfacts import RowFacts

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


@dataclass(slots=True)
class _Memory:
    """New people of this chunk, findable like the ledger's."""

    by_key: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    people: dict[str, tuple[int, LedgerPerson]] = field(default_factory=dict)

    def add(self, index: int, person: LedgerPerson) -> None:
        self.people[person.person_id] = (index, person)
        for key in filter(stored, ledger_keys(person)):
            self.by_key[key].append(person.person_id)

    def candidates(self, keys: frozenset[tuple[str, str]]) -> list[LedgerPerson]:
        """New people found under a row's keys."""
        recalled = {person_id for key in keys for person_id in self.by_key.get(key, ())}
        return [self.people[person_id][1] for person_id in recalled]


def compare(
    rows: Sequence[tuple[RowFacts, Door]],
    homes: Sequence[Sequence[UUID]],
    *,
    proven: Mapping[int, Decision],
    refused: Mapping[int, frozenset[str]],
) -> list[Compared]:
    """Decide each row against the ledger and against the new people of earlier rows, in order; six queries in all.

    `homes` are the known dwellings each row's door may mean, `proven` the rows decided by their number (`by_number`) or
    by a person before, `refused` the people of whom a person said before that they are not who a row is about.
    """
    wanted = [
        frozenset() if index in proven else frozenset(filter(stored, blocking_keys(facts, door_key(door))))
        for index, (facts, door) in enumerate(rows)
    ]
    ledger = _Ledger(wanted, [home for index, some in enumerate(homes) if index not in proven for home in some])
    memory = _Memory()
    compared: list[Compared] = []
    for index, ((facts, door), keys) in enumerate(zip(rows, wanted, strict=True)):
        decision = proven.get(index)
        if decision is None:
            found = [*ledger.candidates(keys, homes[index]), *memory.candidates(keys)]
            not_them = refused.get(index, frozenset())
            decision = decide(facts, door_key(door), [one for one in found if one.person_id not in not_them])
        one = Compared(facts=facts, door=door, decision=decision)
        if decision.kind == "new":
            one.newcomer = _newcomer(index, facts, door)
            memory.add(index, one.newcomer)
        elif decision.person_id in memory.people:
            one.repeats = memory.people[decision.person_id][0]
        elif decision.kind == "review":
            one.repeats = next(
                (memory.people[c.person_id][0] for c in decision.candidates if c.person_id in memory.people), None
            )
        compared.append(one)
    return compared


def by_number(rows: Sequence[tuple[RowFacts, Door]]) -> dict[int, Decision]:
    """Rows whose valid number one person of the ledger holds, and nothing speaks against it: most rows of most lists.

    Whoever does not hold the number cannot be a rival then (see `kernel.matching.decide`): nobody else is looked for.
    For the same reason it may be asked before earlier rows of the list are written: none of them can bring somebody new
    with a number that the ledger knows. Four queries.
    """
    blind = {
        index: vault.blind_key("id", facts.identity)
        for index, (facts, _) in enumerate(rows)
        if facts.identity and facts.identity_valid
    }
    found = people_with_keys(set(blind.values()))
    single = {index: found[key][0] for index, key in blind.items() if len(found.get(key, ())) == 1}
    holders = ledger_people(list(set(single.values())))
    proven = {}
    for index, person_id in single.items():
        holder = holders.get(str(person_id))
        facts, door = rows[index]
        if holder is not None and any(number == facts.identity for _, number in holder.identities):
            decision = decide(facts, door_key(door), [holder])
            if decision.kind == "same":
                proven[index] = decision
    return proven


class _Ledger:
    """Everyone of the ledger a chunk's rows may be, by the rows' keys, by door, and by a relative's telephone."""

    def __init__(self, wanted: Sequence[frozenset[tuple[str, str]]], homes: Sequence[UUID]) -> None:
        self._blind = {key: vault.blind_key(*key) for keys in wanted for key in keys}
        found = people_with_keys(set(self._blind.values()))
        self._followed = {key: ids for key, ids in found.items() if len(ids) <= MOST_PER_KEY}
        self._living = people_at(set(homes))
        groups = (*self._followed.values(), *self._living.values())
        self._everyone = ledger_people(list({person_id for ids in groups for person_id in ids}))
        self._relatives = _relatives(wanted, self._blind, self._followed, self._everyone)

    def candidates(self, keys: frozenset[tuple[str, str]], homes: Sequence[UUID]) -> list[LedgerPerson]:
        """People found under a row's keys or at its door, and their households where the telephone was found."""
        near = {str(pid) for key in keys for pid in self._followed.get(self._blind[key], ())}
        near |= {str(pid) for home in homes for pid in self._living.get(home, ())}
        near |= {kin for pid in near for kin in self._relatives.get(pid, ())}
        return [self._everyone[pid] for pid in near if pid in self._everyone]


def _relatives(
    wanted: Sequence[frozenset[tuple[str, str]]],
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
