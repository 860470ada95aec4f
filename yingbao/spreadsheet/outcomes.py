"""What may become of a roster's row, in words. 花名册核对结果"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from yingbao.people.grades import grade_name, stage_name
from yingbao.spreadsheet.children_outcomes import CHILDREN_FAULTS
from yingbao.spreadsheet.faults import Wrong
from yingbao.spreadsheet.models import Roster, RosterRow
from yingbao.spreadsheet.roster_columns import TITLES
from yingbao.values import divisions, identity
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
    **CHILDREN_FAULTS,
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


class Problem(NamedTuple):
    """What is wrong or doubtful in a row, where, and what to do. 问题"""

    row: int
    letter: str
    """of the column; empty if the row as a whole is meant"""
    header: Text
    """the column as the file calls it"""
    value: str
    what: Text
    mend: Text
    severe: bool

    @property
    def place(self) -> str:
        """The cell as a spreadsheet names it: C17."""
        return f"{self.letter}{self.row}"


_TWICE = Wrong(
    "identity_number",
    Text("与第 {row} 行是同一名学生，本行不导入", "the same pupil as in row {row}; this row is not imported"),
    Text("核对两行，删去多余的一行", "compare both rows and delete one"),
)


def problems(roster: Roster, row: RosterRow) -> Iterator[Problem]:
    """All that the reader and the comparison have to say about a row. 问题清单"""
    assert row.row_number is not None
    wrong = FAULTS.get(row.fault) or (_TWICE if row.outcome == RosterRow.Outcome.DUPLICATE else None)
    for said in row.errors:
        if wrong is _TWICE and said["field"] == wrong.field:
            continue  # the reader's doubt about the number is what the comparison has settled
        yield Problem(
            row=row.row_number,
            letter=said["letter"],
            header=_header(said["header"], said["field"]),
            value=said["value"],
            what=Text(**said["what"]),
            mend=Text(**said["mend"]),
            severe=said["severity"] == "error",
        )
    if wrong is None:
        return
    columns = roster.layout["columns"]
    letter, header = next((columns[field] for field in _told_in(wrong.field) if field in columns), ("", ""))
    yield Problem(
        row=row.row_number,
        letter=letter,
        header=_header(header, wrong.field),
        value=_value(row, wrong.field),
        what=wrong.what.filled(row=row.other_row, body=row.other_school.name if row.other_school else ""),
        mend=wrong.mend,
        severe=True,
    )


def _told_in(field: str) -> tuple[str, ...]:
    """The columns in which a field may be told: the stage mostly by the grade, 初二."""
    return ("school_stage", "grade", "class_name") if field == "school_stage" else (field,)


def _header(header: str, field: str) -> Text:
    """The column as the file calls it, else the field's own name."""
    return Text(header, header) if header else TITLES.get(field, Text("", ""))


def _value(row: RosterRow, field: str) -> str:
    """What the row has in the field, as a screen may show it."""
    match field:
        case "name":
            return row.name
        case "identity_number":
            return row.number_masked
        case "grade" | "school_stage":
            return grade_name(row.stage, row.grade).zh if row.stage else ""
        case _:
            return ""


class Difference(NamedTuple):
    """A field that the roster changes, in words. 变化"""

    field: Text
    before: Text | None
    """None if it is not ours to see, or was empty"""
    after: Text


def differences(row: RosterRow) -> Iterator[Difference]:
    """What would change, field by field. 变化清单"""
    for key in sorted(row.changes, key=_order):
        before, after = row.changes[key]
        shown = [_in_words(row, key, value) for value in (before, after)]
        yield Difference(field_name(key), shown[0] if before not in (None, "") else None, shown[1])


def _order(key: str) -> tuple[int, str]:
    return (list(FIELDS).index(key), "") if key in FIELDS else (len(FIELDS), key)


_YES_NO = {True: Text("有", "yes"), False: Text("无", "no")}
_SEXES = {"male": Text("男", "male"), "female": Text("女", "female")}
_RELATIONS = {
    "father": Text("父亲", "father"),
    "mother": Text("母亲", "mother"),
    "grandparent": Text("祖父母", "grandparent"),
    "other": Text("其他", "other"),
}
EMPTY = Text("（空）", "(empty)")


def _in_words(row: RosterRow, key: str, value: object) -> Text:
    """A stored value as people say it."""
    if value in (None, ""):
        return EMPTY
    if isinstance(value, bool):
        return _YES_NO[value]
    said = str(value)
    match key.rpartition(".")[2]:
        case "hukou":
            return divisions.name(said)
        case "stage":
            return stage_name(said)
        case "grade":
            return _grade(row, value)
        case "sex":
            return _SEXES[said]
        case "relation":
            return _RELATIONS[said]
        case "identity_kind":
            return identity.NAMES[said]  # type: ignore[index]
        case "school_year" if isinstance(value, int):
            return Text(f"{value}–{value + 1}学年", f"{value}/{value + 1}")
        case _:
            return Text(said, said)


def _grade(row: RosterRow, value: object) -> Text:
    """A grade is called after its stage, which may change with it."""
    stages = row.changes.get("stage")
    if stages:
        return grade_name(stages[0 if value == row.changes["grade"][0] else 1], int(str(value)))
    return grade_name(row.stage, int(str(value))) if row.stage else Text(str(value), str(value))
