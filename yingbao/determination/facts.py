"""The facts about one child: their columns, and how one value is read. 参保事实

A value comes as text (CSV, the counter) or typed (Parquet, the database); both are read here, one value
at a time, and what is not understood is refused with what was expected. Empty means unknown or none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import get_args

import msgspec

from yingbao.policy.rules import Assistance, IdentityType, Stage
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Value = str | int | bool | date | tuple[str, ...] | None
"""What a fact can be once it is read; None is unknown, an empty tuple is none."""

IDENTITY_TYPES: tuple[str, ...] = get_args(IdentityType)
STAGES: tuple[str, ...] = get_args(Stage)
ASSISTANCE: tuple[str, ...] = get_args(Assistance)

LONGEST_ECHO = 60
"""A refusal repeats the bad value, but no more of it than a person would read."""


class Column(msgspec.Struct, frozen=True):
    """One column of facts. 事实列"""

    name: str
    read: Callable[[object], Value]
    """the value in it; ValueError if it is malformed"""
    expected: Text
    empty: Value = None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(value)


def _word(words: tuple[str, ...]) -> Callable[[object], Value]:
    known = {word: word for word in words}

    def read(value: object) -> Value:
        if isinstance(value, str) and value in known:
            return known[value]
        raise ValueError(value)

    return read


def _division(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if isinstance(text, str) and len(text) == 6 and text.isascii() and text.isdigit():
        return text
    raise ValueError(value)


def _list_of(read: Callable[[object], Value]) -> Callable[[object], Value]:
    def read_list(value: object) -> Value:
        parts = value.split(";") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
        return tuple(str(read(part)) for part in parts)

    return read_list


def day(value: object) -> date:
    """A calendar day: a date, a timestamp at midnight without a zone, or YYYY-MM-DD. 日期"""
    if isinstance(value, datetime):
        if value.tzinfo is None and value == datetime.combine(value.date(), datetime.min.time()):
            return value.date()
        raise ValueError(value)
    if isinstance(value, date):
        return value
    # The other spellings of ISO 8601 (20190901, 2019-W36-7) are left out: in a clerk's file they are slips.
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return date.fromisoformat(value)
    raise ValueError(value)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(value)


_WHOLE = re.compile(r"[0-9]{1,4}", re.ASCII)


def _whole(value: object) -> int:
    if isinstance(value, bool):
        raise ValueError(value)
    # Whole numbers beside empty cells arrive from some programs as 1.0.
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, str | int | float) and _WHOLE.fullmatch(text):
        return int(text)
    raise ValueError(value)


def _tier(value: object) -> int:
    if (tier := _whole(value)) in (1, 2):
        return tier
    raise ValueError(value)


_TIME = re.compile(r"((?:[01][0-9]|2[0-3]):[0-5][0-9])(?::[0-5][0-9])?", re.ASCII)


def _time(value: object) -> str:
    text = value.strftime("%H:%M") if isinstance(value, time) else value
    # Windows open and close on the minute: its seconds do not move a payment to the other side.
    if isinstance(text, str) and (parts := _TIME.fullmatch(text)):
        return parts[1]
    raise ValueError(value)


def _one_of(words: tuple[str, ...]) -> Text:
    return Text(zh="、".join(words) + " 之一", en="one of " + ", ".join(words))


_A_DAY = Text(zh="形如 2019-09-01 的日期，或留空", en="a date such as 2019-09-01, or empty")
_A_FLAG = Text(zh="true 或 false，或留空", en="true or false, or empty")
_A_COUNT = Text(zh="不大于 9999 的整数，或留空", en="a whole number up to 9999, or empty")
_A_DIVISION = Text(zh="六位数字的行政区划代码，或留空", en="a six-digit division code, or empty")

COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("person_id", _text, Text(zh="不为空的文字", en="any text, not empty")),
        Column("identity_type", _word(IDENTITY_TYPES), _one_of(IDENTITY_TYPES)),
        Column("birth_date", day, _A_DAY),
        Column("hukou", _division, _A_DIVISION),
        Column(
            "parent_hukou",
            _list_of(_division),
            Text(
                zh="六位数字的行政区划代码，多个之间用英文分号分隔，或留空",
                en="six-digit division codes with ; between them, or empty",
            ),
            empty=(),
        ),
        Column("school_division", _division, _A_DIVISION),
        Column("school_stage", _word(STAGES), _one_of(STAGES), empty="none"),
        Column("registered_before", _flag, _A_FLAG, empty=False),
        Column("points_admitted_on", day, _A_DAY),
        Column("residence_permit", _flag, _A_FLAG, empty=False),
        Column("parent_employee_insured", _flag, _A_FLAG, empty=False),
        Column(
            "assistance",
            _list_of(_word(ASSISTANCE)),
            Text(
                zh="救助类别代码，多个之间用英文分号分隔：" + "、".join(ASSISTANCE),
                en="category codes with ; between them, out of " + ", ".join(ASSISTANCE),
            ),
            empty=(),
        ),
        Column("tier", _tier, Text(zh="1、2 或留空", en="1, 2 or empty"), empty=1),
        Column("paid_on", day, _A_DAY),
        Column("lapsed_years", _whole, _A_COUNT, empty=0),
        Column("repaired_years", _whole, _A_COUNT, empty=0),
        Column("registered_on", day, _A_DAY),
        Column(
            "paid_time",
            _time,
            Text(zh="形如 16:30 或 16:30:00 的时刻，或留空", en="a time such as 16:30 or 16:30:00, or empty"),
        ),
        Column("prepaid_years", _whole, _A_COUNT, empty=1),
        Column("continuous_years", _whole, _A_COUNT, empty=0),
        Column("claim_free_years", _whole, _A_COUNT, empty=0),
    )
}
"""The columns of a file of facts, in the order of the contract; behind them those that later policies ask for."""

Child = Mapping[str, Value]
"""The facts about one child, read: every column has a value, and `paid_on` is never empty."""


def read_child(row: Mapping[str, object], as_of: date) -> Child:
    """One child's facts out of a mapping with some of the columns; None and "" are empty. 读取一人的事实

    `as_of` stands in where `paid_on` is empty. Raises Refused on the first malformed value; names that
    are no column are passed over.
    """
    child: dict[str, Value] = {}
    for column in COLUMNS.values():
        given = row.get(column.name)
        if given is None or given == "":
            child[column.name] = column.empty
            continue
        try:
            child[column.name] = column.read(given)
        except ValueError:
            raise malformed("facts", column, given) from None
    if child["person_id"] is None:
        raise malformed("facts", COLUMNS["person_id"], "")
    if child["paid_on"] is None:
        child["paid_on"] = as_of
    return child


def malformed(where: str, column: Column, value: object, row: Text | None = None) -> Refused:
    """The refusal of one value: nothing of the row but the value itself is repeated."""
    shown = "" if value is None else str(value)
    shown = shown if len(shown) <= LONGEST_ECHO else shown[:LONGEST_ECHO] + "…"
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in shown)
    at = row or Text(zh="", en="")
    what = Text(
        zh=f"{at.zh}{column.name} 的值“{shown}”无法识别" if shown else f"{at.zh}{column.name} 为空",
        en=f"{at.en}{column.name} is {shown!r}, which is not understood" if shown else f"{at.en}{column.name} is empty",
    )
    mend = Text(zh=f"应为{column.expected.zh}。", en=f"Expected {column.expected.en}.")
    return Refused(where=where, what=what, mend=mend)


def row_text(row: int, line: int | None = None) -> Text:
    """Which row, counted from 1 without the header; in a CSV also the line of the file on which it begins."""
    if line is None:
        return Text(zh=f"第 {row} 行数据，", en=f"row {row}, ")
    return Text(zh=f"第 {row} 行数据（文件第 {line} 行），", en=f"row {row} (line {line} of the file), ")
