"""Which surveys and reports a desk sees, and what a form sent of answers. 可见问卷"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict

from yingbao.agents.models import Appointment, Desk, OrganisationKind
from yingbao.survey import composing
from yingbao.survey.models import SchoolReport, Survey, Version
from yingbao.survey.questions import Answers, Form, shown
from yingbao.web.access import Seated

FIELD = "q-"
"""before a question's key in the name of a form's field"""
MOST_SENT = 600
"""signs of one field that are looked at"""


def surveys_of(appointment: Appointment) -> QuerySet[Survey]:
    """The surveys of the desk's own area, the newest first. 本区问卷"""
    rows = Survey.objects.filter(season__pooling_area=appointment.organisation.pooling_area)
    return rows.select_related("season").order_by("-pk")


def survey_of(request: Seated, pk: int) -> Survey:
    """One of them, or 404; a draft is the agency's alone. 一份问卷"""
    found = surveys_of(request.appointment).filter(pk=pk).first()
    if found is None:
        raise Http404
    if request.appointment.desk != Desk.AGENCY and composing.current(found) is None:
        raise Http404
    return found


def published(request: Seated) -> list[tuple[Survey, Version]]:
    """The surveys that were published, with what is asked now; closed ones too. 已发布问卷"""
    found = [(one, composing.current(one)) for one in surveys_of(request.appointment)[:20]]
    return [(one, version) for one, version in found if version is not None]


def chosen(request: Seated) -> tuple[Survey, Version] | None:
    """The survey that a page is about: the one that the address names, else the newest. 当前问卷"""
    every = published(request)
    asked = str(request.GET.get("survey", ""))
    named = next((each for each in every if str(each[0].pk) == asked), None)
    if asked and named is None:
        raise Http404
    return named or next(iter(every), None)


def version_of(survey: Survey) -> Version:
    """What is asked now, or 404. 现行版本"""
    found = composing.current(survey)
    if found is None:
        raise Http404
    return found


def report_of(request: Seated, pk: int) -> SchoolReport:
    """A report that this desk reviews, or 404. 待审报告"""
    place = request.appointment.organisation
    rows = SchoolReport.objects.select_related("school", "street", "standing", "survey__season")
    if request.appointment.desk == Desk.COMMUNITY:
        if place.kind == OrganisationKind.COMMUNITY:
            raise Http404
        rows = rows.filter(street=place)
    else:
        rows = rows.filter(survey__season__pooling_area=place.pooling_area)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def given_in(form: Form, sent: QueryDict, before: str = FIELD) -> Answers:
    """What a form sent of answers; also of questions that there are not, so that they are refused. 提交的答案"""
    found: Answers = {}
    for name in sent:
        if not name.startswith(before):
            continue
        key = name.removeprefix(before)[:40]
        values = [one[:MOST_SENT] for one in sent.getlist(name)[:60] if one.strip()]
        asked = form.question(key)
        if values:
            found[key] = values if asked is not None and asked.kind == "several" else values[0]
    return found


def asked_rows(
    form: Form, given: Answers, wrong: dict[str, Any] | None = None, on_page: set[str] | None = None
) -> list[dict[str, Any]]:
    """The questions that appear after these answers, as a page shows them. 显示的题目"""
    rows: list[dict[str, Any]] = []
    calling = {condition.question for one in form.questions for condition in one.shown_if}
    for number, one in enumerate(shown(form, given), 1):
        value = given.get(one.key)
        picked = value if isinstance(value, list) else [value] if value else []
        fault = (wrong or {}).get(one.key) if on_page is None or one.key in on_page else None
        rows.append(
            {
                "one": one, "number": number, "field": FIELD + one.key,
                "value": "" if isinstance(value, list) else value,
                "choices": [(key, text, key in picked) for key, text in one.choices.items()], "wrong": fault,
                "calls": one.key in calling,
            }
        )  # fmt: skip
    return rows


def mark(*shown: object) -> str:
    """A mark of what a page showed, so that a stale one does nothing. 页面标记"""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
