"""A sub-district reviews its schools' reports, sums them and tells the district. 街道审核与汇总"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, OrganisationKind
from yingbao.people.looks import looked
from yingbao.survey import reporting, summing
from yingbao.survey.following_up import followed_up
from yingbao.survey.lifecycle import State
from yingbao.survey.models import Count, Difference, SchoolReport, Sum, Survey, Version
from yingbao.survey.owing import owing
from yingbao.survey.summing import Figures, total
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.survey.agency import number
from yingbao.web.survey.counts import told
from yingbao.web.survey.narrowing import chosen, published, report_of, survey_of, version_of
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

DONE = {
    "accept": Text("已审核通过，没有要核实的差异。", "Accepted; nothing differs."),
    "asked": Text("已审核通过，{n} 名孩子的差异已转孩子现在的学校逐个核实。",
                  "Accepted; the schools where they are now are asked about {n} children."),
    "left": Text("有 {n} 名孩子现在不在任何学校的名册上，差异没有立案，见下表“没有立案”；请联系家长或社区核实。",
                 "{n} children are on no school's roll now: nobody was asked about them, see below."),
    "send_back": Text("已退回学校。", "Sent back to the school."),
    "sum": Text("第{n}次汇总已上报，共{schools}所学校。", "Sum {n} was reported, of {schools} schools."),
}  # fmt: skip
FOLLOWS = "cases and sums follow by rule from the review; whose report it is was checked"


@require_GET
@desk(Desk.COMMUNITY)
def home(request: Seated) -> HttpResponse:
    """The schools, how far each is, and the sum. 街道问卷"""
    if request.appointment.organisation.kind == OrganisationKind.COMMUNITY:
        raise Http404
    found = chosen(request)
    return page(request, *found) if found else render(request, "survey/counts_empty.html", {})


def page(request: Seated, survey: Survey, version: Version, *, status: int = 200, **more: Any) -> HttpResponse:
    """The sub-district's page of one survey. 页面"""
    place = request.appointment.organisation
    reports = list(
        SchoolReport.objects.filter(survey=survey, street=place)
        .select_related("school", "standing")
        .order_by("school__code")
    )
    figures = summing.by_school(survey)
    sums = list(Sum.objects.filter(survey=survey, street=place).order_by("-number"))
    with by_platform("how many have answered in the schools below: heads alone"):
        progress = summing.progress(survey, [one.school_id for one in reports])
        owed = set(owing(survey).filter(street=place).values_list("pk", flat=True))
    rows: list[dict[str, Any]] = [
        {"report": one, "figures": figures.get(one.school_id), "progress": progress.get(one.school_id, (0, 0)),
         "owes": one.pk in owed}
        for one in reports if one.school.active or one.standing_id or one.state == State.SENT_BACK
    ]  # fmt: skip
    whole = total(row["figures"] for row in rows if row["figures"])
    context = {
        "survey": survey, "version": version, "surveys": published(request), "rows": rows, "whole": whole,
        "told": told(version.form, whole, counting=False), "sums": sums,
        "changed": place.pk in summing.moved_since(survey),
        "last": summing.of_sum(sums[0]) if sums else None, "days": (version.streets_due_on - clock.today()).days,
        "late": (clock.today() - version.streets_due_on).days,
        "missing": [row["report"].school.name for row in rows if row["owes"]], "expected": whole.schools + len(owed),
        "to_review": [row for row in rows if row["report"].state == "submitted"], "place": place,
    }  # fmt: skip
    return render(request, "survey/street.html", context | more, status=status)


@require_GET
@desk(Desk.COMMUNITY, Desk.AGENCY)
def report(request: Seated, pk: int) -> HttpResponse:
    """One school's report: its versions, its figures, what differs. 一校报告"""
    return reviewed(request, report_of(request, pk))


def reviewed(request: Seated, one: SchoolReport, *, status: int = 200, **more: Any) -> HttpResponse:
    """The report's page. 页面"""
    version = version_of(one.survey)
    versions = list(one.versions.select_related("by").order_by("-number"))
    figures = _figures(one)
    rows = list(
        Difference.objects.filter(report=one).select_related("person", "case").order_by("kind", "person__name_pinyin")
        if one.standing_id else []
    )  # fmt: skip
    looked(
        user=request.user, organisation=request.appointment.organisation, what="list", count=len(rows), at=clock.now()
    )
    context = {
        "report": one, "version": version, "versions": versions, "steps": one.steps.select_related("by", "version"),
        "figures": figures, "told": told(version.form, figures, counting=False) if figures else [],
        "differences": rows, "may": reporting.may_review(request.appointment, one),
        "seen": one.standing.number if one.standing else 0,
    }  # fmt: skip
    return render(request, "survey/report.html", context | more, status=status)


def _figures(one: SchoolReport) -> Figures | None:
    standing = one.standing
    if standing is None:
        return None
    rows = Count.objects.filter(version=standing)
    counts = {(row.question, row.option): row.heads for row in rows}
    amounts = {row.question: row.amount for row in rows if row.amount}
    return Figures(1, standing.asked, standing.answered, standing.unanswered, standing.by_phone, counts, amounts)


@require_POST
@desk(Desk.COMMUNITY, Desk.AGENCY)
def accept(request: Seated, pk: int) -> HttpResponseBase:
    """The report is sound; a second click changes nothing. 审核通过"""
    one = report_of(request, pk)
    try:
        with by_platform(FOLLOWS):
            reporting.accept(report=one, seen=number(request.POST, "seen"), by=request.appointment, at=clock.now())
    except Refused as refused:
        return reviewed(request, report_of(request, pk), refused=refused, status=409)
    went = followed_up(one)
    done = DONE["asked"].filled(n=went.asked) if went.asked or went.left else DONE["accept"]
    messages.success(request, done.said(language()))
    if went.left:
        messages.warning(request, DONE["left"].filled(n=went.left).said(language()))
    return redirect("survey-report", pk=pk)


@require_POST
@desk(Desk.COMMUNITY, Desk.AGENCY)
def send_back(request: Seated, pk: int) -> HttpResponseBase:
    """Back to the school, with the reason. 退回"""
    one, reason = report_of(request, pk), str(request.POST.get("reason", ""))
    try:
        with by_platform(FOLLOWS):
            reporting.send_back(
                report=one, reason=reason, seen=number(request.POST, "seen"), by=request.appointment, at=clock.now()
            )
    except Refused as refused:
        return reviewed(request, report_of(request, pk), refused=refused, reason=reason, status=422)
    messages.success(request, DONE["send_back"].said(language()))
    return redirect("survey-report", pk=pk)


@require_POST
@desk(Desk.COMMUNITY)
def sum_up(request: Seated, pk: int) -> HttpResponseBase:
    """Tell the district; the same schools once more make no second sum. 汇总上报"""
    survey, reason = survey_of(request, pk), str(request.POST.get("reason", ""))
    try:
        with by_platform(FOLLOWS):
            made = reporting.sum_up(survey=survey, reason=reason, by=request.appointment, at=clock.now())
    except Refused as refused:
        return page(request, survey, version_of(survey), refused=refused, reason=reason, status=422)
    parts = made.parts.count()
    messages.success(request, DONE["sum"].filled(n=made.number, schools=parts).said(language()))
    return redirect(f"{reverse('survey-street')}?survey={pk}")
