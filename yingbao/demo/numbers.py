"""Identity and phone numbers that can be right and belong to nobody. 演示用号码

Resident numbers are counted down from the top of each day's sequence, a stretch that registration offices
rarely reach. Phones lie in the single block 199-0000, so that everyone sees at a glance that they are made up.
"""

from __future__ import annotations

from datetime import date
from random import Random

from yingbao.demo.names import Sex
from yingbao.values.identity import with_check_character

_BIRTH_CERTIFICATE_LETTER = "T"
_OF_A_DAY = 200
"""numbers that one dealer gives boys or girls of a day in a division"""


class Numbers:
    """Deals out numbers, none twice in a season. 号码发放"""

    def __init__(self, random: Random, *, highest: int = 999, serial: int = 0) -> None:
        """`highest` odd sequence of a day and first `serial`: two dealers that start apart never meet."""
        self._random = random
        self._highest = highest
        self._dealt: dict[tuple[str, date, Sex], int] = {}
        self._serial = serial

    def eighteen(self, region: str, born: date, sex: Sex) -> str:
        """A number of 18 characters as GB 11643 builds them. 公民身份号码"""
        place = (region, born, sex)
        dealt = self._dealt.get(place, 0)
        if dealt == _OF_A_DAY:
            raise OverflowError(f"a day's numbers are used up in {region}")
        self._dealt[place] = dealt + 1
        sequence = self._highest - 2 * dealt - (0 if sex == "male" else 1)
        return with_check_character(f"{region}{born:%Y%m%d}{sequence:03d}")

    def hk_mo_permit(self, *, macau: bool = False) -> str:
        """H or M and eight digits. 港澳居民来往内地通行证"""
        return f"{'M' if macau else 'H'}{self._next():08d}"

    def tw_permit(self) -> str:
        """Eight digits. 台湾居民来往大陆通行证"""
        return f"{self._next():08d}"

    def passport(self) -> str:
        """A letter and eight digits. 护照"""
        return f"P{self._next():08d}"

    def birth_certificate(self) -> str:
        """A letter and nine digits. 出生医学证明"""
        return f"{_BIRTH_CERTIFICATE_LETTER}{self._next():09d}"

    def phone(self) -> str:
        """A mobile number of the made-up block 199-0000. 手机号"""
        return f"1990000{self._random.randrange(10_000):04d}"

    def _next(self) -> int:
        """A running number that does not look like one: between 90000001 and 99999991, in jumps."""
        self._serial += 1
        return 90_000_000 + self._serial * 7_919 % 9_999_991
