"""What stops a command: a stable code, one sentence on what is wrong, one on what to do about it."""

from __future__ import annotations

import errno


class Trouble(Exception):
    """A command cannot go on. `code` never changes, `message` says what is wrong, `fix` is what to do about it."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(f"{message} {fix}")
        self.code = code
        self.message = message
        self.fix = fix


def trouble_of(fault: Exception) -> Trouble | None:
    """What a fault of the surroundings (keys, disk, database) means, None for a fault of the program."""
    from django.db import OperationalError

    from lianfang.core.vault import MissingKey, UnreadableKey

    if isinstance(fault, Trouble):
        return fault
    if isinstance(fault, MissingKey):
        return Trouble("keys.missing", f"{fault}.", KEYS_BACK)
    if isinstance(fault, UnreadableKey):
        return Trouble("keys.unreadable", f"{fault}.", "Run lianfang doctor, which says the command that mends it")
    if isinstance(fault, OperationalError):
        said = next(iter(str(fault).strip().splitlines()), "no answer")
        return Trouble("database.unreachable", f"The database does not answer: {said}", database_fix(str(fault)))
    if isinstance(fault, OSError) and fault.errno in _CLOSED:
        place = fault.filename or "A file of the data folder"
        return Trouble("folder.closed", f"{place} cannot be written or read by this account.", FOLDER_OPEN)
    if isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble("disk.full", "The disk is full.", "Free at least 2 GB, then repeat")
    return None


_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
KEYS_BACK = "Put the folder keys/ back from its backup: sealed fields open with these keys only"
FOLDER_OPEN = "Run it as the owner of the data folder, or name another with LIANFANG_DATA"


def database_fix(said: str) -> str:
    """What to do about a refused connection, from PostgreSQL's own words."""
    if "password authentication failed" in said or "no password supplied" in said:
        return (
            "Correct LIANFANG_DATABASE_URL, or set a new password: runuser -u postgres -- psql -c '\\password lianfang'"
        )
    if "does not exist" in said:
        return "Create it: docs/howto/put-it-on-a-real-server.md, PostgreSQL of your own"
    if "too many" in said or "remaining connection slots" in said:
        return "Raise max_connections of the server (Lianfang needs 20), or close other programs"
    if "refused" in said or "No such file" in said or "timeout" in said:
        return "Start it (systemctl start postgresql), or correct host and port in LIANFANG_DATABASE_URL"
    return "Check LIANFANG_DATABASE_URL and that its server runs"
