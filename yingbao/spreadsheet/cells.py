"""What the cells of a roster say: sex, days, grades, classes, yes and no, places. 单元格取值

Each function takes a cell and gives its value, None if the cell says nothing, or raises Fault.
"""

from __future__ import annotations

import re
from datetime import date

from yingbao.spreadsheet.rows import Relation, Sex, Stage
from yingbao.spreadsheet.table import Cell
from yingbao.values import divisions, identity
from yingbao.values.fault import Fault
from yingbao.values.plain import compact, narrow, veiled
from yingbao.values.text import Text

Month = tuple[int, int]
"""year and month, where a list says no more: 2013年3月"""

LONGEST_TEXT = 40
_LARGEST_EXACT = 10**15
"""numbers from here on have lost digits in a workbook"""
_NOTHING = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "无", "暂无", "没有", "空", "不详", "n/a", "none", "null", "nil")
)


def text(cell: Cell) -> str:
    """The cell as narrow text; a whole number without its decimal point. 文本"""
    if isinstance(cell, str):
        return narrow(cell).lstrip("'")
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def number_text(cell: Cell) -> str:
    """The cell of a column of numbers that are names: identity, roll and phone numbers. 号码

    Raises Fault for a number so large that a workbook has rounded it.
    """
    if isinstance(cell, str):
        # ="0123" is how a CSV keeps Excel from taking digits for a number.
        return cell[2:-1] if cell[:2] == '="' and cell[-1] == '"' else cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= _LARGEST_EXACT:
        raise identity.lost()
    return text(cell)


def short_text(cell: Cell) -> str | None:
    """A name of a class, a country or the like."""
    said = _given(cell)
    if said and len(said) > LONGEST_TEXT:
        what = Text(zh="内容有{n}个字，超过{most}个", en="this has {n} characters, more than {most}")
        mend = Text(zh="只留这一列的内容，说明填到别的列", en="keep only what belongs to this column")
        raise Fault(what.filled(n=len(said), most=LONGEST_TEXT), mend)
    return said


def sex(cell: Cell) -> Sex | None:
    """男 or 女, in words or by the code of GB/T 2261. 性别"""
    said = _given(cell)
    if said is None:
        return None
    found = _SEXES.get(said.lower())
    if found is None:
        raise Fault(_not_understood(said), Text(zh="填“男”或“女”", en="write 男 (male) or 女 (female)"))
    return found


def yes_no(cell: Cell) -> bool | None:
    """是 or 否 in the many ways in which it is said. 是否"""
    said = text(cell).lower().replace(" ", "")
    if said in _YES or re.fullmatch(r"[a-z0-9]{10,}", said):
        return True  # a permit's number says that there is one
    if said in _NO:
        return False
    if said in _NOTHING:
        return None
    raise Fault(_not_understood(said), Text(zh="填“是”或“否”", en="write 是 (yes) or 否 (no)"))


def day(cell: Cell) -> date | Month | None:
    """A day, or a month where the list says no more. 日期"""
    said = _given(cell)
    if said is None:
        return None
    if isinstance(cell, float) and not cell.is_integer():
        raise Fault(_no_day(said), _MEND_DAY)
    parts = _DAY.fullmatch(said) or _DIGITS.fullmatch(said)
    if not parts:
        raise Fault(_no_day(said), _MEND_DAY)
    year, month, day_ = int(parts[1]), int(parts[2]), parts[3]
    try:
        whole = date(year, month, int(day_ or 1))
    except ValueError as error:
        raise Fault(_no_day(said), _MEND_DAY) from error
    return whole if day_ else (year, month)


def whole_day(cell: Cell) -> date | None:
    """A day; of a month its first day. 日期"""
    found = day(cell)
    return date(*found, 1) if isinstance(found, tuple) else found


def stage(cell: Cell) -> Stage | None:
    """The stage of schooling in the words of schools. 学段"""
    said = _given(cell)
    if said is None:
        return None
    found = _STAGES.get(said) or _STAGES.get(said.removesuffix("阶段").removesuffix("部"))
    if found is None:
        mend = Text(
            zh="填幼儿园、小学、初中、高中、中职或特殊教育",
            en="write 幼儿园 (kindergarten), 小学 (primary), 初中 (junior), 高中 (senior), 中职 (vocational) "
            "or 特殊教育 (special)",
        )
        raise Fault(_not_understood(said), mend)
    return found


Grade = tuple[Stage, int | None]


def grade(cell: Cell) -> Grade | None:
    """Stage and grade: 三年级, 小三, 七年级, 初一, 高一, 大班; of a bare number the usual stage. 年级"""
    said = _given(cell)
    if said is None:
        return None
    found = _grade_named(said.replace(" ", ""))
    if found is None:
        mend = Text(
            zh="写成“三年级”“初一”“高一”“大班”这样的年级",
            en="write the grade as 三年级, 初一 (junior 1), 高一 (senior 1) or 大班",
        )
        raise Fault(_not_understood(said), mend)
    return found


def class_and_grade(cell: Cell) -> tuple[str, Grade | None] | None:
    """A class, and the grade that its name begins with: 三年级2班 and 三(2)班 are 2班 of grade three. 班级"""
    said = short_text(cell)
    if said is None:
        return None
    plain = said.replace(" ", "")
    if plain.isdigit() and len(plain) < 3:
        return f"{int(plain)}班", None
    if parts := _CLASS_OF_GRADE.fullmatch(plain):
        found = _grade_named(parts["grade"])
        if found is not None:
            number = parts["class"].strip("()班")
            return (f"{number}班" if number else plain), found
    if parts := _CLASS_OF_KINDERGARTEN.fullmatch(plain):
        return plain, ("kindergarten", _KINDERGARTEN[parts[1]])
    return said, None


def relation(cell: Cell) -> Relation | None:
    """Who a guardian is to the child. 关系"""
    said = _given(cell)
    if said is None:
        return None
    for words, meant in _RELATIONS:
        if any(said.lower().startswith(word) for word in words):
            return meant
    return "other"


def tier(cell: Cell) -> int | None:
    """The premium tier, 1 or 2. 档次"""
    said = _given(cell)
    if said is None:
        return None
    plain = said.removeprefix("第").removesuffix("档")
    if plain not in ("1", "2", "一", "二"):
        raise Fault(_not_understood(said), Text(zh="填“一档”或“二档”", en="write 一档 (tier one) or 二档 (tier two)"))
    return 1 if plain in ("1", "一") else 2


def kind(cell: Cell) -> identity.Kind | None:
    """The kind of an identity document, by name or code. 证件类型"""
    said = _given(cell)
    if said is None:
        return None
    # A code may come with its name: 01-居民身份证. 1 is 01 that became a number.
    code, _, name = said.partition("-")
    code_kind = identity.kind_of_code(code.zfill(2), "insurance") if code.isdigit() else None
    found = identity.kind_named(name or said) or code_kind
    if found is None:
        mend = Text(
            zh="填" + "、".join(name.zh for name in identity.NAMES.values()) + "之一",
            en="write one of " + ", ".join(f"{name.zh} ({name.en})" for name in identity.NAMES.values()),
        )
        raise Fault(_not_understood(said), mend)
    return found


def place(cell: Cell, *, near: str) -> str | None:
    """A place's division code. 户籍地"""
    said = _given(cell)
    return None if said is None else divisions.code_of(said, near=near)


def places(cell: Cell, *, near: str) -> tuple[str, ...] | None:
    """The division codes of several places in one cell, each once: 江苏省苏州市虎丘区；安徽省阜阳市颍上县. 户籍地"""
    said = _given(cell)
    if said is None:
        return None
    parts = [part for part in re.split(r"[;,、/|和及]", said) if part.strip() and part.strip() not in _NOTHING]
    return tuple(dict.fromkeys(divisions.code_of(compact(part), near=near) for part in parts))


def _given(cell: Cell) -> str | None:
    said = text(cell)
    return None if said.lower() in _NOTHING else said


def _not_understood(said: str) -> Text:
    return Text(zh="看不懂“{said}”", en="“{said}” is not understood").filled(said=veiled(said)[:LONGEST_TEXT])


def _no_day(said: str) -> Text:
    return Text(zh="“{said}”不是日期", en="“{said}” is no date").filled(said=veiled(said)[:LONGEST_TEXT])


_MEND_DAY = Text(zh="写成 2013-09-01 或 2013年9月1日", en="write it as 2013-09-01 or 2013年9月1日")
_DAY = re.compile(r"((?:18|19|20)\d\d) ?[-./年] ?(\d{1,2})(?: ?[-./月] ?(\d{1,2})日?|月)?(?: 00?:00(?::00)?)?")
_DIGITS = re.compile(r"((?:18|19|20)\d\d)(\d\d)(\d\d)?")

_SEXES: dict[str, Sex] = {
    "男": "male", "男性": "male", "男生": "male", "男孩": "male", "m": "male", "male": "male", "1": "male",
    "boy": "male",
    "女": "female", "女性": "female", "女生": "female", "女孩": "female", "f": "female", "female": "female",
    "2": "female", "girl": "female", "1-男": "male", "2-女": "female", "男 male": "male", "女 female": "female",
}  # fmt: skip
_YES = frozenset("是 有 已 已办 已办理 办理 持有 参加 已参加 参保 已参保 在保 √ ✓ ✔ y yes true 1 t 对 符合".split())  # noqa: SIM905
_NO = frozenset("否 无 没有 未 未办 未办理 未参加 不参加 没参加 未参保 × x ✗ n no false 0 f 不 不符合 未持有".split())  # noqa: SIM905

_STAGES: dict[str, Stage] = {
    "幼儿园": "kindergarten", "学前": "kindergarten", "学前教育": "kindergarten", "幼儿": "kindergarten",
    "托幼": "kindergarten", "小学": "primary", "初中": "junior", "初级中学": "junior", "高中": "senior",
    "普高": "senior", "普通高中": "senior", "高级中学": "senior", "中职": "vocational", "职高": "vocational",
    "中专": "vocational", "技校": "vocational", "职校": "vocational", "职业高中": "vocational",
    "中等职业": "vocational", "中等职业教育": "vocational", "中等专业学校": "vocational", "五年制高职": "vocational",
    "技工学校": "vocational", "特教": "special", "特殊教育": "special", "大学": "university", "本科": "university",
    "大专": "university", "高职": "university", "kindergarten": "kindergarten", "primary": "primary",
    "junior": "junior", "senior": "senior", "vocational": "vocational", "special": "special",
    "university": "university",
}  # fmt: skip
_KINDERGARTEN = {"托": 0, "小": 1, "中": 2, "大": 3}
_SHORT_STAGES: dict[str, Stage] = {"小": "primary", "初": "junior", "高": "senior", "职": "vocational"}
_NUMERALS = {sign: number for number, sign in enumerate("一二三四五六七八九", 1)} | {"十": 10, "十一": 11, "十二": 12}
_LONGEST_STAGE: dict[Stage, int] = {
    "primary": 6,
    "junior": 4,
    "senior": 3,
    "vocational": 5,
    "special": 12,
    "university": 5,
}
_HAN_NUMERAL = "十[一二]?|[一二三四五六七八九]"
_NUMERAL = f"{_HAN_NUMERAL}|1[0-2]|[1-9]"
_GRADE_FORMS = (
    re.compile(rf"(?:(?P<stage>[^\d一二三四五六七八九十]+?))?(?P<number>{_NUMERAL})(?:年级|年)?(?:\(.*\))?"),
    re.compile(rf"(?P<stage>grade)(?P<number>{_NUMERAL})"),
)
_CLASS_OF_GRADE = re.compile(
    rf"(?P<grade>(?:小学|初中|高中|中职|职高|小|初|高|职)?(?:{_NUMERAL})年级"  # 三年级2班, 初中二年级(5)班
    rf"|[小初高职](?:{_HAN_NUMERAL})(?=[\d(])"  # 初一3班
    rf"|[小初高职]?(?:{_NUMERAL})(?=\())"  # 三(2)班, 高2(5)班
    r"(?P<class>\(?\w{0,6}\)?班?)"
)
_CLASS_OF_KINDERGARTEN = re.compile(r"([托小中大])(?:\(?[一二三四五六七八九十\d]{1,2}\)?班|班.{0,6})")

_RELATIONS: tuple[tuple[tuple[str, ...], Relation], ...] = (
    (("祖", "爷", "奶", "外公", "外婆", "外祖", "姥", "grand"), "grandparent"),
    (("父母",), "other"),
    (("父", "爸", "father", "dad", "生父", "1-父"), "father"),
    (("母", "妈", "mother", "mum", "mom", "生母", "2-母"), "mother"),
)


def _grade_named(said: str) -> Grade | None:
    """Stage and grade of a name such as 小学三年级, 初一, 7, 大班; None if it is none."""
    if said in ("学前班", "学前"):
        return "kindergarten", 3
    if parts := re.fullmatch(r"(?:幼儿园)?([托小中大])(?:\w{0,2}班)?", said):
        return "kindergarten", _KINDERGARTEN[parts[1]]
    for form in _GRADE_FORMS:
        parts = form.fullmatch(said.lower())
        if not parts:
            continue
        number = _NUMERALS.get(parts["number"]) or int(parts["number"])
        named = parts["stage"] or ""
        given = _SHORT_STAGES.get(named) or _STAGES.get(named)
        if named and given is None and named != "grade":
            continue
        return _in_stage(given, number)
    return None


def _in_stage(given: Stage | None, number: int) -> Grade | None:
    """A grade counted through, 7 to 12, or within its stage; a bare 3 is the third of primary."""
    if given is None:
        given = "primary" if number <= 6 else "junior" if number <= 9 else "senior"
    if given == "junior" and number > 6:
        number -= 6
    elif given == "senior" and number > 9:
        number -= 9
    return (given, number) if number <= _LONGEST_STAGE.get(given, 3) else None


def fitted(stage_: Stage, found: Grade | None) -> Grade | None:
    """The grade that stands beside a column for the stage: 1 beside 初中 is junior 1. 学段与年级"""
    if found is None or found[0] == stage_ or found[1] is None:
        return found
    if (stage_, found[0]) == ("vocational", "senior"):
        return stage_, found[1]
    counted = found[1] + {"junior": 6, "senior": 9}.get(found[0], 0)
    return _in_stage(stage_, counted)
