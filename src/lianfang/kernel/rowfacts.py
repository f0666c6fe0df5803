"""What one person on one row of a list says, after reading and before any comparison with the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a cell. `code` never changes; the sentence for people is looked up by it.

    `severity`: ``error`` – the value was refused and is not used; ``warning`` – used, but a person should look.
    """

    code: str
    column: str
    text: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One person on one row.

    `data_row` counts persons' rows from 1 inside a sheet (title, header, blank, subtotal and note rows do not count,
    hidden rows do); `sheet_row` is the physical row or text line from 1; `part` is 1 for the first person of the row,
    2, 3… for further persons written in the same row.

    All texts are normalised: half-width, no invisible or bidirectional control characters, outer space removed.
    """

    sheet: str
    data_row: int
    sheet_row: int
    part: int = 1
    name: str = ""
    """Name without decoration (先生, 同志, MR, bracketed relation…), Chinese or Latin, as the sender spelled it."""
    name_masked: str = ""
    """``张*明`` when the sender masked the name; `name` is then empty."""
    surname_only: bool = False
    identity: str = ""
    """Normalised document number (15-digit resident numbers already widened to 18); empty if refused or absent."""
    identity_kind: str = ""
    """A kind of `lianfang.kernel.identity.IdentityKind`; empty if there is no number."""
    identity_valid: bool = False
    """Check digit and date are right (kinds without a check digit: the pattern fits)."""
    identity_masked: str = ""
    """``999999********1234`` with ``*`` for each hidden character, when the sender masked the number."""
    phones: tuple[str, ...] = ()
    """Complete numbers in the order written; mobile 11 digits, landline ``0590-1234567``."""
    phones_masked: tuple[str, ...] = ()
    sex: str = ""
    """GB/T 2261.1: ``1`` male, ``2`` female, empty unknown."""
    birth_date: date | None = None
    nationality: str = ""
    address: str = ""
    """Where the person lives now, as one line, joined from the address columns in descending order of area."""
    registered_address: str = ""
    """户籍地址: never where the person is."""
    building: str = ""
    unit: str = ""
    room: str = ""
    compound: str = ""
    community: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Other recognised fields by their field code (`arrived_at`, `origin`, `category`…); dates in ISO 8601."""
    problems: tuple[Problem, ...] = ()

    def identifies_someone(self) -> bool:
        """Whether anything on the row can point at a person or a household."""
        return bool(
            self.identity or self.identity_masked or self.phones or self.phones_masked or self.name or self.name_masked
        )
