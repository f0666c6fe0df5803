"""Is this browser older than the oldest one the pages are written for? Read from its own description of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CHROMIUM = re.compile(r"(?:Chrome|CriOS|Chromium)/(\d+)")
_FIREFOX = re.compile(r"(?:Firefox|FxiOS)/(\d+)")
_SAFARI = re.compile(r"Version/(\d+)[\d.]* .*Safari/")
_IOS = re.compile(r"(?:iPhone|iPad|CPU) OS (\d+)_")
_EXPLORER = re.compile(r"MSIE |Trident/")


def below_floor(user_agent: str, floor: Mapping[str, int]) -> bool:
    """True when `user_agent` names an engine older than `floor` ({"Chrome": 87, "Firefox": 83, "Safari": 14}).

    A description we cannot read counts as new enough: a needless warning teaches people to ignore warnings. On iPhones
    the system's version decides, because every browser there uses the system's engine.
    """
    if _EXPLORER.search(user_agent):
        return True
    for pattern, family in (
        (_IOS, "Safari"),
        (_CHROMIUM, "Chrome"),
        (_FIREFOX, "Firefox"),
        (_SAFARI, "Safari"),
    ):
        found = pattern.search(user_agent)
        if found:
            return int(found[1]) < floor[family]
    return False
