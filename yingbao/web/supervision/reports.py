"""The agency tells the education bureau how every school stands; both read what was told, and print it. 通报"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation, OrganisationKind
from yingbao.cases.wording import holds_a_number
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import china_day, last_day, policy_of, windows
from yingbao.enrolment.standing import Day
from yingbao.paper.standing_report import (
    ReportedBody,
    ReportedPlace,
    ReportedWeek,
    StandingReport,
    draw_standing_report,
)
from yingbao.spreadsheet.report_workbook import write_report
from yingbao.supervision.curves import BROAD, Curve
from yingbao.supervision.models import Report
from yingbao.supervision.reporting import LONGEST_NOTE, TASK, beside, report, share, whole_of, why
from yingbao.trail import events
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.phases import season_of as season_of
from yingbao.web.standing import as_of
from yingbao.web.templatetags.words import language

TITLE = Text("{year}年度学生儿童参保情况通报", "Enrolment of children for {year}: report")
ALL_AT_ONCE = 100_000
"""What a report freezes is as of this moment, however many bodies have to be reckoned for it."""


@require_GET
@desk(Desk.AGENCY, Desk.TAX, Desk.EDUCATION)
def reports(request: Seated) -> HttpResponse:
    """What was told so far; the agency also what it would tell now. 通报"""
    return page(request)


def page(request: Seated, *, refused: Refused | None = None, note: str = "", status: int = 200) -> HttpResponse:
    """The list, and for the agency the next report with its note. 列表"""
    season = season_of(request)
    makes = request.appointment.desk == Desk.AGENCY
    told = Report.objects.visible_to(request.appointment).filter(season=season).select_related("organisation")
    # Of its figures the one line that is shown: a report holds every school of a city.
    reports = list(told.defer("figures").annotate(whole=F("figures__whole")).order_by("-ordinal"))
    newest = reports[0] if reports else None
    context: dict[str, Any] = {
        "season": season, "policy": policy_of(season), "asked": clause_of(season), "refused": refused, "note": note,
        "reports": [(one, share(one.whole)) for one in reports], "makes": makes,
        "seen": newest.ordinal if newest else 0, "longest": LONGEST_NOTE,
    }  # fmt: skip
    if makes:
        as_of(season, at_once=ALL_AT_ONCE)
        whole, without = whole_of(season)
        context |= {
            "draft": whole, "rate": share(whole), "reasons": why(whole), "beside": beside(whole),
            "before": newest and newest.whole, "without": without,
        }  # fmt: skip
    return render(request, "supervision/reports.html", context, status=status)


NO_NUMBERS = Refused(
    where="note",
    what=Text("说明里有像证件号或手机号的数字", "there is a number in the note like somebody's identity or mobile"),
    mend=Text("请删掉。通报发出后改不了，各校只说人数。", "Take it out: a report stays as sent and tells heads only."),
)


@require_POST
@desk(Desk.AGENCY)
def make(request: Seated) -> HttpResponse:
    """Freeze the figures and tell the education bureau. 发出通报"""
    season, note = season_of(request), request.POST.get("note", "")
    seen = request.POST.get("seen", "")
    as_of(season, at_once=ALL_AT_ONCE)
    if holds_a_number(note):
        return page(request, refused=NO_NUMBERS, note=note, status=422)
    try:
        made = report(
            season=season, by=request.appointment, note=note, at=clock.now(),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 6 else -1,
        )  # fmt: skip
    except Refused as refused:
        return page(request, refused=refused, note=note, status=409)
    events.note(
        what="report.made", user=request.user, organisation=request.appointment.organisation,
        about=f"{season.policy} {made.ordinal}", at=clock.now(),
    )  # fmt: skip
    return redirect("report", made.pk)


def report_of(request: Seated, pk: int) -> Report:
    """A report of the reader's area, else 404."""
    seen = Report.objects.visible_to(request.appointment).select_related("season", "organisation", "made_by")
    return get_object_or_404(seen, pk=pk)


@require_GET
@desk(Desk.AGENCY, Desk.TAX, Desk.EDUCATION)
def shown(request: Seated, pk: int) -> HttpResponse:
    """One report as it was told. 一期通报"""
    one = report_of(request, pk)
    places = [
        {
            **_row(place["whole"]),
            "schools": [_row(line) for line in place["schools"]],
        }
        for place in one.figures["places"]
    ]  # fmt: skip
    context = {
        "report": one, "title": title_of(one.season), "whole": one.figures["whole"],
        **_row(one.figures["whole"]), "places": places,
        "policy": policy_of(one.season), "curve": curve_in(one),
    }  # fmt: skip
    return render(request, "supervision/report.html", context)


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    return {"line": line, "share": share(line), "why": why(line), "beside": beside(line)}


@require_GET
@desk(Desk.AGENCY, Desk.TAX, Desk.EDUCATION)
def pdf(request: Seated, pk: int) -> HttpResponse:
    """The same on paper. 打印"""
    one = report_of(request, pk)
    answer = HttpResponse(draw_standing_report(paper_of(one)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="report-{one.season.plan_year}-{one.ordinal}.pdf"'
    return answer


@require_GET
@desk(Desk.AGENCY, Desk.TAX, Desk.EDUCATION)
def workbook(request: Seated, pk: int) -> HttpResponse:
    """The same in Excel. 导出"""
    one = report_of(request, pk)
    content = write_report(one.figures, language())
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="report-{one.season.plan_year}-{one.ordinal}.xlsx"'
    return answer


def title_of(season: Season) -> Text:
    """What a report of the season is called."""
    return TITLE.filled(year=season.plan_year)


def clause_of(season: Season) -> str:
    """The clause that asks for the report; empty where the notice does not. 依据"""
    return next((phase.clause for phase in policy_of(season).phases if phase.id in (TASK, "statistics")), "")


def curve_in(one: Report) -> Curve:
    """The curve that a report froze. 曲线"""
    policy, on = policy_of(one.season), china_day(one.made_at)
    days = [Day(date.fromisoformat(day), should, insured) for day, should, insured in one.figures["days"]]
    before = [(day, heads) for day, heads in one.figures["before"]]
    return Curve(windows(policy)[0].first, last_day(policy, on), on, days, before)


def paper_of(one: Report) -> StandingReport:
    """What stands on the paper; Chinese, as all papers are. 通报文件"""
    policy, figures = policy_of(one.season), one.figures
    bureau = Organisation.objects.filter(
        kind=OrganisationKind.EDUCATION_BUREAU, pooling_area=one.season.pooling_area, active=True
    ).first()
    clause = clause_of(one.season)
    asked = f"依据{policy.source.number or policy.source.title}{clause}，" if clause else ""
    return StandingReport(
        title=title_of(one.season).zh, by=one.organisation.name, to=bureau.name if bureau else "教育主管部门",
        clause=f"{asked}现将各校参保情况通报如下。",
        ordinal=one.ordinal, made_on=china_day(one.made_at), until=date.fromisoformat(figures["until"]), note=one.note,
        whole=body_of(figures["whole"]),
        places=[
            ReportedPlace(body_of(place["whole"]), [body_of(line) for line in place["schools"]])
            for place in figures["places"]
        ],
        weeks=[ReportedWeek(date.fromisoformat(day), should, insured) for day, should, insured in figures["weeks"]],
        curve=curve_in(one).drawn("zh", width=BROAD), simulated=settings.DEMO,
    )  # fmt: skip


def body_of(line: Mapping[str, Any]) -> ReportedBody:
    """A line of the figures for the paper."""
    return ReportedBody(
        line["name"], line["should"], line["insured"], share(line), line["missing"],
        [(words.zh, heads) for words, heads in why(line)], beside(line)[0],
        [(words.zh, heads) for words, heads in beside(line)[1]], line["listed"],
    )  # fmt: skip
