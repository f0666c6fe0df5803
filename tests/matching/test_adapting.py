"""A model adapted to files of another world than ours, without one proven row."""

from __future__ import annotations

import numpy as np
import pytest

from lianfang.matching import model
from lianfang.matching.comparing import BIRTH, DOOR, ID, NAME
from lianfang.matching.kinds import DOOR_KIND, ID_KIND, NAME_KIND
from lianfang.matching.training import adapted
from lianfang.matching.weighing import Pairs


def pairs(levels: dict[str, int], kinds: dict[str, int], times: int) -> Pairs:
    each = np.arange(times)
    return Pairs(
        each,
        each,
        each,
        {name: np.full(times, level) for name, level in levels.items()},
        {name: np.full(times, kind) for name, kind in kinds.items()},
    )


SLIPS = pairs(
    {
        "name": NAME.index("latin_slip"),
        "id": ID.index("slip"),
        "birth": BIRTH.index("near"),
        "door": DOOR.index("differs"),
    },
    {
        "name_kind": NAME_KIND.index("latin"),
        "id_kind_of": ID_KIND.index("other"),
        "door_kind": DOOR_KIND.index("room"),
    },
    180,
)


def test_learns_what_these_files_do() -> None:
    before, after = model.shipped(), adapted(model.shipped(), SLIPS, np.ones(180))
    at = NAME_KIND.index("latin"), NAME.index("latin_slip")
    assert before["name"][at] < 0.05 < 0.85 < after["name"][at]
    assert after["birth"][0, BIRTH.index("near")] > 0.85
    for table in ("name", "id", "birth", "door"):
        assert after[table].sum(axis=1) == pytest.approx(1)


def test_leaves_what_it_saw_nothing_of() -> None:
    before, after = model.shipped(), adapted(model.shipped(), SLIPS, np.zeros(180))
    full = NAME_KIND.index("full")
    assert after["name"][full] == pytest.approx(before["name"][full] / before["name"][full].sum())
    assert after["phone"] is before["phone"] and after["home"] is before["home"]
    assert after.version != before.version
