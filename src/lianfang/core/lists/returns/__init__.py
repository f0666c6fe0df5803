"""Results flow back: into the sender's own file, into upper-level forms and exchange formats, and as files of our own.

Pure Python, no database and no clock. What cannot be written is refused with a code (`ReturnRefused`) or reported
(`FillReport.problems`), never dropped in silence.
"""

from .cells import CellFill, CellProblem, FillReport, NewColumns, Value
from .errors import ReturnCountMismatch, ReturnRefused
from .exports import MendRow, MendSheet, error_file, export_filename, write_table_xlsx
from .layout import TemplateLayout, read_template
from .profiles import ExportProfile, ProfileField, RecordProblem, build_rows, check_counts, read_profile
from .templates import fill_template
from .writeback import append_columns, fill_workbook, kind_of

__all__ = [
    "CellFill",
    "CellProblem",
    "ExportProfile",
    "FillReport",
    "MendRow",
    "MendSheet",
    "NewColumns",
    "ProfileField",
    "RecordProblem",
    "ReturnCountMismatch",
    "ReturnRefused",
    "TemplateLayout",
    "Value",
    "append_columns",
    "build_rows",
    "check_counts",
    "error_file",
    "export_filename",
    "fill_template",
    "fill_workbook",
    "kind_of",
    "read_profile",
    "read_template",
    "write_table_xlsx",
]
