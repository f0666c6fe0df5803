"""The measured sections of `docs/reference/matching.md`; its other sections are written from the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.towns import ROOT
from lianfang.jobs.sections import filled

PAGE = ROOT / "docs" / "reference" / "matching.md"
PICTURE = ROOT / "docs" / "reference" / "matching-calibration.svg"


def write(name: str, body: str) -> None:
    """Write one section, the others stay."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), name, body), encoding="utf-8")


def measured_on(at: str, facts: Mapping[str, Any]) -> str:
    """When and where, in one sentence."""
    return (
        f"Measured on {at[:10]}: {facts['processor']}, {facts['cores']:.0f} cores, {facts['memory_gib']} GiB, "
        f"{facts['system']}, Python {facts['python']}; load when it began {facts['load_1min']:.1f}, a fixed loop of "
        f"two million steps {facts['loop_cpu_ms']} CPU-ms."
    )
