"""Queries whose SQL is written once per process and then only filled in.

Writing the SQL of a query costs the ORM three to five times what sending it costs; a page that asks fifteen spends half
of its time on writing the same text again. A kept query is an ordinary queryset with empty places (`Given`); what it
may show is part of it as always (`visible_to`), and it is written anew for every account and set of grants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler

from lianfang.core.bulk import ids_text

Row = tuple[Any, ...]

MOST_KEPT = 1000
"""Texts kept of one query, one for each account that asked; then it begins anew."""


class Grants(Protocol):
    """What an account may do, as far as a kept query must know it: a key that changes with every grant."""

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for equal authority."""
        ...


class Asker(Protocol):
    """The account with whose eyes a query is asked."""

    pk: Any

    @property
    def authority(self) -> Grants:
        """Its grants in force."""
        ...


class Given(Value):
    """An empty place in a kept query, filled with the value of this name when the query is asked."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(name, output_field=field)
        self.name = name

    def as_sql(self, _compiler: SQLCompiler, _connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """One parameter, which is this place itself."""
        return "%s", [self]


@dataclass(frozen=True, slots=True)
class _Text:
    """SQL, its parameters with the empty places among them, and what the columns go through on their way out."""

    sql: str
    parameters: tuple[Any, ...]
    converters: tuple[tuple[int, list[Callable[..., Any]], Any], ...]


class Kept:
    """A query to be asked many times: ``Kept(make, person=UUIDField())``.

    `make` gets every place as an expression to filter by, and builds a queryset that ends in `values_list`. It must
    depend on nothing else that changes, least of all on the clock; what it knows of the account comes as its first
    argument when `asker` is given.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], /, **places: Field[Any, Any]) -> None:
        self._make = make
        self._places = {name: Given(name, field) for name, field in places.items()}
        self._texts: dict[tuple[Any, ...], _Text | None] = {}

    def rows(self, asker: Asker | None = None, /, **values: Any) -> list[Row]:
        """Ask. A list or set of ids fills a place of `AnyOf`."""
        assert values.keys() == self._places.keys(), "a kept query is asked with all of its values"
        text = self._text(asker)
        if text is None:
            return []
        parameters = [_filled(value, values) for value in text.parameters]
        with connection.cursor() as cursor:
            cursor.execute(text.sql, parameters)
            rows: list[Row] = cursor.fetchall()
        return [_converted(row, text) for row in rows] if text.converters else rows

    def first(self, asker: Asker | None = None, /, **values: Any) -> Row | None:
        """The first row; None without one."""
        return next(iter(self.rows(asker, **values)), None)

    def _text(self, asker: Asker | None) -> _Text | None:
        key = () if asker is None else (asker.pk, asker.authority.key)
        if key not in self._texts:
            if len(self._texts) >= MOST_KEPT:
                self._texts.clear()
            self._texts[key] = self._write(() if asker is None else (asker,))
        return self._texts[key]

    def _write(self, arguments: tuple[Any, ...]) -> _Text | None:
        """The text of the query; None when nobody could fit it."""
        compiler = self._make(*arguments, **self._places).query.get_compiler(connection=connection)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:
            return None
        columns = [expression for expression, _sql, _alias in compiler.select[: compiler.col_count]]
        found = compiler.get_converters(columns).items()
        return _Text(sql, tuple(parameters), tuple((place, list(convert), col) for place, (convert, col) in found))


def _filled(parameter: Any, values: dict[str, Any]) -> Any:
    if not isinstance(parameter, Given):
        return parameter
    value = values[parameter.name]
    return ids_text(value) if isinstance(value, list | set | frozenset | tuple) else value


def _converted(row: Row, text: _Text) -> Row:
    values = list(row)
    for place, converters, column in text.converters:
        for convert in converters:
            values[place] = convert(values[place], column, connection)
    return tuple(values)
