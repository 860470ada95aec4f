"""What may become of a roster's row, in words. 花名册核对结果"""

from __future__ import annotations

from typing import NamedTuple

from yingbao.values.text import Text

OUTCOMES: dict[str, tuple[Text, Text]] = {
    "error": (
        Text("有错误", "With errors"),
        Text(
            "这些行不会导入；请按提示改正后重新上传", "These rows are not imported; mend them as told and upload again"
        ),
    ),
    "duplicate": (
        Text("文件内重复", "Twice in the file"),
        Text("同一学生只导入第一行", "Of one pupil only the first row is imported"),
    ),
    "on_two_rosters": (
        Text("两校同时在册", "On two rosters"),
        Text(
            "另一所学校本学年也报了这名学生；导入后两校都会看到，由双方核实后一方放手",
            "Another school names the pupil this school year as well; both are told, and neither loses the pupil "
            "until one lets go",
        ),
    ),
    "moved_here": (
        Text("转入", "Moved here"),
        Text("从其他学校转来，导入后在原校的学籍随之结束", "Come from another school, whose roll they leave"),
    ),
    "new": (Text("新增", "New"), Text("本校名册上还没有的学生", "Pupils who are not on your roll yet")),
    "changed": (
        Text("有变化", "Changed"),
        Text("名册上已有，信息与文件不同", "On your roll, but the file says otherwise"),
    ),
    "left": (
        Text("不在名单", "Not in the file"),
        Text("名册上有而文件中没有的学生", "Pupils on your roll whom the file does not name"),
    ),
    "unchanged": (Text("无变化", "Unchanged"), Text("与名册一致", "As on your roll")),
}
"""outcome → its name and what it means, in the order in which a clerk looks at them"""

IMPORTED = ("new", "moved_here", "on_two_rosters", "changed", "unchanged")
"""the outcomes whose rows a commit takes"""


class Wrong(NamedTuple):
    """What the comparison found wrong with a row, and the field it is about. 核对错误"""

    field: str
    what: Text
    mend: Text


FAULTS: dict[str, Wrong] = {
    "name_conflict": Wrong(
        "name",
        Text(
            "该证件号码在系统中属于另一姓名的人员",
            "this identity number belongs to a person of another name",
        ),
        Text(
            "对照证件核对姓名和号码；若学生已改名，请向医保经办机构申请更正姓名后再导入",
            "compare name and number with the document; if the pupil's name was changed by law, ask the insurance "
            "agency to correct it first",
        ),
    ),
    "number_twice": Wrong(
        "identity_number",
        Text(
            "第 {row} 行的证件号码相同而姓名不同",
            "row {row} has the same identity number with another name",
        ),
        Text("对照证件找出填错的一行并改正", "find out from the documents which row is wrong and correct it"),
    ),
    "stage_unknown": Wrong(
        "school_stage",
        Text("看不出学生属于哪个学段", "the stage of schooling cannot be told"),
        Text(
            "在“年级”列填写如“一年级”“初二”“大班”，或增加“学段”列",
            "write a grade such as 一年级, 初二 or 大班, or add a column 学段",
        ),
    ),
    "stage_not_here": Wrong(
        "school_stage",
        Text("本校没有这个学段", "your school does not have this stage"),
        Text(
            "核对年级和学段；若本校新设了学段，请与医保经办机构联系",
            "check grade and stage; if your school has a new stage, tell the insurance agency",
        ),
    ),
    "grade_unheard_of": Wrong(
        "grade",
        Text("这个学段没有这个年级", "this stage has no such grade"),
        Text("核对年级，如小学为一至六年级", "check the grade: primary school has grades 1 to 6"),
    ),
}

FIELDS: dict[str, Text] = {
    "number": Text("证件号码", "Identity number"),
    "identity_kind": Text("证件类型", "Kind of document"),
    "sex": Text("性别", "Sex"),
    "birth_date": Text("出生日期", "Birth date"),
    "hukou": Text("户籍所在地", "Hukou"),
    "residence_permit": Text("居住证", "Residence permit"),
    "parent_employee_insured": Text("父母参加职工医保", "Parent in employee insurance"),
    "school_year": Text("学年", "School year"),
    "stage": Text("学段", "Stage"),
    "grade": Text("年级", "Grade"),
    "class_name": Text("班级", "Class"),
    "roll_number": Text("学籍号", "School-roll number"),
    "entered_on": Text("入学日期", "Entry date"),
}
"""the fields of a pupil that a roster can change"""

GUARDIAN_FIELDS: dict[str, Text] = {
    "name": Text("姓名", "name"),
    "relation": Text("关系", "relation"),
    "hukou": Text("户籍所在地", "hukou"),
    "phone": Text("联系电话", "phone"),
    "number": Text("身份证号", "identity number"),
}


def field_name(key: str) -> Text:
    """A changed field in words: `grade`, `guardian2.phone`. 字段名"""
    if key.startswith("guardian"):
        position, _, part = key.removeprefix("guardian").partition(".")
        whose = Text("监护人{n}", "Guardian {n}: ").filled(n=position)
        name = GUARDIAN_FIELDS[part]
        return Text(whose.zh + name.zh, whose.en + name.en)
    return FIELDS[key]
