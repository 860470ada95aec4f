"""The sums of a survey for district, sub-districts and schools; on screen, as a workbook, on paper. 问卷汇总"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yingbao.agents.models import Desk, Organisation
from yingbao.spreadsheet.workbooks import ExportColumn, write_table
from yingbao.survey import composing, summing
from yingbao.survey.models import SchoolReport, Survey, Version
from yingbao.survey.owing import owing, schools_waiting
from yingbao.survey.questions import Form, Question
from yingbao.survey.summing import Figures, few_together, total
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.survey.narrowing import chosen, published, survey_of, version_of
from yingbao.web.survey.paper import as_file
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

COUNTING = (Desk.EDUCATION, Desk.TAX)
"""Desks to which only counts are shown, and small ones put together."""
NOBODY = Figures()


class Line(NamedTuple):
    """A school, a sub-district or all of them, in figures. 一行"""

    name: str
    figures: Figures
    report: SchoolReport | None = None
    street: Organisation | None = None


class Cell(NamedTuple):
    """How many chose an option, and how many in a hundred of who answered the question. 一项"""

    text: Text
    heads: int
    share: int


class Told(NamedTuple):
    """A question and what was said to it. 一题"""

    question: Question
    answered: int
    cells: list[Cell]
    together: int
    """heads of options that are too few to be told one by one"""
    amount: int


@require_GET
@desk(*COUNTING)
def counts(request: Seated) -> HttpResponse:
    """The district's sums for education and tax: heads, never a child. 问卷人数"""
    found = chosen(request)
    if found is None:
        return render(request, "survey/counts_empty.html", {})
    return render(request, "survey/counts.html", summed(request, *found))


@require_GET
@desk(Desk.AGENCY)
def watch(request: Seated, pk: int) -> HttpResponse:
    """How far it is, who has not reported, the sums. 问卷进度与汇总"""
    survey = survey_of(request, pk)
    version = composing.current(survey)
    if version is None:
        raise Http404
    with by_platform("how many have answered, school by school: heads alone"):
        progress = summing.progress(survey)
    context = summed(request, survey, version) | {
        "answered": sum(answered for _, answered in progress.values()),
        "on_roll": sum(on_roll for on_roll, _ in progress.values()), "progress": progress,
        "waiting": [(name, *progress.get(key, (0, 0))) for key, name in schools_waiting(survey).items()],
        "to_review": SchoolReport.objects.filter(
            Q(street__isnull=True) | Q(street__active=False), survey=survey, state="submitted"
        ).select_related("school"),
        "versions": survey.versions.select_related("published_by").order_by("-number"),
        "is_open": composing.is_open(survey, version, clock.today()),
    }  # fmt: skip
    return render(request, "survey/watch.html", context)


@require_GET
@desk(Desk.AGENCY, *COUNTING)
def on_paper(request: Seated, pk: int) -> HttpResponse:
    """The sums for a printer. 打印"""
    survey = survey_of(request, pk)
    return render(request, "survey/paper.html", summed(request, survey, version_of(survey)))


@require_GET
@desk(Desk.AGENCY, *COUNTING)
def workbook(request: Seated, pk: int) -> HttpResponse:
    """The sums as Excel: every school, every sub-district, the district, as the pages show them. 导出"""
    survey = survey_of(request, pk)
    context = summed(request, survey, version_of(survey))
    lines: list[Line] = [*context["schools"], *context["streets"], context["whole"]]
    return as_file(table_of(context["version"].form, lines, counting=context["counting"]), "问卷汇总.xlsx")


def summed(request: Seated, survey: Survey, version: Version) -> dict[str, Any]:
    """All sums of one survey, from one reading, so that they agree. 汇总"""
    by_school = summing.by_school(survey)
    reports = list(
        SchoolReport.objects.filter(survey=survey)
        .select_related("school", "street", "standing")
        .order_by("street__code", "school__code")
    )
    schools = [
        Line(one.school.name, by_school[one.school_id], one, one.street)
        for one in reports
        if one.school_id in by_school
    ]
    with by_platform("which schools have pupils at all: nobody of them is shown"):
        owed = set(owing(survey).values_list("pk", flat=True))
    latest, moved = summing.latest(survey), summing.moved_since(survey)
    streets: dict[int | None, list[Line]] = {}
    for line in schools:
        streets.setdefault(line.street.pk if line.street else None, []).append(line)
    rows: list[dict[str, Any]] = []
    for key in dict.fromkeys(one.street_id for one in reports):
        own = streets.get(key, [])
        place = next((one.street for one in reports if one.street_id == key), None)
        rows.append(
            {
                "line": Line(place.name if place else Text("未设街道的学校", "No sub-district").said(language()),
                             total(one.figures for one in own), None, place),
                "schools": sum(1 for one in reports if one.street_id == key and (one.standing_id or one.pk in owed)),
                "sum": latest.get(key or 0), "moved": key in moved,
            }
        )  # fmt: skip
    whole = Line(Text("合计", "In all").said(language()), total(row["line"].figures for row in rows))
    counting = request.appointment.desk in COUNTING
    return {
        "survey": survey, "version": version, "form": version.form, "surveys": published(request), "now": clock.now(),
        "schools": schools, "rows": rows, "streets": [row["line"] for row in rows if row["line"].figures.schools],
        "whole": whole, "told": told(version.form, whole.figures, counting=counting), "counting": counting,
        "reported": len(schools), "expected": sum(row["schools"] for row in rows),
    }  # fmt: skip


def told(form: Form, figures: Figures, *, counting: bool) -> list[Told]:
    """Question by question; of who needs help nothing goes to desks that only count. 各题"""
    found = []
    for one in form.questions:
        if one.kind == "text" or (counting and one.meaning == "help"):
            continue
        answered = figures.heads(one.key)
        heads = {key: figures.heads(one.key, key) for key in one.choices}
        if one.kind == "date":
            heads = {option: n for (key, option), n in sorted(figures.counts.items()) if key == one.key and option}
        shown, together = few_together(heads) if counting else (heads, 0)
        cells = [
            Cell(one.choices.get(key, Text(key, key)), n, n * 100 // answered if answered else 0)
            for key, n in shown.items()
        ]
        amount = 0 if counting and answered < summing.FEW else figures.amounts.get(one.key, 0)
        found.append(Told(one, answered, cells, together, amount))
    return found


def table_of(form: Form, lines: list[Line], *, counting: bool) -> bytes:
    """Lines by options, as a workbook. 表格"""
    said = language()
    asked = [one for one in form.questions if one.choices and not (counting and one.meaning == "help")]
    heads = [
        Text("街道", "Sub-district"), Text("学校", "School"), Text("应答", "Asked"), Text("已答", "Answered"),
        Text("未答", "Not answered"),
    ]  # fmt: skip
    columns = [
        ExportColumn(one.said(said), "text" if at < 2 else "number", 22 if at < 2 else 10)
        for at, one in enumerate(heads)
    ]
    for one in asked:
        columns += [
            ExportColumn(f"{one.text.said(said)}：{text.said(said)}", "number", 14) for text in one.choices.values()
        ]
        if counting:
            columns.append(
                ExportColumn(
                    Text("{q}：人数少，合并", "{q}: few, together").filled(q=one.text).said(said), "number", 14
                )
            )
    rows = [_cells(asked, line, counting) for line in lines]
    return write_table(columns, rows, sheet=Text("问卷汇总", "Survey").said(said))


def _cells(asked: list[Question], line: Line, counting: bool) -> list[str | int]:
    figures = line.figures
    row: list[str | int] = [
        line.street.name if line.street else "", line.name, figures.asked, figures.answered, figures.unanswered,
    ]  # fmt: skip
    for one in asked:
        heads = {key: figures.heads(one.key, key) for key in one.choices}
        shown, together = few_together(heads) if counting else (heads, 0)
        row += [shown.get(key, "") for key in one.choices]
        row += [together or ""] if counting else []
    return row
