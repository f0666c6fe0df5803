"""Which column means what, proposed by us, confirmed by a person, remembered per sender."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass
from typing import Any

from lianfang.core.lists.intake.columns import ColumnGuess
from lianfang.core.lists.intake.synonyms import FIELDS, PERSON, SEVERAL, plain_label
from lianfang.core.lists.intake.tables import Table
from lianfang.kernel.cells import clean_text


class MappingRefused(ValueError):
    """A mapping that cannot be used. `code`: ``mapping.unknown_field``, ``mapping.field_twice``, ``mapping.nobody``,
    ``mapping.shape``; `field` the field it is about."""

    def __init__(self, code: str, field: str = "") -> None:
        """`field` is empty when no single field is to blame."""
        super().__init__(f"{code} {field}".strip())
        self.code = code
        self.field = field


def propose_mapping(table: Table) -> list[ColumnGuess]:
    """One guess for each column of the table, in order; empty for a chain, which has no columns."""
    return list(table.guesses)


def signature_of(labels: Iterable[str]) -> str:
    """SHA-256, hexadecimal, of the labels in order, without spaces, remarks and case: one form, one signature."""
    plain = "\x1f".join(plain_label(clean_text(label)) for label in labels).rstrip("\x1f")
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Mapping:
    """Field of every column of one table. `labels` as shown to people; `signature` recognises the same form again."""

    fields: tuple[str, ...]
    labels: tuple[str, ...]
    signature: str

    @classmethod
    def of_table(cls, table: Table, *, fields: Iterable[str] | None = None) -> Mapping:
        """The proposed mapping of a table, or the one a person chose. Raises `MappingRefused`."""
        chosen = tuple(fields) if fields is not None else tuple(guess.field for guess in table.guesses)
        mapping = cls(fields=chosen, labels=table.labels, signature=signature_of(table.labels))
        mapping.check(chain=table.layout == "chain")
        return mapping

    def check(self, *, chain: bool = False) -> None:
        """Raise `MappingRefused` unless all fields are known, only `SEVERAL` repeat, and somebody can be named."""
        if len(self.fields) != len(self.labels):
            raise MappingRefused("mapping.shape")
        for field in self.fields:
            if field not in FIELDS:
                raise MappingRefused("mapping.unknown_field", field)
            if field not in SEVERAL and self.fields.count(field) > 1:
                raise MappingRefused("mapping.field_twice", field)
        if not chain and not PERSON & set(self.fields):
            raise MappingRefused("mapping.nobody")

    def adapted_to(self, table: Table) -> Mapping | None:
        """This mapping for a table with its columns in another order; `None` if a label is new, missing or repeated."""
        known = dict(zip(map(plain_label, self.labels), self.fields, strict=True))
        wanted = [plain_label(label) for label in table.labels]
        if len(known) != len(self.labels) or sorted(known) != sorted(wanted):
            return None
        return Mapping.of_table(table, fields=[known[label] for label in wanted])

    def to_json(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"fields": list(self.fields), "labels": list(self.labels), "signature": self.signature}

    @classmethod
    def from_json(cls, value: MappingABC[str, Any]) -> Mapping:
        """Back from `to_json`. Raises `MappingRefused` when something is missing."""
        try:
            mapping = cls(tuple(value["fields"]), tuple(value["labels"]), str(value["signature"]))
        except (KeyError, TypeError) as error:
            raise MappingRefused("mapping.shape") from error
        mapping.check(chain=not mapping.labels)
        return mapping
