"""Where the senders' files are kept: sealed, one per list, never changed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianfang.core import vault
from lianfang.core.actions.refusals import Refusal, refusal

PLACE = "list.file"
PREVIEW = "list.preview"


def _folder() -> Path:
    folder = Path(settings.LIST_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class AlreadyKept(Refusal):
    """Another file is stored under this id. A sender's file is never written over."""

    def __init__(self) -> None:
        super().__init__("lists.already_kept")


refusal("lists.already_kept", _("This form was already used for another file. Reload the page and send it again."))


def keep(list_id: UUID, content: bytes, *, place: str = PLACE) -> None:
    """Seal and store the file of a list. Raises `AlreadyKept` rather than replacing a sender's file by another."""
    target = _folder() / f"{list_id}.{place.removeprefix('list.')}"
    if place == PLACE and target.exists():
        if vault.unseal(target.read_bytes(), place=place, row=list_id) != content:
            raise AlreadyKept
        return
    partial = target.with_suffix(target.suffix + ".part")
    with open(partial, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        out.write(vault.seal(content, place=place, row=list_id))
        out.flush()
        os.fsync(out.fileno())
    partial.replace(target)


def content(list_id: UUID, *, place: str = PLACE) -> bytes:
    """The file's bytes as they came. Raises `FileNotFoundError` if it was shredded."""
    sealed = (_folder() / f"{list_id}.{place.removeprefix('list.')}").read_bytes()
    return vault.unseal(sealed, place=place, row=list_id)


def shred(list_id: UUID) -> None:
    """Remove everything stored for a list."""
    for place in (PLACE, PREVIEW):
        (_folder() / f"{list_id}.{place.removeprefix('list.')}").unlink(missing_ok=True)


LEFT_BEHIND_SECONDS = 3600
"""Age at which a file in the clear belongs to nobody: reading a list takes minutes at most."""


def sweep(*, now: datetime) -> int:
    """Remove what killed processes left in the clear or half written, by age at `now` (aware); returns how many."""
    folders = [Path(settings.CLEAR_FOLDER).iterdir(), _folder().glob("*.part")]
    oldest = now.timestamp() - LEFT_BEHIND_SECONDS
    removed = 0
    for path in chain.from_iterable(folders):
        try:
            if path.stat().st_mtime > oldest:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except FileNotFoundError:  # its owner was quicker
            continue
        removed += 1
    return removed


@contextmanager
def unsealed(list_id: UUID, *, filename: str) -> Iterator[Path]:
    """The file in the clear, for as long as the block lasts, in a private folder and with the sender's ending."""
    with tempfile.TemporaryDirectory(prefix="lianfang-list-") as folder:
        path = Path(folder) / f"original{Path(filename).suffix.lower()[:10]}"
        with open(path, "wb", opener=lambda p, flags: os.open(p, flags, 0o600)) as out:
            out.write(content(list_id))
        yield path
