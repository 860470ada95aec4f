"""Text as people type and paste it, brought to one form. 文本规整

Rosters come from chat windows, web pages and other people's workbooks: full-width digits, invisible
marks, and blanks of six kinds look right on the screen and compare as different.
"""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"\s+")
_LONG_NUMBER = re.compile(r"\w?\d{3}\d{4,}\w?")


def without_invisible(text: str) -> str:
    """The text without zero-width, direction and variation marks and without control characters. 去除不可见字符"""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROL.sub("", _INVISIBLE.sub("", text))


def spaced(text: str) -> str:
    """The text with every run of blanks, full-width and no-break ones too, as one space, and none at the ends."""
    return _BLANKS.sub(" ", without_invisible(text)).strip()


def narrow(text: str) -> str:
    """Full-width letters, digits and signs in their ordinary form, no blanks at the ends. 全角转半角"""
    text = spaced(text)
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def compact(text: str) -> str:
    """Narrow, and without any blank inside: the form of numbers and codes. 去空格"""
    return narrow(text).replace(" ", "")


def veiled(text: str) -> str:
    """The text with all but the beginning of each long number hidden, for messages about a value. 遮盖

    Columns get shifted, and then an identity number stands where a place or a name should.
    """
    return _LONG_NUMBER.sub(lambda number: number[0][:3] + "*" * (len(number[0]) - 3), text)
