"""What people confirmed, as counts of codes: what a model is estimated from again. Nobody can be found in it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from lianfang.core.lists.models import ConfirmedPair
from lianfang.matching.parts import PRIOR

FORM = "lianfang.confirmed/1"


def confirmed_counts(*, since: date | None = None) -> dict[str, Any]:
    """Pairs of a row and a person by version of the model and verdict: how many, how often each code, and how often
    each set of codes together. `since`: only what was decided on that day or later."""
    pairs = ConfirmedPair.objects.order_by("rules_version")
    if since is not None:
        pairs = pairs.filter(decided_date__gte=since)
    versions: dict[str, dict[str, Any]] = {}
    counted: dict[tuple[str, str], tuple[Counter[str], Counter[str]]] = {}
    for version, same, codes in pairs.values_list("rules_version", "same", "codes").iterator():
        compared = [code for code in codes if code != PRIOR]
        single, together = counted.setdefault((version, "same" if same else "different"), (Counter(), Counter()))
        single.update(compared)
        together[" ".join(compared)] += 1
    for (version, verdict), (single, together) in sorted(counted.items()):
        versions.setdefault(version, {})[verdict] = {
            "pairs": together.total(),
            "codes": dict(sorted(single.items())),
            "together": dict(sorted(together.items())),
        }
    return {"form": FORM, "since": since.isoformat() if since else None, "versions": versions}
