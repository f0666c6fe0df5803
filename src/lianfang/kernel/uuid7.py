"""Time-ordered identifiers (RFC 9562, version 7): rows born together lie together in an index."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from uuid_utils.compat import uuid7 as _generate

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def uuid7() -> uuid.UUID:
    """A new identifier; within one process each is greater than the one before."""
    return _generate()


def uuid7_instant(u: uuid.UUID) -> datetime:
    """The instant an identifier was made, in UTC, to the millisecond.

    Raises `ValueError` when it is no version 7 identifier.
    """
    if u.version != 7:
        raise ValueError(f"not a version 7 identifier: {u}")
    return _EPOCH + timedelta(milliseconds=u.int >> 80)
