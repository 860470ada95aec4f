"""The small language of letters: one paragraph a line, known fields in braces, marks for whom a line is. 信函模板语言

    【需缴费】您孩子 {年度} 年度家庭应缴 {家庭缴费}，请于 {截止日期} 前办理。
    {核定结果}

A field stands for a word about the child; a block, alone on its line, for a whole part of the letter. A mark at the
beginning lets the line stand for some children only. There is nothing else: no sums, no loops, no code. Whatever is
not one of these is text, and text never means anything to the program that sets the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Kind = Literal["child", "class"]
COMMON = {
    "学校": Text("学校名称", "the school"),
    "学校电话": Text("联系电话", "its phone"),
    "班级": Text("班级", "the class"),
    "年度": Text("参保年度", "the plan year"),
    "截止日期": Text("最后一天", "the last day"),
    "政策": Text("政策名称", "the policy"),
    "文件号": Text("文件号", "the notice's number"),
    "家长页面": Text("家长页面网址", "the address of the families' page"),
    "今天": Text("信上的日期", "the day of the letter"),
}
FIELDS: dict[Kind, dict[str, Text]] = {
    "child": {
        "孩子": Text("孩子姓名", "the child's name"),
        **COMMON,
        "保费": Text("保费全额", "the whole premium"),
        "家庭缴费": Text("家庭缴的部分", "the family's part"),
        "资助金额": Text("别人缴的部分", "the rest"),
        "资助方": Text("由谁缴其余部分", "who pays the rest"),
        "结果": Text("核定结果一句话", "the decision in a sentence"),
        "待遇期": Text("待遇享受期", "the days of cover"),
    },
    "class": COMMON,
}
"""kind of letter → the fields it knows, with what they stand for"""
BLOCKS: dict[Kind, dict[str, Text]] = {
    "child": {
        "核定结果": Text("姓名、班级、结果、金额、日期的表", "the table of name, class, decision, sum and days"),
        "理由": Text("为什么是这个结果，附条款", "why, with clauses"),
        "办理步骤": Text("登记、缴费怎么走，附二维码", "what to do, with the code"),
        "学校附言": Text("学校自己补充的话", "what the school adds"),
        "咨询电话": Text("咨询电话", "help lines"),
    },
    "class": {
        "各类金额": Text("各类孩子缴多少、谁缴", "who pays how much"),
        "重要日期": Text("各办理期限", "the days that count"),
        "缴费指南": Text("每种缴费方式和二维码", "each way to pay with its code"),
        "学校附言": Text("学校自己补充的话", "what the school adds"),
        "咨询电话": Text("咨询电话", "help lines"),
    },
}
NEEDED: dict[Kind, tuple[str, ...]] = {
    "child": ("核定结果", "理由", "办理步骤"), "class": ("各类金额", "重要日期", "缴费指南"),
}  # fmt: skip
"""Without these a letter would not say what it is for (苏社基〔2019〕68号 四(一))."""
MARKS: dict[str, Text] = {
    "需缴费": Text("家庭要缴费的孩子", "whose family pays"),
    "免缴": Text("家庭不用缴费的孩子", "whose family pays nothing"),
    "首次参保": Text("先要登记的孩子", "who is registered first"),
    "新生儿": Text("新生儿", "newborns"),
    "未能参保": Text("不能参保或由经办人员决定的孩子", "who cannot be enrolled, or an officer decides"),
}
"""mark → for whom a line stands that begins with it"""
LONGEST, LONGEST_LINE, MOST_LINES = 3_000, 400, 40
_FIELD = re.compile(r"\{([^{}]*)\}")
_MARK = re.compile(r"^【([^【】]*)】")
_LONE_BRACE = re.compile(r"[{}]")


class Line(NamedTuple):
    """A paragraph with its fields, or a block. 段落"""

    text: str
    """empty for a block"""
    block: str = ""
    mark: str = ""


def read(text: str, kind: Kind) -> list[Line]:
    """The lines of a wording. Raises Refused that names the line, what is wrong in it and how to mend it. 解析模板"""
    rows = [row.strip() for row in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    if len(text) > LONGEST or len(rows) > MOST_LINES:
        raise Refused(
            where="全文",
            what=Text("模板太长", "it is too long"),
            mend=Text(
                "最多 {n} 字、{m} 行，一份信才印得下。", "At most {n} characters and {m} lines fit a letter."
            ).filled(n=LONGEST, m=MOST_LINES),
        )
    lines = [_line(row, number, kind) for number, row in enumerate(rows, start=1) if row]
    _whole(lines, kind)
    return lines


def _line(row: str, number: int, kind: Kind) -> Line:
    where = f"第{number}行"
    if len(row) > LONGEST_LINE:
        mend = Text("分成几段，每段最多 {n} 字。", "Break it up; a line has at most {n} characters.").filled(
            n=LONGEST_LINE
        )
        raise Refused(where=where, what=Text("这一段太长", "the line is too long"), mend=mend)
    mark = ""
    if (found := _MARK.match(row)) and kind == "child":
        mark, row = found[1].strip(), row[found.end() :].strip()
        if mark not in MARKS:
            raise Refused(
                where=where,
                what=Text("没有“【{mark}】”这个标记", "there is no mark 【{mark}】").filled(mark=mark),
                mend=_choose(mark, list(MARKS), "【{}】"),
            )
    names = [name.strip() for name in _FIELD.findall(row)]
    if _LONE_BRACE.search(_FIELD.sub("", row)):
        raise Refused(
            where=where,
            what=Text("花括号不成对", "a brace has no partner"),
            mend=Text("字段写成 {年度} 这样，前后各一个花括号。", "Write a field as {年度}, a brace on each side."),
        )
    for name in names:
        _known(name, where, kind)
    blocks = [name for name in names if name in BLOCKS[kind]]
    if (blocks and _FIELD.sub("", row).strip()) or len(blocks) > 1:
        raise Refused(
            where=where,
            what=Text(
                "“{name}”是一整块，要单独占一行", "{name} is a whole part and stands on a line of its own"
            ).filled(name=blocks[0]),
            mend=Text("把它前后的文字移到别的行。", "Move the words around it to other lines."),
        )
    return Line("", blocks[0], mark) if blocks else Line(row, "", mark)


def _known(name: str, where: str, kind: Kind) -> None:
    if name in FIELDS[kind] or name in BLOCKS[kind]:
        return
    if kind == "class" and (name in FIELDS["child"] or name in BLOCKS["child"]):
        raise Refused(
            where=where,
            what=Text("“{name}”是一个孩子的信息", "{name} is about one child").filled(name=name),
            mend=Text("班级信是张贴的，不能写孩子的信息；请删去，或写进每个孩子的信。",
                      "A class's letter is posted and tells of no child; take it out."),
        )  # fmt: skip
    raise Refused(
        where=where,
        what=Text("没有“{name}”这个字段", "there is no field {name}").filled(name=name or "{}"),
        mend=_choose(name, [*FIELDS[kind], *BLOCKS[kind]], "{{{}}}"),
    )


def _choose(typed: str, known: list[str], form: str) -> Text:
    """What was perhaps meant, and else what there is. 近似提示"""
    alike = sorted(known, key=lambda one: (-len(set(one) & set(typed)), known.index(one)))
    near = [one for one in alike if set(one) & set(typed)][:2]
    said = "、".join(form.format(one) for one in near or known)
    if near:
        return Text(f"您要的是不是 {said}？", f"Perhaps {said}?")
    return Text(f"可以用：{said}。", f"There are: {said}.")


def _whole(lines: list[Line], kind: Kind) -> None:
    blocks = [line.block for line in lines if line.block]
    for name in NEEDED[kind]:
        if name not in blocks or any(line.block == name and line.mark for line in lines):
            raise Refused(
                where="全文",
                what=Text("缺少“{name}”", "{name} is missing").filled(name=name),
                mend=Text("单独加一行 {{{name}}}，前面不要带标记；少了它，家长看不到{what}。",
                          "Add a line {{{name}}} without a mark: {what}.").filled(
                    name=name, what=BLOCKS[kind][name]),
            )  # fmt: skip
    twice = next((name for name in blocks if blocks.count(name) > 1), "")
    if twice:
        raise Refused(
            where="全文",
            what=Text("“{name}”出现了两次", "{name} stands there twice").filled(name=twice),
            mend=Text("留一处，删去另一处。", "Keep one of them."),
        )


def filled(lines: list[Line], values: Mapping[str, str], marks: frozenset[str]) -> list[Line]:
    """The lines that stand for this child, with its values; a value is never read as a field again. 填充"""
    kept = [line for line in lines if not line.mark or line.mark in marks]
    return [
        line if line.block else Line(_FIELD.sub(lambda found: values[found[1].strip()], line.text), "", "")
        for line in kept
    ]


def remark(text: str, longest: int) -> str:
    """A school's remark as plain text. Raises Refused if it is too long. 学校附言"""
    plain = " ".join(text.split())
    if len(plain) > longest:
        raise Refused(
            where="附言",
            what=Text("附言有 {n} 个字，太长了", "the remark has {n} characters, too many").filled(n=len(plain)),
            mend=Text("请改到 {n} 个字以内。", "Keep to {n} characters.").filled(n=longest),
        )
    if not plain.isprintable():
        raise Refused(
            where="附言",
            what=Text("附言里有看不见的字符", "it has invisible characters"),
            mend=Text("请重新输入，不要从别处整段粘贴。", "Type it anew instead of pasting it."),
        )
    return plain
