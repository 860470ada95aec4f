"""The names that bodies give the columns, categories and changes of their lists. 救助名单列名

A new name is one word in one of these tables.
"""

from __future__ import annotations

from yingbao.policy.terms import ASSISTANCE
from yingbao.spreadsheet.columns import Field, Headings, canonical
from yingbao.spreadsheet.roster_columns import ROSTER
from yingbao.values.plain import compact
from yingbao.values.text import Text

# The number is the last of the columns that must be there: the reader takes it for what tells a row from a footer.
_FIELDS: dict[str, tuple[str, str, str]] = {
    # field: Chinese title, English title, further names
    "name": (
        "姓名", "Name",
        "名字 救助对象姓名 对象姓名 人员姓名 保障对象姓名 被救助人 被救助人姓名 成员姓名 家庭成员姓名 残疾人姓名 "
        "学生姓名 职工子女姓名 子女姓名 fullname",
    ),
    "change": ("变动", "Change", "变动类型 变动情况 变更 变更类型 增减 增减情况 增减类型 新增或退出 操作 action act"),
    "category": (
        "救助类别", "Category",
        "类别 对象类别 救助对象类别 人员类别 身份类别 困难类别 困难类型 救助类型 对象类型 保障类别 人员属性 认定类别 "
        "救助身份 assistance assistancecategory",
    ),
    "identity_type": ("证件类型", "Kind of document", ""),
    "identity_number": ("证件号码", "Identity number", "救助对象身份证号 对象身份证号 残疾人身份证号 子女身份证号"),
    "first": (
        "起始日期", "First day",
        "开始日期 起始时间 开始时间 认定日期 认定时间 生效日期 纳入日期 纳入时间 批准日期 享受起始日期 起 "
        "from since first",
    ),
    "last": (
        "终止日期", "Last day",
        "结束日期 终止时间 结束时间 截止日期 失效日期 退出日期 退出时间 有效期至 止 until to last",
    ),
}  # fmt: skip

_PERSONS = "救助对象 保障对象 被救助人 残疾人 本人 学生 儿童 子女 职工子女 人员 person"

_CATEGORY_WORDS: dict[str, str] = {
    "minimum_living": "低保 低保对象 低保户 最低生活保障 最低生活保障对象 城市低保 农村低保 低保人员 城乡低保",
    "minimum_living_margin": (
        "低保边缘 低保边缘对象 低保边缘户 低保边缘家庭 低保边缘人员 最低生活保障边缘家庭 "
        "最低生活保障边缘 低边 低收入家庭"
    ),
    "destitute": "特困供养 特困 特困人员 特困供养人员 特困救助供养 特困救助供养人员 五保 五保户",
    "orphan": "孤儿 社会散居孤儿 机构养育孤儿 集中供养孤儿",
    "temporary_relief": "临救大病 临时救助大病 临时救助 大病临时救助 临救大病人员 大病救助",
    "preferential_treatment": "重点优抚 重点优抚对象 优抚对象 优抚",
    "registered_poor": "建档立卡 建档立卡人员 建档立卡贫困户 建档立卡户 建档立卡贫困人员",
    "disabled_hardship": "困难残疾学生 困难残疾 残疾学生 困难残疾人 困难残疾儿童",
    "severely_disabled": (
        "重度残疾 重残 重度残疾人 重度残疾人员 一级残疾 二级残疾 重度残疾一二级 重度残疾1-2级 "
        "重度残疾(一级) 重度残疾(二级)"
    ),
    "de_facto_orphan": "事实无人抚养 事实无人抚养儿童 事实孤儿",
    "child_in_difficulty": "困境儿童 困境未成年人",
    "back_into_poverty": "返贫致贫 返贫致贫人口 返贫",
    "unstable_out_of_poverty": "脱贫不稳定 脱贫不稳定人口 脱贫不稳定户",
    "near_poverty": "边缘易致贫 边缘易致贫人口 边缘易致贫户",
    "sudden_hardship": "突发严重困难 突发严重困难户 突发困难",
    "illness_poverty": "因病致贫 因病致贫重病患者 因病致贫家庭",
    "expenditure_hardship": "支出型困难 支出型困难家庭 支出型贫困 支出型",
    "hardship_worker_family": "特困职工家庭 特困职工 特困职工子女 困难职工家庭 困难职工",
}

_ADDED = "新增 增加 新增人员 纳入 加入 增 add added new +"
_ENDED = "退出 减少 停保 取消 移出 退出人员 减 注销 停发 remove removed end ended delete -"
_UNCHANGED = "不变 无变化 保持 维持 续保 unchanged keep"


_ADMITTED: dict[str, tuple[str, str, str]] = {
    "name": _FIELDS["name"],
    "change": _FIELDS["change"],
    "first": (
        "入医日期", "Admission date",
        "积分入医日期 入医确认日期 确认日期 准入日期 取得资格日期 取得入医资格日期 入医资格日期 批准日期 核准日期 "
        "入医时间 admittedon admitted",
    ),
    "identity_type": _FIELDS["identity_type"],
    "identity_number": _FIELDS["identity_number"],
    "school": ("学校", "School", "学校名称 就读学校 所在学校 拟就读学校 幼儿园 托幼机构 学校（园） schoolname"),
}  # fmt: skip
"""A list of admitted children: no category, an admission date, and where the child goes to school. 积分入医名单"""


def _headings(*required: str, of: dict[str, tuple[str, str, str]] = _FIELDS) -> Headings:
    fields = tuple(
        Field(name=name, title=Text(zh=zh, en=en), required=name in required) for name, (zh, en, _) in of.items()
    )
    # What schools call a document's kind and number, bodies call it too.
    names = {name: field for name, field in ROSTER.names.items() if field in ("identity_type", "identity_number")}
    for name, (zh, en, more) in of.items():
        names |= dict.fromkeys((canonical(word) for word in (zh, en, *more.split())), name)
    persons = {canonical(word): "" for word in _PERSONS.split()}
    return Headings(fields=fields, names=names, persons=persons, of_person={"": dict(names)})


FULL = _headings("name", "category", "identity_number")
"""what the columns of a full list are called"""
CHANGES = _headings("name", "change", "category", "identity_number")
"""the same for a list of changes"""

ADMITTED = _headings("name", "first", "identity_number", of=_ADMITTED)
"""what the columns of a full list of admitted children are called"""
ADMITTED_CHANGES = _headings("name", "change", "identity_number", of=_ADMITTED)
"""the same for a list of changes"""
ADMITTED_TITLES: dict[str, Text] = {field.name: field.title for field in ADMITTED.fields}
"""the title of each of its fields"""

TITLES: dict[str, Text] = {field.name: field.title for field in FULL.fields}
"""the title of each field, for messages and for the template"""

CATEGORIES: dict[str, str] = {
    compact(word): code
    for code, words in _CATEGORY_WORDS.items()
    for word in (code, ASSISTANCE[code].zh, ASSISTANCE[code].en.lower(), *words.split())
}
"""what a category is called → its code"""

ACTS: dict[str, str] = {
    word: act for act, words in (("add", _ADDED), ("end", _ENDED), ("keep", _UNCHANGED)) for word in words.split()
}
"""what a change is called → add, end or keep"""
