"""Sums of money: whole fen inside, yuan on paper. 金额"""

from __future__ import annotations

from yingbao.values.text import Text


def yuan(fen: int) -> str:
    """A sum in yuan as people write it: 1200 is 12, 1250 is 12.50."""
    whole, rest = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole}.{rest:02d}" if rest else f"{sign}{whole}"


def said(fen: int) -> Text:
    """A sum in yuan with its unit, for sentences. 元"""
    return Text(zh="{sum}元", en="{sum} yuan").filled(sum=yuan(fen))
