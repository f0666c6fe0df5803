"""How a code is written, how long it lives and how often one may try. Pure: no Django, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O or U to misread on paper."""
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": "", " ": ""})
_WIDE: Final = {0xFF10 + digit: str(digit) for digit in range(10)}

SMS_DIGITS: Final = 6
PAPER_SIGNS: Final = 8
SMS_MINUTES: Final = 10
COUNTER_MINUTES: Final = 10
PAPER_DAYS: Final = 21
"""As long as the longest stay of any edition (standards 2.1: 14 and 7 days); house choice."""
MOST_TRIES: Final = 5

IDLE_MINUTES: Final = 30
STAY_HOURS: Final = 12
"""A stay on the page ends after idling, and at the latest after this (house choice)."""

LIMIT_HOURS: Final = 1
MOST_ASKED_FOR_A_PHONE: Final = 3
MOST_ASKED_FOR_A_PHONE_IN_A_DAY: Final = 8
MOST_ASKED_FROM_AN_ADDRESS: Final = 20
"""Codes by telephone in an hour; a housing estate behind one address has many phones (house choice)."""
MOST_WRONG_FROM_AN_ADDRESS: Final = 30
"""Wrong codes in an hour; a paper code has 40 bits, so this is far from guessing one (house choice)."""
LONGEST_PROXY_DAYS: Final = 90
ANSWER_DAYS: Final = 15
"""A request about one's own data is answered by then (house choice; the law says: in time, with reasons)."""


def digits(number: int) -> str:
    """A code for a telephone out of a large random number."""
    return f"{number % 10**SMS_DIGITS:0{SMS_DIGITS}d}"


def letters(number: int) -> str:
    """A code for paper out of a large random number, ``7K3Q91DM``."""
    return "".join(SIGNS[(number >> (5 * place)) & 31] for place in range(PAPER_SIGNS))


def spaced(code: str) -> str:
    """How it is printed: in two halves."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


def read(typed: str) -> str:
    """What somebody typed, without spaces and with the signs people mistake put right; at most a line."""
    return typed[:40].translate(_WIDE).upper().translate(_MISREAD).strip()


def over(*, began: datetime, seen: datetime, now: datetime) -> bool:
    """Whether a stay that began and was last used then has ended by itself."""
    return now - began >= timedelta(hours=STAY_HOURS) or now - seen >= timedelta(minutes=IDLE_MINUTES)
