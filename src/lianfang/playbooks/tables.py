"""Reading a checked TOML table: every key is asked for by its kind, and one nobody asked for is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any, TypeVar

T = TypeVar("T")


class EditionRefused(ValueError):
    """An edition file cannot be used. `file` and `key` name the place, the text says what to do."""

    def __init__(self, code: str, *, file: str, key: str, what_to_do: str) -> None:
        self.code, self.file, self.key, self.what_to_do = code, file, key, what_to_do
        super().__init__(f"{file}: {key}: {what_to_do} ({code})" if key else f"{file}: {what_to_do} ({code})")


class Table:
    """One table of the file. `done` must be called when everything has been taken."""

    def __init__(self, content: dict[str, Any], *, file: str, path: str = "") -> None:
        self._left, self._file, self.path = dict(content), file, path

    def refuse(self, code: str, key: str, what_to_do: str) -> EditionRefused:
        """A refusal that names a key of this table."""
        return EditionRefused(
            code, file=self._file, key=".".join(filter(None, (self.path, key))), what_to_do=what_to_do
        )

    def has(self, key: str) -> bool:
        """Whether a key that may be left out is there."""
        return key in self._left

    def done(self) -> None:
        """Refuse keys that nobody asked for: a slip of the pen would otherwise change nothing, silently."""
        if self._left:
            key = sorted(self._left)[0]
            raise self.refuse("edition.unknown_key", key, "this key is not known here; correct its name or remove it")

    def text(self, key: str, *, default: str | None = None) -> str:
        """A text that is not empty."""
        found: str = self._take(key, str, "a text in quotation marks", default)
        if default is None and not found.strip():
            raise self.refuse("edition.empty", key, "write a text here")
        return found

    def one_of(self, key: str, choices: Sequence[str], *, default: str | None = None) -> str:
        """One of the known words."""
        found: str = self._take(key, str, f"one of {', '.join(choices)}", default)
        return self._known(key, found, choices)

    def some_of(self, key: str, choices: Sequence[str], *, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Known words, each once."""
        found = self._list(key, str, f"a list of {', '.join(choices)}", default)
        for word in found:
            self._known(key, word, choices)
        if len(set(found)) != len(found):
            raise self.refuse("edition.twice", key, "write each word once")
        return found

    def number(self, key: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number within sensible bounds."""
        found: int = self._take(key, int, f"a whole number from {least} to {most}", default)
        if not least <= found <= most:
            raise self.refuse("edition.out_of_bounds", key, f"write a whole number from {least} to {most}")
        return found

    def decimal(self, key: str, *, least: float, most: float) -> float:
        """A number within sensible bounds."""
        found = self._take(key, (int, float), f"a number from {least} to {most}", None)
        if not least <= found <= most:
            raise self.refuse("edition.out_of_bounds", key, f"write a number from {least} to {most}")
        return float(found)

    def days(self, key: str, *, most: int) -> tuple[int, ...]:
        """Rising numbers of days, each from 1 to `most`."""
        found = self._list(key, int, f"a rising list of days from 1 to {most}", ())
        if any(not 1 <= day <= most for day in found) or list(found) != sorted(set(found)):
            raise self.refuse("edition.bad_days", key, f"write days from 1 to {most}, rising, each once")
        return found

    def switch(self, key: str) -> bool:
        """true or false."""
        found: bool = self._take(key, bool, "true or false", None)
        return found

    def instant(self, key: str) -> datetime:
        """A moment with its time zone."""
        found: datetime = self._take(key, datetime, "an instant such as 2022-06-28T00:00:00+08:00", None)
        if found.tzinfo is None:
            raise self.refuse("edition.no_time_zone", key, "add the time zone, such as +08:00")
        return found

    def hours(self, key: str) -> tuple[time, time]:
        """Opening and end of a daily window."""
        found = self._list(key, str, 'two times of the day such as ["07:00", "12:00"]', None)
        try:
            opens, ends = (time.fromisoformat(part) for part in found)
        except ValueError:
            raise self.refuse("edition.bad_hours", key, 'write two times such as ["07:00", "12:00"]') from None
        if opens >= ends:
            raise self.refuse("edition.bad_hours", key, "the window must open before it ends")
        return opens, ends

    def table(self, key: str) -> Table:
        """A table inside."""
        found = self._take(key, dict, "a table", None)
        return Table(found, file=self._file, path=f"{self.path}.{key}".lstrip("."))

    def tables(self, key: str) -> list[Table]:
        """Tables inside, in the order of the file; none if the key is not there."""
        found = self._list(key, dict, "tables", ())
        path = f"{self.path}.{key}".lstrip(".")
        return [Table(one, file=self._file, path=f"{path}.{number}") for number, one in enumerate(found, start=1)]

    def each(self, known: Sequence[str], read: Callable[[str, Table], T]) -> dict[str, T]:
        """Every known key as a table read by `read`; all must be there."""
        return {key: read(key, self.table(key)) for key in known}

    def _known(self, key: str, word: str, choices: Sequence[str]) -> str:
        if word not in choices:
            raise self.refuse("edition.unknown_word", key, f"write one of {', '.join(choices[:40])}, not {word}")
        return word

    def _take(self, key: str, kind: type[T] | tuple[type, ...], wanted: str, default: T | None) -> Any:
        if key not in self._left:
            if default is not None:
                return default
            raise self.refuse("edition.missing_key", key, f"this key is missing; write {wanted}")
        found = self._left.pop(key)
        # true is a whole number to Python, not to the reader of the file
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            raise self.refuse("edition.wrong_kind", key, f"write {wanted}")
        return found

    def _list(self, key: str, kind: type[T], wanted: str, default: tuple[T, ...] | None) -> tuple[T, ...]:
        found = self._take(key, list, wanted, list(default) if default is not None else None)
        if any(not isinstance(one, kind) or (isinstance(one, bool) and kind is not bool) for one in found):
            raise self.refuse("edition.wrong_kind", key, f"write {wanted}")
        return tuple(found)
