"""What a body takes away: the template of its list, its own file with remarks beside the rows. 救助名单下载"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import xlsxwriter

from yingbao.policy.terms import ASSISTANCE
from yingbao.sealing import sealed
from yingbao.spreadsheet.assisted_columns import ADMITTED_TITLES, TITLES
from yingbao.spreadsheet.models import AssistedList, AssistedRow
from yingbao.spreadsheet.protocol import Mark
from yingbao.spreadsheet.workbooks import OPTIONS, Marked, with_marks
from yingbao.values import identity
from yingbao.values.refusal import Refused
from yingbao.values.text import Language, Text

SHEET = "救助名单"
_FILLED_ROWS = 5000
Match, Verdict = AssistedRow.Match, AssistedRow.Verdict

REMARKS: dict[str, Text] = {
    Match.UNMATCHED: Text(
        "平台上还没有这个号码的人；生效后每天再找，找到即办理",
        "nobody on the platform bears this number yet; it is looked for every day and taken up once found",
    ),
    Match.NAME_DIFFERS: Text(
        "这个号码在平台上是另一个姓名，要由您核实",
        "on the platform this number bears another name; you have to settle it",
    ),
    Match.AMBIGUOUS: Text(
        "平台上有同名同生日、证件不同的人，要由您核实",
        "the platform knows somebody of this name and birth date under another document; you have to settle it",
    ),
}
"""what is said of rows whose person is not known for sure"""


class _Column(NamedTuple):
    field: str
    width: float
    must: bool
    choices: list[str]
    zh: str
    en: str
    example: str


_CATEGORIES = [name.zh for name in ASSISTANCE.values()]
_COLUMNS = (
    _Column("change", 8, True, ["新增", "退出"], "新增或退出", "add or remove", "新增"),
    _Column("name", 12, True, [], "按身份证件上的姓名填写", "as on the identity document", "张小明"),
    _Column(
        "identity_type", 20, False, [name.zh for name in identity.NAMES.values()], "不填按号码判断",
        "found from the number if empty", "居民身份证",
    ),
    _Column(
        "identity_number", 22, True, [], "按文本填写，不要让表格变成数字；只按号码认人",
        "as text, never as a number; people are known by it alone", identity.with_check_character("32050520120305123"),
    ),
    _Column("category", 18, True, _CATEGORIES, "一人属于几类的，每类一行", "one row for each category", "低保"),
    _Column(
        "first", 13, False, [], "身份从哪天起；不填按名单日期", "the first day; empty means the list's date",
        "2019-01-01",
    ),
    _Column(
        "last", 13, False, [], "身份到哪天止（含当天）；没有期限不填", "the last day, included; empty if there is none",
        "",
    ),
)  # fmt: skip


_ADMITTED_COLUMNS = (
    *(column for column in _COLUMNS if column.field in ("change", "name", "identity_type", "identity_number")),
    _Column("first", 13, True, [], "取得积分入医资格的日期", "the day of the admission", "2019-08-20"),
    _Column("school", 24, False, [], "就读学校，可不填", "the school; may be empty", "星海实验小学"),
)  # fmt: skip


def admitted_template(kind: str) -> bytes:
    """An empty list of admitted children, as .xlsx. 积分入医名单模板"""
    return _template(_ADMITTED_COLUMNS, ADMITTED_TITLES, "积分入医名单", kind)


def assisted_template(kind: str) -> bytes:
    """An empty list of either kind with choices and an example, as .xlsx. 救助名单模板"""
    return _template(_COLUMNS, TITLES, SHEET, kind)


def _template(all_columns: Sequence[_Column], titles: Mapping[str, Text], sheet: str, kind: str) -> bytes:
    columns = [column for column in all_columns if column.field != "change" or kind == AssistedList.Kind.CHANGES]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        styles = {
            must: book.add_format({"bold": True, "bg_color": colour, "border": 1, "text_wrap": True, "valign": "top"})
            for must, colour in ((True, "#F8CBAD"), (False, "#DDEBF7"))
        }
        text = book.add_format({"num_format": "@"})
        pages = [book.add_worksheet(sheet), book.add_worksheet("填写示例")]
        for page in pages:
            for at, column in enumerate(columns):
                title = titles[column.field]
                page.set_column(at, at, column.width, text)
                page.write_string(0, at, ("*" if column.must else "") + title.zh, styles[column.must])
                page.write_comment(0, at, f"{title.en}\n{column.zh}\n{column.en}", {"x_scale": 2})
            page.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            pages[1].write_string(1, at, column.example, text)
            if column.choices:
                pages[0].data_validation(1, at, _FILLED_ROWS, at, _choice(column.choices))
    return content.getvalue()


def _choice(choices: list[str]) -> dict[str, Any]:
    """A list to choose from; a warning only, because other names may be understood too."""
    return {
        "validate": "list",
        "source": choices,
        "error_type": "warning",
        "error_title": "请从列表中选择",
        "error_message": ("可填：" + "、".join(choices))[:200],
    }


def marked_list(found: AssistedList, *, language: Language) -> Marked:
    """The body's own file with what is wrong or doubtful beside the rows. 标注文件

    Raises Refused if the file was erased because nothing was left to mend.
    """
    if found.content_cipher is None:
        raise Refused(
            where=found.filename,
            what=Text("这份文件已经清除", "this file has been erased"),
            mend=Text("重新上传名单", "upload the list again"),
        )
    rows = found.rows.filter(row_number__isnull=False).order_by("row_number")
    rows = rows.exclude(match=Match.MATCHED, faults=[]).exclude(verdict=Verdict.ACCEPTED)
    layout = found.layout
    return with_marks(
        sealed.unseal_bytes(found.content_cipher),
        found.filename,
        kind=layout["kind"],
        sheet=layout["sheet"],
        header_row=layout["header_row"],
        marks=[mark for row in rows for mark in _marks(found, row, language)],
        language=language,
    )


def _marks(found: AssistedList, row: AssistedRow, language: Language) -> list[Mark]:
    assert row.row_number is not None
    stop, colon = ("。", "：") if language == "zh" else (". ", ": ")
    marks = [
        Mark(
            row=row.row_number,
            letter=fault["letter"],
            said=f"{fault['header']}{colon}{fault['what'][language]}{stop}{fault['mend'][language]}",
            severe=fault["severity"] == "error",
        )
        for fault in row.faults
    ]
    if (remark := REMARKS.get(row.match)) is not None:
        letter = found.layout["columns"]["identity_number"][0]
        marks.append(Mark(row=row.row_number, letter=letter, said=remark.said(language), severe=False))
    return marks
