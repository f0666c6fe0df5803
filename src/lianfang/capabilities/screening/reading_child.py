"""The process that reads a large list ahead of the one that decides it. Imports Django only once it runs there."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from lianfang.capabilities.screening.ahead import Chunk, RowReader

LOOK_SECONDS = 2.0


class _Child:
    reader: RowReader | None = None


def begin(list_id: str, chunk: int) -> None:
    """Make this process ready for one list, to be read `chunk` people at a time."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    import django

    django.setup()
    from lianfang.capabilities.screening import ahead
    from lianfang.core.lists.models import SourceList

    ahead.CHUNK = chunk
    _Child.reader = ahead.RowReader(SourceList.objects.get(id=UUID(list_id)))


def read_chunk(first: int) -> Chunk:
    """The people from ordinal `first`."""
    assert _Child.reader is not None, "begin() has not run"
    return _Child.reader.read(first)


def _end_with(parent: int) -> None:
    """End when the parent has ended, however it did: nobody would ask any more."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os._exit(0)
