"""Holds a file's words to the model: unknown keys, wrong kinds of values, missing parts. 词语检查

`build` is quick for a good file. A file that the model refuses is gone through a second time, slowly,
so that every wrong word is told with its line, not only the first.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from yingbao.policy.refused import PolicyRefused, Problem, nearest, one_of
from yingbao.policy.tree import Node
from yingbao.values.text import Text

if TYPE_CHECKING:
    from msgspec import inspect

T = TypeVar("T")

SHAPES = {
    r"^[a-z][a-z0-9_]*$": Text(
        zh="名称用小写字母开头，只含小写字母、数字和下划线。",
        en="A name has lower-case letters, digits and _, a letter first.",
    ),
    r"^([0-9]{6}|[0-9]{2,5}\*)$": Text(
        zh='写六位区划代码，或代码开头加 *，如 "320505"、"3205*"。',
        en='Write a six-digit division code, or the beginning of codes and *, such as "320505" or "3205*".',
    ),
    r"^[0-9]{6}/[0-9]{4}$": Text(
        zh="写统筹区六位代码、斜线和年度，如 320500/2020。",
        en="Write the pooling area's six digits, a slash and the plan year, such as 320500/2020.",
    ),
    r"^(100|[0-9]{1,2})(\.[0-9]{1,4})?%$": Text(
        zh='写百分数并加引号，如 "80%"、"0.25%"。', en='Write a percentage in quotes, such as "80%" or "0.25%".'
    ),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": Text(
        zh='写时刻并加引号，如 "17:00"。', en='Write a time of day in quotes, such as "17:00".'
    ),
    r"^[0-9]{5,12}$": Text(zh="电话只写数字，并加引号。", en="Write the phone's digits alone, in quotes."),
}
"""What would be right, for each pattern of the model."""


def build(node: Node, path: Path, kind: type[T]) -> T:
    """The file as typed data, or refused with every wrong word."""
    try:
        return msgspec.convert(node.plain(), kind)
    except msgspec.ValidationError as error:
        from msgspec import inspect

        checker = _Checker(path)
        checker.check(node, inspect.type_info(kind))
        if not checker.problems:  # the model knows a rule that this module does not: let it speak itself
            checker.add(
                node.line, Text(zh=str(error), en=str(error)), Text(zh="请对照格式说明。", en="See the schema.")
            )
        raise PolicyRefused(checker.problems) from None


class _Checker:
    """Walks the file beside the model and gathers problems."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def add(self, line: int, what: Text, mend: Text) -> None:
        self.problems.append(Problem(path=str(self.path), line=line, what=what, mend=mend))

    def check(self, node: Node, kind: inspect.Type) -> None:
        """One place of the file against one type of the model."""
        from msgspec import inspect

        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        if isinstance(kind, inspect.UnionType):
            self._union(node, kind)
        elif isinstance(kind, inspect.StructType):
            self._struct(node, kind)
        elif isinstance(kind, inspect.ListType):
            self._list(node, kind)
        elif isinstance(kind, inspect.TupleType):
            self._tuple(node, kind)
        elif isinstance(kind, inspect.DictType):
            self._dict(node, kind)
        elif node.items is not None:
            self.add(node.line, *_expected(kind))
        else:
            self._scalar(node, kind)

    def _union(self, node: Node, kind: inspect.UnionType) -> None:
        from msgspec import inspect

        real = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
        null_allowed = len(real) < len(kind.types)
        if null_allowed and node.items is None and node.value is None:
            return
        if len(real) == 1:
            self.check(node, real[0])
        elif node.items is not None or node.value is None:
            self.add(
                node.line,
                Text(zh="这里要写一个值", en="A single value is expected here"),
                Text(zh="写文字、数字或 true、false。", en="Write a text, a number, true or false."),
            )

    def _struct(self, node: Node, kind: inspect.StructType) -> None:
        known = {field.encode_name: field for field in kind.fields}
        if not isinstance(node.items, dict):
            self.add(
                node.line,
                Text(zh="这里要写若干“键: 值”", en="Keys with values are expected here"),
                one_of("", known),
            )
            return
        meant = set()
        for key, value in node.items.items():
            if key in known:
                self.check(value, known[key].type)
                continue
            near = nearest(key, [each for each in known if each not in node.items])
            if near is not None:
                meant.add(near)
            line = node.key_lines[key]
            if node.flow and value.items is None and value.value is None:
                self.add(
                    line,
                    Text(
                        zh="花括号里的逗号把句子断开了，“{key}”成了一个键",
                        en="A comma inside braces cuts the sentence: {key} became a key",
                    ).filled(key=key),
                    Text(zh="给整句加引号。", en="Put quotes around the whole sentence."),
                )
                continue
            self.add(
                line,
                Text(zh="不认识的键 {key}", en="Unknown key {key}").filled(key=key),
                one_of(key, known if near is None else [near]),
            )
        for name, field in known.items():
            if field.required and name not in node.items and name not in meant:
                self.add(
                    node.line,
                    Text(zh="缺少 {name}", en="{name} is missing").filled(name=name),
                    Text(zh="补上 {name}。", en="Add {name}.").filled(name=name),
                )

    def _list(self, node: Node, kind: inspect.ListType) -> None:
        if not isinstance(node.items, list):
            self.add(
                node.line,
                Text(zh="这里要写列表", en="A list is expected here"),
                Text(zh="写成 [甲, 乙]，或每行一个“- 甲”。", en="Write [a, b], or one - a on each line."),
            )
            return
        for item in node.items:
            self.check(item, kind.item_type)

    def _tuple(self, node: Node, kind: inspect.TupleType) -> None:
        """So many values in a row, such as the least and the most."""
        count = len(kind.item_types)
        if not isinstance(node.items, list) or len(node.items) != count:
            self.add(
                node.line,
                Text(zh="这里要写 {n} 个值", en="{n} values are expected here").filled(n=count),
                Text(zh="写成 [甲, 乙] 这样。", en="Write them like [a, b]."),
            )
            return
        for item, each in zip(node.items, kind.item_types, strict=True):
            self.check(item, each)

    def _dict(self, node: Node, kind: inspect.DictType) -> None:
        if not isinstance(node.items, dict):
            self.add(
                node.line,
                Text(zh="这里要写若干“名称: 内容”", en="Names with their content are expected here"),
                Text(zh="每个名称一行，内容缩进写在下面。", en="Give each name a line and indent its content below."),
            )
            return
        for key, value in node.items.items():
            self._scalar(Node(node.key_lines[key], key), kind.key_type)
            self.check(value, kind.value_type)

    def _scalar(self, node: Node, kind: inspect.Type) -> None:
        from msgspec import inspect

        value = node.value
        if isinstance(kind, inspect.LiteralType):
            if value not in kind.values or isinstance(value, bool):
                self.add(
                    node.line,
                    Text(zh="不认识的值 {value}", en="Unknown value {value}").filled(value=_shown(value)),
                    one_of(value, kind.values),
                )
        elif isinstance(kind, inspect.DateType):
            if not _is_date(value):
                self.add(
                    node.line,
                    Text(zh="{value} 不是日期", en="{value} is not a date").filled(value=_shown(value)),
                    Text(zh="写年历上有的日期，如 2019-09-01。", en="Write a day of the calendar, such as 2019-09-01."),
                )
        elif isinstance(kind, inspect.StrType):
            self._string(node, kind)
        elif isinstance(kind, inspect.IntType):
            if not isinstance(value, int) or isinstance(value, bool) or not _in_span(kind, value):
                self.add(node.line, *_expected(kind, value))
        elif isinstance(kind, inspect.BoolType) and not isinstance(value, bool):
            self.add(node.line, *_expected(kind, value))

    def _string(self, node: Node, kind: inspect.StrType) -> None:
        value = node.value
        if isinstance(value, bool | int):
            shown = _shown(value)
            self.add(
                node.line,
                Text(
                    zh="YAML 把 {value} 读成了数字或真假值，这里要写文字",
                    en="YAML reads {value} as a number or a truth value; a text is expected",
                ).filled(value=shown),
                Text(zh='加引号："{value}"。', en='Put it in quotes: "{value}".').filled(value=shown),
            )
        elif value is None or (not value and _asks_for_words(kind)):
            self.add(
                node.line,
                Text(zh="这里没有内容", en="There is nothing here"),
                Text(zh="写上文字。", en="Write the text."),
            )
        elif kind.pattern is not None and re.search(kind.pattern, value) is None:
            what = Text(zh="{value} 的写法不对", en="{value} is not written as it should be").filled(
                value=_shown(value)
            )
            self.add(node.line, what, SHAPES[kind.pattern])


def _asks_for_words(kind: Any) -> bool:
    return bool(kind.min_length) or (kind.pattern is not None and re.search(kind.pattern, "") is None)


def _in_span(kind: Any, value: int) -> bool:
    return (kind.ge is None or value >= kind.ge) and (kind.le is None or value <= kind.le)


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _expected(kind: Any, value: Any = None) -> tuple[Text, Text]:
    """What stands here and what was expected, by the kind of scalar."""
    from msgspec import inspect

    if isinstance(kind, inspect.IntType):
        least, most = kind.ge, kind.le
        name = Text(zh="整数", en="A whole number")
        mend = Text(
            zh="写整数，不加引号、单位和小数点。", en="Write a whole number without quotes, unit or decimal point."
        )
        if most is not None:
            mend = Text(
                zh="写 {least} 到 {most} 的整数，不加引号和小数点。",
                en="Write a whole number from {least} to {most} without quotes or decimal point.",
            ).filled(least=least, most=most)
        elif least is not None:
            mend = Text(
                zh="写不小于 {least} 的整数，不加引号和小数点；金额以分为单位。",
                en="Write a whole number of at least {least} without quotes or decimal point; sums are in fen.",
            ).filled(least=least)
    elif isinstance(kind, inspect.BoolType):
        name = Text(zh="真假值", en="A truth value")
        mend = Text(zh="写 true 或 false。", en="Write true or false.")
    else:
        name = Text(zh="一个值", en="A single value")
        mend = Text(zh="写一个值，不写列表或键。", en="Write one value, no list and no keys.")
    what = Text(zh="这里要写{name}，现在是 {value}", en="{name} is expected here, not {value}")
    return what.filled(name=name, value=_shown(value)), mend
