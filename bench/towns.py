"""The two towns that are measured, each in a data folder of its own that is built once and kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"


@dataclass(frozen=True, slots=True)
class Town:
    """A demo town to measure: its name in the results, its scale, its data folder."""

    name: str
    scale: float
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """Environment of a process that works in this town; what the shell says about other places is left out."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("LIANFANG_")}
        path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        ours = {"LIANFANG_DATA": str(self.folder), "LIANFANG_DEMO": "1", "PYTHONPATH": path}
        return {**kept, "DJANGO_SETTINGS_MODULE": "lianfang.settings", **ours, **more}

    def run(self, step: str, *arguments: str, **environment: str) -> dict[str, Any]:
        """Run a step of `bench.inside` in a process of its own; its last line is the answer. Raises on failure."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.inside", step, *arguments],
            env=self.environment(**environment),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer


SMALL = Town("20,000", 1, FOLDER / "town")
LARGE = Town("1,000,000", 50, FOLDER / "county")
