"""Commands that must start fast and stay small."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _NoPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises `ModuleNotFoundError` for pandas; leaves all else to the others."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)
        return None


def keep_pandas_out() -> None:
    """Let pyarrow believe that there is no pandas in this process.

    Where it is installed (for Spark) pyarrow loads it to look whether what it is given is a pandas column: a second of
    CPU and 40 MiB for a question whose answer is always no. Nothing happens if somebody loaded it already.
    """
    if "pandas" in sys.modules:
        return
    import pyarrow

    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pyarrow.array([""])  # pyarrow looks for pandas once
    finally:
        sys.meta_path.remove(finder)
