"""The registered list against the declared one, for the insurance agency and the tax desk alike; read only. 名单比对"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from yingbao.agents.models import Desk, Organisation
from yingbao.declaration.comparing import MISMATCH_NAMES, Mismatch, counted, differences
from yingbao.enrolment.lifecycle import STATE_NAMES, State
from yingbao.enrolment.models import Season
from yingbao.enrolment.seasons import policy_of, season_for
from yingbao.enrolment.steps import pays_through_school
from yingbao.people.looks import looked
from yingbao.spreadsheet.workbooks import ExportColumn, write_table
from yingbao.values import clock
from yingbao.values.text import Text
from yingbao.web.access import Seated, desk
from yingbao.web.templatetags.words import language

PAGE_SIZE = 100
ADDRESSES = {
    Desk.AGENCY: ("agency-declarations", "agency-declarations-workbook"),
    Desk.TAX: ("tax-compare", "tax-compare-workbook"),
}
"""The page and its workbook at each of the two desks."""


def compare_at(of: Desk) -> Callable[..., HttpResponseBase]:
    """The page of mismatches at one desk. 名单比对"""
    return require_GET(desk(of)(compare))


def workbook_at(of: Desk) -> Callable[..., HttpResponseBase]:
    """The workbook of mismatches at one desk. 导出"""
    return require_POST(desk(of)(workbook))


def compare(request: Seated) -> HttpResponse:
    """Every mismatch, by agent and kind, and the children of what was asked for. 名单比对"""
    season = season_for(request.appointment.organisation.pooling_area, clock.today())
    agent, kind = asked_for(request, season)
    figures = counted(season=season)
    agents = Organisation.objects.filter(pk__in=figures).order_by("code")
    every = [(each, {mismatch: figures[each.pk].get(mismatch, 0) for mismatch in Mismatch}) for each in agents]
    total = sum(
        count
        for key, by_kind in figures.items()
        for mismatch, count in by_kind.items()
        if agent in (None, next((each for each in agents if each.pk == key), None)) and kind in (None, mismatch)
    )
    pages = max(1, -(-total // PAGE_SIZE))
    wanted = request.GET.get("page", "1")
    page = max(1, min(int(wanted) if wanted.isascii() and wanted.isdigit() else 1, pages))
    rows = differences(season=season, organisation=agent, kind=kind, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    look(request, "list", len(rows))
    home, workbook = ADDRESSES[Desk(request.appointment.desk)]
    context: dict[str, Any] = {
        "policy": policy_of(season), "declares": pays_through_school(policy_of(season)),
        "rows": [{"row": row, "state": STATE_NAMES[State(row.state)]} for row in rows],
        "agents": [{"one": each, "counts": list(counts.values()), "sum": sum(counts.values())}
                   for each, counts in every],
        "kinds": [{"kind": each, "count": sum(counts[each] for _, counts in every), "here": each == kind}
                  for each in Mismatch],
        "agent": agent, "kind": kind, "total": total, "page": page, "pages": pages, "before": page - 1,
        "after": page + 1, "home": reverse(home), "workbook": reverse(workbook),
    }  # fmt: skip
    return render(request, "desks/compare.html", context)


def asked_for(request: Seated, season: Season) -> tuple[Organisation | None, Mismatch | None]:
    """The agent and the kind that the address or a form names, if there are such. 筛选条件"""
    said = request.POST if request.method == "POST" else request.GET
    key, kind = said.get("agent", ""), said.get("kind", "")
    agents = Organisation.objects.filter(pooling_area=season.pooling_area)
    agent = agents.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 12 else None
    return agent, Mismatch(kind) if kind in set(Mismatch) else None


def workbook(request: Seated) -> HttpResponse:
    """The same as a workbook, all pages of it. 导出"""
    season = season_for(request.appointment.organisation.pooling_area, clock.today())
    agent, kind = asked_for(request, season)
    rows = differences(season=season, organisation=agent, kind=kind)
    said = language()
    columns = [
        ExportColumn(Text("差异", "Mismatch").said(said), width=24),
        ExportColumn(Text("单位", "Agent").said(said), width=30),
        ExportColumn(Text("班级", "Class").said(said)),
        ExportColumn(Text("姓名", "Name").said(said)),
        ExportColumn(Text("证件号码（掩码）", "Identity number (masked)").said(said), width=22),
        ExportColumn(Text("参保状态", "State").said(said), width=18),
        ExportColumn(Text("登记应缴（元）", "Registered, yuan").said(said), "money"),
        ExportColumn(Text("申报应缴（元）", "Declared, yuan").said(said), "money"),
        ExportColumn(Text("申报编号", "Reference").said(said), width=18),
        ExportColumn(Text("原因", "Reason").said(said), width=30),
    ]
    data = write_table(
        columns,
        (
            (
                MISMATCH_NAMES[row.kind].said(said), row.organisation_name, row.class_label, row.name,
                row.number_masked, STATE_NAMES[State(row.state)].said(said), row.registered_fen, row.declared_fen,
                row.reference, row.reason,
            )
            for row in rows
        ),
        sheet=Text("名单比对", "Mismatches").said(said),
    )  # fmt: skip
    look(request, "export", len(rows))
    answer = HttpResponse(data, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="mismatches-{clock.today():%Y%m%d}.xlsx"'
    return answer


def look(request: Seated, what: str, count: int) -> None:
    """Note that so many children were seen. 查阅记录"""
    looked(user=request.user, organisation=request.appointment.organisation, what=what, count=count, at=clock.now())
