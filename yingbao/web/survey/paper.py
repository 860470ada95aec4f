"""Paper answers: a whole class typed in one table, tab by tab, or handed in as a workbook. 纸质问卷录入"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yingbao.agents.models import Desk
from yingbao.enrolment.seasons import china_day
from yingbao.jobs import work
from yingbao.people.looks import looked
from yingbao.people.models import SchoolRoll
from yingbao.spreadsheet import survey_sheet
from yingbao.spreadsheet.container import LARGEST_FILE
from yingbao.survey import composing, typing
from yingbao.survey.answering import NotAnswered, give, whole
from yingbao.survey.lifecycle import ANSWERABLE
from yingbao.survey.models import Answer, Sheet, Survey, Version
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.survey.narrowing import survey_of, version_of
from yingbao.web.survey.school import class_key, label, page, pupils_of, report_of
from yingbao.web.templatetags.words import language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SAVED = Text("已保存 {n} 份。", "{n} kept.")
MOST_ROWS = 80
"""so many pupils stand in one table; a larger class is typed in parts"""


def of_class(request: Seated, key: str) -> list[SchoolRoll]:
    """The pupils of one class of the school, or 404. 一班学生"""
    found = [one for one in pupils_of(request.appointment.organisation) if class_key(one) == key]
    if not found:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@desk(Desk.SCHOOL)
def table(request: Seated, pk: int) -> HttpResponseBase:
    """One row a pupil, one cell a question; the number of an option is enough. 按班录入"""
    survey = survey_of(request, pk)
    version, at = version_of(survey), clock.now()
    key = str(request.GET.get("class", ""))
    rolls = of_class(request, key)
    parts = max(1, -(-len(rolls) // MOST_ROWS))
    asked = str(request.GET.get("part", "1"))
    part = min(int(asked), parts) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    rolls = rolls[(max(part, 1) - 1) * MOST_ROWS : max(part, 1) * MOST_ROWS]
    held = {
        one.person_id: one for one in Answer.objects.filter(survey=survey, person__in=[one.person_id for one in rolls])
    }
    report = report_of(survey, request.appointment.organisation)
    context: dict[str, Any] = {
        "survey": survey, "version": version, "questions": columns(version), "key": key, "label": label(rolls[0]),
        "parts": range(1, parts + 1) if parts > 1 else [], "part": part,
        "open": composing.is_open(survey, version, china_day(at)) and (not report or report.state in ANSWERABLE),
    }  # fmt: skip
    status = 200
    faults: dict[int, list[Text]] = {}
    typed: dict[int, dict[str, str]] = {}
    if request.method == "POST":
        saved, faults, typed = keep(request, survey, version, rolls, held)
        if saved:
            messages.success(request, SAVED.filled(n=saved).said(language()))
        if not faults:
            return redirect(request.get_full_path())
        status = 422
    looked(user=request.user, organisation=request.appointment.organisation, what="list", count=len(rolls), at=at)
    held = {
        one.person_id: one for one in Answer.objects.filter(survey=survey, person__in=[one.person_id for one in rolls])
    }
    context |= {"rows": [row(version, one, held, faults, typed) for one in rolls], "faults": len(faults)}
    return render(request, "survey/table.html", context, status=status)


def columns(version: Version) -> list[dict[str, Any]]:
    """The questions with the numbers of their options. 列"""
    return [
        {"one": one, "number": number, "choices": list(enumerate(one.choices.values(), 1))}
        for number, one in enumerate(version.form.questions, 1)
    ]


def row(
    version: Version, roll: SchoolRoll, held: dict[int, Answer], faults: dict[int, list[Text]],
    typed: dict[int, dict[str, str]],
) -> dict[str, Any]:  # fmt: skip
    """A pupil's row: as it stands, or as it was typed and refused. 一行"""
    answer = held.get(roll.person_id)
    answers = whole(answer) if answer else {}
    again = typed.get(roll.person_id)
    cells = [
        {
            "name": f"{roll.person_id}-{one.key}", "question": one,
            "value": again.get(one.key, "") if again is not None else typing.shown(one, answers.get(one.key)),
        }
        for one in version.form.questions
    ]  # fmt: skip
    return {
        "roll": roll, "cells": cells, "answer": answer, "times": answer.times if answer else 0,
        "phone": answer is not None and answer.source == "phone", "faults": faults.get(roll.person_id, []),
    }  # fmt: skip


def keep(
    request: Seated, survey: Survey, version: Version, rolls: list[SchoolRoll], held: dict[int, Answer]
) -> tuple[int, dict[int, list[Text]], dict[int, dict[str, str]]]:
    """Keep the rows that are right; the others come back as they were typed, with what is wrong. 保存"""
    saved, faults, typed = 0, {}, {}
    for roll in rolls:
        key, answer = roll.person_id, held.get(roll.person_id)
        cells = {one.key: str(request.POST.get(f"{key}-{one.key}", ""))[:300] for one in version.form.questions}
        before = whole(answer) if answer else {}
        as_it_was = {one.key: typing.shown(one, before.get(one.key)) for one in version.form.questions}
        if not any(word.strip() for word in cells.values()) or cells == as_it_was:
            continue
        times = str(request.POST.get(f"{key}-seen", ""))
        try:
            done = give(
                survey=survey, person=roll.person, given=typing.row(version.form.questions, cells), source="paper",
                by=request.appointment, at=clock.now(),
                seen=int(times) if times.isascii() and times.isdigit() and len(times) < 6 else 0,
            )  # fmt: skip
            saved += done.what != "same"
        except NotAnswered as refused:
            faults[key] = [_told(version, one.question, one.what, one.mend) for one in refused.wrong]
            typed[key] = cells
        except Refused as refused:
            faults[key] = [Text(refused.said("zh").lstrip("："), refused.said("en").lstrip(": "))]
            typed[key] = cells
    return saved, faults, typed


def _told(version: Version, question: str, what: Text, mend: Text) -> Text:
    number = next((at for at, one in enumerate(version.form.questions, 1) if one.key == question), 0)
    return Text("第{n}题{what}。{mend}", "Question {n}: {what}. {mend}").filled(n=number, what=what, mend=mend)


@require_GET
@desk(Desk.SCHOOL)
def template(request: Seated, pk: int) -> HttpResponse:
    """A workbook with the pupils of a class, or of the school, to fill in. 下载答卷表"""
    survey = survey_of(request, pk)
    key = str(request.GET.get("class", ""))
    rolls = of_class(request, key) if key else list(pupils_of(request.appointment.organisation))
    content = survey_sheet.template(version_of(survey).form, rolls)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="export", count=len(rolls),
        at=clock.now(),
    )  # fmt: skip
    return as_file(content, f"问卷答卷表{label(rolls[0]) if key else ''}.xlsx".replace(" ", ""))


@require_POST
@desk(Desk.SCHOOL)
def upload(request: Seated, pk: int) -> HttpResponseBase:
    """Take a filled workbook; a job reads it. 上传答卷表"""
    survey = survey_of(request, pk)
    file = request.FILES.get("file")
    try:
        if not isinstance(file, UploadedFile):
            what = Text("没有选择文件", "no file was chosen")
            mend = Text("选择填好的答卷表再上传", "choose the sheet, then upload")
            raise Refused(where=Text("文件", "File").said(language()), what=what, mend=mend)
        sheet = survey_sheet.keep(
            survey=survey, filename=file.name or "", data=file.read(LARGEST_FILE + 1), by=request.appointment,
            at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return page(request, survey, version_of(survey), refused=refused, status=422)
    job = work.start(
        task="survey.sheet", about=Text("读取答卷表 {file}", "Read the sheet {file}").filled(file=sheet.filename),
        owner=request.user, organisation=request.appointment.organisation, at=clock.now(),
        arguments={"sheet": sheet.pk, "appointment": request.appointment.pk},
        result_url=reverse("survey-sheet", args=[sheet.pk]),
    )  # fmt: skip
    return redirect("job", job.pk)


@require_GET
@desk(Desk.SCHOOL)
def sheet(request: Seated, pk: int) -> HttpResponse:
    """What became of a workbook, and what is to be mended in it. 导入结果"""
    one = sheet_of(request, pk)
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(one.counts),
        at=clock.now(),
    )  # fmt: skip
    return render(request, "survey/sheet.html", {"sheet": one, "faults": survey_sheet.faults_of(one)[:200]})


@require_GET
@desk(Desk.SCHOOL)
def marked(request: Seated, pk: int) -> HttpResponse:
    """The same workbook with what is wrong beside the rows. 下载标错文件"""
    one = sheet_of(request, pk)
    found = survey_sheet.marked(one, language=language())
    return as_file(found.content, one.filename.rpartition(".")[0] + "-请改.xlsx")


def sheet_of(request: Seated, pk: int) -> Sheet:
    """A workbook of the own school, or 404. 本校答卷表"""
    return get_object_or_404(Sheet.objects.select_related("survey"), pk=pk, school=request.appointment.organisation)


def as_file(content: bytes, name: str) -> HttpResponse:
    """A workbook to take away. 下载"""
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer
