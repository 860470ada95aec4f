"""Yuan as gateways write them, to whole fen and back, without any rounding. 元与分"""

from __future__ import annotations

import re

# A message's amount: no sign, no exponent, no grouping, at most two decimals, at most ten billion yuan.
_MESSAGE = re.compile(r"(0|[1-9][0-9]{0,10})(?:\.([0-9]{1,2}))?")
# A bill's amount may be negative, and WeChat writes fees with five decimals of which the last three are zero.
_BILL = re.compile(r"([+-]?)([0-9]{1,11})(?:\.([0-9]{1,2})0{0,6})?")


def fen(text: str) -> int:
    """Yuan of a message in fen; ValueError for anything but a plain amount of at most two decimals."""
    found = _MESSAGE.fullmatch(text)
    if not found:
        raise ValueError("not an amount in yuan")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def fen_of_bill(text: str) -> int:
    """Yuan of a bill in fen, perhaps below zero; ValueError where it is not exact in fen."""
    found = _BILL.fullmatch(text)
    if not found:
        raise ValueError("not an amount in yuan")
    whole = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -whole if found[1] == "-" else whole


def yuan(amount_fen: int) -> str:
    """Fen as yuan with two decimals, as requests carry them."""
    if amount_fen < 0:
        raise ValueError("an amount to be sent is not below zero")
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"
