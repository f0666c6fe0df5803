"""The refusals of this package. Each carries a code; the sentence for people is looked up by it."""

from __future__ import annotations


class ReturnRefused(ValueError):
    """A file cannot be written as asked; nothing was written.

    `code` never changes (``return.…``); `place` says where (``回传表!F4``), empty when the whole file is meant.
    """

    def __init__(self, code: str, message: str, *, place: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.place = place


class ReturnCountMismatch(ReturnRefused):
    """The number of rows going out is not the number that came in; nothing was written."""

    def __init__(self, *, expected: int, found: int) -> None:
        super().__init__(
            "return.count_mismatch", f"{expected} rows were given but {found} would be written; nothing was written."
        )
        self.expected = expected
        self.found = found
