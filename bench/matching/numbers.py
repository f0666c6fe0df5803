"""Identity numbers and telephones that belong to nobody, each given once."""

from __future__ import annotations

from datetime import date
from random import Random

from lianfang.kernel.identity import check_digit

DIVISION = "999999"
PHONES = 10_000_000
"""Telephones 1990 and seven digits."""
_STRIDE = 4_567_891
"""Coprime to `PHONES`: walking in this stride visits every number once, in an order that looks like none."""
_PER_DAY = 500
"""Serials of one sex on one day: three digits, odd for men, even for women."""


class Numbers:
    """Citizen numbers of division 999999 with a right check digit, documents of never-issued series, telephones.

    The same rule as in the demo town: a day holds 500 people of one sex, so six million people of a hundred years
    leave room. Beyond that `identity` raises `OverflowError`.
    """

    def __init__(self, random: Random) -> None:
        self._taken: dict[tuple[int, str], int] = {}
        self._phone = random.randrange(PHONES)
        self._phones = 0
        self._document = random.randrange(10_000)

    def identity(self, born: int, sex: str) -> str:
        """A citizen number for someone born on the day with this ordinal."""
        count = self._taken.get((born, sex), 0)
        if count == _PER_DAY:
            raise OverflowError(f"more than {_PER_DAY} people of one sex born on {date.fromordinal(born)}")
        self._taken[born, sex] = count + 1
        serial = (born * 37 + count * 7) % _PER_DAY * 2 + (1 if sex == "1" else 0)
        first17 = f"{DIVISION}{date.fromordinal(born):%Y%m%d}{serial:03}"
        return first17 + check_digit(first17)

    def phone(self) -> str:
        """A mobile number."""
        if self._phones == PHONES:
            raise OverflowError("every telephone is given")
        self._phones += 1
        self._phone = (self._phone + _STRIDE) % PHONES
        return f"1990{self._phone:07}"

    def passport(self) -> str:
        """A foreign passport in a series that is not issued."""
        self._document += 1
        return f"ZZ{self._document:07}"

    def hk_permit(self) -> str:
        """A travel permit of a Hong Kong or Macao resident in a band that was never issued."""
        self._document += 1
        return f"{'HM'[self._document % 2]}98{self._document % 1_000_000:06}"

    def taiwan_permit(self) -> str:
        """A travel permit of a Taiwan resident in a band that was never issued."""
        self._document += 1
        return f"98{self._document % 1_000_000:06}"
