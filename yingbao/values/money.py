"""Sums of money: whole fen inside, yuan on paper, Chinese capitals on receipts. 金额"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import cn2an

from yingbao.values.text import Text

MOST_IN_CAPITALS_FEN = 10**12


def yuan(fen: int) -> str:
    """A sum in yuan as people write it: 1200 is 12, 1250 is 12.50."""
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole}.{rest:02d}" if rest else f"{sign}{whole}"


def figures(fen: int) -> str:
    """A sum in yuan as papers have it, always with two places: 123456 is 1,234.56. 小写金额"""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def share(fen: int, percent: str) -> int:
    """A share of a sum, such as "0.25%", rounded to the fen, half a fen upwards. 按比例"""
    exact = Decimal(fen) * Decimal(percent.removesuffix("%")) / 100
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def capitals(fen: int) -> str:
    """A sum in Chinese capitals as banks write it: 100650 is 壹仟零陆元伍角, 24 yuan 贰拾肆元整. 大写金额

    整 ends a sum of whole yuan; after 角 and 分 nothing follows. Where 元 or 万 is zero and a figure other
    than zero comes after it, the payment rules leave the 零 to the writer; it is left out before 角.
    Raises ValueError below zero and above ten thousand million yuan: no paper here has such a sum.
    """
    if not 0 <= fen <= MOST_IN_CAPITALS_FEN:
        raise ValueError("a sum in capitals lies between nothing and 10^12 fen")
    whole, rest = divmod(fen, 100)
    written: str = cn2an.an2cn(f"{whole}.{rest:02d}", "rmb")
    return written


def said(fen: int) -> Text:
    """A sum in yuan with its unit, for sentences. 元"""
    return Text(zh="{sum}元", en="{sum} yuan").filled(sum=yuan(fen))
