"""Files of people in, answers out: ledgers and lists as arrow columns, for the command that compares them.

`open_people` → `PeopleFile.batches` → … → `write_answers`. No database, no settings, no Django.
"""

from lianfang.jobs.peoplefiles.answers import ADDED, answer_writer, require_ending, write_answers, write_chosen
from lianfang.jobs.peoplefiles.opening import Batch, PeopleFile, open_people

__all__ = [
    "ADDED",
    "Batch",
    "PeopleFile",
    "answer_writer",
    "open_people",
    "require_ending",
    "write_answers",
    "write_chosen",
]
