"""Messy files and pasted text in, facts about people out; no database, no Django, no clock.

`open_source` or `open_pasted` → `Workbook`; `find_tables` → `Table`; `propose_mapping` → a person confirms a `Mapping`;
`read_rows` → `RowFacts` with the raw cells beside them; `skipped_rows` accounts for all other rows.
"""

from lianfang.core.lists.intake.columns import ColumnGuess
from lianfang.core.lists.intake.mapping import Mapping, MappingRefused, propose_mapping, signature_of
from lianfang.core.lists.intake.refusals import DEFAULT, MESSAGES, IntakeRefusal, Limits
from lianfang.core.lists.intake.rowkinds import Skipped
from lianfang.core.lists.intake.rows import RowContext, read_rows, read_table, skipped_rows
from lianfang.core.lists.intake.source import open_pasted, open_source
from lianfang.core.lists.intake.synonyms import FIELDS, RESULTS
from lianfang.core.lists.intake.tables import Table, find_table, find_tables
from lianfang.core.lists.intake.workbook import Cell, Raw, Sheet, Workbook, content_key, raw_cells

__all__ = [
    "DEFAULT",
    "FIELDS",
    "MESSAGES",
    "RESULTS",
    "Cell",
    "ColumnGuess",
    "IntakeRefusal",
    "Limits",
    "Mapping",
    "MappingRefused",
    "Raw",
    "RowContext",
    "Sheet",
    "Skipped",
    "Table",
    "Workbook",
    "content_key",
    "find_table",
    "find_tables",
    "open_pasted",
    "open_source",
    "propose_mapping",
    "raw_cells",
    "read_rows",
    "read_table",
    "signature_of",
    "skipped_rows",
]
