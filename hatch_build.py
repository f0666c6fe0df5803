"""Build hook: `uv sync` alone brings browser files, fonts and compiled messages, none of which are in git."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class InstallAssets(BuildHookInterface[Any]):  # type: ignore[misc]  # hatchling is there only during a build
    """Runs for the editable install of a checkout as well as for a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        self._module(root, "catalogue").compile_all(root / "src" / "lianfang")
        # A source archive already holds the files, and nothing to download them with.
        if (root / "frontend" / "package-lock.json").exists():
            self._module(root, "assets").install(root, say=self.app.display_info)

    def _module(self, root: Path, name: str) -> ModuleType:
        """Load one file of the product by its path: the product itself is not importable yet."""
        spec = importlib.util.spec_from_file_location(f"lianfang_{name}", root / f"src/lianfang/jobs/{name}.py")
        if spec is None or spec.loader is None:
            raise ImportError(f"src/lianfang/jobs/{name}.py is missing")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
