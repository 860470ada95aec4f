"""Phone numbers of guardians: one form to keep, one to show. 联系电话"""

from __future__ import annotations

import re

from yingbao.values.fault import Fault
from yingbao.values.plain import compact
from yingbao.values.text import Text

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_ABROAD = re.compile(r"\+(?!86)\d{7,15}")
_SIGNS = re.compile(r"[-‐-―()./]")
_CHINA = re.compile(r"(?:\+|00)86(?=0?\d{10,11}$)|86(?=1[3-9]\d{9}$)")

_LENGTH = Text(zh="联系电话不是有效的号码", en="this is no phone number that can be reached")
_MEND = Text(
    zh="手机号填11位数字；座机填区号加号码，如0512-69820471；境外号码以+和国家或地区代码开头",
    en="give a mobile number of 11 digits, a landline with its area code such as 0512-69820471, "
    "or a number abroad beginning with + and the country code",
)


def check(number: str) -> str:
    """The number as it is kept: digits alone, or + and digits if abroad. 核对号码

    Raises Fault if it is no mobile, landline or foreign number.
    """
    if len(number) == 11 and number.isascii() and number.isdigit() and number[0] == "1" and number[1] > "2":
        return number
    digits = _SIGNS.sub("", compact(number))
    digits = _CHINA.sub("", digits)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) or _ABROAD.fullmatch(digits):
        return digits
    raise Fault(_LENGTH, _MEND)


def masked(number: str) -> str:
    """The number with its middle hidden: 138****5678. 脱敏"""
    if len(number) < 7:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]
