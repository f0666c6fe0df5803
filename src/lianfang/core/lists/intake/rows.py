"""Body rows of a mapped table, read into facts about people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypedDict

from lianfang.core.lists.intake.facts import CellReaders
from lianfang.core.lists.intake.mapping import Mapping
from lianfang.core.lists.intake.rowkinds import Skipped
from lianfang.core.lists.intake.tables import Table, find_tables
from lianfang.core.lists.intake.workbook import Cell, Raw, Workbook, raw_cells
from lianfang.kernel.cells import clean_text
from lianfang.kernel.cellshapes import are_swapped
from lianfang.kernel.doors_columns import AREA_FIELDS, settle_columns
from lianfang.kernel.entries import Entry, read_entry
from lianfang.kernel.identity import Identity, numbers_in, read_identity
from lianfang.kernel.name_cells import told_beside
from lianfang.kernel.names import Name
from lianfang.kernel.rowfacts import Problem, RowFacts
from lianfang.kernel.sexes import sex_of

_DAYS: Final = frozenset({"arrived_at", "departed_at", "event_at", "release_at", "result_at"})
_OWN: Final = frozenset(
    {
        "name", "name_latin", "identity", "identity_type", "phone", "sex", "birth_date", "nationality", "address",
        "registered_address", "building", "unit", "room", "ignore", "landlord_name", "landlord_phone",
        "landlord_identity", "community", "compound",
    }
)  # fmt: skip
"""Fields that have a place of their own in `RowFacts` (or must not be kept); all others go to ``extra``."""
_COMMUNITY: Final = re.compile(r"^[一-鿿]{2,10}(?:社区|村|居委会|居)$")
_CHAIN_PLACE: Final = re.compile(
    r"^#?(?:接龙)?\s*([一-鿿]{2,12}?)(?=第.{1,4}网格|网格|业主|居民|接龙|核酸|疫情|物业|群|\s|\d+月|[:：,，。])"
)
_HOUSEHOLD: Final = re.compile(r"(?:一家|全家|等|共|计)\s*(\d{1,2})\s*(?:口|人|位)")
_NOBODY: Final = Name()
_NO_IDENTITY: Final = Identity()
_NO_CELLS: Final[list[tuple[Cell, str]]] = []


@dataclass(frozen=True, slots=True)
class RowContext:
    """What is known about a whole list and fills the same columns of its rows where they are blank."""

    community: str = ""
    compound: str = ""
    subdistrict: str = ""


def read_rows(
    workbook: Workbook,
    *,
    mappings: MappingABC[str, Mapping] | None,
    today: date,
    context: RowContext = RowContext(),
) -> Iterator[tuple[RowFacts, list[Raw]]]:
    """Every person on every body row, with the row's cells as they came.

    `mappings` by `Table.key`; tables without one are left out. With ``None`` every table of people is read by the
    proposed mapping. `today` is the day of the list in Asia/Shanghai. One bad row never stops the others: what was
    wrong is in ``problems``. Rows count per sheet over all its tables.
    """
    for sheet in workbook.sheets:
        counted = 0
        for table in find_tables(sheet):
            if table.kind != "persons":
                continue
            mapping = Mapping.of_table(table) if mappings is None else mappings.get(table.key)
            if mapping is None:
                continue
            yield from read_table(table, mapping=mapping, today=today, context=context, counted=counted)
            counted += len(table.body)


def skipped_rows(workbook: Workbook) -> list[tuple[str, Skipped]]:
    """All rows that are no person's row, with the name of their sheet and the reason."""
    return [(table.key, one) for sheet in workbook.sheets for table in find_tables(sheet) for one in table.skipped]


def read_table(
    table: Table, *, mapping: Mapping, today: date, context: RowContext = RowContext(), counted: int = 0
) -> Iterator[tuple[RowFacts, list[Raw]]]:
    """The people of one table; `counted` body rows of the same sheet came before."""
    reader = _TableReader(table, mapping=mapping, today=today, context=context)
    for data_row, index in enumerate(table.body, start=counted + 1):
        raw = raw_cells(table.sheet.rows[index])
        for facts in reader.row(index, data_row):
            yield facts, raw


def place_of(table: Table, context: RowContext) -> RowContext:
    """Community from the sheet's name, place from the chain's title, unless the list says better."""
    name = table.sheet.name.replace(" ", "")
    if not context.community and _COMMUNITY.match(name):
        context = replace(context, community=name)
    placed = context.compound or context.community
    if table.layout == "chain" and not placed and (place := _CHAIN_PLACE.match(table.title)):
        field = "community" if _COMMUNITY.match(place[1]) else "compound"
        context = replace(context, **{field: place[1]})
    return context


class _Place(TypedDict, total=False):
    """The fields of `RowFacts` that say where."""

    address: str
    building: str
    unit: str
    room: str
    compound: str
    community: str


class _TableReader:
    """Reads the rows of one table by one mapping."""

    def __init__(self, table: Table, *, mapping: Mapping, today: date, context: RowContext) -> None:
        self._table = table
        self._context = place_of(table, context)
        self._readers = CellReaders(today=today)
        self._beside = Entry()
        """What the name cell of the current row says besides names: 张三 19900012345."""
        self._columns: dict[str, list[tuple[int, str]]] = {}
        for index, (field, label) in enumerate(zip(mapping.fields, mapping.labels, strict=True)):
            self._columns.setdefault(field, []).append((index, label))
        self._extra = [
            (field, index, label)
            for field, columns in self._columns.items()
            if field not in _OWN
            for index, label in columns
        ]
        self._placed = bool(self._columns.keys() & {*AREA_FIELDS, "building", "unit", "room"})
        self._readers.eaten = numbers_eaten(table, [at for at, _ in self._columns.get("identity", ())], today=today)

    def row(self, index: int, data_row: int) -> list[RowFacts]:
        """One entry per person of the row; at least one."""
        self._readers.problems = []
        seat = (self._table.sheet.name, data_row, self._table.sheet.numbers[index])
        cells = self._table.cells(index)
        facts = self._chain(cells, seat) if self._table.layout == "chain" else self._plain(cells, seat)
        if not any(one.identifies_someone() for one in facts):
            nobody = Problem(code="row.nobody", column="", text="")
            facts = [replace(one, problems=(*one.problems, nobody)) for one in facts[:1]]
        return facts

    # --- rows in columns ------------------------------------------------------------------------------------------

    def _cells(self, cells: list[Cell], field: str) -> list[tuple[Cell, str]]:
        columns = self._columns.get(field)
        if columns is None:
            return _NO_CELLS
        width = len(cells)
        return [(cells[at], label) for at, label in columns if at < width and cells[at] is not None]

    def _text(self, cells: list[Cell], field: str) -> str:
        if field not in self._columns:
            return ""
        for value, label in self._cells(cells, field):
            if text := self._readers.text(value, label):
                return text
        return ""

    def _plain(self, cells: list[Cell], seat: tuple[str, int, int]) -> list[RowFacts]:
        readers = self._readers
        people, latin = self._people(cells)
        cells = self._set_right(cells)
        identities = self._identities(cells, len(people))
        phones, masked = self._phones(cells)
        extra = self._extras(cells)
        if latin:
            extra["name_latin"] = latin
        main = identities[0]
        sex = sex_of(self._text(cells, "sex"))
        if sex and main.valid and main.sex and main.sex != sex and len(people) == 1:
            readers.note("sex.contradiction", self._columns["sex"][0][1], self._text(cells, "sex"), "warning")
        if people[0].relation:
            extra["relation"] = people[0].relation
        size = _HOUSEHOLD.search(self._text(cells, "name"))
        if size and "household_size" not in extra:
            extra["household_size"] = size[1]
        name = people[0]
        first = RowFacts(
            sheet=seat[0],
            data_row=seat[1],
            sheet_row=seat[2],
            name=name.text,
            name_masked=name.masked,
            surname_only=name.surname_only,
            identity=main.number,
            identity_kind=main.kind.value if main.number or main.masked else "",
            identity_valid=main.valid,
            identity_masked=main.masked,
            phones=phones,
            phones_masked=masked,
            sex=sex or (main.sex if main.valid else ""),
            birth_date=self._birth(cells) or main.birth_date,
            nationality=self._text(cells, "nationality"),
            registered_address=self._text(cells, "registered_address"),
            extra=extra,
            **self._place(cells),
            problems=tuple(readers.problems),
        )
        return [first] if len(people) == 1 else [first, *self._further(first, people, identities, seat)]

    def _further(
        self, first: RowFacts, people: list[Name], identities: list[Identity], seat: tuple[str, int, int]
    ) -> Iterator[RowFacts]:
        """The others of the row: they share its telephone and address, and nothing that belongs to the first alone."""
        own = ("age", "relation", "name_latin", "temperature", "sender_ref", "other_identity")
        shared = {field: text for field, text in first.extra.items() if field not in own}
        for part, name in enumerate(people[1:], start=2):
            identity = identities[part - 1] if part <= len(identities) else _NO_IDENTITY
            yield replace(
                self._facts(seat, part, name, identity, extra=dict(shared)),
                phones=first.phones,
                phones_masked=first.phones_masked,
                sex=identity.sex if identity.valid else "",
                birth_date=identity.birth_date,
                address=first.address,
                building=first.building,
                unit=first.unit,
                room=first.room,
                compound=first.compound,
                community=first.community,
            )

    def _facts(
        self, seat: tuple[str, int, int], part: int, name: Name, identity: Identity, *, extra: dict[str, str]
    ) -> RowFacts:
        if name.relation:
            extra["relation"] = name.relation
        return RowFacts(
            sheet=seat[0],
            data_row=seat[1],
            sheet_row=seat[2],
            part=part,
            name=name.text,
            name_masked=name.masked,
            surname_only=name.surname_only,
            identity=identity.number,
            identity_kind=identity.kind.value if identity.number or identity.masked else "",
            identity_valid=identity.valid,
            identity_masked=identity.masked,
            extra=extra,
        )

    def _people(self, cells: list[Cell]) -> tuple[list[Name], str]:
        """People of the name column, or of the Latin one if that is all there is; and the Latin name if both are."""
        people: list[Name] = []
        latin: tuple[Name, ...] = ()
        self._beside = Entry()
        for value, label in self._cells(cells, "name"):
            if entry := told_beside(value):
                self._beside = entry
                people.extend(entry.people)
            else:
                people.extend(self._readers.people(value, label))
        for value, label in self._cells(cells, "name_latin"):
            latin = self._readers.people(value, label)
        if not people:
            return list(latin) or [_NOBODY], ""
        return people, latin[0].text if latin else ""

    def _set_right(self, cells: list[Cell]) -> list[Cell]:
        """The row with identity number and telephone in their own columns, if they were entered the wrong way round."""
        numbers, phones = self._columns.get("identity", ()), self._columns.get("phone", ())
        if len(numbers) != 1 or len(phones) != 1:
            return cells
        (at, label), (other, _) = numbers[0], phones[0]
        if max(at, other) >= len(cells) or not are_swapped(cells[at], cells[other]):
            return cells
        self._readers.note("cell.swapped", label, cells[at], "warning")
        cells = list(cells)
        cells[at], cells[other] = cells[other], cells[at]
        return cells

    def _identities(self, cells: list[Cell], people: int) -> list[Identity]:
        """One identity per person; numbers are dealt out in order only if there are as many as people."""
        found = self._cells(cells, "identity")
        if not found and self._beside.identity:
            found = [(self._beside.identity, self._columns["name"][0][1])]
        if not found:
            return [_NO_IDENTITY]
        hint = self._text(cells, "identity_type")
        if people > 1 and len(found) == 1:
            value, label = found[0]
            numbers = numbers_in(value)
            if len(numbers) == people:
                return [self._readers.identity(number, label, hint=hint) for number in numbers]
        read = [self._readers.identity(value, label, hint=hint) for value, label in found]
        best = next((one for one in read if one.valid), None)
        best = best or next((one for one in read if one.number or one.masked), read[0])
        return [best]

    def _phones(self, cells: list[Cell]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        found = self._cells(cells, "phone")
        if self._beside.phones:
            found = [*found, (self._beside.phones, self._columns["name"][0][1])]
        if len(found) == 1:
            return self._readers.phones(*found[0])
        read = [self._readers.phones(value, label) for value, label in found]
        complete = dict.fromkeys(number for numbers, _ in read for number in numbers)
        masked = dict.fromkeys(number for _, numbers in read for number in numbers)
        return tuple(complete), tuple(masked)

    def _birth(self, cells: list[Cell]) -> date | None:
        for value, label in self._cells(cells, "birth_date"):
            if written := self._readers.day(value, label):
                return date.fromisoformat(written[:10])
        return None

    def _extras(self, cells: list[Cell]) -> dict[str, str]:
        extra: dict[str, str] = {}
        width = len(cells)
        for field, index, label in self._extra:
            if index >= width or (value := cells[index]) is None:
                continue
            text = self._readers.day(value, label) if field in _DAYS else self._readers.text(value, label)
            if text:
                extra[field] = f"{extra[field]}\n{text}" if field in extra else text
        return extra

    def _place(self, cells: list[Cell]) -> _Place:
        address = self._text(cells, "address")
        if not self._placed:
            return {"address": address, "compound": self._context.compound, "community": self._context.community}
        parts = {field: self._text(cells, field) for field in AREA_FIELDS}
        where = settle_columns(
            parts,
            address=address,
            building=self._text(cells, "building"),
            unit=self._text(cells, "unit"),
            room=self._text(cells, "room"),
        )
        return {
            "address": where.address,
            "building": where.building,
            "unit": where.unit,
            "room": where.room,
            "compound": parts.get("compound") or self._context.compound,
            "community": parts.get("community") or self._context.community,
        }

    # --- chains -----------------------------------------------------------------------------------------------------

    def _chain(self, cells: list[Cell], seat: tuple[str, int, int]) -> list[RowFacts]:
        readers = self._readers
        at = self._table.text_column
        entry = read_entry(clean_text(cells[at]) if at < len(cells) else "")
        phones, masked = readers.phones(entry.phones, "")
        identity = readers.identity(entry.identity, "", hint="") if entry.identity else _NO_IDENTITY
        extra = {"household_size": str(entry.household_size)} if entry.household_size else {}
        if entry.nickname:
            extra["nickname"] = entry.nickname
        people = list(entry.people) or [_NOBODY]
        first = replace(
            self._facts(seat, 1, people[0], identity, extra=extra),
            phones=phones,
            phones_masked=masked,
            sex=identity.sex if identity.valid else "",
            birth_date=identity.birth_date,
            address=entry.address,
            compound=self._context.compound,
            community=self._context.community,
            problems=tuple(readers.problems),
        )
        return [first, *self._further(first, people, [identity], seat)]


def numbers_eaten(table: Table, columns: Iterable[int], *, today: date) -> bool:
    """Whether these columns of a table hold a document number whose last digits a spreadsheet has eaten."""
    return any(
        _is_eaten(row[index], today)
        for index in columns
        for row in map(table.sheet.rows.__getitem__, table.body)
        if index < len(row)
    )


def _is_eaten(value: Cell, today: date) -> bool:
    if isinstance(value, float):
        return abs(value) >= 10**15
    if not isinstance(value, str) or not ("E+" in value or value.endswith("000")):
        return False
    return read_identity(value, today=today).problem == "identity.digits_lost"
