"""What is written into a question or an answer: something, not too much, and nobody's number in it. 文字核对

A number is refused, not sealed: whoever answers needs none (a child is chosen from the own list), and what was
never stored need not be protected in every place to which a question travels.
"""

from __future__ import annotations

import re

from yingbao.values.plain import without_invisible
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

LONGEST = 1000
_GAP = r"[\s.·_-]{0,2}"
_BEFORE, _AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_DAY = rf"(?:18|19|20)\d\d{_GAP}(?:0[1-9]|1[0-2]){_GAP}(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = rf"[GL]?[1-9]\d{{5}}{_GAP}{_DAY}{_GAP}\d{{3}}{_GAP}[\dXx×]"
_LONG = r"\d{15,}[Xx]?"
_BANK_CARD = r"\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,4})?"
_PERMIT = r"[A-Z]\d{8,10}"
_MOBILE = rf"(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
_NUMBERS = re.compile(
    f"{_BEFORE}(?:{'|'.join((_IDENTITY, _LONG, _BANK_CARD, _PERMIT, _MOBILE))}){_AFTER}", re.ASCII | re.IGNORECASE
)
_DIGITS = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")


def holds_a_number(text: str) -> bool:
    """Whether somebody's identity number, mobile, permit or bank card stands in it, however it is spaced. 含个人号码

    Offices' landlines, hotlines, dates, sums, case numbers and clauses are none.
    """
    return bool(_NUMBERS.search(without_invisible(text).translate(_DIGITS)))


def refuse_a_number(text: str, *, where: str) -> None:
    """Raises Refused if a number of somebody's stands in the text. 不得含个人号码"""
    if holds_a_number(text):
        raise Refused(
            where=where,
            what=Text(
                "里面有像证件号、手机号或银行卡号的数字",
                "There is a number in it that looks like somebody's identity, mobile or bank card",
            ),
            mend=Text(
                "请删掉这串数字，没有保存过。说到孩子时从名单选孩子，说到订单写后四位。",
                "Take it out; it was not stored. A child is chosen from the list; of an order the last four digits do.",
            ),
        )


def checked(text: str, *, where: str, longest: int = LONGEST) -> str:
    """The text as it is kept, lines as they were. Raises Refused: nothing written, too long, a number in it. 核对"""
    kept = "\n".join(line for line in (" ".join(part.split()) for part in text.splitlines()) if line)
    if not kept:
        raise Refused(
            where=where,
            what=Text("没有写内容", "Nothing is written"),
            mend=Text("请写清楚，对方要看得懂。", "Say it so that the other side understands."),
        )
    if len(kept) > longest:
        raise Refused(
            where=where,
            what=Text("写了 {n} 字，太长", "{n} characters are too many").filled(n=len(kept)),
            mend=Text("请不超过 {n} 字，只留要点。", "Keep it within {n}: the point of it.").filled(n=longest),
        )
    refuse_a_number(kept, where=where)
    return kept
