"""The templates that schools and communities download and fill in. 花名册与儿童登记表模板"""

from __future__ import annotations

import io
from typing import Any

import msgspec
import xlsxwriter

from yingbao.spreadsheet.roster_columns import TITLES
from yingbao.spreadsheet.workbooks import OPTIONS
from yingbao.values import identity

SHEET, CHILDREN_SHEET = "花名册", "儿童登记表"

_SEXES = ["男", "女"]
_YES_NO = ["是", "否"]
_GRADES = [
    "托班", "小班", "中班", "大班", "一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三",
    "高一", "高二", "高三", "职一", "职二", "职三",
]  # fmt: skip
_STAGES = ["幼儿园", "小学", "初中", "高中", "中职", "特殊教育"]
_RELATIONS = ["父亲", "母亲", "祖父母", "外祖父母", "其他"]
_KINDS = [name.zh for name in identity.NAMES.values()]


class _Column(msgspec.Struct, frozen=True):
    """One column of the template: field, width, whether it must be filled, choices, and how to fill it."""

    field: str
    width: float
    must: bool
    choices: list[str]
    zh: str
    en: str
    example: str


Columns = tuple[_Column, ...]

_COLUMNS: Columns = (
    _Column("name", 12, True, [], "按身份证件上的姓名填写", "as on the identity document", "张小明"),
    _Column(
        "identity_type", 20, False, _KINDS, "不填按号码判断；港澳台和外籍学生请填写",
        "found from the number if empty; give it for pupils from HK, Macau, Taiwan or abroad", "居民身份证",
    ),
    _Column(
        "identity_number", 22, True, [], "按文本填写，不要让表格变成数字", "as text; never as a number",
        identity.with_check_character("32050520120305123"),
    ),
    _Column("sex", 6, False, _SEXES, "身份证号能看出性别的可不填", "may be left out if the number tells it", "男"),
    _Column(
        "birth_date", 13, False, [], "如 2012-03-05；身份证号能看出的可不填",
        "such as 2012-03-05; may be left out if the number tells it", "2012-03-05",
    ),
    _Column(
        "school_stage", 10, False, _STAGES, "年级能看出学段的可不填", "may be left out if the grade tells it", "小学",
    ),
    _Column("grade", 10, True, _GRADES, "如 三年级、初一、高一、大班", "such as 三年级, 初一, 高一, 大班", "二年级"),
    _Column("class_name", 10, True, [], "如 3班", "such as 3班", "3班"),
    _Column(
        "roll_number", 23, False, [], "G加身份证号，或J、L加18位；没有不填",
        "G and the identity number, or J or L and 18 more; empty if there is none",
        "G" + identity.with_check_character("32050520120305123"),
    ),
    _Column(
        "hukou", 24, False, [], "写到区县，或填6位行政区划代码；没有内地户籍的不填",
        "province, city and district, or the six-digit code; empty without mainland hukou", "江苏省苏州市虎丘区",
    ),
    _Column("guardian_name", 12, False, [], "一名监护人的姓名", "name of one guardian", "张大明"),
    _Column(
        "guardian_relation", 12, False, _RELATIONS, "监护人是学生的什么人", "who the guardian is to the pupil", "父亲",
    ),
    _Column(
        "guardian_phone", 15, False, [], "手机号11位，座机加区号", "11 digits, or a landline with area code",
        "13800000000",
    ),
    _Column(
        "guardian_identity_number", 22, False, [], "按文本填写", "as text",
        identity.with_check_character("32050519850612123"),
    ),
    _Column(
        "parent_hukou", 26, False, [], "学生不是本市户籍时填写；两地用分号隔开",
        "if the pupil's hukou is elsewhere; two places with ; between", "江苏省苏州市姑苏区；安徽省阜阳市颍上县",
    ),
    _Column(
        "residence_permit", 10, False, _YES_NO, "学生或父母是否持有居住证", "whether there is a residence permit", "否",
    ),
    _Column(
        "parent_employee_insured", 16, False, _YES_NO, "父母一方是否参加本市职工医保",
        "whether a parent has employee insurance here", "是",
    ),
    _Column("entered_on", 13, False, [], "如 2019-09-01", "such as 2019-09-01", "2019-09-01"),
)  # fmt: skip
_OF_A_CHILD = {
    "name": True, "identity_type": False, "identity_number": True, "sex": False, "birth_date": False, "hukou": True,
    "guardian_name": False, "guardian_relation": True, "guardian_phone": True, "parent_hukou": False,
}  # fmt: skip
"""the columns for children outside school, and whether each must be filled"""
CHILDREN_FIELDS = tuple(_OF_A_CHILD)
_IN_OTHER_WORDS = {
    "identity_type": (
        "不填按号码判断；新生儿可用出生医学证明",
        "found from the number if empty; a birth certificate will do",
    ),
    "hukou": (
        "写到区县，或填6位代码；持港澳台或外籍证件的不填",
        "down to the district, or six digits; none from abroad",
    ),
    "guardian_relation": ("监护人是孩子的什么人", "who the guardian is to the child"),
    "parent_hukou": (
        "孩子户籍不在本社区时填写父母的；两地用分号隔开",
        "if the child's lies elsewhere; two with ; between",
    ),
}
_BORN_LATER = identity.with_check_character("32050520170305123")
_CHILD_EXAMPLE = {"identity_number": _BORN_LATER, "birth_date": "2017-03-05", "parent_hukou": ""}
_CHILDREN_COLUMNS = tuple(
    msgspec.structs.replace(
        column, must=_OF_A_CHILD[column.field], example=_CHILD_EXAMPLE.get(column.field, column.example),
        **dict(zip(("zh", "en"), _IN_OTHER_WORDS.get(column.field, (column.zh, column.en)), strict=True)),
    )
    for column in _COLUMNS if column.field in _OF_A_CHILD
)  # fmt: skip
_FILLED_ROWS = 5000
"""rows for which the lists to choose from are laid out"""
_ADVICE = (
    (
        "每名学生一行，从第2行开始；列的先后可以改变，不用的列可以删去。",
        "One row for each pupil, from row 2; columns may be moved, and unused ones deleted.",
    ),
    (
        "带*的列必须填写。证件号码列已设为文本，粘贴时请选“只粘贴值”。",
        "Columns with * must be filled. Number columns are set to text; paste values only.",
    ),
    (
        "从别的表复制过来的列名，如“学生姓名”“身份证件号”，一般也能识别。",
        "Names of columns from other lists, such as 学生姓名 or 身份证件号, are usually understood too.",
    ),
    (
        "上传后先核对，不会直接写入；有错误的行会标在文件里退回。",
        "After the upload you review first; nothing is written yet. Errors come back marked in the file.",
    ),
)


_CHILDREN_ADVICE = (
    (
        "每名孩子一行，从第2行开始。只填户籍（或父母户籍）在本社区、没有上学的孩子；在校学生由学校办理。",
        "One row for each child, from row 2: those with hukou here, their own or a parent's, who are not at school.",
    ),
    *_ADVICE[1:3],
    (
        "上传后先核对，不会直接登记；已登记过的不会重复，有错误的行会标在文件里退回。",
        "After the upload you review first. Nobody is registered twice; errors come back marked in the file.",
    ),
)


def roster_template() -> bytes:
    """An empty roster with lists to choose from, an example and explanations, as .xlsx. 下载模板"""
    return _template(SHEET, _COLUMNS, _ADVICE)


def children_template() -> bytes:
    """The same for a community's children outside school. 下载儿童登记表模板"""
    return _template(CHILDREN_SHEET, _CHILDREN_COLUMNS, _CHILDREN_ADVICE)


def _template(sheet: str, columns: Columns, advice: tuple[tuple[str, str], ...]) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        styles = {
            "must": book.add_format(
                {"bold": True, "bg_color": "#F8CBAD", "border": 1, "text_wrap": True, "valign": "top"}
            ),
            "may": book.add_format(
                {"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"}
            ),
            "text": book.add_format({"num_format": "@"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        _write_roster(book.add_worksheet(sheet), styles, columns)
        _write_example(book.add_worksheet("填写示例"), styles, columns)
        _write_explanation(book.add_worksheet("填写说明"), styles, columns, advice)
    return content.getvalue()


def _write_headings(page: Any, styles: dict[str, Any], columns: Columns) -> None:
    for at, column in enumerate(columns):
        title = TITLES[column.field]
        page.set_column(at, at, column.width, styles["text"])
        page.write_string(0, at, ("*" if column.must else "") + title.zh, styles["must" if column.must else "may"])
    page.freeze_panes(1, 1)


def _write_roster(page: Any, styles: dict[str, Any], columns: Columns) -> None:
    _write_headings(page, styles, columns)
    for at, column in enumerate(columns):
        page.write_comment(0, at, f"{TITLES[column.field].en}\n{column.zh}\n{column.en}", {"x_scale": 2})
        if column.choices:
            validation = {
                "validate": "list",
                "source": column.choices,
                # A warning only: a grade that is not in the list may still be understood.
                "error_type": "warning",
                "error_title": "请从列表中选择",
                "error_message": "可填：" + "、".join(column.choices)[:200],
            }
            page.data_validation(1, at, _FILLED_ROWS, at, validation)


def _write_example(page: Any, styles: dict[str, Any], columns: Columns) -> None:
    _write_headings(page, styles, columns)
    for at, column in enumerate(columns):
        page.write_string(1, at, column.example, styles["text"])


def _write_explanation(
    page: Any, styles: dict[str, Any], columns: Columns, advice: tuple[tuple[str, str], ...]
) -> None:
    for row, (zh, en) in enumerate(advice):
        page.merge_range(row, 0, row, 3, f"{zh}\n{en}", styles["wrap"])
        page.set_row(row, 32)
    start = len(advice) + 1
    for at, title in enumerate(("列名", "Column", "怎样填写", "How to fill it")):
        page.write_string(start, at, title, styles["may"])
        page.set_column(at, at, (18, 30, 44, 60)[at])
    for row, column in enumerate(columns, start + 1):
        meant = TITLES[column.field]
        for at, said in enumerate((("*" if column.must else "") + meant.zh, meant.en, column.zh, column.en)):
            page.write_string(row, at, said, styles["wrap"])
