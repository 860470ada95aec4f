"""What a school takes away: the template, its own file with the errors marked, its pupils. 下载"""

from __future__ import annotations

from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from yingbao.enrolment.lifecycle import STATE_NAMES, State
from yingbao.enrolment.models import Enrolment
from yingbao.people.grades import grade_name
from yingbao.sealing import sealed
from yingbao.spreadsheet.models import Roster
from yingbao.spreadsheet.outcomes import Problem, problems
from yingbao.spreadsheet.protocol import Mark
from yingbao.spreadsheet.template import roster_template
from yingbao.spreadsheet.workbooks import ExportColumn, Marked, with_marks, write_table
from yingbao.values import divisions, identity
from yingbao.values.refusal import Refused
from yingbao.values.text import Language, Text

__all__ = ["Marked", "errors_workbook", "export_pupils", "has_errors_workbook", "roster_template"]


def has_errors_workbook(roster: Roster) -> bool:
    """Whether there is anything to mend, and the file to mend it in. 是否可下载标错文件"""
    doubtful = any(roster.counts.get(word) for word in ("error", "duplicate", "warned"))
    return doubtful and Roster.objects.filter(pk=roster.pk, content_cipher__isnull=False).exists()


def errors_workbook(roster: Roster, *, language: Language) -> Marked:
    """The clerk's own file with what is wrong beside the cells. 标错文件

    Raises Refused if the file was erased because nothing was left to mend.
    """
    if roster.content_cipher is None:
        raise Refused(
            where=roster.filename,
            what=Text("这份文件已经清除", "this file has been erased"),
            mend=Text("重新上传花名册", "upload the roster again"),
        )
    layout = roster.layout
    return with_marks(
        sealed.unseal_bytes(roster.content_cipher),
        roster.filename,
        kind=layout["kind"],
        sheet=layout["sheet"],
        header_row=layout["header_row"],
        marks=[_mark(problem, language) for problem in _all_problems(roster)],
        language=language,
    )


def _all_problems(roster: Roster) -> list[Problem]:
    doubtful = roster.rows.filter(row_number__isnull=False).filter(
        Q(outcome__in=["error", "duplicate"]) | ~Q(errors=[])
    )
    return [
        problem
        for row in doubtful.select_related("other_school").order_by("row_number")
        for problem in problems(roster, row)
    ]


def _mark(problem: Problem, language: Language) -> Mark:
    header, what, mend = (text.said(language) for text in (problem.header, problem.what, problem.mend))
    stop, colon = ("。", "：") if language == "zh" else (". ", ": ")
    said = (f"{header}{colon}" if header else "") + what.rstrip("。.") + stop + mend
    return Mark(row=problem.row, letter=problem.letter, said=said, severe=problem.severe)


_STATUS = {
    "enrolled": Text("可以参保", "can be enrolled"),
    "ineligible": Text("不能参保", "not eligible"),
    "not_open": Text("尚未开始", "not open yet"),
    "closed": Text("已截止", "closed"),
    "refer": Text("由经办人员决定", "an officer decides"),
}
_SEXES = {"male": Text("男", "male"), "female": Text("女", "female")}

_PERSON = ("person__name", "person__sex", "person__birth_date", "person__hukou")
_DOCUMENT = ("document__kind", "document__number_masked", "document__number_cipher")
_ROLL = ("stay__stage", "stay__grade", "stay__class_name", "stay__roll_number_masked")
_GUARDIAN = ("first__name", "first__phone_masked", "first__phone_cipher")
_DECISION = (
    "state", "status", "premium_fen", "self_paid_fen", "subsidised_fen", "coverage_from", "coverage_to", "reason",
)  # fmt: skip


def export_pupils(enrolments: QuerySet[Enrolment], *, language: Language, full_numbers: bool = False) -> bytes:
    """Pupils with their decisions as a workbook, by class; numbers and phones masked unless asked. 导出学生

    Whoever asks for full numbers has to have a reason, and records the look.
    """
    rows = (
        Enrolment.objects.filter(pk__in=enrolments.order_by().values("pk"))
        .annotate(
            document=FilteredRelation("person__documents", condition=Q(person__documents__replaced_at__isnull=True)),
            stay=FilteredRelation(
                "person__rolls",
                condition=Q(person__rolls__left_on__isnull=True, person__rolls__school=F("organisation")),
            ),
            first=FilteredRelation("person__guardians", condition=Q(person__guardians__position=1)),
        )
        .order_by("stay__stage", "stay__grade", "stay__class_name", "person__name_pinyin", "pk")
        .values(*_PERSON, *_DOCUMENT, *_ROLL, *_GUARDIAN, *_DECISION)
    )
    columns = [ExportColumn(title=text.said(language), kind=kind, width=width) for text, kind, width in _COLUMNS]  # type: ignore[arg-type]
    sheet = Text("学生名单", "Pupils").said(language)
    return write_table(columns, (_line(row, language, full_numbers) for row in rows.iterator()), sheet=sheet)


_COLUMNS = (
    (Text("姓名", "Name"), "text", 12.0),
    (Text("证件类型", "Kind of document"), "text", 16.0),
    (Text("证件号码", "Identity number"), "text", 22.0),
    (Text("性别", "Sex"), "text", 6.0),
    (Text("出生日期", "Birth date"), "date", 12.0),
    (Text("年级", "Grade"), "text", 10.0),
    (Text("班级", "Class"), "text", 10.0),
    (Text("学籍号", "School-roll number"), "text", 22.0),
    (Text("户籍所在地", "Hukou"), "text", 22.0),
    (Text("监护人", "Guardian"), "text", 12.0),
    (Text("联系电话", "Phone"), "text", 14.0),
    (Text("办理状态", "State"), "text", 12.0),
    (Text("核定结果", "Decision"), "text", 14.0),
    (Text("保费（元）", "Premium (yuan)"), "money", 12.0),
    (Text("个人缴费（元）", "Family pays (yuan)"), "money", 14.0),
    (Text("资助（元）", "Paid by others (yuan)"), "money", 12.0),
    (Text("待遇开始", "Cover from"), "date", 12.0),
    (Text("待遇结束", "Cover to"), "date", 12.0),
    (Text("原因", "Reason"), "text", 24.0),
)


def _line(row: dict[str, Any], language: Language, full: bool) -> list[Any]:
    """One pupil, in the order of the columns."""

    def said(text: Text | None) -> str:
        return text.said(language) if text else ""

    def number(name: str) -> str:
        cipher = row[f"{name}_cipher"]
        return sealed.unseal(cipher) if full and cipher else row[f"{name}_masked"] or ""

    stage, hukou = row["stay__stage"], row["person__hukou"]
    entitled = row["status"] == "enrolled"
    return [
        row["person__name"],
        said(identity.NAMES.get(row["document__kind"])),
        number("document__number"),
        said(_SEXES.get(row["person__sex"])),
        row["person__birth_date"],
        said(grade_name(stage, row["stay__grade"])) if stage else "",
        row["stay__class_name"],
        row["stay__roll_number_masked"],
        said(divisions.name(hukou)) if hukou else "",
        row["first__name"],
        number("first__phone"),
        said(STATE_NAMES[State(row["state"])]),
        said(_STATUS.get(row["status"])),
        row["premium_fen"] if entitled else None,
        row["self_paid_fen"] if entitled else None,
        row["subsidised_fen"] if entitled else None,
        row["coverage_from"],
        row["coverage_to"],
        row["reason"],
    ]
