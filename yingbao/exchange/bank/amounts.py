"""Sums, days, signs and numbers as banks write them, without a rounding anywhere. 银行文件取值

Each function takes what stands in the file and gives its value, or raises Fault.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from yingbao.exchange.bank.files import Direction
from yingbao.spreadsheet.table import Cell
from yingbao.values.clock import CHINA
from yingbao.values.fault import Fault
from yingbao.values.plain import compact, narrow, spaced, veiled
from yingbao.values.text import Text

LONGEST_TEXT = 900
"""signs of one cell; beyond, the reader has cut it"""
_LARGEST_EXACT = 10**15
_SHOWN = 40
_SIGNED = re.compile(r"(?P<sign>[-+(]?)[¥￥]?(?P<sum>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<rest>[0-9]+))?\)?元?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_MOST_DIGITS = 12
_DAY = re.compile(
    r"(20[0-9]{2})([-./年])([0-9]{1,2})(?:\2|月)([0-9]{1,2})日?(?:[T ]?[0-9]{1,2}:[0-9]{2}(?::[0-9.]+)?)?"
)
_DIGITS = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})(?: ?[0-9]{2}:?[0-9]{2}:?[0-9]{2})?")
_ISO_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:Z|[+-]\d{2}:\d{2})?")
_SCIENTIFIC = re.compile(r"[0-9]\.?[0-9]*E\+[0-9]+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[-\s]")
_CURRENCIES = frozenset(("cny", "rmb", "156", "人民币", "人民币元", "cny人民币", "人民币cny", "156人民币"))
_SIDES: dict[str, Direction] = {
    word: side  # type: ignore[misc]
    for side, words in (
        ("out", "借 借方 借记 支出 支 付 付款 转出 出 出账 d dr dbit debit out"),
        ("in", "贷 贷方 贷记 收入 收 收款 转入 入 入账 进账 c cr crdt credit in"),
    )
    for word in words.split()
}

_MEND_AMOUNT = Text(
    zh="写成以元为单位、最多两位小数的正数，如 1,234.50", en="give yuan with at most two decimals, such as 1,234.50"
)
_MEND_DAY = Text(zh="写成 2025-10-09 或 20251009", en="write it as 2025-10-09 or 20251009")
_MEND_EXPORT = Text(
    zh="请从银行重新导出，把账号和流水号列设为文本", en="export it again with accounts and serials as text"
)


def _fault(zh: str, en: str, said: object, mend: Text) -> Fault:
    return Fault(Text(zh=zh, en=en).filled(said=veiled(str(said))[:_SHOWN]), mend)


def decimal_text(cell: Cell) -> str:
    """A cell of sums as text; a number as the workbook shows it, to its fifteen digits.

    A workbook keeps 0.3 as the nearest binary fraction, and sums of such fractions drift in the sixteenth digit,
    which no workbook shows. Fifteen digits are exact fen up to ten million million yuan.
    """
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float):
        return f"{Decimal(format(cell, '.15g')):f}"
    return "" if cell is None else narrow(str(cell)).lstrip("'").replace(" ", "")


def fen_of(cell: Cell, *, signed: bool = False) -> int | None:
    """The sum in fen; None of an empty cell. 金额

    `signed` for balances, which may be below zero. Raises Fault for a sum that is none, that has more than two
    decimals, that is negative though it may not be, or that is beyond all sums.
    """
    said = decimal_text(cell)
    if said in ("", "-", "--"):
        return None
    parts = _SIGNED.fullmatch(said)
    if not parts or (parts["sign"] == "(") != (")" in said):
        raise _fault("“{said}”不是金额", "“{said}” is no sum of money", said, _MEND_AMOUNT)
    fen = _exact(parts["sum"].replace(",", ""), parts["rest"] or "", said)
    if parts["sign"] in ("-", "("):
        if not signed:
            raise _fault("金额“{said}”为负", "the sum “{said}” is negative", said, _MEND_AMOUNT)
        return -fen
    return fen


def fen_of_decimal(said: str) -> int:
    """The sum in fen of a number in an XML message: digits and a point, nothing else. 金额"""
    if not _PLAIN.fullmatch(said):
        raise _fault("“{said}”不是金额", "“{said}” is no sum of money", said, _MEND_AMOUNT)
    whole, _, rest = said.partition(".")
    return _exact(whole, rest, said)


def _exact(whole: str, rest: str, said: str) -> int:
    if len(rest) > 2:
        raise _fault("金额“{said}”超过两位小数", "the sum “{said}” has more than two decimals", said, _MEND_AMOUNT)
    if len(whole.lstrip("0")) > _MOST_DIGITS:
        raise _fault("金额“{said}”大得不合常理", "the sum “{said}” is beyond all sums", said, _MEND_AMOUNT)
    return int(whole) * 100 + int(rest.ljust(2, "0"))


def day_of(cell: Cell) -> date | None:
    """The day, also of a day with its time; None of an empty cell. 日期"""
    said = narrow(str(int(cell) if isinstance(cell, float) and cell.is_integer() else "" if cell is None else cell))
    said = said.lstrip("'")
    if not said:
        return None
    if parts := _DAY.fullmatch(said):
        numbers = parts[1], parts[3], parts[4]
    elif parts := _DIGITS.fullmatch(said):
        numbers = parts[1], parts[2], parts[3]
    else:
        raise _fault("“{said}”不是日期", "“{said}” is no day", said, _MEND_DAY)
    try:
        return date(int(numbers[0]), int(numbers[1]), int(numbers[2]))
    except ValueError as error:
        raise _fault("没有“{said}”这一天", "there is no day “{said}”", said, _MEND_DAY) from error


def iso_day(said: str) -> date:
    """The day in China of an ISO 8601 day or moment in an XML message. 日期"""
    try:
        if parts := _ISO_DAY.fullmatch(said):
            return date.fromisoformat(parts[1])
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise _fault("“{said}”不是日期", "“{said}” is no day", said, _MEND_DAY) from error
    return (moment.astimezone(CHINA) if moment.tzinfo else moment).date()


def number_of(cell: Cell) -> str:
    """An account or serial without blanks and dashes. 号码

    Raises Fault for one of 16 and more digits that was kept as a number: its last digits are gone.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= _LARGEST_EXACT:
            raise _lost()
        return str(int(cell)) if float(cell).is_integer() else str(cell)
    said = "" if cell is None else str(cell).strip()
    if said[:2] == '="' and said[-1:] == '"':  # how a CSV keeps Excel from taking digits for a number
        said = said[2:-1]
    said = _SEPARATORS.sub("", compact(said).lstrip("'"))
    if _SCIENTIFIC.fullmatch(said):
        raise _lost()
    return said


def _lost() -> Fault:
    what = Text(
        zh="号码被存成了数字，16位以后的数字已经丢失", en="the number was kept as a number and has lost its last digits"
    )
    return Fault(what, _MEND_EXPORT)


def words_of(cell: Cell) -> str:
    """Text as it stands in the cell, single blanks; whatever it begins with, it is text. 文字

    Raises Fault if it is longer than any bank's text.
    """
    said = spaced(decimal_text(cell) if isinstance(cell, int | float) else cell or "")
    if len(said) > LONGEST_TEXT:
        what = Text(zh="文字超过{most}个字", en="the text has more than {most} signs").filled(most=LONGEST_TEXT)
        raise Fault(what, Text(zh="请从银行重新导出", en="export it from the bank again"))
    return said


def side_of(cell: Cell) -> Direction | None:
    """借 is out of our account, 贷 into it; None of an empty cell. 借贷"""
    said = compact("" if cell is None else str(cell)).lower()
    if not said:
        return None
    if said not in _SIDES:
        mend = Text(zh="写“借”（从本账户付出）或“贷”（收到本账户）", en="write 借 (out of the account) or 贷 (into it)")
        raise _fault("看不懂借贷标志“{said}”", "the sign “{said}” is not understood", said, mend)
    return _SIDES[said]


def require_yuan(cell: Cell) -> None:
    """Raises Fault for any currency but CNY; an empty cell is CNY. 币种"""
    said = compact("" if cell is None else str(cell))
    if said and re.sub(r"[-_/()]", "", said.lower()) not in _CURRENCIES:
        mend = Text(zh="只受理人民币账户的文件", en="only accounts in CNY are taken")
        raise _fault("币种是“{said}”，不是人民币", "the currency is “{said}”, not CNY", said, mend)
