"""Chinese numerals inside a door: 二单元叁零一 is 2单元301, 一百零六号 is 106号, 十二幢 is 12幢."""

from __future__ import annotations

import re

_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    "两": 2,
    "貳": 2,
    "叄": 3,
    "陸": 6,
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMERALS = "".join((*_DIGITS, *_TENS))
"""Every character that can stand in a Chinese number."""

_RUN = re.compile(f"[{NUMERALS}]+")


def read_numeral(text: str) -> str:
    """The decimal digits a run of Chinese numerals stands for.

    Digits spoken one by one keep their zeros (三零一 → ``301``, 零二 → ``02``); with 十, 百, 千 the value is taken
    (一百零六 → ``106``). Raises `KeyError` for a character that is no numeral.
    """
    if not any(character in _TENS for character in text):
        return "".join(str(_DIGITS[character]) for character in text)
    total = pending = 0
    for character in text:
        if character in _TENS:
            total += (pending or 1) * _TENS[character]
            pending = 0
        else:
            pending = _DIGITS[character]
    return str(total + pending)


def with_plain_numbers(text: str) -> str:
    """The text with each run of Chinese numerals written in digits."""
    if _RUN.search(text) is None:
        return text
    return _RUN.sub(lambda run: read_numeral(run[0]), text)
