"""Paper answers in a workbook: a template with the pupils, its reading, what is wrong beside the row. 问卷答卷表

A row is told by a code with a check in it, which says nothing of the child outside the platform, and by the name.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import xlsxwriter
from django.db import transaction

from yingbao.agents.models import Appointment
from yingbao.people.grades import grade_name
from yingbao.people.matching import same_name
from yingbao.people.models import SchoolRoll
from yingbao.sealing import sealed
from yingbao.spreadsheet import cells
from yingbao.spreadsheet.columns import Field, Headings, canonical
from yingbao.spreadsheet.protocol import Mark
from yingbao.spreadsheet.reading import read_table
from yingbao.spreadsheet.table import Table
from yingbao.spreadsheet.workbooks import OPTIONS, Marked, with_marks
from yingbao.survey import typing
from yingbao.survey.answering import NotAnswered, give
from yingbao.survey.composing import current
from yingbao.survey.models import Sheet, Survey
from yingbao.survey.questions import YES_NO, Form, Question
from yingbao.values import reference
from yingbao.values.refusal import Refused
from yingbao.values.text import Language, Text

CODE_KIND = "WJ"
"""问卷, the two letters with which every row's code begins"""
CODE, NAME, CLASS = Text("编号", "Code"), Text("姓名", "Name"), Text("班级", "Class")
SHEET = "问卷"
_MOST_LISTED = 255
"""so many signs a list to choose from holds in a workbook"""
Tell = Callable[[int, int], None]


def code_of(person: int) -> str:
    """What tells a pupil in a workbook. 行编号"""
    return reference.make(CODE_KIND, person)


def title_of(number: int, question: Question) -> str:
    """What a question's column is called: its number and words, without the marks that a header loses. 列名"""
    return f"第{number}题 {question.text.zh}"


def headings(form: Form) -> Headings:
    """How the columns of this questionnaire are known. 列名词典"""
    fields = [Field("code", CODE, True), Field("name", NAME, True), Field("class", CLASS)]
    names = {canonical(text.zh): name for text, name in ((CODE, "code"), (NAME, "name"), (CLASS, "class"))}
    for number, one in enumerate(form.questions, 1):
        fields.append(Field(f"q-{one.key}", one.text))
        names[canonical(title_of(number, one))] = f"q-{one.key}"
    return Headings(tuple(fields), names, {}, {})


def template(form: Form, rolls: Iterable[SchoolRoll]) -> bytes:
    """A workbook with these pupils, and lists to choose from. 下载答卷表"""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, OPTIONS) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@", "quote_prefix": True})
        page = book.add_worksheet(SHEET)
        titles = [CODE.zh, CLASS.zh, NAME.zh, *(title_of(n, one) for n, one in enumerate(form.questions, 1))]
        for at, title in enumerate(titles):
            page.set_column(at, at, 14 if at < 3 else 24, text)
            page.write_string(0, at, title, head)
        last = 0
        for last, roll in enumerate(rolls, 1):
            for at, word in enumerate((code_of(roll.person_id), class_label(roll), roll.person.name)):
                page.write_string(last, at, word, text)
        for at, one in enumerate(form.questions, 3):
            _offer(page, at, one, max(last, 1))
        page.freeze_panes(1, 3)
    return content.getvalue()


def class_label(roll: SchoolRoll) -> str:
    """A pupil's class, in Chinese. 班级"""
    grade = grade_name(roll.stage, roll.grade).zh if roll.grade is not None else ""
    return f"{grade}{roll.class_name}"


def _offer(page: Any, at: int, one: Question, last: int) -> None:
    words = [text.zh for text in (YES_NO if one.kind == "yes_no" else one.choices).values()]
    told = "、".join(f"{number} {word}" for number, word in enumerate(words, 1))
    if one.kind == "several":
        page.write_comment(0, at, f"可填几个数字，中间空格：{told}", {"x_scale": 2})
    elif words and sum(len(word) + 1 for word in words) <= _MOST_LISTED and not any("," in word for word in words):
        page.data_validation(1, at, last, at, {"validate": "list", "source": words, "error_type": "warning"})
    elif words:
        page.write_comment(0, at, told, {"x_scale": 2})


class Row(NamedTuple):
    """One row of the workbook. 一行"""

    number: int
    code: str
    name: str
    said: dict[str, str]


class Fault(msgspec.Struct, frozen=True):
    """What is wrong in one row, as it lies sealed until it is mended. 行错误"""

    row: int
    letter: str
    name: str
    what: Text
    mend: Text


def keep(*, survey: Survey, filename: str, data: bytes, by: Appointment, at: datetime) -> Sheet:
    """Keep an uploaded workbook, sealed, until a job has read it. 收下答卷表"""
    if not data:
        raise Refused(
            where=filename, what=Text("文件是空的", "the file is empty"), mend=Text("请重新选择文件", "choose it again")
        )
    return Sheet.objects.create(
        survey=survey, school=by.organisation, filename=filename[-200:], content_cipher=sealed.seal_bytes(data),
        by=by.user, at=at,
    )  # fmt: skip


def take_in(*, sheet: Sheet, by: Appointment, at: datetime, progress: Tell = lambda done, total: None) -> Sheet:
    """Take the answers of a workbook; a row with something wrong is left out and told, the others stand. 导入

    Run twice it ends the same: an answer that is there already changes nothing. All rows are written, or none.
    """
    if sheet.content_cipher is None:
        return sheet
    data = sealed.unseal_bytes(sheet.content_cipher)
    version = current(sheet.survey)
    if version is None:
        return sheet
    form = version.form
    table = read_table(data, sheet.filename, headings=headings(form))
    counts = {"taken": 0, "same": 0, "changed": 0, "kept": 0, "empty": 0, "wrong": 0}
    faults: list[Fault] = []
    with transaction.atomic():
        pupils = _pupils(by)
        seen: dict[str, int] = {}
        for done, row in enumerate(_rows(table)):
            progress(done, table.row_count + 1)
            found = _faults_of(row, pupils, seen, table)
            if not found and not row.said:
                counts["empty"] += 1
                continue
            found = found or _given(sheet, form, row, pupils, table, by, at, counts)
            faults += found
            counts["wrong"] += bool(found)
        sheet.counts = counts
        sheet.layout = {"kind": table.kind, "sheet": table.sheet, "header_row": table.header_row}
        sheet.errors_cipher = sealed.seal(msgspec.json.encode(faults).decode()) if faults else None
        sheet.content_cipher = sheet.content_cipher if faults else None
        sheet.save()
    progress(table.row_count + 1, table.row_count + 1)
    return sheet


def faults_of(sheet: Sheet) -> list[Fault]:
    """What is wrong in a workbook, row by row. 错误清单"""
    if sheet.errors_cipher is None:
        return []
    return msgspec.json.decode(sealed.unseal(bytes(sheet.errors_cipher)), type=list[Fault])


def marked(sheet: Sheet, *, language: Language) -> Marked:
    """The clerk's own file with what is wrong beside the rows. Refused if nothing is left to mend. 标错文件"""
    if sheet.content_cipher is None:
        raise Refused(
            where=sheet.filename, what=Text("这份文件已经清除", "this file has been erased"),
            mend=Text("重新上传", "upload it again"),
        )  # fmt: skip
    marks = [
        Mark(row=one.row, letter=one.letter, said=f"{one.what.said(language)} {one.mend.said(language)}", severe=True)
        for one in faults_of(sheet)
    ]
    layout = sheet.layout
    return with_marks(
        sealed.unseal_bytes(sheet.content_cipher), sheet.filename, kind=layout["kind"], sheet=layout["sheet"],
        header_row=layout["header_row"], marks=marks, language=language,
    )  # fmt: skip


def _rows(table: Table) -> Iterator[Row]:
    fields = [column.field for column in table.columns]
    for number, row in table.rows():
        held = {field: cells.text(cell).strip() for field, cell in zip(fields, row, strict=True)}
        said = {field[2:]: word for field, word in held.items() if field.startswith("q-") and word}
        yield Row(number, held.get("code", ""), held.get("name", ""), said)


def _pupils(by: Appointment) -> dict[str, SchoolRoll]:
    rolls = SchoolRoll.objects.filter(school=by.organisation, left_on__isnull=True).select_related("person")
    return {code_of(one.person_id): one for one in rolls}


def _faults_of(row: Row, pupils: dict[str, SchoolRoll], seen: dict[str, int], table: Table) -> list[Fault]:
    """A row that is nobody's here, or somebody's twice."""
    codes = reference.found_in(row.code)
    roll = pupils.get(codes[0]) if codes else None
    if roll is None:
        what = Text("编号不是本校学生的", "The code is none of your pupils'")
        mend = Text(
            "请从平台重新下载带学生的表，不要改编号。", "Download the sheet again; leave the codes as they are."
        )
    elif not same_name(roll.person.name, row.name):
        what = Text("姓名与编号对不上", "Name and code are not the same pupil's")
        mend = Text("请核对是不是填错了行。", "See whether it is in the wrong row.")
    elif codes[0] in seen:
        what = Text("第{n}行已经有这个学生", "Row {n} has this pupil already").filled(n=seen[codes[0]])
        mend = Text("请删去多余的一行。", "Remove one of the two.")
    else:
        seen[codes[0]] = row.number
        return []
    return [Fault(row.number, _letter(table, "name" if "姓名" in what.zh else "code"), row.name, what, mend)]


def _given(
    sheet: Sheet, form: Form, row: Row, pupils: dict[str, SchoolRoll], table: Table, by: Appointment, at: datetime,
    counts: dict[str, int],
) -> list[Fault]:  # fmt: skip
    person = pupils[reference.found_in(row.code)[0]].person
    try:
        with transaction.atomic():
            answers = typing.row(form.questions, row.said)
            done = give(survey=sheet.survey, person=person, given=answers, source="sheet", by=by, at=at)
    except NotAnswered as refused:
        return [
            Fault(row.number, _letter(table, f"q-{one.question}"), row.name, one.what, one.mend)
            for one in refused.wrong
        ]
    except Refused as refused:
        return [Fault(row.number, "", row.name, refused.what, refused.mend)]
    counts[done.what] += 1
    return []


def _letter(table: Table, field: str) -> str:
    return next((column.letter for column in table.columns if column.field == field), "")
